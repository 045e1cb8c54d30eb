"""``session.get`` of an object that the session does not hold, by a plan that is kept with the mapper.

What is kept: the SELECT by primary key, planned; and, with the session, the function that makes an object of a row.
Whatever is out of the ordinary (composite keys, eager loading, listeners, several engines) goes the way of
`lect_orm.loading.by_key`, with the same outcome.
"""

from __future__ import annotations

from typing import Any, Final

from lect_orm.loading.by_key import statement_by_key
from lect_orm.loading.context import LoadContext
from lect_orm.query.execute import plan_for, result_processors

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
        reader = plan.readers[0]
        self.usable = plan.single and plan.identical and len(binds) == 1 and reader.stands_alone
        self.bind = binds[0] if self.usable else None


class KeyLoader:
    """Makes objects of rows for one session; good as long as plan, bucket and converters are the same."""

    __slots__ = ("bucket", "making", "plan", "processors", "read")

    def __init__(self, session: Any, plan: KeyPlan, processors: Any) -> None:
        self.plan = plan
        self.processors = processors
        self.bucket = session.identity_map.bucket(plan.mapper.identity_mapper)
        self.making = plan.plan.readers[0].making(LoadContext(session, plan.statement), processors)
        self.read = self.making.loader()


def quick_get(session: Any, mapper: Any, key: Any) -> Any:
    """Emit the SELECT and return the object, None when there is no row, or `NOT_QUICK` before anything was done.

    Args:
        key: the value of the primary key, which has one column.
    """
    plan = mapper.memo.get(_PLAN)
    if plan is None:
        if not mapper.configured:
            return NOT_QUICK
        plan = mapper.memo[_PLAN] = KeyPlan(mapper)
    if not plan.usable or mapper.instance_dispatch.load or session.dispatch.loaded_as_persistent:
        return NOT_QUICK
    session._autoflush()
    connection = session.connection()
    result = connection.prepare(plan.plan.statement, (plan.bind._with_value(key, False),)).execute()
    processors = result_processors(result)
    loaders = session._key_loaders
    loader = loaders.get(mapper)
    if (
        loader is None
        or loader.plan is not plan
        or loader.processors is not processors
        or loader.bucket is not session.identity_map.buckets.get(mapper.identity_mapper)
    ):
        loader = loaders[mapper] = KeyLoader(session, plan, processors)
    try:
        row = result.raw_cursor().fetchone()
    except BaseException as error:
        result.failed(error)
        raise
    result._soft_close()
    if row is None:
        return None
    found = loader.read(row)
    if loader.making.seen:  # an object that the session held under another spelling of the key
        loader.making.seen.clear()
    return found
