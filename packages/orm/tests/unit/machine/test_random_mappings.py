"""Random programs over random mappings, run on a session and on a plain model side by side.

After each flush, commit, rollback and savepoint the tables hold exactly the rows that the model says, what is loaded in
the objects says the same, and each object is in the state it should be in. ``LECT_MACHINE_SERVER`` names the variable
with the URL of a server to run on, ``LECT_MACHINE_RUNS`` sets the length of the long form.
"""

from __future__ import annotations

import os
import pickle
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from plain_model import Model, Row
from random_mapping import Built, Link, World, build, worlds

from lect import MetaData, create_engine, delete, event, insert, inspect, select, update
from lect_orm import Session, close_all_sessions

URL = os.environ.get(os.environ.get("LECT_MACHINE_SERVER", ""), "sqlite://")
SERVER = None if URL.startswith("sqlite") else URL.partition(":")[0].partition("+")[0]
VALUES = st.sampled_from(["ada", "bob", "cy", None])
NUMBERS = st.sampled_from([1, 2, 3, None])


class Engines:
    """The engine of a run: a database in memory, or the one on a server, emptied."""

    def __init__(self) -> None:
        self.server: Any = None

    def engine(self, world: World) -> Any:
        if SERVER is None:
            engine = create_engine(URL)
            if world.database.enforced:
                event.listen(engine, "connect", lambda c, _record: c.execute("PRAGMA foreign_keys=ON"))
            return engine
        if self.server is None:
            self.server = create_engine(URL)
        return self.server


ENGINES = Engines()


