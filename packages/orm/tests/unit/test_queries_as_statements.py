"""What a query, or a statement with entities, is to whoever looks at it: names, keys, slices, listeners."""

from __future__ import annotations

from typing import Any

import pytest

from lect import (
    Column,
    ForeignKey,
    MetaData,
    Table,
    cast,
    create_engine,
    event,
    exc,
    func,
    inspect,
    select,
    types,
    union,
)
from lect.sql.expression import LABEL_STYLE_TABLENAME_PLUS_COL, bindparam, lateral, true
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    contains_eager,
    joinedload,
    mapped_column,
    relationship,
    synonym,
    with_parent,
)


class Base(DeclarativeBase):
    pass


class Author(Base):
    __tablename__ = "author"

    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]
    books: Mapped[list[Book]] = relationship(back_populates="author", order_by="Book.id")
    works: Mapped[list[Book]] = synonym("books")
    writings: Mapped[list[Book]] = synonym("works")


class Book(Base):
    __tablename__ = "book"

    id: Mapped[int] = mapped_column(primary_key=True)
    author_id: Mapped[int] = mapped_column(ForeignKey("author.id"))
    title: Mapped[str]
    author: Mapped[Author] = relationship(back_populates="books")


@pytest.fixture
def session() -> Any:
    engine = create_engine("sqlite://")
    Base.metadata.create_all(engine)
    with Session(engine) as made:
        for n in range(1, 9):
            made.add(Author(id=n, name=f"a{n}", books=[Book(id=2 * n, title="x"), Book(id=2 * n + 1, title="y")]))
        made.commit()
        yield made
    engine.dispose()


def flat(statement: Any) -> str:
    return " ".join(str(statement).split())


def test_a_statement_outside_of_its_query_has_plain_names(session: Session) -> None:
    query = session.query(Author).filter(Author.id == 1)
    assert flat(query) == ("SELECT author.id AS author_id, author.name AS author_name FROM author WHERE author.id = ?")
    assert flat(query.statement) == "SELECT author.id, author.name FROM author WHERE author.id = :id_1"
    assert session.connection().execute(query.statement).mappings().one() == {"id": 1, "name": "a1"}
    chosen = query.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    assert list(chosen.subquery().c.keys()) == ["author_id", "author_name"]
    assert list(query.subquery().c.keys()) == ["id", "name"]
    assert query.union(session.query(Author).filter_by(id=2)).count() == 2


def test_a_query_inside_of_a_statement_keeps_its_labels(session: Session) -> None:
    first, second = session.query(Author).filter_by(id=1), session.query(Author.id, Author.name).filter_by(id=2)
    both = union(first, second).subquery()
    assert list(both.c.keys()) == ["author_id", "author_name"]
    assert session.scalars(select(both.c.author_name).order_by(both.c.author_id)).all() == ["a1", "a2"]
    assert list(first.selectable.subquery().c.keys()) == ["author_id", "author_name"]
    eager = session.query(Author).options(joinedload(Author.books))
    assert "JOIN" in str(eager)
    assert "JOIN" not in str(union(eager, eager))


def test_selected_columns_are_called_as_the_labels(session: Session) -> None:
    statement = select(Author.id, Book.id).join(Author.books)
    assert list(statement.exported_columns.keys()) == ["id", "id_1"]
    assert [d["name"] for d in statement.column_descriptions] == ["id", "id_1"]
    labelled = statement.set_label_style(LABEL_STYLE_TABLENAME_PLUS_COL)
    assert list(labelled.exported_columns.keys()) == ["author_id", "book_id"]
    assert [d["name"] for d in labelled.column_descriptions] == ["author_id", "book_id"]
    assert session.execute(labelled).keys() == ["author_id", "book_id"]
    from_other = select(Author.id, Book.id).from_statement(labelled)
    assert session.execute(from_other).keys() == ["author_id", "book_id"]
    assert [d["name"] for d in from_other.column_descriptions] == ["author_id", "book_id"]


