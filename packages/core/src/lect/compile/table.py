"""The rule table: which function writes which construct.

A rule is a function ``rule(node, writer) -> str`` found by the class of the node (a statement part, a DDL element or a
type). Tables form a chain: a dialect's table has the default (ANSI) table as parent and holds only what differs. Users'
constructs and overrides (``@compiles``) enter the same chain, in front.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, TypeVar

__all__ = ["ANSI", "Rule", "RuleTable", "Rules", "USER_RULES"]

Rule = Callable[[Any, Any], str]
_R = TypeVar("_R", bound=Callable[..., str])

#: Rules given by users with ``@compiles``: (class, dialect name or None) -> rule. First in every look-up.
USER_RULES: dict[tuple[type, str | None], Rule] = {}

_version = 0  # grows with each registration; tables drop what they have looked up


def rules_changed() -> None:
    """Tell every table that a rule was added, so that memoized look-ups are made again."""
    global _version
    _version += 1


class Rules(dict[type, Rule]):
    """Rules by class; a rule in a file that is not imported yet is found by the name of its class.

    Most programs write a few of the constructs that there are, so the files of the others are not read at start. A
    class that is looked up exists, so its name is known, and that is all it takes to find the file.
    """

    def __init__(self) -> None:
        super().__init__()
        #: Name of a class, with its module -> module that registers its rule. The one list of what is loaded later.
        self.later: dict[str, str] = {}

    def __missing__(self, cls: type) -> Rule:
        found = self.find(cls)
        if found is None:
            raise KeyError(cls)
        return found

    def find(self, cls: type) -> Rule | None:
        """Return the rule of exactly this class, importing its file if need be; None when there is none."""
        found = self.get(cls)
        if found is None and self.later:
            module = self.later.get(f"{cls.__module__}.{cls.__qualname__}")
            if module is not None:
                __import__(module)
                found = self.get(cls)
        return found


class RuleTable:
    """Rules by class, with a parent that answers when this table has none.

    Look-up goes along the class's MRO; for each class this table comes before its parents, so that a dialect's rule
    for a base class does not hide the default rule of a more specific one.
    """

    def __init__(self, name: str, parent: RuleTable | None = None) -> None:
        self.name = name
        self.parent = parent
        self.own = Rules()
        #: Rules of single operators, asked by the rules of binary and unary expressions.
        self.operators: dict[Callable[..., Any], Rule] = {}
        self._found: dict[type, Rule] = {}
        self._seen_version = -1

    def rule(self, *classes: type) -> Callable[[_R], _R]:
        """Register the decorated function as the rule for `classes`."""

        def register(function: _R) -> _R:
            for cls in classes:
                self.own[cls] = function
            rules_changed()
            return function

        return register

    def rules_later(self, package: str, files: Mapping[str, tuple[str, ...]]) -> None:
        """Name the files of a package whose rules are loaded when a construct they are for is first written.

        Args:
            package: the package, as ``__name__`` gives it.
            files: file -> the classes it has rules for, each with its module: ``"lect.sql.window.Over"``.

        A file that registers rules of operators has to be imported at once: an operator is not found by name.
        """
        for file, classes in files.items():
            self.own.later.update(dict.fromkeys(classes, f"{package}.{file}"))

    def operator(self, *operators: Callable[..., Any]) -> Callable[[_R], _R]:
        """Register the decorated function as the rule for expressions of `operators` (:mod:`lect.operators`).

        It gets the whole expression: ``rule(binary, writer)``, ``rule(unary, writer)``.
        """

        def register(function: _R) -> _R:
            for op in operators:
                self.operators[op] = function
            return function

        return register

    def find_operator(self, op: Callable[..., Any]) -> Rule | None:
        """Return the rule for expressions of one operator, of this table or its parents, or None."""
        table: RuleTable | None = self
        while table is not None:
            found = table.operators.get(op)
            if found is not None:
                return found
            table = table.parent
        return None

    def find(self, cls: type) -> Rule | None:
        """Return the rule for `cls`, or None when neither this table, its parents nor the users have one."""
        if self._seen_version != _version:
            self._found = {}
            self._seen_version = _version
        found = self._found.get(cls)
        if found is None:
            found = self._search(cls)
            if found is not None:
                self._found[cls] = found
        return found

    def _search(self, cls: type) -> Rule | None:
        names = self._names()
        for base in cls.__mro__:
            for name in names:
                if (base, name) in USER_RULES:
                    return USER_RULES[base, name]
            table: RuleTable | None = self
            while table is not None:
                found = table.own.find(base)
                if found is not None:
                    return found
                table = table.parent
        return None

    def _names(self) -> list[str | None]:
        """Return the names under which users' rules hold here: this table's, those of the tables it builds on, any."""
        names: list[str | None] = [self.name]
        table = self.parent
        while table is not None and table.parent is not None:
            names.append(table.name)
            table = table.parent
        return [*names, None]

    def next_after(self, cls: type, rule: Rule) -> Rule | None:
        """Return the rule that would serve `cls` if `rule` were not there: how an override calls what it overrides."""
        skipping = True
        names = self._names()
        for base in cls.__mro__:
            candidates = [USER_RULES.get((base, name)) for name in names]
            table: RuleTable | None = self
            while table is not None:
                candidates.append(table.own.find(base))
                table = table.parent
            for candidate in candidates:
                if candidate is None:
                    continue
                if candidate is rule:
                    skipping = False
                elif not skipping:
                    return candidate
        return None


#: The default rules, one file per construct in :mod:`lect.compile.ansi`.
ANSI = RuleTable("default")