class RandomMappings(RuleBasedStateMachine):
    """Operations of a user. Between a change that leaves something in memory behind (a deletion, a new key) and the
    next operation that relies on it lies a flush with everything expired, as a commit would do it.
    """

    built: Built | None = None

    @initialize(world=worlds(SERVER), expire=st.booleans(), autoflush=st.booleans())
    def begin(self, world: World, expire: bool, autoflush: bool) -> None:
        self.world = world
        self.built = build(world)
        self.engine = ENGINES.engine(world)
        self.built.metadata.create_all(self.engine)
        self.options = {"autoflush": autoflush, "expire_on_commit": expire}
        self.session = Session(self.engine, **self.options)
        self.objects: dict[int, Any] = {}
        self.model = Model(world)
        self.committed = Model(world)
        self.savepoints: list[tuple[Any, Model]] = []
        self.handles = 0
        self.codes = 0
        #: objects that were read, not made: the session does not know that their rows are new in this transaction
        self.read_back: set[int] = set()
        self.clean = True  # everything is flushed
        self.stale = False  # some relationship in memory is not what the model says, until it is read again

    def teardown(self) -> None:
        if self.built is None:
            return
        self.session.close()
        if SERVER is None:
            self.engine.dispose()
        else:
            try:
                self.built.metadata.drop_all(self.engine)
            except Exception:
                # The next run must not find these tables. The names that the server has given are all it takes.
                left = MetaData()
                left.reflect(self.engine)
                left.drop_all(self.engine)
                raise
        self.built.dispose()
        close_all_sessions()

    # -- help ---------------------------------------------------------------------------------------------------------

    def changed(self) -> None:
        self.clean = False

    def settle(self) -> None:
        """Let memory follow, when it is behind."""
        if self.stale:
            self.flush()
            self.session.expire_all()
            self.stale = False

    def loaded(self, handle: int, attribute: str | None) -> None:
        """A change of something that is not loaded may leave the other side behind."""
        if attribute is not None and attribute not in self.objects[handle].__dict__:
            self.stale = True

    def pick(self, data: st.DataObject, handles: Any, label: str = "object") -> int:
        return data.draw(st.sampled_from(sorted(handles)), label=label)

    def code(self) -> int:
        self.codes += 1
        return self.codes

    def members(self, link: Link, parent: int) -> list[Any]:
        assert link.parent_attribute is not None
        return as_list(getattr(self.objects[parent], link.parent_attribute))

    # -- making -------------------------------------------------------------------------------------------------------

    @rule(data=st.data(), v=VALUES, n=NUMBERS, by_cascade=st.booleans())
    def make(self, data: st.DataObject, v: str | None, n: int | None, by_cascade: bool) -> None:
        self.settle()
        world = self.world
        klass = data.draw(st.sampled_from([c for c in world.classes if c.key != "pair"]))
        owners = {}
        for link in world.links_from(klass.name):
            if link.required:
                found = [h for h in self.model.of(link.parent) if self.free(link, h)]
                if not found:
                    return
                owners[link.name] = self.pick(data, found, link.name)
        handle = self.enter(klass.name, {"v": v, "n": n}, None)
        obj = self.objects[handle]
        added = not by_cascade or not owners
        if added:
            self.session.add(obj)
        with self.session.no_autoflush:  # the row is not complete yet
            for link in world.links_from(klass.name):
                if link.name in owners:
                    self.refer(data, link, handle, owners[link.name], from_parent=True if not added else None)

    def enter(self, name: str, values: dict[str, Any], key: Any) -> int:
        """Make an object and its row in the model."""
        assert self.built is not None
        klass = self.world.by_name[name]
        self.handles += 1
        row = Row(name, key, {**values, "uid": self.handles, "d": 7}, {})
        for link in self.world.links_from(name):
            if link.kind != "pairs":
                row.refs[link.name] = None
        for above in self.world.line(name):
            row.values[above.own_column] = None
        obj = self.built.classes[name](uid=self.handles, **values)
        if key is None and klass.key in ("natural", "composite"):
            row.key = self.new_key(klass.key)
        if klass.key in ("natural", "composite"):
            self.set_key(obj, name, row.key)
        self.objects[self.handles] = obj
        self.model.rows[self.handles] = row
        self.changed()
        return self.handles

    def new_key(self, key: str) -> tuple[Any, ...]:
        number = self.code()
        return (f"c{number}",) if key == "natural" else (f"o{number}", number % 3)

    def set_key(self, obj: Any, name: str, key: Any) -> None:
        for attribute, value in zip(self.world.key_names(name), key, strict=True):
            setattr(obj, attribute, value)

    @precondition(lambda self: any(c.key == "pair" for c in self.world.classes))
    @rule(data=st.data())
    def make_pair(self, data: st.DataObject) -> None:
        self.settle()
        one, two = [ln for ln in self.world.links if ln.child == "P"]
        lefts, rights = self.model.of(one.parent), self.model.of(two.parent)
        if not lefts or not rights:
            return
        left, right = self.pick(data, lefts, "left"), self.pick(data, rights, "right")
        if any(r.refs == {one.name: left, two.name: right} for r in self.model.rows.values()):
            return
        handle = self.enter("P", {"v": "p", "n": 1}, None)
        self.session.add(self.objects[handle])
        with self.session.no_autoflush:  # the row is not complete yet
            self.refer(data, one, handle, left)
            self.refer(data, two, handle, right)

    # -- changing -----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data(), v=VALUES, n=NUMBERS)
    def change(self, data: st.DataObject, v: str | None, n: int | None) -> None:
        handle = self.pick(data, self.model.rows)
        row = self.model.rows[handle]
        wanted = {"v": v, "n": n} | {c.own_column: v for c in self.world.line(row.kind)}
        for key in data.draw(st.sets(st.sampled_from(sorted(wanted)), min_size=1), label="attributes"):
            setattr(self.objects[handle], key, wanted[key])
            row.values[key] = wanted[key]
        self.changed()

    @precondition(lambda self: any(r.key and len(r.key) and self.keyed(h) for h, r in self.model.rows.items()))
    @rule(data=st.data())
    def change_key(self, data: st.DataObject) -> None:
        self.settle()
        handle = self.pick(data, [h for h in self.model.rows if self.keyed(h)])
        row = self.model.rows[handle]
        row.key = self.new_key(self.world.by_name[row.kind].key)
        self.set_key(self.objects[handle], row.kind, row.key)
        self.changed()
        self.stale = True

    def keyed(self, handle: int) -> bool:
        return self.world.by_name[self.model.rows[handle].kind].key in ("natural", "composite")

    # -- relating -----------------------------------------------------------------------------------------------------

    def free(self, link: Link, parent: int) -> bool:
        """Whether a parent may get one more child."""
        if link.kind != "single":
            return True
        there = self.model.children(link, parent)
        return not there or not link.required

    def movable(self) -> list[tuple[int, Link]]:
        return [
            (h, link)
            for h, row in self.model.rows.items()
            if self.world.by_name[row.kind].key != "pair"
            for link in self.world.links_from(row.kind)
            if link.kind != "pairs"
        ]

    @precondition(lambda self: self.movable())
    @rule(data=st.data(), let_go=st.sampled_from([False, False, True]))
    def relate(self, data: st.DataObject, let_go: bool) -> None:
        self.settle()
        number = data.draw(st.integers(0, len(self.movable()) - 1), label="reference")
        child, link = self.movable()[number]
        row = self.model.rows[child]
        current = row.refs[link.name]
        if let_go:
            if current is None or (link.required and link.cascade != "orphan"):
                return
            if link.cascade == "orphan":
                self.drop_orphan(data, link, child, current)
            else:
                self.refer(data, link, child, None)
            return
        parents = [p for p in self.model.of(link.parent) if self.free(link, p)]
        if not link.post_update:
            parents = [p for p in parents if p != child and child not in self.model.above(p)]
        if not parents:
            return
        parent = self.pick(data, parents, "parent")
        there = self.model.children(link, parent) if link.kind == "single" else []
        for other in there:
            if other == child:
                continue
            if link.cascade == "orphan":
                self.drop_orphan(data, link, other, parent)
                self.settle()
                if child not in self.model.rows or parent not in self.model.rows:
                    return
            else:
                self.loaded(other, link.child_attribute)
                self.loaded(parent, link.parent_attribute)
                self.model.rows[other].refs[link.name] = None
        self.refer(data, link, child, parent)

    def refer(
        self, data: st.DataObject, link: Link, child: int, parent: int | None, from_parent: bool | None = None
    ) -> None:
        """Let a child refer to a parent, or to none, by one side or the other."""
        current = self.model.rows[child].refs[link.name]
        if from_parent is None:
            sides = [link.kind == "many"] if link.kind in ("one", "many") else [False, True]
            from_parent = data.draw(st.sampled_from(sides), label="from parent")
        elif link.parent_attribute is None:
            from_parent = False
            self.session.add(self.objects[child])
        obj = self.objects[child]
        self.loaded(child, link.child_attribute)
        for one in (current, parent):
            if one is not None:
                self.loaded(one, link.parent_attribute)
        if not from_parent:
            assert link.child_attribute is not None
            setattr(obj, link.child_attribute, None if parent is None else self.objects[parent])
        elif link.kind == "single":
            owner = current if parent is None else parent
            if owner is not None:
                setattr(self.objects[owner], str(link.parent_attribute), None if parent is None else obj)
        elif current != parent:
            attribute = str(link.parent_attribute)
            with self.session.no_autoflush:  # in between the child is nobody's
                if current is not None and (parent is None or link.kind == "many"):
                    take_out(getattr(self.objects[current], attribute), obj)
                if parent is not None:
                    put_in(getattr(self.objects[parent], attribute), obj)
        self.model.rows[child].refs[link.name] = parent
        self.changed()

    def drop_orphan(self, data: st.DataObject, link: Link, child: int, parent: int) -> None:
        """Take a child from a parent that it cannot be without: it is deleted, or never was."""
        self.flush()
        if link.cascade == "orphan":
            self.release_referrers(self.model.doomed(child))
        from_parent = link.kind == "many" or data.draw(st.booleans(), label="from parent")
        attribute = str(link.parent_attribute)
        if not from_parent:
            getattr(self.objects[child], str(link.child_attribute))
            setattr(self.objects[child], str(link.child_attribute), None)
        elif link.kind == "single":
            getattr(self.objects[parent], attribute)
            setattr(self.objects[parent], attribute, None)
        else:
            take_out(getattr(self.objects[parent], attribute), self.objects[child])
        self.model.delete(child)
        self.changed()
        self.stale = True

    @precondition(lambda self: any(ln.kind == "pairs" for ln in self.world.links) and self.model.rows)
    @rule(data=st.data(), from_right=st.booleans())
    def pair(self, data: st.DataObject, from_right: bool) -> None:
        self.settle()
        link = data.draw(st.sampled_from([ln for ln in self.world.links if ln.kind == "pairs"]))
        lefts, rights = self.model.of(link.child), self.model.of(link.parent)
        if not lefts or not rights:
            return
        left, right = self.pick(data, lefts, "left"), self.pick(data, rights, "right")
        self.loaded(left, link.name)
        self.loaded(right, link.parent_attribute)
        from_right = from_right and link.two_sided
        owner, member = (right, left) if from_right else (left, right)
        held = getattr(self.objects[owner], str(link.parent_attribute) if from_right else link.name)
        pairs = self.model.pairs.setdefault(link.name, set())
        if (left, right) in pairs:
            take_out(held, self.objects[member])
            pairs.discard((left, right))
        else:
            put_in(held, self.objects[member])
            pairs.add((left, right))
        self.changed()

    @precondition(lambda self: any(ln.kind == "pairs" for ln in self.world.links) and self.model.rows)
    @rule(data=st.data())
    def replace_collection(self, data: st.DataObject) -> None:
        self.settle()
        link = data.draw(st.sampled_from([ln for ln in self.world.links if ln.kind == "pairs"]))
        lefts, rights = self.model.of(link.child), self.model.of(link.parent)
        if not lefts or not rights:
            return
        left = self.pick(data, lefts, "left")
        wanted = data.draw(st.sets(st.sampled_from(sorted(rights))), label="members")
        before = {r for lf, r in self.model.pairs.get(link.name, set()) if lf == left}
        self.loaded(left, link.name)
        for right in wanted | before:
            self.loaded(right, link.parent_attribute)
        members = [self.objects[h] for h in sorted(wanted)]
        value: Any = {"list": list, "set": set}.get(link.collection, lambda ms: {m.uid: m for m in ms})(members)
        setattr(self.objects[left], link.name, value)
        pairs = self.model.pairs.setdefault(link.name, set())
        pairs -= {(left, r) for r in before}
        pairs |= {(left, r) for r in wanted}
        self.changed()

    # -- deleting -----------------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        self.settle()
        self.flush()
        wanted = data.draw(st.sets(st.sampled_from(sorted(self.model.rows)), min_size=1, max_size=3), label="deleted")
        doomed = set().union(*[self.model.doomed(h) for h in wanted])
        self.release_referrers(doomed)
        with self.session.no_autoflush:  # one of them may refer to another
            for handle in sorted(wanted):
                self.session.delete(self.objects[handle])
        for handle in sorted(wanted):
            if handle in self.model.rows:
                self.model.delete(handle)
        self.changed()
        self.stale = True

    def release_referrers(self, doomed: set[int]) -> None:
        """Where only the child knows of a reference, the program has to let go."""
        for handle, row in self.model.rows.items():
            for link in self.world.links_from(row.kind):
                if link.kind == "one" and row.refs[link.name] in doomed and handle not in doomed:
                    setattr(self.objects[handle], link.name, None)
                    row.refs[link.name] = None
                    self.changed()
                if link.kind == "pairs" and not link.two_sided:
                    # Nor does the right side of a one-sided many-to-many know that it is referred to.
                    held = {p for p in self.model.pairs.get(link.name, set()) if p[0] == handle and p[1] in doomed}
                    if held and handle not in doomed:
                        for _left, right in held:
                            take_out(getattr(self.objects[handle], link.name), self.objects[right])
                        self.model.pairs[link.name] -= held
                        self.changed()

    @precondition(lambda self: any(self.keyed(h) for h in self.model.rows))
    @rule(data=st.data(), v=VALUES)
    def take_over_row(self, data: st.DataObject, v: str | None) -> None:
        """A new object with the key of one that the same flush deletes."""
        self.settle()
        self.flush()
        old = self.pick(data, [h for h in self.model.rows if self.keyed(h)])
        row = self.model.rows[old]
        if any(ln.required or ln.kind != "one" for ln in self.world.links_from(row.kind)):
            return
        if self.world.links_to(row.kind):
            return
        name, key = row.kind, row.key
        self.session.delete(self.objects[old])
        self.model.delete(old)
        new = self.enter(name, {"v": v, "n": 5}, key)
        for link in self.world.links_from(name):
            setattr(self.objects[new], link.name, None)
        for klass in self.world.line(name):
            setattr(self.objects[new], klass.own_column, None)
        self.session.add(self.objects[new])
        self.changed()
        self.stale = True

    # -- transactions -------------------------------------------------------------------------------------------------

    @rule()
    def flush(self) -> None:
        self.session.flush()
        self.flushed()

    def flushed(self) -> None:
        self.clean = True
        if self.stale:
            self.session.expire_all()
            self.stale = False
        self.learn_keys()

    def learn_keys(self) -> None:
        """Take the keys that the database has made from the database."""
        assert self.built is not None
        for klass in self.world.classes:
            unknown = [h for h, r in self.model.rows.items() if r.key is None and r.kind == klass.name]
            if klass.key != "auto" or not unknown:
                continue
            table = self.built.metadata.tables[klass.root.lower()]
            rows = self.session.connection().execute(select(table.c.uid, table.c.id)).all()
            for uid, key in rows:
                if uid in self.model.rows and self.world.by_name[self.model.rows[uid].kind].root == klass.root:
                    self.model.rows[uid].key = (key,)

    @rule()
    def commit(self) -> None:
        if self.stale:
            self.settle()
        self.session.commit()
        self.flushed()
        self.committed = self.model.copy()
        self.objects = {h: obj for h, obj in self.objects.items() if h in self.model.rows}
        self.read_back.clear()
        self.savepoints.clear()

    def went_back(self, before: Model) -> None:
        """Objects that were new are transient again; all others are as they were."""
        assert self.built is not None
        for handle, obj in self.objects.items():
            if handle in before.rows:
                continue
            if handle in self.read_back:
                if obj in self.session:
                    self.session.expunge(obj)
            elif handle in self.model.rows:
                assert inspect(obj).transient, handle
        self.model = before.copy()
        for handle in self.read_back & before.rows.keys():
            # Read by a key that is undone now, so that the session cannot know which row it was.
            if self.keyed(handle) and inspect(self.objects[handle]).identity != before.key_of(handle):
                self.session.expunge(self.objects[handle])
                mapped = self.built.classes[before.rows[handle].kind]
                self.objects[handle] = self.session.get(mapped, before.key_of(handle))
        self.clean = True
        self.stale = False

    @rule()
    def rollback(self) -> None:
        self.session.rollback()
        self.went_back(self.committed)
        self.savepoints.clear()

    @precondition(lambda self: len(self.savepoints) < 3)
    @rule()
    def savepoint(self) -> None:
        self.settle()
        transaction = self.session.begin_nested()
        self.flushed()
        self.savepoints.append((transaction, self.model.copy()))

    @precondition(lambda self: self.savepoints)
    @rule()
    def release(self) -> None:
        self.settle()
        transaction, _before = self.savepoints.pop()
        transaction.commit()
        self.flushed()

    @precondition(lambda self: self.savepoints)
    @rule()
    def rollback_to_savepoint(self) -> None:
        transaction, before = self.savepoints.pop()
        transaction.rollback()
        self.went_back(before)

    # -- life in the session ------------------------------------------------------------------------------------------

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data(), whole=st.booleans())
    def expire_or_refresh(self, data: st.DataObject, whole: bool) -> None:
        self.settle()
        self.flush()
        obj = self.objects[self.pick(data, self.model.rows)]
        action = data.draw(st.sampled_from(["expire", "refresh", "expire_all"]))
        if action == "expire_all":
            self.session.expire_all()
        else:
            mapper = inspect(obj).mapper
            keys = sorted([*mapper.column_attrs.keys(), *mapper.relationships.keys()])
            names = None if whole else data.draw(st.sets(st.sampled_from(keys), min_size=1), label="attributes")
            getattr(self.session, action)(obj, None if names is None else sorted(names))

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data())
    def leave_and_come_back(self, data: st.DataObject) -> None:
        self.settle()
        self.flush()
        if self.savepoints:
            return  # an object that leaves within a savepoint is nobody's when it is rolled back
        self.commit()
        obj = self.objects[self.pick(data, self.model.rows)]
        self.session.refresh(obj)
        self.session.expunge(obj)
        assert inspect(obj).detached
        self.session.add(obj)
        for member in self.objects.values():
            if member not in self.session:
                self.session.add(member)  # expunge cascades
        self.session.expire_all()

    @precondition(lambda self: self.model.rows)
    @rule(protocol=st.sampled_from([2, pickle.HIGHEST_PROTOCOL]), load=st.booleans())
    def pack_and_unpack(self, protocol: int, load: bool) -> None:
        """Everything goes through pickle into another session."""
        self.commit()
        if load:
            self.read_everything()
        self.objects = pickle.loads(pickle.dumps(self.objects, protocol))
        self.session.close()
        self.session = Session(self.engine, **self.options)
        self.session.add_all(self.objects.values())
        self.session.commit()  # begins anew, so that what was not loaded is read when it is asked for

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data(), v=VALUES)
    def merge(self, data: st.DataObject, v: str | None) -> None:
        """Merge a copy that somebody else has changed."""
        assert self.built is not None
        self.settle()
        self.flush()
        handle = self.pick(data, self.model.rows)
        row = self.model.rows[handle]
        given = dict(zip(self.world.key_names(row.kind), self.model.key_of(handle), strict=True))
        copy = self.built.classes[row.kind](v=v, uid=handle, **given)
        merged = self.session.merge(copy)
        assert merged is self.objects[handle]
        row.values["v"] = v
        self.changed()

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data(), v=VALUES, how=st.sampled_from(["auto", "fetch", "evaluate"]))
    def change_in_bulk(self, data: st.DataObject, v: str | None, how: str) -> None:
        assert self.built is not None
        self.settle()
        self.flush()
        klass = data.draw(st.sampled_from([c for c in self.world.classes if c.how in ("root", "concrete")]))
        mapped = self.built.classes[klass.name]
        if any(c.how == "concrete" and c.base == klass.name for c in self.world.classes):
            return
        statement = update(mapped).where(mapped.n == 1).values(v=v)
        self.session.execute(statement, execution_options={"synchronize_session": how})
        for handle in self.model.of(klass.name):
            row = self.model.rows[handle]
            if row.values["n"] == 1:
                row.values["v"] = v

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data(), how=st.sampled_from(["auto", "fetch", "evaluate"]))
    def delete_in_bulk(self, data: st.DataObject, how: str) -> None:
        """Delete rows of a class without relations and subclasses."""
        assert self.built is not None
        self.settle()
        self.flush()
        alone = [
            c for c in self.world.classes
            if c.how == "root" and not any(o.base == c.name for o in self.world.classes)
            and not any(c.name in (ln.child, ln.parent) for ln in self.world.links)
        ]  # fmt: skip
        if not alone:
            return
        klass = data.draw(st.sampled_from(alone))
        mapped = self.built.classes[klass.name]
        self.session.execute(delete(mapped).where(mapped.n == 2), execution_options={"synchronize_session": how})
        for handle in self.model.of(klass.name):
            if self.model.rows[handle].values["n"] == 2:
                self.model.delete(handle)
        self.session.expire_all()

    @rule(data=st.data(), v=VALUES, how=st.sampled_from(["insert", "mappings"]), count=st.integers(1, 4))
    def insert_in_bulk(self, data: st.DataObject, v: str | None, how: str, count: int) -> None:
        assert self.built is not None
        self.settle()
        self.flush()
        names = [
            c.name for c in self.world.classes
            if c.key != "pair" and not any(ln.required for ln in self.world.links_from(c.name))
        ]  # fmt: skip
        if not names:
            return
        name = data.draw(st.sampled_from(names))
        klass, mapped = self.world.by_name[name], self.built.classes[name]
        handles, rows = [], []
        for _ in range(count):
            handle = self.enter(name, {"v": v, "n": 3}, None)
            key = self.model.rows[handle].key
            given = {} if key is None else dict(zip(self.world.key_names(name), key, strict=True))
            if klass.versioned:
                given["version"] = 1
            rows.append({"uid": handle, "v": v, "n": 3, **given})
            handles.append(handle)
        if how == "insert":
            self.session.execute(insert(mapped), rows)
        else:
            self.session.bulk_insert_mappings(mapped, rows)
        for obj in self.session.scalars(select(mapped).where(mapped.uid.in_(handles))):
            self.objects[obj.uid] = obj
            self.read_back.add(obj.uid)
        self.flushed()

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data())
    def query(self, data: st.DataObject) -> None:
        """A query sees what is pending, when the session flushes by itself."""
        assert self.built is not None
        self.settle()
        if not self.options["autoflush"]:
            self.flush()
        name = data.draw(st.sampled_from([c.name for c in self.world.classes]))
        found = self.session.scalars(select(self.built.classes[name])).all()
        self.flushed()
        assert sorted(o.uid for o in found) == sorted(self.model.of(name))
        assert all(o is self.objects[o.uid] for o in found)

    @precondition(lambda self: self.model.rows)
    @rule(data=st.data())
    def forget(self, data: st.DataObject) -> None:
        """Nobody holds an object any more; it is got again by its key."""
        assert self.built is not None
        self.settle()
        self.flush()
        self.session.expire_all()
        handle = self.pick(data, self.model.rows)
        row = self.model.rows[handle]
        del self.objects[handle]
        found = self.session.get(self.built.classes[row.kind], self.model.key_of(handle))
        assert found is not None
        assert found.uid == handle
        self.objects[handle] = found
        self.read_back.add(handle)

    @rule()
    def read_everything(self) -> None:
        """Load what is not loaded, and compare."""
        self.settle()
        self.flush()
        for handle in self.model.rows:
            self.compare(handle, load=True)

    # -- comparing ----------------------------------------------------------------------------------------------------

    @invariant()
    def all_is_as_the_model_says(self) -> None:
        if self.built is None or not self.clean:
            return
        connection = self.session.connection()
        for name, (columns, expected) in self.model.tables().items():
            table = self.built.metadata.tables[name]
            found = {tuple(r) for r in connection.execute(select(*[table.c[c] for c in columns]))}
            assert found == expected, name
        if not self.stale:
            for handle in self.model.rows:
                self.compare(handle)

    def compare(self, handle: int, load: bool = False) -> None:
        """Compare an object with its row in the model: what is loaded, or everything."""
        world, row, obj = self.world, self.model.rows[handle], self.objects[handle]
        state = inspect(obj)
        assert state.persistent, handle
        there = obj.__dict__
        expected: dict[str, Any] = dict(row.values)
        expected |= dict(zip(world.key_names(row.kind), self.model.key_of(handle), strict=True))
        for link in world.links_from(row.kind):
            if link.kind == "pairs":
                members = {r for lf, r in self.model.pairs.get(link.name, set()) if lf == handle}
                expected[link.name] = {id(self.objects[h]) for h in members}
                continue
            other = row.refs[link.name]
            columns = world.columns_of(link)
            keys = [None] * len(columns) if other is None else self.model.key_of(other)
            if world.by_name[link.child].key != "pair":
                expected |= dict(zip(columns, keys, strict=True))
            if link.child_attribute:
                expected[link.name] = None if other is None else id(self.objects[other])
        for link in world.links_to(row.kind):
            if link.parent_attribute is None:
                continue
            if link.kind == "pairs":
                handles = {lf for lf, r in self.model.pairs.get(link.name, set()) if r == handle}
            else:
                handles = set(self.model.children(link, handle))
            expected[link.parent_attribute] = {id(self.objects[h]) for h in handles}
        for key, value in expected.items():
            if not load and key not in there:
                continue
            found = getattr(obj, key)
            if isinstance(value, set):
                found = {id(o) for o in as_list(found)}
            elif key in world_links(world):
                found = None if found is None else id(found)
            assert found == value, (handle, key)


