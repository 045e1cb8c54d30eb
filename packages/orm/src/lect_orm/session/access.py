"""Objects by primary key, and reading them again: ``get``, ``refresh``, ``expire``."""

from __future__ import annotations

import warnings
from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any, TypeAlias, TypeVar

from lect.exc import ArgumentError, InvalidRequestError, LectWarning, NoResultFound
from lect_orm.base import object_state, state_str
from lect_orm.exc import ObjectDeletedError
from lect_orm.identity import IdentityKey, IdentityMap, bucket_of
from lect_orm.loading.quick_get import NOT_QUICK, quick_get
from lect_orm.session.binds import SessionBinds
from lect_orm.state import expire_all
from lect_orm.unitofwork.cascade import cascade_iterator

if TYPE_CHECKING:
    from lect_orm.mapping.mapper import Mapper
    from lect_orm.query.aliased import AliasedClass
    from lect_orm.state import InstanceState

__all__ = ["SessionAccess", "identity_key"]

_O = TypeVar("_O")

if TYPE_CHECKING:
    _Entity: TypeAlias = type[_O] | Mapper[_O] | AliasedClass[_O]


class SessionAccess:
    """The part of a session that finds objects by key and reads them again."""

    identity_map: IdentityMap
    _new: dict[InstanceState, Any]
    _dirty: dict[InstanceState, Any]
    autoflush: bool
    execution_options: dict[str, Any]
    bind: Any
    dispatch: Any
    _binds: dict[Any, Any]

    if TYPE_CHECKING:
        _ref: Any
        _guard: Any
        get_bind: Any
        execute: Any

        def _autoflush(self) -> None: ...
        def _contains_state(self, state: InstanceState) -> bool: ...
        def _remove_newly_deleted(self, states: Iterable[InstanceState]) -> None: ...

    def get(
        self,
        entity: _Entity[_O],
        ident: Any,
        *,
        options: Sequence[Any] | None = None,
        populate_existing: bool | None = None,
        with_for_update: Any = None,
        identity_token: Any = None,
        execution_options: Any = None,
        bind_arguments: dict[str, Any] | None = None,
    ) -> _O | None:
        """Return the object with this primary key, from the session when it is there, or None when there is no row.

        Args:
            entity: mapped class, mapper or alias.
            ident: the key: a value; a tuple for several columns; or a dictionary by attribute name.
            options: loader options for the SELECT.
            populate_existing: emit the SELECT and overwrite what is loaded.
            with_for_update: True, or a dictionary of its arguments: SELECT … FOR UPDATE.
            identity_token: which of several rows of this key (sharding).
            execution_options: given to the SELECT.
            bind_arguments: arguments for :meth:`get_bind`.

        Raises:
            InvalidRequestError: `ident` does not have the shape of this class's primary key.
            StaleDataError: with `with_for_update`, the class counts versions and the row has another one than the
                object in the session, which `populate_existing` would overwrite.
        """
        if (
            options is None
            and (with_for_update is None or with_for_update is False)
            and not populate_existing
            and identity_token is None
            and execution_options is None
            and not self.execution_options
        ):
            mapper = entity.__dict__.get("__mapper__") if isinstance(entity, type) else None
            if mapper is not None and ident.__class__ in _SCALARS and len(mapper.primary_key) == 1:
                bucket = self.identity_map.buckets.get(mapper.identity_mapper)
                state = None if bucket is None else bucket.get(ident)
                if state is not None:
                    obj = state()
                    if obj.__class__ is entity and state.expired_attributes is None:
                        found: Any = obj
                        return found  # type: ignore[no-any-return]
                elif self._is_ordinary():
                    found = quick_get(self, mapper, ident)
                    if found is not NOT_QUICK:
                        return found  # type: ignore[no-any-return]
        loaded: _O | None = self._get(
            entity,
            ident,
            options=options or (),
            populate_existing=populate_existing,
            with_for_update=None if with_for_update is False else with_for_update,
            identity_token=identity_token,
            execution_options=dict(execution_options or {}),
            bind_arguments=bind_arguments,
        )
        return loaded

    def _is_ordinary(self) -> bool:
        """Whether statements go to the one engine, and nobody is to be told of them."""
        kind = type(self)
        return (
            self.bind is not None
            and not self._binds
            and self._guard is None
            and not self.dispatch.do_orm_execute
            and kind.get_bind is SessionBinds.get_bind
            and kind.execute.__module__ == "lect_orm.session.session"
        )

    def _get(self, entity: Any, ident: Any, **how: Any) -> Any:
        from lect.inspection import inspect
        from lect_orm.loading import load_by_key

        found = inspect(entity)
        mapper = getattr(found, "mapper", None)
        if mapper is None:
            raise ArgumentError(f"Expected mapped class or mapper, got: {entity!r}")
        mapper._check_configure()
        pk = key_tuple(mapper, ident)
        if all(value is None for value in pk):
            warnings.warn(
                "fully NULL primary key identity cannot load any object.  This condition may raise an error in a "
                f"future release. (session.get({_name(entity)}, {ident!r}))",
                LectWarning,
                stacklevel=3,
            )
            return None
        options = how["execution_options"]
        given = how["populate_existing"]
        if given is None:
            given = options.get("populate_existing", self.execution_options.get("populate_existing"))
        else:
            options["populate_existing"] = given
        refresh = given or mapper.always_refresh
        how["populate_existing"] = bool(refresh)
        if not refresh and how["with_for_update"] is None:
            obj = self._lookup(mapper, pk, how["identity_token"])
            if obj is _MISMATCH:
                return None
            if obj is not None:
                return obj
        how["with_for_update"] = _for_update(how["with_for_update"])
        return load_by_key(self, found, pk, **how)

    def get_one(self, entity: _Entity[_O], ident: Any, **how: Any) -> _O:
        """Return the object with this primary key; arguments as for :meth:`get`.

        Raises:
            NoResultFound: there is no such row.
        """
        found: _O | None = self.get(entity, ident, **how)
        if found is None:
            raise NoResultFound(f"No row was found when one was required: {_name(entity)} with primary key {ident!r}")
        return found

    def _lookup(self, mapper: Any, pk: tuple[Any, ...], identity_token: Any = None, passive: int | None = None) -> Any:
        """Return the living object of this key, refreshed when expired; None when unknown (or its row is gone)."""
        bucket = self.identity_map.buckets.get(mapper.identity_mapper)
        if bucket is None:
            return None
        try:
            state = bucket.get(bucket_of(mapper, pk, identity_token))
        except TypeError:  # a key that cannot be hashed is in no map
            return None
        obj = None if state is None else state()
        if state is None or obj is None:
            return None
        if not isinstance(obj, mapper.class_):
            return _MISMATCH
        if state.expired:
            from lect_orm.base import PASSIVE_NO_RESULT, PASSIVE_OFF, SQL_OK

            wanted = PASSIVE_OFF if passive is None else passive
            if not wanted & SQL_OK:
                return PASSIVE_NO_RESULT
            try:
                mapper.load_expired(state, wanted)
            except ObjectDeletedError:
                self._remove_newly_deleted([state])
                return None
        return obj

    def _load_get(self, entity: Any, pk: tuple[Any, ...], **how: Any) -> Any:
        """`get` for lazy loaders: `pk` is a tuple in the mapper's order."""
        return self.get(entity, pk if len(pk) > 1 else pk[0], **how)

    # -- reading again ------------------------------------------------------------------------------------------------

    def refresh(
        self, instance: object, attribute_names: Iterable[str] | None = None, with_for_update: Any = None
    ) -> None:
        """Read an object again at once; pending changes of what is read are lost.

        Args:
            instance: a persistent object.
            attribute_names: only these (None, or none at all: the whole object); relationships are loaded too.
            with_for_update: True, or a dictionary of its arguments: SELECT … FOR UPDATE.

        Raises:
            InvalidRequestError: it is not persistent in this session, or its row is gone.
            StaleDataError: some attributes are read with `with_for_update`, the class counts versions and the row has
                another one than the object.
        """
        from lect_orm.loading import refresh

        state = object_state(instance)
        if with_for_update == {}:
            raise ArgumentError(
                "with_for_update should be the boolean value True, or a dictionary with options.  "
                "A blank dictionary is ambiguous."
            )
        names = list(attribute_names or ()) or None
        self._expire(state, names)
        # What is pending of other objects may be what is to be read.
        self._autoflush()
        if not refresh(
            self, state, None if names is None else set(names), with_for_update=_for_update(with_for_update)
        ):
            raise InvalidRequestError(f"Could not refresh instance '{state_str(state)}': its row is gone")

    def expire(self, instance: object, attribute_names: Iterable[str] | None = None) -> None:
        """Let an object be read again when next used; pending changes are lost.

        Args:
            instance: a persistent object.
            attribute_names: only these attributes; None, or none at all, for the whole object.

        Raises:
            InvalidRequestError: it is not persistent in this session.
        """
        self._expire(object_state(instance), attribute_names)

    def _expire(self, state: InstanceState, attribute_names: Iterable[str] | None) -> None:
        self._validate_persistent(state)
        names = list(attribute_names or ())
        if names:
            unknown = [name for name in names if name not in state.mapper.impls]
            if unknown:
                from lect.exc import nearest

                raise InvalidRequestError(
                    f"{state.mapper.class_.__name__} has no mapped attribute {unknown[0]!r}"
                    f"{nearest(unknown[0], state.mapper.impls)}"
                )
            state._expire_attributes(state.dict, names)
            return
        reached = list(cascade_iterator("refresh-expire", state))
        self._expire_or_expunge(state)
        for _obj, _mapper, other, _dict in reached:
            self._expire_or_expunge(other)

    def _expire_or_expunge(self, state: InstanceState) -> None:
        """Expire a persistent object; a pending one reached by cascade has nothing to read and leaves the session."""
        if state.pk is not None:
            state._expire(state.dict, self._dirty)
        elif state in self._new:
            del self._new[state]
            state.session_ref = None
            if self.dispatch.pending_to_transient:
                self.dispatch.pending_to_transient(self, state())

    def expire_all(self) -> None:
        """Let every persistent object be read again when next used; pending changes are lost."""
        expire_all(self.identity_map.all_states())

    def _validate_persistent(self, state: InstanceState) -> None:
        if not self.identity_map.contains_state(state):
            raise InvalidRequestError(f"Instance '{state_str(state)}' is not persistent within this Session")


