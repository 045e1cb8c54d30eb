"""What cases may need of a database, each as a question to ``Capabilities``, with a probe where there is one.

A probe is SQL that works only where the ability is there. When a dialect does not claim the ability, the probe is run:
if it works, the dialect claims less than the database can do, and the case fails.
"""

from __future__ import annotations

from collections.abc import Callable

from lect.dialects.capabilities import (
    Capabilities,
    Comments,
    CteInDml,
    GeneratedKey,
    LateralForm,
    MultiTableDelete,
    MultiTableUpdate,
    Returning,
    RowLimit,
    Upsert,
)
from lect.dialects.record import Record

__all__ = ["NEEDS", "Need"]

#: Every need by name.
NEEDS: dict[str, Need] = {}


class Need(Record):
    """One thing that a case needs. `claimed` asks the capabilities; `probe` is SQL over ``lect_probe (x, y)``."""

    name: str
    about: str
    claimed: Callable[[Capabilities], bool]
    probe: str | None = None

    def __hash__(self) -> int:
        return hash(self.name)


def _need(name: str, about: str, claimed: Callable[[Capabilities], bool], probe: str | None = None) -> Need:
    need = NEEDS[name] = Need(name=name, about=about, claimed=claimed, probe=probe)
    return need


ROW_LIMIT = _need(
    "row_limit",
    "the number of rows of a SELECT can be limited",
    lambda c: c.row_limit is not RowLimit.NONE,
    "SELECT x FROM lect_probe LIMIT 1",
)
FULL_JOIN = _need(
    "full_join",
    "FULL OUTER JOIN",
    lambda c: c.full_outer_join,
    "SELECT a.x FROM lect_probe a FULL OUTER JOIN lect_probe b ON a.x = b.y",
)
LATERAL = _need(
    "lateral",
    "a FROM element can refer to those before it",
    lambda c: c.lateral is not LateralForm.NONE,
    "SELECT a.x FROM lect_probe a JOIN LATERAL (SELECT b.y FROM lect_probe b WHERE b.x = a.x) AS s ON 1 = 1",
)
DISTINCT_ON = _need(
    "distinct_on",
    "SELECT DISTINCT ON",
    lambda c: c.distinct_on,
    "SELECT DISTINCT ON (x) x, y FROM lect_probe ORDER BY x, y",
)
CTES = _need(
    "ctes", "common table expressions", lambda c: c.ctes, "WITH a AS (SELECT x FROM lect_probe) SELECT x FROM a"
)
RECURSIVE_CTES = _need(
    "recursive_ctes",
    "recursive common table expressions",
    lambda c: c.recursive_ctes,
    "WITH RECURSIVE a (n) AS (SELECT 1 UNION ALL SELECT n + 1 FROM a WHERE n < 3) SELECT n FROM a",
)
CTE_IN_DML = _need(
    "cte_in_dml", "data-changing statements that read a CTE", lambda c: c.cte_in_dml is not CteInDml.NONE
)
INTERSECT = _need(
    "intersect",
    "INTERSECT and EXCEPT",
    lambda c: c.intersect,
    "SELECT x FROM lect_probe INTERSECT SELECT y FROM lect_probe",
)
WINDOWS = _need(
    "window_functions",
    "window functions",
    lambda c: c.window_functions,
    "SELECT row_number() OVER (ORDER BY x) FROM lect_probe",
)
AGGREGATE_FILTER = _need(
    "aggregate_filter",
    "FILTER behind an aggregate",
    lambda c: c.aggregate_filter,
    "SELECT count(*) FILTER (WHERE x > 0) FROM lect_probe",
)
TUPLE_IN = _need(
    "tuple_in",
    "a tuple in a list of tuples",
    lambda c: c.tuple_in,
    "SELECT x FROM lect_probe WHERE (x, y) IN ((1, 2), (3, 4))",
)
REGULAR_EXPRESSIONS = _need("regular_expressions", "matching of regular expressions", lambda c: c.regular_expressions)
ROW_LOCKING = _need(
    "row_locking", "SELECT … FOR UPDATE", lambda c: c.row_locking, "SELECT x FROM lect_probe FOR UPDATE"
)
INSERT_RETURNING = _need(
    "insert_returning",
    "INSERT that returns rows",
    lambda c: c.insert_returning is not Returning.NONE,
)
INSERT_MANY_RETURNING = _need(
    "insert_many_returning",
    "INSERT of several rows that returns them",
    lambda c: c.insert_returning in (Returning.UNORDERED, Returning.ORDERED),
)
UPDATE_RETURNING = _need(
    "update_returning",
    "UPDATE that returns rows",
    lambda c: c.update_returning is not Returning.NONE,
)
DELETE_RETURNING = _need(
    "delete_returning",
    "DELETE that returns rows",
    lambda c: c.delete_returning is not Returning.NONE,
)
KNOWN_KEYS = _need(
    "known_keys",
    "the generated key of an inserted row can be learned",
    lambda c: c.insert_returning is not Returning.NONE or c.generated_key is not GeneratedKey.NONE,
)
MULTI_VALUES = _need(
    "multi_values",
    "INSERT of several rows in one VALUES",
    lambda c: c.multi_values,
    "INSERT INTO lect_probe (x, y) VALUES (1, 2), (3, 4)",
)
UPSERT = _need("upsert", "insert or update", lambda c: c.upsert in (Upsert.ON_CONFLICT, Upsert.ON_DUPLICATE_KEY))
UPDATE_FROM = _need(
    "multi_table_update", "UPDATE that reads other tables", lambda c: c.multi_table_update is not MultiTableUpdate.NONE
)
DELETE_USING = _need(
    "multi_table_delete", "DELETE that reads other tables", lambda c: c.multi_table_delete is not MultiTableDelete.NONE
)
CHECKS = _need("check_constraints", "CHECK constraints", lambda c: c.check_constraints)
FOREIGN_KEYS = _need(
    "foreign_keys_enforced", "foreign keys that are enforced", lambda c: c.foreign_keys and c.foreign_keys_enforced
)
SEQUENCES = _need("sequences", "sequences", lambda c: c.sequences)
COMPUTED = _need("computed_columns", "columns computed by the server", lambda c: c.computed_columns)
COMMENTS = _need("comments", "comments on tables and columns", lambda c: c.comments is not Comments.NONE)
VIEWS = _need("views", "views", lambda c: c.views)
TEMPORARY = _need("temporary_tables", "temporary tables", lambda c: c.temporary_tables)
TRANSACTIONAL_DDL = _need("transactional_ddl", "DDL that can be rolled back", lambda c: c.transactional_ddl)
ALTER_CONSTRAINT = _need(
    "alter_add_constraint", "constraints added to a table that exists", lambda c: c.alter_add_constraint
)
EXPRESSION_INDEXES = _need("expression_indexes", "indexes over expressions", lambda c: c.expression_indexes)
TRANSACTIONS = _need("transactions", "transactions", lambda c: c.transactions)
SAVEPOINTS = _need("savepoints", "savepoints", lambda c: c.savepoints)
TWO_CONNECTIONS = _need(
    "concurrent_connections", "two connections that see one database", lambda c: c.concurrent_connections
)
READERS_PASS = _need(
    "readers_pass",
    "reading a row that another transaction has changed, without a wait",
    lambda c: not c.readers_wait_for_writers,
)
JSON_ACCESS = _need("json_functions", "elements of a JSON value in SQL", lambda c: c.json_functions)
EXACT_DECIMALS = _need("exact_decimals", "exact decimal numbers", lambda c: c.exact_decimals)
AWARE_DATETIMES = _need(
    "timezone_aware_datetimes", "points in time with an offset", lambda c: c.timezone_aware_datetimes
)
ARRAYS = _need("native_arrays", "arrays", lambda c: c.native_arrays)
REFLECTS_CHECKS = _need(
    "reflects_check_constraints",
    "CHECK constraints that can be read back",
    lambda c: c.check_constraints and c.reflects_check_constraints,
)
REFLECTS_ACTIONS = _need(
    "reflects_foreign_key_actions",
    "ON DELETE that can be read back",
    lambda c: c.foreign_keys and c.reflects_foreign_key_actions,
)
REFLECTS_NAMES = _need(
    "reflects_constraint_names", "names of constraints that can be read back", lambda c: c.reflects_constraint_names
)
