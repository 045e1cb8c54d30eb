"""Rules of one's own."""

from __future__ import annotations

import pytest

from lect import BindParameter, Integer, column, exc, func, select
from lect.compile.extension import compiles, deregister
from lect.dialects.default import DefaultDialect
from lect.sql.element import ColumnElement
from lect.sql.functions import coalesce
from lect.sql.node import child


class Doubled(ColumnElement):
    _fields = (child("inner"),)

    def __init__(self, inner):
        self.inner = inner
        self.type = inner.type


def test_a_construct_of_ones_own():
    @compiles(Doubled)
    def doubled(element, compiler, **kw):
        inner = compiler.process(element.inner, **kw)
        return f"({inner} + {inner})"

    try:
        assert str(select(Doubled(column("x", Integer)))) == "SELECT (x + x) AS anon_1"
        first, second = Doubled(column("x")), Doubled(column("x"))
        assert first._structure() is second._structure()
    finally:
        deregister(Doubled)


def test_without_a_rule_the_construct_is_named():
    with pytest.raises(exc.UnsupportedCompilationError, match="Doubled"):
        str(Doubled(column("x")))


def test_a_rule_for_one_dialect_only():
    @compiles(Doubled, "elsewhere")
    def elsewhere(element, compiler, **kw):
        return "elsewhere"

    try:
        with pytest.raises(exc.UnsupportedCompilationError):
            Doubled(column("x")).compile(dialect=DefaultDialect())
    finally:
        deregister(Doubled)


def test_an_override_can_call_what_it_overrides():
    @compiles(coalesce)
    def nvl(element, compiler, **kw):
        return "nvl" + compiler.overridden(element).removeprefix("coalesce")

    try:
        assert str(func.coalesce(column("x"), 1)) == "nvl(x, :coalesce_1)"
    finally:
        deregister(coalesce)
    assert str(func.coalesce(column("x"), 1)) == "coalesce(x, :coalesce_1)"


def test_types_have_rules_too():
    @compiles(Integer, "default")
    def number(element, compiler, **kw):
        return "NUMBER"

    try:
        assert Integer().compile(DefaultDialect()) == "NUMBER"
    finally:
        deregister(Integer)
    assert Integer().compile(DefaultDialect()) == "INTEGER"


def test_a_rule_that_returns_no_text_is_named():
    @compiles(BindParameter)
    def nothing(element, compiler, **kw):
        return None

    try:
        with pytest.raises(exc.CompileError, match="nothing"):
            str(column("x") == 5)
    finally:
        deregister(BindParameter)
