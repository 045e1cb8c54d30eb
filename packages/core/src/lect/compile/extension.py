"""Rules of one's own: ``@compiles`` enters a function into the same table that the library's rules are in.

A function for a construct of one's own, or one that takes the place of a rule of the library, is written like this::

    class coalesce_zero(ColumnElement):
        inherit_cache = True
        ...

    @compiles(coalesce_zero)
    def default(element, compiler, **kw):
        return f"coalesce({compiler.process(element.inner, **kw)}, 0)"

    @compiles(coalesce_zero, "mydb")
    def in_mydb(element, compiler, **kw):
        return f"ifnull({compiler.process(element.inner, **kw)}, 0)"
"""

from __future__ import annotations

from collections.abc import Callable
from contextlib import ExitStack
from typing import Any, TypeVar

from lect.compile.table import USER_RULES, Rule, rules_changed
from lect.exc import ArgumentError, CompileError

__all__ = ["RuleCompiler", "compiles", "deregister"]

_F = TypeVar("_F", bound=Callable[..., Any])


class RuleCompiler:
    """What a function given to ``@compiles`` gets as its second argument.

    Attributes:
        dialect: the dialect that is written.
        preparer: writes names: ``compiler.preparer.quote(name)``.
        writer: the writer itself, for what is not offered here.
    """

    def __init__(self, writer: Any, rule: Rule) -> None:
        self.writer = writer
        self._rule = rule

    @property
    def dialect(self) -> Any:
        """The dialect that is written."""
        return self.writer.dialect

    @property
    def preparer(self) -> Any:
        """What writes names."""
        return self.writer.identifiers

    @property
    def statement(self) -> Any:
        """The statement that is compiled."""
        return self.writer.statement

    @property
    def sql_compiler(self) -> RuleCompiler:
        """This object: expressions and DDL are written by one and the same."""
        return self

    type_compiler = sql_compiler
    type_compiler_instance = sql_compiler

    def process(self, element: Any, literal_binds: bool = False, include_table: bool = True, **kw: Any) -> str:
        """Return an element, or a type, as SQL; with `literal_binds` values are written into the text."""
        writer = self.writer
        with ExitStack() as stack:
            if literal_binds:
                stack.enter_context(writer.literals())
            if not include_table:
                stack.enter_context(writer.without_tables())
            return writer.render(element)  # type: ignore[no-any-return]

    def render_literal_value(self, value: Any, type_: Any) -> str:
        """Return a value as a literal of SQL."""
        return self.writer.literal(value, type_)  # type: ignore[no-any-return]

    def overridden(self, element: Any) -> str:
        """Return `element` by the rule that this one takes the place of."""
        return self.writer.overridden(element, self._rule)  # type: ignore[no-any-return]

    def __getattr__(self, name: str) -> Any:
        # ``compiler.visit_insert(element, **kw)``: the habit for "as it would be written without this rule".
        if name.startswith("visit_"):
            return lambda element, *args, **kw: self.overridden(element)
        raise AttributeError(f"{type(self).__name__!r} object has no attribute {name!r}")


def compiles(class_: type, *specs: str) -> Callable[[_F], _F]:
    """Register the decorated ``function(element, compiler, **kw) -> str`` as the rule for `class_`.

    Without names of dialects it is the rule for all dialects that have no rule of their own given here. Subclasses
    share it. `kw` holds what was given to ``compile(compile_kwargs=...)`` beside the library's own options.
    """
    if not isinstance(class_, type):
        raise ArgumentError(f"compiles() needs a class, not {class_!r}")

    def decorate(fn: _F) -> _F:
        def rule(element: Any, writer: Any) -> str:
            text = fn(element, RuleCompiler(writer, rule), **writer.options.extra)
            if not isinstance(text, str):
                raise CompileError(
                    f"the rule {getattr(fn, '__qualname__', fn)!r} for {class_.__name__} returned {text!r} instead "
                    f"of a string"
                )
            return text

        for name in specs or (None,):
            USER_RULES[class_, name] = rule
        rules_changed()
        return fn

    return decorate


def deregister(class_: type) -> None:
    """Take away all rules given with ``@compiles`` for `class_`."""
    for key in [k for k in USER_RULES if k[0] is class_]:
        del USER_RULES[key]
    rules_changed()
