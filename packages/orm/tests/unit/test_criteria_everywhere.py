"""``with_loader_criteria`` holds wherever a class is named: as a part of an expression, in EXISTS, in compounds, in the
subqueries of data-changing statements; conditions that name each other's classes come to an end.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from lect import (
    ForeignKey,
    case,
    create_engine,
    delete,
    exists,
    func,
    insert,
    literal,
    select,
    text,
    union_all,
    update,
)
from lect_orm import (
    Bundle,
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
    with_loader_criteria,
)


class Base(DeclarativeBase):
    pass


class Owner(Base):
    __tablename__ = "ce_owner"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    pets: Mapped[list[Pet]] = relationship(order_by="Pet.id", back_populates="owner")


class Pet(Base):
    __tablename__ = "ce_pet"

    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int | None] = mapped_column(ForeignKey("ce_owner.id"))
    owner: Mapped[Owner | None] = relationship(back_populates="pets")


@pytest.fixture
def session() -> Iterator[Any]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        for n in (1, 2, 3, 4):
            made.add(Owner(id=n, name=f"n{n}", pets=[Pet(id=n * 10 + k) for k in range(n % 3)]))
        made.commit()
        yield made
    engine.dispose()


EXPRESSION = with_loader_criteria(Owner, Owner.id < 3)
FUNCTION = with_loader_criteria(Owner, lambda cls: cls.id < 3)

FORMS: dict[str, tuple[Any, list[Any]]] = {
    "operator": (lambda: select(Owner.name + "!"), [("n1!",), ("n2!",)]),
    "beside a constant": (lambda: select(Owner.id * 2, literal(1)), [(2, 1), (4, 1)]),
    "function": (lambda: select(func.count(Owner.id)), [(2,)]),
    "case": (lambda: select(case((Owner.id > 1, "a"), else_="b")), [("a",), ("b",)]),
    "bundle": (lambda: select(Bundle("b", Owner.id + 1)), [((2,),), ((3,),)]),
    "constant": (lambda: select(literal(1)).where(Owner.id > 0), [(1,), (1,)]),
    "condition": (lambda: select(Pet.id).where(Owner.id == Pet.owner_id), [(10,), (20,), (21,)]),
    "subquery": (lambda: select(select(Owner.id + 1).subquery()), [(2,), (3,)]),
    "scalar subquery": (lambda: select(select(func.max(Owner.id + 0)).scalar_subquery()), [(2,)]),
    "exists": (lambda: select(Pet.id).where(exists().where(Owner.id > 2)), []),
    "in": (lambda: select(Pet.id).where(Pet.owner_id.in_(select(Owner.id + 0))), [(10,), (20,), (21,)]),
    "cte": (lambda: select(select((Owner.id + 1).label("n")).cte()), [(2,), (3,)]),
    "union": (lambda: union_all(select(Owner.id), select(Owner.id + 10)), [(1,), (11,), (12,), (2,)]),
    "from": (lambda: select(text("1")).select_from(Owner), [(1,), (1,)]),
}


@pytest.mark.parametrize("criteria", [EXPRESSION, FUNCTION], ids=["expression", "function"])
@pytest.mark.parametrize("form", FORMS)
def test_wherever_a_class_is_named(session: Any, form: str, criteria: Any) -> None:
    make, wanted = FORMS[form]
    for _ in range(2):
        assert sorted(map(tuple, session.execute(make().options(criteria)).all()), key=str) == wanted


def test_an_alias_where_that_was_asked_for(session: Any) -> None:
    alias = aliased(Owner)
    assert len(session.scalars(select(alias.id + 1).options(EXPRESSION)).all()) == 4
    everywhere = with_loader_criteria(Owner, Owner.id < 3, include_aliases=True)
    assert session.scalars(select(alias.id + 1).options(everywhere)).all() == [2, 3]


def test_the_table_is_not_the_class(session: Any) -> None:
    assert len(session.scalars(select(Owner.__table__.c.id).options(EXPRESSION)).all()) == 4


def test_data_changing_statements(session: Any) -> None:
    owners = select(Owner.id)
    assert session.execute(update(Owner).values(name=Owner.name + "!").options(EXPRESSION)).rowcount == 2
    changed = update(Pet).where(Pet.owner_id.in_(owners)).values(owner_id=None)
    assert session.execute(changed.options(EXPRESSION)).rowcount == 3
    session.rollback()
    copied = insert(Pet).from_select(["id", "owner_id"], select(Owner.id + 100, Owner.id))
    session.execute(copied.options(EXPRESSION))
    assert session.scalars(select(Pet.id).where(Pet.id > 100).order_by(Pet.id)).all() == [101, 102]
    assert session.execute(delete(Pet).where(Pet.owner_id.in_(owners)).options(EXPRESSION)).rowcount == 5


def test_conditions_that_name_each_others_classes(session: Any) -> None:
    by_tables = (
        with_loader_criteria(Owner, Owner.id.in_(select(Pet.owner_id))),
        with_loader_criteria(Pet, Pet.owner_id.in_(select(Owner.id).where(Owner.id > 1))),
    )
    by_relationships = (
        with_loader_criteria(Owner, Owner.pets.any()),
        with_loader_criteria(Pet, lambda cls: cls.owner.has(Owner.id > 1)),
    )
    for criteria in (by_tables, by_relationships):
        for loader in (selectinload, joinedload):
            session.expunge_all()
            statement = select(Owner).order_by(Owner.id).options(loader(Owner.pets), *criteria)
            found = session.scalars(statement).unique().all()
            assert [(o.id, [p.id for p in o.pets]) for o in found] == [(2, [20, 21]), (4, [40])]


def test_a_condition_that_names_its_own_class(session: Any) -> None:
    def found(condition: Any) -> Any:
        chosen = select(Owner.id).order_by(Owner.id).options(with_loader_criteria(Owner, condition))
        return session.scalars(chosen).all()

    assert found(Owner.id.in_(select(Owner.id).where(Owner.id < 3))) == [1, 2]
    assert found(lambda cls: cls.id == select(func.max(Owner.id)).scalar_subquery()) == [4]
