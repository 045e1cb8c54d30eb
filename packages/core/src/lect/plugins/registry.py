"""The registry of dialects, connectors and plugins: one pluggy manager, filled by name on first use."""

from __future__ import annotations

import threading
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from lect import exc
from lect.dialects.contract import Connector, Dialect, Pairing
from lect.plugins.checks import check_connector, check_dialect
from lect.plugins.discovery import CONNECTORS, DIALECTS, PLUGINS, Offer, forget, known_distributions, offers

if TYPE_CHECKING:
    import pluggy

__all__ = ["EnginePlugins", "Registry"]

_WORD = {DIALECTS: "dialect", CONNECTORS: "connector", PLUGINS: "plugin"}


class EnginePlugins:
    """The plugins one engine asked for, in that order; calls their hooks."""

    def __init__(self, manager: pluggy.PluginManager | None, names: tuple[str, ...]) -> None:
        self._manager = manager
        self.names = names

    def _each(self, hook: str) -> Iterable[Any]:
        if self._manager is None:
            return
        everybody = self._manager.list_name_plugin()
        for name in self.names:
            others = [plugin for other, plugin in everybody if other != f"{PLUGINS}:{name}" and plugin is not None]
            yield self._manager.subset_hook_caller(hook, others)

    def update_url(self, url: Any) -> Any:
        """Return the URL as the plugins want it."""
        for call in self._each("lect_engine_url"):
            for changed in call(url=url):
                url = changed
        return url

    def update_options(self, url: Any, options: dict[str, Any]) -> None:
        """Let the plugins change the keyword arguments of ``create_engine`` in place."""
        for call in self._each("lect_engine_options"):
            call(url=url, options=options)

    def engine_created(self, engine: Any) -> None:
        """Tell the plugins of the new engine."""
        for call in self._each("lect_engine_created"):
            call(engine=engine)


