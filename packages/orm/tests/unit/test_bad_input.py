"""Mistakes of everyday use: each gives an exception that names the thing and the way out."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from lect import ForeignKey, String, bindparam, create_engine, exc, func, insert, select, update
from lect_orm import DeclarativeBase, Mapped, Session, configure_mappers, mapped_column, relationship
from lect_orm import exc as orm_exc


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "user"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str] = mapped_column(String(20))
    addresses: Mapped[list[Address]] = relationship(back_populates="user")


class Address(Base):
    __tablename__ = "address"

    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int] = mapped_column(ForeignKey("user.id"))
    user: Mapped[User] = relationship(back_populates="addresses")


class Plain:
    """Not mapped."""


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        session.add(User(name="Ann", addresses=[Address()]))
        session.commit()
        yield session
    engine.dispose()


def test_unmapped_object(session: Session) -> None:
    with pytest.raises(orm_exc.UnmappedInstanceError, match=r"Plain' is not mapped; derive it from a DeclarativeBase"):
        session.add(Plain())


def test_unmapped_class_in_select() -> None:
    with pytest.raises(exc.ArgumentError, match="If Plain is meant as a mapped class: it is not mapped"):
        select(Plain)  # type: ignore[call-overload]


def test_unmapped_class_in_get(session: Session) -> None:
    with pytest.raises(exc.LectError, match="Plain"):
        session.get(Plain, 1)


def test_misspelt_argument() -> None:
    with pytest.raises(TypeError, match="'nmae' is an invalid keyword argument for User; did you mean 'name'"):
        User(nmae="Ann")


def test_misspelt_attribute_in_filter_by(session: Session) -> None:
    with pytest.raises(exc.InvalidRequestError, match=r"property \"nmae\".*did you mean 'name'"):
        session.scalars(select(User).filter_by(nmae="Ann"))


def test_detached_lazy_load(session: Session) -> None:
    user = session.scalars(select(User)).one()
    session.expunge(user)
    with pytest.raises(orm_exc.DetachedInstanceError, match=r"'addresses'.*selectinload\(User\.addresses\)"):
        user.addresses  # the read is the test


def test_detached_expired_attribute(session: Session) -> None:
    user = session.scalars(select(User)).one()
    session.commit()
    session.expunge(user)
    with pytest.raises(orm_exc.DetachedInstanceError, match=r"'name'.*expire_on_commit=False"):
        user.name  # the read is the test


def test_wrong_number_of_key_values(session: Session) -> None:
    with pytest.raises(exc.InvalidRequestError, match="primary key columns are"):
        session.get(User, (1, 2))


def test_dictionary_with_other_names_as_key(session: Session) -> None:
    with pytest.raises(exc.InvalidRequestError, match="primary key attribute names are 'id'"):
        session.get(User, {"ident": 1})


def test_object_as_value(session: Session) -> None:
    with pytest.raises(exc.StatementError, match="Integer"):
        session.scalars(select(User).where(User.id == object())).all()


def test_relationship_to_nowhere() -> None:
    class OtherBase(DeclarativeBase):
        pass

    class Lost(OtherBase):
        __tablename__ = "lost"

        id: Mapped[int] = mapped_column(primary_key=True)
        where: Mapped["Nowhere"] = relationship()  # type: ignore[name-defined] # noqa: F821, UP037

    try:
        with pytest.raises(exc.InvalidRequestError, match=r"Lost.*'Nowhere' failed to locate a name"):
            configure_mappers()
    finally:
        OtherBase.registry.dispose()


def test_table_without_a_primary_key() -> None:
    class OtherBase(DeclarativeBase):
        pass

    with pytest.raises(
        exc.ArgumentError, match="could not assemble any primary key columns for mapped table 'keyless'"
    ):

        class Keyless(OtherBase):
            __tablename__ = "keyless"

            name: Mapped[str]


def test_constraint_violation_on_flush(session: Session) -> None:
    session.add(User(id=1, name="again"))
    with pytest.raises(exc.UniqueViolation) as caught:
        session.flush()
    assert caught.value.table == "user"
    session.rollback()


def test_back_populates_that_leads_nowhere() -> None:
    class OtherBase(DeclarativeBase):
        pass

    class Parent(OtherBase):
        __tablename__ = "parent"

        id: Mapped[int] = mapped_column(primary_key=True)
        children: Mapped[list["Child"]] = relationship(back_populates="parnet")  # noqa: UP037

    class Child(OtherBase):
        __tablename__ = "child"

        id: Mapped[int] = mapped_column(primary_key=True)
        parent_id: Mapped[int] = mapped_column(ForeignKey("parent.id"))
        parent: Mapped[Parent] = relationship(back_populates="children")

    try:
        with pytest.raises(
            exc.InvalidRequestError, match=r"back_populates on relationship 'Parent\.children'.*did you mean 'parent'"
        ):
            configure_mappers()
    finally:
        OtherBase.registry.dispose()


def test_misspelt_mapper_argument() -> None:
    class OtherBase(DeclarativeBase):
        pass

    with pytest.raises(exc.ArgumentError, match=r"class Thing has 'polymorphic_onn'.*did you mean 'polymorphic_on'"):

        class Thing(OtherBase):
            __tablename__ = "thing"

            id: Mapped[int] = mapped_column(primary_key=True)
            __mapper_args__ = {"polymorphic_onn": "id"}


def test_attribute_in_the_place_of_an_option() -> None:
    with pytest.raises(exc.ArgumentError, match=r"selectinload\(User\.addresses\)"):
        select(User).options(User.addresses)  # type: ignore[arg-type]


def test_object_of_another_class(session: Session) -> None:
    user = session.scalars(select(User)).one()
    with pytest.raises(ValueError, match=r'"User\.addresses" takes objects of Address; <User at .*> is none'):
        user.addresses.append(user)  # type: ignore[arg-type]
    with pytest.raises(ValueError, match=r'"Address\.user" takes objects of User; <Address at'):
        Address().user = Address()  # type: ignore[assignment]
    with pytest.raises(TypeError, match=r"None is not list-like, as User\.addresses needs it"):
        user.addresses = None  # type: ignore[assignment]


def test_comparison_with_no_object() -> None:
    with pytest.raises(exc.ArgumentError, match=r"Address\.user is compared with an object of User, not with int 5"):
        select(Address).where(Address.user == 5)


def test_attribute_of_the_related_class() -> None:
    with pytest.raises(AttributeError, match=r"it is one of User: join\(Address\.user\).*has\(User\.name == "):
        Address.user.name  # the read is the test


def test_class_in_the_place_of_a_statement(session: Session) -> None:
    with pytest.raises(exc.ObjectNotExecutableError, match=r"select\(User\) is a statement"):
        session.scalars(User)  # type: ignore[call-overload]


def test_session_without_an_engine() -> None:
    with pytest.raises(exc.UnboundExecutionError, match=r"Session\(engine\)"):
        Session().scalars(select(User))
    with pytest.raises(exc.ArgumentError, match=r"not an address; create_engine") as caught:
        Session("postgresql://me:secret@host/db")  # type: ignore[arg-type]
    assert "secret" not in str(caught.value)


@pytest.mark.parametrize("returning", [False, True])
def test_misspelt_name_in_many_rows(session: Session, returning: bool) -> None:
    statement = insert(User).returning(User.id) if returning else insert(User)
    with pytest.raises(exc.CompileError, match="Unconsumed column names: nmae; did you mean 'name'"):
        session.execute(statement, [{"name": "a"}, {"name": "b", "nmae": "b"}])
    with pytest.raises(exc.CompileError, match="Unconsumed column names: nmae; did you mean 'name'"):
        session.execute(update(User), [{"id": 1, "nmae": "b"}])


def test_parameters_by_name_are_no_columns(session: Session) -> None:
    session.execute(insert(User).values(name=func.upper(bindparam("given"))), [{"given": "b"}, {"given": "c"}])
    assert session.scalars(select(User.name).order_by(User.id)).all() == ["Ann", "B", "C"]


def test_a_parent_that_is_deleted_without_its_children(session: Session) -> None:
    session.delete(session.scalars(select(User)).one())
    with pytest.raises(exc.NotNullViolation) as caught:
        session.commit()
    (note,) = caught.value.__notes__
    assert note.startswith("address.user_id became NULL because its row is no longer in User.addresses")
    assert "cascade='all, delete-orphan'" in note
