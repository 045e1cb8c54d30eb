"""Extensions and attributes that are computed, on every database: what goes in comes out, and can be asked for."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lect import JSON, Engine, ForeignKey, MetaData, String, and_, func, select, update
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    attribute_keyed_dict,
    joinedload,
    lazyload,
    mapped_column,
    query_expression,
    relationship,
    selectinload,
    with_expression,
)
from lect_orm.ext.associationproxy import AssociationProxy, association_proxy
from lect_orm.ext.hybrid import hybrid_property
from lect_orm.ext.indexable import index_property
from lect_orm.ext.mutable import MutableDict, MutableList
from lect_orm.ext.orderinglist import ordering_list

Everywhere = Callable[[MetaData, Callable[[Engine], None]], None]


class Base(DeclarativeBase):
    pass


class Note(Base):
    __tablename__ = "ext_note"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("ext_owner.id"))
    key: Mapped[str] = mapped_column("note_key", String(20))
    text: Mapped[str | None] = mapped_column(String(20))


class Bullet(Base):
    __tablename__ = "ext_bullet"
    id: Mapped[int] = mapped_column(primary_key=True)
    owner_id: Mapped[int] = mapped_column(ForeignKey("ext_owner.id"))
    position: Mapped[int | None]
    text: Mapped[str] = mapped_column(String(20))


class Owner(Base):
    __tablename__ = "ext_owner"
    id: Mapped[int] = mapped_column(primary_key=True)
    first: Mapped[str] = mapped_column(String(20))
    last: Mapped[str] = mapped_column(String(20))
    facts: Mapped[dict[str, Any] | None] = mapped_column(MutableDict.as_mutable(JSON))
    tags: Mapped[list[Any] | None] = mapped_column(MutableList.as_mutable(JSON))
    color: Any = index_property("facts", "color", default=None)
    counted: Mapped[int | None] = query_expression()
    notes: Mapped[dict[str, Note]] = relationship(
        collection_class=attribute_keyed_dict("key"), cascade="all, delete-orphan"
    )
    texts: AssociationProxy[Any] = association_proxy("notes", "text", creator=lambda k, v: Note(key=k, text=v))
    bullets: Mapped[list[Bullet]] = relationship(
        order_by=Bullet.position, collection_class=ordering_list("position"), cascade="all, delete-orphan"
    )

    @hybrid_property
    def name(self) -> str:
        return self.first + " " + self.last

    @name.inplace.update_expression
    @classmethod
    def _name_set(cls, value: str) -> Any:
        first, last = value.split(" ")
        return [(cls.first, first), (cls.last, last)]


_rank = select(Bullet, func.row_number().over(partition_by=Bullet.owner_id, order_by=Bullet.id.desc()).label("rank"))
_ranked = _rank.subquery()
_latest = aliased(Bullet, _ranked)
Owner.latest = relationship(  # type: ignore[attr-defined]
    _latest,
    primaryjoin=and_(_latest.owner_id == Owner.id, _ranked.c.rank <= 2),
    viewonly=True,
    order_by=_ranked.c.rank,
)


def test_extensions(everywhere: Everywhere) -> None:
    def work(engine: Engine) -> None:
        with Session(engine) as session:
            owner = Owner(first="Ann", last="Lee", facts={"color": "red"}, tags=["a"])
            owner.texts = {"k": "one", "l": "two"}
            owner.bullets = [Bullet(text="a"), Bullet(text="b"), Bullet(text="c")]
            session.add(owner)
            session.commit()
            # association proxy over a dictionary
            assert session.scalars(select(Owner).where(Owner.texts == "one")).all() == [owner]
            owner.texts["k"] = "changed"
            del owner.texts["l"]
            # changes inside of values
            owner.facts["n"] = [1]  # type: ignore[index]
            owner.tags.append("b")  # type: ignore[union-attr]
            # a list that numbers its members
            owner.bullets.insert(0, owner.bullets.pop())
            session.commit()
            assert dict(owner.texts) == {"k": "changed"}
            assert (owner.facts, owner.tags) == ({"color": "red", "n": [1]}, ["a", "b"])
            assert [(b.position, b.text) for b in owner.bullets] == [(0, "c"), (1, "a"), (2, "b")]
            # an index into a value, a hybrid
            assert session.scalars(select(Owner.name).where(Owner.color.as_string() == "red")).all() == ["Ann Lee"]
            session.execute(update(Owner).where(Owner.name == "Ann Lee").values({Owner.name: "Bob May"}))
            assert owner.name == session.scalar(select(Owner.name)) == "Bob May"

    everywhere(Base.metadata, work)


def test_relationships_to_some_rows_and_expressions_behind_them(everywhere: Everywhere) -> None:
    counted = select(func.count(Bullet.id)).where(Bullet.owner_id == Owner.id).correlate(Owner).scalar_subquery()

    def work(engine: Engine) -> None:
        with Session(engine) as session:
            for number in range(4):
                bullets = [Bullet(text=f"{number}{n}") for n in range(number)]
                session.add(Owner(id=number + 1, first=f"{number}", last="x", bullets=bullets))
                session.flush()
            session.commit()
            for load in (joinedload, selectinload, lazyload):
                session.expunge_all()
                found = select(Owner).order_by(Owner.id).options(load(Owner.latest))  # type: ignore[attr-defined]
                texts = [[b.text for b in owner.latest] for owner in session.scalars(found).unique()]  # type: ignore[attr-defined]
                assert texts == [[], ["10"], ["21", "20"], ["32", "31"]]
            for size in (1, 3, 100):  # rows in pieces, each with what belongs to it
                session.expunge_all()
                statement = select(Owner).order_by(Owner.id).options(selectinload(Owner.bullets))
                statement = statement.options(with_expression(Owner.counted, counted))
                owners = session.scalars(statement.execution_options(yield_per=size))
                assert [(o.counted, len(o.bullets)) for o in owners] == [(n, n) for n in range(4)]

    everywhere(Base.metadata, work)
