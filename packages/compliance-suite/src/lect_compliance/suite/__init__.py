"""All groups of cases: ``from lect_compliance.suite import *`` in a test module runs them."""

from lect_compliance.suite.connecting import TestConnect
from lect_compliance.suite.ddl import TestDdl
from lect_compliance.suite.delete import TestDelete
from lect_compliance.suite.errors import TestErrors
from lect_compliance.suite.hostile import TestHostile
from lect_compliance.suite.insert import TestInsert
from lect_compliance.suite.joins import TestJoins
from lect_compliance.suite.reflection import TestReflection
from lect_compliance.suite.returning import TestReturning
from lect_compliance.suite.select import TestSelect
from lect_compliance.suite.transactions import TestTransactions
from lect_compliance.suite.types import TestTypes
from lect_compliance.suite.update import TestUpdate

__all__ = [
    "TestConnect",
    "TestDdl",
    "TestDelete",
    "TestErrors",
    "TestHostile",
    "TestInsert",
    "TestJoins",
    "TestReflection",
    "TestReturning",
    "TestSelect",
    "TestTransactions",
    "TestTypes",
    "TestUpdate",
]
