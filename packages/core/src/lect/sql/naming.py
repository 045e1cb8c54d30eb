"""The names a SELECT gives its columns: labels where two share a name, made-up names where there is none."""

from __future__ import annotations

import enum
from collections.abc import Iterable, Sequence
from typing import Any, Final

from lect.sql.anonymous import anonymous_name, join_names, new_name, numbered
from lect.sql.names import truncated_label

__all__ = [
    "LABEL_STYLE_DEFAULT",
    "LABEL_STYLE_DISAMBIGUATE_ONLY",
    "LABEL_STYLE_LEGACY_ORM",
    "LABEL_STYLE_NONE",
    "LABEL_STYLE_TABLENAME_PLUS_COL",
    "NamedColumn",
    "SelectLabelStyle",
    "anonymous_label",
    "name_columns",
    "qualified_label",
]


class SelectLabelStyle(enum.Enum):
    """How a SELECT labels its columns.

    ``LABEL_STYLE_NONE``: no labels at all. ``LABEL_STYLE_TABLENAME_PLUS_COL``: every column as ``<table>_<column>``.
    ``LABEL_STYLE_DISAMBIGUATE_ONLY`` (the default): only columns whose name was used before, as ``<column>_<n>``.
    """

    LABEL_STYLE_NONE = 0
    LABEL_STYLE_TABLENAME_PLUS_COL = 1
    LABEL_STYLE_DISAMBIGUATE_ONLY = 2
    LABEL_STYLE_DEFAULT = 2  # noqa: PIE796 - another name of the same style
    LABEL_STYLE_LEGACY_ORM = 3

    # By identity, in C: the style is part of every statement's structure.
    __hash__ = object.__hash__


LABEL_STYLE_NONE: Final = SelectLabelStyle.LABEL_STYLE_NONE
LABEL_STYLE_TABLENAME_PLUS_COL: Final = SelectLabelStyle.LABEL_STYLE_TABLENAME_PLUS_COL
LABEL_STYLE_DISAMBIGUATE_ONLY: Final = SelectLabelStyle.LABEL_STYLE_DISAMBIGUATE_ONLY
LABEL_STYLE_DEFAULT: Final = SelectLabelStyle.LABEL_STYLE_DEFAULT
LABEL_STYLE_LEGACY_ORM: Final = SelectLabelStyle.LABEL_STYLE_LEGACY_ORM


class NamedColumn:
    """One column of a SELECT with its names.

    Attributes:
        column: the expression.
        name: name of the column outside (in a subquery around, in the result); None for plain text.
        label: what is written after AS at the top level, None for nothing.
        key: key of the column in the collection of a subquery around.
        repeated: the same column stands in the SELECT before; it is found by its name only.
        plain: has a name by itself that cannot be told apart by a label (text, a column without a table).
    """

    __slots__ = ("column", "key", "label", "name", "plain", "repeated")

    def __init__(
        self, column: Any, name: Any, label: Any, key: Any, repeated: bool = False, plain: bool = False
    ) -> None:
        self.column = column
        self.name = name
        self.label = label
        self.key = key
        self.repeated = repeated
        self.plain = plain


def anonymous_label(column: Any) -> anonymous_name:
    """Return the name made up for `column`; the same one each time."""
    found = column.__dict__.get("_anonymous_label")
    if found is None:
        found = column.__dict__["_anonymous_label"] = new_name(_base(column))
    return found  # type: ignore[no-any-return]


def _base(column: Any) -> str | None:
    base = column._anon_base
    if base is not None:
        return base  # type: ignore[no-any-return]
    name = column.__dict__.get("name") or column._name_for_select
    return name if isinstance(name, str) else None


def qualified_label(column: Any) -> Any:
    """Return ``<table>_<column>`` (with the schema in front) for a column of a table, None for anything else."""
    found = column.__dict__.get("_qualified_label", False)
    if found is not False:
        return found
    found = _qualified(column)
    column.__dict__["_qualified_label"] = found
    return found


def _qualified(column: Any) -> Any:
    name = column._name_for_select
    table = column.__dict__.get("table") if _is_column(column) else _wrapped_table(column)
    if name is None or table is None or not table.named_with_column or getattr(column, "is_literal", False):
        return name
    schema = getattr(table, "schema", None)
    label = (
        join_names(schema.replace(".", "_"), "_", table.name, "_", name)
        if schema
        else join_names(table.name, "_", name)
    )
    if label in table.c and not isinstance(label, anonymous_name):
        # The table has a column of that very name.
        taken, n = label, 1
        while label in table.c:
            label = truncated_label(f"{taken}_{n}")
            n += 1
    return label


def qualified_key(column: Any) -> Any:
    """Return ``<table>_<key>`` for a column of a table: its key in a join's columns."""
    table = column.__dict__.get("table")
    key = column.key
    if table is None or not table.named_with_column or key is None:
        return key
    return join_names(table.name, "_", key)


def _wrapped_table(column: Any) -> Any:
    inner = column.__dict__.get("clause", column.__dict__.get("element"))
    while inner is not None and not _is_column(inner):
        inner = inner.__dict__.get("clause", inner.__dict__.get("element"))
    return None if inner is None else inner.__dict__.get("table")


def _is_column(column: Any) -> bool:
    return column.__visit_name__ in ("column", "table_valued_column")


