"""Which dependency stands for which relationship, and the dependencies of one mapper."""

from __future__ import annotations

from typing import Any

from lect_orm.base import MANYTOMANY, MANYTOONE, ONETOMANY
from lect_orm.mapping import configure
from lect_orm.unitofwork.dependency import Dependency, ManyToOne, OneToMany
from lect_orm.unitofwork.many_to_many import ManyToMany

__all__ = ["dependencies_of", "dependency_of", "one_sided_to"]

_KINDS: dict[Any, type[Dependency]] = {ONETOMANY: OneToMany, MANYTOONE: ManyToOne, MANYTOMANY: ManyToMany}

#: mapper -> what `one_sided_to` found; another class may come at any time and lead to it.
_ONE_SIDED: dict[Any, tuple[Dependency, ...]] = {}
configure.EMPTY_WHEN_CONFIGURED.append(_ONE_SIDED.clear)


def dependency_of(prop: Any) -> Dependency | None:
    """Return the dependency of a relationship; None for one that is only read."""
    if prop.viewonly:
        return None
    found: Dependency | None = prop.__dict__.get("_dependency")
    if found is None:
        found = prop.__dict__["_dependency"] = _KINDS[prop.direction](prop)
    return found


def dependencies_of(mapper: Any) -> tuple[Dependency, ...]:
    """Return the dependencies of a mapper's relationships, inherited ones included."""
    found: tuple[Dependency, ...] | None = mapper.memo.get("dependencies")
    if found is None:
        mapper._check_configure()
        made = [dependency_of(prop) for prop in mapper.relationships]
        found = mapper.memo["dependencies"] = tuple([dependency for dependency in made if dependency is not None])
    return found


def one_sided_to(mapper: Any) -> tuple[Dependency, ...]:
    """Return the dependencies of other classes that lead to this one, have no relationship of this one as their other
    side, and whose keys the database does not update: when a key of this one changes, nobody else tells them.
    """
    found = _ONE_SIDED.get(mapper)
    if found is None:
        made = [
            dependency
            for other in configure.all_mappers()
            if other.configured
            for dependency in dependencies_of(other)
            if not dependency.passive_updates
            and not dependency.prop._reverse_property
            and isinstance(dependency, (ManyToOne, ManyToMany))
            and dependency.leads_to(mapper)
        ]
        found = _ONE_SIDED[mapper] = tuple(dict.fromkeys(made))  # subclasses have those of their base
    return found
