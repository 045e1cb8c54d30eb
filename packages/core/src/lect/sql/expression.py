"""The expression language under one name: constructs, and the functions that make them."""

from __future__ import annotations

from lect.operators import ColumnOperators, OperatorClass, Operators, custom_op
from lect.sql._case import Case, case
from lect.sql._cast import Cast, TryCast, TypeCoerce, cast, try_cast, type_coerce
from lect.sql._insert import Insert, insert
from lect.sql._select import Select, select
from lect.sql._update import Delete, Update, delete, update
from lect.sql.alias import Alias, AliasedReturnsRows, TableValuedAlias, alias
from lect.sql.binary import BinaryExpression
from lect.sql.bind import BindParameter, bindparam, outparam
from lect.sql.boolean import BooleanClauseList, and_, not_, or_
from lect.sql.collation import CollationClause
from lect.sql.collection import ColumnCollection, WriteableColumnCollection
from lect.sql.column import ColumnClause, column, literal_column
from lect.sql.compound import CompoundSelect, except_, except_all, intersect, intersect_all, union, union_all
from lect.sql.constructors import (
    all_,
    any_,
    asc,
    between,
    bitwise_not,
    collate,
    desc,
    distinct,
    nulls_first,
    nulls_last,
    nullsfirst,
    nullslast,
)
from lect.sql.cte import CTE, cte
from lect.sql.dml import UpdateBase, ValuesBase
from lect.sql.dml_column import from_dml_column
from lect.sql.element import ClauseElement, ColumnElement, CompilerElement, SQLColumnExpression
from lect.sql.executable import Executable, HasCTE, HasPrefixes, HasSuffixes
from lect.sql.exists import Exists, ScalarSelect, exists
from lect.sql.extract import Extract, extract
from lect.sql.from_clause import (
    FromClause,
    NamedFromClause,
    ReturnsRows,
    Selectable,
    TableClause,
    TableValuedColumn,
    table,
)
from lect.sql.function import Function, FunctionElement, modifier
from lect.sql.functions import func
from lect.sql.grouping import Grouping
from lect.sql.join import Join, join, outerjoin
from lect.sql.label import Label, label
from lect.sql.lambdas import lambda_stmt
from lect.sql.lists import ClauseList, ExpressionClauseList, OrderByList
from lect.sql.literal import False_, Null, True_, false, literal, null, true
from lect.sql.names import quoted_name
from lect.sql.naming import (
    LABEL_STYLE_DEFAULT,
    LABEL_STYLE_DISAMBIGUATE_ONLY,
    LABEL_STYLE_NONE,
    LABEL_STYLE_TABLENAME_PLUS_COL,
    SelectLabelStyle,
)
from lect.sql.select_base import GenerativeSelect, SelectBase
from lect.sql.slice import Slice
from lect.sql.subquery import Lateral, Subquery, lateral
from lect.sql.syntax_extension import SyntaxExtension
from lect.sql.tablesample import TableSample, tablesample
from lect.sql.text import TextClause, text
from lect.sql.textual_select import TextualSelect
from lect.sql.tstring import TString, tstring
from lect.sql.tuple import Tuple, tuple_
from lect.sql.type_clause import TypeClause
from lect.sql.unary import AsBoolean, CollectionAggregate, UnaryExpression
from lect.sql.values import ScalarValues, Values, values
from lect.sql.window import (
    AggregateOrderBy,
    FrameClause,
    FrameClauseType,
    FunctionFilter,
    Over,
    Window,
    WithinGroup,
    aggregate_order_by,
    funcfilter,
    over,
    window,
    within_group,
)

__all__ = [
    "AggregateOrderBy",
    "Alias",
    "AliasedReturnsRows",
    "AsBoolean",
    "BinaryExpression",
    "BindParameter",
    "BooleanClauseList",
    "CTE",
    "Case",
    "Cast",
    "ClauseElement",
    "ClauseList",
    "CollationClause",
    "CollectionAggregate",
    "ColumnClause",
    "ColumnCollection",
    "ColumnElement",
    "ColumnOperators",
    "CompilerElement",
    "CompoundSelect",
    "Delete",
    "Executable",
    "Exists",
    "ExpressionClauseList",
    "Extract",
    "False_",
    "FrameClause",
    "FrameClauseType",
    "FromClause",
    "Function",
    "FunctionElement",
    "FunctionFilter",
    "GenerativeSelect",
    "Grouping",
    "HasCTE",
    "HasPrefixes",
    "HasSuffixes",
    "Insert",
    "Join",
    "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY",
    "LABEL_STYLE_NONE",
    "LABEL_STYLE_TABLENAME_PLUS_COL",
    "Label",
    "Lateral",
    "NamedFromClause",
    "Null",
    "OperatorClass",
    "Operators",
    "OrderByList",
    "Over",
    "ReturnsRows",
    "SQLColumnExpression",
    "ScalarSelect",
    "ScalarValues",
    "Select",
    "SelectBase",
    "SelectLabelStyle",
    "Selectable",
    "Slice",
    "Subquery",
    "SyntaxExtension",
    "TableClause",
    "TableSample",
    "TableValuedAlias",
    "TableValuedColumn",
    "TextClause",
    "TextualSelect",
    "True_",
    "TryCast",
    "TString",
    "Tuple",
    "TypeClause",
    "TypeCoerce",
    "UnaryExpression",
    "Update",
    "UpdateBase",
    "Values",
    "ValuesBase",
    "Window",
    "WithinGroup",
    "WriteableColumnCollection",
    "aggregate_order_by",
    "alias",
    "all_",
    "and_",
    "any_",
    "asc",
    "between",
    "bindparam",
    "bitwise_not",
    "case",
    "cast",
    "collate",
    "column",
    "cte",
    "custom_op",
    "delete",
    "desc",
    "distinct",
    "except_",
    "except_all",
    "exists",
    "extract",
    "false",
    "from_dml_column",
    "func",
    "funcfilter",
    "insert",
    "intersect",
    "intersect_all",
    "join",
    "label",
    "lambda_stmt",
    "lateral",
    "literal",
    "literal_column",
    "modifier",
    "not_",
    "null",
    "nulls_first",
    "nulls_last",
    "nullsfirst",
    "nullslast",
    "or_",
    "outerjoin",
    "outparam",
    "over",
    "quoted_name",
    "select",
    "table",
    "tablesample",
    "text",
    "true",
    "try_cast",
    "tstring",
    "tuple_",
    "type_coerce",
    "union",
    "union_all",
    "update",
    "values",
    "window",
    "within_group",
]