#: Values that are a one-column key as they are; anything else is looked at more closely.
_SCALARS = frozenset({int, str, bytes})

_MISMATCH: Any = object()


def key_tuple(mapper: Any, ident: Any) -> tuple[Any, ...]:
    """Return a primary key given in any accepted form as a tuple in the mapper's order.

    Raises:
        InvalidRequestError: wrong number of values, or wrong names.
    """
    names = mapper.pk_keys
    if isinstance(ident, Mapping):
        if set(ident) != set(names):
            ident = {_behind_synonym(mapper, name): value for name, value in ident.items()}
        if set(ident) != set(names):
            expected = ", ".join(repr(name) for name in names)
            raise InvalidRequestError(
                "Incorrect names of values in identifier to formulate primary key for session.get(); primary key "
                "attribute "
                f"names are {expected} (synonym names are also accepted)"
            )
        return tuple([ident[name] for name in names])
    if hasattr(ident, "__composite_values__"):
        ident = ident.__composite_values__()
    pk = tuple(ident) if isinstance(ident, (tuple, list)) or hasattr(ident, "_mapping") else (ident,)
    if len(pk) != len(names) and hasattr(ident, "__dataclass_fields__"):
        pk = tuple([getattr(ident, name) for name, field in ident.__dataclass_fields__.items() if field.init])
    if len(pk) != len(names):
        columns = ",".join(f"'{column}'" for column in mapper.primary_key)
        raise InvalidRequestError(
            "Incorrect number of values in identifier to formulate primary key for session.get(); primary key "
            "columns are " + columns
        )
    return pk


