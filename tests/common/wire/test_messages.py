"""Messages: fixed bytes for fixed values, and the fuzz contract of the decoders."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.errors import ProtocolError
from underpaint_common.wire import (
    ClientMessage,
    Ping,
    Pong,
    Push,
    PushAccepted,
    PushEnd,
    Receipt,
    Refusal,
    ServerMessage,
)
from underpaint_common.wire.messages import (
    MAX_MESSAGE,
    decode_client_message,
    decode_server_message,
    encode,
)

CLIENT = [
    (
        Push(upload_id=bytes(range(16))),
        (
            "83a474797065a450757368a975706c6f61645f6964c410000102030405060708090a0b0c0d0e0fa4"
            "616e6577c2"
        ),
    ),
    (
        Push(upload_id=bytes(range(16)), anew=True),
        (
            "83a474797065a450757368a975706c6f61645f6964c410000102030405060708090a0b0c0d0e0fa4"
            "616e6577c3"
        ),
    ),
    (
        PushEnd(stego_bytes=300, sha256=bytes(32)),
        (
            "83a474797065a750757368456e64ab737465676f5f6279746573cd012ca6736861323536c4200000"
            "000000000000000000000000000000000000000000000000000000000000"
        ),
    ),
    (Ping(), "82a474797065a450696e67a5746f6b656ec400"),
    (Ping(token=b"hello"), "82a474797065a450696e67a5746f6b656ec40568656c6c6f"),
]
SERVER = [
    (
        PushAccepted(offset=0),
        (
            "83a474797065ac507573684163636570746564a66f666673657400a6736861323536c420e3b0c442"
            "98fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855"
        ),
    ),
    (
        PushAccepted(offset=7, sha256=bytes(32)),
        (
            "83a474797065ac507573684163636570746564a66f666673657407a6736861323536c42000000000"
            "00000000000000000000000000000000000000000000000000000000"
        ),
    ),
    (
        PushAccepted(offset=7, sha256=bytes(32), record_bytes=4096),
        (
            "84a474797065ac507573684163636570746564a66f666673657407a6736861323536c42000000000"
            "00000000000000000000000000000000000000000000000000000000ac7265636f72645f62797465"
            "73cd1000"
        ),
    ),
    (
        Receipt("7", "a.png", "image/png", 5, bytes(32), "2024-01-02T03:04:05Z"),
        (
            "87a474797065a752656365697074a26964a137a46e616d65a5612e706e67aa6d656469615f747970"
            "65a9696d6167652f706e67a5627974657305a6736861323536c42000000000000000000000000000"
            "00000000000000000000000000000000000000ab72656365697665645f6174b4323032342d30312d"
            "30325430333a30343a30355a"
        ),
    ),
    (
        Refusal(code="busy", message="later", retry_after=1.5),
        (
            "84a474797065a75265667573616ca4636f6465a462757379a76d657373616765a56c61746572ab72"
            "657472795f6166746572cb3ff8000000000000"
        ),
    ),
    (
        Refusal(code="damaged", message="changed on the way"),
        (
            "84a474797065a75265667573616ca4636f6465a764616d61676564a76d657373616765b26368616e"
            "676564206f6e2074686520776179ab72657472795f6166746572c0"
        ),
    ),
    (Pong(token=b"hello"), "82a474797065a4506f6e67a5746f6b656ec40568656c6c6f"),
]


@pytest.mark.parametrize(("message", "encoded"), CLIENT)
def test_client_messages(message: ClientMessage, encoded: str) -> None:
    assert encode(message).hex() == encoded
    assert decode_client_message(bytes.fromhex(encoded)) == message
    with pytest.raises(ProtocolError, match="malformed"):
        decode_server_message(bytes.fromhex(encoded))


@pytest.mark.parametrize(("message", "encoded"), SERVER)
def test_server_messages(message: ServerMessage, encoded: str) -> None:
    assert encode(message).hex() == encoded
    assert decode_server_message(memoryview(bytes.fromhex(encoded))) == message
    with pytest.raises(ProtocolError, match="malformed"):
        decode_client_message(bytes.fromhex(encoded))


@pytest.mark.parametrize(
    "message",
    [
        Push(upload_id=bytes(15)),
        PushEnd(stego_bytes=-1, sha256=bytes(32)),
        PushEnd(stego_bytes=0, sha256=bytes(31)),
        Ping(token=bytes(65)),
        PushAccepted(offset=2**63),
        PushAccepted(offset=1, sha256=b"short"),
        PushAccepted(offset=1, record_bytes=4095),
        PushAccepted(offset=1, record_bytes=262145),
        Refusal(code="", message="no"),
        Refusal(code="busy", message="no", retry_after=-1.0),
        Refusal(code="busy", message="n" * 501),
    ],
)
def test_what_the_peer_would_refuse_is_not_sent(message: ClientMessage | ServerMessage) -> None:
    with pytest.raises(ValueError, match="cannot send"):
        encode(message)


def test_the_longest_messages_fit() -> None:
    widest = "\U0001f5bc"
    for message in (
        Receipt(widest * 128, widest * 255, widest * 255, 2**63 - 1, bytes(32), widest * 128),
        Refusal(code=widest * 128, message=widest * 500, retry_after=1e300),
    ):
        assert len(encode(message)) <= MAX_MESSAGE


@given(st.binary(max_size=200))
def test_any_bytes_decode_or_are_refused(noise: bytes) -> None:
    for decode in (decode_client_message, decode_server_message):
        try:
            decode(noise)
        except ProtocolError:
            continue


@given(st.sampled_from(CLIENT), st.data())
def test_any_mutation_decodes_or_is_refused(
    row: tuple[ClientMessage, str], data: st.DataObject
) -> None:
    encoded = bytearray.fromhex(row[1])
    place = data.draw(st.integers(0, len(encoded) - 1))
    encoded[place : place + data.draw(st.integers(0, 3))] = data.draw(st.binary(max_size=4))
    try:
        decoded = decode_client_message(bytes(encoded))
    except ProtocolError:
        return
    assert decode_client_message(encode(decoded)) == decoded


@pytest.mark.parametrize(
    "data",
    [
        b"\x91" * MAX_MESSAGE,
        b"\x81\xa4type\xa4Ping\x00",
        b"\xc1",
        b"\x82\xa4type\xa4Ping\xa1x\x91\x90",
    ],
    ids=["deep", "trailing", "reserved", "unknown field"],
)
def test_crafted_bytes_are_refused(data: bytes) -> None:
    with pytest.raises(ProtocolError, match="malformed"):
        decode_client_message(data)


def test_an_over_long_message_is_refused() -> None:
    with pytest.raises(ProtocolError, match="longer than 4000"):
        decode_client_message(bytes(MAX_MESSAGE + 1))
