"""What a flush would do, as a tree that prints: mappers in order, batches, dependencies, and rows where mappers form
a circle.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias

from lect_orm.base import state_str
from lect_orm.unitofwork.context import FlushContext
from lect_orm.unitofwork.dependencies import dependencies_of
from lect_orm.unitofwork.many_to_many import ManyToMany
from lect_orm.unitofwork.plan import expand, fill
from lect_orm.unitofwork.write import Steps, sorted_states, steps_of

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["FlushPlan", "PlanNode", "plan_of"]

#: The session, seen from below: its module imports this one.
Session: TypeAlias = Any

#: Objects listed per batch when the plan is printed.
SHOWN = 10


class PlanNode:
    """One line of a plan, with what belongs to it.

    Attributes:
        kind: ``flush``, ``save``, ``delete``, ``insert``, ``update``, ``rows``, ``secondary``, ``after`` or ``object``.
        text: what is printed.
        count: how many objects or rows it is about.
        children: the lines below it.
    """

    __slots__ = ("children", "count", "kind", "text")

    def __init__(self, kind: str, text: str, count: int = 0, children: Sequence[PlanNode] = ()) -> None:
        self.kind = kind
        self.text = text
        self.count = count
        self.children = list(children)

    def walk(self) -> Iterator[PlanNode]:
        """Yield this node and all below it."""
        yield self
        for child in self.children:
            yield from child.walk()

    def lines(self, prefix: str = "") -> Iterator[str]:
        """Yield the lines of the tree."""
        yield self.text
        last = len(self.children) - 1
        for n, child in enumerate(self.children):
            branch, below = ("└─ ", "   ") if n == last else ("├─ ", "│  ")
            for m, line in enumerate(child.lines()):
                yield (branch if m == 0 else below) + line

    def __str__(self) -> str:
        return "\n".join(self.lines())

    def __repr__(self) -> str:
        return f"<PlanNode {self.kind}: {self.text}>"


class FlushPlan(PlanNode):
    """The whole plan; false when there is nothing to do. ``print(session.flush_plan())``."""

    __slots__ = ()

    def __bool__(self) -> bool:
        return bool(self.children)

    def count_of(self, kind: str, class_: type | None = None) -> int:
        """Return how many objects are in all batches of a kind (``insert``, ``update``, ``delete``).

        Args:
            kind: the kind.
            class_: only batches of this class.
        """
        name = None if class_ is None else class_.__name__
        return sum(
            node.count
            for node in self.walk()
            if node.kind == kind and (name is None or node.text.split(" ")[1] == name)
        )


def plan_of(session: Session, objects: Sequence[Any] | None = None) -> FlushPlan:
    """Return what a flush of the session would do, without writing anything.

    Args:
        session: the session.
        objects: only these objects; None: all.

    Raises:
        CircularDependencyError: the flush would not be possible.
    """
    context = FlushContext(session)
    before, session._flushing = session._flushing, True
    try:
        fill(context, objects, expunge=False)
        expand(context)
        if not context.states:
            return FlushPlan("flush", "flush: nothing to do")
        return _describe(context, steps_of(context))
    finally:
        session._flushing = before


def _describe(context: FlushContext, steps: Steps) -> FlushPlan:
    children: list[PlanNode] = []
    cyclic = {base: component for component in steps.order if component.cyclic for base in component.mappers}
    for component in steps.order:
        children.extend(_component(context, component, steps, cyclic))
    secondary = _secondary(context, steps)
    children.extend(secondary)
    for base, states in steps.deletes:
        states = sorted_states(states)
        children.append(
            PlanNode("delete", f"delete {base.class_.__name__} ({_objects(len(states))})", len(states), _listed(states))
        )
    total = sum(len(states) for _base, states in [*steps.saves, *steps.deletes])
    return FlushPlan("flush", f"flush: {_objects(total)}", total, children)


def _component(context: FlushContext, component: Any, steps: Steps, cyclic: dict[Any, Any]) -> list[PlanNode]:
    batches = [(base, states) for base, states in steps.saves if base in component.mappers]
    if not batches:
        return []
    if not component.cyclic:
        return [_save(base, states, _reasons(base, component)) for base, states in batches]
    names = ", ".join(base.class_.__name__ for base in component.mappers)
    note = PlanNode("after", f"cycle between {names}: sorted row by row")
    rows = [_save(base, states, []) for base, states in batches]
    for (_base, states), node in zip(batches, rows, strict=True):
        node.children.extend(_edges(context, states))
    count = sum(len(states) for _base, states in batches)
    return [
        PlanNode(
            "rows", f"save {names} in {len(batches)} batch{'es' if len(batches) != 1 else ''}", count, [note, *rows]
        )
    ]


def _reasons(base: Any, component: Any) -> list[PlanNode]:
    firsts = sorted({first.class_.__name__ for first, then in component.edges if then is base and first is not base})
    return [PlanNode("after", f"after {name}") for name in firsts]


def _edges(context: FlushContext, states: list[InstanceState]) -> list[PlanNode]:
    found = []
    for state in states[:SHOWN]:
        for dependency in dependencies_of(state.mapper):
            if dependency.post_update:
                continue
            for first, then in dependency.save_edges(context, state):
                found.append(PlanNode("after", f"{state_str(first)} before {state_str(then)} ({dependency.prop})"))
    return found


def _save(base: Any, states: list[InstanceState], notes: list[PlanNode]) -> PlanNode:
    states = sorted_states(states)
    children: list[PlanNode] = list(notes)
    for kind, word in (("insert", "insert"), ("update", "update")):
        by_class: dict[type, list[InstanceState]] = {}
        for state in states:
            if (state.pk is None) == (kind == "insert"):
                by_class.setdefault(state.mapper.class_, []).append(state)
        for cls, members in by_class.items():
            tables = ", ".join(t.description for t in members[0].mapper.tables)
            text = f"{word} {cls.__name__} ({_objects(len(members))}) into {tables}"
            if kind == "update":
                keys = {key for state in members for key in state.committed_state or ()}
                changed = sorted(key for key in keys if not members[0].mapper.impls[key].uses_objects)
                what = ", ".join(changed) or "keys of others"
                text = f"{word} {cls.__name__} ({_objects(len(members))}) of {tables}: {what}"
            children.append(PlanNode(kind, text, len(members), _listed(members)))
    return PlanNode("save", f"save {base.class_.__name__}", len(states), children)


def _secondary(context: FlushContext, steps: Steps) -> list[PlanNode]:
    found: list[PlanNode] = []
    saving = [state for _base, states in steps.saves for state in states]
    seen: set[Any] = set()
    for state in saving:
        for dependency in dependencies_of(state.mapper):
            if not isinstance(dependency, ManyToMany):
                continue
            sides = frozenset([dependency.prop.token, *[p.token for p in dependency.prop._reverse_property]])
            if sides in seen:
                continue
            seen.add(sides)
            added = removed = 0
            for one in saving:
                if one.mapper.isa(dependency.parent) and dependency.concerns(one, one.dict):
                    history = dependency.history(context, one, 0)
                    added += len(history.added or ())
                    removed += len(history.deleted or ())
            if added or removed:
                table = dependency.secondary.description
                text = f"rows of {table} for {dependency.prop}: {added} added, {removed} removed"
                found.append(PlanNode("secondary", text, added + removed))
    return found


def _listed(states: list[InstanceState]) -> list[PlanNode]:
    shown = [PlanNode("object", _label(state)) for state in states[:SHOWN]]
    if len(states) > SHOWN:
        shown.append(PlanNode("object", f"… and {len(states) - SHOWN} more"))
    return shown


def _label(state: InstanceState) -> str:
    if state.pk is None:
        return f"new {state_str(state)}"
    key = state.key
    assert key is not None
    return f"{state.mapper.class_.__name__} {', '.join(map(repr, key[1]))}"


def _objects(count: int) -> str:
    return f"{count} object{'' if count == 1 else 's'}"
