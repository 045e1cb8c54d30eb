"""The two sides of one relationship find each other: ``backref`` makes the other side, ``back_populates`` names it."""

from __future__ import annotations

import warnings
from typing import Any

from lect.exc import ArgumentError, InvalidRequestError, LectDeprecationWarning, nearest
from lect_orm.base import MANYTOONE, ONETOMANY
from lect_orm.mapping.equality import is_column, replace_columns
from lect_orm.relationships.join_condition import plain

__all__ = ["add_reverse", "generate_backref"]


def add_reverse(prop: Any, key: str) -> None:
    """Connect `prop` with the relationship `key` of its target.

    Raises:
        InvalidRequestError: there is no such attribute. ArgumentError: it leads elsewhere, or the same way.
    """
    mapper = prop.mapper
    other = mapper._props.get(key)
    if other is None:
        raise InvalidRequestError(
            f"Mapper '{mapper}' has no property '{key}', which back_populates on relationship '{prop}' names"
            f"{nearest(key, mapper._props)}  If this property was indicated from other mappers or configure events, "
            "ensure registry.configure() has been called."
        )
    if not other.is_relationship:
        raise InvalidRequestError(
            f"back_populates on relationship '{prop}' refers to attribute '{other}' that is not a relationship.  The "
            "back_populates parameter should refer to the name of a relationship on the target class."
        )
    if prop.viewonly and prop.sync_backref:
        raise InvalidRequestError(
            f"Relationship {prop} cannot specify sync_backref=True since {other} includes viewonly=True."
        )
    if other.viewonly and other.sync_backref:
        raise InvalidRequestError(
            f"Relationship {other} cannot specify sync_backref=True since {prop} includes viewonly=True."
        )
    if prop.sync_backref and other.viewonly:
        raise InvalidRequestError(
            f"Relationship {prop} cannot specify sync_backref=True since {other} includes viewonly=True."
        )
    if not other._configure_started:
        other.init()
    other._reverse_property.add(prop)
    prop._reverse_property.add(other)
    if not other.mapper.common_parent(prop.parent):
        raise ArgumentError(
            f"reverse_property '{key}' on relationship {prop} references relationship {other}, which does not "
            "reference mapper "
            f"{prop.parent}"
        )
    if hasattr(other, "direction") and prop.direction in (ONETOMANY, MANYTOONE) and prop.direction is other.direction:
        raise ArgumentError(
            f"{other} and back-reference {prop} are both of the same direction {prop.direction!r}.  Did you mean to "
            "set remote_side "
            "on the many-to-one side ?"
        )
    if _syncs(prop, other):
        prop.add_mirror(key)
    if other.back_populates is None and other.backref is None and _syncs(other, prop):
        # The other side does not name this one; changes there are not passed on, as it asked for nothing.
        return


def _syncs(prop: Any, other: Any) -> bool:
    """Whether changes of `prop` are passed on to `other` in Python."""
    if prop.sync_backref is not None and not prop.sync_backref:
        return False
    return not (prop.viewonly or other.viewonly)


def generate_backref(prop: Any, make: Any) -> None:
    """Make the relationship of the other side that ``backref=`` asks for."""
    backref = prop.backref
    if prop.parent is None:
        return
    key, kwargs = (backref, {}) if isinstance(backref, str) else (backref[0], dict(backref[1]))
    mapper = prop.mapper
    if not mapper.concrete:
        for one in {*mapper.iterate_to_root(), *mapper.self_and_descendants}:
            if key in one._props and not one._props[key].is_concrete_placeholder:
                raise ArgumentError(
                    f"Error creating backref '{key}' on relationship '{prop}': property of that name exists on "
                    f"mapper '{one}'"
                )
    if mapper.class_.__dict__.get(key) is not None and key not in mapper._props:
        warnings.warn(
            f"User-placed attribute {mapper.class_.__name__}.{key} on {mapper} is replacing an existing class-bound "
            "attribute of the same name.  Behavior is not fully defined in this case.  This use is deprecated and "
            "will raise an error in a future release",
            LectDeprecationWarning,
            stacklevel=9,
        )
    join = prop.join_condition
    if prop.secondary is not None:
        primaryjoin = kwargs.pop("primaryjoin", join.adapted(join.secondaryjoin, lambda c: c, lambda c: c))
        secondaryjoin = kwargs.pop("secondaryjoin", join.adapted(join.primaryjoin, lambda c: c, lambda c: c))
    else:
        primaryjoin = kwargs.pop("primaryjoin", None)
        if primaryjoin is None:
            # With remote_side or foreign_keys given, those say it; else what was local is remote and foreign stays.
            primaryjoin = _reversed(join, "remote_side" not in kwargs)
        secondaryjoin = kwargs.pop("secondaryjoin", None)
        if secondaryjoin is not None:
            raise InvalidRequestError(
                f"Can't assign 'secondaryjoin' on a backref against a non-secondary relationship.  ({prop})"
            )
    foreign_keys = kwargs.pop("foreign_keys", prop._user_foreign_keys)
    kwargs.setdefault("viewonly", prop.viewonly)
    kwargs.setdefault("post_update", prop.post_update)
    kwargs.setdefault("passive_updates", prop.passive_updates)
    kwargs.setdefault("sync_backref", prop.sync_backref)
    if kwargs["viewonly"]:
        kwargs.pop("passive_updates")
    prop.back_populates = key
    relationship = make(
        prop.parent,
        prop.secondary,
        primaryjoin=primaryjoin,
        secondaryjoin=secondaryjoin,
        foreign_keys=foreign_keys if prop.secondary is not None or _is_given(foreign_keys) else None,
        back_populates=prop.key,
        **kwargs,
    )
    mapper.add_property(key, relationship)
    if not relationship._configure_started:
        relationship.init()
        relationship.post_instrument_class(mapper)
    add_reverse(prop, key)


def _reversed(join: Any, mark_remote: bool) -> Any:
    """Return the primary join seen from the other side: what was local is remote."""

    def change(node: Any) -> Any:
        if not is_column(node):
            return None
        own = plain(node)
        marks = {}
        if "foreign" in node._annotations:
            marks["foreign"] = True
        if mark_remote and "remote" not in node._annotations and id(own) in join.parent_columns:
            marks["remote"] = True
        return own._annotate(marks) if marks else own

    return replace_columns(join.primaryjoin, change)


def _is_given(columns: Any) -> bool:
    return columns is not None and not (isinstance(columns, list | tuple | set | frozenset) and not columns)
