"""Association proxies: values of related objects, as list, set, dictionary or one value, and in SQL."""

from __future__ import annotations

import pickle
from collections.abc import Iterator
from typing import Any

import pytest

from lect import ForeignKey, create_engine, inspect, select
from lect.exc import ArgumentError, InvalidRequestError
from lect_orm import DeclarativeBase, Mapped, Session, aliased, attribute_keyed_dict, mapped_column, relationship
from lect_orm.ext.associationproxy import ASSOCIATION_PROXY, AssociationProxy, association_proxy


class Base(DeclarativeBase):
    pass


class User(Base):
    __tablename__ = "users"
    id: Mapped[int] = mapped_column(primary_key=True)
    home_id: Mapped[int | None] = mapped_column(ForeignKey("homes.id"))
    home: Mapped[Home | None] = relationship()
    links: Mapped[list[Link]] = relationship(back_populates="user", cascade="all, delete-orphan")
    marks: Mapped[set[Mark]] = relationship(cascade="all, delete-orphan")
    notes: Mapped[dict[str, Note]] = relationship(
        collection_class=attribute_keyed_dict("title"), cascade="all, delete-orphan"
    )

    tags: AssociationProxy[list[Tag]] = association_proxy("links", "tag", creator=lambda tag: Link(tag=tag))
    tag_names: AssociationProxy[list[str]] = association_proxy(
        "links", "tag_name", creator=lambda name: Link(tag=Tag(name=name))
    )
    words: AssociationProxy[set[str]] = association_proxy("marks", "word", creator=lambda word: Mark(word=word))
    texts: AssociationProxy[dict[str, str]] = association_proxy(
        "notes", "text", creator=lambda title, text: Note(title=title, text=text)
    )
    city: AssociationProxy[str | None] = association_proxy("home", "city", creator=lambda city: Home(city=city))


class Home(Base):
    __tablename__ = "homes"
    id: Mapped[int] = mapped_column(primary_key=True)
    city: Mapped[str | None]


class Link(Base):
    __tablename__ = "links"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    tag_id: Mapped[int | None] = mapped_column(ForeignKey("tags.id"))
    user: Mapped[User] = relationship(back_populates="links")
    tag: Mapped[Tag] = relationship()
    tag_name: AssociationProxy[str] = association_proxy("tag", "name")


class Tag(Base):
    __tablename__ = "tags"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


class Mark(Base):
    __tablename__ = "marks"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    word: Mapped[str]


class Note(Base):
    __tablename__ = "notes"
    id: Mapped[int] = mapped_column(primary_key=True)
    user_id: Mapped[int | None] = mapped_column(ForeignKey("users.id"))
    title: Mapped[str]
    text: Mapped[str]


@pytest.fixture
def session() -> Iterator[Session]:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as session:
        yield session


def found(session: Session, condition: Any) -> list[int]:
    return list(session.scalars(select(User.id).where(condition).order_by(User.id)))


def test_list_is_a_view(session: Session) -> None:
    user = User(id=1)
    user.tag_names.append("a")
    user.tag_names.extend(["b", "c"])
    user.tag_names.insert(0, "z")
    user.tag_names.remove("b")
    session.add(user)
    session.commit()
    assert user.tag_names == ["z", "a", "c"] or sorted(user.tag_names) == ["a", "c", "z"]
    assert [type(link) for link in user.links] == [Link] * 3


def test_list_as_python_lists_are() -> None:
    user = User(tag_names=["a", "b", "c", "d"])
    names = user.tag_names
    assert (names[0], names[-1], names[1:3], len(names), "b" in names) == ("a", "d", ["b", "c"], 4, True)
    names[0] = "A"
    names[1:3] = ["x"]
    assert names == ["A", "x", "d"]
    assert names.pop() == "d" and names.index("x") == 1 and names.count("A") == 1
    plain = ["q"]
    assert names + plain == ["A", "x", "q"] and plain + names == ["q", "A", "x"] and names * 2 == ["A", "x"] * 2
    user.tag_names += ["y"]
    assert user.tag_names == ["A", "x", "y"]
    del names[0]
    assert list(names) == ["x", "y"] and names > ["x"]
    with pytest.raises(ValueError, match="not in list"):
        names.remove("nothing")


def test_replacing_an_element_keeps_the_member() -> None:
    user = User(tag_names=["a"])
    tag = user.links[0].tag
    user.tag_names[0] = "b"
    assert user.links[0].tag is tag and tag.name == "b"


def test_set(session: Session) -> None:
    user = User(words={"a", "b", "c"})
    kept = {m for m in user.marks if m.word != "b"}
    user.words = {"a", "c", "d"}
    assert kept <= user.marks and user.words == {"a", "c", "d"}
    user.words |= {"e"}
    user.words -= {"a"}
    user.words.discard("nothing")
    assert user.words == {"c", "d", "e"} and user.words & {"c"} == {"c"}
    with pytest.raises(TypeError):
        user.words |= ["x"]
    with pytest.raises(KeyError):
        user.words.remove("nothing")


def test_dictionary(session: Session) -> None:
    user = User(texts={"a": "1"})
    note = user.notes["a"]
    user.texts["a"] = "2"
    user.texts.update(b="3")
    assert user.notes["a"] is note and note.text == "2"
    assert dict(user.texts) == {"a": "2", "b": "3"} and user.texts.get("x") is None
    assert user.texts.pop("a") == "2" and user.texts.setdefault("c", "4") == "4"
    user.texts = {"c": "5"}
    assert user.texts == {"c": "5"} and list(user.notes) == ["c"]


