"""Which connections a transaction of a session has taken up."""

from __future__ import annotations

from typing import Any

import pytest

from lect import Connection, Engine, create_engine, exc, text
from lect_orm import DeclarativeBase, Mapped, Session, mapped_column


class Base(DeclarativeBase):
    pass


class A(Base):
    __tablename__ = "a"

    id: Mapped[int] = mapped_column(primary_key=True)


class B(Base):
    __tablename__ = "b"

    id: Mapped[int] = mapped_column(primary_key=True)


def test_a_transaction_knows_its_connections() -> None:
    one, two = create_engine("sqlite://"), create_engine("sqlite://")
    with Session(binds={A: one, B: two}) as session:
        transaction = session.begin()
        assert transaction.connections == frozenset()
        with pytest.raises(exc.InvalidRequestError, match="has not acquired a connection for Engine"):
            transaction.bound_connection(A)
        of_a = session.connection(bind_arguments={"mapper": A})
        assert transaction.connections == {of_a} and transaction.bound_connection(A) is of_a
        with pytest.raises(exc.InvalidRequestError, match="has not acquired"):
            transaction.bound_connection(B)
        with pytest.raises(exc.UnboundExecutionError):
            transaction.bound_connection()
        of_b = session.connection(bind_arguments={"mapper": B})
        assert transaction.connections == {of_a, of_b}
        nested = session.begin_nested()
        assert nested.connections == frozenset()
        session.execute(text("SELECT 1"), bind_arguments={"mapper": B})
        assert nested.connections == {of_b} and nested.bound_connection(B) is of_b
    with pytest.raises(exc.ResourceClosedError):
        transaction.bound_connection(A)


def test_a_wrapper_of_an_engine_is_an_engine() -> None:
    class Counting:
        """What a program puts around an engine, and hands on everything else."""

        def __init__(self, engine: Engine) -> None:
            self._engine = engine
            self.connections: list[Connection] = []

        def connect(self) -> Connection:
            self.connections.append(self._engine.connect())
            return self.connections[-1]

        def __getattr__(self, name: str) -> Any:
            return getattr(self._engine, name)

    bind = Counting(create_engine("sqlite://"))
    Base.metadata.create_all(bind._engine)
    with Session(bind) as session:  # type: ignore[arg-type]
        session.add(A(id=1))
        session.commit()
        assert session.get_one(A, 1).id == 1
        assert session.get_bind() is bind  # type: ignore[comparison-overlap]
    assert [c.closed for c in bind.connections] == [True, True]
