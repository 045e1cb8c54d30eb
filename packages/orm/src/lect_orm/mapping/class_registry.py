"""Classes by name: what ``relationship("Address")`` and ``primaryjoin="User.id == Address.user_id"`` mean."""

from __future__ import annotations

import weakref
from collections.abc import Callable
from typing import Any

from lect.exc import ArgumentError, InvalidRequestError, nearest
from lect_orm.base import mapper_of

__all__ = ["ClassNames", "Resolver"]


class ClassNames(dict[str, Any]):
    """Name -> the classes of that name, by weak reference; what an application puts in by itself is taken as it is."""

    def add(self, name: str, cls: type) -> None:
        """Enter a class."""
        held = self.get(name)
        if not isinstance(held, _SameName):
            held = self[name] = _SameName(name)
        held.add(cls)

    def remove(self, name: str, cls: type) -> None:
        """Take a class out."""
        held = self.get(name)
        if isinstance(held, _SameName):
            held.discard(cls)
            if not held.classes():
                del self[name]

    def find(self, name: str) -> Any:
        """Return the class of a name (or path: ``package.module.Class``), or None.

        Raises:
            InvalidRequestError: several classes have the name.
        """
        held = self.get(name)
        if held is not None:
            return held.only() if isinstance(held, _SameName) else held
        if "." in name:
            last = name.rsplit(".", 1)[1]
            held = self.get(last)
            if isinstance(held, _SameName):
                found = [c for c in held.classes() if _path_matches(c, name)]
                if len(found) > 1:
                    raise held.ambiguous(name)
                if found:
                    return found[0]
        return None

    def names(self) -> list[str]:
        """All names."""
        return list(self)


def _path_matches(cls: type, path: str) -> bool:
    full = f"{cls.__module__}.{cls.__name__}"
    return full == path or full.endswith("." + path)


class _SameName:
    """The classes that share one name."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._refs: list[weakref.ref[type]] = []

    def add(self, cls: type) -> None:
        alive = [r for r in self._refs if r() is not None]
        if any(r() is cls for r in alive):
            return  # known since it was written, mapped now
        for reference in alive:
            other = reference()
            if other is not None and other is not cls and other.__module__ == cls.__module__:
                import warnings

                from lect.exc import LectWarning

                warnings.warn(
                    f"This declarative base already contains a class with the same class name and module name as "
                    f"{cls.__module__}.{cls.__name__}, and will be replaced in the string-lookup table.",
                    LectWarning,
                    stacklevel=7,
                )
                alive.remove(reference)
                break
        alive.append(weakref.ref(cls))
        self._refs = alive

    def discard(self, cls: type) -> None:
        self._refs = [r for r in self._refs if r() is not None and r() is not cls]

    def classes(self) -> list[type]:
        return [c for c in (r() for r in self._refs) if c is not None]

    def only(self) -> Any:
        classes = self.classes()
        if len(classes) > 1:
            raise self.ambiguous(self.name)
        return classes[0] if classes else None

    def ambiguous(self, name: str) -> InvalidRequestError:
        return InvalidRequestError(
            f'Multiple classes found for path "{name}" in the registry of this declarative base. Please use a fully '
            "module-qualified path."
        )


class _Columns:
    """A mapped class inside an expression given as a string: its attributes as columns of the table."""

    def __init__(self, cls: type) -> None:
        self._cls = cls

    def __getattr__(self, key: str) -> Any:
        mapper = mapper_of(self._cls)
        if mapper is None:
            return getattr(self._cls, key)
        prop = mapper._props.get(key)
        if prop is not None and prop.is_synonym:
            prop = mapper._props.get(prop.name)
        if prop is not None and prop.is_column:
            return getattr(self._cls, prop.key)
        if prop is not None and prop.is_relationship:
            raise InvalidRequestError(
                f"Property {key!r} is not an instance of ColumnProperty (i.e. does not correspond directly to a "
                f"Column): {self._cls.__name__}.{key} is a relationship"
            )
        if prop is None and key == "__table__":
            return _TableColumns(self._cls.__table__)  # type: ignore[attr-defined]
        if prop is None:
            found = getattr(self._cls, key, None)
            if found is None:
                known = [k for k, p in mapper._props.items() if p.is_column]
                raise AttributeError(
                    f"Class {self._cls!r} does not have a mapped column named {key!r}{nearest(key, known)}"
                )
            return found
        return getattr(self._cls, key)


class _TableColumns:
    """``Class.__table__`` inside an expression given as a string: its columns are attributes, as the class's are."""

    def __init__(self, table: Any) -> None:
        self._table = table

    def __getattr__(self, key: str) -> Any:
        found = self._table.c.get(key)
        return getattr(self._table, key) if found is None else found


class _Names(dict[str, Any]):
    """Names of an expression: classes, tables, functions; asked for one by one by ``eval``."""

    def __init__(self, resolver: Resolver) -> None:
        super().__init__()
        self._resolver = resolver
        self._path: list[str] = []

    def __missing__(self, name: str) -> Any:
        found = self._resolver.lookup(name)
        if found is None:
            raise NameError(f"name {name!r} is not defined")
        return found


