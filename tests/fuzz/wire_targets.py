"""The protocol's readers: sessions, Noise, messages, keys and addresses."""

from __future__ import annotations

import contextlib
from collections.abc import Iterator
from datetime import UTC, datetime
from functools import cache
from unittest import mock

from tests.fuzz.target import Target

from underpaint_common.crypto import kem, keytext, x25519
from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.keytext import KeyKind
from underpaint_common.crypto.noise import BadHandshake, Handshake, Keys, Suite
from underpaint_common.crypto.noise_patterns import handshake_pattern
from underpaint_common.errors import HandshakeFailed, ProtocolError, UsageError, VersionMismatch
from underpaint_common.wire import PREAMBLE, Address, Outgoing, Ping, Pong, Push, Session, messages
from underpaint_common.wire.invite import Invite
from underpaint_common.wire.states import State

CLIENT, SERVER = Identity(bytes(range(32))), Identity(bytes(range(32, 64)))
REFUSED = (ProtocolError, HandshakeFailed, VersionMismatch)


# The session: bytes of a stranger, and records of a peer that is authenticated.


@contextlib.contextmanager
def fixed_keys() -> Iterator[None]:
    """Make all that is drawn at random the same each time, so that findings can be repeated."""
    with (
        mock.patch.object(x25519, "generate", same_ephemeral),
        mock.patch.object(kem, "KemKey", kem_key),
        mock.patch.object(kem, "encapsulate", cached_encapsulation),
    ):
        yield


def same_ephemeral() -> bytes:
    return bytes([7]) * 32


@cache
def kem_key() -> kem.KemKey:
    return real_kem_key(bytes(64))


real_kem_key, real_encapsulate = kem.KemKey, kem.encapsulate
cached_encapsulation = cache(real_encapsulate)


def handshake() -> tuple[Session, Session, list[bytes], list[bytes]]:
    """Return both sides after the handshake, and what each sent."""
    with fixed_keys():
        here = Session.initiator(CLIENT, SERVER.public)
        there = Session.responder(SERVER, CLIENT.public.__eq__)
        opening = here.start()
        (answer,) = give(there, opening)
        assert isinstance(answer, Outgoing)
        give(here, answer.data)
    return here, there, [PREAMBLE, opening[len(PREAMBLE) :]], [answer.data]


@cache
def recording() -> tuple[list[bytes], list[bytes]]:
    """Return what a client and a server say, piece by piece."""
    here, there, of_client, of_server = handshake()
    of_client += [here.send_message(Ping(b"x")), here.send_message(Push(bytes(16)))]
    give(there, of_client[2])
    of_server += [there.send_message(Pong(b"x")), there.send_close()]
    of_client += [bytes(each) for each in here.send_data(bytes(40))] + [here.send_close()]
    return of_client, of_server


def give(session: Session, data: bytes, size: int = 1 << 20) -> list[object]:
    """Give bytes to a session in pieces of at most `size`."""
    events: list[object] = []
    while data:
        view = session.get_buffer()
        count = min(len(view), len(data), size)
        view[:count] = data[:count]
        data = data[count:]
        events += session.buffer_updated(count)
    return events


def feed_session(data: bytes) -> None:
    """Feed a session that got 0 to 7 genuine pieces; byte 0 says which, byte 1 how it is cut."""
    if len(data) < 2:
        return
    as_server, pieces, size = data[0] & 1, data[0] >> 1 & 7, data[1] + 1
    of_client, of_server = recording()
    genuine = of_client if as_server else of_server
    with fixed_keys():
        if as_server:
            session = Session.responder(SERVER, CLIENT.public.__eq__)
        else:
            session = Session.initiator(CLIENT, SERVER.public)
            session.start()
        with contextlib.suppress(*REFUSED):
            give(session, b"".join(genuine[:pieces]) + data[2:], size)
            session.end_of_stream()
            assert session.state in {State.PEER_CLOSED, State.CLOSED}
            return
    assert session.state is State.FAILED


