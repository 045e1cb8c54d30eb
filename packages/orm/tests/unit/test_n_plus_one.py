"""Programs that load object by object are told from programs that do not, and are told what to do."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterator
from typing import Any

import pytest

from lect import ForeignKey, create_engine, select
from lect.exc import ArgumentError, LectWarning
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    configure_mappers,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    undefer,
)
from lect_orm.exc import NPlusOneError, StatementBudgetExceeded


class Base(DeclarativeBase):
    pass


class Team(Base):
    __tablename__ = "team"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    parent_id: Mapped[int | None] = mapped_column(ForeignKey("team.id"))
    members: Mapped[list[Member]] = relationship(back_populates="team", cascade="all, delete-orphan")
    children: Mapped[list[Team]] = relationship(back_populates="parent")
    parent: Mapped[Team | None] = relationship(back_populates="children", remote_side=[id])


class Member(Base):
    __tablename__ = "member"
    id: Mapped[int] = mapped_column(primary_key=True)
    team_id: Mapped[int] = mapped_column(ForeignKey("team.id"))
    kind: Mapped[str]
    bio: Mapped[str] = mapped_column(deferred=True)
    team: Mapped[Team] = relationship(back_populates="members")
    tasks: Mapped[list[Task]] = relationship(back_populates="member")
    __mapper_args__ = {"polymorphic_on": "kind", "polymorphic_identity": "member"}


class Guest(Member):
    __mapper_args__ = {"polymorphic_identity": "guest"}


class Task(Base):
    __tablename__ = "task"
    id: Mapped[int] = mapped_column(primary_key=True)
    member_id: Mapped[int] = mapped_column(ForeignKey("member.id"))
    title: Mapped[str]
    member: Mapped[Member] = relationship(back_populates="tasks")


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        root = Team(name="root")
        for t in range(3):
            team = Team(name=f"t{t}", parent=root)
            for m in range(2):
                cls = Guest if m else Member
                team.members.append(cls(bio="b", tasks=[Task(title=f"{t}{m}{n}") for n in range(2)]))
            made.add(team)
        made.commit()
    with Session(engine, n_plus_one="raise") as used:
        yield used


def teams(s: Session, *options: Any) -> list[Team]:
    return list(s.scalars(select(Team).where(Team.parent_id.is_not(None)).order_by(Team.id).options(*options)).all())


def tasks(s: Session, *options: Any) -> list[Task]:
    return list(s.scalars(select(Task).order_by(Task.id).options(*options)).all())


def walk(team: Team) -> int:
    return 1 + sum(walk(child) for child in team.children)


def bad_collection(s: Session) -> None:
    for team in teams(s):
        len(team.members)


def bad_reference(s: Session) -> None:
    for task in tasks(s):
        task.member.kind


def bad_second_step(s: Session) -> None:
    for team in teams(s, selectinload(Team.members)):
        for member in team.members:
            member.tasks


def bad_second_step_joined(s: Session) -> None:
    for task in s.scalars(select(Task).options(joinedload(Task.member))):
        task.member.team.name


def bad_deferred(s: Session) -> None:
    for member in s.scalars(select(Member)):
        member.bio


def bad_expired(s: Session) -> None:
    found = teams(s)
    s.commit()
    for team in found:
        team.name


def bad_expired_one_by_one(s: Session) -> None:
    for team in teams(s):
        s.expire(team)
        team.name


def bad_comprehension(s: Session) -> None:
    [len(team.members) for team in teams(s)]


def bad_generator(s: Session) -> None:
    sum(len(team.members) for team in teams(s))


def bad_sorted(s: Session) -> None:
    sorted(tasks(s), key=lambda task: task.member.id)


def bad_map(s: Session) -> None:
    list(map(_count, teams(s)))


def _count(team: Team) -> int:
    return len(team.members)


def bad_recursion(s: Session) -> None:
    walk(s.scalars(select(Team).where(Team.parent_id.is_(None))).one())


def bad_query(s: Session) -> None:
    for team in s.query(Team).filter(Team.parent_id.is_not(None)):
        team.members


def bad_rows(s: Session) -> None:
    for member, _name in s.execute(select(Member, Team.name).join(Member.team)):
        member.tasks


def bad_getattr(s: Session) -> None:
    for team in teams(s):
        getattr(team, "members")  # noqa: B009


def bad_wrong_option(s: Session) -> None:
    for team in teams(s, selectinload(Team.children)):
        team.members


def bad_while(s: Session) -> None:
    left = teams(s)
    while left:
        left.pop().members


def bad_commit_between(s: Session) -> None:
    s.expire_on_commit = False
    for team in teams(s):
        team.members
        s.commit()


def bad_unloaded_by_expiry(s: Session) -> None:
    for team in teams(s, selectinload(Team.members)):
        s.expire(team, ["members"])
        team.members


def bad_partitions(s: Session) -> None:
    for chunk in s.scalars(select(Team).where(Team.parent_id.is_not(None))).partitions(2):
        for team in chunk:
            team.members


def bad_many_to_one_self(s: Session) -> None:
    for member in s.scalars(select(Member)):
        member.team.children


def bad_append(s: Session) -> None:
    for team in teams(s):
        team.members[0].kind = "guest"


def bad_any(s: Session) -> None:
    any(not team.members for team in teams(s))


def bad_dict(s: Session) -> None:
    {team.name: list(team.members) for team in teams(s)}


def bad_nested_loops(s: Session) -> None:
    for team in teams(s, selectinload(Team.members)):
        for task in [t for m in team.members for t in m.tasks]:
            task.title


def bad_subclass(s: Session) -> None:
    for guest in s.scalars(select(Guest)):
        guest.tasks


def bad_property(s: Session) -> None:
    class Shown:
        def __init__(self, team: Team) -> None:
            self.team = team

        @property
        def size(self) -> int:
            return len(self.team.members)

    for team in teams(s):
        Shown(team).size


def bad_refetched(s: Session) -> None:
    for team in teams(s):
        s.refresh(team, ["name"])
        team.members


def bad_delete(s: Session) -> None:
    for team in teams(s):
        s.delete(team)


def bad_iterator(s: Session) -> None:
    rest = iter(teams(s))
    for team in rest:
        bool(team.members)


BAD = [f for name, f in list(globals().items()) if name.startswith("bad_")]


def good_selectin(s: Session) -> None:
    for team in teams(s, selectinload(Team.members)):
        len(team.members)


def good_joined(s: Session) -> None:
    for task in tasks(s, joinedload(Task.member)):
        task.member.kind


def good_path(s: Session) -> None:
    for team in teams(s, selectinload(Team.members).selectinload(Member.tasks)):
        [t.title for m in team.members for t in m.tasks]


def good_undefer(s: Session) -> None:
    for member in s.scalars(select(Member).options(undefer(Member.bio))):
        member.bio


def good_one(s: Session) -> None:
    len(teams(s)[0].members)


def good_two_lines(s: Session) -> None:
    first, second, *_ = teams(s)
    len(first.members)
    len(second.members)


def good_same_object(s: Session) -> None:
    team = teams(s)[0]
    for _ in range(5):
        team.members
        s.expire(team, ["members"])


def good_identity_map(s: Session) -> None:
    held = s.scalars(select(Member)).all()
    for task in tasks(s):
        assert task.member in held


def good_same_parent(s: Session) -> None:
    for task in s.scalars(select(Task).where(Task.member_id == 1)):
        task.member.kind


def good_columns(s: Session) -> None:
    for name, _kind in s.execute(select(Team.name, Member.kind).join(Member.team)):
        name.upper()


def good_key_only(s: Session) -> None:
    for task in tasks(s):
        task.member_id


def good_commit_without_expiry(s: Session) -> None:
    s.expire_on_commit = False
    found = teams(s)
    s.commit()
    for team in found:
        team.name


def good_read_again(s: Session) -> None:
    found = teams(s)
    s.commit()
    assert teams(s)
    for team in found:
        team.name


def good_commit_each(s: Session) -> None:
    for n in range(3):
        team = Team(name=str(n))
        s.add(team)
        s.commit()
        team.id


def good_writes(s: Session) -> None:
    for team in teams(s):
        team.name += "!"
    s.flush()


def good_new_objects(s: Session) -> None:
    made = [Team(name=str(n), members=[Member(bio="x")]) for n in range(3)]
    s.add_all(made)
    s.flush()
    for team in made:
        team.members


def good_delete(s: Session) -> None:
    for team in teams(s, selectinload(Team.members).selectinload(Member.tasks)):
        for member in team.members:
            for task in member.tasks:
                s.delete(task)
        s.delete(team)
    s.flush()


def good_count(s: Session) -> None:
    for team in teams(s):
        team.id + 1


def good_none(s: Session) -> None:
    root = s.scalars(select(Team).where(Team.parent_id.is_(None))).all()
    for team in [*root, *root]:
        team.parent


def good_lookup(s: Session) -> None:
    _show(s, 2)
    _show(s, 3)


def _show(s: Session, key: int) -> int:
    return len(s.get_one(Team, key).members)


def good_get(s: Session) -> None:
    s.get(Team, 1)
    s.get(Team, 2)


def good_immediate(s: Session) -> None:
    for team in teams(s, selectinload(Team.members)):
        for member in team.members:
            member.team.name


def good_subquery(s: Session) -> None:
    from lect_orm import subqueryload

    for team in teams(s, subqueryload(Team.members)):
        team.members


def good_backref(s: Session) -> None:
    for team in teams(s):
        Member(bio="x", team=team)


def good_pagination(s: Session) -> None:
    for n in range(3):
        page = select(Team).order_by(Team.id).limit(1).offset(n).options(selectinload(Team.members))
        len(s.scalars(page).one().members)


def good_aggregate(s: Session) -> None:
    from lect import func

    s.execute(select(Member.team_id, func.count()).group_by(Member.team_id)).all()


def good_refresh_one(s: Session) -> None:
    team = teams(s)[0]
    s.refresh(team)
    team.members


def good_contains_eager(s: Session) -> None:
    from lect_orm import contains_eager

    for task in s.scalars(select(Task).join(Task.member).options(contains_eager(Task.member))):
        task.member.kind


def good_rollback(s: Session) -> None:
    team = teams(s)[0]
    for _ in range(3):
        team.name = "x"
        s.rollback()
        team.name


def good_merge(s: Session) -> None:
    s.merge(Team(id=2, name="x"))
    s.merge(Team(id=3, name="y"))


GOOD = [f for name, f in list(globals().items()) if name.startswith("good_")]


def test_there_are_enough_programs() -> None:
    assert len(BAD) >= 30 and len(GOOD) >= 30


@pytest.mark.parametrize("program", BAD, ids=lambda f: f.__name__)
def test_found(session: Session, program: Callable[[Session], None]) -> None:
    with pytest.raises(NPlusOneError, match=r"To load it for all of them at once") as caught:
        program(session)
    assert __file__ in str(caught.value)


@pytest.mark.parametrize("program", BAD, ids=lambda f: f.__name__)
def test_found_within_a_budget(session: Session, program: Callable[[Session], None]) -> None:
    session._guard = None
    with pytest.raises(NPlusOneError), session.budget():
        program(session)


@pytest.mark.parametrize("program", GOOD, ids=lambda f: f.__name__)
def test_no_false_alarm(session: Session, program: Callable[[Session], None]) -> None:
    program(session)


@pytest.mark.parametrize("program", GOOD, ids=lambda f: f.__name__)
def test_no_false_alarm_within_a_budget(session: Session, program: Callable[[Session], None]) -> None:
    with session.budget(statements=40, n_plus_one="raise"):
        program(session)


def test_the_error_names_option_and_line(session: Session) -> None:
    def program() -> None:
        for task in tasks(session):
            task.member  # here

    with pytest.raises(NPlusOneError, match=r"add \.options\(joinedload\(Task\.member\)\)") as caught:
        program()
    with open(__file__) as source:
        number = next(n for n, line in enumerate(source, 1) if line.endswith("# here\n"))
    assert f"{__file__}, line {number}" in str(caught.value)


def test_the_error_names_the_way_to_the_second_step(session: Session) -> None:
    with pytest.raises(NPlusOneError, match=r"selectinload\(Team\.members\)\.selectinload\(Member\.tasks\)"):
        bad_second_step(session)


def test_deferred_columns_name_undefer(session: Session) -> None:
    with pytest.raises(NPlusOneError, match=r"undefer\(Member\.bio\)"):
        bad_deferred(session)


def test_a_session_may_warn(session: Session) -> None:
    with Session(session.bind, n_plus_one="warn") as s, pytest.warns(LectWarning, match="N\\+1: Team.members"):
        bad_collection(s)


def test_nothing_is_said_when_not_asked_for(session: Session) -> None:
    with Session(session.bind) as s, warnings.catch_warnings():
        warnings.simplefilter("error")
        bad_collection(s)


def test_a_budget_sees_lookups_in_a_loop(session: Session) -> None:
    with pytest.raises(NPlusOneError), session.budget():
        for key in (2, 3, 4):
            session.get_one(Team, key).members


def test_a_budget_counts_statements(session: Session) -> None:
    with session.budget(statements=2) as budget:
        teams(session)
        teams(session)
        assert budget.executed == 2
        with pytest.raises(StatementBudgetExceeded, match=r"of 2 .*test_n_plus_one\.py, line \d+, .*SELECT team"):
            teams(session)
    teams(session)  # outside of it there is no limit


def test_budgets_are_nested(session: Session) -> None:
    with session.budget(statements=5) as outer, session.budget(statements=3) as inner:
        teams(session)
        tasks(session)
        assert (inner.executed, outer.executed) == (2, 2)
    with session.budget(statements=1), pytest.raises(StatementBudgetExceeded), session.budget():
        teams(session)
        tasks(session)


def test_the_session_can_be_used_after_a_refusal(session: Session) -> None:
    with session.budget(statements=0), pytest.raises(StatementBudgetExceeded):
        teams(session)
    assert len(teams(session)) == 3


@pytest.mark.parametrize("wrong", [{"statements": -1}, {"statements": "3"}, {"n_plus_one": "shout"}])
def test_wrong_budgets(session: Session, wrong: dict[str, Any]) -> None:
    with pytest.raises(ArgumentError):
        session.budget(**wrong)
    if "n_plus_one" in wrong:
        with pytest.raises(ArgumentError, match="shout"):
            Session(n_plus_one="shout")  # type: ignore[arg-type]


def test_a_relationship_can_be_declared_so() -> None:
    class Own(DeclarativeBase):
        pass

    class Parent(Own):
        __tablename__ = "parent"
        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list[Child]] = relationship(lazy="raise_n_plus_one")

    class Child(Own):
        __tablename__ = "child"
        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))

    configure_mappers()
    engine = create_engine("sqlite://")
    Own.metadata.create_all(engine)
    with Session(engine) as s:
        s.add_all([Parent(children=[Child()]) for _ in range(3)])
        s.commit()
    with Session(engine) as s:
        assert len(s.scalars(select(Parent)).first().children) == 1  # type: ignore[union-attr]
    with Session(engine) as s, pytest.raises(NPlusOneError, match=r"selectinload\(Parent\.children\)"):
        [p.children for p in s.scalars(select(Parent))]
    with Session(engine) as s:
        assert [len(p.children) for p in s.scalars(select(Parent).options(selectinload(Parent.children)))] == [1] * 3