def world_links(world: World) -> set[str]:
    return {link.name for link in world.links}


def as_list(held: Any) -> list[Any]:
    if held is None:
        return []
    if isinstance(held, dict):
        return list(held.values())
    return list(held) if isinstance(held, (list, set)) else [held]


def put_in(held: Any, obj: Any) -> None:
    if isinstance(held, dict):
        held[obj.uid] = obj
    elif isinstance(held, set):
        held.add(obj)
    else:
        held.append(obj)


def take_out(held: Any, obj: Any) -> None:
    if isinstance(held, dict):
        del held[obj.uid]
    else:
        held.remove(obj)


def _length(runs: int, steps: int) -> settings:
    return settings(
        max_examples=runs,
        stateful_step_count=steps,
        deadline=None,
        suppress_health_check=list(HealthCheck),
        report_multiple_bugs=False,
        # Not to explain: it traces every line, which makes each run many times slower.
        phases=[Phase.explicit, Phase.reuse, Phase.generate, Phase.shrink],
    )


RandomMappings.TestCase.settings = _length(25, 25)
TestRandomMappings = RandomMappings.TestCase


@pytest.mark.soak
@pytest.mark.timeout(0)
class TestRandomMappingsLong(RandomMappings.TestCase):
    settings = _length(int(os.environ.get("LECT_MACHINE_RUNS", "5000")), 40)
