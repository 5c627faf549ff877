"""Record the whole session of docs/protocol.md: `python -m tests.docs.protocol_session`.

All keys are fixed and chosen here. ML-KEM's ciphertext is drawn anew each time, so what depends
on it differs from run to run: the recording is made once and then replayed.
"""

from __future__ import annotations

import hashlib
import json
import textwrap
from pathlib import Path
from typing import Any

import pytest

from underpaint_common.crypto import kem, x25519
from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.crypto.identity import Identity
from underpaint_common.crypto.noise import Handshake
from underpaint_common.crypto.noise_symmetric import rekey
from underpaint_common.wire import (
    PREAMBLE,
    Outgoing,
    Ping,
    Pong,
    Push,
    PushAccepted,
    PushEnd,
    Receipt,
    RecordLimits,
    Session,
    messages,
)

DOCS = Path(__file__).resolve().parent.parent.parent / "docs"
PAGE = DOCS / "protocol.md"
RECORDING = DOCS / "protocol-session.json"
BEGIN = "<!-- session: made by python -m tests.docs.protocol_session -->\n"
END = "<!-- end of session -->\n"
REKEY_RECORDS = 3
IMAGE = b"not an image"


def fixed(label: str, length: int = 32) -> bytes:
    """Return a key that anyone can make again: SHAKE-256 of its name."""
    return hashlib.shake_256(f"underpaint protocol session: {label}".encode()).digest(length)


CLIENT = Identity(fixed("client static"))
SERVER = Identity(fixed("server static"))
CLIENT_EPHEMERAL = fixed("client ephemeral")
SERVER_EPHEMERAL = fixed("server ephemeral")
KEM_SEED = fixed("client ML-KEM d || z", 64)
PRESHARED_KEY = fixed("pre-shared key")
LIMITS = RecordLimits(rekey_records=REKEY_RECORDS)


def record() -> dict[str, Any]:
    """Run a session and return everything that happens in it."""
    seen: dict[str, Any] = {}
    with pytest.MonkeyPatch.context() as patch:
        _watch(patch, seen)
        patch.setattr(x25519, "generate", lambda: CLIENT_EPHEMERAL)
        client = Session.initiator(
            CLIENT, SERVER.public, preshared_key=PRESHARED_KEY, limits=LIMITS
        )
        opening = client.start()
        patch.setattr(x25519, "generate", lambda: SERVER_EPHEMERAL)
        server = Session.responder(
            SERVER, CLIENT.public.__eq__, preshared_key_of=lambda _: PRESHARED_KEY, limits=LIMITS
        )
        (answer,) = feed(server, opening)
        assert isinstance(answer, Outgoing)
        feed(client, answer.data)
    keys = {
        "client_static_private": CLIENT.private,
        "client_static_public": CLIENT.public,
        "server_static_private": SERVER.private,
        "server_static_public": SERVER.public,
        "client_ephemeral_private": CLIENT_EPHEMERAL,
        "client_ephemeral_public": x25519.public_from(CLIENT_EPHEMERAL),
        "server_ephemeral_private": SERVER_EPHEMERAL,
        "server_ephemeral_public": x25519.public_from(SERVER_EPHEMERAL),
        "preshared_key": PRESHARED_KEY,
        "kem_seed": KEM_SEED,
    }
    handshake = {
        "preamble": PREAMBLE,
        "record_1": opening[len(PREAMBLE) :],
        "record_2": answer.data,
        **seen,
    }
    return {
        "rekey_records": REKEY_RECORDS,
        "keys": _hex(keys),
        "handshake": _hex(handshake),
        "records": _talk(client, server),
    }


def feed(session: Session, data: bytes) -> list[Any]:
    """Give a session bytes that fit its buffer."""
    view = session.get_buffer()
    view[: len(data)] = data
    return list(session.buffer_updated(len(data)))


