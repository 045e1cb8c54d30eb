"""What the information schema of MySQL and MariaDB says, in a constant number of queries.

dev.mysql.com/doc/refman/8.4/en/information-schema.html, mariadb.com/kb/en/information-schema-tables/.
"""

from __future__ import annotations

from lect_mysql.reflection.columns import Columns
from lect_mysql.reflection.indexes import Indexes
from lect_mysql.reflection.keys import Keys
from lect_mysql.reflection.tables import Tables

__all__ = ["MySQLReflector"]


class MySQLReflector(Tables, Columns, Keys, Indexes):
    """Reads the catalogue of a MySQL or MariaDB server."""
