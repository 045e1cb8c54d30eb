"""Connection strings: every form of address, every value escaped."""

from __future__ import annotations

from typing import Any

import pytest

from lect import exc
from lect.dialects.contract import ConnectRequest
from lect_pyodbc import Profile
from lect_pyodbc.connection_string import connection_string, escape

GENERIC = Profile()
SERVER = Profile(
    odbc_drivers=("Best Driver", "Good Driver"),
    port_keyword=None,
    defaults=(("Encrypt", "yes"),),
    without_user=(("Trusted_Connection", "Yes"),),
    authentication_keywords=frozenset({"authentication"}),
)
FILE = Profile(odbc_drivers=("File Driver",), server_keyword=None, defaults=(("Database", ":memory:"),))


def text(profile: Profile, *installed: str, **parts: Any) -> str:
    return connection_string(ConnectRequest(**parts), profile, lambda: list(installed))


@pytest.mark.parametrize(
    ("value", "escaped"),
    [
        ("plain", "plain"),
        ("two words", "two words"),
        ("host,1433", "host,1433"),
        ("", "{}"),
        ("p;w", "{p;w}"),
        ("p}w", "{p}}w}"),
        ("{x}", "{{x}}}"),
        (" space", "{ space}"),
        ("a=b", "{a=b}"),
        ("p@ss!", "{p@ss!}"),
    ],
)
def test_escape(value: str, escaped: str) -> None:
    assert escape(value) == escaped


def test_nul_is_refused() -> None:
    with pytest.raises(exc.ArgumentError, match="cannot hold NUL"):
        escape("a\x00b")


def test_a_value_cannot_add_a_keyword() -> None:
    made = text(GENERIC, host="h", database="d;UID=admin", username="u", password="x;Encrypt=no", query={"driver": "D"})
    assert made == "DRIVER={D};Server=h;Database={d;UID=admin};UID=u;PWD={x;Encrypt=no}"


def test_a_driver_cannot_add_a_keyword() -> None:
    assert text(GENERIC, host="h", database="d", query={"driver": "D};UID=admin;{"}) == (
        "DRIVER={D}};UID=admin;};Server=h;Database=d"
    )


@pytest.mark.parametrize("keyword", ["a;b", "a=b", "", "1a", "a\nb", "é"])
def test_a_keyword_is_a_word(keyword: str) -> None:
    with pytest.raises(exc.ArgumentError, match="cannot be a keyword of an ODBC connection string"):
        text(GENERIC, host="h", database="d", query={keyword: "x"})


def test_server_with_port_keyword() -> None:
    assert (
        text(GENERIC, host="h", port=33, database="d", query={"driver": "D"})
        == "DRIVER={D};Server=h;Port=33;Database=d"
    )


def test_server_with_port_behind_a_comma() -> None:
    made = text(SERVER, host="h", port=1433, database="d", username="u", password="p", query={"driver": "D"})
    assert made == "DRIVER={D};Server=h,1433;Database=d;UID=u;PWD=p;Encrypt=yes"


def test_the_first_installed_driver_is_chosen() -> None:
    assert text(SERVER, "Good Driver", "Other", host="h", database="d").startswith("DRIVER={Good Driver};")
    assert text(SERVER, "good driver", "best driver", host="h", database="d").startswith("DRIVER={best driver};")


def test_no_driver_installed_names_the_best() -> None:
    assert text(SERVER, host="h", database="d").startswith("DRIVER={Best Driver};")


def test_without_user() -> None:
    assert text(SERVER, host="h", database="d") == (
        "DRIVER={Best Driver};Server=h;Database=d;Trusted_Connection=Yes;Encrypt=yes"
    )
    assert "Trusted_Connection" not in text(SERVER, host="h", database="d", query={"Authentication": "Entra"})


def test_query_wins_over_defaults_and_parts() -> None:
    made = text(
        SERVER, host="h", database="d", username="u", query={"encrypt": "no", "Database": "other", "driver": "D"}
    )
    assert made == "DRIVER={D};Server=h;UID=u;encrypt=no;Database=other"


def test_data_source_names() -> None:
    assert text(SERVER, host="mydsn") == "DSN=mydsn;Trusted_Connection=Yes"
    assert text(SERVER, host="mydsn", username="u", password="p") == "DSN=mydsn;UID=u;PWD=p"
    assert text(SERVER, database="d", username="u", query={"dsn": "my;dsn"}) == "DSN={my;dsn};Database=d;UID=u"


def test_a_complete_string_is_used_as_it_is() -> None:
    whole = "DRIVER={x};PWD={a}}b};UID=%41+"
    assert text(SERVER, query={"odbc_connect": whole}) == whole
    with pytest.raises(exc.ArgumentError, match="write 'Encrypt' into it instead of beside it"):
        text(SERVER, query={"odbc_connect": whole, "Encrypt": "no"})


def test_a_database_without_host() -> None:
    assert text(FILE, database="/a b/c.db") == "DRIVER={File Driver};Database=/a b/c.db"
    assert text(FILE) == "DRIVER={File Driver};Database=:memory:"
    with pytest.raises(exc.ArgumentError, match=r"write the path after three slashes, dialect\+pyodbc:///path"):
        text(FILE, host="h", query={"driver": "D"})
