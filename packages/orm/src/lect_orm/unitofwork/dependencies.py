"""Which dependency stands for which relationship, and the dependencies of one mapper."""

from __future__ import annotations

from typing import Any

from lect_orm.base import MANYTOMANY, MANYTOONE, ONETOMANY
from lect_orm.unitofwork.dependency import Dependency, ManyToOne, OneToMany
from lect_orm.unitofwork.many_to_many import ManyToMany

__all__ = ["dependencies_of", "dependency_of"]

_KINDS: dict[Any, type[Dependency]] = {ONETOMANY: OneToMany, MANYTOONE: ManyToOne, MANYTOMANY: ManyToMany}


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
