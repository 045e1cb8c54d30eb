"""Airports of the world: real data into a real database and out again, in one script.

Maps 28,000 airports, 249 countries, 5,000 subdivisions (which nest) and 178 currencies, loads them through the ORM and
asks questions of them. The same script runs on any database that a dialect is installed for:

    python examples/quickstart.py                                     # SQLite, in memory
    python examples/quickstart.py postgresql://user:pw@host/db        # needs lect-postgresql
    python examples/quickstart.py mysql://user:pw@host/db --echo      # needs lect-mysql; shows the SQL

Data: the packages `airportsdata` and `pycountry` (ISO 3166-1, ISO 3166-2, ISO 4217). Output: `rich`.
"""

from __future__ import annotations

import argparse
from collections.abc import Iterable, Sequence
from time import perf_counter

import airportsdata
import pycountry
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table as TextTable

from lect import Column, Engine, ForeignKey, String, Table, create_engine, event, func, literal, make_url, select
from lect_orm import (
    DeclarativeBase,
    Mapped,
    Session,
    aliased,
    joinedload,
    mapped_column,
    relationship,
    selectinload,
)

# ISO 4217 names a national currency after its country (CHF: CH), so those pairs follow from the codes. Currencies that
# several countries share are listed here.
SHARED_CURRENCIES = {
    "EUR": "AD AT BE BG CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA",
    "USD": "EC FM GU IO MH MP PR PW SV TC TL UM VG VI",
    "XAF": "CF CG CM GA GQ TD",
    "XOF": "BF BJ CI GW ML NE SN TG",
    "XCD": "AG AI DM GD KN LC MS VC",
    "AUD": "CC CX HM KI NF NR TV",
    "NZD": "CK NU PN TK",
    "DKK": "FO GL",
    "NOK": "BV SJ",
    "XPF": "NC PF WF",
    "CHF": "LI",
    "ZAR": "LS NA",
    "INR": "BT",
}

console = Console()


class Base(DeclarativeBase):
    """The registry that all mapped classes below share."""


country_currency = Table(
    "quickstart_country_currency",
    Base.metadata,
    Column("country_code", ForeignKey("quickstart_country.code"), primary_key=True),
    Column("currency_code", ForeignKey("quickstart_currency.code"), primary_key=True),
)


class Country(Base):
    __tablename__ = "quickstart_country"

    code: Mapped[str] = mapped_column(String(2), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))

    subdivisions: Mapped[list[Subdivision]] = relationship(back_populates="country", order_by="Subdivision.code")
    airports: Mapped[list[Airport]] = relationship(back_populates="country")
    currencies: Mapped[list[Currency]] = relationship(
        secondary=country_currency, back_populates="countries", order_by="Currency.code"
    )


class Currency(Base):
    __tablename__ = "quickstart_currency"

    code: Mapped[str] = mapped_column(String(3), primary_key=True)
    name: Mapped[str] = mapped_column(String(100))

    countries: Mapped[list[Country]] = relationship(
        secondary=country_currency, back_populates="currencies", order_by=Country.code
    )


class Subdivision(Base):
    __tablename__ = "quickstart_subdivision"

    code: Mapped[str] = mapped_column(String(8), primary_key=True)
    name: Mapped[str] = mapped_column(String(150))
    kind: Mapped[str] = mapped_column(String(60))
    country_code: Mapped[str] = mapped_column(ForeignKey("quickstart_country.code"))
    parent_code: Mapped[str | None] = mapped_column(ForeignKey("quickstart_subdivision.code"))

    country: Mapped[Country] = relationship(back_populates="subdivisions")
    parent: Mapped[Subdivision | None] = relationship(back_populates="children", remote_side=[code])
    children: Mapped[list[Subdivision]] = relationship(back_populates="parent", order_by="Subdivision.code")
    airports: Mapped[list[Airport]] = relationship(back_populates="subdivision")


class Airport(Base):
    __tablename__ = "quickstart_airport"

    id: Mapped[int] = mapped_column(primary_key=True)
    icao: Mapped[str] = mapped_column(String(10))
    iata: Mapped[str | None] = mapped_column(String(3), index=True)
    name: Mapped[str] = mapped_column(String(150))
    city: Mapped[str] = mapped_column(String(100))
    elevation_ft: Mapped[float]
    latitude: Mapped[float]
    longitude: Mapped[float]
    country_code: Mapped[str | None] = mapped_column(ForeignKey("quickstart_country.code"))
    subdivision_code: Mapped[str | None] = mapped_column(ForeignKey("quickstart_subdivision.code"))

    country: Mapped[Country | None] = relationship(back_populates="airports")
    subdivision: Mapped[Subdivision | None] = relationship(back_populates="airports")


def load(session: Session) -> int:
    """Build the object graph from the packages and write it; return the number of objects."""
    countries = {c.alpha_2: Country(code=c.alpha_2, name=c.name) for c in pycountry.countries}
    currencies = {c.alpha_3: Currency(code=c.alpha_3, name=c.name) for c in pycountry.currencies}
    for code, currency in currencies.items():
        shared_by = SHARED_CURRENCIES.get(code, "").split()
        currency.countries = [countries[c] for c in (code[:2], *shared_by) if c in countries]

    subdivisions: dict[str, Subdivision] = {}
    for s in pycountry.subdivisions:
        subdivisions[s.code] = Subdivision(code=s.code, name=s.name, kind=s.type, country=countries[s.country_code])
    for s in pycountry.subdivisions:
        if s.parent_code is not None:
            subdivisions[s.code].parent = subdivisions[s.parent_code]
    by_name = {(s.country.code, s.name): s for s in subdivisions.values()}

    session.add_all([*countries.values(), *currencies.values(), *subdivisions.values()])
    session.flush()

    rows = list(airportsdata.load("ICAO").values())
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as progress:
        task = progress.add_task("loading airports", total=len(rows))
        for start in range(0, len(rows), 2000):
            batch = rows[start : start + 2000]
            session.add_all(
                Airport(
                    icao=row["icao"],
                    iata=row["iata"] or None,
                    name=row["name"],
                    city=row["city"],
                    elevation_ft=row["elevation"],
                    latitude=row["lat"],
                    longitude=row["lon"],
                    country=countries.get(row["country"]),
                    subdivision=by_name.get((row["country"], row["subd"])),
                )
                for row in batch
            )
            session.flush()
            progress.advance(task, len(batch))
    session.commit()
    return len(countries) + len(currencies) + len(subdivisions) + len(rows)


