"""What arithmetic between numbers and times gives: the table in :mod:`lect.types.adaptation`."""

from __future__ import annotations

from typing import Final

from lect.operators import add, floordiv, mul, sub, truediv
from lect.types.adaptation import OTHER, RESULTS, WIDER
from lect.types.interval import Interval
from lect.types.numeric import INTEGERTYPE, NUMERICTYPE, Float, Integer, Numeric
from lect.types.temporal import DATETIMETYPE, Date, DateTime, Time

__all__ = ["INTERVALTYPE"]

INTERVALTYPE: Final = Interval()

for _op in (add, sub, mul):
    RESULTS[_op, Integer, Integer] = WIDER
    RESULTS[_op, Integer, Numeric] = OTHER
    RESULTS[_op, Integer, Float] = OTHER
    RESULTS[_op, Float, Float] = WIDER
RESULTS[truediv, Integer, Integer] = NUMERICTYPE
RESULTS[truediv, Integer, Numeric] = OTHER
RESULTS[truediv, Integer, Float] = OTHER
RESULTS[truediv, Float, Float] = WIDER
RESULTS[floordiv, Integer, Integer] = WIDER
RESULTS[floordiv, Integer, Numeric] = OTHER
for _number in (Integer, Numeric, Float):
    RESULTS[mul, _number, Interval] = OTHER

# Dates: a date moved by days stays a date, moved by an interval it becomes a point in time.
RESULTS[add, Integer, Date] = OTHER
RESULTS[add, Date, Interval] = DATETIMETYPE
RESULTS[add, Date, Time] = DATETIMETYPE
RESULTS[sub, Date, Date] = INTEGERTYPE
RESULTS[sub, Date, Interval] = DATETIMETYPE
RESULTS[sub, Date, DateTime] = INTERVALTYPE
RESULTS[sub, DateTime, DateTime] = INTERVALTYPE
RESULTS[add, Time, Date] = DATETIMETYPE
RESULTS[sub, Time, Time] = INTERVALTYPE
RESULTS[add, Interval, Date] = DATETIMETYPE
RESULTS[add, Interval, DateTime] = OTHER
RESULTS[add, Interval, Time] = OTHER
