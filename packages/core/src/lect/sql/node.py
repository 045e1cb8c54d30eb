"""The base of everything a statement is made of: immutable nodes that declare their fields once.

A node class lists its fields in `_fields`; from that one list come its structural key (:mod:`lect.shape`), the bound
values it contains, traversal, cloning with replaced children, comparison and pickling. No node knows any text; the
rules that write SQL are in :mod:`lect.compile`.

Structure and leaves. ``node._shape`` is the interned structure. ``node._leaves`` are the objects inside that are *not*
structure: the bound parameters, in the order in which the fields list them, and the anonymous FROM elements (an alias
without a name), whose identity matters only relative to each other. :func:`statement_key` turns both into the key under
which a compiled statement is kept.
"""

from __future__ import annotations

import operator
from collections.abc import Callable, Iterable, Iterator
from typing import Any, ClassVar, Final, TypeVar

from lect.shape import SHAPES, Shape, intern, uncacheable
from lect.sql.names import conv, quoted_name, truncated_label

__all__ = ["Field", "Node", "child", "children", "pairs", "scalar", "statement_key", "typed"]

_N = TypeVar("_N", bound="Node")

_NAMES: Final = frozenset([conv, quoted_name, truncated_label])

#: Combinations of fields for which a sparse class keeps generated code; with more, all of it is written anew.
MAX_WAYS: Final = 500

CHILD: Final = "child"  # a Node or None
CHILDREN: Final = "children"  # a tuple of Nodes
PAIRS: Final = "pairs"  # a tuple of (Node | hashable, Node | hashable | None)
SCALAR: Final = "scalar"  # a hashable fact
TYPED: Final = "type"  # a TypeEngine; its own `_shape` is used


class Field:
    """One declared field of a node class: the attribute's name and what it holds (see the constants above)."""

    __slots__ = ("kind", "name")

    def __init__(self, name: str, kind: str) -> None:
        self.name = name
        self.kind = kind

    def __repr__(self) -> str:
        return f"{self.kind}({self.name!r})"


def child(name: str) -> Field:
    """A field that holds one node, or None."""
    return Field(name, CHILD)


def children(name: str) -> Field:
    """A field that holds a tuple of nodes."""
    return Field(name, CHILDREN)


def pairs(name: str) -> Field:
    """A field that holds a tuple of two-tuples whose members are nodes, hashable facts or None."""
    return Field(name, PAIRS)


def scalar(name: str) -> Field:
    """A field that holds a hashable fact which is part of the structure (an operator, a name, a flag)."""
    return Field(name, SCALAR)


def typed(name: str) -> Field:
    """A field that holds a type."""
    return Field(name, TYPED)


def _pairs_shape(value: tuple[tuple[Any, Any], ...]) -> tuple[Any, ...]:
    return tuple(
        [
            (
                (a._shape or a._structure()) if isinstance(a, Node) else a,
                (b._shape or b._structure()) if isinstance(b, Node) else b,
            )
            for a, b in value
        ]
    )


def _pairs_leaves(value: tuple[tuple[Any, Any], ...]) -> tuple[Any, ...]:
    out: list[Any] = []
    for pair in value:
        for member in pair:
            if isinstance(member, Node):
                out.extend(member._leaves)
    return tuple(out)


def _pairs_intern(value: tuple[tuple[Any, Any], ...]) -> Shape:
    flat: list[Any] = ["pairs"]
    for a, b in _pairs_shape(value):
        flat.append(a)
        flat.append(b)
    return intern(tuple(flat))


