"""From a driver's exception to one of :mod:`lect.exc`: with the statement, the parameters, and what the server told.

The connector reads codes, the dialect says what they mean, this module builds the exception. Nothing is decided by the
text of a message, so a parameter whose value looks like an error changes nothing.
"""

from __future__ import annotations

from typing import Any

from lect import exc
from lect.dialects.contract import Failure, FailureKind
from lect.engine.advice import about_missing_value, is_refusal

__all__ = [
    "ExceptionContext",
    "cut_off",
    "refusal",
    "unknown_outcome",
    "wrap_failure",
    "wrap_statement_error",
]


class ExceptionContext:
    """What ``handle_error`` listeners are told of an exception.

    Attributes:
        original_exception: what the driver raised.
        lect_exception: what will be raised; also as `sqlalchemy_exception`, for listeners that come from there.
        chained_exception: what an earlier listener returned, which will be raised instead.
        is_disconnect: the connection is lost; a listener may change it.
        invalidate_pool_on_disconnect: then every pooled connection is thrown away too; a listener may change it.
        is_pre_ping: always False here: a failed ping is no error.
        failure: codes and names as the connector and dialect read them, None for exceptions not of the driver.
        connection, engine, dialect, cursor, statement, parameters, execution_context: where it happened; None where it
            does not apply.
    """

    def __init__(self, **facts: Any) -> None:
        self.connection: Any = None
        self.engine: Any = None
        self.dialect: Any = None
        self.cursor: Any = None
        self.statement: str | None = None
        self.parameters: Any = None
        self.execution_context: Any = None
        self.original_exception: BaseException | None = None
        self.lect_exception: Any = None
        self.chained_exception: BaseException | None = None
        self.is_disconnect = False
        self.invalidate_pool_on_disconnect = True
        self.is_pre_ping = False
        self.failure: Failure | None = None
        self.__dict__.update(facts)

    @property
    def sqlalchemy_exception(self) -> Any:
        """The same as `lect_exception`."""
        return self.lect_exception


def refusal(error: BaseException) -> Failure | None:
    """Return the failure that an exception from inside the driver, which is none of its own, stands for.

    Drivers let a ``TypeError`` or ``ValueError`` escape for values they cannot send. None: it is something else.
    """
    if not is_refusal(error):
        return None
    if isinstance(error, UnicodeError):
        kind: FailureKind | None = FailureKind.INVALID_VALUE
    else:
        kind = FailureKind.VALUE_OUT_OF_RANGE if isinstance(error, OverflowError) else None
    pep249 = "DataError" if isinstance(error, (ValueError, ArithmeticError)) else "ProgrammingError"
    return Failure(pep249=pep249, kind=kind, message=str(error))


#: What a cancelled statement fails with; anything else is the statement's own failure.
_CUT_OFF = (
    None,
    FailureKind.QUERY_CANCELED,
    FailureKind.STATEMENT_TIMEOUT,
    FailureKind.LOCK_TIMEOUT,
    FailureKind.CONNECTION_LOST,
)


class _CutOff(Failure):
    """A failure that a deadline of the program brought about."""


class _Unknown(Failure):
    """A connection lost during COMMIT."""


def unknown_outcome(failure: Failure) -> Failure:
    """Return the failure of a COMMIT that the connection did not survive."""
    facts = dict(failure.items())
    facts.update(pep249="OperationalError", kind=FailureKind.CONNECTION_LOST)
    return _Unknown(**facts)


def cut_off(failure: Failure | None) -> Failure:
    """Return the failure of a statement whose deadline ran out while it ran; None: it was abandoned altogether."""
    if failure is None:
        return _CutOff(pep249="OperationalError", kind=FailureKind.STATEMENT_TIMEOUT, disconnected=True)
    if failure.kind not in _CUT_OFF:
        return failure
    facts = dict(failure.items())
    facts.update(pep249="OperationalError", kind=FailureKind.STATEMENT_TIMEOUT)
    return _CutOff(**facts)


#: Failures of which the engine knows more than driver and dialect.
_OWN: dict[type[Failure], Any] = {_CutOff: exc.StatementDeadlineExceeded, _Unknown: exc.CommitOutcomeUnknown}


def wrap_failure(
    failure: Failure,
    error: BaseException,
    statement: str | None,
    params: Any,
    *,
    hide_parameters: bool = False,
    ismulti: bool | None = None,
    disconnected: bool | None = None,
    connecting: bool = False,
) -> exc.DBAPIError:
    """Return the exception for a failure."""
    kind = failure.kind
    if connecting and (
        kind is FailureKind.UNDEFINED_SCHEMA
        or (kind in (None, FailureKind.CONNECTION_LOST) and failure.pep249 == "OperationalError")
    ):
        kind = FailureKind.CONNECT_FAILED
    lost = failure.disconnected if disconnected is None else disconnected
    if kind is None and lost:
        kind = FailureKind.CONNECTION_LOST
    name = kind.value if kind is not None else failure.pep249
    cls: Any = _OWN.get(type(failure)) or getattr(exc, name, exc.DatabaseError)
    pep249 = getattr(exc, failure.pep249, None)
    if kind is not None and pep249 is not None and not issubclass(cls, pep249) and failure.pep249 != "DatabaseError":
        # The driver sorted it under another PEP 249 class: programs that catch either must find it.
        cls = _both(cls, pep249)
    made: exc.DBAPIError = cls(statement, params, error, hide_parameters, lost, ismulti=ismulti)
    if hide_parameters and failure.message:
        # The driver's own text may quote the statement with its values; the connector's reading of it does not.
        original = type(error)
        made.args = (f"({original.__module__}.{original.__name__}) {failure.message}", *made.args[1:])
    made.sqlstate = failure.sqlstate
    made.native_code = failure.native_code
    made.constraint = failure.constraint
    made.table = failure.table
    made.columns = failure.columns
    return made


_PAIRS: dict[tuple[type, type], type] = {}


def _both(portable: type, pep249: type) -> type:
    made = _PAIRS.get((portable, pep249))
    if made is None:
        body = {"__module__": portable.__module__, "__doc__": portable.__doc__, "__reduce__": _reduce_pair}
        made = _PAIRS[portable, pep249] = type(portable.__name__, (portable, pep249), body)
        made._pair = (portable.__name__, pep249.__name__)  # type: ignore[attr-defined]
    return made


def _reduce_pair(self: Any) -> Any:
    _, args, *state = exc.DBAPIError.__reduce__(self)
    return (_restore_pair, (self._pair, args), *state)


def _restore_pair(pair: tuple[str, str], args: tuple[Any, ...]) -> Any:
    return _both(getattr(exc, pair[0]), getattr(exc, pair[1]))(*args)


def wrap_statement_error(
    error: Exception, statement: str | None, params: Any, *, hide_parameters: bool = False, ismulti: bool | None = None
) -> exc.StatementError:
    """Return the exception for an error that happened in preparing a statement's parameters."""
    kind = type(error)
    advice = about_missing_value(error, params)
    text, code = str(error), None
    if isinstance(error, exc.LectError):
        text, code = error._message(), error.__dict__.get("code")  # the link stands once, at the end
    made = exc.StatementError(
        f"({kind.__module__}.{kind.__qualname__}) {text}",
        statement,
        params,
        error,
        hide_parameters,
        code=code,
        ismulti=ismulti,
    )
    if advice:
        made.add_detail(advice)
    return made
