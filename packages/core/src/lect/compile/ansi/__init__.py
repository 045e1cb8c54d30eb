"""The default rules: one file per construct, registered in :data:`lect.compile.table.ANSI` when it is imported.

The files that nearly every statement needs, and those with rules of operators, are imported here; the others when a
construct of theirs is first written (:meth:`~lect.compile.table.RuleTable.rules_later`).
"""

from __future__ import annotations

from lect.compile.ansi import binary, like, types
from lect.compile.table import ANSI

__all__ = ["binary", "like", "types"]

ANSI.rules_later(
    __name__,
    {
        "alias": (
            "lect.sql.alias.Alias",
            "lect.sql.subquery.Subquery",
            "lect.sql.subquery.Lateral",
            "lect.sql.alias.TableValuedAlias",
            "lect.sql.tablesample.TableSample",
        ),
        "bind": ("lect.sql.bind.BindParameter",),
        "case": ("lect.sql._case.Case",),
        "cast": (
            "lect.sql._cast.Cast",
            "lect.sql._cast.TryCast",
            "lect.sql._cast.TypeCoerce",
            "lect.sql.type_clause.TypeClause",
            "lect.sql.collation.CollationClause",
        ),
        "column": ("lect.sql.column.ColumnClause",),
        "column_spec": ("lect.schema.ddl.CreateColumn", "lect.schema.computed.Computed"),
        "comment": (
            "lect.schema.ddl.SetTableComment",
            "lect.schema.ddl.DropTableComment",
            "lect.schema.ddl.SetColumnComment",
            "lect.schema.ddl.DropColumnComment",
            "lect.schema.ddl.SetConstraintComment",
            "lect.schema.ddl.DropConstraintComment",
        ),
        "condition": ("lect.compile.clauses.ConditionAsValue",),
        "constraints": (
            "lect.schema.constraints.CheckConstraint",
            "lect.schema.constraints.PrimaryKeyConstraint",
            "lect.schema.constraints.UniqueConstraint",
            "lect.schema.foreign_key.ForeignKeyConstraint",
            "lect.schema.ddl.AddConstraint",
            "lect.schema.ddl.DropConstraint",
        ),
        "create_index": ("lect.schema.ddl.CreateIndex", "lect.schema.ddl.DropIndex"),
        "create_schema": ("lect.schema.ddl.CreateSchema", "lect.schema.ddl.DropSchema"),
        "create_table": ("lect.schema.ddl.CreateTable", "lect.schema.ddl.TableOptions", "lect.schema.ddl.DropTable"),
        "cte": ("lect.sql.cte.CTE",),
        "ddl_text": ("lect.schema.ddl.DDL",),
        "dml_column": ("lect.sql.dml_column.FromDMLColumn",),
        "extract": ("lect.sql.extract.Extract",),
        "function": (
            "lect.sql.function.FunctionElement",
            "lect.sql.known_functions.cube",
            "lect.sql.known_functions.rollup",
            "lect.sql.known_functions.grouping_sets",
            "lect.compile.clauses.StringsInOrder",
            "lect.sql.known_functions.aggregate_strings",
            "lect.sql.function.FunctionFrom",
            "lect.sql.function.ScalarFunctionColumn",
        ),
        "grouping": (
            "lect.sql.grouping.Grouping",
            "lect.sql.tuple.Tuple",
            "lect.sql.lists.ClauseList",
            "lect.sql.lists.ExpressionClauseList",
            "lect.sql.slice.Slice",
        ),
        "hints": ("lect.compile.clauses.FromHint", "lect.compile.clauses.StatementHints"),
        "insert": ("lect.sql._insert.Insert", "lect.compile.clauses.InsertParts"),
        "join": ("lect.sql.join.Join", "lect.sql.join.FromGrouping"),
        "label": ("lect.sql.label.Label",),
        "label_reference": (
            "lect.sql.label_reference.LabelReference",
            "lect.sql.label_reference.TextualLabelReference",
        ),
        "limit": ("lect.compile.clauses.RowLimit",),
        "locking": ("lect.compile.clauses.Locking",),
        "many_rows": ("lect.compile.clauses.ManyRows",),
        "merge": ("lect.sql._merge.Merge",),
        "null": ("lect.sql.literal.Null",),
        "on_conflict": ("lect.sql.on_conflict.OnConflict",),
        "returning": ("lect.compile.clauses.Returning",),
        "select": (
            "lect.sql._select.Select",
            "lect.compile.clauses.AfterSelect",
            "lect.compile.clauses.EmptyFrom",
            "lect.sql.compound.CompoundSelect",
            "lect.sql.select_base.SelectGrouping",
            "lect.sql.exists.ScalarSelect",
            "lect.sql.exists.Exists",
            "lect.sql.textual_select.TextualSelect",
        ),
        "sequence": ("lect.schema.sequence.Identity", "lect.schema.ddl.CreateSequence", "lect.schema.ddl.DropSequence"),
        "table": ("lect.sql.from_clause.TableClause", "lect.sql.from_clause.TableValuedColumn"),
        "text": ("lect.sql.text.TextClause", "lect.sql.tstring.TString"),
        "unary": (
            "lect.sql.unary.UnaryExpression",
            "lect.sql.unary.CollectionAggregate",
            "lect.sql.unary.AsBoolean",
            "lect.sql.literal.True_",
            "lect.sql.literal.False_",
        ),
        "update": (
            "lect.compile.clauses.ExtraFroms",
            "lect.sql._update.Update",
            "lect.compile.clauses.UpdateParts",
            "lect.sql._update.Delete",
        ),
        "values": (
            "lect.compile.clauses.ValuesAlone",
            "lect.compile.clauses.ValuesRows",
            "lect.sql.values.Values",
            "lect.sql.values.ScalarValues",
        ),
        "view": ("lect.schema.view.CreateView", "lect.schema.view.DropView", "lect.schema.view.CreateTableAs"),
        "window": (
            "lect.sql.window.Over",
            "lect.compile.clauses.WindowFrame",
            "lect.sql.window.FrameClause",
            "lect.sql.window.WithinGroup",
            "lect.sql.window.FunctionFilter",
            "lect.sql.window.AggregateOrderBy",
        ),
    },
)