class Registry:
    """Loads what a URL names, once, and keeps it. Thread-safe."""

    def __init__(self) -> None:
        self._lock = threading.RLock()
        self._loaded: dict[tuple[str, str], Any] = {}
        self._registered: dict[tuple[str, str], Offer] = {}
        self._manager: pluggy.PluginManager | None = None

    @property
    def manager(self) -> pluggy.PluginManager:
        """The one pluggy manager; made, and pluggy imported, at first use."""
        with self._lock:
            if self._manager is None:
                import pluggy

                from lect.plugins import hookspecs

                manager = pluggy.PluginManager("lect")
                manager.add_hookspecs(hookspecs)
                self._manager = manager
            return self._manager

    # -- loading ------------------------------------------------------------------------------------------------------

    def dialect(self, name: str) -> type[Dialect]:
        """Return the dialect class called `name`."""
        loaded: type[Dialect] = self._load(DIALECTS, name)
        return loaded

    def connector(self, dialect: str, name: str) -> tuple[type[Connector], Any]:
        """Return ``(connector class, profile or None)`` for ``dialect+name``: the pairing first, then the connector."""
        profile: Any = None
        paired = f"{dialect}.{name}"
        if (CONNECTORS, paired) in self._loaded or self._find(CONNECTORS, paired) is not None:
            offered = self._load(CONNECTORS, paired)
            if not isinstance(offered, Pairing):
                return offered, None
            profile, name = offered.profile, offered.connector
        cls = self._load(CONNECTORS, name)
        if isinstance(cls, Pairing):
            raise exc.PluginError(f"connector {name!r} is a pairing; a pairing is registered as 'dialect.connector'")
        return cls, profile

    def plugins(self, names: Iterable[str]) -> EnginePlugins:
        """Load the plugins `names` and return them for one engine."""
        wanted = tuple(dict.fromkeys(names))
        for name in wanted:
            self._load(PLUGINS, name)
        return EnginePlugins(self._manager, wanted)

    def _load(self, group: str, name: str) -> Any:
        key = (group, name)
        try:
            return self._loaded[key]
        except KeyError:
            pass
        with self._lock:
            if key in self._loaded:
                return self._loaded[key]
            offer = self._find(group, name)
            if offer is None:
                raise exc.NoSuchModuleError(self._not_installed(group, name))
            self._loaded[key] = loaded = self._accept(group, offer)
            return loaded

    def _find(self, group: str, name: str) -> Offer | None:
        registered = self._registered.get((group, name))
        if registered is not None:
            return registered
        claims = [offer for offer in offers(group) if offer.name == name]
        if len(claims) > 1:
            everybody = " and ".join(map(str, claims))
            raise exc.PluginError(
                f"the {_WORD[group]} name {name!r} is claimed by {everybody}; uninstall one of them, or choose with "
                f"lect.plugins.register_{_WORD[group]}({name!r}, ...)"
            )
        return claims[0] if claims else None

    def _accept(self, group: str, offer: Offer) -> Any:
        """Import an offer, check it, and register it with the manager."""
        word = _WORD[group]
        try:
            loaded = offer.load()
        except Exception as error:
            missing = getattr(error, "name", None) if isinstance(error, ModuleNotFoundError) else None
            advice = ""
            if missing and not offer.target.startswith(missing):
                package = missing.partition(".")[0]
                advice = f". Install what provides the module {package!r}"
                if package.startswith("lect_"):
                    advice = f". Install it: pip install {package.replace('_', '-')}"
            raise exc.PluginError(
                f"{word} {offer.name!r} from {offer} cannot be imported: {type(error).__name__}: {error}{advice}"
            ) from error
        if group == DIALECTS:
            loaded = check_dialect(offer.name, loaded, offer)
        elif group == CONNECTORS:
            loaded = check_connector(offer.name, loaded, offer)
        if group == PLUGINS:
            self._register_hooks(f"{group}:{offer.name}", loaded, offer)
        return loaded

    def _register_hooks(self, name: str, plugin: Any, offer: Offer) -> None:
        manager = self.manager
        import pluggy

        try:
            manager.register(plugin, name)
            manager.check_pending()
        except (pluggy.PluginValidationError, ValueError) as error:
            if manager.get_plugin(name) is plugin:
                manager.unregister(name=name)
            from lect.plugins.hookspecs import __all__ as names

            specified = [name for name in names if name.startswith("lect_")]
            raise exc.PluginError(
                f"plugin {offer.name!r} from {offer} does not keep the hook specifications: "
                f"{' '.join(str(error).split())} (the hooks are {', '.join(sorted(specified))})"
            ) from error

    def _not_installed(self, group: str, name: str) -> str:
        word = _WORD[group]
        here = list(offers(group)) + [o for (g, _), o in self._registered.items() if g == group]
        names = sorted({offer.name for offer in here if "." not in offer.name})
        known = known_distributions()
        text = f"No {word} named {name!r} is installed"
        installable = known if group != PLUGINS else {}
        if name in installable:
            return f"{text}. Install it: pip install {installable[name]}{self._listing(word, here)}"
        suggestion = exc.nearest(name, {*names, *(installable if group == DIALECTS else ())}, limit=1)
        text += suggestion
        for near in installable:
            if repr(near) in suggestion and near not in names:
                text += f" (pip install {installable[near]})"
        if not suggestion:
            text += f". A distribution that provides it declares the entry point {name!r} in group {group!r}"
        return text + self._listing(word, here)

    @staticmethod
    def _listing(word: str, here: list[Offer]) -> str:
        listed = sorted({f"{o.name} ({o.distribution or 'run time'})" for o in here if "." not in o.name})
        return f". Installed {word}s: {', '.join(listed) if listed else 'none'}"

    # -- registration at run time -------------------------------------------------------------------------------------

    def register(self, group: str, name: str, offered: Any, replace: bool = False) -> None:
        """Register an object, or a ``"module:attribute"`` string that is imported at first use.

        An object is checked now, a string when it is loaded. Registered names come before installed ones.
        """
        if not isinstance(name, str) or not name:
            raise exc.ArgumentError(f"the name of a {_WORD[group]} must be a non-empty string, not {name!r}")
        if isinstance(offered, str):
            offer = Offer(name, offered, "", "", lambda: _import(offered))
        else:
            where = getattr(offered, "__module__", type(offered).__module__)
            what = getattr(offered, "__qualname__", None) or getattr(offered, "__name__", type(offered).__qualname__)
            offer = Offer(name, f"{where}:{what}", "", "", lambda: offered)
        with self._lock:
            present = self._registered.get((group, name))
            if present is not None and not replace:
                raise exc.PluginError(
                    f"the {_WORD[group]} name {name!r} is claimed twice: by {present}, and by {offer}; "
                    "pass replace=True to replace the first"
                )
            if present is not None:
                self.unregister(group, name)
            if not isinstance(offered, str):
                self._loaded[group, name] = self._accept(group, offer)
            else:
                self._loaded.pop((group, name), None)
            self._registered[group, name] = offer

    def unregister(self, group: str, name: str) -> None:
        """Take back a registration made at run time; an installed one of the name is found again.

        Raises PluginError when nothing of this name was registered at run time.
        """
        with self._lock:
            if self._registered.pop((group, name), None) is None:
                raise exc.PluginError(f"no {_WORD[group]} named {name!r} was registered at run time")
            self._loaded.pop((group, name), None)
            if self._manager is not None and self._manager.has_plugin(f"{group}:{name}"):
                self._manager.unregister(name=f"{group}:{name}")

    def rescan(self) -> None:
        """Look again at what is installed; what was loaded stays loaded."""
        with self._lock:
            forget()


def _import(target: str) -> Any:
    import importlib

    module, separator, attribute = target.partition(":")
    if not separator or not attribute:
        raise exc.ArgumentError(f"{target!r} must have the form 'module:attribute'")
    loaded: Any = importlib.import_module(module)
    for part in attribute.split("."):
        loaded = getattr(loaded, part)
    return loaded
