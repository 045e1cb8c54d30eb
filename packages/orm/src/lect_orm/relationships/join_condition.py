"""How the rows of two mappers belong together: the join condition, which columns refer, which are on the other side."""

from __future__ import annotations

import warnings
from collections.abc import Callable, Iterable
from operator import and_, eq
from typing import Any

from lect.exc import (
    AmbiguousForeignKeysError,
    ArgumentError,
    LectWarning,
    NoForeignKeysError,
    NoReferencedTableError,
    NoReferenceError,
)
from lect.sql.join import join_condition
from lect_orm.base import MANYTOMANY, MANYTOONE, ONETOMANY, RelationshipDirection
from lect_orm.mapping.columns import columns_of
from lect_orm.mapping.equality import binaries_of, is_column, iterate, of_tables, plain, replace_columns

__all__ = ["JoinCondition", "foreign", "plain", "remote"]


def remote(expr: Any) -> Any:
    """Mark a column of a ``primaryjoin`` as being on the other side of the relationship."""
    return _marked(expr, "remote")


def foreign(expr: Any) -> Any:
    """Mark a column of a ``primaryjoin`` as the one that refers (as a foreign key does)."""
    return _marked(expr, "foreign")


def _marked(expr: Any, mark: str) -> Any:
    hook = getattr(expr, "__clause_element__", None)
    element = hook() if hook is not None else expr
    # A column written in a class body has no table yet.
    return replace_columns(
        element, lambda n: n._annotate({mark: True}) if is_column(n) or hasattr(n, "constraints") else None
    )


def _marks(column: Any) -> Any:
    return column._annotations


def _normal(expression: Any) -> Any:
    """Drop every annotation but the marks."""
    return None if expression is None else of_tables(expression, keep=("foreign", "remote", "local"))


