"""What every statement that can be executed has: execution options, statement options, common table expressions."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, ClassVar, Final, TypeVar

from lect.exc import ArgumentError
from lect.sql.element import ClauseElement
from lect.sql.entity import plugin_of, registered
from lect.sql.node import Node, child, scalar
from lect.sql.text import TextClause

__all__ = [
    "AddedCTE",
    "Executable",
    "ExecutableOption",
    "Generative",
    "HasCTE",
    "HasPrefixes",
    "HasSuffixes",
    "Hint",
    "Statement",
]

_G = TypeVar("_G", bound="Generative")
_X = TypeVar("_X", bound="Executable")
_C = TypeVar("_C", bound="HasCTE")
_P = TypeVar("_P", bound="HasPrefixes")
_S = TypeVar("_S", bound="HasSuffixes")

_NO_OPTIONS: Final[Mapping[str, Any]] = {}


class Generative(ClauseElement):
    """A statement whose methods return changed copies; fields not in its ``__dict__`` have the class's defaults."""

    _sparse: ClassVar[bool] = True
    #: Results kept with this object, dropped in copies: selected columns, translation by a mapper …
    _memo: dict[str, Any] | None = None
    #: What makes a plain statement of this one, when it contains entities of a mapper (see :mod:`lect.sql.entity`).
    _plugin: Any = None

    def _generate(self: _G) -> _G:
        copy = object.__new__(self.__class__)
        copy.__dict__ = state = self.__dict__.copy()
        # A statement in the middle of a chain of calls has none of them; structure and leaves come together.
        if "_shape" in state:
            del state["_shape"]
            state.pop("_leaves", None)
        if "_memo" in state:
            del state["_memo"]
        return copy

    _clone = _generate

    def _replace(self: _G, **fields: Any) -> _G:
        """Return a copy with some fields changed: for plugins that translate statements."""
        copy = self._generate()
        copy.__dict__.update(fields)
        return copy

    def _memoized(self, name: str, make: Any) -> Any:
        memo = self._memo
        if memo is None:
            memo = self.__dict__["_memo"] = {}
        found = memo.get(name)
        if found is None:
            found = memo[name] = make()
        return found

    def _children_changed(self) -> None:
        self.__dict__.pop("_memo", None)

    def __getstate__(self) -> dict[str, Any]:
        state = super().__getstate__()
        state.pop("_memo", None)
        return state

    def _translated(self) -> Any:
        """Return the plain statement for one that contains entities; the statement itself when it contains none."""
        plugin = self._plugin
        if plugin is None:
            return self
        return self._memoized("translated", lambda: plugin.translate(self))

    def _note_entities(self, nodes: Any) -> None:
        """Remember the plugin of the first entity among `nodes` (on a copy that was just made)."""
        if self._plugin is None:
            plugin = plugin_of(nodes)
            if plugin is not None:
                self._plugin = plugin


class ExecutableOption(Node):
    """Base of what ``statement.options()`` takes. Core does nothing with options; mappers and extensions do."""

    __visit_name__ = "executable_option"
    _annotations: ClassVar[Mapping[str, Any]] = {}


class Executable(Generative):
    """A statement that can be given to ``execute()``."""

    supports_execution: ClassVar[bool] = True
    _kind: ClassVar[str] = "other"
    _execution_options: Mapping[str, Any] = _NO_OPTIONS
    _with_options: tuple[Any, ...] = ()

    def execution_options(self: _X, **kw: Any) -> _X:
        """Return this statement with options for its execution, which change no text: ``stream_results=True`` …"""
        if "isolation_level" in kw:
            raise ArgumentError(
                "'isolation_level' execution option may only be specified on Connection.execution_options(), or "
                "per-engine "
                "using the isolation_level argument to create_engine()."
            )
        if "compiled_cache" in kw:
            raise ArgumentError(
                "'compiled_cache' execution option may only be specified on Connection.execution_options(), not per "
                "statement."
            )
        copy = self._generate()
        copy._execution_options = {**self._execution_options, **kw}
        return copy

    def get_execution_options(self) -> Mapping[str, Any]:
        """Return the execution options set so far."""
        return dict(self._execution_options)

    def options(self: _X, *options: Any) -> _X:
        """Return this statement with options for a mapper or an extension (how to load relationships …)."""
        found = []
        for option in options:
            node = option if isinstance(option, ExecutableOption) else registered(option)
            if not isinstance(node, ExecutableOption):
                raise ArgumentError(
                    f"options() takes objects made for it, such as loader options (selectinload(User.addresses)), got "
                    f"{option!r}"
                )
            found.append(node)
        copy = self._generate()
        copy._with_options = self._with_options + tuple(found)
        return copy