def _behind_synonym(mapper: Any, name: Any) -> Any:
    for synonym in mapper.synonyms:
        if synonym.key == name:
            return synonym.name
    return name


def _for_update(given: Any) -> Any:
    if given is None or given is False:
        return None
    if given is True:
        return {}
    return given


def _name(entity: Any) -> str:
    return getattr(entity, "__name__", str(entity))


def identity_key(
    class_: Any = None, ident: Any = None, *, instance: Any = None, row: Any = None, identity_token: Any = None
) -> IdentityKey:
    """Return the identity key of a class and primary key, of an object, or of a row of the class.

    Raises:
        ArgumentError: neither a class with `ident` or `row`, nor an instance, was given.
    """
    from lect_orm.base import class_mapper_or_raise

    key: IdentityKey
    if class_ is not None:
        mapper = class_mapper_or_raise(class_) if isinstance(class_, type) else class_
        mapper._check_configure()
        if row is None:
            if ident is None:
                raise ArgumentError("ident or row is required")
            values = tuple(ident) if isinstance(ident, (tuple, list)) else (ident,)
            key = mapper.identity_key_from_primary_key(values, identity_token=identity_token)
        else:
            key = mapper.identity_key_from_row(row, identity_token=identity_token)
        return key
    if instance is not None:
        state = object_state(instance)
        key = state.mapper.identity_key_from_instance(instance)
        return key
    raise ArgumentError("class or instance is required")