class JoinCondition:
    """The settled condition of one relationship. Columns in `primaryjoin` and `secondaryjoin` carry marks.

    Attributes:
        primaryjoin, secondaryjoin: conditions with marked columns ("foreign", "remote").
        direction: which side holds the foreign key.
        local_remote_pairs: ``(local column, remote column)`` for each equality.
        synchronize_pairs, secondary_synchronize_pairs: ``(column with the value, column that receives it)``.
    """

    def __init__(
        self,
        *,
        prop: Any,
        parent: Any,
        target: Any,
        target_selectable: Any,
        primaryjoin: Any,
        secondary: Any,
        secondaryjoin: Any,
        foreign_keys: Iterable[Any],
        remote_side: Iterable[Any],
        viewonly: bool,
    ) -> None:
        self.prop = prop
        self.parent = parent
        self.target = target
        self.secondary = secondary
        self.viewonly = viewonly
        self.parent_columns = {id(c) for c in columns_of(parent.persist_selectable)}
        self.parent_columns |= {id(c) for c in columns_of(parent.local_table)}
        self.target_selectable = target_selectable
        self.target_columns = {id(c) for c in columns_of(target_selectable)}
        self.secondary_columns = set() if secondary is None else {id(c) for c in secondary.c}
        self.foreign_keys = {id(plain(c)): plain(c) for c in foreign_keys}
        self.remote_side = {id(plain(c)): plain(c) for c in remote_side}
        self.primaryjoin = _normal(primaryjoin)
        self.secondaryjoin = _normal(secondaryjoin)
        self._determine()
        self._mark_foreign()
        self._mark_remote()
        self._pairs()
        self._check_foreign(self.primaryjoin, self.synchronize_pairs, "primary")
        if self.secondaryjoin is not None:
            self._check_foreign(self.secondaryjoin, self.secondary_synchronize_pairs, "secondary")
        self.direction: RelationshipDirection = self._direction()
        self._check()

    # -- finding the condition -----------------------------------------------------------------------------------------

    def _determine(self) -> None:
        if self.secondaryjoin is not None and self.secondary is None:
            raise ArgumentError(
                f"Property {self.prop} specified with secondary join condition but no secondary argument"
            )
        only = list(self.foreign_keys.values()) or None
        try:
            if self.secondary is not None:
                if self.secondaryjoin is None:
                    self.secondaryjoin = join_condition(
                        self.target_selectable, self.secondary, self._target_subset(), consider_as_foreign_keys=only
                    )
                if self.primaryjoin is None:
                    self.primaryjoin = join_condition(
                        self.parent.persist_selectable,
                        self.secondary,
                        self.parent.local_table,
                        consider_as_foreign_keys=only,
                    )
            elif self.primaryjoin is None:
                self.primaryjoin = join_condition(
                    self.parent.persist_selectable,
                    self.target_selectable,
                    self.parent.local_table,
                    consider_as_foreign_keys=only,
                )
        except NoForeignKeysError as error:
            self._no_keys(error)
        except AmbiguousForeignKeysError as error:
            self._ambiguous(error)

    def _target_subset(self) -> Any:
        if self.target_selectable is self.target.persist_selectable:
            return self.target.local_table
        return None

    def _no_keys(self, error: Exception) -> None:
        start = (
            f"Could not determine join condition between parent/child tables on relationship {self.prop} - there are "
            "no foreign keys linking these tables"
        )
        if self.secondary is not None:
            raise NoForeignKeysError(
                f"{start} via secondary table '{self.secondary.description}'.  Ensure that referencing columns are "
                "associated with a "
                "ForeignKey or ForeignKeyConstraint, or specify 'primaryjoin' and 'secondaryjoin' expressions."
            ) from error
        raise NoForeignKeysError(
            f"{start}{self._dangling()}.  Ensure that referencing columns are associated with a ForeignKey or "
            "ForeignKeyConstraint, or specify a 'primaryjoin' expression."
        ) from error

    def _dangling(self) -> str:
        """Say which foreign keys of both sides refer to a table that is not there."""
        found = []
        for table in (*self.parent.tables, *self.target.mapper.tables):
            for fk in getattr(table, "foreign_keys", ()):
                try:
                    fk.column  # noqa: B018 - asks whether it is there
                except NoReferencedTableError as missing:
                    found.append(str(missing))
        return f" ({'; '.join(found)})" if found else ""

    def _ambiguous(self, error: Exception) -> None:
        start = (
            f"Could not determine join condition between parent/child tables on relationship {self.prop} - there are "
            "multiple foreign key paths linking the tables"
        )
        if self.secondary is not None:
            raise AmbiguousForeignKeysError(
                f"{start} via secondary table '{self.secondary.description}'.  Specify the 'foreign_keys' argument, "
                "providing a list of "
                "those columns which should be counted as containing a foreign key reference from the secondary "
                "table to each "
                "of the parent and child tables."
            ) from error
        raise AmbiguousForeignKeysError(
            f"{start}.  Specify the 'foreign_keys' argument, providing a list of those columns which should be "
            "counted as "
            "containing a foreign key reference to the parent table."
        ) from error

    # -- marking -------------------------------------------------------------------------------------------------------

    def _has(self, mark: str) -> bool:
        return any(mark in n._annotations for n in iterate(self.primaryjoin) if is_column(n)) or (
            self.secondaryjoin is not None
            and any(mark in n._annotations for n in iterate(self.secondaryjoin) if is_column(n))
        )

    def _mark(self, mark: str, wanted: Callable[[Any], bool]) -> None:
        def change(node: Any) -> Any:
            if is_column(node):
                return node._annotate({mark: True}) if wanted(node) else node
            return None

        self.primaryjoin = replace_columns(self.primaryjoin, change)
        if self.secondaryjoin is not None:
            self.secondaryjoin = replace_columns(self.secondaryjoin, change)

    def _mark_binaries(self, choose: Callable[[Any], tuple[bool, bool]], mark: str) -> None:
        """Mark left and right of comparisons as ``choose(binary)`` says."""

        def change(node: Any) -> Any:
            if not (hasattr(node, "left") and hasattr(node, "right") and hasattr(node, "operator")):
                return None
            on_left, on_right = choose(node)
            if not on_left and not on_right:
                return None
            sides = iter((on_left, on_right))

            def side(child: Any) -> Any:
                if child is not node.left and child is not node.right:
                    return child
                marked = next(sides, False)
                if not marked:
                    return replace_columns(child, change)
                return replace_columns(child, lambda n: n._annotate({mark: True}) if is_column(n) else None)

            return node._map_children(side)

        self.primaryjoin = replace_columns(self.primaryjoin, change)
        if self.secondaryjoin is not None:
            self.secondaryjoin = replace_columns(self.secondaryjoin, change)

    def _mark_foreign(self) -> None:
        if self._has("foreign"):
            return
        if self.foreign_keys:
            wanted = self.foreign_keys
            self._mark("foreign", lambda c: id(plain(c)) in wanted)
            return

        def choose(binary: Any) -> tuple[bool, bool]:
            left, right = _side(binary.left), _side(binary.right)
            if left is None or right is None:
                return False, False
            a, b = plain(left), plain(right)
            if self.secondary is not None:
                if id(a) in self.secondary_columns and id(b) not in self.secondary_columns:
                    return True, False
                if id(b) in self.secondary_columns and id(a) not in self.secondary_columns:
                    return False, True
            if _refers(a, b):
                return True, False
            if _refers(b, a):
                return False, True
            return False, False

        self._mark_binaries(choose, "foreign")

    def _mark_remote(self) -> None:
        if self._has("remote"):
            if self.remote_side:
                raise ArgumentError(
                    f"remote_side argument is redundant against remote() annotation; relationship {self.prop}"
                )
            return
        if self.secondary is not None:
            self._mark_secondary()
        elif self.remote_side:
            self._mark_remote_side()
        elif self._self_referential():
            self._mark_selfref(lambda c: "foreign" in c._annotations, False)
        elif self.parent_columns & self.target_columns:
            self._mark_overlapping()
        else:
            self._mark("remote", lambda c: id(plain(c)) in self.target_columns)

    def _mark_secondary(self) -> None:
        between = self.secondary_columns
        whole = self.secondaryjoin
        self._mark("remote", lambda c: id(plain(c)) in between)
        if whole is not None and between & self.target_columns:
            # A join stands between, and the table of the target is in it too: the column of the target is meant.
            only = between - self.target_columns
            self.secondaryjoin = replace_columns(
                whole,
                lambda n: (n._annotate({"remote": True}) if id(plain(n)) in only else n) if is_column(n) else None,
            )

    def _self_referential(self) -> bool:
        """Whether the foreign columns refer from the parent's table to itself in one condition."""
        for binary in binaries_of(self.primaryjoin):
            if is_column(binary.left) and is_column(binary.right):
                a, b = plain(binary.left), plain(binary.right)
                both = self.parent_columns & self.target_columns
                if id(a) in both and id(b) in both and self.target is not None:
                    return True
        return False

    def _mark_selfref(self, wanted: Callable[[Any], bool], by_side: bool) -> None:
        def choose(binary: Any) -> tuple[bool, bool]:
            left, right = _side(binary.left), _side(binary.right)
            if left is None or right is None:
                return left is not None and wanted(left), right is not None and wanted(right)
            equal = plain(left) is plain(right)
            on_left, on_right = wanted(left), wanted(right)
            return on_left, on_right and not equal

        self._mark_binaries(choose, "remote")

    def _mark_remote_side(self) -> None:
        wanted = self.remote_side
        if self._self_referential():
            self._mark_selfref(lambda c: id(plain(c)) in wanted, True)
        else:
            self._mark("remote", lambda c: id(plain(c)) in wanted)

    def _mark_overlapping(self) -> None:
        """Parent and target share tables (both inherit from one): local is what only the parent has."""
        target_local = {id(c) for c in columns_of(self.target.local_table)}
        parent_local = {id(c) for c in columns_of(self.parent.local_table)}

        def choose(binary: Any) -> tuple[bool, bool]:
            left, right = _side(binary.left), _side(binary.right)
            if left is None or right is None:
                return False, False
            a, b = id(plain(left)), id(plain(right))
            right_remote = a in self.parent_columns and b in self.target_columns
            left_remote = b in self.parent_columns and a in self.target_columns
            if right_remote and left_remote:
                # Either could be; what one of the classes adds itself decides.
                left_remote = a in target_local and b in parent_local and not (b in target_local and a in parent_local)
                right_remote = not left_remote
            return left_remote, right_remote

        self._mark_binaries(choose, "remote")

    # -- what follows --------------------------------------------------------------------------------------------------

    def columns_marked(self, *marks: str) -> list[Any]:
        """Return the plain columns that carry all of the marks."""
        found: dict[int, Any] = {}
        for expression in (self.primaryjoin, self.secondaryjoin):
            if expression is None:
                continue
            for node in iterate(expression):
                if is_column(node) and all(m in node._annotations for m in marks):
                    own = plain(node)
                    found.setdefault(id(own), own)
        return list(found.values())

    def _direction(self) -> RelationshipDirection:
        if self.secondary is not None or self.secondaryjoin is not None:
            return MANYTOMANY
        foreign_columns = [n for n in iterate(self.primaryjoin) if is_column(n) and "foreign" in n._annotations]
        on_target = [c for c in foreign_columns if id(plain(c)) in self.target_columns]
        on_parent = [c for c in foreign_columns if id(plain(c)) in self.parent_columns]
        if on_target and on_parent:
            to_many = [c for c in foreign_columns if "remote" in c._annotations]
            to_one = [
                n
                for n in iterate(self.primaryjoin)
                if is_column(n) and "remote" in n._annotations and "foreign" not in n._annotations
            ]
            if to_many and to_one:
                # Columns that are foreign themselves and refer to the other side both ways do not decide.
                local = {
                    id(plain(n)) for n in iterate(self.primaryjoin) if is_column(n) and "remote" not in n._annotations
                }
                self_equated = {id(c) for c in self.columns_marked("remote")} & local
                to_many = [c for c in to_many if id(plain(c)) not in self_equated]
                to_one = [c for c in to_one if id(plain(c)) not in self_equated]
            if to_many and not to_one:
                return ONETOMANY
            if to_one and not to_many:
                return MANYTOONE
            raise ArgumentError(
                f"Can't determine relationship direction for relationship '{self.prop}' - foreign key columns "
                "within the join "
                "condition are present in both the parent and the child's mapped tables.  Ensure that only those "
                "columns "
                "referring to a parent column are marked as foreign, either via the foreign() annotation or via the "
                "foreign_keys argument."
            )
        if on_target:
            return ONETOMANY
        if on_parent:
            return MANYTOONE
        raise ArgumentError(
            f"Can't determine relationship direction for relationship '{self.prop}' - foreign key columns are "
            "present in neither "
            "the parent nor the child's mapped tables"
        )

    def _pairs(self) -> None:
        self.synchronize_pairs: list[tuple[Any, Any]] = []
        self.secondary_synchronize_pairs: list[tuple[Any, Any]] = []
        self.local_remote_pairs: list[tuple[Any, Any]] = []
        self.equality_only = True
        for expression, sync in (
            (self.primaryjoin, self.synchronize_pairs),
            (self.secondaryjoin, self.secondary_synchronize_pairs),
        ):
            if expression is not None:
                self._collect(expression, sync)
        self.local_columns = self._local_columns()
        self.remote_columns = self.columns_marked("remote")

    def _collect(self, expression: Any, sync: list[tuple[Any, Any]]) -> None:
        for binary in binaries_of(expression):
            left, right = _side(binary.left), _side(binary.right)
            if left is None or right is None:
                # BETWEEN, a sum, a tuple: each column of one side is compared with each of the other.
                for one in _columns_in(binary.left):
                    for other in _columns_in(binary.right):
                        self._collect_pair(one, other)
                continue
            if not self._collect_pair(left, right) or binary.operator is not eq:
                continue
            if "foreign" in right._annotations and "foreign" not in left._annotations:
                sync.append((plain(left), plain(right)))
            elif "foreign" in left._annotations and "foreign" not in right._annotations:
                sync.append((plain(right), plain(left)))
            elif "foreign" in left._annotations and "foreign" in right._annotations:
                # Both refer to something: the side that refers to the other one receives.
                if _refers(plain(left), plain(right)):
                    sync.append((plain(right), plain(left)))
                elif _refers(plain(right), plain(left)):
                    sync.append((plain(left), plain(right)))

    def _collect_pair(self, left: Any, right: Any) -> bool:
        """Note two columns that are compared; False when they are not one of this side and one of the other."""
        if "remote" in right._annotations and "remote" not in left._annotations:
            pair = (plain(left), plain(right))
        elif "remote" in left._annotations and "remote" not in right._annotations:
            pair = (plain(right), plain(left))
        else:
            return False
        if not any(p[0] is pair[0] and p[1] is pair[1] for p in self.local_remote_pairs):
            self.local_remote_pairs.append(pair)
        return True

    def _local_columns(self) -> list[Any]:
        found: dict[int, Any] = {}
        for node in iterate(self.primaryjoin):
            if is_column(node) and "remote" not in node._annotations and id(plain(node)) in self.parent_columns:
                found.setdefault(id(plain(node)), plain(node))
        return list(found.values())

    def _check(self) -> None:
        if not self.local_remote_pairs:
            raise ArgumentError(
                f"Relationship {self.prop} could not determine any unambiguous local/remote column pairs based on "
                "join condition "
                "and remote_side arguments.  Consider using the remote() annotation to accurately mark those "
                "elements of the "
                "join condition that are on the remote side of the relationship."
            )
        self._warn_of_local_remotes()

    def _warn_of_local_remotes(self) -> None:
        """Tell of columns that are said to be on the other side and are of this side alone."""
        if self.secondary is not None or self.parent.persist_selectable is self.target_selectable:
            return
        wrong = [
            c
            for c in self.columns_marked("remote")
            if id(c) in self.parent_columns and id(c) not in self.target_columns
        ]
        for column in wrong:
            warnings.warn(
                f"Expression {column} is marked as 'remote', but these column(s) are local to the local side. "
                "The remote() annotation, or remote_side, is needed only for a relationship of a class to itself, and "
                f"names the columns of the other side. (relationship {self.prop})",
                LectWarning,
                stacklevel=8,
            )

    def _check_foreign(self, expression: Any, sync: list[tuple[Any, Any]], which: str) -> None:
        foreign_columns = [n for n in iterate(expression) if is_column(n) and "foreign" in n._annotations]
        if sync or (self.viewonly and foreign_columns):
            return
        if foreign_columns and not any(b.operator is eq for b in binaries_of(expression)):
            raise ArgumentError(
                "Could not locate any simple equality expressions involving locally mapped foreign key columns for "
                f"{which} join "
                f"condition '{expression}' on relationship {self.prop}.  Ensure that referencing columns are "
                "associated with a "
                "ForeignKey or ForeignKeyConstraint, or are annotated in the join condition with the foreign() "
                "annotation. To "
                "allow comparison operators other than '==', the relationship can be marked as viewonly=True."
            )
        if not foreign_columns:
            raise ArgumentError(
                f"Could not locate any relevant foreign key columns for {which} join condition '{expression}' on "
                "relationship "
                f"{self.prop}.  Ensure that referencing columns are associated with a ForeignKey or "
                "ForeignKeyConstraint, or are "
                "annotated in the join condition with the foreign() annotation."
            )
        raise ArgumentError(
            "Could not locate any simple equality expressions involving locally mapped foreign key columns for "
            f"{which} join "
            f"condition '{expression}' on relationship {self.prop}.  Ensure that referencing columns are associated "
            "with a "
            "ForeignKey or ForeignKeyConstraint, or are annotated in the join condition with the foreign() "
            "annotation. To allow "
            "comparison operators other than '==', the relationship can be marked as viewonly=True."
        )

    @property
    def keys_between(self) -> list[Any] | None:
        """Columns of the table between that hold the parent's primary key; None when rows of the table between alone
        cannot tell which parent they belong to, or the condition asks something else of the parent.
        """
        keys = self.parent.primary_key
        if self.secondaryjoin is None or not only_equalities(self.primaryjoin):
            return None
        # Those of the primary condition only: a table that is tied to itself has its key in both conditions.
        own = {id(plain(n)) for n in iterate(self.primaryjoin) if is_column(n)}
        pairs = {
            self._key_id(a): b for a, b in self.local_remote_pairs if id(b) in self.secondary_columns and id(b) in own
        }
        columns = [n for n in iterate(self.primaryjoin) if is_column(n)]
        if len(columns) != 2 * len(keys) or any(id(k) not in pairs for k in keys):
            return None
        return [pairs[id(k)] for k in keys]

    @property
    def secondary_can_be_used_for_related_join(self) -> bool:
        """Whether related rows are found for a primary key of the parent without joining the parent's table."""
        return self.keys_between is not None

    def _key_id(self, column: Any) -> int:
        """Return the id of the primary key column that a column of a joined subclass stands for."""
        prop = self.parent.column_to_prop.get(column)
        same = () if prop is None else [c for c in prop.columns if c in self.parent.primary_key_set]
        return id(same[0]) if same else id(column)

    # -- conditions for use --------------------------------------------------------------------------------------------

    def adapted(self, expression: Any, local: Callable[[Any], Any], remote_: Callable[[Any], Any]) -> Any:
        """Return a condition with its local columns and its remote columns replaced: functions of a plain column."""

        def change(node: Any) -> Any:
            if not is_column(node):
                return self._moved(node, local)
            own = plain(node)
            return remote_(own) if "remote" in node._annotations else local(own)

        return replace_columns(expression, change)

    def _moved(self, node: Any, local: Callable[[Any], Any]) -> Any:
        """Return what stands for a table of the parent, or its class, that a subquery of the condition correlates."""
        entity = getattr(node, "entity", None) if getattr(node, "_is_entity", False) else None
        if entity is not None and getattr(entity, "is_mapper", False):
            node = entity.local_table
        if not any(node is table for table in self.parent.tables):
            return None
        column = next(iter(node.c))
        moved = local(column)
        return None if moved is column else getattr(moved, "table", None)


def only_equalities(condition: Any) -> bool:
    """Whether a condition is ``a = b``, or several of these, and nothing else."""
    operator = getattr(condition, "operator", None)
    if operator is eq:
        return True
    if operator is and_:
        return all(only_equalities(c) for c in condition.get_children())
    inner = getattr(condition, "element", None)
    return inner is not None and only_equalities(inner)


def _refers(a: Any, b: Any) -> bool:
    """Whether column `a` has a foreign key to column `b`."""
    return any(fk.column in b.proxy_set for fk in a.foreign_keys if _known(fk))


def _known(fk: Any) -> bool:
    try:
        return fk.column is not None
    except NoReferenceError:
        return False


def _side(node: Any) -> Any:
    """Return the one column on a side of a comparison, also inside of a function or cast; None when there is not
    one.
    """
    found = _columns_in(node)
    return found[0] if len(found) == 1 else None


def _columns_in(node: Any) -> list[Any]:
    return [node] if is_column(node) else [n for n in iterate(node) if is_column(n)]
