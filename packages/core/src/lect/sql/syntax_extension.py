"""Syntax of one's own at the places that statements keep for it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any, ClassVar, Literal, TypeVar

from lect.exc import ArgumentError
from lect.sql.element import ClauseElement
from lect.sql.entity import plugin_of
from lect.sql.executable import Generative

__all__ = ["HasSyntaxExtensions", "SyntaxExtension"]

_H = TypeVar("_H", bound="HasSyntaxExtensions")

Position = Literal["post_select", "pre_columns", "post_criteria", "post_body", "post_values"]


class SyntaxExtension:
    """A clause that ``statement.ext()`` takes; a subclass is a :class:`~lect.sql.element.ClauseElement` too.

    It says in ``apply_to_select()`` and its like where it stands, and has a rule that writes it::

        class Qualify(SyntaxExtension, ClauseElement):
            _fields = (child("condition"),)

            def __init__(self, condition):
                self.condition = condition

            def apply_to_select(self, select_stmt):
                select_stmt.apply_syntax_extension_point(lambda existing: [*existing, self], "post_criteria")

        @compiles(Qualify)
        def qualify(element, compiler, **kw):
            return f"QUALIFY {compiler.process(element.condition, **kw)}"
    """

    def apply_to_select(self, select_stmt: Any) -> None:
        """Put this into a SELECT: call its ``apply_syntax_extension_point()``."""
        raise NotImplementedError(f"Extension {type(self).__name__} cannot be applied to select")

    def apply_to_insert(self, insert_stmt: Any) -> None:
        """Put this into an INSERT."""
        raise NotImplementedError(f"Extension {type(self).__name__} cannot be applied to insert")

    def apply_to_update(self, update_stmt: Any) -> None:
        """Put this into an UPDATE."""
        raise NotImplementedError(f"Extension {type(self).__name__} cannot be applied to update")

    def apply_to_delete(self, delete_stmt: Any) -> None:
        """Put this into a DELETE."""
        raise NotImplementedError(f"Extension {type(self).__name__} cannot be applied to delete")

    def append_replacing_same_type(self, existing: Sequence[Any]) -> Sequence[Any]:
        """Return `existing` without elements of this one's class, and with this one at its end."""
        return [*[each for each in existing if not isinstance(each, type(self))], self]


class HasSyntaxExtensions(Generative):
    """A statement with places for syntax of one's own."""

    #: Places that this statement has, in the order in which they are written.
    _extension_points: ClassVar[tuple[str, ...]] = ()
    #: (place, element), in order.
    _extensions: tuple[tuple[str, Any], ...] = ()

    def ext(self: _H, extension: SyntaxExtension) -> _H:
        """Return this statement with syntax that it does not have by itself.

        Args:
            extension: a clause made for it, a dialect's, or one of your own: see
                :class:`SyntaxExtension`.
        """
        if not isinstance(extension, SyntaxExtension) or not isinstance(extension, ClauseElement):
            raise ArgumentError(f"ext() takes a SyntaxExtension that is a ClauseElement, got {extension!r}")
        copy = self._generate()
        getattr(extension, f"apply_to_{self._kind}")(copy)  # type: ignore[attr-defined]
        if copy._plugin is None:
            plugin = plugin_of(list(extension.get_children()))
            if plugin is not None:
                copy._plugin = plugin
        return copy

    def apply_syntax_extension_point(
        self, apply_fn: Callable[[Sequence[Any]], Sequence[Any]], position: Position
    ) -> None:
        """Change what stands at one place; for the ``apply_to_...()`` methods of a :class:`SyntaxExtension` only.

        Args:
            apply_fn: gets the elements that stand there, and returns those that shall.
            position: ``"post_select"`` (behind SELECT), ``"pre_columns"`` (before the columns), ``"post_criteria"``
                (behind WHERE and HAVING), ``"post_body"`` (at the end) or, of an INSERT, ``"post_values"``.
        """
        if position not in self._extension_points:
            raise ValueError(
                f"Unknown position {position!r} for {type(self)} construct; known positions: "
                f"{', '.join(map(repr, self._extension_points))}"
            )
        existing = [node for place, node in self._extensions if place == position]
        others = [pair for pair in self._extensions if pair[0] != position]
        self._extensions = (*others, *[(position, node) for node in apply_fn(existing)])

    def _extensions_at(self, position: str) -> list[Any]:
        return [node for place, node in self._extensions if place == position]
