"""Plugins: how the names in a URL become a dialect, a connector and cross-cutting plugins.

Names are looked up among entry points (groups ``lect.dialects``, ``lect.connectors``, ``lect.plugins``) when they are
first used, and what they name is imported then and not before. The same can be done at run time with the
``register_...`` functions. Every function raises `exc.NoSuchModuleError` for a name nobody offers and `exc.PluginError`
for an offer that cannot be used.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from lect import exc
from lect.compile.default import set_dialect_finder
from lect.dialects.contract import Connector, Dialect, Pairing
from lect.dialects.loading import registry as dialect_registry
from lect.plugins.discovery import CONNECTORS, DIALECTS, PLUGINS, Offer, offers
from lect.plugins.registry import EnginePlugins, Registry
from lect.sql.dialect_options import set_declared_arguments

__all__ = [
    "EnginePlugins",
    "hookimpl",
    "installed",
    "load_connector",
    "load_dialect",
    "load_driver",
    "load_plugins",
    "register_connector",
    "register_dialect",
    "register_plugin",
    "registry",
    "unregister_connector",
    "unregister_dialect",
    "unregister_plugin",
]

#: The registry of this process; ``registry.manager`` is the one pluggy manager.
registry = Registry()


def load_dialect(name: str) -> type[Dialect]:
    """Return the dialect class called `name`, importing its plugin on first use."""
    return registry.dialect(name)


def load_connector(dialect: str, name: str) -> tuple[type[Connector], Any]:
    """Return ``(connector class, profile)`` for ``dialect+name``; the profile is None without a pairing."""
    return registry.connector(dialect, name)


def load_plugins(names: Iterable[str]) -> EnginePlugins:
    """Load cross-cutting plugins by name and return them for one engine."""
    return registry.plugins(names)


def load_driver(connector: Connector) -> Any:
    """Import a connector's driver and return its module.

    Raises NoSuchModuleError with what to install when the driver is missing; the ImportError is its cause.
    """
    try:
        return connector.driver
    except ImportError as error:
        missing = getattr(error, "name", None)
        what = connector.driver_distribution or (missing or "").partition(".")[0]
        if "[" in what:
            what = f"'{what}'"  # shells read brackets
        advice = f". Install it: pip install {what}" if what and isinstance(error, ModuleNotFoundError) else ""
        raise exc.NoSuchModuleError(
            f"the driver of connector {connector.name!r} cannot be imported: {type(error).__name__}: {error}{advice}"
        ) from error


def register_dialect(name: str, dialect: type[Dialect] | str, *, replace: bool = False) -> None:
    """Make a dialect class, or ``"module:attribute"``, available as `name` in URLs of this process.

    A class is checked against the contract now (PluginError); a string when it is first used.
    """
    registry.register(DIALECTS, name, dialect, replace)


def register_connector(name: str, connector: type[Connector] | Pairing | str, *, replace: bool = False) -> None:
    """Make a connector class available as `name`, or a pairing as ``"dialect.name"``; see :func:`register_dialect`."""
    registry.register(CONNECTORS, name, connector, replace)


def register_plugin(name: str, plugin: Any, *, replace: bool = False) -> None:
    """Make a plugin (an object with `hookimpl` functions, or ``"module:attribute"``) available as `name`."""
    registry.register(PLUGINS, name, plugin, replace)


def unregister_dialect(name: str) -> None:
    """Take back :func:`register_dialect`."""
    registry.unregister(DIALECTS, name)


def unregister_connector(name: str) -> None:
    """Take back :func:`register_connector`."""
    registry.unregister(CONNECTORS, name)


def unregister_plugin(name: str) -> None:
    """Take back :func:`register_plugin`; engines that use it keep it."""
    registry.unregister(PLUGINS, name)


def installed() -> dict[str, list[Offer]]:
    """Return what distributions offer, by group, without importing any of it."""
    return {group: list(offers(group)) for group in (DIALECTS, CONNECTORS, PLUGINS)}


def __getattr__(name: str) -> Any:
    if name == "hookimpl":  # pluggy is imported when the first plugin is written or asked for
        import pluggy

        return pluggy.HookimplMarker("lect")
    raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


# Lower rooms ask for dialects by name here: options like `mydb_engine=...` are checked against the dialect they name,
# and a construct of one dialect shows itself in that dialect.
set_declared_arguments(lambda name: dialect_registry.load(name).construct_arguments)
set_dialect_finder(lambda name: load_dialect(name)())
dialect_registry.serve(
    load_dialect,
    lambda name, target: registry.register(CONNECTORS if "." in name else DIALECTS, name, target, replace=True),
)
