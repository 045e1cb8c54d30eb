"""The mapper's wheel with the core only: a class is mapped and its select becomes text."""

from lect import select
from lect_orm import DeclarativeBase, Mapped, mapped_column


class Base(DeclarativeBase):
    pass


class City(Base):
    __tablename__ = "city"
    id: Mapped[int] = mapped_column(primary_key=True)
    name: Mapped[str]


statement = select(City).where(City.id == 1)
assert str(statement) == "SELECT city.id, city.name \nFROM city \nWHERE city.id = :id_1", str(statement)
print("orm: ok")
