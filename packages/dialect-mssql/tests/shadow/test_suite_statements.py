"""Every statement of the compliance suite, as SQL Server would get it.

The cases run on SQLite, so that they find what they expect; whatever they execute is executed a second time on an
engine of SQL Server whose driver sends nothing. A statement that is refused, that a parser of T-SQL does not
understand, or whose parameters are not as many as its placeholders, fails the case.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

pytest.importorskip("lect_sqlite", reason="the cases run on SQLite")

from lect import event, exc
from lect_compliance.case import needs_of
from lect_compliance.suite import *  # noqa: F403

lect_url = "sqlite://"

#: Cases whose statements are wrong on purpose.
_WRONG = {"test_syntax_error", "test_no_such_table"}


@pytest.fixture(scope="module")
def replay(lect_run: Any, shadow: Any) -> Iterator[Any]:
    """Executes on SQL Server's engine what is executed on SQLite."""

    def before(conn: Any, statement: Any, multiparams: Any, params: Any, options: Any) -> None:
        given = multiparams if multiparams else params or None
        try:
            with shadow.engine.connect() as connection:
                connection.execute(statement, given)
        except exc.CompileError as error:
            shadow.refused.append((statement, f"{type(error).__name__}: {error}"))
        except exc.DBAPIError as error:
            shadow.problems.append(f"{error}"[:600])
        except (exc.LectError, ValueError, TypeError, AttributeError):
            pass  # what the driver's ones do not convert to

    def after(conn: Any, statement: Any, multiparams: Any, params: Any, options: Any, result: Any) -> None:
        # SQLite took it: then it should not have been refused.
        for known, message in shadow.refused:
            if known is statement:
                shadow.problems.append(message[:600])
        shadow.refused.clear()

    shadow.refused = []
    event.listen(lect_run.engine, "before_execute", before)
    event.listen(lect_run.engine, "after_execute", after)
    yield shadow
    event.remove(lect_run.engine, "before_execute", before)
    event.remove(lect_run.engine, "after_execute", after)


@pytest.fixture(autouse=True)
def _statements_are_right(request: pytest.FixtureRequest, replay: Any) -> Iterator[None]:
    replay.problems.clear()
    replay.log.clear()
    yield
    replay.check()
    if request.node.originalname in _WRONG:
        return
    claimed = replay.engine.dialect.capabilities
    if all(need.claimed(claimed) for need in needs_of(request.cls, request.function)):
        assert not replay.problems, "\n".join(replay.problems)
