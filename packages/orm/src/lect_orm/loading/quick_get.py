"""``session.get`` of an object that the session does not hold, by a plan that is kept with the mapper.

Whatever is out of the ordinary (composite keys, eager loading, listeners, several engines) goes the way of
`lect_orm.loading.by_key`, with the same outcome.
"""

from __future__ import annotations

from typing import Any, Final

from lect_orm.loading.by_key import statement_by_key
from lect_orm.query.execute import plan_for, result_processors
from lect_orm.query.plain_rows import may_load, plain_loader

__all__ = ["NOT_QUICK", "quick_get"]

#: The answer when the ordinary way has to be gone.
NOT_QUICK: Final = object()

_PLAN = "_lect_quick_get"


class KeyPlan:
    """The SELECT by primary key of one mapper.

    Attributes:
        usable: whether its rows are complete objects, with nothing to load or to be told besides.
    """

    def __init__(self, mapper: Any) -> None:
        self.mapper = mapper
        statement = statement_by_key(mapper, (0,))
        plan, binds = plan_for(statement)
        self.plan = plan
        self.statement = statement
        self.usable = plan.plain and plan.identical and len(binds) == 1
        self.reader = plan.readers[0]
        self.bind = binds[0] if self.usable else None


def quick_get(session: Any, mapper: Any, key: Any, autoflush: bool = True) -> Any:
    """Emit the SELECT and return the object, None when there is no row, or `NOT_QUICK` before anything was done.

    Args:
        key: the value of the primary key, which has one column.
        autoflush: write pending changes first.
    """
    plan = mapper.memo.get(_PLAN)
    if plan is None:
        if not mapper.configured:
            return NOT_QUICK
        plan = mapper.memo[_PLAN] = KeyPlan(mapper)
    if not plan.usable or not may_load(session, mapper):
        return NOT_QUICK
    if autoflush:
        session._autoflush()
    connection = session.connection()
    result = connection.prepare(plan.plan.statement, (plan.bind._with_value(key, False),)).execute()
    try:
        row = result.raw_cursor().fetchone()
    except BaseException as error:
        result.failed(error)
        raise
    result._soft_close()
    if row is None:
        return None
    return plain_loader(plan.reader, session, plan.statement, result_processors(result))(row)
