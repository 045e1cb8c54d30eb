"""The value of the types BIT and BIT VARYING."""

from __future__ import annotations

from typing import SupportsIndex

__all__ = ["BitString"]


class BitString(str):
    """A string of the characters 0 and 1, with the operators of bits.

    Raises:
        ValueError: another character is in it.
    """

    __slots__ = ()

    def __new__(cls, value: str) -> BitString:
        if isinstance(value, BitString):
            return value
        if not isinstance(value, str):
            raise TypeError(f"BitString takes a string of 0 and 1, not {value!r}")
        if value.strip("01"):
            raise ValueError("BitString must only contain '0' and '1' chars")
        return super().__new__(cls, value)

    @classmethod
    def from_int(cls, value: int, length: int) -> BitString:
        """Return the `length` bits of a number that is not negative; ValueError when it needs more."""
        if value < 0:
            raise ValueError("value must be non-negative")
        if value.bit_length() > length:
            raise ValueError(f"Cannot encode {value} as a BitString of length {length}")
        return cls(format(value, f"0{length}b") if length else "")

    @classmethod
    def from_bytes(cls, value: bytes, length: int = -1) -> BitString:
        """Return the bits of bytes, the first `length` of them; all with -1."""
        bits = "".join([format(byte, "08b") for byte in value])
        return cls(bits if length < 0 else bits[:length])

    @property
    def bit_length(self) -> int:
        """How many bits there are."""
        return len(self)

    @property
    def octet_length(self) -> int:
        """How many bytes hold them."""
        return (len(self) + 7) // 8

    def get_bit(self, index: int) -> str:
        """Return the bit at `index`, counted from 0 on the left."""
        return str(self[index])

    def set_bit(self, index: int, value: int | str) -> BitString:
        """Return a copy with the bit at `index` set."""
        if str(value) not in ("0", "1"):
            raise ValueError(f"a bit is 0 or 1, not {value!r}")
        if not 0 <= index < len(self):
            raise IndexError("BitString index out of range")
        return BitString(f"{self[:index]}{value}{self[index + 1 :]}")

    def __int__(self) -> int:
        return int(str(self), 2) if self else 0

    def __bytes__(self) -> bytes:
        return int(self).to_bytes(self.octet_length, byteorder="big")

    def to_bytes(self, length: int = -1, byteorder: str = "big") -> bytes:
        """Return the bits as bytes, `length` of them; as few as hold them with -1."""
        return int(self).to_bytes(self.octet_length if length < 0 else length, byteorder=byteorder)  # type: ignore[arg-type]

    def _same(self, other: str) -> BitString:
        bits = BitString(other)
        if len(bits) != len(self):
            raise ValueError("Cannot apply a bit operator to bit strings of different lengths")
        return bits

    def __and__(self, other: str) -> BitString:
        return BitString.from_int(int(self) & int(self._same(other)), len(self))

    def __or__(self, other: str) -> BitString:
        return BitString.from_int(int(self) | int(self._same(other)), len(self))

    def __xor__(self, other: str) -> BitString:
        return BitString.from_int(int(self) ^ int(self._same(other)), len(self))

    def __invert__(self) -> BitString:
        return BitString("".join(["0" if bit == "1" else "1" for bit in self]))

    def __lshift__(self, amount: int) -> BitString:
        return BitString((str(self) + "0" * amount)[-len(self) :] if self else "")

    def __rshift__(self, amount: int) -> BitString:
        return BitString(("0" * amount + str(self))[: len(self)])

    def __add__(self, other: str) -> BitString:
        return BitString(str(self) + str(other))

    def __getitem__(self, key: SupportsIndex | slice) -> BitString:
        return BitString(str(self).__getitem__(key))

    def __repr__(self) -> str:
        return f'BitString("{self!s}")'

    def __str__(self) -> str:
        return str.__str__(self)
