"""What changed in ordinary objects, as parameters of an UPDATE: one generated loop per set of changed attributes."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from lect.types.type_engine import TypeEngine
from lect_orm.base import NO_VALUE
from lect_orm.identity import public_key

if TYPE_CHECKING:
    from lect_orm.state import InstanceState

__all__ = ["Change", "Changes", "old_value"]

Row = dict[str, Any]
States = list["InstanceState"]

#: Sets of changed attributes that are remembered per class and table.
MAX_CHANGES: Final = 500


def old_value(state: InstanceState, dict_: dict[str, Any], key: str) -> Any:
    """Return the value that the row has for an attribute, as far as the object knows."""
    committed = state.committed_state
    unknown = False
    if committed is not None and key in committed:
        old = committed[key]
        if old is not NO_VALUE:
            return old
        unknown = True  # set while it was expired
    value = dict_.get(key, NO_VALUE)
    if unknown or value is NO_VALUE:
        mapper = state.mapper
        if state.pk is not None and key in mapper.pk_keys:
            # Which row it is has been known all the time.
            return public_key(mapper, state.pk)[1][mapper.pk_keys.index(key)]
        if value is NO_VALUE:
            value = mapper.impls[key].get(state, dict_)
        if value is NO_VALUE:
            value = None
    return value


class Change(NamedTuple):
    """How objects with the same changed attributes are written.

    Attributes:
        columns: parameters that are set; empty when nothing in this table has changed.
        rows: states -> (parameters, states that are not of the ordinary kind); None when none of them can be.
    """

    columns: tuple[str, ...]
    rows: Callable[[States], tuple[list[Row], States]] | None


class Changes:
    """The changes of one class in one table, by the names of the changed attributes."""

    def __init__(self, facts: Any) -> None:  # the TableFacts, whose module imports this one
        self.facts = facts
        self.known: dict[tuple[str, ...], Change] = {}
        self._shared: dict[tuple[str, ...], Change] = {}

    def of(self, keys: tuple[str, ...]) -> Change:
        """Return how objects with these changed attributes are written."""
        found = self.known.get(keys)
        if found is None:
            if len(self.known) >= MAX_CHANGES:
                self.known.clear()
                self._shared.clear()
            ordered = tuple(sorted(keys))  # in whichever order they were set: one statement for all
            found = self._shared.get(ordered)
            if found is None:
                found = self._shared[ordered] = self._make(ordered)
            self.known[keys] = found
        return found

    def _make(self, keys: tuple[str, ...]) -> Change:
        facts = self.facts
        mine = [key for key in keys if key in facts.same_key]
        if facts.version is not None or facts.onupdate or not facts.primary:
            return Change((), None)
        primary = {key for _column, key in facts.primary}
        if primary.intersection(keys) or any(len(facts.same_key[key]) > 1 for key in mine):
            return Change((), None)
        if not mine:
            return Change((), _nothing)
        columns = [facts.same_key[key][0] for key in mine]
        return Change(tuple([facts.names[c] for c in columns]), self._generate(mine, columns))

    def _generate(self, keys: list[str], columns: list[Any]) -> Callable[[States], tuple[list[Row], States]]:
        facts = self.facts
        scope: dict[str, Any] = {"NO_VALUE": NO_VALUE, "old_value": old_value}
        read, tests, pairs = [], [], []
        for n, (key, column) in enumerate(zip(keys, columns, strict=True)):
            scope[f"k{n}"], scope[f"c{n}"] = key, facts.names[column]
            read.append(f"        v{n} = get(k{n}); o{n} = old[k{n}]")
            if type(column.type).compare_values is TypeEngine.compare_values:
                same = f"(v{n} == o{n}) is True"
            else:
                scope[f"same{n}"] = facts.mapper.impls[key].is_equal
                same = f"same{n}(v{n}, o{n}) is True"
            tests.append(f"(o{n} is not NO_VALUE and {same})")
            pairs.append(f"c{n}: v{n}")
        for n, (column, key) in enumerate(facts.primary):
            scope[f"p{n}"], scope[f"w{n}"] = key, facts.where_names[column]
            read.append(f"        i{n} = get(p{n})")
            read.append(f"        if i{n} is None: i{n} = old_value(state, state.dict, p{n})")
            tests.append(f"i{n} is None")
            pairs.append(f"w{n}: i{n}")
        lines = [
            "def rows(states):",
            "    found = []",
            "    rest = []",
            "    for state in states:",
            "        get = state.dict.get",
            "        old = state.committed_state",
            *read,
            f"        if {' or '.join(tests)}:",
            "            rest.append(state)",
            "        else:",
            f"            found.append({{{', '.join(pairs)}}})",
            "    return found, rest",
        ]
        exec("\n".join(lines), scope)  # noqa: S102 - made from numbers; names are data in `scope`
        made: Callable[[States], tuple[list[Row], States]] = scope["rows"]
        return made


def _nothing(states: States) -> tuple[list[Row], States]:
    return [], []
