"""Programs with a mistake of type in each marked line, which checkers must find. Checked by ``test_typing.py``."""

from __future__ import annotations

from lect import select
from lect_orm import DeclarativeBase, Mapped, MappedAsDataclass, Session, mapped_column


class Base(MappedAsDataclass, DeclarativeBase):
    pass


class Point(Base):
    __tablename__ = "points"

    id: Mapped[int] = mapped_column(primary_key=True, init=False)
    x: Mapped[int]


def mistakes(session: Session) -> None:
    Point()  # wrong
    Point(1, 2)  # wrong
    Point(x="a")  # wrong
    Point(1).x = "a"  # wrong
    number: str = Point(1).x  # wrong
    session.get(Point, 1).x  # wrong
    found: str = session.scalars(select(Point.x)).one()  # wrong
    print(number, found)
