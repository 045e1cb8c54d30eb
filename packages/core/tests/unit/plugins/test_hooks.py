"""Cross-cutting plugins: checked against the hook specifications, called for the engines that asked for them."""

from __future__ import annotations

from typing import Any

import pytest

from lect import exc
from lect.engine.url import make_url
from lect.plugins import hookimpl
from lect.plugins.discovery import PLUGINS
from lect.plugins.registry import Registry


class Tag:
    def __init__(self, name: str, seen: list[Any]) -> None:
        self.name = name
        self.seen = seen

    @hookimpl
    def lect_engine_url(self, url: Any) -> Any:
        return url.update_query_dict({"tags": self.name}, append=True)

    @hookimpl
    def lect_engine_options(self, options: dict[str, Any]) -> None:
        self.seen.append(options.pop(self.name, None))

    @hookimpl
    def lect_engine_created(self, engine: Any) -> None:
        self.seen.append((self.name, engine))


def test_hooks_are_called_in_the_order_asked_for(registry: Registry) -> None:
    seen: list[Any] = []
    for name in ("one", "two", "three"):
        registry.register(PLUGINS, name, Tag(name, seen))
    plugins = registry.plugins(["two", "one", "two"])
    assert plugins.names == ("two", "one")
    assert str(plugins.update_url(make_url("a://"))) == "a://?tags=two&tags=one"
    options = {"one": 1, "echo": True}
    plugins.update_options(make_url("a://"), options)
    assert options == {"echo": True}
    plugins.engine_created("engine")
    assert seen == [None, 1, ("two", "engine"), ("one", "engine")]


def test_a_misspelt_hook_is_refused(registry: Registry) -> None:
    class Misspelt:
        @hookimpl
        def lect_engine_creatd(self, engine: Any) -> None: ...

    with pytest.raises(exc.PluginError) as caught:
        registry.register(PLUGINS, "misspelt", Misspelt())
    assert "unknown hook 'lect_engine_creatd'" in str(caught.value)
    assert "(the hooks are lect_engine_created, lect_engine_options, lect_engine_url)" in str(caught.value)
    registry.register(PLUGINS, "fine", Tag("fine", []))


def test_a_wrong_argument_is_refused(registry: Registry) -> None:
    class Wrong:
        @hookimpl
        def lect_engine_created(self, motor: Any) -> None: ...

    with pytest.raises(exc.PluginError, match=r"Argument\(s\) \{'motor'\} are declared in the hookimpl"):
        registry.register(PLUGINS, "wrong", Wrong())
    assert registry.manager.list_name_plugin() == []


def test_every_hook_says_who_calls_it() -> None:
    from lect.plugins import hookspecs

    for name in hookspecs.__all__:
        if name.startswith("lect_"):
            assert "Called by ``create_engine``, once per engine" in (getattr(hookspecs, name).__doc__ or "")
