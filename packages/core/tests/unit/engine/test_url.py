"""The database URL: parsing, changing, rendering, and that its password appears nowhere."""

from __future__ import annotations

import copy
import pickle
import traceback

import pytest

from lect import exc
from lect.engine.url import URL, make_url

SECRET = "canary-7f3"


@pytest.mark.parametrize(
    ("text", "parts"),
    [
        ("sqlite://", ("sqlite", None, None, None, None, None, {})),
        ("sqlite:///", ("sqlite", None, None, None, None, "", {})),
        ("sqlite:////a/b.db", ("sqlite", None, None, None, None, "/a/b.db", {})),
        ("sqlite:///C:\\x y.db", ("sqlite", None, None, None, None, "C:\\x y.db", {})),
        (
            "a+b://u:p%40w@h:1/db%2Fx?y=1&y=2&z=%20+a",
            ("a+b", "u", "p@w", "h", 1, "db/x", {"y": ("1", "2"), "z": "  a"}),
        ),
        ("mysql://u@[::1]:33/db", ("mysql", "u", None, "::1", 33, "db", {})),
        ("a://?x=1", ("a", None, None, None, None, None, {"x": "1"})),
        ("a://u:@h", ("a", "u", "", "h", None, None, {})),
        ("a://u:p/x@h/db", ("a", "u", "p/x", "h", None, "db", {})),
        ("p://u@/db?host=a:1&host=b", ("p", "u", None, None, None, "db", {"host": ("a:1", "b")})),
    ],
)
def test_parts(text: str, parts: tuple[object, ...]) -> None:
    url = make_url(text)
    found = (url.drivername, url.username, url.password, url.host, url.port, url.database, dict(url.query))
    assert found == parts
    assert make_url(url.render_as_string(hide_password=False)) == url


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ("", "it is empty"),
        ("foo", "'://' is missing"),
        ("://x", "the dialect's name before '://' is missing"),
        ("a_b-c.d://h", "may hold letters, digits, '_' and '+' only"),
        ("a://h:/db", "the port behind ':' is missing"),
        ("a://h:port/db", "the port is not a number from 0 to 65535"),
        ("a://h:70000/db", "the port is not a number from 0 to 65535"),
        (f"a://user:{SECRET}/db", "a password stands before '@'"),
        (f"a://user:x@{SECRET}@h/db", "in a password, '@' is written %40"),
    ],
)
def test_malformed(text: str, problem: str) -> None:
    with pytest.raises(exc.ArgumentError) as caught:
        make_url(text)
    message = str(caught.value)
    assert message.startswith("Could not parse database URL: ")
    assert problem in message
    assert "dialect[+connector]://[user[:password]@][host][:port][/database][?option=value]" in message
    assert SECRET not in "".join(traceback.format_exception(caught.value))


def test_malformed_is_not_shown_by_tools_that_print_local_variables() -> None:
    with pytest.raises(exc.ArgumentError) as caught:
        make_url(f"a://user:{SECRET}/db")
    frame = caught.value.__traceback__.tb_next.tb_frame  # type: ignore[union-attr]
    assert frame.f_code.co_name == "make_url"
    assert SECRET not in repr(frame.f_locals)


@pytest.mark.parametrize("thing", [None, 5, object()])
def test_not_a_url(thing: object) -> None:
    with pytest.raises(exc.ArgumentError, match="Expected string or URL object, got"):
        make_url(thing)  # type: ignore[arg-type]


def test_password_is_hidden() -> None:
    url = make_url(f"a://u:{SECRET}@h/db")
    for text in (str(url), repr(url), f"{url}", repr([url]), repr(pickle.dumps(url))):
        assert SECRET not in text
    assert str(url) == "a://u:***@h/db"
    assert url.password == SECRET
    assert url.render_as_string(hide_password=False) == f"a://u:{SECRET}@h/db"


def test_secrets_in_the_query_are_hidden() -> None:
    url = URL.create("a", query={"odbc_connect": f"DRIVER={{x}};PWD={{{SECRET};}}}}x}};UID=sa", "sslpassword": SECRET})
    assert SECRET not in str(url)
    assert str(url).endswith("&sslpassword=***")


def test_an_unpickled_url_says_that_it_lost_its_password() -> None:
    url = pickle.loads(pickle.dumps(make_url(f"a://u:{SECRET}@h/db")))
    assert str(url) == "a://u:***@h/db"
    with pytest.raises(
        exc.InvalidRequestError, match=r"passwords do not travel in pickles; set it with url\.set\(password"
    ):
        url.password
    assert url.set(password="new").password == "new"


def test_pickle_without_password() -> None:
    url = make_url("a://u@h:5/db?x=1")
    assert pickle.loads(pickle.dumps(url)) == url
    assert copy.deepcopy(url) == copy.copy(url) == url


def test_a_password_may_be_an_object() -> None:
    class Token:
        def __str__(self) -> str:
            return "fresh"

    url = URL.create("a", "u", Token(), "h")
    assert url.render_as_string(hide_password=False) == "a://u:fresh@h"


@pytest.mark.parametrize(
    "kwargs",
    [
        {"drivername": 5},
        {"drivername": "a", "host": 5},
        {"drivername": "a", "port": "x"},
        {"drivername": "a", "query": {"a": 5}},
        {"drivername": "a", "query": {5: "a"}},
        {"drivername": "a", "query": {"a": ["b", 5]}},
    ],
)
def test_create_checks_types(kwargs: dict[str, object]) -> None:
    with pytest.raises(TypeError):
        URL.create(**kwargs)  # type: ignore[arg-type]


def test_set() -> None:
    url = make_url("a://u:p@h/db?x=1")
    assert str(url.set(port=5, query={})) == "a://u:***@h:5/db"
    assert url.port is None
    with pytest.raises(AttributeError, match=r"url\.set\(port=...\)"):
        url.port = 5
    with pytest.raises(TypeError, match="immutable"):
        url.query["x"] = "2"


def test_update_query() -> None:
    url = make_url("a://?a=1")
    assert str(url.update_query_string("a=4&c=5")) == "a://?a=4&c=5"
    assert str(url.update_query_string("a=4&c=5", append=True)) == "a://?a=1&a=4&c=5"
    assert str(url.update_query_pairs([("a", "2"), ("a", "3")], append=True)) == "a://?a=1&a=2&a=3"
    assert str(url.update_query_dict({"b": ["1", "2"]})) == "a://?a=1&b=1&b=2"
    assert str(url.difference_update_query(["a"])) == "a://"
    assert url.difference_update_query(["b"]) is url
    assert url.normalized_query == {"a": ("1",)}


def test_names() -> None:
    assert make_url("a+b://").get_backend_name() == "a"
    assert make_url("a+b://").get_driver_name() == "b"
    assert make_url("x://u:p@h:5/d").translate_connect_args(username="user") == {
        "host": "h",
        "database": "d",
        "user": "u",
        "password": "p",
        "port": 5,
    }


def test_equal_urls_hash_alike() -> None:
    assert len({make_url("a://u:p@h/db?x=1&y=2"), make_url("a://u:p@h/db?y=2&x=1")}) == 1
    assert make_url("a://u:p@h") != make_url("a://u:q@h")