def test_scalar() -> None:
    user = User()
    assert user.city is None
    user.city = None
    assert user.home is None
    user.city = "Oslo"
    home = user.home
    user.city = "Bergen"
    assert user.home is home and home is not None and home.city == "Bergen"
    del user.city
    assert user.home is None


def test_none_may_make_or_drop_the_related_object() -> None:
    class One(Base):
        __tablename__ = "one"
        id: Mapped[int] = mapped_column(primary_key=True)
        home_id: Mapped[int | None] = mapped_column(ForeignKey("homes.id"))
        home: Mapped[Home | None] = relationship()
        made: AssociationProxy[Any] = association_proxy(
            "home", "city", creator=lambda c: Home(city=c), create_on_none_assignment=True
        )
        dropped: AssociationProxy[Any] = association_proxy("home", "city", cascade_scalar_deletes=True)

    one = One()
    one.made = None
    assert one.home is not None
    one.dropped = None
    assert one.home is None
    with pytest.raises(ArgumentError, match="mutually exclusive"):
        association_proxy("a", "b", cascade_scalar_deletes=True, create_on_none_assignment=True)


def test_conditions(session: Session) -> None:
    oslo = Home(city="Oslo")
    session.add_all([User(id=1, tag_names=["a", "b"], home=oslo), User(id=2, tag_names=["c"]), User(id=3)])
    session.commit()
    tag = session.scalars(select(Tag).where(Tag.name == "c")).one()
    assert found(session, User.tags.any(name="a")) == [1]
    assert found(session, User.tags.any(Tag.name.in_(["a", "c"]))) == [1, 2]
    assert found(session, User.tags.contains(tag)) == [2]
    assert found(session, User.tag_names.contains("b")) == [1]
    assert found(session, User.city == "Oslo") == [1]
    assert found(session, User.city == None) == [2, 3]
    assert found(session, User.city != "Bergen") == [1]
    assert found(session, User.city.like("O%")) == [1]
    assert found(session, User.city.has()) == [1]
    other = aliased(User)
    assert list(session.scalars(select(other.id).where(other.tags.any(name="c")))) == [2]
    assert session.scalars(select(User.id).join(User.tags.local_attr).join(User.tags.remote_attr)).all()


def test_text_of_a_condition() -> None:
    assert str(select(User.id).where(User.tags.any(name="a"))).replace("\n", "") == (
        "SELECT users.id FROM users WHERE EXISTS (SELECT 1 FROM links WHERE users.id = links.user_id AND "
        "(EXISTS (SELECT 1 FROM tags WHERE tags.id = links.tag_id AND tags.name = :name_1)))"
    )


def test_wrong_conditions() -> None:
    with pytest.raises(InvalidRequestError, match=r"has\(\)' not implemented for collections"):
        User.tags.has(name="a")
    with pytest.raises(InvalidRequestError, match=r"any\(\)' not implemented for scalar"):
        User.city.any()
    with pytest.raises(ArgumentError, match="use =="):
        User.city.has(city="x")
    with pytest.raises(NotImplementedError, match="plain column expression"):
        select(User.city)


def test_facts() -> None:
    proxy = inspect(User).all_orm_descriptors["tags"]
    assert proxy.extension_type is ASSOCIATION_PROXY and User.tags.parent is proxy
    assert (User.tags.owning_class, User.tags.target_class, User.tags.scalar) == (User, Link, False)


def test_subclasses_own_their_proxy() -> None:
    class Admin(User):
        pass

    assert Admin.tags.owning_class is Admin and User.tags.owning_class is User


def test_attribute_of_some_subclasses_only() -> None:
    class Shape(Base):
        __tablename__ = "shapes"
        id: Mapped[int] = mapped_column(primary_key=True)
        kind: Mapped[str]
        __mapper_args__ = {"polymorphic_on": "kind"}

    class Circle(Shape):
        radius: Mapped[int | None]
        __mapper_args__ = {"polymorphic_identity": "circle"}

    class Drawing(Base):
        __tablename__ = "drawings"
        id: Mapped[int] = mapped_column(primary_key=True)
        shape_id: Mapped[int | None] = mapped_column(ForeignKey("shapes.id"))
        shape: Mapped[Shape | None] = relationship()
        radius: AssociationProxy[Any] = association_proxy("shape", "radius")

    assert Drawing(shape=Circle(radius=3)).radius == 3
    with pytest.raises(AttributeError, match="not directly mapped on class Shape"):
        select(Drawing).where(Drawing.radius == 3)


def test_through_a_column_is_refused() -> None:
    class Bad(Base):
        __tablename__ = "bad"
        id: Mapped[int] = mapped_column(primary_key=True)
        proxy: AssociationProxy[Any] = association_proxy("id", "x")

    with pytest.raises(NotImplementedError, match=r"non-relationship intermediary.*Bad\.id"):
        Bad.proxy


def test_unmapped_class() -> None:
    class Plain:
        proxy = association_proxy("a", "b")

    with pytest.raises(InvalidRequestError, match="no mapped owning class"):
        Plain().proxy


def test_pickled_objects_keep_their_views() -> None:
    user = pickle.loads(pickle.dumps(User(tag_names=["a", "b"])))
    assert user.tag_names == ["a", "b"]


def test_appending_does_not_flush_the_new_member_without_its_parent(session: Session) -> None:
    user, tag = User(id=1), Tag(name="a")
    session.add_all([user, tag])
    session.commit()
    user.tags.append(tag)
    session.commit()
    assert user.links[0].user is user and user.tags == [tag]
