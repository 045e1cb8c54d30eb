"""Checks of a plugin against the contract, made when it is registered so that its author learns of a fault at once."""

from __future__ import annotations

from types import FunctionType
from typing import Any

from lect import exc
from lect.compile.table import ANSI, RuleTable
from lect.dialects.capabilities import Capabilities
from lect.dialects.contract import SPI_VERSION, Connector, Dialect, Pairing

__all__ = ["check_connector", "check_dialect"]

PARAMSTYLES = ("qmark", "numeric", "named", "format", "pyformat", "numeric_dollar")


def check_dialect(name: str, cls: Any, source: object) -> type[Dialect]:
    """Return `cls` when it keeps the contract for dialects; raise PluginError with every fault found when not.

    Args:
        name: the name it is registered under.
        source: where it comes from, for the message.
    """
    if not (isinstance(cls, type) and issubclass(cls, Dialect)):
        raise exc.PluginError(
            f"dialect {name!r} from {source} is {_what(cls)}; expected a subclass of lect.dialects.contract.Dialect"
        )
    _check_spi(f"dialect {name!r}", getattr(cls, "spi_version", None), source)
    faults = _check_methods(cls, Dialect)
    if not isinstance(getattr(cls, "name", None), str) or not cls.name:
        faults.append("'name' must be a non-empty string")
    if not isinstance(cls.rules, RuleTable):
        faults.append("'rules' must be a RuleTable")
    elif cls.rules is ANSI:
        faults.append("'rules' must be a table of its own: RuleTable(name, parent=ANSI)")
    if not isinstance(cls.default_capabilities, Capabilities):
        faults.append("'default_capabilities' must be a Capabilities object")
    _raise(f"dialect {name!r} ({cls.__module__}.{cls.__qualname__}) from {source}", faults)
    return cls


def check_connector(name: str, offered: Any, source: object) -> type[Connector] | Pairing:
    """Return `offered`, a connector class or a pairing, when it keeps the contract; raise PluginError when not."""
    if isinstance(offered, Pairing):
        _check_spi(f"pairing {name!r}", offered.spi_version, source)
        return offered
    if not (isinstance(offered, type) and issubclass(offered, Connector)):
        raise exc.PluginError(
            f"connector {name!r} from {source} is {_what(offered)}; expected a subclass of "
            "lect.dialects.contract.Connector or a Pairing"
        )
    _check_spi(f"connector {name!r}", getattr(offered, "spi_version", None), source)
    faults = _check_methods(offered, Connector)
    if not isinstance(getattr(offered, "name", None), str) or not offered.name:
        faults.append("'name' must be a non-empty string")
    if getattr(offered, "paramstyle", None) not in PARAMSTYLES:
        faults.append(f"'paramstyle' must be one of {', '.join(PARAMSTYLES)}")
    if offered.import_driver is Connector.import_driver:
        faults.append("'import_driver' must be written: it imports the driver's module")
    _raise(f"connector {name!r} ({offered.__module__}.{offered.__qualname__}) from {source}", faults)
    return offered


def _check_spi(what: str, version: Any, source: object) -> None:
    if type(version) is not int or version < 1:
        raise exc.PluginError(
            f"{what} from {source} does not state the SPI version it was written for; "
            f"add 'spi_version = {SPI_VERSION}' (a literal number)"
        )
    if version > SPI_VERSION:
        raise exc.PluginError(
            f"{what} from {source} was written for SPI version {version}; this lect speaks version {SPI_VERSION}. "
            "Upgrade lect"
        )
    if version < SPI_VERSION - 1:
        raise exc.PluginError(
            f"{what} from {source} was written for SPI version {version}; this lect speaks version {SPI_VERSION} and "
            f"loads {SPI_VERSION - 1} as the oldest. Upgrade the plugin"
        )


def _check_methods(cls: type, base: type) -> list[str]:
    """Compare the methods `cls` overrides with those of `base`: still functions, callable as core calls them."""
    faults = []
    for name, specified in vars(base).items():
        if name.startswith("_") or not isinstance(specified, FunctionType):
            continue
        actual = getattr(cls, name)
        if not callable(actual):
            faults.append(f"{name!r} must be a method, not {_what(actual)}")
        elif isinstance(actual, FunctionType) and actual is not specified:
            wanted = specified.__code__.co_argcount
            code = actual.__code__
            least = code.co_argcount - len(actual.__defaults__ or ())
            takes_more = bool(code.co_flags & 0x04)  # *args
            if least > wanted or (code.co_argcount < wanted and not takes_more):
                arguments = ", ".join(specified.__code__.co_varnames[:wanted])
                faults.append(f"{name!r} is called as {name}({arguments}); line {code.co_firstlineno} takes others")
    return faults


def _raise(what: str, faults: list[str]) -> None:
    if faults:
        raise exc.PluginError(f"{what} does not keep the contract: " + "; ".join(faults))


def _what(value: Any) -> str:
    return f"the class {value.__name__}" if isinstance(value, type) else f"a {type(value).__name__}"