def test_descriptions_say_whose_a_column_is(session: Session) -> None:
    other = aliased(Author)
    label, call = other.id.label("number"), func.count(Author.id)
    table = Author.__table__
    found = session.query(Author.name, label, call, other).column_descriptions
    assert [(d["name"], d["aliased"], d["entity"]) for d in found] == [
        ("name", False, Author),
        ("number", True, other),
        (None, False, Author),
        (None, True, other),
    ]
    assert session.query(table.c.name).column_descriptions == [
        {"name": "name", "type": table.c.name.type, "aliased": False, "expr": table.c.name, "entity": None}
    ]


def test_slices_count_from_an_offset(session: Session) -> None:
    query = session.query(Author.id).order_by(Author.id).offset(2)
    assert [row.id for row in query[1:3]] == [4, 5]
    assert [row.id for row in query[0:2]] == [3, 4]
    bounds = session.query(Author.id).order_by(Author.id).params(a=1, b=3)
    integer = types.Integer
    assert [row.id for row in bounds[cast(bindparam("a"), integer) : cast(bindparam("b"), integer)]] == [2, 3]
    assert flat(select(Author.id).offset(func.f()).slice(2, 5)).endswith("LIMIT :param_1 OFFSET f() + :f_1")
    assert query[-2:-5] == []
    with pytest.raises(IndexError, match="negative"):
        query[-5:-2]


def test_rows_with_an_entity_are_given_once(session: Session) -> None:
    rows = session.query(Author, func.lower("X")).join(Author.books).filter(Author.id < 3).order_by(Author.id)
    assert [(author.id, x) for author, x in rows] == [(1, "x"), (2, "x")]
    assert len(session.query(Author.id).join(Author.books).filter(Author.id < 3).all()) == 4


def test_listeners_see_the_values_of_their_execution(session: Session) -> None:
    engine, seen = session.get_bind(), []

    @event.listens_for(engine, "before_execute", retval=True)
    def before(connection: Any, statement: Any, many: Any, one: Any, options: Any) -> Any:
        seen.append(statement.compile().params)
        return statement, many, one

    found = [session.scalars(select(Author.id).where(Author.id.in_([n, n + 1]))).all() for n in (1, 2, 3)]
    assert found == [[1, 2], [2, 3], [3, 4]]
    assert seen == [{"id_1": [1, 2]}, {"id_1": [2, 3]}, {"id_1": [3, 4]}]


def test_group_by_a_table(session: Session) -> None:
    table = Author.__table__
    statement = select(table, func.count()).join(Book).group_by(table)
    assert flat(statement).endswith("GROUP BY author.id, author.name")
    assert session.execute(statement.order_by(table.c.id)).first() == (1, "a1", 2)
    assert session.query(Author, func.count()).join(Book).group_by(table).order_by(Author.id)[0][1] == 2


def test_filter_by_says_where_it_has_looked(session: Session) -> None:
    with pytest.raises(exc.InvalidRequestError, match='Entity namespace for "book" has no property "name"'):
        session.query(Book.__table__).filter_by(name="x")
    with pytest.raises(exc.InvalidRequestError, match='"count" has no property "name"'):
        session.query(func.count(1)).filter_by(name="x")


def test_rows_of_a_parent_in_an_alias(session: Session) -> None:
    author = session.get_one(Author, 3)
    one, two = aliased(Book), aliased(Book)
    found = session.query(one.id, two.id).filter(one.id == 1 + two.id, with_parent(author, Author.books, two))
    assert found.order_by(two.id).all() == [(7, 6), (8, 7)]
    for attribute in (Author.works, Author.writings):
        assert session.query(Book.id).filter(with_parent(author, attribute)).order_by(Book.id).all() == [(6,), (7,)]
        session.expunge_all()
        loaded = session.scalars(select(Author).options(joinedload(attribute)).where(Author.id == 3)).unique().one()
        assert [b.id for b in loaded.__dict__["books"]] == [6, 7]
        author = loaded


