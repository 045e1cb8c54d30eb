"""The identity map: within one session, one row is one object.

Objects are held weakly, in one plain dictionary per base mapper, so that a loader finds an object with one look-up.
What is new, changed or marked for deletion is held strongly by the session itself.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any, NamedTuple, TypeAlias

from lect.exc import InvalidRequestError
from lect_orm.base import state_str

__all__ = ["IdentityKey", "IdentityMap", "TokenKey", "bucket_of", "forget", "public_key", "token_of"]

#: A state, seen from below: `lect_orm.state` imports this module.
InstanceState: TypeAlias = Any

#: ``(base class, primary key tuple, identity token)``
IdentityKey: TypeAlias = tuple[type, tuple[Any, ...], Any]


class TokenKey(NamedTuple):
    """Bucket key of an object that carries an identity token: the same row number may exist once per token."""

    token: Any
    pk: Any


def public_key(mapper: Any, pk: Any) -> IdentityKey:
    """Return the public form of a bucket key."""
    token = None
    if pk.__class__ is TokenKey:
        token, pk = pk
    return (mapper.identity_class, mapper.pk_tuple(pk), token)


def bucket_of(mapper: Any, pk: tuple[Any, ...], token: Any = None) -> Any:
    """Return the bucket key for a primary key tuple."""
    key = mapper.bucket_key(pk)
    return key if token is None else TokenKey(token, key)


def token_of(pk: Any) -> Any:
    """Return the identity token inside a bucket key, or None."""
    return pk.token if pk.__class__ is TokenKey else None


def forget(state: InstanceState) -> None:
    """Take a dead object out of its session's map. Called by the interpreter when the object goes away."""
    ref = state.session_ref
    if ref is None:
        return
    session = ref()
    if session is None:
        return
    if state.pk is None:
        return
    bucket = session.identity_map.buckets.get(state.mapper.identity_mapper)
    if bucket is not None and bucket.get(state.pk) is state:
        del bucket[state.pk]


class IdentityMap:
    """Objects with identity of one session, by public key, as a read-mostly mapping.

    ``bucket(base_mapper)`` is the door for loaders; everything else is for people.
    """

    __slots__ = ("buckets", "classes")

    def __init__(self) -> None:
        self.buckets: dict[Any, dict[Any, InstanceState]] = {}
        self.classes: dict[type, Any] = {}  # base class -> base mapper, for public keys

    def bucket(self, base_mapper: Any) -> dict[Any, InstanceState]:
        """Return the dictionary of one base mapper's objects: bucket key -> state."""
        found = self.buckets.get(base_mapper)
        if found is None:
            found = self.buckets[base_mapper] = {}
            self.classes[base_mapper.class_] = base_mapper
        return found

    # -- by state -----------------------------------------------------------------------------------------------------

    def add(self, state: InstanceState) -> bool:
        """Enter an object; False when it is there already.

        Raises:
            InvalidRequestError: another living object has this identity.
        """
        bucket = self.bucket(state.mapper.identity_mapper)
        there = bucket.get(state.pk)
        if there is state:
            return False
        if there is not None and there() is not None:
            raise InvalidRequestError(
                f"Can't attach instance {state_str(state)}; another instance with key "
                f"{state.key} is already present in this session."
            )
        bucket[state.pk] = state
        return True

    def replace(self, state: InstanceState) -> InstanceState | None:
        """Enter an object in place of whatever has its identity; return what was displaced."""
        bucket = self.bucket(state.mapper.identity_mapper)
        there = bucket.get(state.pk)
        if there is state:
            return None
        bucket[state.pk] = state
        return there

    def discard(self, state: InstanceState) -> None:
        """Take an object out if it is the one the map holds."""
        pk = state.pk
        bucket = self.buckets.get(state.mapper.identity_mapper)
        if bucket is not None and bucket.get(pk) is state:
            del bucket[pk]

    safe_discard = discard

    def contains_state(self, state: InstanceState) -> bool:
        """Whether this very object is in the map."""
        bucket = self.buckets.get(state.mapper.identity_mapper)
        return bucket is not None and state.pk is not None and bucket.get(state.pk) is state

    def all_states(self) -> list[InstanceState]:
        """Return the states of all objects, a new list."""
        out: list[InstanceState] = []
        for bucket in list(self.buckets.values()):
            out.extend(bucket.values())
        return out

    def clear(self) -> None:
        """Forget every object."""
        for bucket in self.buckets.values():
            bucket.clear()

    # -- by public key ------------------------------------------------------------------------------------------------

    def _find(self, key: Any) -> InstanceState | None:
        try:
            cls, pk = key[0], key[1]
            token = key[2] if len(key) > 2 else None
            mapper = self.classes.get(cls)
        except (TypeError, IndexError):
            return None
        if mapper is None:
            return None
        return self.buckets[mapper].get(bucket_of(mapper, tuple(pk), token))

    def get(self, key: Any, default: Any = None) -> Any:
        """Return the object of this identity key when it is in the map."""
        state = self._find(key)
        obj = None if state is None else state()
        return default if obj is None else obj

    def __getitem__(self, key: Any) -> Any:
        obj = self.get(key)
        if obj is None:
            raise KeyError(key)
        return obj

    def __contains__(self, key: object) -> bool:
        return self.get(key) is not None

    def keys(self) -> list[IdentityKey]:
        """Identity keys of all objects."""
        return [state.key for state in self.all_states() if state() is not None]

    def values(self) -> list[Any]:
        """All objects."""
        return [obj for obj in [state() for state in self.all_states()] if obj is not None]

    def items(self) -> list[tuple[IdentityKey, Any]]:
        """Pairs (identity key, object)."""
        pairs = [(state, state()) for state in self.all_states()]
        return [(state.key, obj) for state, obj in pairs if obj is not None]

    def __iter__(self) -> Iterator[IdentityKey]:
        return iter(self.keys())

    def __len__(self) -> int:
        return sum(map(len, self.buckets.values()))

    def __bool__(self) -> bool:
        return any(self.buckets.values())

    def check_modified(self) -> bool:
        """Whether any object has pending changes."""
        return any(state.modified for state in self.all_states())
