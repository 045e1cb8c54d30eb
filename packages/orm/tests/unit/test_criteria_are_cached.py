"""Statements with conditions for entities are translated and compiled once, and each execution binds its own values."""

from __future__ import annotations

import functools
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest

from lect import ForeignKey, create_engine, select
from lect.engine import running
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    joinedload,
    lazyload,
    mapped_column,
    query_expression,
    relationship,
    selectinload,
    subqueryload,
    with_expression,
    with_loader_criteria,
)
from lect_orm.query.translate import Translation


class Base(DeclarativeBase):
    pass


class HasTenant:
    tenant: Mapped[int] = mapped_column(default=1)


class Owner(HasTenant, Base):
    __tablename__ = "cc_owner"

    id: Mapped[int] = mapped_column(primary_key=True)
    pets: Mapped[list[Pet]] = relationship(order_by="Pet.id", back_populates="owner")
    older: Mapped[int] = query_expression()


class Pet(HasTenant, Base):
    __tablename__ = "cc_pet"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("cc_owner.id"))
    owner: Mapped[Owner | None] = relationship(back_populates="pets")
    toys: Mapped[list[Toy]] = relationship(order_by="Toy.id")
    older: Mapped[int] = query_expression()


class Toy(HasTenant, Base):
    __tablename__ = "cc_toy"

    id: Mapped[int] = mapped_column(primary_key=True)
    pet_id: Mapped[int | None] = mapped_column(ForeignKey("cc_pet.id"))


@pytest.fixture
def engine() -> Any:
    made = create_engine("sqlite://")
    Base.metadata.create_all(made)
    with Session(made) as session, session.begin():
        for o in (1, 2):
            pets = [
                Pet(id=o * 10 + p, tenant=p, toys=[Toy(id=o * 100 + p * 10 + t, tenant=t) for t in (1, 2, 3)])
                for p in (1, 2, 3)
            ]
            session.add(Owner(id=o, tenant=o, pets=pets))
    yield made
    made.dispose()


@contextmanager
def work(monkeypatch: Any) -> Iterator[dict[str, int]]:
    """Count translations and compilations."""
    done = {"translated": 0, "compiled": 0}
    translate, compile_statement = Translation._translate, running.compile_statement

    def counting_translate(self: Any) -> None:
        done["translated"] += 1
        translate(self)

    def counting_compile(*args: Any, **kw: Any) -> Any:
        done["compiled"] += 1
        return compile_statement(*args, **kw)

    with monkeypatch.context() as patch:
        patch.setattr(Translation, "_translate", counting_translate)
        patch.setattr(running, "compile_statement", counting_compile)
        yield done


def tree(session: Any, statement: Any) -> Any:
    owners = session.scalars(statement).unique().all()
    return [(o.id, [(p.id, [t.id for t in p.toys]) for p in o.pets]) for o in owners]


def expected(owners: Any, pets: Any, toys: Any) -> Any:
    """Return what :func:`tree` gives for owners, pets and toys whose tenant is what the functions say."""
    return [
        (o, [(o * 10 + p, [o * 100 + p * 10 + t for t in (1, 2, 3) if toys(t)]) for p in (1, 2, 3) if pets(p)])
        for o in (1, 2)
        if owners(o)
    ]


LOADERS = {
    "lazy": lambda: lazyload(Owner.pets),
    "joined": lambda: joinedload(Owner.pets).joinedload(Pet.toys),
    "selectin": lambda: selectinload(Owner.pets).selectinload(Pet.toys),
    "subquery": lambda: subqueryload(Owner.pets).subqueryload(Pet.toys),
    "selectin, joined": lambda: selectinload(Owner.pets).joinedload(Pet.toys),
    "joined, selectin": lambda: joinedload(Owner.pets).selectinload(Pet.toys),
    "subquery, lazy": lambda: subqueryload(Owner.pets).lazyload(Pet.toys),
}


