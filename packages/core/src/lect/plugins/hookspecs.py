"""Specifications of the hooks that cross-cutting plugins (tracing, query tags, retry ...) may implement.

A plugin is any object, usually a module, with functions marked by :data:`lect.plugins.hookimpl`. An application asks
for it with ``create_engine(..., plugins=["name"])`` or ``?plugin=name`` in the URL; only the engine that asked for a
plugin calls it. What happens on connections and statements is observed with events (``lect.event``), which a plugin
attaches in
:func:`lect_engine_created`: that way an engine without plugins pays nothing.

This module imports pluggy; it is imported when the first plugin is registered, never by ``import lect``.
"""

from __future__ import annotations

from typing import Any

import pluggy

__all__ = ["hookspec", "lect_engine_created", "lect_engine_options", "lect_engine_url"]

hookspec = pluggy.HookspecMarker("lect")


@hookspec
def lect_engine_url(url: Any) -> Any:
    """Return a changed URL, or None to leave it as it is.

    Called by ``create_engine``, once per engine, before the dialect is looked up, for each plugin in the order in which
    they were asked for; each sees what the one before returned. The parameter ``plugin`` has been taken out of the
    query. Take the plugin's own parameters out as well (``url.difference_update_query([...])``): what stays goes to the
    connector. Must not do I/O.

    Args:
        url: a :class:`lect.engine.url.URL`. Its password is a secret; do not log it.
    """


@hookspec
def lect_engine_options(url: Any, options: dict[str, Any]) -> None:
    """Take out or change keyword arguments of ``create_engine``, in place.

    Called by ``create_engine``, once per engine and plugin, after every :func:`lect_engine_url`. Options nobody takes
    are an error in ``create_engine`` afterwards.

    Args:
        url: the final URL.
        options: the keyword arguments, without ``plugins``.
    """


@hookspec
def lect_engine_created(engine: Any) -> None:
    """Attach to a new engine, usually by listening to its events.

    Called by ``create_engine``, once per engine and plugin, before the engine is returned; no connection has been
    opened. Under asyncio `engine` is the synchronous engine inside. An exception makes ``create_engine`` fail.
    """
