"""Conditions that come with a class: rows of subclasses in one table, and with_loader_criteria, wherever it is read."""

from __future__ import annotations

from typing import Any

import pytest

from lect import ForeignKey, create_engine, delete, exists, func, literal_column, or_, select, true, update
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    join,
    mapped_column,
    relationship,
    with_loader_criteria,
    with_polymorphic,
)


class Base(DeclarativeBase):
    pass


class Company(Base):
    __tablename__ = "company"

    id: Mapped[int] = mapped_column(primary_key=True)
    engineers: Mapped[list[Engineer]] = relationship()


class Employee(Base):
    __tablename__ = "employee"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    type: Mapped[str]
    company_id: Mapped[int | None] = mapped_column(ForeignKey("company.id"))

    __mapper_args__ = {"polymorphic_on": "type", "polymorphic_identity": "employee"}


class Manager(Employee):
    __mapper_args__ = {"polymorphic_identity": "manager"}


class Engineer(Employee):
    __mapper_args__ = {"polymorphic_identity": "engineer"}

    reports: Mapped[list[Report]] = relationship()


class Report(Base):
    __tablename__ = "report"

    id: Mapped[int] = mapped_column(primary_key=True)
    employee_id: Mapped[int] = mapped_column(ForeignKey("employee.id"))


ENGINEERS = "employee.type IN ('engineer')"


def sql(statement: Any) -> str:
    return " ".join(str(statement.compile(compile_kwargs={"literal_binds": True})).split())


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add_all(
            [
                Company(id=1, engineers=[Engineer(id=1, name="a"), Engineer(id=2, name="b")]),
                Company(id=2),
                Manager(id=3, name="a", company_id=2),
                Report(id=1, employee_id=1),
                Report(id=2, employee_id=3),
            ]
        )
        made.flush()
        yield made
    engine.dispose()


@pytest.mark.parametrize(
    "statement",
    [
        select(Report.id).join_from(Engineer, Report, Engineer.reports),
        select(Report.id).select_from(join(Engineer, Report, Engineer.reports)),
        select(Report.id).select_from(Engineer).join(Report),
        select(Report.id).select_from(Report).join(Engineer, Engineer.id == Report.employee_id),
        select(Report.id).where(Report.employee_id == Engineer.id),
        select(Report.id).where(Report.employee_id.in_(select(Engineer.id))),
    ],
)
def test_only_rows_of_the_class_join(session: Session, statement: Any) -> None:
    assert ENGINEERS in sql(statement)
    assert session.scalars(statement).all() == [1]


def test_functions_of_attributes_count_rows_of_the_class(session: Session) -> None:
    assert session.scalar(select(func.count(Engineer.id))) == 2
    inner = select(func.count(Engineer.id)).where(Engineer.company_id == Company.id).scalar_subquery()
    assert session.execute(select(Company.id, inner).order_by(Company.id)).all() == [(1, 2), (2, 0)]


def test_exists_asks_for_rows_of_the_class(session: Session) -> None:
    has = exists().where(Engineer.company_id == Company.id)
    assert session.scalars(select(Company.id).where(has)).all() == [1]
    assert session.scalars(select(Company.id).where(Company.engineers.any())).all() == [1]
    assert session.query(Manager).filter(Manager.name == "b").exists().select() is not None
    assert session.scalar(session.query(Manager).filter(Manager.id == 1).exists().select()) is False


def test_classes_of_one_alias_stand_beside_each_other(session: Session) -> None:
    people = with_polymorphic(Employee, [Manager, Engineer])
    both = select(people.Manager.id, people.Engineer.id)
    assert sql(both) == "SELECT employee.id FROM employee WHERE employee.type IN ('manager', 'boss', 'engineer')"
    assert "WHERE" not in sql(select(people.name, people.Engineer.id))


def test_union_of_queries_repeats_nothing(session: Session) -> None:
    union = session.query(Engineer).filter(Engineer.id == 1).union(session.query(Engineer).filter(Engineer.id == 2))
    assert sql(union.statement).count("type IN") == 2
    assert {each.id for each in union} == {1, 2}


NAMED_A = with_loader_criteria(Employee, lambda cls: cls.name == "a", include_aliases=True)


def test_criteria_reach_inner_statements(session: Session) -> None:
    everyone = select(Company.id).order_by(Company.id)
    within = everyone.where(Company.id.in_(select(Engineer.company_id).where(Engineer.id == 2)))
    assert session.scalars(within).all() == [1]
    assert session.scalars(within.options(NAMED_A)).all() == []
    any_b = everyone.where(Company.engineers.any(Engineer.id == 2))
    assert session.scalars(any_b).all() == [1]
    assert session.scalars(any_b.options(NAMED_A)).all() == []
    counted = select(select(func.count(Employee.id)).scalar_subquery())
    assert session.scalar(counted.options(NAMED_A)) == 2
    other = aliased(Employee)
    assert session.scalar(select(select(func.count(other.id)).scalar_subquery()).options(NAMED_A)) == 2


