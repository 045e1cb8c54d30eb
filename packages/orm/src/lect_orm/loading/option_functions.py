"""The functions that begin a loader option: ``select(User).options(joinedload(User.addresses))``."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lect_orm.loading.criteria import LoaderCriteriaOption
from lect_orm.loading.options import Load

__all__ = [
    "contains_eager",
    "defaultload",
    "defer",
    "immediateload",
    "joinedload",
    "lazyload",
    "load_only",
    "noload",
    "raiseload",
    "selectin_polymorphic",
    "selectinload",
    "subqueryload",
    "undefer",
    "undefer_group",
    "with_expression",
    "with_loader_criteria",
]


def _along(keys: tuple[Any, ...], last: str, **arguments: Any) -> Load:
    option = Load()
    for key in keys[:-1]:
        option = option.defaultload(key)
    made: Load = getattr(option, last)(keys[-1], **arguments)
    return made


def joinedload(*keys: Any, innerjoin: Any = None) -> Load:
    """Load a relationship in the same statement, by a join."""
    return _along(keys, "joinedload", innerjoin=innerjoin)


def subqueryload(*keys: Any) -> Load:
    """Load a relationship by a second statement around the first as a subquery."""
    return _along(keys, "subqueryload")


def selectinload(*keys: Any, recursion_depth: int | None = None, chunksize: int | None = None) -> Load:
    """Load a relationship by a second statement with the keys of the parents in an IN list."""
    return _along(keys, "selectinload", recursion_depth=recursion_depth, chunksize=chunksize)


def lazyload(*keys: Any) -> Load:
    """Load a relationship when it is first read."""
    return _along(keys, "lazyload")


def immediateload(*keys: Any, recursion_depth: int | None = None) -> Load:
    """Load a relationship right after the parents."""
    return _along(keys, "immediateload", recursion_depth=recursion_depth)


def noload(*keys: Any) -> Load:
    """Leave a relationship empty."""
    return _along(keys, "noload")


def raiseload(*keys: Any, sql_only: bool = False) -> Load:
    """Refuse to load a relationship when it is read."""
    return _along(keys, "raiseload", sql_only=sql_only)


def defaultload(*keys: Any) -> Load:
    """Go on along a relationship without a strategy of its own."""
    return _along(keys, "defaultload")


def contains_eager(*keys: Any, alias: Any = None) -> Load:
    """Take a relationship from the columns that the statement selects by a join of its own."""
    option = Load()
    for key in keys[:-1]:
        option = option.contains_eager(key)
    return option.contains_eager(keys[-1], alias=alias)


def load_only(*attrs: Any, raiseload: bool = False) -> Load:
    """Load these columns only."""
    return Load().load_only(*attrs, raiseload=raiseload)


def defer(key: Any, *addl_attrs: Any, raiseload: bool = False) -> Load:
    """Leave a column out until it is read."""
    keys = (key, *addl_attrs)
    return _along(keys, "defer", raiseload=raiseload)


def undefer(key: Any, *addl_attrs: Any) -> Load:
    """Load a deferred column at once."""
    return _along((key, *addl_attrs), "undefer")


def undefer_group(name: str) -> Load:
    """Load the deferred columns of a group at once."""
    return Load().undefer_group(name)


def with_expression(key: Any, expression: Any) -> Load:
    """Give the expression of a ``query_expression()`` attribute."""
    return Load().with_expression(key, expression)


def selectin_polymorphic(base_cls: Any, classes: Iterable[Any]) -> Load:
    """Load columns of subclasses by further statements with IN."""
    return Load(base_cls).selectin_polymorphic(classes)


def with_loader_criteria(
    entity_or_base: Any,
    where_criteria: Any,
    loader_only: bool = False,
    include_aliases: bool = False,
    propagate_to_loaders: bool = True,
    track_closure_variables: bool = True,
) -> LoaderCriteriaOption:
    """Add a condition wherever an entity (or a class that derives from a mixin) is selected from.

    Args:
        where_criteria: an expression, or a function of the class that returns one.
        loader_only: relationship loads only.
        include_aliases: aliases of the class too.
        propagate_to_loaders: lazy loads of the objects too.
    """
    return LoaderCriteriaOption(
        entity_or_base, where_criteria, loader_only, include_aliases, propagate_to_loaders, track_closure_variables
    )