def test_operators_that_relationships_do_not_have() -> None:
    for compare in (lambda a: a > 1, lambda a: a.like("x"), lambda a: 1 + a):
        with pytest.raises(NotImplementedError, match=r"Author.books is a relationship, which has no operator"):
            compare(Author.books)


def test_comparisons_keep_their_sides() -> None:
    other = aliased(Author)
    assert str(other.id > Author.id) == "author_1.id > author.id"
    assert str(Author.id > other.id) == "author.id > author_1.id"


def test_an_alias_of_an_alias_is_of_its_kind(session: Session) -> None:
    rows = select(Author).where(Author.id > 6)
    cte = aliased(aliased(Author, rows.cte("later")), name="again")
    assert flat(select(cte.id)) == (
        "WITH later AS (SELECT author.id AS id, author.name AS name FROM author WHERE author.id > :id_1) "
        "SELECT again.id FROM later AS again"
    )
    side = aliased(aliased(Author, lateral(rows, "side")), name="again")
    assert "JOIN LATERAL (SELECT" in flat(select(Author.id, side.id).join(side, true()))
    part = aliased(aliased(Author, Author.__table__.tablesample(func.bernoulli(1), name="part")), name="again")
    assert flat(select(part.id)) == "SELECT again.id FROM author AS again TABLESAMPLE bernoulli(:bernoulli_1)"
    assert session.scalars(select(cte.id).order_by(cte.id)).all() == [7, 8]


def test_a_flat_alias_of_anonymous_aliases_has_a_readable_name() -> None:
    left, right = Author.__table__.alias(), Book.__table__.alias()
    joined = aliased(aliased(Author, left.join(right, left.c.id == right.c.author_id)), flat=True, name="named")
    assert "Anonymous" not in str(select(joined.id))


def test_aliases_of_two_aliases_over_one_subquery(session: Session) -> None:
    other = aliased(Author)
    both = select(Author, other).where(Author.id == other.id + 1, other.id < 3).subquery()
    first, second = aliased(Author, both), aliased(other, both)
    assert session.scalars(select(first.id).order_by(first.id)).all() == [2, 3]
    assert session.scalars(select(second.id).order_by(second.id)).all() == [1, 2]
    assert [a.id for a in session.scalars(select(first).order_by(first.id))] == [2, 3]
    assert [a.id for a in session.scalars(select(second).order_by(second.id))] == [1, 2]


def test_an_attribute_that_a_subquery_does_not_have_is_told() -> None:
    ids = aliased(Author, select(Author.id).subquery())
    with pytest.warns(exc.LectWarning, match="Did not locate an expression in selectable for attribute 'name'"):
        assert str(ids.name == "x")
    assert str(ids.id == 1)


def test_an_alias_named_for_contains_eager_stays(session: Session) -> None:
    book, author = aliased(Book), aliased(Author)
    found = (
        session.query(Author)
        .outerjoin(book, Author.books)
        .outerjoin(author, book.author)
        .options(contains_eager(Author.books, alias=book), contains_eager(Author.books, Book.author, alias=author))
        .filter(Author.id == 2)
    )
    assert [[b.id for b in a.__dict__["books"]] for a in found] == [[4, 5]]


def test_a_missing_column_of_a_table_that_is_not_joined() -> None:
    metadata = MetaData()
    left = Table("left", metadata, Column("id", types.Integer, primary_key=True))
    right = Table("right", metadata, Column("id", ForeignKey("left.id")), Column("x", ForeignKey("other.missing")))
    Table("other", metadata, Column("id", types.Integer, primary_key=True))
    assert str(left.join(right)) == '"left" JOIN "right" ON "left".id = "right".id'


def test_a_mapper_is_its_class_in_a_statement(session: Session) -> None:
    mapper = inspect(Author)
    assert session.query(mapper).filter_by(id=1).one() is session.get_one(Author, 1)
    assert str(select(mapper)) == str(select(Author))
