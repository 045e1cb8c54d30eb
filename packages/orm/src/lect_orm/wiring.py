"""Connects the rooms of the mapper where one needs a service of another that it must not import."""

from __future__ import annotations

from typing import Any

from lect_orm.query.dml import plan_of
from lect_orm.query.execute import RUN_DML
from lect_orm.session import dml

__all__: list[str] = []


def _run_dml(session: Any, statement: Any, params: Any, options: Any, bind_arguments: Any) -> Any:
    return dml.run(session, plan_of(statement), params, options, bind_arguments)


RUN_DML[:] = [_run_dml]
