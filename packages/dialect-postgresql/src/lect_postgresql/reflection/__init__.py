"""What PostgreSQL's catalogue says: tables, columns, keys, indexes, in a constant number of queries.

Catalogue: postgresql.org/docs/current/catalogs.html.
"""

from __future__ import annotations

from lect_postgresql.reflection.columns import Columns
from lect_postgresql.reflection.indexes import Indexes
from lect_postgresql.reflection.keys import Keys
from lect_postgresql.reflection.tables import Tables

__all__ = ["PostgreSQLReflector"]


class PostgreSQLReflector(Tables, Columns, Keys, Indexes):
    """Reads the catalogue of a PostgreSQL server."""
