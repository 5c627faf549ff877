"""The session of docs/protocol.md, replayed by both sides and by the page's own formulas."""

from __future__ import annotations

import hashlib
import hmac
import importlib.util
import json
from pathlib import Path
from types import ModuleType
from typing import Any

import msgspec
import pytest

from underpaint_common.crypto import kem, x25519
from underpaint_common.crypto.identity import Identity
from underpaint_common.wire import (
    Closed,
    DataReceived,
    Event,
    MessageReceived,
    Outgoing,
    RecordLimits,
    Session,
    messages,
)
from underpaint_common.wire.invitation import invitation_id
from underpaint_common.wire.records import RecordType
from underpaint_common.wire.states import Step

RECORDER = Path(__file__).parent / "protocol_session.py"


def _recorder() -> ModuleType:
    spec = importlib.util.spec_from_file_location("protocol_session", RECORDER)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


recorder = _recorder()
RECORDING: dict[str, Any] = json.loads(recorder.RECORDING.read_text())
KEYS = {name: bytes.fromhex(value) for name, value in RECORDING["keys"].items()}
SEEN = {name: bytes.fromhex(value) for name, value in RECORDING["handshake"].items()}
LIMITS = RecordLimits(rekey_records=RECORDING["rekey_records"])
CLIENT = Identity(KEYS["client_static_private"])
SERVER = Identity(KEYS["server_static_private"])


def test_the_page_shows_the_recording() -> None:
    page = recorder.PAGE.read_text()
    assert recorder.page_with(RECORDING) == page
    assert invitation_id(bytes(range(32))).hex() in page
    for line in recorder.shown(RECORDING).splitlines():
        assert len(line) <= 100


@pytest.fixture
def client(monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a client with the recorded keys."""
    kem_key = kem.KemKey(KEYS["kem_seed"])
    monkeypatch.setattr(kem, "KemKey", lambda: kem_key)
    monkeypatch.setattr(x25519, "generate", lambda: KEYS["client_ephemeral_private"])
    return Session.initiator(
        CLIENT, SERVER.public, preshared_key=KEYS["preshared_key"], limits=LIMITS
    )


@pytest.fixture
def server(monkeypatch: pytest.MonkeyPatch) -> Session:
    """Return a server with the recorded keys, and the recorded draw of ML-KEM."""
    drawn = SEEN["kem_ciphertext"], SEEN["kem_exported_secret"]
    monkeypatch.setattr(kem, "encapsulate", lambda _: drawn)
    monkeypatch.setattr(x25519, "generate", lambda: KEYS["server_ephemeral_private"])
    return Session.responder(
        SERVER,
        CLIENT.public.__eq__,
        preshared_key_of=lambda _: KEYS["preshared_key"],
        limits=LIMITS,
    )


def replay(session: Session, own: str) -> None:
    """Let a session seal what its side sealed, and open what the other sealed."""
    for each in RECORDING["records"]:
        content, wire = bytes.fromhex(each["content"]), bytes.fromhex(each["wire"])
        if each["from"] != own:
            (event,) = recorder.feed(session, wire)[-1:]
            check_heard(event, each["what"], content)
        elif each["what"] == "closing record":
            assert session.send_close() == wire
        elif each["what"] == "data":
            assert b"".join(session.send_data(content)) == wire
        else:
            # Sealed as recorded: a message may have been given fields with defaults since.
            session._said_something = True
            seal = session._channel.seal
            assert seal(Step.RECORD_SENT, RecordType.MESSAGE, content) == wire


def check_heard(event: Event, what: str, content: bytes) -> None:
    match event:
        case MessageReceived(message):
            assert type(message).__name__ == what
            fields = msgspec.msgpack.decode(content)
            assert fields.items() <= msgspec.msgpack.decode(messages.encode(message)).items()
        case DataReceived(data):
            assert (what, bytes(data)) == ("data", content)
        case _:
            assert event == Closed()
            assert what == "closing record"


def test_the_client_says_the_same_again(client: Session) -> None:
    assert client.start() == SEEN["preamble"] + SEEN["record_1"]
    recorder.feed(client, SEEN["record_2"])
    assert client.established
    replay(client, "client")
    client.end_of_stream()


def test_the_server_says_the_same_again(server: Session) -> None:
    answer = recorder.feed(server, SEEN["preamble"] + SEEN["record_1"])
    assert answer == [Outgoing(SEEN["record_2"])]
    replay(server, "server")
    server.end_of_stream()


def test_the_schedule_of_hpke_by_its_formulas() -> None:
    suite = b"HPKE\x00\x41\x00\x01\xff\xff"

    def extract(salt: bytes, label: bytes) -> bytes:
        return hmac.digest(salt, b"HPKE-v1" + suite + label, "sha256")

    def expand(prk: bytes, label: bytes, info: bytes) -> bytes:
        # one block of HKDF-Expand is all that 32 bytes take
        block = b"\x00\x20HPKE-v1" + suite + label + info + b"\x01"
        return hmac.digest(prk, block, "sha256")

    context = b"\0" + extract(b"", b"psk_id_hash") + extract(b"", b"info_hash")
    exporter = expand(extract(SEEN["kem_shared_secret"], b"secret"), b"exp", context)
    label = b"underpaint ML-KEM-768 secret v1"
    assert expand(exporter, b"sec", label) == SEEN["kem_exported_secret"]


def test_the_psk_by_its_formula() -> None:
    prk = hmac.digest(
        SEEN["h_after_message_1"], SEEN["kem_exported_secret"] + KEYS["preshared_key"], "sha512"
    )
    info = b"underpaint Noise psk v1\x01" + SEEN["kem_ciphertext"]
    assert hmac.digest(prk, info + b"\x01", "sha512")[:32] == SEEN["psk"]


def test_the_fixed_keys_can_be_made_again() -> None:
    for name, value in KEYS.items():
        if name.endswith("_private"):
            label = name.removesuffix("_private").replace("_", " ")
            made = hashlib.shake_256(f"underpaint protocol session: {label}".encode())
            assert made.digest(32) == value
