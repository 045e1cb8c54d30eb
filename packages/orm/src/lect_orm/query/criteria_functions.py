"""Conditions of ``with_loader_criteria()`` that functions make: called once per execution for each entity concerned.

Which entities a function is asked about is known when the statement has been translated once; it is kept per structure
of the statement and of what the functions made. A statement whose functions make something of the same structure again
needs no translation any more: its conditions are parts of its key, and their values are bound.
"""

from __future__ import annotations

from typing import Any, NamedTuple

from lect.sql._select import Select
from lect.sql.node import statement_key
from lect_orm.loading.criteria import LoaderCriteriaOption
from lect_orm.mapping import configure
from lect_orm.mapping.equality import is_column
from lect_orm.query.translate import Translation

__all__ = ["settled"]

#: Number of structures at which the table is emptied, and how many kinds of answers are kept of one.
MAX_STRUCTURES = 2000
MAX_ANSWERS = 10

#: key of a statement, without what functions make -> what they were asked and answered
_ASKED: dict[Any, list[tuple[Question, ...]]] = {}
configure.EMPTY_CACHES.append(_ASKED.clear)


class Question(NamedTuple):
    """A function was asked about an entity: the place of its option, the entity, the structure of the answer."""

    place: int
    entity: Any
    shape: Any


def settled(statement: Any) -> Any:
    """Return the statement with options that say what their functions make of each entity of the statement."""
    options = statement._with_options
    if not any(isinstance(o, LoaderCriteriaOption) and o.unsettled for o in options):
        return statement
    stands_for = [o.placeholder() if _asks(o) else o for o in options]
    key, _ = statement_key(statement._replace(_with_options=tuple(stands_for)))
    execution = statement._execution_options
    whole = (key, execution.get("_lect_lenient_options", False), execution.get("_lect_eager", True))
    if key is not None:
        for questions in _ASKED.get(whole, ()):
            answers = _answers(options, questions)
            if answers is not None:
                return _with(statement, answers)
    questions, answers = _record(statement)
    if key is not None and all(q.entity.is_mapper for q in questions):
        if len(_ASKED) >= MAX_STRUCTURES:
            _ASKED.clear()
        kept = _ASKED.setdefault(whole, [])
        kept[:] = [*kept[1 - MAX_ANSWERS :], questions]
    return _with(statement, answers)


def _asks(option: Any) -> bool:
    return isinstance(option, LoaderCriteriaOption) and option.unsettled


def _with(statement: Any, answers: dict[int, dict[Any, Any]]) -> Any:
    options = statement._with_options
    return statement._replace(
        _with_options=tuple([o.settled_with(answers.get(i, {})) if _asks(o) else o for i, o in enumerate(options)])
    )


def _answers(options: Any, questions: tuple[Question, ...]) -> dict[int, dict[Any, Any]] | None:
    """Ask the functions again; None when an answer has another structure than it had."""
    made: dict[int, dict[Any, Any]] = {}
    for place, entity, shape in questions:
        answer = options[place].call(entity)
        if _shape(answer) is not shape:
            return None
        made.setdefault(place, {})[entity] = answer
    return made


def _shape(answer: Any) -> Any:
    if not getattr(answer, "is_clause_element", False):
        return None
    return answer._shape or answer._structure()


def _record(statement: Any) -> tuple[tuple[Question, ...], dict[int, dict[Any, Any]]]:
    """Translate a statement, the SELECTs inside included, to see what the functions are asked."""
    questions: list[Question] = []
    answers: dict[int, dict[Any, Any]] = {}

    def recorder(place: int) -> Any:
        def note(entity: Any, answer: Any) -> None:
            if entity not in answers.setdefault(place, {}):
                answers[place][entity] = answer
                questions.append(Question(place, entity, _shape(answer)))

        return note

    options = [o.recording(recorder(i)) if _asks(o) else o for i, o in enumerate(statement._with_options)]
    translation = Translation(statement._replace(_with_options=tuple(options)), with_loaders=True)
    _translate_inside(translation.statement)
    return tuple(questions), answers


def _translate_inside(statement: Any) -> None:
    seen: set[int] = set()
    kept: list[Any] = []  # the identities above must stay those of these nodes
    todo = [statement]
    while todo:
        node = todo.pop()
        if id(node) in seen or getattr(node, "_is_table", False) or getattr(node, "_is_entity", False):
            continue
        seen.add(id(node))
        kept.append(node)
        if is_column(node):
            todo.append(node.table)
        elif isinstance(node, Select) and node._plugin is not None:
            todo.append(node._translated())
        else:
            todo.extend(node.get_children())