def _generate_structure(
    cls: type[Node], fields: tuple[Field, ...], present: tuple[str, ...] | None = None
) -> Callable[[Any], Shape]:
    """Write `_structure` for a node class: straight code, no loop over the field list at run time.

    `present` names the fields a sparse node has set, when the code is for those only; it becomes part of the structure.
    """
    lines = ["def _structure(self):", "    leaves = ()"]
    parts = ["cls"] if present is None else ["cls", "present"]
    for i, field in enumerate(fields):
        v = f"v{i}"
        lines.append(f"    {v} = self.{field.name}")
        if field.kind == CHILD:
            lines.append(f"    if {v} is None:")
            lines.append(f"        s{i} = None")
            lines.append("    else:")
            lines.append(f"        s{i} = {v}._shape or {v}._structure()")
            lines.append(f"        if {v}._leaves:")
            lines.append(f"            leaves += {v}._leaves")
            parts.append(f"s{i}")
        elif field.kind == CHILDREN:
            # A group is a shape of its own so that one uncacheable member is seen by the parent; most groups are empty.
            # A group of one is the usual one, and is dealt with without loops.
            lines.append(f"    if len({v}) == 1:")
            lines.append(f"        n = {v}[0]")
            lines.append(f"        s{i} = (n._shape or n._structure(),)")
            lines.append(f"        s{i} = SHAPES.get(s{i}) or intern(s{i})")
            lines.append("        if n._leaves:")
            lines.append("            leaves += n._leaves")
            lines.append(f"    elif {v}:")
            lines.append(f"        s{i} = tuple([n._shape or n._structure() for n in {v}])")
            lines.append(f"        s{i} = SHAPES.get(s{i}) or intern(s{i})")
            lines.append("        for n in " + v + ":")
            lines.append("            if n._leaves:")
            lines.append("                leaves += n._leaves")
            lines.append("    else:")
            lines.append(f"        s{i} = None")
            parts.append(f"s{i}")
        elif field.kind == PAIRS:
            lines.append(f"    s{i} = None")
            lines.append(f"    if {v}:")
            lines.append(f"        s{i} = pairs_intern({v})")
            lines.append(f"        leaves += pairs_leaves({v})")
            parts.append(f"s{i}")
        elif field.kind == TYPED:
            parts.append(f"({v}._shape or {v}._structure())")
        else:
            # A name with a wish to be quoted equals the plain one, and is written differently.
            parts.append(f"({v} if {v}.__class__ not in NAMES else ({v}.__class__, {v}, {v}.quote))")
    lines.append(f"    parts = ({', '.join(parts)},)")
    lines.append("    shape = SHAPES.get(parts) or intern(parts)")
    lines.append("    self._leaves = leaves")
    lines.append("    self._shape = shape")
    lines.append("    return shape")
    scope: dict[str, Any] = {
        "cls": cls,
        "present": present and intern(present),
        "NAMES": _NAMES,
        "SHAPES": SHAPES,
        "intern": intern,
        "pairs_intern": _pairs_intern,
        "pairs_leaves": _pairs_leaves,
    }
    exec("\n".join(lines), scope)  # noqa: S102 - the source is made from the class's own field names
    function: Callable[[Any], Shape] = scope["_structure"]
    function.__qualname__ = f"{cls.__qualname__}._structure"
    return function


def _sparse_structure(cls: type[Node], fields: tuple[Field, ...]) -> Callable[[Any], Shape]:
    """Return `_structure` for a class most of whose fields keep the default: code per set of fields that are set."""
    ways: dict[tuple[str, ...], Callable[[Any], Shape]] = {}
    codes: dict[tuple[str, ...], Callable[[Any], Shape]] = {}

    def _structure(self: Any) -> Shape:
        names = tuple(self.__dict__)
        way = ways.get(names)
        if way is None:
            own = tuple([f for f in fields if f.name in names])
            # Names come in any order; the code is written for one order, and equal sets share a structure.
            key = tuple([f.name for f in own])
            way = codes.get(key)
            if way is None:
                if len(codes) >= MAX_WAYS:
                    codes.clear()
                way = codes[key] = _generate_structure(cls, own, ("fields", *key))
            if len(ways) >= MAX_WAYS:
                ways.clear()
            ways[names] = way
        return way(self)

    return _structure


def _generated_when_asked(cls: type[Node]) -> Callable[[Any], Shape]:
    """Return `_structure` of `cls`, which is written at the first call: most classes are imported and never used."""

    def _structure(self: Any) -> Shape:
        generate = _sparse_structure if cls._sparse else _generate_structure
        generated = generate(cls, cls._fields)
        for name in ("_structure", "_declared_structure"):
            if cls.__dict__.get(name) is _structure:
                setattr(cls, name, generated)
        return generated(self)

    return _structure


def _handwritten_and_more(cls: type[Node], handwritten: Callable[[Any], Shape]) -> Callable[[Any], Shape]:
    """Return `_structure` of a class whose base wrote its own: the base's, with the fields that this class adds."""
    known = {f.name for base in cls.__mro__[1:] for f in base.__dict__.get("_fields", ())}
    added = tuple([f for f in cls.__dict__.get("_fields", ()) if f.name not in known])
    if not added:
        return handwritten
    more = _generate_structure(cls, added)

    def _structure(self: Any) -> Shape:
        inner = handwritten(self)
        leaves = self._leaves
        shape = self._shape = intern((inner, more(self)))
        self._leaves = leaves + self._leaves
        return shape

    return _structure


def _uncacheable_structure(self: Node) -> Shape:
    """`_structure` of a class that neither declares `_fields` nor says `inherit_cache = True`."""
    inherited: Callable[[Any], Shape] = type(self)._declared_structure
    inherited(self)  # for the leaves
    self._shape = uncacheable(type(self))
    return self._shape