def _watch(patch: pytest.MonkeyPatch, seen: dict[str, Any]) -> None:
    """Fix the KEM key, and note what only the inside of a handshake knows."""
    key = kem.KemKey(KEM_SEED)
    patch.setattr(kem, "KemKey", lambda: key)
    encapsulate, noise_psk, finish = kem.encapsulate, kem.noise_psk, Handshake.finish

    def watched_encapsulate(public: bytes) -> tuple[bytes, bytes]:
        ciphertext, exported = encapsulate(public)
        seen["kem_public"], seen["kem_ciphertext"] = public, ciphertext
        # pycryptodome shows the KEM's own secret nowhere else; other implementers begin from it
        seen["kem_shared_secret"] = key._key._decaps(ciphertext)
        seen["kem_exported_secret"] = exported
        return ciphertext, exported

    def watched_psk(h: bytes, *rest: Any) -> bytes:
        seen["h_after_message_1"] = h
        seen["psk"] = noise_psk(h, *rest)
        return bytes(seen["psk"])

    def watched_finish(handshake: Handshake[CbcHs512]) -> Any:
        first, second = handshake._symmetric._hash.hkdf(handshake._symmetric._ck, b"", 2)
        seen["h_after_message_2"] = handshake.handshake_hash
        seen["client_to_server_key"] = first[:32]
        seen["server_to_client_key"] = second[:32]
        for way, key in (("client_to_server", first), ("server_to_client", second)):
            sealed = CbcHs512(key[:32]).seal(2**64 - 1, b"", bytes(32))
            seen[f"{way}_key_after_rekey"] = sealed[:32]
            again = rekey(CbcHs512(key[:32]))
            assert again.seal(0, b"", b"") == CbcHs512(sealed[:32]).seal(0, b"", b"")
        return finish(handshake)

    patch.setattr(kem, "encapsulate", watched_encapsulate)
    patch.setattr(kem, "noise_psk", watched_psk)
    patch.setattr(Handshake, "finish", watched_finish)


def _talk(client: Session, server: Session) -> list[dict[str, str]]:
    """Let both sides speak; each changes its key once."""
    wire: list[dict[str, str]] = []

    def say(speaker: Session, said: Any) -> None:
        listener = server if speaker is client else client
        if said is None:
            what, content, sent = "closing record", b"", speaker.send_close()
        elif isinstance(said, bytes):
            what, content, sent = "data", said, b"".join(speaker.send_data(said))
        else:
            what, content = type(said).__name__, messages.encode(said)
            sent = speaker.send_message(said)
        feed(listener, sent)
        by = "client" if speaker is client else "server"
        wire.append({"from": by, "what": what, "content": content.hex(), "wire": sent.hex()})

    say(client, Ping(token=b"hello"))
    say(server, Pong(token=b"hello"))
    say(client, Push(upload_id=fixed("upload id", 16)))
    say(server, PushAccepted(offset=0))
    say(client, IMAGE)
    say(client, PushEnd(len(IMAGE), hashlib.sha256(IMAGE).digest()))
    say(server, Receipt("1", "a.png", "image/png", 5, bytes(32), "2024-01-02T03:04:05Z"))
    say(client, None)
    say(server, None)
    return wire


def shown(recording: dict[str, Any]) -> str:
    """Return a recording as docs/protocol.md shows it."""
    lines = ["```text"]
    for group in ("keys", "handshake"):
        lines += [f"{name}\n{_wrapped(value)}" for name, value in recording[group].items()]
    for number, each in enumerate(recording["records"], 1):
        lines += [f"{number}. {each['from']}: {each['what']}", f"{_wrapped(each['content'])}"]
        lines += ["  sealed", f"{_wrapped(each['wire'])}"]
    return "\n".join([*lines, "```", ""])


def page_with(recording: dict[str, Any]) -> str:
    """Return docs/protocol.md with a recording between its two marks."""
    before, _, rest = PAGE.read_text().partition(BEGIN)
    return before + BEGIN + shown(recording) + END + rest.partition(END)[2]


def _wrapped(value: str) -> str:
    return textwrap.fill(value or "(nothing)", 96, initial_indent="  ", subsequent_indent="  ")


def _hex(values: dict[str, bytes]) -> dict[str, str]:
    return {name: value.hex() for name, value in values.items()}


if __name__ == "__main__":
    new = record()
    RECORDING.write_text(json.dumps(new, indent=1) + "\n")
    PAGE.write_text(page_with(new))
    print(f"wrote {RECORDING} and {PAGE}")
