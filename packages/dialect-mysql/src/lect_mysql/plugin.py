"""What the package's entry points name."""

from __future__ import annotations

from lect_mysql.dialect import MariaDBDialect, MySQLDialect

__all__ = ["mariadb", "mysql"]

mysql = MySQLDialect
mariadb = MariaDBDialect
