"""Messages: small MessagePack maps, each with its type under the key ``type``.

An upload: the client sends `Push`, the server `PushAccepted` or `Refusal`; then come data
records from the offset on and `PushEnd`, answered by `Receipt` or `Refusal`. A client whose
image begins otherwise than `PushAccepted` says sends `Push` once more, anew. Several uploads
may follow one another on a connection. Image bytes never travel inside a message.
"""

from __future__ import annotations

import hashlib
from typing import Annotated, TypeAlias, TypeVar

import msgspec
from msgspec import UNSET, UnsetType

from underpaint_common.errors import ProtocolError
from underpaint_common.wire.records import LEAST_RECORD, MAX_RECORD

MAX_MESSAGE = 4000
"""Bytes of the longest message; its record passes before the peer is authenticated."""

NOTHING_SHA256 = hashlib.sha256().digest()
"""Of an upload that begins at 0."""

UploadId: TypeAlias = Annotated[bytes, msgspec.Meta(min_length=16, max_length=16)]
Digest: TypeAlias = Annotated[bytes, msgspec.Meta(min_length=32, max_length=32)]
Token: TypeAlias = Annotated[bytes, msgspec.Meta(max_length=64)]
Count: TypeAlias = Annotated[int, msgspec.Meta(ge=0, le=2**63 - 1)]
RecordBytes: TypeAlias = Annotated[int, msgspec.Meta(ge=LEAST_RECORD, le=MAX_RECORD)]
Seconds: TypeAlias = Annotated[float, msgspec.Meta(ge=0)]
Word: TypeAlias = Annotated[str, msgspec.Meta(min_length=1, max_length=128)]
FileName: TypeAlias = Annotated[str, msgspec.Meta(max_length=255)]
Sentence: TypeAlias = Annotated[str, msgspec.Meta(max_length=500)]


class _Message(msgspec.Struct, frozen=True, tag=True, forbid_unknown_fields=True):
    """Base of all messages."""


class Push(_Message, frozen=True):
    """Client: I want to upload a stego image.

    Attributes
    ----------
    upload_id : bytes
        16 random bytes of the client's; the same upload sent again has the same ones.
    anew : bool
        Whether the server shall forget what it has of this upload.
    """

    upload_id: UploadId
    anew: bool = False


class PushEnd(_Message, frozen=True):
    """Client: that was the last of the data.

    Attributes
    ----------
    stego_bytes : int
        Length of the whole stego image.
    sha256 : bytes
        SHA-256 of the whole stego image.
    """

    stego_bytes: Count
    sha256: Digest


class Ping(_Message, frozen=True):
    """Client: are you there; answered with `Pong` and the same token."""

    token: Token = b""


class PushAccepted(_Message, frozen=True):
    """Server: I have this much of the stego image, send the rest.

    Attributes
    ----------
    offset : int
        Bytes that are there; data follows from here on.
    sha256 : bytes
        SHA-256 of these bytes, for the client to compare with its own.
    record_bytes : int, optional
        The most that one data record may hold, where that is less than the protocol's 262144.
    """

    offset: Count
    sha256: Digest = NOTHING_SHA256
    record_bytes: RecordBytes | UnsetType = UNSET


class Receipt(_Message, frozen=True):
    """Server: the secret is found, checked and durably stored.

    Attributes
    ----------
    id : str
        Its identifier in the server's store.
    name, media_type : str
        As they were embedded.
    bytes : int
        Length of the secret.
    sha256 : bytes
        SHA-256 of the secret.
    received_at : str
        ISO 8601, UTC.
    """

    id: Word
    name: FileName
    media_type: FileName
    bytes: Count
    sha256: Digest
    received_at: Word


class Refusal(_Message, frozen=True):
    """Server: no.

    Attributes
    ----------
    code : str
        Reason for machines.
    message : str
        Reason for people.
    retry_after : float or None
        Seconds after which it may work.
    """

    code: Word
    message: Sentence
    retry_after: Seconds | None = None


class Pong(_Message, frozen=True):
    """Server: the answer to `Ping`."""

    token: Token = b""


ClientMessage: TypeAlias = Push | PushEnd | Ping
ServerMessage: TypeAlias = PushAccepted | Receipt | Refusal | Pong

_M = TypeVar("_M")

_ENCODER = msgspec.msgpack.Encoder()
_CLIENT_DECODER: msgspec.msgpack.Decoder[ClientMessage] = msgspec.msgpack.Decoder(ClientMessage)
_SERVER_DECODER: msgspec.msgpack.Decoder[ServerMessage] = msgspec.msgpack.Decoder(ServerMessage)


def encode(message: ClientMessage | ServerMessage) -> bytes:
    """Return a message's MessagePack bytes.

    Raises
    ------
    ValueError
        A field is out of its bounds, so that the peer would refuse the message.
    """
    encoded = _ENCODER.encode(message)
    try:
        if isinstance(message, ClientMessage):
            decode_client_message(encoded)
        else:
            decode_server_message(encoded)
    except ProtocolError as error:
        raise ValueError(f"cannot send this message: {error.message}") from error
    return encoded


def decode_client_message(data: bytes | memoryview) -> ClientMessage:
    """Return the message that a client sent, or raise `ProtocolError`, whatever the bytes."""
    return _decode(_CLIENT_DECODER, data)


def decode_server_message(data: bytes | memoryview) -> ServerMessage:
    """Return the message that a server sent, or raise `ProtocolError`, whatever the bytes."""
    return _decode(_SERVER_DECODER, data)


def _decode(decoder: msgspec.msgpack.Decoder[_M], data: bytes | memoryview) -> _M:
    if len(data) > MAX_MESSAGE:
        raise ProtocolError(f"a message of {len(data)} bytes is longer than {MAX_MESSAGE}")
    try:
        return decoder.decode(data)
    except (msgspec.MsgspecError, UnicodeDecodeError, RecursionError) as error:
        raise ProtocolError(f"the peer sent a malformed message: {error}") from error