class _Path:
    """The beginning of a dotted path: ``package.module.Class`` or ``schema.table``."""

    def __init__(self, resolver: Resolver, path: str) -> None:
        self._resolver = resolver
        self._path = path

    def __getattr__(self, name: str) -> Any:
        path = f"{self._path}.{name}"
        found = self._resolver.lookup(path)
        if found is None:
            raise AttributeError(f"{path} is not known")
        return found


class Resolver:
    """Finds what the strings of one relationship mean."""

    def __init__(self, registry: Any, cls: type, prop: Any) -> None:
        self.registry = registry
        self.cls = cls
        self.prop = prop
        self.favors_tables = False

    def lookup(self, name: str) -> Any:
        """Return the class, table, function or path that a name means; None when it means nothing."""
        tables = self.registry.metadata.tables
        if self.favors_tables and name in tables:
            return tables[name]
        found = self.registry.class_names.find(name)
        if found is not None:
            return _Columns(found) if isinstance(found, type) else found
        if name in tables:
            return tables[name]
        schemas = {t.schema for t in tables.values() if t.schema}
        modules = {m for c in self._classes() for m in _beginnings(f"{c.__module__}.{c.__name__}")}
        if any(s == name or s.startswith(name + ".") for s in schemas) or name in modules:
            return _Path(self, name)
        return _functions().get(name)

    def _classes(self) -> list[type]:
        return [c for held in self.registry.class_names.values() if isinstance(held, _SameName) for c in held.classes()]

    def _named_table(self, text: str) -> Any:
        """Return the table that `secondary` names: a string there is a name, which nothing is evaluated of."""
        found = self.lookup(text)
        if found is None or isinstance(found, _Path):
            self._fail(text, NameError(name=text))
        return _real(found)

    def _evaluate(self, text: str) -> Any:
        names = _Names(self)
        try:
            found = eval(text, {"__builtins__": {}}, names)  # noqa: S307 - the program's own text; without builtins
        except NameError as error:
            self._fail(text, error)
        except AttributeError as error:
            raise InvalidRequestError(
                f"When initializing mapper {self.prop.parent}, expression {text!r} failed to locate a name ({error})"
            ) from error
        return _real(found)

    def _fail(self, text: str, error: NameError) -> Any:
        name = getattr(error, "name", None) or text
        if self.favors_tables:
            tables = self.registry.metadata.tables
            raise InvalidRequestError(
                f"When initializing mapper {self.prop.parent}, the secondary table {text!r} of relationship "
                f"{self.prop} was not found; tables known: {', '.join(sorted(tables)) or 'none'}{nearest(name, tables)}"
            ) from error
        hint = nearest(name, self.registry.class_names.names())
        raise InvalidRequestError(
            f"When initializing mapper {self.prop.parent}, expression {text!r} failed to locate a name ({name!r}). "
            "If this is a "
            f"class name, consider adding this relationship() to the {self.cls!r} class after both dependent "
            "classes have been "
            f"defined.{hint}"
        ) from error

    def resolve_target(self, text: str) -> Any:
        """Return the class that a relationship's target names."""
        found = self.registry.class_names.find(text)
        if isinstance(found, type):
            return found
        value = self._evaluate(text)
        if isinstance(value, type) or getattr(value, "is_mapper", False) or hasattr(value, "_lect_aliased"):
            return value
        if getattr(value, "_is_from_clause", False):
            for cls in self._classes():
                mapper = mapper_of(cls)
                if mapper is not None and mapper.local_table is value:
                    return mapper.class_
        raise ArgumentError(f"relationship {self.prop}: {text!r} does not name a mapped class but {value!r}")

    def resolve_expression(self, text: str, favors_tables: bool = False) -> Any:
        """Return the value of an expression given as a string."""
        self.favors_tables = favors_tables
        try:
            return self._named_table(text) if favors_tables else self._evaluate(text)
        finally:
            self.favors_tables = False


def _real(value: Any) -> Any:
    if isinstance(value, _Columns):
        return value._cls
    if isinstance(value, _TableColumns):
        return value._table
    if isinstance(value, list | tuple):
        return [_real(v) for v in value]
    return value


def _beginnings(path: str) -> list[str]:
    parts = path.split(".")
    return [".".join(parts[:i]) for i in range(1, len(parts))]


_cached: dict[str, Any] = {}


def _functions() -> dict[str, Any]:
    """Names of core that an expression may use: ``and_``, ``func``, ``foreign`` …"""
    if not _cached:
        import lect
        from lect_orm.relationships.join_condition import foreign, remote

        for name in (
            "and_",
            "or_",
            "not_",
            "func",
            "text",
            "cast",
            "case",
            "literal",
            "literal_column",
            "select",
            "exists",
            "desc",
            "asc",
            "null",
            "true",
            "false",
            "tuple_",
            "type_coerce",
            "extract",
            "between",
            "distinct",
            "collate",
            "join",
            "outerjoin",
        ):
            value = getattr(lect, name, None)
            if value is not None:
                _cached[name] = value
        _cached["foreign"] = foreign
        _cached["remote"] = remote
        for name in ("Integer", "String", "Text", "Numeric", "Float", "Boolean", "Date", "DateTime"):
            _cached[name] = getattr(lect, name, None)
    return _cached


ResolverMaker = Callable[[type, Any], Resolver]
