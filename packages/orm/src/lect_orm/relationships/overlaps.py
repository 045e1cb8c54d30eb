"""Warnings about two relationships that write the same column without knowing of each other."""

from __future__ import annotations

import warnings
import weakref
from typing import Any

from lect.exc import LectWarning
from lect_orm.mapping import configure

__all__ = ["warn_about_overlaps"]

#: written column -> relationships that write it, with the column they write it from; all weak, because columns of one
#: metadata know each other and would keep the key alive
_WRITERS: weakref.WeakKeyDictionary[Any, list[tuple[weakref.ref[Any], weakref.ref[Any]]]] = weakref.WeakKeyDictionary()
configure.FORGET.append(_WRITERS.clear)


def warn_about_overlaps(prop: Any) -> None:
    """Enter a relationship among the writers of its columns; warn when another one copies something else there."""
    pairs = [(source, dest) for source, dest in prop.synchronize_pairs]
    pairs += [(source, dest) for source, dest in prop.secondary_synchronize_pairs]
    for source, dest in pairs:
        writers = _WRITERS.setdefault(dest, [])
        conflicts = []
        for reference, source_reference in writers:
            other, other_source = reference(), source_reference()
            if (
                other is not None
                and other.parent.configure_failed is None
                and _conflict(prop, other, source, other_source)
            ):
                conflicts.append((other, other_source))
        writers.append((weakref.ref(prop), weakref.ref(source)))
        if conflicts:
            _warn(prop, source, dest, conflicts)


def _conflict(prop: Any, other: Any, source: Any, other_source: Any) -> bool:
    if other is prop or other in prop._reverse_property or prop in other._reverse_property:
        return False
    if (
        other.key in prop._overlaps
        or prop.key in other._overlaps
        or "__*" in prop._overlaps
        or "__*" in other._overlaps
    ):
        return False
    if _names(prop) & {other.key} or _names(other) & {prop.key}:
        if other.mapper.common_parent(prop.parent) and prop.mapper.common_parent(other.parent):
            return False
    if prop.parent.is_sibling(other.parent) or prop.mapper.is_sibling(other.mapper):
        return False
    same_parents = prop.parent.isa(other.parent) or other.parent.isa(prop.parent)
    if prop.key == other.key and same_parents and prop.parent is not other.parent:
        return False
    if prop.secondary is None and source is not other_source and not _equated(prop, source, other_source):
        return True
    return True


def _names(prop: Any) -> set[str]:
    found = set()
    if isinstance(prop.back_populates, str):
        found.add(prop.back_populates)
    if prop.backref is not None:
        found.add(prop.backref if isinstance(prop.backref, str) else prop.backref[0])
    return found


def _equated(prop: Any, a: Any, b: Any) -> bool:
    first = prop.parent.column_to_prop.get(a)
    return first is not None and first is prop.parent.column_to_prop.get(b)


def _warn(prop: Any, source: Any, dest: Any, conflicts: list[tuple[Any, Any]]) -> None:
    described = ", ".join(sorted(f"'{p}' (copies {s} to {dest})" for p, s in conflicts))
    names = ",".join(sorted({p.key for p, _ in conflicts}))
    warnings.warn(
        f"relationship '{prop}' will copy column {source} to column {dest}, which conflicts with relationship(s): "
        f"{described}. If "
        "this is not the intention, consider if these relationships should be linked with back_populates, or if "
        "viewonly=True "
        "should be applied to one or more if they are read-only. For the less common case that foreign key "
        "constraints are "
        "partially overlapping, the orm.foreign() annotation can be used to isolate the columns that should be written "
        f"towards.   To silence this warning, add the parameter 'overlaps=\"{names}\"' to the '{prop}' relationship.",
        LectWarning,
        stacklevel=6,
    )
