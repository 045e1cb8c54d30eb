"""What PostgreSQL can do, by server version; each line links to the manual that says so."""

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

#: The oldest server the dialect works with.
OLDEST = (10,)
#: Facts while no server was asked are those of this version.
LATEST = (15,)


def capabilities(version: tuple[int, ...]) -> Capabilities:
    """Return the facts that hold for PostgreSQL `version`. Versions from 10 on are told apart."""
    return Capabilities(
        product="PostgreSQL",
        version=version,
        # SELECT: postgresql.org/docs/current/sql-select.html
        row_limit=RowLimit.LIMIT_OFFSET,
        offset_without_limit=True,
        limit_with_ties=version >= (13,),  # postgresql.org/docs/13/release-13.html
        limit_percent=False,
        distinct_on=True,
        lateral=LateralForm.LATERAL,
        tablesample=True,
        cte_in_dml=CteInDml.BEFORE_STATEMENT,  # postgresql.org/docs/current/queries-with.html
        dml_in_cte=True,
        cte_materialized_hint=version >= (12,),
        values_table=True,  # postgresql.org/docs/current/queries-values.html
        window_groups=version >= (11,),  # postgresql.org/docs/11/release-11.html
        window_exclude=version >= (11,),
        aggregate_filter=True,
        within_group=True,
        grouping_sets=True,
        intersect_all=True,
        nulls_first_last=True,
        null_ordering=NullOrdering.LARGEST,  # postgresql.org/docs/current/queries-order.html
        tuple_in=True,
        is_distinct_from=True,
        regular_expressions=True,  # postgresql.org/docs/current/functions-matching.html
        row_locking=True,
        row_locking_nowait=True,
        row_locking_skip=True,
        boolean_constants=BooleanConstants.TRUE_FALSE,
        # data-changing statements: postgresql.org/docs/current/dml-returning.html
        insert_returning=Returning.UNORDERED,
        key_order=KeyOrder.ORDERED_SELECT,  # postgresql.org/docs/current/sql-select.html#SQL-ORDERBY
        update_returning=Returning.UNORDERED,
        delete_returning=Returning.UNORDERED,
        generated_key=GeneratedKey.QUERY,  # without RETURNING: postgresql.org/docs/current/functions-sequence.html
        multi_values=True,
        max_parameters=65535,  # 16 bits in the Bind message: postgresql.org/docs/current/protocol-message-formats.html
        default_row=DefaultRow.DEFAULT_VALUES,
        default_in_values=True,
        upsert=Upsert.ON_CONFLICT,  # postgresql.org/docs/current/sql-insert.html#SQL-ON-CONFLICT
        merge=version >= (15,),  # postgresql.org/docs/15/sql-merge.html
        multi_table_update=MultiTableUpdate.FROM,
        multi_table_delete=MultiTableDelete.USING,
        # schema: postgresql.org/docs/current/ddl.html
        schemas=True,
        transactional_ddl=True,
        temporary_tables=True,
        views=True,
        materialized_views=True,
        create_table_as=True,
        sequences=True,
        identity_columns=True,  # 10: postgresql.org/docs/10/release-10.html
        computed_columns=version >= (12,),  # postgresql.org/docs/12/ddl-generated-columns.html
        check_constraints=True,
        foreign_keys=True,
        foreign_keys_enforced=True,
        deferrable_constraints=True,
        alter_add_constraint=True,
        alter_column=True,
        drop_column=True,
        comments=Comments.STATEMENT,
        constraint_comments=True,
        expression_indexes=True,
        partial_indexes=True,
        index_include=version >= (11,),
        unnamed_unique_reflected=True,
        # types: postgresql.org/docs/current/datatype.html
        native_boolean=True,
        native_uuid=True,
        native_enum=True,
        native_json=True,
        json_functions=True,
        native_arrays=True,
        native_interval=True,
        exact_decimals=True,
        timezone_aware_datetimes=True,
        time_fraction_digits=6,
        # transactions: postgresql.org/docs/current/transaction-iso.html
        savepoints=True,
        release_savepoint=True,
        two_phase=True,  # while max_prepared_transactions > 0: asked when the dialect is settled
        isolation_levels=("READ UNCOMMITTED", "READ COMMITTED", "REPEATABLE READ", "SERIALIZABLE"),
        default_isolation="READ COMMITTED",
        # reflection: postgresql.org/docs/current/catalogs.html
        reflects_constraint_names=True,
        reflects_foreign_key_actions=True,
        reflects_check_constraints=True,
        reflects_view_definitions=True,
    )
