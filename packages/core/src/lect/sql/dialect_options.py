"""Keyword arguments that belong to one dialect (`x_engine="y"`), checked against what that dialect declares."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping
from enum import Enum
from types import MappingProxyType
from typing import Any, ClassVar, Final

from lect.exc import ArgumentError, LectWarning, NoSuchModuleError

__all__ = ["DialectKWArgConst", "DialectKWArgs", "checked_options", "set_declared_arguments"]


class DialectKWArgConst(Enum):
    """Marks that stand in a dialect's declaration where a default may stand.

    ``REFLECTED_ONLY``: the argument tells what reflection found; it writes nothing, and is kept apart.
    """

    REFLECTED_ONLY = 1


#: What a dialect declares: (construct class, {argument: default}) pairs; None when it takes anything.
Declared = Iterable[tuple[type, Mapping[str, Any]]] | None


def _nothing_known(name: str) -> Declared:
    raise NoSuchModuleError(f"no dialect named {name!r} is installed")


_find_declared: Callable[[str], Declared] = _nothing_known

_ANY: Final = "*"
_REFLECTED: Final = DialectKWArgConst.REFLECTED_ONLY


def set_declared_arguments(find: Callable[[str], Declared]) -> None:
    """Set who knows what a dialect declares (the room that loads dialects does, when it is imported).

    `find(name)` loads the dialect of that name, returns its `construct_arguments`, and raises NoSuchModuleError when no
    such dialect is installed.
    """
    global _find_declared
    _find_declared = find
    DialectKWArgs._kw_registry.clear()


def _declared(name: str) -> dict[type, dict[str, Any]] | None:
    """Return what dialect `name` declares by class, None when it takes anything; NoSuchModuleError if there is none."""
    known = DialectKWArgs._kw_registry
    if name not in known:
        found = _find_declared(name)
        if found is None:
            known[name] = None
        else:
            table: dict[type, dict[str, Any]] = {}
            for cls, arguments in found:
                table.setdefault(cls, {}).update(arguments)
            known[name] = table
    return known[name]


class _Options(MutableMapping[str, Any]):
    """The options of one construct for one dialect: those given, else the declared defaults."""

    __slots__ = ("declared", "defaults", "given", "reflected")

    def __init__(self, declared: Mapping[str, Any]) -> None:
        self.declared = declared
        self.defaults = {key: value for key, value in declared.items() if value is not _REFLECTED}
        self.given: dict[str, Any] = {}
        self.reflected: dict[str, Any] = {}

    def accepts(self, key: str) -> bool:
        """Whether the dialect takes an argument `key` here."""
        return key in self.declared or _ANY in self.declared

    def all(self) -> dict[str, Any]:
        """Return what was given and what was found by reflection."""
        return {**self.given, **self.reflected}

    def __getitem__(self, key: str) -> Any:
        return self.given[key] if key in self.given else self.defaults[key]

    def __setitem__(self, key: str, value: Any) -> None:
        if self.declared.get(key) is _REFLECTED:
            self.reflected[key] = value
        else:
            self.given[key] = value

    def __delitem__(self, key: str) -> None:
        del self.given[key]

    def __iter__(self) -> Iterator[str]:
        yield from (key for key in self.given)
        yield from (key for key in self.defaults if key not in self.given and key != _ANY)

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, key: object) -> bool:
        return key in self.given or (key in self.defaults and key != _ANY)

    def __repr__(self) -> str:
        return repr(dict(self))


class _OptionsByDialect(dict[str, _Options]):
    """`construct.dialect_options`: makes a dialect's entry when it is first asked for."""

    def __init__(self, cls: type) -> None:
        super().__init__()
        self.cls = cls

    def __missing__(self, name: str) -> _Options:
        defaults: dict[str, Any] = {}
        try:
            table = _declared(name)
        except NoSuchModuleError:
            table, known = None, False
        else:
            known = True
        if known and table is None:
            defaults[_ANY] = None
        for base in reversed(self.cls.__mro__):
            if table and base in table:
                defaults.update(table[base])
        options = _Options(defaults)
        self[name] = options
        return options

    def __reduce__(self) -> Any:
        return (_restore, (self.cls, {name: options.all() for name, options in self.items()}))


def _restore(cls: type, given: dict[str, dict[str, Any]]) -> _OptionsByDialect:
    options = _OptionsByDialect(cls)
    for name, values in given.items():
        for key, value in values.items():
            options[name][key] = value
    return options


class _ReflectedOnly(Mapping[str, Mapping[str, Any]]):
    """`construct.reflect_only_elements`: by dialect, nothing for a dialect that has none. Read-only."""

    __slots__ = ("options",)

    def __init__(self, options: Mapping[str, _Options]) -> None:
        self.options = {name: each for name, each in options.items() if each.reflected}

    def __getitem__(self, name: str) -> Mapping[str, Any]:
        found = self.options.get(name)
        return MappingProxyType(found.reflected if found is not None else {})

    def __contains__(self, name: object) -> bool:
        return name in self.options

    def __iter__(self) -> Iterator[str]:
        return iter(self.options)

    def __len__(self) -> int:
        return len(self.options)

    def __repr__(self) -> str:
        return repr({name: dict(each.reflected) for name, each in self.options.items()})


