"""What a database should hold, in plain Python: rows by handle, references by handle, pairs of handles."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from random_mapping import Link, World


@dataclass
class Row:
    """One object's row, in whichever tables."""

    kind: str
    key: tuple[Any, ...] | None  # None: the database makes it, or it consists of references
    values: dict[str, Any]
    refs: dict[str, int | None]

    def copy(self) -> Row:
        return Row(self.kind, self.key, dict(self.values), dict(self.refs))


@dataclass
class Model:
    """All rows."""

    world: World
    rows: dict[int, Row] = field(default_factory=dict)
    pairs: dict[str, set[tuple[int, int]]] = field(default_factory=dict)

    def copy(self) -> Model:
        rows = {handle: row.copy() for handle, row in self.rows.items()}
        return Model(self.world, rows, {name: set(pairs) for name, pairs in self.pairs.items()})

    def of(self, name: str) -> list[int]:
        """Return the handles of all objects of a class."""
        return [h for h, row in self.rows.items() if self.world.isa(row.kind, name)]

    def children(self, link: Link, parent: int) -> list[int]:
        """Return the handles that refer to an object."""
        return [h for h, row in self.rows.items() if row.refs.get(link.name) == parent]

    def key_of(self, handle: int) -> tuple[Any, ...]:
        row = self.rows[handle]
        if row.key is not None:
            return row.key
        found: list[Any] = []
        for link in self.world.links:
            if link.child == self.world.by_name[row.kind].root:
                parent = row.refs[link.name]
                assert parent is not None
                found.extend(self.key_of(parent))
        return tuple(found)

    def above(self, handle: int) -> set[int]:
        """Everything that an object's row needs to be there first, directly or not; post-updates need nothing."""
        waits = [link.name for link in self.world.links if link.kind != "pairs" and not link.post_update]
        found: set[int] = set()
        stack = [handle]
        while stack:
            row = self.rows[stack.pop()]
            for name in waits:
                other = row.refs.get(name)
                if other is not None and other not in found:
                    found.add(other)
                    stack.append(other)
        return found

    def doomed(self, handle: int) -> set[int]:
        """Everything that goes when an object is deleted."""
        found = {handle}
        stack = [handle]
        while stack:
            one = stack.pop()
            for link in self.world.links_to(self.rows[one].kind):
                if link.kind == "pairs" or link.cascade == "save":
                    continue
                for child in self.children(link, one):
                    if child not in found:
                        found.add(child)
                        stack.append(child)
        return found

    def delete(self, handle: int) -> None:
        """Delete an object and what its cascades reach; others let go of it."""
        gone = self.doomed(handle)
        for one in gone:
            del self.rows[one]
        for row in self.rows.values():
            for name, other in row.refs.items():
                if other in gone:
                    row.refs[name] = None
        for name, pairs in self.pairs.items():
            self.pairs[name] = {pair for pair in pairs if not gone.intersection(pair)}

    # -- as tables ----------------------------------------------------------------------------------------------------

    def tables(self) -> dict[str, tuple[list[str], set[tuple[Any, ...]]]]:
        """Return table name -> (column names, rows)."""
        world = self.world
        found: dict[str, tuple[list[str], set[tuple[Any, ...]]]] = {}
        for klass in world.classes:
            table = klass.name.lower()
            if klass.how == "single":
                continue
            columns = list(world.key_names(klass.name))
            shared = [c for c in world.classes if world.table_of(c.name) == table]
            plain = ["uid", "v", "n", "d"] if klass.how in ("root", "concrete") else []
            plain += [c.own_column for c in shared]
            links = [ln for c in shared for ln in world.links if ln.child == c.name and ln.kind != "pairs"]
            if klass.key == "pair":
                links = []
            names = columns + plain + [c for ln in links for c in world.columns_of(ln)]
            rows = set()
            for handle, row in self.rows.items():
                if not world.isa(row.kind, klass.name):
                    continue
                values = [*self.key_of(handle), *[row.values.get(c) for c in plain]]
                for link in links:
                    other = row.refs.get(link.name)
                    values += [None] * len(world.columns_of(link)) if other is None else self.key_of(other)
                rows.add(tuple(values))
            found[table] = (names, rows)
        for link in world.links:
            if link.kind == "pairs":
                names = [f"a_{key}" for key in world.key_names(link.child)]
                names += [f"b_{key}" for key in world.key_names(link.parent)]
                pairs = self.pairs.get(link.name, set())
                found[f"pairs_{link.name}"] = (names, {(*self.key_of(a), *self.key_of(b)) for a, b in pairs})
        return found