def feed_records(data: bytes) -> None:
    """Let an authenticated peer seal arbitrary plaintexts; byte 0 says whose."""
    if not data:
        return
    here, there, _, _ = handshake()
    speaker, listener = (here, there) if data[0] & 1 else (there, here)
    sealer, rest = speaker._channel._sealer, data[1:]
    assert sealer is not None
    with contextlib.suppress(ProtocolError):
        while rest:
            plaintext, rest = rest[1 : 1 + rest[0]], rest[1 + rest[0] :]
            length = CbcHs512.sealed_length(len(plaintext)).to_bytes(4, "big")
            cipher, number = sealer._next(0)
            give(listener, length + cipher.seal(number, length, plaintext))
        listener.end_of_stream()


def record_seeds() -> tuple[bytes, ...]:
    said = [b"\x01" + messages.encode(Push(bytes(16))), b"\x02data", b"\x03"]
    joined = b"".join(bytes([len(each)]) + each for each in said)
    answer = b"\x01" + messages.encode(Pong(b"x"))
    return b"\x01" + joined, b"\x00" + bytes([len(answer)]) + answer


# Noise and messages


def noise(*, initiator: bool) -> Handshake[CbcHs512]:
    own, peer = (CLIENT, SERVER.public) if initiator else (SERVER, None)
    keys = Keys(own.private, peer, ephemeral=bytes([7]) * 32)
    pattern = handshake_pattern("IKpsk2")
    return Handshake(Suite(CbcHs512), pattern, initiator=initiator, keys=keys, prologue=PREAMBLE)


@cache
def noise_messages() -> tuple[bytes, bytes]:
    here, there = noise(initiator=True), noise(initiator=False)
    first = here.write(b"payload")
    there.read(first)
    there.provide_psk(bytes(32))
    return first, there.write()


def feed_noise(data: bytes) -> None:
    """Feed either message's reader; byte 0 says which, and whether a genuine one is changed."""
    if not data:
        return
    as_initiator = data[0] & 1
    message = data[1:]
    if data[0] & 2:
        genuine = noise_messages()[as_initiator]
        change = int.from_bytes(message[: len(genuine)], "big")
        message = (int.from_bytes(genuine, "big") ^ change).to_bytes(len(genuine), "big")
    side = noise(initiator=bool(as_initiator))
    if as_initiator:
        side.write(b"payload")
        side.provide_psk(bytes(32))
    with contextlib.suppress(BadHandshake):
        side.read(message)


def feed_messages(data: bytes) -> None:
    """Feed both decoders; what one accepts must survive another journey."""
    for decode in (messages.decode_client_message, messages.decode_server_message):
        with contextlib.suppress(ProtocolError):
            message = decode(data)
            assert decode(messages.encode(message)) == message


def feed_texts(data: bytes) -> None:
    """Feed what reads keys and addresses."""
    text = data.decode("utf-8", "replace")
    for kind in KeyKind:
        with contextlib.suppress(UsageError):
            assert keytext.encode(kind, keytext.decode(kind, text)) == text.strip().lower()
    with contextlib.suppress(UsageError):
        address = Address.parse(text)
        assert Address.parse(str(address)) == address
    with contextlib.suppress(UsageError):
        invite = Invite.parse(text)
        assert Invite.parse(str(invite)) == invite


# All of them


def targets() -> tuple[Target, ...]:
    """Return the protocol's targets."""
    of_client, of_server = recording()
    session_seeds = (
        b"\x01\xff" + b"".join(of_client),
        b"\x05\x10" + b"".join(of_client[2:]),
        b"\x00\xff" + b"".join(of_server),
        b"\x02\x03" + b"".join(of_server[1:]),
    )
    said = (messages.encode(Push(bytes(16))), messages.encode(Pong(b"x")))
    address = Address("example.org", 7741, SERVER.public)
    invite = Invite(address, "alice", datetime(2026, 5, 1, tzinfo=UTC), bytes(32))
    texts = (str(address), str(invite), SERVER.public_text)
    return (
        Target("session", feed_session, session_seeds),
        Target("records", feed_records, record_seeds()),
        Target("noise", feed_noise, tuple(bytes([i, *m]) for i, m in enumerate(noise_messages()))),
        Target("messages", feed_messages, said),
        Target("texts", feed_texts, tuple(text.encode() for text in texts)),
    )
