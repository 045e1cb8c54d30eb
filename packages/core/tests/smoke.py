"""The core's wheel with no dialect beside it: statements become text; a missing dialect is named."""

from lect import Column, Integer, MetaData, String, Table, create_engine, exc, select

city = Table("city", MetaData(), Column("id", Integer, primary_key=True), Column("name", String))
statement = select(city.c.name).where(city.c.id == 1)
assert str(statement) == "SELECT city.name \nFROM city \nWHERE city.id = :id_1", str(statement)

try:
    create_engine("elephant://localhost/savanna")
except exc.NoSuchModuleError as error:
    assert "elephant" in str(error)
else:
    raise AssertionError("a dialect that is not installed was found")
print("core: ok")
