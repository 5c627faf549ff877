"""The Noise state machine: every public vector it can run, and every way to misuse it."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path
from typing import Any, ClassVar

import pytest
from Crypto.Cipher import AES
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto import x25519
from underpaint_common.crypto.aead import AuthenticationFailed, BytesLike
from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.crypto.noise import BadHandshake, Handshake, Keys, Suite
from underpaint_common.crypto.noise_patterns import handshake_pattern
from underpaint_common.crypto.noise_symmetric import Cipher, Hash

HASHES = {
    "SHA256": Hash("SHA256", "sha256"),
    "SHA512": Hash("SHA512", "sha512"),
    "BLAKE2s": Hash("BLAKE2s", "blake2s"),
    "BLAKE2b": Hash("BLAKE2b", "blake2b"),
}
# fmt: off
PATTERNS = [
    "NN", "NNpsk0", "NNpsk2",
    "NK", "NKpsk0", "NKpsk2",
    "NX", "NXpsk2",
    "KN", "KNpsk0", "KNpsk2",
    "KK", "KKpsk0", "KKpsk2",
    "KX", "KXpsk2",
    "XN", "XNpsk3",
    "XK", "XKpsk3",
    "XX", "XXpsk3",
    "IN", "INpsk1", "INpsk2",
    "IK", "IKpsk1", "IKpsk2",
    "IX", "IXpsk2",
]
# fmt: on

Vector = dict[str, Any]


class AesGcm:
    """Noise's own AESGCM (section 12.3), for the public vectors alone."""

    NAME: ClassVar[str] = "AESGCM"
    TAG_BYTES: ClassVar[int] = 16

    def __init__(self, key: bytes) -> None:
        self._key = key

    @staticmethod
    def sealed_length(n: int, /) -> int:
        return n + AesGcm.TAG_BYTES

    def seal(self, nonce: int, associated_data: BytesLike, plaintext: BytesLike, /) -> bytes:
        cipher = AES.new(self._key, AES.MODE_GCM, nonce=nonce.to_bytes(12, "big"))
        cipher.update(associated_data)
        ciphertext, tag = cipher.encrypt_and_digest(plaintext)
        return ciphertext + tag

    def open_sealed(self, nonce: int, associated_data: BytesLike, sealed: BytesLike, /) -> bytes:
        cipher = AES.new(self._key, AES.MODE_GCM, nonce=nonce.to_bytes(12, "big"))
        cipher.update(associated_data)
        try:
            return cipher.decrypt_and_verify(sealed[: -self.TAG_BYTES], sealed[-self.TAG_BYTES :])
        except ValueError as error:
            raise AuthenticationFailed(str(error)) from error


# Noise_NN_25519_AESGCM_SHA512 of the cacophony vectors, so that this file says something alone.
PUBLISHED: Vector = {
    "protocol_name": "Noise_NN_25519_AESGCM_SHA512",
    "init_prologue": "4a6f686e2047616c74",
    "init_ephemeral": "893e28b9dc6ca8d611ab664754b8ceb7bac5117349a4439a6b0569da977c464a",
    "resp_prologue": "4a6f686e2047616c74",
    "resp_ephemeral": "bbdb4cdbd309f1a1f2e1456967fe288cadd6f712d65dc7b7793d5e63da6b375b",
    "handshake_hash": (
        "1c85fe89bed0615e1caa7bb64d6495e9fb5fcdcd1e9934a656dfcf9d0c2c93df"
        "d42ca5a7ce89ed1fdd944e39314057d63a1848a54c8879df7d9bab3d826e3c68"
    ),
    "messages": [
        {
            "payload": "4c756477696720766f6e204d69736573",
            "ciphertext": (
                "ca35def5ae56cec33dc2036731ab14896bc4c75dbb07a61f879f8e3afa4c7944"
                "4c756477696720766f6e204d69736573"
            ),
        },
        {
            "payload": "4d757272617920526f746862617264",
            "ciphertext": (
                "95ebc60d2b1fa672c1f46a8aa265ef51bfe38e7ccb39ec5be34069f144808843"
                "f01eddcfafa2580bf4b9670208b19eea75586d8b0352dd82aae394a668e50f"
            ),
        },
        {
            "payload": "462e20412e20486179656b",
            "ciphertext": "a267e88b70a00fbc099d3bd4438073cea04835321f89f028f421bd",
        },
    ],
}


