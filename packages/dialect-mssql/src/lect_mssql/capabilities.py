"""What SQL Server can do, by product version; each line links to the manual page that says so.

Versions: 11 is 2012, 12 is 2014, 13 is 2016, 14 is 2017, 15 is 2019, 16 is 2022, 17 is 2025. Azure SQL Database reports
12 and has what the newest server has; it is told apart by its engine edition.
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

__all__ = ["AZURE_EDITIONS", "LATEST", "OLDEST", "capabilities"]

#: The oldest server the dialect works with: OFFSET/FETCH came with it.
OLDEST = (11,)
#: Facts while no server was asked are those of this version.
LATEST = (16, 0)
#: SERVERPROPERTY('EngineEdition') of Azure SQL Database, Synapse, Managed Instance, Edge, Fabric.
AZURE_EDITIONS = frozenset({5, 6, 8, 9, 11, 12})

_LEVELS = ("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE")


def capabilities(
    version: tuple[int, ...], azure: bool = False, *, snapshot: bool = True, versions: bool = False
) -> Capabilities:
    """Return the facts that hold for SQL Server `version`.

    Args:
        azure: it is Azure SQL, which has what the newest server has.
        snapshot: the database allows the level SNAPSHOT (ALLOW_SNAPSHOT_ISOLATION).
        versions: READ COMMITTED reads the last committed version of a row (READ_COMMITTED_SNAPSHOT).
    """
    newest = azure or version >= LATEST
    return Capabilities(
        product="Azure SQL" if azure else "SQL Server",
        version=version,
        # SELECT: learn.microsoft.com/sql/t-sql/queries/select-transact-sql
        row_limit=RowLimit.TOP_OR_OFFSET_FETCH,
        offset_without_limit=True,
        limit_with_ties=True,  # TOP only
        limit_percent=True,  # TOP only
        distinct_on=False,
        lateral=LateralForm.APPLY,  # .../queries/from-transact-sql
        tablesample=True,
        ctes=True,
        recursive_ctes=True,
        cte_recursive_keyword=False,  # .../queries/with-common-table-expression-transact-sql
        ctes_nested=False,
        cte_in_dml=CteInDml.BEFORE_STATEMENT,
        dml_in_cte=False,
        cte_materialized_hint=False,
        values_table=True,  # .../queries/table-value-constructor-transact-sql
        window_functions=True,
        window_clause=False,  # 2022, where the database has its compatibility level
        window_groups=False,
        window_exclude=False,
        aggregate_filter=False,
        within_group=True,  # STRING_AGG, PERCENTILE_CONT
        aggregate_order=False,  # WITHIN GROUP instead
        grouping_sets=True,
        group_by_parameters=False,  # error 8120: each ``?`` is a parameter of its own
        group_by_label=False,
        intersect=True,
        intersect_all=False,
        parenthesized_compound_parts=True,
        order_by_in_subquery=False,  # error 1033
        nulls_first_last=False,
        null_ordering=NullOrdering.SMALLEST,
        tuple_in=False,
        is_distinct_from=newest,  # 2022: .../queries/is-distinct-from-transact-sql
        regular_expressions=version >= (17,),  # 2025: REGEXP_LIKE
        row_locking=True,  # table hints: .../queries/hints-transact-sql-table
        row_locking_nowait=True,
        row_locking_skip=True,
        conditions_are_values=False,
        boolean_constants=BooleanConstants.COMPARISON,
        # data-changing statements: .../queries/output-clause-transact-sql
        insert_returning=Returning.UNORDERED,
        key_order=KeyOrder.ORDERED_SELECT,  # .../statements/insert-transact-sql#limitations-and-restrictions
        update_returning=Returning.UNORDERED,
        delete_returning=Returning.UNORDERED,
        generated_key=GeneratedKey.APPENDED_QUERY,  # .../functions/scope-identity-transact-sql
        multi_values=True,
        max_rows_per_insert=1000,  # .../queries/table-value-constructor-transact-sql#limitations-and-restrictions
        # 2100 parameters of a procedure; sp_prepexec, by which drivers send a statement, has three of its own
        max_list_parameters=2000,
        max_parameters=2097,  # learn.microsoft.com/sql/sql-server/maximum-capacity-specifications-for-sql-server
        default_row=DefaultRow.DEFAULT_VALUES,
        default_in_values=True,
        upsert=Upsert.MERGE,
        merge=True,
        multi_table_update=MultiTableUpdate.FROM,
        multi_table_delete=MultiTableDelete.FROM_FROM,
        # schema
        transactional_ddl=True,
        create_if_not_exists=False,  # IF NOT EXISTS is for DROP only (2016)
        index_if_not_exists=False,
        temporary_tables=True,  # by name: #t and ##t
        views=True,
        materialized_views=False,  # indexed views are made in two steps
        create_table_as=False,  # SELECT … INTO
        sequences=True,  # 2012
        identity_columns=True,
        computed_columns=True,
        deferrable_constraints=False,
        comments=Comments.STATEMENT,  # sp_addextendedproperty 'MS_Description'
        expression_indexes=False,  # an index on a computed column instead
        partial_indexes=True,  # filtered indexes
        index_include=True,
        # types: learn.microsoft.com/sql/t-sql/data-types/data-types-transact-sql
        native_boolean=False,  # BIT holds 0, 1 and NULL and is no condition
        native_uuid=True,  # UNIQUEIDENTIFIER
        native_enum=False,
        native_json=version >= (17,),
        json_functions=azure or version >= (14,),  # 2016 takes no parameter for a path
        native_arrays=False,
        native_interval=False,
        exact_decimals=True,
        timezone_aware_datetimes=True,  # DATETIMEOFFSET
        time_fraction_digits=7,
        case_sensitive_comparison=False,  # by the default collation
        # transactions
        savepoints=True,  # SAVE TRANSACTION
        release_savepoint=False,
        two_phase=False,
        isolation_levels=(*_LEVELS, "SNAPSHOT") if snapshot else _LEVELS,
        default_isolation="READ COMMITTED",
        readers_wait_for_writers=not versions,
    )