class Node:
    """One immutable part of a statement.

    Subclasses declare `_fields`. A subclass written outside Lect that adds attributes either declares them in
    `_fields`, or sets ``inherit_cache = True`` when nothing was added that changes its SQL; otherwise statements that
    contain it are compiled at every execution, which is slow but never wrong.
    """

    __visit_name__: ClassVar[str] = "node"
    _fields: ClassVar[tuple[Field, ...]] = ()
    #: Most fields keep the class's default and are absent from ``__dict__``: statements with many clauses.
    _sparse: ClassVar[bool] = False
    _declared_structure: ClassVar[Callable[[Any], Shape]]
    #: The `_structure` that a class along the MRO wrote itself; it serves subclasses too.
    _handwritten: ClassVar[Callable[[Any], Shape] | None] = None

    #: Interned structure; None until somebody asks. Ask with ``node._shape or node._structure()``.
    _shape: Shape | None = None
    #: Bound parameters and anonymous FROM elements inside; valid once `_shape` is set.
    _leaves: tuple[Node, ...] = ()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = cls.__dict__
        if "_structure" in own:
            cls._handwritten = own["_structure"]
            cls._declared_structure = own["_structure"]
        elif "_fields" in own or own.get("inherit_cache"):
            if cls._handwritten is None:
                made = _generated_when_asked(cls)
            else:
                made = _handwritten_and_more(cls, cls._handwritten)
            cls._declared_structure = made
            cls._structure = made  # type: ignore[assignment, method-assign]
        elif cls._fields or cls._handwritten is not None:
            cls._structure = _uncacheable_structure  # type: ignore[method-assign]

    def _structure(self) -> Shape:
        """Compute, keep and return `_shape`, and set `_leaves`."""
        self._shape = uncacheable(type(self))
        return self._shape

    def __getstate__(self) -> dict[str, Any]:
        state = self.__dict__.copy()
        state.pop("_shape", None)
        state.pop("_leaves", None)
        return state

    # -- traversal ----------------------------------------------------------------------------------------------------

    def get_children(self) -> Iterator[Node]:
        """Yield the nodes directly inside this one, in field order."""
        for field in self._fields:
            value = getattr(self, field.name)
            if value is None:
                continue
            if field.kind == CHILD:
                yield value
            elif field.kind == CHILDREN:
                yield from value
            elif field.kind == PAIRS:
                for pair in value:
                    for member in pair:
                        if isinstance(member, Node):
                            yield member

    def _clone(self: _N) -> _N:
        """Return a shallow copy that shares every field and has no structure computed yet."""
        copy = object.__new__(type(self))
        state = self.__dict__.copy()
        state.pop("_shape", None)
        state.pop("_leaves", None)
        copy.__dict__ = state
        return copy

    def _map_children(self: _N, change: Callable[[Node], Node]) -> _N:
        """Return this node with every direct child replaced by ``change(child)``; self when nothing changed."""
        changed: dict[str, Any] = {}
        for field in self._fields:
            value = getattr(self, field.name)
            if value is None:
                continue
            new: Any = value
            if field.kind == CHILD:
                new = change(value)
            elif field.kind == CHILDREN:
                new = tuple([change(n) for n in value])
                if all(map(operator.is_, new, value)):
                    new = value
            elif field.kind == PAIRS:
                new = tuple([tuple([change(m) if isinstance(m, Node) else m for m in pair]) for pair in value])
                if all(a is c and b is d for (a, b), (c, d) in zip(new, value, strict=True)):
                    new = value
            if new is not value:
                changed[field.name] = new
        if not changed:
            return self
        copy = self._clone()
        copy.__dict__.update(changed)
        copy._children_changed()
        return copy

    def _children_changed(self) -> None:
        """Drop whatever this class memoizes from its children; called on the copy in :meth:`_map_children`."""


def _number(leaves: Iterable[Node], seen: dict[Node, int], pattern: list[int], binds: list[Node]) -> None:
    for leaf in leaves:
        number = seen.get(leaf)
        if number is None:
            number = seen[leaf] = len(seen)
            pattern.append(number)
            inside = leaf._inner_leaves()  # type: ignore[attr-defined]
            if inside is None:
                binds.append(leaf)
            else:
                _number(inside, seen, pattern, binds)
        else:
            pattern.append(number)


def statement_key(node: Node) -> tuple[object, tuple[Any, ...]] | tuple[None, tuple[Any, ...]]:
    """Return ``(key, binds)`` for a whole statement.

    `key` is what compiled forms are kept under: the shape, with the pattern in which leaves repeat when any does; None
    when the statement cannot be cached. `binds` are the distinct bound parameters inside, in order of first appearance:
    the n-th bind of one statement plays the same part as the n-th bind of any other with the same key.

    Leaves implement ``_inner_leaves()``: None for a bound parameter, the leaves inside for an anonymous FROM element.
    """
    shape = node._shape or node._structure()
    leaves = node._leaves
    if not leaves:
        return (shape if shape.cacheable else None), leaves
    for leaf in leaves:
        if not leaf._is_bind_parameter:  # type: ignore[attr-defined]
            break
    else:
        if len(leaves) == 1 or len(set(leaves)) == len(leaves):  # nearly always: the shape says it all
            return (shape if shape.cacheable else None), leaves
    seen: dict[Node, int] = {}
    pattern: list[int] = []
    binds: list[Node] = []
    _number(leaves, seen, pattern, binds)
    if len(binds) == len(pattern):  # every leaf is a bind and none repeats: the shape says it all
        return (shape if shape.cacheable else None), leaves
    return ((shape, tuple(pattern)) if shape.cacheable else None), tuple(binds)
