"""Everything about SQL functions under one name: ``func``, bases for functions of one's own, the known functions."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lect.sql import function
from lect.sql import known_functions as _known
from lect.sql.function import (
    Function,
    FunctionAsBinary,
    FunctionElement,
    GenericFunction,
    ScalarFunctionColumn,
    modifier,
    register_function,
)
from lect.sql.known_functions import (
    AnsiFunction,
    OrderedSetAgg,
    ReturnTypeFromArgs,
    aggregate_strings,
    array_agg,
    char_length,
    coalesce,
    concat,
    count,
    cube,
    cume_dist,
    current_date,
    current_time,
    current_timestamp,
    current_user,
    dense_rank,
    grouping_sets,
    localtime,
    localtimestamp,
    max,  # noqa: A004 - named as in SQL
    min,  # noqa: A004
    mode,
    next_value,
    now,
    percent_rank,
    percentile_cont,
    percentile_disc,
    pow,  # noqa: A004
    random,
    rank,
    rollup,
    session_user,
    sum,  # noqa: A004
    sysdate,
    user,
)
from lect.sql.window import FunctionFilter, Over, WithinGroup

__all__ = [
    "AnsiFunction",
    "Function",
    "FunctionAsBinary",
    "FunctionElement",
    "FunctionFilter",
    "GenericFunction",
    "OrderedSetAgg",
    "Over",
    "ReturnTypeFromArgs",
    "ScalarFunctionColumn",
    "WithinGroup",
    "aggregate_strings",
    "array_agg",
    "char_length",
    "coalesce",
    "concat",
    "count",
    "cube",
    "cume_dist",
    "current_date",
    "current_time",
    "current_timestamp",
    "current_user",
    "dense_rank",
    "func",
    "grouping_sets",
    "localtime",
    "localtimestamp",
    "max",
    "min",
    "mode",
    "modifier",
    "next_value",
    "now",
    "percent_rank",
    "percentile_cont",
    "percentile_disc",
    "pow",
    "random",
    "rank",
    "register_function",
    "rollup",
    "session_user",
    "sum",
    "sysdate",
    "user",
]


if TYPE_CHECKING:

    class _Functions:
        """What type checkers know of `func`: the functions whose type does not depend on their arguments."""

        aggregate_strings: type[_known.aggregate_strings]
        char_length: type[_known.char_length]
        concat: type[_known.concat]
        count: type[_known.count]
        dense_rank: type[_known.dense_rank]
        random: type[_known.random]
        rank: type[_known.rank]

        def __getattr__(self, name: str) -> Any: ...
        def __call__(self, *c: Any, **kwargs: Any) -> Any: ...


func: _Functions = function.func
