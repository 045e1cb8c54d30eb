"""The oracle of the statement cache's tests: remembers what was written under every key, and compares."""

from __future__ import annotations

from collections.abc import Hashable, Iterable
from typing import Any

from lect.compile import compile_statement
from lect.compile.options import CompileOptions
from lect.shape import Shape
from lect.sql.node import statement_key


class CacheFault(AssertionError):
    """The cache would have given a wrong plan, or would have grown without bound."""


class PlanChecker:
    """Takes statements as an engine's cache would and compiles each of them anew beside it.

    Attributes:
        plans: key -> the first plan made under it: what a cache would use for every further statement.
    """

    def __init__(self, dialect: Any, options: CompileOptions | None = None) -> None:
        self.dialect = dialect
        self.options = options or CompileOptions()
        self.plans: dict[Hashable, Any] = {}
        self.keys: dict[Hashable, set[Hashable]] = {}

    def take(
        self,
        statement: Any,
        values: Iterable[Any] = (),
        recipe: Hashable = None,
        fresh: Any = None,
        options: CompileOptions | None = None,
    ) -> Any:
        """Check one statement and return its key, with what else an engine keeps plans under.

        Args:
            statement: as it is executed.
            values: the values bound in it; none may be part of the key.
            recipe: what the statement was made from, without its values: one recipe has one key.
            fresh: an equal statement of which no structure was asked yet, to be compiled in the place of `statement`.
            options: how it is compiled, in the place of the checker's own.

        Raises:
            CacheFault: what a cache would do wrong.
        """
        key, binds = statement_key(statement)
        if key is None:
            return None  # never kept, never wrong
        self._free_of_values(key, values)
        if recipe is not None:
            known = self.keys.setdefault(recipe, set())
            known.add(key)
            if len(known) > 1:
                raise CacheFault(f"one shape of statement, several keys: {known}")
        other = statement if fresh is None else fresh
        others = binds if fresh is None else statement_key(fresh)[1]
        how = options or self.options
        plan = compile_statement(other, self.dialect, how, others)
        key = (key, how.column_keys, how.key)
        kept = self.plans.setdefault(key, plan)
        if kept is not plan:
            self._compare(kept, plan, binds, others)
        return key

    @staticmethod
    def sent(plan: Any, binds: Any) -> tuple[str, Any]:
        """Return text and parameters as the driver would get them."""
        given = {name: -n for n, name in enumerate(plan.options.column_keys or (), 1)} or None
        if plan.expands:
            text, parameters = plan.expand(binds, given)
            return text, parameters
        return plan.string, plan.collect(binds, given)

    def _compare(self, kept: Any, plan: Any, binds: Any, others: Any) -> None:
        if not kept.same_text(plan):
            raise CacheFault(f"one key, two texts:\n{kept.string}\n-- and --\n{plan.string}")
        try:
            got, wanted = self.sent(kept, binds), self.sent(plan, others)
        except (IndexError, KeyError, TypeError) as error:
            raise CacheFault(f"the plan kept cannot take the parameters of\n{plan.string}") from error
        if got != wanted:
            raise CacheFault(f"the plan kept sends {got!r} in the place of {wanted!r}")
        if _columns(kept) != _columns(plan):
            raise CacheFault(f"one key, two results: {_columns(kept)} and {_columns(plan)}")

    @staticmethod
    def _free_of_values(key: Hashable, values: Iterable[Any]) -> None:
        found = set(map(repr, _facts(key, set())))
        for value in values:
            if repr(value) in found:
                raise CacheFault(f"the value {value!r} is part of the key")


def _columns(plan: Any) -> list[Any]:
    return [(c.name, repr(c.type)) for c in plan.result_columns or ()]


def _facts(part: Any, seen: set[int]) -> Iterable[Any]:
    """Yield every plain fact inside of a key."""
    if isinstance(part, Shape):
        if id(part) not in seen:
            seen.add(id(part))
            yield from _facts(part.parts, seen)
    elif isinstance(part, tuple):
        for each in part:
            yield from _facts(each, seen)
    else:
        yield part
