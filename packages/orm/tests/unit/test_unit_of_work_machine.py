"""A random program over every kind of relationship, run on a session and on a plain model side by side.

After each flush, commit, rollback and savepoint the tables hold exactly the rows that the model says, and the objects
in
memory say the same.
"""

from __future__ import annotations

import os
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from lect import Column, ForeignKey, ForeignKeyConstraint, Integer, String, Table, create_engine, select
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column, relationship

URL = os.environ.get("LECT_MACHINE_URL", "sqlite://")

#: SQLite does not enforce foreign keys here, so that the flush has to carry changed keys over; servers do it
#: themselves.
ENFORCED = not URL.startswith("sqlite")
ON_UPDATE = "CASCADE" if ENFORCED else None


class Base(DeclarativeBase):
    pass


person_tag = Table(
    "person_tag",
    Base.metadata,
    Column("person_code", String(30), ForeignKey("person.code", onupdate=ON_UPDATE), primary_key=True),
    Column("tag_id", Integer, ForeignKey("tag.id"), primary_key=True),
)


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    leader_code: Mapped[str | None] = mapped_column(
        String(30), ForeignKey("person.code", name="fk_team_leader", use_alter=True, onupdate=ON_UPDATE)
    )
    members: Mapped[list[Person]] = relationship(back_populates="team", foreign_keys="Person.team_id")
    leader: Mapped[Person | None] = relationship(
        foreign_keys="Team.leader_code", post_update=True, passive_updates=ENFORCED
    )


class Person(Base):
    __tablename__ = "person"
    code: Mapped[str] = mapped_column(String(30), primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    team_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    team: Mapped[Team | None] = relationship(back_populates="members", foreign_keys="Person.team_id")
    tags: Mapped[set[Tag]] = relationship(secondary=person_tag, back_populates="persons", passive_updates=ENFORCED)


class Tag(Base):
    __tablename__ = "tag"
    id: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str] = mapped_column(String(30))
    persons: Mapped[list[Person]] = relationship(secondary=person_tag, back_populates="tags", passive_updates=ENFORCED)


class Node(Base):
    __tablename__ = "node"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(30))
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("node.id"))
    children: Mapped[list[Node]] = relationship(back_populates="parent", cascade="all")
    parent: Mapped[Node | None] = relationship(back_populates="children", remote_side="Node.id")


class Project(Base):
    __tablename__ = "project"
    org: Mapped[str] = mapped_column(String(30), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True, autoincrement=False)
    title: Mapped[str] = mapped_column(String(30))
    tasks: Mapped[list[Task]] = relationship(back_populates="project", cascade="all, delete-orphan")


class Task(Base):
    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str] = mapped_column(String(30))
    kind: Mapped[str] = mapped_column(String(10))
    project_org: Mapped[str] = mapped_column(String(30))
    project_number: Mapped[int]
    project: Mapped[Project] = relationship(back_populates="tasks")
    __table_args__ = (ForeignKeyConstraint(["project_org", "project_number"], ["project.org", "project.number"]),)
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "task"}


class Bug(Task):
    __tablename__ = "bug"
    id: Mapped[int] = mapped_column(ForeignKey("task.id"), primary_key=True)
    severity: Mapped[int]
    __mapper_args__ = {"polymorphic_identity": "bug"}


def empty_database() -> Any:
    """Return an engine whose tables are there and empty."""
    if not ENFORCED:
        engine = create_engine(URL)
        Base.metadata.create_all(engine)
        return engine
    engine = _SERVER.get("engine")
    if engine is None:
        engine = _SERVER["engine"] = create_engine(URL)
        Base.metadata.drop_all(engine)
        Base.metadata.create_all(engine)
    tables = Base.metadata.tables
    with engine.begin() as connection:
        connection.execute(tables["team"].update().values(leader_code=None))
        connection.execute(tables["node"].update().values(parent_id=None))
        for name in ("person_tag", "bug", "task", "project", "node", "tag", "person", "team"):
            connection.execute(tables[name].delete())
    return engine


_SERVER: dict[str, Any] = {}


class Model:
    """What the rows should be: kind -> handle -> values; a reference is a handle."""

    def __init__(self) -> None:
        self.rows: dict[str, dict[int, dict[str, Any]]] = {
            k: {} for k in ("team", "person", "tag", "node", "project", "task")
        }

    def copy(self) -> Model:
        made = Model()
        made.rows = {
            kind: {h: {k: (set(v) if isinstance(v, set) else v) for k, v in row.items()} for h, row in rows.items()}
            for kind, rows in self.rows.items()
        }
        return made