def unhex(vector: Vector, name: str) -> bytes | None:
    return bytes.fromhex(vector[name]) if name in vector else None


def side(vector: Vector, role: str) -> Handshake[AesGcm]:
    _, pattern, _, _, hash_name = vector["protocol_name"].split("_")
    handshake = Handshake(
        Suite(AesGcm, HASHES[hash_name]),
        handshake_pattern(pattern),
        initiator=role == "init",
        keys=Keys(
            static=unhex(vector, f"{role}_static"),
            remote_static=unhex(vector, f"{role}_remote_static"),
            ephemeral=unhex(vector, f"{role}_ephemeral"),
        ),
        prologue=unhex(vector, f"{role}_prologue") or b"",
    )
    for psk in vector.get(f"{role}_psks", []):
        handshake.provide_psk(bytes.fromhex(psk))
    return handshake


def run(vector: Vector) -> None:
    """Run one vector through both sides, handshake and transport."""
    initiator, responder = side(vector, "init"), side(vector, "resp")
    _, pattern, *_ = vector["protocol_name"].split("_")
    count = len(handshake_pattern(pattern).messages)
    messages = [
        (bytes.fromhex(each["payload"]), bytes.fromhex(each["ciphertext"]))
        for each in vector["messages"]
    ]
    for turn, (payload, ciphertext) in enumerate(messages[:count]):
        writer, reader = (initiator, responder) if turn % 2 == 0 else (responder, initiator)
        assert writer.write(payload) == ciphertext
        assert reader.read(ciphertext) == payload
    here, there = initiator.finish(), responder.finish()
    assert here.handshake_hash == there.handshake_hash == unhex(vector, "handshake_hash")
    ways = [(here.sending, there.receiving), (there.sending, here.receiving)]
    for turn, (payload, ciphertext) in enumerate(messages[count:], start=count):
        sending, receiving = ways[turn % 2]
        nonce = (turn - count) // 2
        assert sending.seal(nonce, b"", payload) == ciphertext
        assert receiving.open_sealed(nonce, b"", ciphertext) == payload


@cache
def cacophony(path: Path) -> dict[str, Vector]:
    vectors = json.loads(path.read_bytes())["vectors"]
    return {vector["protocol_name"]: vector for vector in vectors}


def test_a_published_vector() -> None:
    run(PUBLISHED)


@pytest.mark.parametrize("hash_name", HASHES)
@pytest.mark.parametrize("pattern", PATTERNS)
def test_cacophony(shared: Path, pattern: str, hash_name: str) -> None:
    vectors = cacophony(shared / "vectors/noise-cacophony.json")
    run(vectors[f"Noise_{pattern}_25519_AESGCM_{hash_name}"])


def test_no_supported_vector_is_left_out(shared: Path) -> None:
    names = {name.split("_")[1] for name in cacophony(shared / "vectors/noise-cacophony.json")}
    supported = set()
    for name in names:
        try:
            handshake_pattern(name)
        except ValueError:
            continue
        supported.add(name)
    assert supported == set(PATTERNS)


ALICE, BOB = bytes(range(32)), bytes(range(32, 64))
PSK = bytes(32)


def pair(
    pattern: str, cipher: type[Cipher] = CbcHs512, prologue: bytes = b""
) -> tuple[Handshake[Cipher], Handshake[Cipher]]:
    """Return both sides of a pattern of two static keys, the responder's known beforehand."""
    keys = (Keys(ALICE, x25519.public_from(BOB)), Keys(BOB))
    sides = [
        Handshake(
            Suite(cipher),
            handshake_pattern(pattern),
            initiator=initiator,
            keys=each,
            prologue=prologue,
        )
        for initiator, each in zip((True, False), keys, strict=True)
    ]
    return sides[0], sides[1]