class Statement(Executable):
    """A statement of its own, which functions can go on from."""

    def __add__(self: _X, change: Callable[[_X], _X]) -> _X:
        """Return what a function makes of this statement: ``statement += lambda s: s.where(...)``."""
        return change(self) if callable(change) else NotImplemented

    def add_criteria(self: _X, where: Callable[[_X], _X], **tracking: Any) -> _X:
        """The same as ``statement + where``; `tracking` is taken for the sake of programs that give it."""
        return where(self)

    def spoil(self: _X) -> _X:
        """Return this statement, which is not kept anywhere that it would have to be kept out of."""
        return self


class AddedCTE(Node):
    """A common table expression given to ``add_cte()``; `nest_here`: it stays inside this statement."""

    _fields = (child("cte"), scalar("nest_here"))

    def __init__(self, cte: Any, nest_here: bool) -> None:
        self.cte = cte
        self.nest_here = nest_here


class Words(Node):
    """Words of SQL at a place a statement keeps for them (prefixes, suffixes), for one dialect or for all."""

    _fields = (child("text"), scalar("dialect"))

    def __init__(self, text: Any, dialect: str | None) -> None:
        self.text = text
        self.dialect = dialect


class Hint(Node):
    """A hint to the optimizer about a FROM element (or, without one, about the statement), for one dialect or all
    (``*``)."""

    _fields = (child("selectable"), scalar("text"), scalar("dialect"))

    def __init__(self, selectable: Any, text: str, dialect: str) -> None:
        self.selectable = selectable
        self.text = text
        self.dialect = dialect


class HasCTE(Generative):
    """A statement that can begin with WITH."""

    _added_ctes: tuple[AddedCTE, ...] = ()

    def add_cte(self: _C, *ctes: Any, nest_here: bool = False) -> _C:
        """Return this statement with common table expressions in its WITH although it does not select from them."""
        found = []
        for cte in ctes:
            if not getattr(cte, "_is_cte", False):
                raise ArgumentError(f"add_cte() takes objects made with .cte(), got {cte!r}")
            found.append(AddedCTE(cte, bool(nest_here)))
        copy = self._generate()
        copy._added_ctes = self._added_ctes + tuple(found)
        return copy

    def cte(self, name: str | None = None, recursive: bool = False, nesting: bool = False) -> Any:
        """Return this statement as a common table expression: ``WITH name AS (…)``.

        Args:
            name: without one, a name is made up.
            recursive: the CTE refers to itself; complete it with ``union()`` or ``union_all()``.
            nesting: it is written in the WITH of the statement that selects from it, not of the outermost one.
        """
        from_makers = _cte_maker
        return from_makers[0](self, name, recursive, nesting)


#: Set by :mod:`lect.sql.cte`.
_cte_maker: list[Any] = []


def _words(given: tuple[Any, ...], dialect: str | None, what: str) -> tuple[Words, ...]:
    if dialect == "*":
        dialect = None
    found = []
    for each in given:
        if isinstance(each, ClauseElement):
            found.append(Words(each, dialect))
        elif isinstance(each, str):
            # Words of SQL by their nature; whoever writes them is trusted like the author of text().
            found.append(Words(TextClause(each), dialect))
        else:
            raise ArgumentError(f"{what}() takes strings of SQL or expressions, got {each!r}")
    return tuple(found)


class HasPrefixes(Generative):
    """A statement with a place for words after its first keyword."""

    _prefixes: tuple[Words, ...] = ()

    def prefix_with(self: _P, *prefixes: Any, dialect: str = "*") -> _P:
        """Return this statement with words of SQL after its first keyword, for all dialects or one."""
        copy = self._generate()
        copy._prefixes = self._prefixes + _words(prefixes, dialect, "prefix_with")
        return copy


class HasSuffixes(Generative):
    """A statement with a place for words at its end."""

    _suffixes: tuple[Words, ...] = ()

    def suffix_with(self: _S, *suffixes: Any, dialect: str = "*") -> _S:
        """Return this statement with words of SQL at its end, for all dialects or one."""
        copy = self._generate()
        copy._suffixes = self._suffixes + _words(suffixes, dialect, "suffix_with")
        return copy
