"""What a database can do, as facts: one frozen object read by the compiler, the engine and the compliance suite.

A field states a fact about the server and the version it is settled for, not what somebody does with the fact. A
dialect makes one object per server version in its own ``capabilities.py``, each line with a link to the manual. The
defaults here are those of the serverless default dialect: the SQL standard's answer, where there is one.
"""

from __future__ import annotations

from lect.dialects.record import Record
from lect.dialects.variants import (
    BooleanConstants,
    Comments,
    CteInDml,
    DefaultRow,
    GeneratedKey,
    KeyOrder,
    LateralForm,
    MultiTableDelete,
    MultiTableUpdate,
    NullOrdering,
    Returning,
    RowLimit,
    Upsert,
)

__all__ = [
    "BooleanConstants",
    "Capabilities",
    "Comments",
    "CteInDml",
    "DefaultRow",
    "GeneratedKey",
    "KeyOrder",
    "LateralForm",
    "MultiTableDelete",
    "MultiTableUpdate",
    "NullOrdering",
    "Returning",
    "RowLimit",
    "Upsert",
]


class Capabilities(Record):
    """Facts about one server. Made by a dialect, settled as a whole at first connect, changed with ``replace()``
    only.
    """

    # -- which server -----------------------------------------------------------------------------------------------

    product: str = "generic"
    """The product these facts hold for; tells flavours apart that share a dialect."""

    version: tuple[int, ...] = ()
    """Server version the facts hold for, most significant part first; empty while no server was asked."""

    # -- SELECT -------------------------------------------------------------------------------------------------------

    row_limit: RowLimit = RowLimit.LIMIT_OFFSET
    """The number of rows is limited this way."""

    offset_without_limit: bool = True
    """An offset may be given without a limit."""

    limit_with_ties: bool = False
    """A limit can be extended by the rows that tie with the last one (WITH TIES)."""

    limit_percent: bool = False
    """A limit can be a percentage of the rows."""

    distinct_on: bool = False
    """``SELECT DISTINCT ON (…)`` keeps the first row of each group."""

    right_outer_join: bool = True
    """RIGHT OUTER JOIN exists."""

    full_outer_join: bool = True
    """FULL OUTER JOIN exists."""

    lateral: LateralForm = LateralForm.LATERAL
    """A FROM element refers to those before it this way."""

    tablesample: bool = True
    """``FROM t TABLESAMPLE …`` exists."""

    ctes: bool = True
    """``WITH name AS (…) SELECT …`` exists."""

    recursive_ctes: bool = True
    """A CTE may refer to itself."""

    cte_recursive_keyword: bool = True
    """A WITH that contains a recursive CTE says ``WITH RECURSIVE``."""

    ctes_nested: bool = True
    """WITH may appear inside a subquery."""

    cte_in_dml: CteInDml = CteInDml.BEFORE_SELECT
    """A data-changing statement reads a CTE this way."""

    dml_in_cte: bool = False
    """A CTE may be an INSERT, UPDATE or DELETE that returns rows."""

    cte_materialized_hint: bool = False
    """A CTE may say AS MATERIALIZED and AS NOT MATERIALIZED."""

    values_table: bool = True
    """``(VALUES (…), (…)) AS t (a, b)`` can stand in FROM."""

    window_functions: bool = True
    """Functions may have an OVER clause."""

    window_clause: bool = True
    """SELECT names windows (WINDOW w AS (…)), and OVER may say the name."""

    window_groups: bool = True
    """Window frames may be counted in GROUPS."""

    window_exclude: bool = True
    """Window frames may have an EXCLUDE clause."""

    aggregate_filter: bool = True
    """Aggregates may have a FILTER (WHERE …) clause."""

    within_group: bool = True
    """Ordered-set aggregates (WITHIN GROUP) exist."""

    aggregate_order: bool = True
    """Aggregates take an order of the rows: ``array_agg(x ORDER BY y)``."""

    grouping_sets: bool = True
    """GROUP BY may contain ROLLUP, CUBE and GROUPING SETS."""

    group_by_parameters: bool = True
    """An expression with parameters in the columns is known to be the one with the same parameters in GROUP BY."""

    group_by_label: bool = True
    """GROUP BY understands the name that an expression has among the columns."""

    intersect: bool = True
    """INTERSECT and EXCEPT exist."""

    intersect_all: bool = True
    """INTERSECT ALL and EXCEPT ALL exist."""

    parenthesized_compound_parts: bool = True
    """The members of a UNION may be parenthesized, so that they can have ORDER BY and LIMIT or be unions themselves."""

    order_by_in_subquery: bool = True
    """A subquery without a limit may have an ORDER BY."""

    nulls_first_last: bool = True
    """ORDER BY understands NULLS FIRST and NULLS LAST."""

    null_ordering: NullOrdering = NullOrdering.LARGEST
    """NULLs sort here by themselves in an ascending order."""

    tuple_in: bool = True
    """``(a, b) IN ((1, 2), (3, 4))`` is a condition."""

    is_distinct_from: bool = True
    """Two values can be compared with NULL counting as a value."""

    regular_expressions: bool = False
    """A match with a regular expression exists on the server, without anything the client installs."""

    row_locking: bool = True
    """SELECT can lock its rows (FOR UPDATE)."""

    row_locking_nowait: bool = True
    """A locking SELECT can fail at once instead of waiting (NOWAIT)."""

    row_locking_skip: bool = True
    """A locking SELECT can skip rows locked by others (SKIP LOCKED)."""

    conditions_are_values: bool = True
    """A condition may stand where a value stands: ``SELECT a = b``, ``f(a > 1)``."""

    boolean_constants: BooleanConstants = BooleanConstants.TRUE_FALSE
    """True and false are written this way where a condition is expected."""

    # -- data-changing statements -------------------------------------------------------------------------------------

    insert_returning: Returning = Returning.UNORDERED
    """INSERT hands back this."""

    update_returning: Returning = Returning.UNORDERED
    """UPDATE hands back this."""

    delete_returning: Returning = Returning.UNORDERED
    """DELETE hands back this."""

    delete_returning_joined: bool = True
    """DELETE hands it back also when the rows are found with the help of other tables."""

    returning_expressions: bool = True
    """What is handed back may be any expression over the changed row, not only its columns."""

    generated_key: GeneratedKey = GeneratedKey.NONE
    """A generated key of a single inserted row is learned this way when the statement returns no rows."""

    key_order: KeyOrder = KeyOrder.UNKNOWN
    """Generated keys of the rows of one INSERT ascend in this order."""

    multi_values: bool = True
    """``INSERT … VALUES (…), (…)`` inserts several rows."""

    max_rows_per_insert: int | None = None
    """Largest number of rows in one VALUES list; None: not limited by itself."""

    max_parameters: int | None = None
    """Largest number of bound parameters of one statement; None: no limit is documented."""

    max_list_parameters: int | None = None
    """Most members of an IN list that are bound; those of a longer one are written as literals. None: no such limit."""

    default_row: DefaultRow = DefaultRow.DEFAULT_VALUES
    """One row of defaults only is inserted this way."""

    default_in_values: bool = True
    """The word DEFAULT may stand for a value in VALUES."""

    upsert: Upsert = Upsert.NONE
    """"Insert or update" is spelled this way."""

    merge: bool = True
    """MERGE INTO … USING … exists."""

    multi_table_update: MultiTableUpdate = MultiTableUpdate.FROM
    """UPDATE reads other tables this way."""

    multi_table_delete: MultiTableDelete = MultiTableDelete.USING
    """DELETE reads other tables this way."""

    dml_limit: bool = False
    """UPDATE and DELETE may be limited to a number of rows."""

    rowcount_counts_matched: bool = True
    """The row count of an UPDATE counts the rows that matched, whether or not their values changed."""

    # -- schema -------------------------------------------------------------------------------------------------------

    schemas: bool = True
    """Tables have a qualified name ``schema.table``."""

    transactional_ddl: bool = False
    """CREATE, ALTER and DROP take part in a transaction and are undone by ROLLBACK."""

    create_if_not_exists: bool = True
    """``CREATE TABLE IF NOT EXISTS`` and ``DROP TABLE IF EXISTS`` exist."""

    index_if_not_exists: bool = True
    """``CREATE INDEX IF NOT EXISTS`` and ``DROP INDEX IF EXISTS`` exist."""

    temporary_tables: bool = True
    """Tables can be private to a connection."""

    views: bool = True
    """CREATE VIEW exists."""

    materialized_views: bool = False
    """CREATE MATERIALIZED VIEW exists."""

    create_table_as: bool = True
    """A table can be made from a SELECT in one statement."""

    sequences: bool = True
    """CREATE SEQUENCE exists."""

    identity_columns: bool = True
    """A column may be GENERATED … AS IDENTITY, or the dialect's equal of it with start and increment."""

    computed_columns: bool = True
    """A column may be computed by the server from others of its row."""

    check_constraints: bool = True
    """CHECK constraints exist and are enforced."""

    foreign_keys: bool = True
    """FOREIGN KEY constraints exist; whether they are enforced without asking is `foreign_keys_enforced`."""

    foreign_keys_enforced: bool = True
    """FOREIGN KEY constraints are enforced on a new connection without asking for it."""

    deferrable_constraints: bool = False
    """Constraints may be checked at commit (DEFERRABLE INITIALLY DEFERRED)."""

    alter_add_constraint: bool = True
    """Constraints can be added to and dropped from an existing table."""

    alter_column: bool = True
    """A column's type, default and NOT NULL can be changed in place."""

    drop_column: bool = True
    """A column can be dropped from an existing table."""

    comments: Comments = Comments.STATEMENT
    """Comments on tables and columns are stored this way."""

    constraint_comments: bool = False
    """Comments on constraints are stored."""

    expression_indexes: bool = True
    """An index may contain expressions."""

    partial_indexes: bool = False
    """An index may cover only the rows that satisfy a condition."""

    index_include: bool = False
    """An index may carry columns that are not part of its key (INCLUDE)."""

    unnamed_unique_reflected: bool = True
    """A UNIQUE constraint made without a name is reported by the catalogue as a constraint."""

    # -- types --------------------------------------------------------------------------------------------------------

    native_boolean: bool = True
    """There is a column type whose values are true and false and nothing else."""

    native_uuid: bool = False
    """There is a column type for UUIDs."""

    native_enum: bool = False
    """There is a column type, or a type that can be created, for a list of labels."""

    native_json: bool = False
    """There is a column type that holds JSON and refuses what is not JSON."""

    json_functions: bool = False
    """Elements of a JSON value can be read in SQL."""

    native_arrays: bool = False
    """Columns may be arrays."""

    native_interval: bool = False
    """There is a column type for durations."""

    exact_decimals: bool = True
    """NUMERIC(p, s) keeps decimal digits exactly."""

    timezone_aware_datetimes: bool = False
    """There is a column type for points in time with an offset, and the offset is not lost in comparisons."""

    time_fraction_digits: int = 6
    """Decimal digits of a second that date-time values keep at most."""

    empty_string_is_null: bool = False
    """A stored empty string reads back as NULL."""

    case_sensitive_comparison: bool = True
    """'a' = 'A' is false in a text column made without further words."""

    # -- transactions -------------------------------------------------------------------------------------------------

    transactions: bool = True
    """Changes can be undone by ROLLBACK."""

    savepoints: bool = True
    """SAVEPOINT and ROLLBACK TO SAVEPOINT exist."""

    release_savepoint: bool = True
    """A savepoint is given up by a statement of its own; False: it ends with its transaction."""

    two_phase: bool = False
    """A transaction can be prepared and committed later (two-phase commit)."""

    isolation_levels: tuple[str, ...] = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")
    """Isolation levels that can be asked for, in upper case with spaces; the connector may add AUTOCOMMIT."""

    default_isolation: str = "SERIALIZABLE"
    """The isolation level of a new connection to an untouched server."""

    concurrent_connections: bool = True
    """Two connections of one engine see one database."""

    readers_wait_for_writers: bool = False
    """At the default isolation level, who reads a row that another transaction has changed waits for its end."""

    # -- reflection ---------------------------------------------------------------------------------------------------

    reflects_constraint_names: bool = True
    """Names given to constraints can be read back."""

    reflects_foreign_key_actions: bool = True
    """ON DELETE and ON UPDATE can be read back."""

    reflects_check_constraints: bool = True
    """CHECK constraints can be read back."""

    reflects_view_definitions: bool = True
    """The text of a view can be read back."""
