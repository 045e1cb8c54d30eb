"""Interned structure: what two statements have in common when only their values differ.

A :class:`Shape` stands for the structure of a node (a column expression, a FROM clause, a whole statement, a type)
without the values bound in it. Shapes are interned: equal structure is, as a rule, the *same object*, so that
"have we compiled this statement before?" is one dictionary look-up by identity and no key is ever rebuilt or compared.

The table is bounded. When it is full it is emptied: nodes alive keep the shapes they have, new nodes get new ones, and
the only consequence is that a statement is compiled once more. Different structure never shares a shape; that is the
promise the statement cache rests on.
"""

from __future__ import annotations

from typing import Final

__all__ = ["MAX_SHAPES", "Shape", "fresh", "intern", "uncacheable"]

#: Number of interned shapes at which the table is emptied (about 300 bytes each).
MAX_SHAPES: Final = 100_000


class Shape:
    """The structure of one node.

    Attributes:
        parts: what the shape was made of: the node's class first, then child shapes and plain hashable facts. Kept for
            reports and for people; nothing compares it.
        cacheable: False when something inside cannot state its structure; a statement of such a shape is compiled
            every time.
        plugin: who translates a statement with such a part (see :mod:`lect.sql.entity`): that of the first part that
            has one, so that entities are seen however deep inside of an expression they are; None for plain SQL.
        steps: next shape by (method, argument shape), a memo for generative methods on hot paths.
    """

    __slots__ = ("cacheable", "parts", "plugin", "steps")

    def __init__(self, parts: tuple[object, ...], cacheable: bool = True, plugin: object | None = None) -> None:
        self.parts = parts
        self.cacheable = cacheable
        self.plugin = plugin
        self.steps: dict[object, Shape] = {}

    def __repr__(self) -> str:
        head = self.parts[0] if self.parts else "?"
        name = getattr(head, "__name__", str(head))
        return f"<Shape {name} at {id(self):#x}{'' if self.cacheable else ' uncacheable'}>"


#: The intern table. Generated code reads it directly: ``SHAPES.get(parts) or intern(parts)``.
SHAPES: dict[tuple[object, ...], Shape] = {}


def intern(parts: tuple[object, ...]) -> Shape:
    """Return the shape made of `parts`, creating it when it is new.

    `parts` must be hashable, and must tell apart everything that changes the text or the handling of a statement. Mind
    that ``1 == True == 1.0`` for a dictionary: a part's position must always hold values of one type.
    """
    shape = SHAPES.get(parts)
    if shape is not None:
        return shape
    plugin: object | None = None
    cacheable = True
    for part in parts:
        if part.__class__ is Shape:
            cacheable = cacheable and part.cacheable
            plugin = plugin or part.plugin
    if not cacheable:
        return Shape(parts, False, plugin)
    if len(SHAPES) >= MAX_SHAPES:
        SHAPES.clear()
    # setdefault: two threads that build the same structure at once get the same object.
    return SHAPES.setdefault(parts, Shape(parts, True, plugin))


def fresh(*parts: object, plugin: object | None = None) -> Shape:
    """Return a shape that belongs to one object only (a table, a column): equal to nothing else, cacheable."""
    return Shape(parts, True, plugin)


def uncacheable(*parts: object) -> Shape:
    """Return a shape for a node that cannot state its structure; everything that contains it is uncacheable too."""
    return Shape(parts, cacheable=False)
