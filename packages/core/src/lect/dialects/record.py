"""Frozen keyword-only value objects: what the contract's questions, answers, facts and profiles are made of.

They look like frozen dataclasses to a reader and to a type checker; the standard module is not used because it imports
`inspect`, which costs more than the rest of ``import lect``.
"""

from __future__ import annotations

from typing import Any, ClassVar, TypeVar, dataclass_transform

__all__ = ["Record"]

_R = TypeVar("_R", bound="Record")


@dataclass_transform(frozen_default=True, kw_only_default=True)
class Record:
    """Base of frozen value objects; fields are the class's annotations, defaults are the class's attributes.

    Defaults must be immutable: they are shared. Equality and hash go by class and field values; a record that holds an
    unhashable value cannot be hashed. Values of fields listed in `_secret_fields` are left out of ``repr()``.
    """

    _field_names: ClassVar[tuple[str, ...]] = ()
    _required: ClassVar[frozenset[str]] = frozenset()
    _secret_fields: ClassVar[frozenset[str]] = frozenset()

    def __init_subclass__(cls, **kwargs: Any) -> None:
        super().__init_subclass__(**kwargs)
        own = [
            name
            for name, annotation in cls.__dict__.get("__annotations__", {}).items()
            if not name.startswith("_") and not str(annotation).startswith(("ClassVar", "typing.ClassVar"))
        ]
        inherited = cls._field_names
        cls._field_names = inherited + tuple(name for name in own if name not in inherited)
        cls._required = frozenset(name for name in cls._field_names if not hasattr(cls, name))

    def __init__(self, **values: Any) -> None:
        unknown = [name for name in values if name not in self._field_names]
        if unknown:
            known = ", ".join(self._field_names)
            raise TypeError(f"{type(self).__name__} has no field {unknown[0]!r}; its fields are: {known}")
        missing = sorted(self._required.difference(values))
        if missing:
            raise TypeError(f"{type(self).__name__} needs a value for {', '.join(map(repr, missing))}")
        self.__dict__.update(values)

    def replace(self: _R, **changes: Any) -> _R:
        """Return a copy with `changes` applied; unknown field names raise TypeError."""
        return type(self)(**{**self.__dict__, **changes})

    def items(self) -> list[tuple[str, Any]]:
        """Return ``(field name, value)`` for every field, defaults included, in order of declaration."""
        return [(name, getattr(self, name)) for name in self._field_names]

    def __setattr__(self, name: str, value: Any) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen; use .replace({name}=...) to get a changed copy")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __eq__(self, other: object) -> bool:
        if type(other) is not type(self):
            return NotImplemented
        return self.items() == other.items()

    def __hash__(self) -> int:
        return hash((type(self), *[value for _, value in self.items()]))

    def __repr__(self) -> str:
        shown = ", ".join(
            f"{name}={'***' if name in self._secret_fields else repr(value)}" for name, value in self.__dict__.items()
        )
        return f"{type(self).__name__}({shown})"