def every(n: int) -> Any:
    return with_loader_criteria(HasTenant, lambda cls: cls.tenant != n, include_aliases=True)


def expression(n: int) -> Any:
    return with_loader_criteria(Pet, Pet.tenant != n)


def function(n: int) -> Any:
    return with_loader_criteria(Pet, lambda cls: cls.tenant != n)


@pytest.mark.parametrize("loader", LOADERS)
@pytest.mark.parametrize("criteria", [expression, function, every])
def test_each_execution_has_its_own_values(engine: Any, monkeypatch: Any, loader: str, criteria: Any) -> None:
    def run(n: int) -> Any:
        with Session(engine) as session:
            return tree(session, select(Owner).order_by(Owner.id).options(LOADERS[loader](), criteria(n)))

    def wanted(n: int) -> Any:
        def other(tenant: int) -> bool:
            return tenant != n

        def yes(tenant: int) -> bool:
            return True

        return expected(other, other, other) if criteria is every else expected(yes, other, yes)

    assert run(4) == wanted(4)
    with work(monkeypatch) as done:
        assert [run(n) for n in (1, 2, 3, 4)] == [wanted(n) for n in (1, 2, 3, 4)]
    assert done["compiled"] == 0
    if not loader.startswith("subquery"):  # the first statement is put into another one, which is made each time
        assert done["translated"] == 0


def test_conditions_of_a_loader_have_their_own_values(engine: Any, monkeypatch: Any) -> None:
    def run(n: int, first: Any, second: Any) -> Any:
        path = getattr(first(Owner.pets.and_(Pet.tenant != n)), second)(Pet.toys.and_(Toy.tenant != n + 1))
        with Session(engine) as session:
            return tree(session, select(Owner).order_by(Owner.id).options(path))

    loads = [(a, b) for a in (joinedload, selectinload, subqueryload, lazyload) for b in ("joinedload", "selectinload")]
    for first, second in loads:
        run(3, first, second)
        with work(monkeypatch) as done:
            for n in (1, 2, 3):
                wanted = expected(lambda o: True, lambda p, n=n: p != n, lambda t, n=n: t != n + 1)
                assert run(n, first, second) == wanted, (first, second)
        assert done == {"translated": 0, "compiled": 0} or first is subqueryload


def test_expressions_given_to_attributes_behind_a_relationship(engine: Any, monkeypatch: Any) -> None:
    def run(n: int) -> Any:
        path = selectinload(Owner.pets).options(with_expression(Pet.older, Pet.id + n))
        with Session(engine) as session:
            return [p.older for o in session.scalars(select(Owner).options(path).order_by(Owner.id)) for p in o.pets]

    assert run(0) == [11, 12, 13, 21, 22, 23]
    with work(monkeypatch) as done:
        assert run(100) == [111, 112, 113, 121, 122, 123]
    assert done == {"translated": 0, "compiled": 0}


def test_what_is_loaded_later_keeps_the_values_of_its_statement(engine: Any) -> None:
    def load(session: Any, n: int) -> Any:
        return session.scalars(select(Owner).where(Owner.id == 1).options(function(n))).one()

    with Session(engine) as one, Session(engine) as other:
        first, second = load(one, 1), load(other, 2)
        assert [p.tenant for p in second.pets] == [1, 3]
        assert [p.tenant for p in first.pets] == [2, 3]
        one.expire_all()
        assert [p.tenant for p in first.pets] == [2, 3]


def test_an_expired_object_is_loaded_again_with_the_values_of_its_statement(engine: Any) -> None:
    def load(session: Any, criteria: Any, n: int) -> Any:
        chosen = select(Owner).where(Owner.id == 1).options(joinedload(Owner.pets), criteria(n))
        return session.scalars(chosen).unique().one()

    for criteria in (expression, function, every):
        with Session(engine) as one, Session(engine) as other:
            first, second = load(one, criteria, 3), load(other, criteria, 2)
            one.expire_all()
            other.expire_all()
            assert [p.tenant for p in second.pets] == [1, 3]
            assert [p.tenant for p in first.pets] == [1, 2]


