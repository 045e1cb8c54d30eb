"""Which relationships the foreign keys between tables mean."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect.exc import NoReferenceError
from lect.schema.foreign_key import ForeignKeyConstraint
from lect_orm.base import MANYTOMANY, MANYTOONE, ONETOMANY, mapper_of
from lect_orm.mapping.factories import backref, relationship

__all__ = ["Naming", "Plan", "association_of", "many_to_many", "relationships_of"]


class Naming:
    """The functions that name and make relationships (see :mod:`lect_orm.ext.automap`)."""

    def __init__(
        self,
        base: Any,
        scalar: Callable[[Any, Any, Any, Any], str],
        collection: Callable[[Any, Any, Any, Any], str],
        generate: Callable[..., Any],
        collection_class: Any,
    ) -> None:
        self.base = base
        self.scalar = scalar
        self.collection = collection
        self.generate = generate
        self.collection_class = collection_class


class Plan:
    """What a class will get.

    Attributes:
        table: its table.
        cls: the class.
        scan: what was read of its body when it is not mapped yet.
        properties: attribute -> relationship to be added.
    """

    def __init__(self, table: Any, cls: Any, scan: Any) -> None:
        self.table = table
        self.cls = cls
        self.scan = scan
        self.properties: dict[str, Any] = {}

    def existing(self, key: str) -> Any:
        """Return the relationship (or other attribute) the class has under a name already, or None."""
        if key in self.properties:
            return self.properties[key]
        if self.scan is not None:
            return self.scan.properties.get(key)
        mapper = mapper_of(self.cls)
        return mapper._props.get(key) if mapper is not None else None


def association_of(table: Any) -> tuple[ForeignKeyConstraint, ForeignKeyConstraint] | None:
    """Return the two foreign keys of a table that consists of nothing else; None for other tables."""
    constraints = [c for c in table.constraints if isinstance(c, ForeignKeyConstraint)]
    if len(constraints) != 2:
        return None
    covered = {c.name for constraint in constraints for c in constraint.columns}
    if {c.name for c in table.columns} != covered:
        return None
    first, second = sorted(constraints, key=lambda c: [list(table.columns).index(x) for x in c.columns])
    return first, second


def _referred(constraint: Any) -> Any:
    """Return the table a foreign key leads to; None when it is not in the MetaData."""
    try:
        return constraint.elements[0].column.table
    except NoReferenceError:
        return None


def _is_inheritance(plan: Plan, target: Plan) -> bool:
    return target.cls is not plan.cls and issubclass(plan.cls, target.cls)


def relationships_of(plan: Plan, plans: dict[Any, Plan], naming: Naming) -> None:
    """Enter the relationships of a table's foreign keys into the plans of both sides."""
    constraints = [c for c in plan.table.constraints if isinstance(c, ForeignKeyConstraint)]
    for constraint in sorted(constraints, key=lambda c: [list(plan.table.columns).index(x) for x in c.columns]):
        target = plans.get(_referred(constraint))
        if target is None or _is_inheritance(plan, target):
            continue
        _one_relationship(plan, target, constraint, naming)


def _one_relationship(plan: Plan, target: Plan, constraint: Any, naming: Naming) -> None:
    local, referred = plan.cls, target.cls
    name = naming.scalar(naming.base, local, referred, constraint)
    reverse = naming.collection(naming.base, referred, local, constraint)
    columns = list(constraint.columns)
    options: dict[str, Any] = {}
    nullable = all(c.nullable for c in columns)
    ondelete = (constraint.ondelete or "").lower()
    if not nullable:
        options["cascade"] = "all, delete-orphan"
        if ondelete == "cascade":
            options["passive_deletes"] = True
    elif ondelete == "set null":
        options["passive_deletes"] = True
    here = plan.existing(name)
    there = target.existing(reverse)
    if here is None:
        made_back = None
        if there is None:
            made_back = naming.generate(
                naming.base,
                ONETOMANY,
                backref,
                reverse,
                referred,
                local,
                collection_class=naming.collection_class,
                **options,
            )
        arguments: dict[str, Any] = {
            "foreign_keys": columns,
            "remote_side": [fk.column for fk in constraint.elements],
        }
        if made_back is not None:
            arguments["backref"] = made_back
        elif there is not None and getattr(there, "is_relationship", False) and not _has_reverse(there):
            arguments["back_populates"] = reverse
            there.back_populates = name
        made = naming.generate(naming.base, MANYTOONE, relationship, name, local, referred, **arguments)
        if made is not None:
            plan.properties[name] = made
    elif there is None and getattr(here, "is_relationship", False) and not _has_reverse(here):
        made = naming.generate(
            naming.base,
            ONETOMANY,
            relationship,
            reverse,
            referred,
            local,
            foreign_keys=columns,
            back_populates=name,
            collection_class=naming.collection_class,
            **options,
        )
        if made is not None:
            target.properties[reverse] = made
            here.back_populates = reverse


def _has_reverse(prop: Any) -> bool:
    return bool(getattr(prop, "back_populates", None) or getattr(prop, "backref", None))


def many_to_many(table: Any, first: Any, second: Any, plans: dict[Any, Plan], naming: Naming) -> None:
    """Enter the many-to-many over a table into the plans of both sides."""
    local = plans.get(_referred(first))
    target = plans.get(_referred(second))
    if local is None or target is None:
        return
    name = naming.collection(naming.base, local.cls, target.cls, first)
    reverse = naming.collection(naming.base, target.cls, local.cls, second)
    here, there = local.existing(name), target.existing(reverse)
    # Where the association is a class of its own too, its references write the same columns.
    shared: dict[str, Any] = {"overlaps": "__*"} if table in plans else {}
    if here is None:
        made_back = None
        if there is None:
            made_back = naming.generate(
                naming.base,
                MANYTOMANY,
                backref,
                reverse,
                target.cls,
                local.cls,
                collection_class=naming.collection_class,
                **shared,
            )
        arguments: dict[str, Any] = {
            "secondary": table,
            "primaryjoin": _join(first),
            "secondaryjoin": _join(second),
            "collection_class": naming.collection_class,
            **shared,
        }
        if made_back is not None:
            arguments["backref"] = made_back
        elif there is not None and getattr(there, "is_relationship", False) and not _has_reverse(there):
            arguments["back_populates"] = reverse
            there.back_populates = name
        made = naming.generate(naming.base, MANYTOMANY, relationship, name, local.cls, target.cls, **arguments)
        if made is not None:
            local.properties[name] = made
    elif there is None and getattr(here, "is_relationship", False) and not _has_reverse(here):
        made = naming.generate(
            naming.base,
            MANYTOMANY,
            relationship,
            reverse,
            target.cls,
            local.cls,
            secondary=table,
            primaryjoin=_join(second),
            secondaryjoin=_join(first),
            back_populates=name,
            collection_class=naming.collection_class,
            **shared,
        )
        if made is not None:
            target.properties[reverse] = made
            here.back_populates = reverse


def _join(constraint: Any) -> Any:
    from lect.sql.boolean import and_

    return and_(*[fk.column == fk.parent for fk in constraint.elements])