def _shown(value: object) -> str:
    if isinstance(value, float):
        return f"{value:,.1f}"
    return f"{value:,}" if isinstance(value, int) else str(value)


def show(title: str, headings: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows as a table; numbers to the right."""
    console.print(f"\n{title}", style="bold", highlight=False)
    table = TextTable()
    data = [list(row) for row in rows]
    for i, heading in enumerate(headings):
        numeric = bool(data) and all(isinstance(row[i], int | float) for row in data)
        table.add_column(heading, justify="right" if numeric else "left")
    for row in data:
        table.add_row(*map(_shown, row))
    console.print(table)


def aggregates(session: Session) -> None:
    airports = func.count(Airport.id)
    statement = (
        select(Country.name, airports, func.avg(Airport.elevation_ft), func.max(Airport.elevation_ft))
        .join(Country.airports)
        .group_by(Country.code, Country.name)
        .order_by(airports.desc(), Country.name)
        .limit(5)
    )
    rows = [(name, n, float(mean), float(top)) for name, n, mean, top in session.execute(statement)]
    show("Countries with the most airports", ["country", "airports", "mean elevation (ft)", "highest (ft)"], rows)


def highest(session: Session) -> None:
    statement = (
        select(Airport.iata, Airport.name, Country.name, Subdivision.name, Airport.elevation_ft)
        .join(Airport.country)
        .outerjoin(Airport.subdivision)
        .where(Airport.iata.is_not(None))
        .order_by(Airport.elevation_ft.desc(), Airport.iata)
        .limit(5)
    )
    rows = [(iata, name, land, part or "", feet) for iata, name, land, part, feet in session.execute(statement)]
    show("The highest airports with an IATA code", ["IATA", "airport", "country", "subdivision", "feet"], rows)


def nested_subdivisions(session: Session) -> None:
    """Walk every subdivision tree from its roots with a recursive CTE and count airports by level."""
    tree = (
        select(Subdivision.code.label("code"), literal(1).label("level"))
        .where(Subdivision.parent_code.is_(None))
        .cte("tree", recursive=True)
    )
    below = aliased(Subdivision)
    tree = tree.union_all(
        select(below.code, (tree.c.level + 1).label("level")).join(tree, below.parent_code == tree.c.code)
    )
    statement = (
        select(tree.c.level, func.count(tree.c.code.distinct()), func.count(Airport.id))
        .outerjoin(Airport, Airport.subdivision_code == tree.c.code)
        .group_by(tree.c.level)
        .order_by(tree.c.level)
    )
    show("Subdivisions by depth (recursive CTE)", ["level", "subdivisions", "airports"], session.execute(statement))

    deepest = session.scalars(
        select(Subdivision)
        .join(tree, tree.c.code == Subdivision.code)
        .where(tree.c.level == 3)
        .options(joinedload(Subdivision.parent).joinedload(Subdivision.parent))
        .order_by(Subdivision.code)
    )
    rows = []
    for s in deepest:
        middle = s.parent
        top = middle.parent if middle else None
        rows.append((s.code, " < ".join(x.name for x in (s, middle, top) if x is not None)))
    show("The deepest of them", ["code", "path"], rows)


def eager_loading(session: Session, engine: Engine) -> None:
    """Load countries with two collections each and count the statements it takes."""
    statements: list[str] = []

    def count(conn: object, cursor: object, statement: str, *rest: object) -> None:
        statements.append(statement)

    event.listen(engine, "before_cursor_execute", count)
    session.expunge_all()
    countries = session.scalars(
        select(Country)
        .where(Country.code.in_(["CH", "DE", "GB", "US"]))
        .options(selectinload(Country.currencies), selectinload(Country.subdivisions))
        .order_by(Country.code)
    ).all()
    rows = [(c.name, ", ".join(x.code for x in c.currencies), len(c.subdivisions)) for c in countries]
    event.remove(engine, "before_cursor_execute", count)
    show(
        f"Countries with currencies and subdivisions ({len(statements)} statements)",
        ["country", "currencies", "subdivisions"],
        rows,
    )


def main() -> None:
    parser = argparse.ArgumentParser(description="Airports of the world, through the ORM")
    parser.add_argument("url", nargs="?", default="sqlite://", help="database URL (default: SQLite in memory)")
    parser.add_argument("--echo", action="store_true", help="show the SQL")
    arguments = parser.parse_args()

    engine = create_engine(make_url(arguments.url), echo=arguments.echo)
    console.print(f"database: {engine.url}")
    Base.metadata.drop_all(engine)
    Base.metadata.create_all(engine)
    try:
        with Session(engine) as session:
            started = perf_counter()
            written = load(session)
            console.print(f"{written:,} objects in {perf_counter() - started:.1f} s")
            aggregates(session)
            highest(session)
            nested_subdivisions(session)
            eager_loading(session, engine)
    finally:
        Base.metadata.drop_all(engine)
        engine.dispose()


if __name__ == "__main__":
    main()
