"""Objects that are pickled with their loaded collections, and added to another session."""

from __future__ import annotations

import pickle

from lect import ForeignKey, create_engine
from lect_orm import DeclarativeBase, Mapped, Session, attribute_keyed_dict, mapped_column, relationship


class Base(DeclarativeBase):
    pass


class Shelf(Base):
    __tablename__ = "shelves"
    id: Mapped[int] = mapped_column(primary_key=True)
    listed: Mapped[list[Copy]] = relationship(foreign_keys="Copy.listed_id", back_populates="list_shelf")
    unique: Mapped[set[Copy]] = relationship(foreign_keys="Copy.unique_id", back_populates="set_shelf")
    keyed: Mapped[dict[int, Copy]] = relationship(
        foreign_keys="Copy.keyed_id", back_populates="dict_shelf", collection_class=attribute_keyed_dict("number")
    )


class Copy(Base):
    __tablename__ = "copies"
    id: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int]
    listed_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"))
    unique_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"))
    keyed_id: Mapped[int | None] = mapped_column(ForeignKey("shelves.id"))
    list_shelf: Mapped[Shelf | None] = relationship(foreign_keys=listed_id, back_populates="listed")
    set_shelf: Mapped[Shelf | None] = relationship(foreign_keys=unique_id, back_populates="unique")
    dict_shelf: Mapped[Shelf | None] = relationship(foreign_keys=keyed_id, back_populates="keyed")


def test_collections_that_were_pickled_go_on_working() -> None:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine, expire_on_commit=False) as session:
        shelf = Shelf(listed=[Copy(number=1)], unique={Copy(number=2)}, keyed={3: Copy(number=3)})
        session.add(shelf)
        session.commit()
        data = pickle.dumps(shelf)
    assert len(data) < 2_000  # the objects, not what they are mapped by
    shelf = pickle.loads(data)
    with Session(engine) as session:
        session.add(shelf)
        a, b, c = Copy(number=4), Copy(number=5), Copy(number=6)
        shelf.listed.append(a)
        shelf.unique.add(b)
        shelf.keyed[6] = c
        assert (a.list_shelf, b.set_shelf, c.dict_shelf) == (shelf, shelf, shelf)
        session.commit()
        assert (len(shelf.listed), len(shelf.unique), sorted(shelf.keyed)) == (2, 2, [3, 6])
