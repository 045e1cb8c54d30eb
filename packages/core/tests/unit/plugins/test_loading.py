"""Names become plugins: by entry point, once, on first use; and every way in which that fails is told."""

from __future__ import annotations

import subprocess
import sys
import traceback
from typing import Any

import pytest

from lect import exc
from lect.compile.table import ANSI, RuleTable
from lect.dialects.contract import SPI_VERSION, Connector, Dialect, Pairing
from lect.plugins import discovery, load_driver
from lect.plugins.discovery import CONNECTORS, DIALECTS, PLUGINS
from lect.plugins.registry import Registry

GOOD = """
from lect.dialects.contract import Connector, Dialect, Pairing
from lect.compile.table import ANSI, RuleTable
class Acme(Dialect):
    name = "acme"
    spi_version = 1
    rules = RuleTable("acme", parent=ANSI)
class Wire(Connector):
    name = "wire"
    spi_version = 1
    paramstyle = "qmark"
    def import_driver(self):
        import driver_that_is_missing
pairing = Pairing(connector="wire", spi_version=1, profile="told")
"""


def test_a_dialect_is_imported_on_first_use(registry: Registry, install: Any) -> None:
    install("acme-db", "2.0", {DIALECTS: {"acme": "acme_mod:Acme"}}, acme_mod=GOOD)
    assert [offer.name for offer in discovery.offers(DIALECTS) if offer.distribution == "acme-db"] == ["acme"]
    assert "acme_mod" not in sys.modules
    cls = registry.dialect("acme")
    assert cls.name == "acme"
    assert registry.dialect("acme") is cls


def test_a_pairing_comes_before_the_connector(registry: Registry, install: Any) -> None:
    install(
        "acme-db",
        "2.0",
        {CONNECTORS: {"acme.wire": "acme_mod:pairing", "wire": "acme_mod:Wire"}},
        acme_mod=GOOD,
    )
    cls, profile = registry.connector("acme", "wire")
    assert (cls.name, profile) == ("wire", "told")
    assert registry.connector("other", "wire") == (cls, None)


def test_a_missing_driver_names_what_to_install(registry: Registry, install: Any) -> None:
    install("acme-db", "2.0", {CONNECTORS: {"wire": "acme_mod:Wire"}}, acme_mod=GOOD)
    connector = registry.connector("acme", "wire")[0]()
    with pytest.raises(exc.NoSuchModuleError) as caught:
        load_driver(connector)
    assert str(caught.value) == (
        "the driver of connector 'wire' cannot be imported: ModuleNotFoundError: No module named "
        "'driver_that_is_missing'. Install it: pip install driver_that_is_missing"
    )
    assert isinstance(caught.value.__cause__, ModuleNotFoundError)


