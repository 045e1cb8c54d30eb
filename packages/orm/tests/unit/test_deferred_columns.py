"""Columns that the mapping leaves out, before and after what was loaded is forgotten."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from lect import create_engine, event, exc, select
from lect_orm import DeclarativeBase, Mapped, Session, defer, mapped_column, query_expression, undefer, with_expression


class Base(DeclarativeBase):
    pass


class Page(Base):
    __tablename__ = "page"

    id: Mapped[int] = mapped_column(primary_key=True)
    title: Mapped[str]
    body: Mapped[str] = mapped_column(deferred=True)
    secret: Mapped[str] = mapped_column(deferred=True, deferred_raiseload=True)
    rank: Mapped[int] = query_expression()


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        made.add(Page(id=1, title="t", body="b", secret="s"))
        made.commit()
        made.expunge_all()
        yield made
    engine.dispose()


FORGETTING: list[Callable[[Session, Any], Any]] = [
    lambda session, page: session.expire(page),
    lambda session, page: session.expire(page, ["body", "secret"]),
    lambda session, page: session.commit(),
    lambda session, page: (session.commit(), page.title),
]


@pytest.mark.parametrize("forget", FORGETTING)
@pytest.mark.parametrize("options", [(), (defer(Page.body, raiseload=True),), (undefer(Page.body),)])
def test_a_deferred_column_is_read_after_it_was_forgotten(session: Session, forget: Any, options: Any) -> None:
    page = session.scalars(select(Page).options(*options)).one()
    forget(session, page)
    assert page.body == "b"


@pytest.mark.parametrize("forget", FORGETTING)
def test_a_refused_column_stays_refused(session: Session, forget: Any) -> None:
    page = session.scalars(select(Page)).one()
    page.secret = "other"
    session.flush()
    forget(session, page)
    with pytest.raises(exc.InvalidRequestError, match=r"'Page.secret' is not available due to raiseload=True"):
        page.secret


def test_an_expression_of_the_query_is_not_asked_for(session: Session) -> None:
    page = session.scalars(select(Page)).one()
    sent: list[str] = []
    event.listen(session.get_bind(), "before_cursor_execute", lambda c, cur, statement, *rest: sent.append(statement))
    assert page.rank is None and sent == []
    page = session.scalars(
        select(Page).options(with_expression(Page.rank, Page.id + 1)), execution_options={"populate_existing": True}
    ).one()
    assert page.rank == 2
