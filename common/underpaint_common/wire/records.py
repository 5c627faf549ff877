"""Records: a 4-byte length, then A256CBC-HS512 over one type byte and the content.

The length is the associated data; a record's number, counted by each side for each
direction, is the nonce, so that records cannot be repeated, reordered, dropped or moved to
another connection. Each direction replaces its key after a number of records or of wire
bytes: the record that reaches a limit is the last under the old key, the number goes on,
and nothing is announced.
"""

from __future__ import annotations

import enum
from dataclasses import dataclass

from underpaint_common.crypto.aead import AuthenticationFailed, BytesLike, sealed_length
from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.crypto.noise_symmetric import REKEY_NONCE, rekey
from underpaint_common.errors import ProtocolError
from underpaint_common.wire.buffer import ReceiveBuffer

MAX_RECORD = 256 * 1024
"""Most content bytes of one record: it bounds what is held before it is authenticated."""

LEAST_RECORD = 4 * 1024
"""The least that a server may want data records to be bounded by."""

LENGTH_BYTES = 4
MAX_SEALED = sealed_length(1 + MAX_RECORD)
MAX_UNAUTHENTICATED = 4096
"""Longest record that is read from a peer which is not authenticated."""

_MIN_SEALED = sealed_length(1)
_BLOCK = 16


class RecordType(enum.IntEnum):
    """The first encrypted byte."""

    MESSAGE = 1
    DATA = 2
    CLOSE = 3


@dataclass(frozen=True, slots=True)
class RecordLimits:
    """When keys are replaced and when a connection is used up; both sides must agree.

    Attributes
    ----------
    rekey_records : int
        Records under one key.
    rekey_bytes : int
        Wire bytes, lengths included, under one key.
    last_number : int
        The last number a record can have.
    """

    rekey_records: int = 2**20
    rekey_bytes: int = 2**32
    last_number: int = REKEY_NONCE - 1


class _Direction:
    """Key and number of the records that go one way."""

    def __init__(self, cipher: CbcHs512, limits: RecordLimits) -> None:
        self._cipher = cipher
        self._limits = limits
        self._number = 0
        self._records_under_key = 0
        self._bytes_under_key = 0

    def _next(self, wire_bytes: int) -> tuple[CbcHs512, int]:
        """Return cipher and number for the next record, and count it."""
        if self._number > self._limits.last_number:
            raise ProtocolError("this connection has used up its record numbers")
        now = self._cipher, self._number
        self._number += 1
        self._records_under_key += 1
        self._bytes_under_key += wire_bytes
        if (
            self._records_under_key >= self._limits.rekey_records
            or self._bytes_under_key >= self._limits.rekey_bytes
        ):
            self._cipher = rekey(self._cipher)
            self._records_under_key = self._bytes_under_key = 0
        return now


class RecordSealer(_Direction):
    """Makes the records that this side sends.

    Parameters
    ----------
    cipher : CbcHs512
        Of this direction, fresh from the handshake.
    limits : RecordLimits
        The same as the peer's.
    """

    def seal(self, record_type: RecordType, content: BytesLike = b"") -> bytearray:
        """Return the next record, length first.

        Raises
        ------
        ProtocolError
            The numbers are used up.
        """
        if len(content) > MAX_RECORD:
            raise ValueError(f"a record holds {MAX_RECORD} bytes, not {len(content)}")
        length = sealed_length(1 + len(content))
        cipher, number = self._next(LENGTH_BYTES + length)
        header = length.to_bytes(LENGTH_BYTES, "big")
        record = bytearray(LENGTH_BYTES + length)
        record[:LENGTH_BYTES] = header
        with memoryview(record) as view:
            cipher.seal_into(view[LENGTH_BYTES:], number, header, bytes([record_type]), content)
        return record


class RecordOpener(_Direction):
    """Opens the records that the peer sends.

    Parameters
    ----------
    cipher : CbcHs512
        Of this direction, fresh from the handshake.
    limits : RecordLimits
        The same as the peer's.
    """

    def open_in_place(self, header: bytes, sealed: memoryview) -> tuple[RecordType, memoryview]:
        """Return type and content of the next record; the content lies within `sealed`.

        Raises
        ------
        ProtocolError
            This is not the next record that the peer sealed, or it breaks a rule.
        """
        cipher, number = self._next(len(header) + len(sealed))
        try:
            plaintext = cipher.open_in_place(number, header, sealed)
        except AuthenticationFailed as error:
            raise ProtocolError(f"record {number} cannot be authenticated: {error}") from error
        if not plaintext:
            raise ProtocolError(f"record {number} has no type")
        return _record_type(plaintext[0], len(plaintext) - 1), plaintext[1:]


def take_record(buffer: ReceiveBuffer, limit: int) -> tuple[bytes, memoryview] | None:
    """Take the next record off received bytes: its length field and what follows.

    Parameters
    ----------
    buffer : ReceiveBuffer
        Where the bytes are; told how many more are needed when the result is None.
    limit : int
        Bytes that a record may have here, length field not counted.

    Raises
    ------
    ProtocolError
        The length is one that no record here can have; nothing more is awaited then.
    """
    header = buffer.peek(LENGTH_BYTES)
    if header is None:
        return None
    length = int.from_bytes(header, "big")
    if length > limit:
        raise ProtocolError(f"a record of {length} bytes is longer than the {limit} allowed here")
    if length < _MIN_SEALED or length % _BLOCK:
        raise ProtocolError(f"no record has {length} bytes")
    whole = buffer.take(LENGTH_BYTES + length)
    return None if whole is None else (header, whole[LENGTH_BYTES:])


def _record_type(value: int, content_bytes: int) -> RecordType:
    try:
        record_type = RecordType(value)
    except ValueError:
        raise ProtocolError(f"no record is of type {value}") from None
    if (content_bytes == 0) != (record_type is RecordType.CLOSE):
        raise ProtocolError(
            f"a record of type {record_type.name.lower()} with {content_bytes} bytes of content"
        )
    return record_type