@pytest.mark.parametrize("payload", [b"", b"x", bytes(1200)])
def test_our_cipher_through_the_same_machine(payload: bytes) -> None:
    initiator, responder = pair("IK")
    assert responder.read(initiator.write(payload)) == payload
    assert responder.remote_static == x25519.public_from(ALICE)
    assert initiator.read(responder.write(payload)) == payload
    here, there = initiator.finish(), responder.finish()
    assert here.handshake_hash == there.handshake_hash
    sealed = here.sending.seal(0, b"label", payload)
    assert there.receiving.open_sealed(0, b"label", sealed) == payload


def test_a_psk_may_come_when_the_first_message_is_through() -> None:
    initiator, responder = pair("IKpsk2")
    responder.read(initiator.write())
    assert initiator.handshake_hash == responder.handshake_hash
    for each in (initiator, responder):
        each.provide_psk(PSK)
    initiator.read(responder.write())
    assert initiator.finish().handshake_hash == responder.finish().handshake_hash


def test_another_psk_is_refused() -> None:
    initiator, responder = pair("IKpsk2")
    responder.read(initiator.write())
    responder.provide_psk(PSK)
    initiator.provide_psk(bytes([1]) * 32)
    with pytest.raises(BadHandshake, match="tag"):
        initiator.read(responder.write())


@given(st.data())
def test_every_flipped_bit_is_refused(data: st.DataObject) -> None:
    initiator, responder = pair("IK")
    message = bytearray(initiator.write(b"payload"))
    bit = data.draw(st.integers(0, 8 * len(message) - 1))
    message[bit // 8] ^= 1 << bit % 8
    with pytest.raises(BadHandshake):
        responder.read(bytes(message))


@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(noise: bytes) -> None:
    _, responder = pair("IK")
    with pytest.raises(BadHandshake):
        responder.read(noise)


@given(st.integers(0, 160))
def test_a_cut_message_is_refused(length: int) -> None:
    initiator, responder = pair("IK")
    message = initiator.write()
    assert len(message) == 160
    if length < len(message):
        with pytest.raises(BadHandshake):
            responder.read(message[:length])
    else:
        assert responder.read(message) == b""


def test_a_low_order_ephemeral_is_refused() -> None:
    _, responder = pair("IK")
    with pytest.raises(BadHandshake, match=r"low order|not a usable"):
        responder.read(bytes(160))


def test_another_prologue_is_refused() -> None:
    initiator, _ = pair("IK", prologue=b"version 1")
    _, responder = pair("IK", prologue=b"version 2")
    with pytest.raises(BadHandshake, match="tag"):
        responder.read(initiator.write())


def test_a_wrong_order_is_our_mistake() -> None:
    initiator, responder = pair("IK")
    with pytest.raises(RuntimeError, match="not complete"):
        initiator.finish()
    with pytest.raises(RuntimeError, match="sent now"):
        responder.write()
    with pytest.raises(RuntimeError, match="read now"):
        initiator.read(b"")
    with pytest.raises(BadHandshake):
        responder.read(b"")
    with pytest.raises(RuntimeError, match="sent now"):
        responder.write()


def test_a_missing_key_is_our_mistake() -> None:
    with pytest.raises(RuntimeError, match="needs a key"):
        Handshake(Suite(CbcHs512), handshake_pattern("IK"), initiator=True, keys=Keys(ALICE))


def test_a_transport_is_had_once() -> None:
    initiator, responder = pair("NK")
    responder.read(initiator.write())
    initiator.read(responder.write())
    initiator.finish()
    with pytest.raises(RuntimeError, match="not complete"):
        initiator.finish()


def test_reprs_show_no_secrets() -> None:
    initiator, responder = pair("IK")
    responder.read(initiator.write())
    responder.write()
    for shown in (repr(Keys(ALICE, BOB, ALICE)), repr(responder.finish())):
        assert repr(ALICE) not in shown
        assert "CbcHs512 object" not in shown