names = st.sampled_from(["ada", "bob", "cy", "dee", "eve"])


class UnitOfWork(RuleBasedStateMachine):
    def __init__(self) -> None:
        super().__init__()
        self.engine = empty_database()
        self.session = Session(self.engine, autoflush=False)
        self.objects: dict[int, Any] = {}
        self.model = Model()
        self.committed = Model()
        self.savepoints: list[tuple[Any, Model]] = []
        self.handles = 0
        self.codes = 0
        self.clean = True

    @initialize(expire=st.booleans())
    def begin(self, expire: bool) -> None:
        self.session.expire_on_commit = expire

    def teardown(self) -> None:
        self.session.close()
        if not ENFORCED:
            self.engine.dispose()

    # -- making -------------------------------------------------------------------------------------------------------

    def enter(self, kind: str, obj: Any, add: bool = True, **values: Any) -> int:
        self.handles += 1
        self.objects[self.handles] = obj
        self.model.rows[kind][self.handles] = values
        if add:
            self.session.add(obj)
        self.clean = False
        return self.handles

    def code(self) -> str:
        self.codes += 1
        return f"c{self.codes}"

    @rule(name=names)
    def make_team(self, name: str) -> None:
        self.enter("team", Team(name=name), name=name, leader=None)

    @rule(name=names)
    def make_person(self, name: str) -> None:
        code = self.code()
        self.enter("person", Person(code=code, name=name), code=code, name=name, team=None, tags=set())

    @rule(label=names)
    def make_tag(self, label: str) -> None:
        self.enter("tag", Tag(label=label), label=label)

    @rule(name=names)
    def make_node(self, name: str) -> None:
        self.enter("node", Node(name=name), name=name, parent=None)

    @rule(title=names)
    def make_project(self, title: str) -> None:
        org = self.code()
        self.enter("project", Project(org=org, number=len(org), title=title), org=org, number=len(org), title=title)

    @precondition(lambda self: self.model.rows["project"])
    @rule(data=st.data(), title=names, bug=st.booleans())
    def make_task(self, data: st.DataObject, title: str, bug: bool) -> None:
        project = self.pick(data, "project")
        obj = Bug(title=title, severity=3) if bug else Task(title=title)
        self.objects[project].tasks.append(obj)
        self.enter("task", obj, add=False, title=title, project=project, severity=3 if bug else None)

    # -- changing -----------------------------------------------------------------------------------------------------

    def pick(self, data: st.DataObject, kind: str) -> int:
        return data.draw(st.sampled_from(sorted(self.model.rows[kind])), label=kind)

    @precondition(lambda self: any(self.model.rows[k] for k in ("team", "person", "node")))
    @rule(data=st.data(), name=names)
    def rename(self, data: st.DataObject, name: str) -> None:
        kind = data.draw(st.sampled_from([k for k in ("team", "person", "node") if self.model.rows[k]]))
        handle = self.pick(data, kind)
        self.objects[handle].name = name
        self.model.rows[kind][handle]["name"] = name
        self.clean = False

    @precondition(lambda self: any(r["severity"] is not None for r in self.model.rows["task"].values()))
    @rule(data=st.data(), severity=st.integers(0, 9))
    def change_severity(self, data: st.DataObject, severity: int) -> None:
        bugs = [h for h, r in self.model.rows["task"].items() if r["severity"] is not None]
        handle = data.draw(st.sampled_from(sorted(bugs)))
        self.objects[handle].severity = severity
        self.model.rows["task"][handle]["severity"] = severity
        self.clean = False

    @precondition(lambda self: self.model.rows["person"])
    @rule(data=st.data())
    def change_key(self, data: st.DataObject) -> None:
        handle = self.pick(data, "person")
        code = self.code()
        self.objects[handle].code = code
        self.model.rows["person"][handle]["code"] = code
        self.clean = False

    @precondition(lambda self: self.model.rows["person"] and self.model.rows["team"])
    @rule(data=st.data(), out=st.booleans(), from_team=st.booleans())
    def join_team(self, data: st.DataObject, out: bool, from_team: bool) -> None:
        person, team = self.pick(data, "person"), self.pick(data, "team")
        row = self.model.rows["person"][person]
        if out:
            self.objects[person].team = None
            row["team"] = None
        elif from_team and row["team"] != team:
            self.objects[team].members.append(self.objects[person])
            row["team"] = team
        else:
            self.objects[person].team = self.objects[team]
            row["team"] = team
        self.clean = False

    @precondition(lambda self: self.model.rows["person"] and self.model.rows["team"])
    @rule(data=st.data())
    def lead(self, data: st.DataObject) -> None:
        person, team = self.pick(data, "person"), self.pick(data, "team")
        self.objects[team].leader = self.objects[person]
        self.model.rows["team"][team]["leader"] = person
        self.clean = False

    @precondition(lambda self: self.model.rows["person"] and self.model.rows["tag"])
    @rule(data=st.data(), from_tag=st.booleans())
    def toggle_tag(self, data: st.DataObject, from_tag: bool) -> None:
        person, tag = self.pick(data, "person"), self.pick(data, "tag")
        tags = self.model.rows["person"][person]["tags"]
        p, t = self.objects[person], self.objects[tag]
        if tag in tags:
            t.persons.remove(p) if from_tag else p.tags.remove(t)
            tags.discard(tag)
        else:
            t.persons.append(p) if from_tag else p.tags.add(t)
            tags.add(tag)
        self.clean = False

    @precondition(lambda self: len(self.model.rows["node"]) > 1)
    @rule(data=st.data(), from_parent=st.booleans(), root=st.booleans())
    def move_node(self, data: st.DataObject, from_parent: bool, root: bool) -> None:
        child, parent = self.pick(data, "node"), self.pick(data, "node")
        rows = self.model.rows["node"]
        above: int | None = parent
        while above is not None:  # a tree stays a tree
            if above == child:
                return
            above = rows[above]["parent"]
        if root:
            self.objects[child].parent = None
            rows[child]["parent"] = None
        elif from_parent and rows[child]["parent"] != parent:
            self.objects[parent].children.append(self.objects[child])
            rows[child]["parent"] = parent
        else:
            self.objects[child].parent = self.objects[parent]
            rows[child]["parent"] = parent
        self.clean = False

    @precondition(lambda self: self.model.rows["task"] and self.model.rows["project"])
    @rule(data=st.data())
    def move_task(self, data: st.DataObject) -> None:
        task, project = self.pick(data, "task"), self.pick(data, "project")
        self.objects[task].project = self.objects[project]
        self.model.rows["task"][task]["project"] = project
        self.clean = False

    @precondition(lambda self: self.model.rows["task"])
    @rule(data=st.data())
    def drop_task(self, data: st.DataObject) -> None:
        task = self.pick(data, "task")
        project = self.model.rows["task"][task]["project"]
        self.objects[project].tasks.remove(self.objects[task])
        del self.model.rows["task"][task]
        self.clean = False

    # -- deleting -----------------------------------------------------------------------------------------------------

    @precondition(lambda self: any(self.model.rows.values()))
    @rule(data=st.data())
    def delete(self, data: st.DataObject) -> None:
        kind = data.draw(st.sampled_from([k for k, rows in self.model.rows.items() if rows]))
        handle = self.pick(data, kind)
        self.flush()  # only what has a row can be deleted
        obj = self.objects[handle]
        rows = self.model.rows
        if kind == "team":
            for row in rows["person"].values():
                if row["team"] == handle:
                    row["team"] = None
        elif kind == "person":
            for team, row in rows["team"].items():
                if row["leader"] == handle:
                    self.objects[team].leader = None
                    row["leader"] = None
        elif kind == "tag":
            for row in rows["person"].values():
                row["tags"].discard(handle)
        elif kind == "node":
            below = [handle]
            for one in below:
                below.extend([h for h, row in rows["node"].items() if row["parent"] == one])
            for one in below[1:]:
                del rows["node"][one]
        elif kind == "project":
            for task in [h for h, row in rows["task"].items() if row["project"] == handle]:
                del rows["task"][task]
        elif kind == "task":
            # A collection in memory keeps a deleted member until it is read again.
            self.session.expire(self.objects[rows["task"][handle]["project"]], ["tasks"])
        del rows[kind][handle]
        self.session.delete(obj)
        self.clean = False
        self.flush()
        self.session.expire_all()

    # -- transactions -------------------------------------------------------------------------------------------------

    @rule()
    def flush(self) -> None:
        self.session.flush()
        self.clean = True

    @rule()
    def commit(self) -> None:
        self.session.commit()
        self.committed = self.model.copy()
        known = {h for rows in self.model.rows.values() for h in rows}
        self.objects = {h: obj for h, obj in self.objects.items() if h in known}
        self.savepoints.clear()
        self.clean = True

    @rule()
    def rollback(self) -> None:
        self.session.rollback()
        self.model = self.committed.copy()
        self.savepoints.clear()
        self.clean = True

    @precondition(lambda self: len(self.savepoints) < 3)
    @rule()
    def savepoint(self) -> None:
        transaction = self.session.begin_nested()
        self.savepoints.append((transaction, self.model.copy()))
        self.clean = True

    @precondition(lambda self: self.savepoints)
    @rule()
    def release(self) -> None:
        transaction, _before = self.savepoints.pop()
        transaction.commit()
        self.clean = True

    @precondition(lambda self: self.savepoints)
    @rule()
    def rollback_to_savepoint(self) -> None:
        transaction, before = self.savepoints.pop()
        transaction.rollback()
        self.model = before.copy()
        self.clean = True

    @rule()
    def expire(self) -> None:
        self.session.flush()
        self.session.expire_all()
        self.clean = True

    # -- comparing ----------------------------------------------------------------------------------------------------

    @invariant()
    def rows_are_as_the_model_says(self) -> None:
        if not self.clean:
            return
        expected, found = self.expected(), self.found()
        assert found == expected

    def expected(self) -> dict[str, Any]:
        rows, objects = self.model.rows, self.objects
        codes = {h: row["code"] for h, row in rows["person"].items()}
        ids = {h: objects[h].id for kind in ("team", "tag", "node", "task") for h in rows[kind]}
        return {
            "team": {(ids[h], r["name"], codes.get(r["leader"])) for h, r in rows["team"].items()},
            "person": {(r["code"], r["name"], ids.get(r["team"])) for h, r in rows["person"].items()},
            "tag": {(ids[h], r["label"]) for h, r in rows["tag"].items()},
            "person_tag": {(r["code"], ids[t]) for r in rows["person"].values() for t in r["tags"]},
            "node": {(ids[h], r["name"], ids.get(r["parent"])) for h, r in rows["node"].items()},
            "project": {(r["org"], r["number"], r["title"]) for r in rows["project"].values()},
            "task": {
                (
                    ids[h],
                    r["title"],
                    "task" if r["severity"] is None else "bug",
                    rows["project"][r["project"]]["org"],
                    rows["project"][r["project"]]["number"],
                )
                for h, r in rows["task"].items()
            },
            "bug": {(ids[h], r["severity"]) for h, r in rows["task"].items() if r["severity"] is not None},
        }

    def found(self) -> dict[str, Any]:
        connection = self.session.connection()
        tables = Base.metadata.tables
        columns = {
            "team": ("id", "name", "leader_code"),
            "person": ("code", "name", "team_id"),
            "tag": ("id", "label"),
            "person_tag": ("person_code", "tag_id"),
            "node": ("id", "name", "parent_id"),
            "project": ("org", "number", "title"),
            "task": ("id", "title", "kind", "project_org", "project_number"),
            "bug": ("id", "severity"),
        }
        return {
            name: {tuple(row) for row in connection.execute(select(*[tables[name].c[c] for c in keys]))}
            for name, keys in columns.items()
        }

    @invariant()
    def objects_are_as_the_model_says(self) -> None:
        if not self.clean:
            return
        rows, objects = self.model.rows, self.objects
        for h, row in rows["team"].items():
            assert objects[h].leader is (None if row["leader"] is None else objects[row["leader"]])
            members = {p for p, r in rows["person"].items() if r["team"] == h}
            assert {id(o) for o in objects[h].members} == {id(objects[p]) for p in members}
        for h, row in rows["person"].items():
            assert objects[h].code == row["code"]
            assert {id(o) for o in objects[h].tags} == {id(objects[t]) for t in row["tags"]}
        for h, row in rows["node"].items():
            assert objects[h].parent is (None if row["parent"] is None else objects[row["parent"]])
        for h in rows["project"]:
            tasks = {t for t, r in rows["task"].items() if r["project"] == h}
            assert {id(o) for o in objects[h].tasks} == {id(objects[t]) for t in tasks}


UnitOfWork.TestCase.settings = settings(
    max_examples=25, stateful_step_count=25, deadline=None, suppress_health_check=list(HealthCheck)
)
TestUnitOfWork = UnitOfWork.TestCase


@pytest.mark.soak
class TestUnitOfWorkLong(UnitOfWork.TestCase):
    settings = settings(
        max_examples=int(os.environ.get("LECT_MACHINE_RUNS", "5000")),
        stateful_step_count=40,
        deadline=None,
        suppress_health_check=list(HealthCheck),
    )