def test_not_installed_names_the_distribution(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_extras", {"postgresql": "lect-postgresql"})
    monkeypatch.setattr(discovery, "_offers", {DIALECTS: [discovery.Offer("acme", "a:b", "acme-db", "2.0", dict)]})
    with pytest.raises(exc.NoSuchModuleError) as caught:
        registry.dialect("postgresql")
    assert str(caught.value) == (
        "No dialect named 'postgresql' is installed. Install it: pip install lect-postgresql. "
        "Installed dialects: acme (acme-db)"
    )


def test_misspelt_names_the_nearest(registry: Registry, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(discovery, "_extras", {"postgresql": "lect-postgresql"})
    monkeypatch.setattr(discovery, "_offers", {DIALECTS: [discovery.Offer("acme", "a:b", "acme-db", "2.0", dict)]})
    with pytest.raises(exc.NoSuchModuleError, match="named 'acne' is installed; did you mean 'acme'"):
        registry.dialect("acne")
    with pytest.raises(
        exc.NoSuchModuleError, match=r"did you mean 'postgresql'\? \(pip install lect-postgresql\)\. Installed"
    ):
        registry.dialect("postgres")


def test_unknown_connector_lists_what_is_installed(registry: Registry, install: Any) -> None:
    install("acme-db", "2.0", {CONNECTORS: {"acme.wire": "acme_mod:pairing", "wire": "acme_mod:Wire"}}, acme_mod=GOOD)
    with pytest.raises(exc.NoSuchModuleError) as caught:
        registry.connector("acme", "wirre")
    assert "No connector named 'wirre' is installed; did you mean 'wire'?" in str(caught.value)
    assert "wire (acme-db)" in str(caught.value)
    assert "acme.wire" not in str(caught.value)


def test_claimed_twice_names_both(registry: Registry, install: Any) -> None:
    install("acme-db", "2.0", {DIALECTS: {"acme": "acme_mod:Acme"}}, acme_mod=GOOD)
    install("acme-fork", "0.1", {DIALECTS: {"acme": "fork:Acme"}})
    with pytest.raises(exc.PluginError) as caught:
        registry.dialect("acme")
    assert str(caught.value) == (
        "the dialect name 'acme' is claimed by acme-db 2.0 (acme_mod:Acme) and acme-fork 0.1 (fork:Acme); "
        "uninstall one of them, or choose with lect.plugins.register_dialect('acme', ...)"
    )


def test_a_registration_settles_a_double_claim(registry: Registry, install: Any) -> None:
    install("acme-db", "2.0", {DIALECTS: {"acme": "acme_mod:Acme"}}, acme_mod=GOOD)
    install("acme-fork", "0.1", {DIALECTS: {"acme": "fork:Acme"}})
    registry.register(DIALECTS, "acme", "acme_mod:Acme")
    assert registry.dialect("acme").name == "acme"


def test_broken_on_import_shows_its_own_traceback(registry: Registry, install: Any) -> None:
    install("acme-db", "2.0", {DIALECTS: {"acme": "acme_mod:Acme"}}, acme_mod="def f():\n    return 1 / 0\nf()\n")
    with pytest.raises(exc.PluginError) as caught:
        registry.dialect("acme")
    assert str(caught.value) == (
        "dialect 'acme' from acme-db 2.0 (acme_mod:Acme) cannot be imported: ZeroDivisionError: division by zero"
    )
    shown = "".join(traceback.format_exception(caught.value))
    assert "acme_mod.py" in shown
    assert "return 1 / 0" in shown


def test_an_import_missing_inside_a_plugin_is_told(registry: Registry, install: Any) -> None:
    install("acme-db", "2.0", {CONNECTORS: {"acme.wire": "acme_mod:p"}}, acme_mod="import lect_wire\n")
    with pytest.raises(exc.PluginError, match=r"No module named 'lect_wire'\. Install it: pip install lect-wire"):
        registry.connector("acme", "wire")


def test_an_entry_point_to_a_missing_attribute(registry: Registry, install: Any) -> None:
    install("acme-db", "2.0", {DIALECTS: {"acme": "acme_mod:Acne"}}, acme_mod=GOOD)
    with pytest.raises(exc.PluginError, match="has no attribute 'Acne'"):
        registry.dialect("acme")


class Acme(Dialect):
    name = "acme"
    spi_version = 1
    rules = RuleTable("acme", parent=ANSI)


class Wire(Connector):
    name = "wire"
    spi_version = 1
    paramstyle = "qmark"

    def import_driver(self) -> Any:
        return sys


@pytest.mark.parametrize(
    ("version", "message"),
    [
        (
            SPI_VERSION + 1,
            f"written for SPI version {SPI_VERSION + 1}; this lect speaks version {SPI_VERSION}. Upgrade lect",
        ),
        (0, "does not state the SPI version it was written for; add 'spi_version = 1'"),
        (None, "does not state the SPI version"),
        (True, "does not state the SPI version"),
    ],
)
def test_spi_version(registry: Registry, version: Any, message: str) -> None:
    cls = type("Other", (Acme,), {"spi_version": version})
    with pytest.raises(exc.PluginError) as caught:
        registry.register(DIALECTS, "other", cls)
    assert message in str(caught.value)
    with pytest.raises(exc.PluginError):
        registry.register(CONNECTORS, "other", type("Other", (Wire,), {"spi_version": version}))
    with pytest.raises(exc.PluginError):
        registry.register(CONNECTORS, "a.other", Pairing(connector="wire", spi_version=version))


def test_the_version_before_is_loaded_and_the_one_before_it_is_not(
    registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("lect.plugins.checks.SPI_VERSION", 5)
    registry.register(DIALECTS, "four", type("Four", (Acme,), {"spi_version": 4}))
    with pytest.raises(
        exc.PluginError, match=r"version 3; this lect speaks version 5 and loads 4 as the oldest\. Upgrade the"
    ):
        registry.register(DIALECTS, "three", type("Three", (Acme,), {"spi_version": 3}))


def test_registered_twice_names_both(registry: Registry) -> None:
    registry.register(DIALECTS, "acme", Acme)
    with pytest.raises(exc.PluginError, match=r"claimed twice: by .*:Acme, .* and by .*pass replace=True"):
        registry.register(DIALECTS, "acme", Acme)
    other = type("Other", (Acme,), {})
    registry.register(DIALECTS, "acme", other, replace=True)
    assert registry.dialect("acme") is other


def test_unregister(registry: Registry) -> None:
    registry.register(DIALECTS, "acme", Acme)
    registry.unregister(DIALECTS, "acme")
    with pytest.raises(exc.NoSuchModuleError):
        registry.dialect("acme")
    with pytest.raises(exc.PluginError, match="no dialect named 'acme' was registered at run time"):
        registry.unregister(DIALECTS, "acme")


def test_a_connector_registered_at_run_time(registry: Registry) -> None:
    registry.register(CONNECTORS, "wire", Wire)
    registry.register(CONNECTORS, "acme.wire", Pairing(connector="wire", spi_version=1, profile=3))
    assert registry.connector("acme", "wire") == (Wire, 3)
    assert registry.connector("other", "wire") == (Wire, None)


def test_checks_of_a_dialect(registry: Registry) -> None:
    class Wrong(Acme):
        name = ""
        rules = ANSI

        def settle(self) -> Any:  # type: ignore[override]
            return self

        def classify(self, failure: Any, more: Any) -> Any:  # type: ignore[override]
            return failure

    with pytest.raises(exc.PluginError) as caught:
        registry.register(DIALECTS, "wrong", Wrong)
    message = str(caught.value)
    assert "'settle' is called as settle(self, request)" in message
    assert "'classify' is called as classify(self, failure)" in message
    assert "'name' must be a non-empty string" in message
    assert "'rules' must be a table of its own" in message


def test_checks_of_a_connector(registry: Registry) -> None:
    class Wrong(Connector):
        name = "wrong"
        spi_version = 1
        paramstyle = "question"

    with pytest.raises(exc.PluginError, match=r"'paramstyle' must be one of qmark, .*'import_driver' must be written"):
        registry.register(CONNECTORS, "wrong", Wrong)


def test_not_a_dialect_at_all(registry: Registry) -> None:
    with pytest.raises(
        exc.PluginError, match=r"is the class dict; expected a subclass of lect.dialects.contract.Dialect"
    ):
        registry.register(DIALECTS, "x", dict)
    with pytest.raises(exc.PluginError, match="is a int; expected a subclass of"):
        registry.register(CONNECTORS, "x", 5)
    with pytest.raises(exc.ArgumentError, match="must have the form 'module:attribute'"):
        registry.register(DIALECTS, "x", "no_colon")
        registry.dialect("x")


def test_unknown_plugin(registry: Registry) -> None:
    with pytest.raises(exc.NoSuchModuleError, match="No plugin named 'tracing' is installed"):
        registry.plugins(["tracing"])
    assert registry.plugins([]).update_url("u") == "u"


def test_importing_lect_plugins_imports_neither_pluggy_nor_metadata() -> None:
    code = (
        "import sys, lect.plugins; print([m for m in ('pluggy', 'importlib.metadata', 'inspect') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"


def test_groups() -> None:
    assert (DIALECTS, CONNECTORS, PLUGINS) == ("lect.dialects", "lect.connectors", "lect.plugins")