def test_criteria_reach_subqueries_in_from(session: Session) -> None:
    inner = select(Employee.id, Employee.name).subquery()
    statement = select(inner.c.id).where(or_(inner.c.id == 1, inner.c.id == 2)).options(NAMED_A)
    assert session.scalars(statement).all() == [1]
    named = aliased(Employee, select(Employee).subquery("named"))
    assert [e.id for e in session.scalars(select(named).order_by(named.id).options(NAMED_A))] == [1, 3]
    cte = select(Employee.id).cte("found")
    assert session.scalars(select(cte.c.id).order_by(cte.c.id).options(NAMED_A)).all() == [1, 3]


def test_every_select_flushes_first(session: Session) -> None:
    session.add(Company(id=3))
    assert session.scalar(select(func.count(Company.id))) == 3
    session.add(Company(id=4))
    assert session.scalar(select(func.count()).where(Company.id > 0)) == 4
    session.add(Company(id=5))
    assert session.scalar(select(func.count()).select_from(Company.__table__)) == 5


def test_star(session: Session) -> None:
    statement = select(literal_column("*")).select_from(Report).where(Report.id == 1)
    assert session.execute(statement).all() == [(1, 1)]


class Boss(Manager):
    __mapper_args__ = {"polymorphic_identity": "boss"}


MANAGERS = "employee.type IN ('manager', 'boss')"


def reports_of(entity: Any) -> Any:
    return select(Report.id).where(Report.employee_id == entity.id)


def test_a_subquery_does_not_repeat_what_holds_around_it() -> None:
    inner = "SELECT report.id FROM report WHERE report.employee_id = employee.id"
    assert sql(select(Manager.id).where(reports_of(Manager).exists())) == (
        f"SELECT employee.id FROM employee WHERE (EXISTS ({inner})) AND {MANAGERS}"
    )
    assert f"FROM ({inner})" not in sql(select(Manager.id, reports_of(Manager).scalar_subquery()))
    for statement in (
        select(Manager.id, reports_of(Manager).scalar_subquery()),
        select(Manager.id).where(reports_of(Manager).correlate(Manager).exists()),
        select(Manager.id).where(reports_of(Manager).correlate_except(Report).exists()),
        select(Manager.id).order_by(reports_of(Manager).scalar_subquery()),
        select(Manager.id).join(Company, Company.id == Manager.company_id).where(reports_of(Manager).exists()),
        update(Manager).values(name="x").where(reports_of(Manager).exists()),
        update(Manager).values(company_id=reports_of(Manager).scalar_subquery()),
        delete(Manager).where(reports_of(Manager).exists()),
        select(select(Manager.id).where(reports_of(Manager).exists()).subquery()),
    ):
        text = sql(statement)
        assert text.count("IN ('manager', 'boss')") == 1, text
        assert inner in text
    boss = sql(select(Boss.id).where(reports_of(Manager).exists()))
    assert boss == f"SELECT employee.id FROM employee WHERE (EXISTS ({inner})) AND employee.type IN ('boss')"
    alias = aliased(Manager)
    assert sql(select(alias.id).where(reports_of(alias).exists())).count(" IN ") == 1


def test_a_subquery_has_its_conditions_where_nothing_around_it_has_them() -> None:
    for statement in (
        select(Employee.id).where(reports_of(Manager).exists()),
        select(Report.id).where(reports_of(Manager).exists()),
        select(Manager.id).where(reports_of(Manager).correlate(None).exists()),
        select(Manager.id).where(exists(Manager.id).where(Manager.name == "x").correlate(None)),
        select(Manager.id).where(select(Manager.name).where(Manager.id == 3).exists()),
        select(Manager.id).join(reports_of(Manager).subquery(), true()),
        select(aliased(Manager).id).where(reports_of(Manager).exists()),
    ):
        assert MANAGERS in sql(statement).split("report.id", 1)[-1].split("SELECT", 1)[-1], sql(statement)
    text = sql(select(Manager.id).where(reports_of(Boss).exists()))
    assert text.count("employee.type IN ('boss')") == 1
    inner = exists().where(Report.employee_id == Manager.id, exists().where(Company.id == Manager.company_id))
    assert sql(select(Manager.id).where(inner)).count(MANAGERS) == 2  # the innermost one selects from the table itself


def test_rows_are_the_same(session: Any) -> None:
    found = session.scalars(select(Engineer.id).where(reports_of(Engineer).exists())).all()
    assert found == [1]
    assert session.scalars(select(Employee.id).where(reports_of(Engineer).exists())).all() == [1]
    assert session.scalars(select(Employee.id).where(reports_of(Employee).exists())).all() == [1, 3]
