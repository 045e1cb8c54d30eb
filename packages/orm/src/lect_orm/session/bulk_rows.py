"""Rows of a bulk INSERT or UPDATE by attribute: what hybrids, composites and synonyms among the keys mean in
columns.
"""

from __future__ import annotations

from typing import Any

__all__ = ["column_rows"]


def column_rows(mapper: Any, rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Return the rows with every attribute that stands for other attributes replaced by those.

    Args:
        rows: dictionaries by attribute name; they are changed in place.

    Raises:
        InvalidRequestError: a hybrid does not say what it means.
    """
    special = mapper.memo.get("bulk_special")
    if special is None:
        special = mapper.memo["bulk_special"] = _special(mapper)
    if not special:
        return rows
    for row in rows:
        # Hybrids last: they may look at other values of the row.
        for key in sorted(row.keys() & special.keys(), key=lambda k: special[k][0]):
            special[key][1](row, row.pop(key))
    return rows


def _special(mapper: Any) -> dict[str, tuple[int, Any]]:
    """Return attribute name -> (rank, function that enters its value into a row)."""
    found: dict[str, tuple[int, Any]] = {}
    for key, descriptor in mapper.all_orm_descriptors.items():
        enter = getattr(descriptor, "enter_bulk_values", None)
        if enter is not None:
            found[key] = (2, _hybrid(enter, mapper.class_))
    for key, prop in mapper._props.items():
        if prop.is_synonym:
            found[key] = (0, _renamed(prop.name, found))
        elif prop.is_composite:
            found[key] = (1, _composite(prop))
    return found


def _hybrid(enter: Any, cls: Any) -> Any:
    return lambda row, value: enter(cls, row, value)


def _renamed(name: str, special: dict[str, tuple[int, Any]]) -> Any:
    def rename(row: dict[str, Any], value: Any) -> None:
        target = special.get(name)
        if target is None:
            row[name] = value
        else:
            target[1](row, value)

    return rename


def _composite(prop: Any) -> Any:
    def spread(row: dict[str, Any], value: Any) -> None:
        keys = prop.attribute_keys()
        parts = (None,) * len(keys) if value is None else prop.values_of(value)
        row.update(zip(keys, parts, strict=True))

    return spread
