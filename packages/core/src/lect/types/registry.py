"""Which type a plain value of Python has."""

from __future__ import annotations

import datetime as dt
from typing import Any, Final

from lect.types.arithmetic import INTERVALTYPE
from lect.types.boolean import BOOLEANTYPE
from lect.types.large_binary import BINARYTYPE
from lect.types.null import NULLTYPE
from lect.types.numeric import INTEGERTYPE, NUMERICTYPE, BigInteger, Double
from lect.types.string import STRINGTYPE
from lect.types.temporal import AWARE_DATETIMETYPE, AWARE_TIMETYPE, DATETIMETYPE, DATETYPE, TIMETYPE
from lect.types.type_engine import VALUE_RULES, VALUE_TYPES, VALUES_BY_NAME, TypeEngine
from lect.types.uuid_type import UUIDTYPE

__all__ = ["BIGINTEGERTYPE", "DOUBLETYPE"]

BIGINTEGERTYPE: Final = BigInteger()
DOUBLETYPE: Final = Double()

VALUE_TYPES.update(
    {
        str: STRINGTYPE,
        bool: BOOLEANTYPE,
        float: DOUBLETYPE,
        bytes: BINARYTYPE,
        dt.date: DATETYPE,
        dt.timedelta: INTERVALTYPE,
        type(None): NULLTYPE,
    }
)
# Classes whose modules are imported only by programs that use them.
VALUES_BY_NAME.update({("decimal", "Decimal"): NUMERICTYPE, ("uuid", "UUID"): UUIDTYPE})


def _integer(value: int) -> TypeEngine[Any]:
    if -0x80000000 <= value <= 0x7FFFFFFF:
        return INTEGERTYPE
    return BIGINTEGERTYPE if -(2**63) <= value < 2**64 else NUMERICTYPE


def _datetime(value: dt.datetime) -> TypeEngine[Any]:
    return DATETIMETYPE if value.tzinfo is None else AWARE_DATETIMETYPE


def _time(value: dt.time) -> TypeEngine[Any]:
    return TIMETYPE if value.tzinfo is None else AWARE_TIMETYPE


VALUE_RULES.update({int: _integer, dt.datetime: _datetime, dt.time: _time})
