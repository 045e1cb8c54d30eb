"""The tables and classes of the workloads, described once for whichever library does the work."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

from benchmarks.library import Library


def tables(library: Library) -> Any:
    """Table objects by name: `five`, `wide`, `customer`, `purchase`, `item`."""
    c = library.core
    metadata = c.MetaData()

    def text(name: str, nullable: bool = False) -> Any:
        return c.Column(name, c.String(60), nullable=nullable)

    def key() -> Any:
        return c.Column("id", c.Integer, primary_key=True)

    def to(table: str) -> Any:
        return c.Column(f"{table}_id", c.Integer, c.ForeignKey(f"{table}.id"), nullable=False)

    return SimpleNamespace(
        five=c.Table(
            "five",
            metadata,
            key(),
            text("name"),
            c.Column("score", c.Float, nullable=False),
            c.Column("created", c.DateTime, nullable=False),
            text("note", nullable=True),
        ),
        customer=c.Table("customer", metadata, key(), text("name"), text("city")),
        purchase=c.Table("purchase", metadata, key(), to("customer"), c.Column("placed", c.DateTime, nullable=False)),
        item=c.Table(
            "item", metadata, key(), to("purchase"), text("product"), c.Column("quantity", c.Integer, nullable=False)
        ),
    )


def classes(library: Library) -> Any:
    """Mapped classes by name: `Wide`, `Parent`, `Child`."""
    c, column, relationship = library.core, library.orm.mapped_column, library.orm.relationship

    Base: Any = type("Base", (library.orm.DeclarativeBase,), {})

    class Wide(Base):
        __tablename__ = "wide"
        id = column(c.Integer, primary_key=True)
        name = column(c.String(60), nullable=False)
        email = column(c.String(60), nullable=False)
        city = column(c.String(60), nullable=False)
        quantity = column(c.Integer, nullable=False)
        score = column(c.Float, nullable=False)
        price = column(c.Numeric(12, 2), nullable=False)
        created = column(c.DateTime, nullable=False)
        updated = column(c.DateTime, nullable=False)
        note = column(c.String(60))

    class Parent(Base):
        __tablename__ = "parent"
        id = column(c.Integer, primary_key=True)
        name = column(c.String(60), nullable=False)
        city = column(c.String(60), nullable=False)
        children = relationship("Child", back_populates="parent", order_by="Child.id")

    class Child(Base):
        __tablename__ = "child"
        id = column(c.Integer, primary_key=True)
        parent_id = column(c.Integer, c.ForeignKey("parent.id"), nullable=False)
        name = column(c.String(60), nullable=False)
        quantity = column(c.Integer, nullable=False)
        parent = relationship("Parent", back_populates="children")

    library.orm.configure_mappers()
    return SimpleNamespace(Wide=Wide, Parent=Parent, Child=Child)