def test_conditions_inside_of_a_statement_have_their_own_values(engine: Any, monkeypatch: Any) -> None:
    def run(n: int, criteria: Any) -> Any:
        pets = select(Pet.owner_id).where(Pet.id.in_((11, 22))).subquery()
        chosen = select(Owner.id).where(Owner.id.in_(select(pets.c.owner_id)), Owner.pets.any(Pet.id > 0))
        with Session(engine) as session:
            return session.scalars(chosen.order_by(Owner.id).options(*criteria(n))).all()

    run(3, lambda n: ())
    with work(monkeypatch) as plain:
        run(3, lambda n: ())
    for criteria in (lambda n: [expression(n)], lambda n: [function(n)]):
        assert run(3, criteria) == [1, 2]
        for n, found in ((1, [2]), (2, [1])):
            with work(monkeypatch) as done:
                assert run(n, criteria) == found
            assert done == plain


def test_a_function_may_make_something_else_each_time(engine: Any) -> None:
    def run(make: Any) -> Any:
        with Session(engine) as session:
            chosen = select(Owner).options(selectinload(Owner.pets), with_loader_criteria(Pet, make))
            return [len(o.pets) for o in session.scalars(chosen.order_by(Owner.id))]

    def make(cls: Any, what: str, n: int) -> Any:
        if what == "tenant":
            return cls.tenant == n
        if what == "toys":
            return cls.id.in_(select(Toy.pet_id).where(Toy.tenant >= n))
        return cls.id < n

    for _ in range(2):
        assert run(lambda cls: make(cls, "tenant", 2)) == [1, 1]
        assert run(lambda cls: make(cls, "toys", 4)) == [0, 0]
        assert run(lambda cls: make(cls, "toys", 3)) == [3, 3]
        assert run(lambda cls: make(cls, "id", 20)) == [3, 0]
        assert run(lambda cls: make(cls, "id", 22)) == [3, 1]
        assert run(functools.partial(make, what="tenant", n=3)) == [1, 1]
        assert run(functools.partial(make, what="id", n=12)) == [1, 0]


def test_an_alias_is_asked_for_itself(engine: Any, monkeypatch: Any) -> None:
    def run(n: int) -> Any:
        pet = aliased(Pet)
        chosen = select(pet.id).order_by(pet.id).options(every(n)).where(pet.owner_id == 1)
        with Session(engine) as session:
            return session.scalars(chosen).all()

    assert run(1) == [12, 13]
    with work(monkeypatch) as done:
        assert run(3) == [11, 12]
    assert done["compiled"] == 0


def test_one_condition_in_two_places(engine: Any) -> None:
    """A condition that one statement has as an option and another asks for itself."""
    low, high = Pet.tenant != 1, Pet.tenant != 3

    def run(where: Any, option: Any, loader: Any) -> Any:
        chosen = select(Owner).join(Owner.pets).where(where).order_by(Owner.id).distinct()
        path = loader(Owner.pets.and_(option))
        with Session(engine) as session:
            return [[p.tenant for p in o.pets] for o in session.scalars(chosen.options(path))]

    for loader in (selectinload, subqueryload):
        assert run(low, high, loader) == [[1, 2], [1, 2]]
        assert run(high, low, loader) == [[2, 3], [2, 3]]


def test_an_audit_finds_nothing() -> None:
    engine = create_engine("sqlite://", cache_audit=1.0)
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(Owner(id=1, tenant=1, pets=[Pet(id=1, tenant=2, toys=[Toy(id=1)])]))
        session.commit()
        for loader in LOADERS.values():
            for criteria in (expression, function, every):
                for n in (1, 2, 3, 4):
                    session.expunge_all()
                    tree(session, select(Owner).options(loader(), criteria(n)))
    engine.dispose()