def _same(a: Any, b: Any) -> bool:
    """Say whether two columns are one: the same object, or written the same way in every respect."""
    if a is b:
        return True
    if a.__class__ is not b.__class__ or (a._shape or a._structure()) is not (b._shape or b._structure()):
        return False
    x, y = a._leaves, b._leaves
    return len(x) == len(y) and all(p is q for p, q in zip(x, y, strict=True))


def name_columns(columns: Iterable[Any], style: SelectLabelStyle, *, nested: bool = False) -> list[NamedColumn]:
    """Name the columns of a SELECT.

    Args:
        nested: names for a subquery, where each column needs a name of its own whatever the style.
    """
    out: list[NamedColumn] = []
    taken: dict[Any, Any] = {}
    qualified = style is LABEL_STYLE_TABLENAME_PLUS_COL
    unlabeled = style is LABEL_STYLE_NONE and not nested
    for column in columns:
        kind = column.__visit_name__
        if column._is_text_clause or not column._is_column_element:
            out.append(NamedColumn(column, None, None, None, plain=True))
        elif kind == "label":
            out.append(_name_label(column, taken))
        elif _is_column(column) and not qualified_or_bound(column):
            name = column.name
            taken.setdefault(name, column)
            out.append(NamedColumn(column, name, None, column.key, plain=True))
        else:
            out.append(_name_expression(column, taken, qualified, unlabeled))
    return out


def qualified_or_bound(column: Any) -> bool:
    """Say whether a column belongs to a FROM element and has a name that a label can replace."""
    return column.__dict__.get("table") is not None and not getattr(column, "is_literal", False)


def _name_label(column: Any, taken: dict[Any, Any]) -> NamedColumn:
    name = column.name
    existing = taken.setdefault(name, column)
    return NamedColumn(
        column, name, name, column.key or name, repeated=existing is not column and _same(existing, column)
    )


def _attribute_key(column: Any) -> Any:
    """Return the name of the mapped attribute that an element was given as, None when it was not."""
    annotations = column._annotations
    return annotations.get("proxy_key") if annotations else None


def _name_expression(column: Any, taken: dict[Any, Any], qualified: bool, unlabeled: bool) -> NamedColumn:
    own = qualified_label(column) if qualified else column._name_for_select
    is_column = _is_column(column)
    given = _attribute_key(column)
    if own is None:
        return _name_anonymous(column, taken)
    if given is not None and not is_column and not qualified and column._wears_attribute_key:
        own = given
    key = own if qualified else given or column._proxy_key or own
    if qualified and given is not None and is_column and given != column.key:
        key = join_names(column.table.name, "_", given) if column.table.named_with_column else given
    if (unlabeled and is_column) or (column.__visit_name__ == "scalar_function_column" and not qualified):
        return NamedColumn(column, own, None, key)
    existing = taken.get(own)
    if existing is None:
        taken[own] = column
        plain = is_column and not qualified
        return NamedColumn(column, own, None if plain else own, key)
    if (is_column or qualified) and not _same(existing, column):
        anonymous = _conflict_label(column, own)
        first = taken.get(anonymous)
        if first is None:
            taken[anonymous] = column
            return NamedColumn(column, anonymous, anonymous, anonymous)
    dedupe = numbered(f"{own}_")
    return NamedColumn(column, own if is_column else dedupe, dedupe, key, repeated=True)


def _conflict_label(column: Any, own: Any) -> anonymous_name:
    memo = column.__dict__.setdefault("_conflict_labels", {})
    found = memo.get(own)
    if found is None:
        found = memo[own] = numbered(own)
    return found  # type: ignore[no-any-return]


def proxy_key(column: Any) -> str:
    """Return the key of a column in a collection of selected columns."""
    key = _attribute_key(column) or column._proxy_key
    if key is None and column.__visit_name__ == "function":
        key = column._anon_base
    return key or "_no_label"


def _name_anonymous(column: Any, taken: dict[Any, Any]) -> NamedColumn:
    key = proxy_key(column)
    given = _attribute_key(column) if column._wears_attribute_key else None
    if given is not None and given not in taken:
        # An expression that a mapped class has under a name is called by it.
        taken[given] = column
        return NamedColumn(column, given, given, key)
    label = anonymous_label(column)
    unary = column.__visit_name__ == "unary" and column._wraps_column
    existing = taken.get(label)
    if existing is not None:
        return NamedColumn(column, label, numbered(f"{label.base}_"), key, repeated=True)
    taken[label] = column
    return NamedColumn(column, label, None if unary else label, key)


def unique_keys(named: Sequence[NamedColumn], style: SelectLabelStyle = LABEL_STYLE_DISAMBIGUATE_ONLY) -> list[str]:
    """Return keys for ``selected_columns``: named as `style` asks, and a key used before gets a number."""
    qualified = style is LABEL_STYLE_TABLENAME_PLUS_COL
    keys: list[str] = []
    counts: dict[str, int] = {}
    for each in named:
        if each.key is None:
            continue
        key = str(proxy_key(each.column))
        table = each.column.__dict__.get("table") if qualified and _is_column(each.column) else None
        if table is not None and table.named_with_column and not isinstance(table.name, anonymous_name):
            key = f"{table.name}_{key}"
        n = counts.get(key)
        counts[key] = 1 if n is None else n + 1
        keys.append(key if n is None else f"{key}_{n}")
    return keys
