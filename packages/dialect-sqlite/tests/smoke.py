"""The wheel with the core only: rows go in and come out."""

from lect import Column, Integer, MetaData, String, Table, create_engine, insert, select

engine = create_engine("sqlite://")
metadata = MetaData()
city = Table("city", metadata, Column("id", Integer, primary_key=True), Column("name", String(20)))
metadata.create_all(engine)
with engine.begin() as connection:
    connection.execute(insert(city), [{"name": "Lisbon"}, {"name": "Oslo"}])
    names = connection.scalars(select(city.c.name).order_by(city.c.id)).all()
assert names == ["Lisbon", "Oslo"], names
engine.dispose()
print("sqlite: ok")
