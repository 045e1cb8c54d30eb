"""What MySQL and MariaDB can do, by flavour and server version; each line links to the manual that says so.

mysql: dev.mysql.com/doc/refman/8.4/en/; mariadb: mariadb.com/kb/en/.
"""

from __future__ import annotations

from lect.dialects.capabilities import (
    BooleanConstants,
    Capabilities,
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

__all__ = ["LATEST_MARIADB", "LATEST_MYSQL", "OLDEST_MARIADB", "OLDEST_MYSQL", "mariadb", "mysql"]

#: The oldest servers the dialects work with.
OLDEST_MYSQL = (5, 7)
OLDEST_MARIADB = (10, 2)
#: Facts while no server was asked are those of these versions.
LATEST_MYSQL = (8, 4)
LATEST_MARIADB = (10, 11)

#: What both have in common.
_COMMON = Capabilities(
    # SELECT: mysql select.html, mariadb select/
    row_limit=RowLimit.LIMIT_OFFSET,
    offset_without_limit=True,  # written as LIMIT m, 18446744073709551615
    limit_percent=False,
    full_outer_join=False,
    tablesample=False,
    cte_in_dml=CteInDml.BEFORE_SELECT,
    values_table=True,
    aggregate_order=False,  # but in GROUP_CONCAT
    window_groups=False,
    window_exclude=False,
    aggregate_filter=False,
    within_group=False,
    grouping_sets=False,  # only WITH ROLLUP
    nulls_first_last=False,
    null_ordering=NullOrdering.SMALLEST,  # mysql working-with-null.html
    tuple_in=True,
    is_distinct_from=True,  # written with <=>
    regular_expressions=True,  # mysql regexp.html
    boolean_constants=BooleanConstants.TRUE_FALSE,  # true and false are 1 and 0
    # data-changing statements
    update_returning=Returning.NONE,
    key_order=KeyOrder.VALUES,  # mysql innodb-auto-increment-handling.html
    generated_key=GeneratedKey.CURSOR,
    multi_values=True,
    max_parameters=65535,  # of a prepared statement
    default_row=DefaultRow.EMPTY_VALUES,
    default_in_values=True,
    upsert=Upsert.ON_DUPLICATE_KEY,  # mysql insert-on-duplicate.html
    merge=False,
    multi_table_update=MultiTableUpdate.TABLE_LIST,
    multi_table_delete=MultiTableDelete.USING,
    dml_limit=True,
    rowcount_counts_matched=True,  # connectors ask for it: CLIENT.FOUND_ROWS
    # schema
    schemas=True,  # databases
    transactional_ddl=False,  # mysql implicit-commit.html
    materialized_views=False,
    identity_columns=False,  # AUTO_INCREMENT has neither start nor increment of its own column
    computed_columns=True,
    deferrable_constraints=False,
    comments=Comments.INLINE,
    partial_indexes=False,
    index_include=False,
    unnamed_unique_reflected=True,
    # types
    native_boolean=False,  # BOOL is TINYINT(1)
    native_uuid=False,
    native_enum=True,
    json_functions=True,
    native_arrays=False,
    native_interval=False,
    exact_decimals=True,
    timezone_aware_datetimes=False,
    time_fraction_digits=6,
    case_sensitive_comparison=False,  # the default collations end in _ci
    # transactions: mysql innodb-transaction-isolation-levels.html
    savepoints=True,
    release_savepoint=True,
    two_phase=True,  # XA: mysql xa.html
    isolation_levels=("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"),
    default_isolation="REPEATABLE READ",
    reflects_constraint_names=True,
    reflects_foreign_key_actions=True,
    reflects_check_constraints=True,
    reflects_view_definitions=True,
)


def mysql(version: tuple[int, ...]) -> Capabilities:
    """Return the facts that hold for MySQL `version`. Versions from 5.7 on are told apart."""
    modern = version >= (8,)
    return _COMMON.replace(
        product="MySQL",
        version=version,
        lateral=LateralForm.LATERAL if version >= (8, 0, 14) or version[:2] > (8, 0) else LateralForm.NONE,
        ctes=modern,  # mysql with.html
        recursive_ctes=modern,
        window_functions=modern,  # mysql window-functions.html
        intersect=version >= (8, 0, 31),  # mysql intersect.html
        intersect_all=version >= (8, 0, 31),
        parenthesized_compound_parts=version >= (8, 0, 22),  # mysql parenthesized-query-expressions.html
        row_locking=True,
        row_locking_nowait=modern,  # mysql innodb-locking-reads.html
        row_locking_skip=modern,
        insert_returning=Returning.NONE,
        delete_returning=Returning.NONE,
        create_if_not_exists=True,
        index_if_not_exists=False,
        sequences=False,
        check_constraints=version >= (8, 0, 16),  # mysql create-table-check-constraints.html
        expression_indexes=version >= (8, 0, 13),  # mysql create-index.html#create-index-functional-key-parts
        native_json=True,  # 5.7.8: mysql json.html
        reflects_check_constraints=version >= (8, 0, 16),
    )


def mariadb(version: tuple[int, ...]) -> Capabilities:
    """Return the facts that hold for MariaDB `version`. Versions from 10.2 on are told apart."""
    return _COMMON.replace(
        product="MariaDB",
        version=version,
        limit_with_ties=version >= (10, 6),  # mariadb select-offset-fetch/
        lateral=LateralForm.NONE,
        ctes=True,  # 10.2: mariadb with/
        recursive_ctes=True,
        window_functions=True,  # 10.2
        intersect=version >= (10, 3),  # mariadb intersect/
        intersect_all=version >= (10, 5),
        parenthesized_compound_parts=version >= (10, 4),  # mariadb union/
        row_locking=True,
        row_locking_nowait=version >= (10, 3),  # mariadb wait-and-nowait/
        row_locking_skip=version >= (10, 6),  # mariadb select/#skip-locked
        insert_returning=Returning.UNORDERED if version >= (10, 5) else Returning.NONE,  # mariadb insertreturning/
        delete_returning=Returning.UNORDERED,  # mariadb delete/#returning
        delete_returning_joined=False,  # of a single table only
        create_if_not_exists=True,
        index_if_not_exists=True,
        sequences=version >= (10, 3),  # mariadb create-sequence/
        check_constraints=True,  # 10.2.1: mariadb constraint/
        expression_indexes=False,
        native_json=False,  # JSON is LONGTEXT with a check: mariadb json-data-type/
        native_uuid=version >= (10, 7),  # mariadb uuid-data-type/
    )
