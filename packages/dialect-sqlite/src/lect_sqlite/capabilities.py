"""What SQLite can do, by library version; each line links to the page that says so."""

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

__all__ = ["LATEST", "OLDEST", "capabilities"]

#: The oldest library the dialect works with.
OLDEST = (3, 31)
#: Facts while no library was asked are those of this version.
LATEST = (3, 45)


def capabilities(version: tuple[int, ...]) -> Capabilities:
    """Return the facts that hold for SQLite `version`. Versions from 3.31 on are told apart."""
    returning = Returning.UNORDERED if version >= (3, 35) else Returning.NONE  # sqlite.org/lang_returning.html
    return Capabilities(
        product="SQLite",
        version=version,
        # SELECT: sqlite.org/lang_select.html
        row_limit=RowLimit.LIMIT_OFFSET,
        offset_without_limit=True,  # written as LIMIT -1 OFFSET n
        limit_with_ties=False,
        right_outer_join=version >= (3, 39),  # sqlite.org/releaselog/3_39_0.html
        full_outer_join=version >= (3, 39),
        lateral=LateralForm.NONE,
        tablesample=False,
        ctes=True,  # sqlite.org/lang_with.html
        recursive_ctes=True,
        cte_in_dml=CteInDml.BEFORE_STATEMENT,
        dml_in_cte=False,
        cte_materialized_hint=version >= (3, 35),
        values_table=True,  # named columns through a CTE: sqlite.org/lang_select.html#values
        window_functions=True,  # 3.25: sqlite.org/windowfunctions.html
        window_groups=True,  # 3.28
        window_exclude=True,
        aggregate_filter=True,  # 3.30
        within_group=False,
        aggregate_order=version >= (3, 44),  # sqlite.org/releaselog/3_44_0.html
        grouping_sets=False,
        intersect_all=False,
        parenthesized_compound_parts=False,  # sqlite.org/lang_select.html#compound
        nulls_first_last=True,  # 3.30
        null_ordering=NullOrdering.SMALLEST,  # sqlite.org/datatype3.html#sort_order
        tuple_in=True,  # sqlite.org/rowvalue.html; the list is written as VALUES
        is_distinct_from=True,  # IS and IS NOT
        regular_expressions=False,  # the operator REGEXP calls a function that the connector installs
        row_locking=False,
        row_locking_nowait=False,
        row_locking_skip=False,
        boolean_constants=BooleanConstants.ONE_ZERO,
        # data-changing statements
        insert_returning=returning,
        key_order=KeyOrder.VALUES,  # sqlite.org/autoinc.html
        update_returning=returning,
        delete_returning=returning,
        generated_key=GeneratedKey.CURSOR,  # sqlite.org/c3ref/last_insert_rowid.html
        multi_values=True,
        max_parameters=32766 if version >= (3, 32) else 999,  # sqlite.org/limits.html#max_variable_number
        default_row=DefaultRow.DEFAULT_VALUES,  # sqlite.org/lang_insert.html
        default_in_values=False,
        upsert=Upsert.ON_CONFLICT,  # sqlite.org/lang_upsert.html
        merge=False,
        multi_table_update=MultiTableUpdate.FROM if version >= (3, 33) else MultiTableUpdate.NONE,
        multi_table_delete=MultiTableDelete.NONE,
        # schema: sqlite.org/lang_createtable.html
        schemas=True,  # attached databases: sqlite.org/lang_attach.html
        transactional_ddl=True,
        temporary_tables=True,
        views=True,
        materialized_views=False,
        sequences=False,
        identity_columns=False,
        computed_columns=True,  # 3.31: sqlite.org/gencol.html
        check_constraints=True,
        foreign_keys=True,
        foreign_keys_enforced=False,  # PRAGMA foreign_keys: sqlite.org/foreignkeys.html#fk_enable
        deferrable_constraints=True,  # foreign keys only
        alter_add_constraint=False,  # sqlite.org/lang_altertable.html
        alter_column=False,
        drop_column=version >= (3, 35),
        comments=Comments.NONE,
        expression_indexes=True,  # sqlite.org/expridx.html
        partial_indexes=True,  # sqlite.org/partialindex.html
        index_include=False,
        unnamed_unique_reflected=True,
        # types: sqlite.org/datatype3.html
        native_boolean=False,
        native_uuid=False,
        native_enum=False,
        native_json=False,
        json_functions=True,  # json1; built in by default since 3.38
        native_arrays=False,
        exact_decimals=False,  # NUMERIC values are 64-bit integers or doubles
        timezone_aware_datetimes=False,
        time_fraction_digits=6,
        # transactions: sqlite.org/isolation.html
        savepoints=True,
        release_savepoint=True,
        two_phase=False,
        isolation_levels=("READ UNCOMMITTED", "SERIALIZABLE"),
        default_isolation="SERIALIZABLE",
        # reflection
        reflects_foreign_key_actions=True,
    )