class _Flat(MutableMapping[str, Any]):
    """The options given to a construct under their full names, ``{"x_engine": "y"}``; writable."""

    __slots__ = ("owner",)

    def __init__(self, owner: DialectKWArgs) -> None:
        self.owner = owner

    def __getitem__(self, key: str) -> Any:
        dialect, argument = _split(key, KeyError)
        try:
            options = self.owner.dialect_options[dialect]
        except NoSuchModuleError as missing:
            raise KeyError(key) from missing
        return options.given[argument]

    def __setitem__(self, key: str, value: Any) -> None:
        dialect, argument = _split(key, ArgumentError)
        self.owner.dialect_options[dialect][argument] = value

    def __delitem__(self, key: str) -> None:
        dialect, argument = _split(key, KeyError)
        del self.owner.dialect_options[dialect].given[argument]

    def __iter__(self) -> Iterator[str]:
        for dialect, options in self.owner.dialect_options.items():
            for argument in options.given:
                yield f"{dialect}_{argument}"

    def __len__(self) -> int:
        return sum(len(options.given) for options in self.owner.dialect_options.values())

    def __repr__(self) -> str:
        return repr(dict(self))


def _split(key: str, error: type[Exception]) -> tuple[str, str]:
    dialect, underscore, argument = key.partition("_")
    if not (dialect and underscore and argument):
        raise error(f"Keys must be of the form <dialectname>_<argname>, got {key!r}")
    return dialect, argument


class DialectKWArgs:
    """A construct that takes ``<dialect>_<argument>=value``.

    The dialect is loaded, if it is installed, and says which arguments it takes; one that it does not take is an error.
    Arguments of a dialect that is not installed are kept, with a warning that they were not checked.
    """

    #: What dialects declare, by name, kept once it was asked for; None: anything is taken.
    _kw_registry: ClassVar[dict[str, dict[type, dict[str, Any]] | None]] = {}

    _dialect_options: _OptionsByDialect | None = None

    @classmethod
    def argument_for(cls, dialect_name: str, argument_name: str, default: Any) -> None:
        """Declare that this class takes `<dialect_name>_<argument_name>`, whose value is `default` if it is not given.

        Raises NoSuchModuleError when no such dialect is installed, and ArgumentError when the dialect takes any
        argument anyhow, because it declares none.
        """
        declared = _declared(dialect_name)
        if declared is None:
            raise ArgumentError(
                f"Dialect '{dialect_name}' does not declare its arguments, it takes any; "
                f"'{argument_name}' needs no declaration"
            )
        declared.setdefault(cls, {})[argument_name] = default

    @property
    def dialect_options(self) -> dict[str, Any]:
        """Options by dialect: ``construct.dialect_options["x"]["engine"]``, declared defaults included."""
        options = self._dialect_options
        if options is None:
            options = self._dialect_options = _OptionsByDialect(type(self))
        return options

    @property
    def dialect_kwargs(self) -> MutableMapping[str, Any]:
        """The options that were given, under the names they were given; may be written."""
        return _Flat(self)

    @property
    def kwargs(self) -> MutableMapping[str, Any]:
        """The same as `dialect_kwargs`."""
        return _Flat(self)

    @property
    def reflect_only_elements(self) -> Mapping[str, Mapping[str, Any]]:
        """What reflection found that writes nothing when the construct is created again, by dialect."""
        return _ReflectedOnly(self._dialect_options or {})

    def _all_dialect_kwargs(self) -> dict[str, Any]:
        """Return the options that were given or found, under their full names: what a copy is made with."""
        options: Mapping[str, _Options] = self._dialect_options or {}
        return {f"{name}_{key}": value for name, each in options.items() for key, value in each.all().items()}

    def get_dialect_option(
        self, dialect: Any, argument_name: str, *, else_: Any = None, deprecated_fallback: str | None = None
    ) -> Any:
        """Return an option for `dialect` (an object with `.name`), or `else_` when it is neither given nor declared.

        `deprecated_fallback`: name of another dialect whose option of the same name is used when this one has none.
        """
        for name in (dialect.name, deprecated_fallback):
            if name is None:
                continue
            options = self.dialect_options[name]
            value = options.get(argument_name)
            if value is not None:
                return value
        return else_

    def _set_dialect_kwargs(self, given: Mapping[str, Any]) -> None:
        """Check and keep keyword arguments that are not the construct's own."""
        if given:
            _check_and_keep(type(self), self.dialect_options, given)


def checked_options(cls: type, given: Mapping[str, Any]) -> tuple[tuple[str, str, Any], ...]:
    """Return ``<dialect>_<argument>=value`` as (dialect, argument, value), checked as for constructs of class `cls`."""
    options = _OptionsByDialect(cls)
    _check_and_keep(cls, options, given)
    return tuple([(name, key, value) for name, each in options.items() for key, value in each.given.items()])


def _check_and_keep(cls: type, kept: Mapping[str, Any], given: Mapping[str, Any]) -> None:
    for key, value in given.items():
        dialect, underscore, argument = key.partition("_")
        if not (dialect and underscore and argument):
            raise TypeError(f"Additional arguments should be named <dialectname>_<argument>, got '{key}'")
        try:
            _declared(dialect)
        except NoSuchModuleError:
            warnings.warn(
                f"Can't validate argument {key!r}; can't locate any dialect named {dialect!r}",
                LectWarning,
                stacklevel=4,
            )
            kept[dialect][argument] = value
            continue
        options = kept[dialect]
        if not options.accepts(argument):
            taken = ", ".join(sorted(f"{dialect}_{name}" for name in options.declared)) or "none"
            raise ArgumentError(
                f"Argument '{key}' is not accepted by dialect '{dialect}' on behalf of {cls!r}; accepted: {taken}"
            )
        options[argument] = value
