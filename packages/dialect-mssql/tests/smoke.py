"""The wheel with what it depends on, and no server: the URL becomes an engine whose dialect writes SQL."""

from lect import Column, Integer, MetaData, String, Table, create_engine, select
from lect.schema import CreateTable

city = Table("city", MetaData(), Column("id", Integer, primary_key=True), Column("name", String(20)))
engine = create_engine("mssql+pyodbc://someone:secret@localhost/test")
text = str(select(city.c.name).where(city.c.id == 1).compile(dialect=engine.dialect))
assert text.startswith("SELECT city.name \nFROM city \nWHERE city.id = "), text
assert "CREATE TABLE city" in str(CreateTable(city).compile(dialect=engine.dialect))
assert "secret" not in repr(engine)
print("mssql: ok")
