"""A client written from docs/protocol.md alone, as plainly as it can be.

It shares no line with the project: sockets, pycryptodome, and MessagePack by hand. What it and the
daemon agree on is what the page says. It is slow, knows one upload, and trusts nothing.

    naive_client.py underpaint://HOST:PORT/#KEY IDENTITY_FILE STEGO_IMAGE

prints the receipt, or what went wrong, as JSON.
"""

from __future__ import annotations

import base64
import hashlib
import hmac
import json
import secrets
import socket
import struct
import sys
from pathlib import Path

from Crypto.Cipher import AES
from Crypto.Protocol import DH, HPKE
from Crypto.PublicKey import MLKEM

PREAMBLE = b"UPAINT\x00\x01"
NOISE_NAME = b"Noise_IKpsk2_25519_A256CBCHS512_SHA512"
MESSAGE, DATA, CLOSE = 1, 2, 3


class Broken(Exception):
    """The server is not who it should be, or does not keep to the page."""


# Addresses and key texts


def read_key(text: str, prefix: str) -> bytes:
    text = text.strip()
    if not text.startswith(prefix) or len(text) != len(prefix) + 58:
        raise Broken(f"no {prefix} key")
    raw = base64.b32decode(text[len(prefix) :].upper() + "======")
    key, checksum = raw[:32], raw[32:]
    if hashlib.sha512(b"underpaint key text v1 " + prefix.encode() + key).digest()[:4] != checksum:
        raise Broken("a mistyped key")
    return key


def read_address(text: str) -> tuple[str, int, bytes]:
    place, _, key = text.removeprefix("underpaint://").partition("/#")
    host, _, port = place.rpartition(":")
    return host.strip("[]"), int(port), read_key(key, "upub_")


# The cipher


def hmac512(key: bytes, data: bytes) -> bytes:
    return hmac.digest(key, data, "sha512")


def hkdf512(salt: bytes, ikm: bytes, info: bytes, length: int) -> bytes:
    prk = hmac512(salt or bytes(64), ikm)
    out, block = b"", b""
    while len(out) < length:
        block = hmac512(prk, block + info + bytes([len(out) // 64 + 1]))
        out += block
    return out[:length]


class Cipher:
    """A256CBC-HS512 as a Noise cipher, under one key of 32 bytes."""

    def __init__(self, key: bytes) -> None:
        keys = hkdf512(b"", key, b"underpaint A256CBC-HS512 cipher v1", 96)
        self.mac_key, self.enc_key, self.iv_key = keys[:32], keys[32:64], keys[64:]

    def iv(self, n: int) -> bytes:
        return AES.new(self.iv_key, AES.MODE_ECB).encrypt(n.to_bytes(16, "big"))

    def tag(self, n: int, a: bytes, e: bytes) -> bytes:
        al = (8 * len(a)).to_bytes(8, "big")
        return hmac512(self.mac_key, a + self.iv(n) + e + al)[:32]

    def encrypt(self, n: int, a: bytes, plaintext: bytes) -> bytes:
        fill = 16 - len(plaintext) % 16
        padded = plaintext + bytes([fill]) * fill
        e = AES.new(self.enc_key, AES.MODE_CBC, iv=self.iv(n)).encrypt(padded)
        return e + self.tag(n, a, e)

    def decrypt(self, n: int, a: bytes, sealed: bytes) -> bytes:
        if len(sealed) < 48 or len(sealed) % 16:
            raise Broken("no sealed text has this length")
        e, t = sealed[:-32], sealed[-32:]
        if not hmac.compare_digest(self.tag(n, a, e), t):
            raise Broken("something does not open")
        padded = AES.new(self.enc_key, AES.MODE_CBC, iv=self.iv(n)).decrypt(e)
        fill = padded[-1]
        if not 1 <= fill <= 16 or padded[-fill:] != bytes([fill]) * fill:
            raise Broken("bad padding")
        return padded[:-fill]

    def rekey(self) -> Cipher:
        return Cipher(self.encrypt(2**64 - 1, b"", bytes(32))[:32])


# The handshake


def public_of(private: bytes) -> bytes:
    return DH.import_x25519_private_key(private).public_key().export_key(format="raw")


def x25519(private: bytes, public: bytes) -> bytes:
    shared = DH.key_agreement(
        static_priv=DH.import_x25519_private_key(private),
        static_pub=DH.import_x25519_public_key(public),
        kdf=lambda secret: secret,
    )
    if shared == bytes(32):
        raise Broken("a public key of low order")
    return shared


class Symmetric:
    """ck, h, k and n, and what is done with them."""

    def __init__(self) -> None:
        self.h = self.ck = NOISE_NAME + bytes(64 - len(NOISE_NAME))
        self.k: Cipher | None = None
        self.n = 0

    def hkdf(self, ikm: bytes, count: int) -> list[bytes]:
        t, out = hmac512(self.ck, ikm), [b""]
        for i in range(1, count + 1):
            out.append(hmac512(t, out[-1] + bytes([i])))
        return out[1:]

    def mix_hash(self, data: bytes) -> None:
        self.h = hashlib.sha512(self.h + data).digest()

    def mix_key(self, ikm: bytes) -> None:
        self.ck, k = self.hkdf(ikm, 2)
        self.k, self.n = Cipher(k[:32]), 0

    def mix_key_and_hash(self, ikm: bytes) -> None:
        self.ck, h, k = self.hkdf(ikm, 3)
        self.mix_hash(h)
        self.k, self.n = Cipher(k[:32]), 0

    def seal(self, plaintext: bytes) -> bytes:
        sealed = self.k.encrypt(self.n, self.h, plaintext)
        self.n += 1
        self.mix_hash(sealed)
        return sealed

    def open(self, sealed: bytes) -> bytes:
        plaintext = self.k.decrypt(self.n, self.h, sealed)
        self.n += 1
        self.mix_hash(sealed)
        return plaintext


class Handshake:
    """The client's side. `ephemeral` and `kem_seed` are fixed by tests alone."""

    def __init__(
        self,
        static: bytes,
        server: bytes,
        *,
        preshared_key: bytes | None = None,
        token: bytes | None = None,
        ephemeral: bytes | None = None,
        kem_seed: bytes | None = None,
    ) -> None:
        self.static, self.server = static, server
        self.preshared_key, self.token = preshared_key or token, token
        self.ephemeral = ephemeral or secrets.token_bytes(32)
        if kem_seed is None:
            self.kem = MLKEM.generate(param_set=MLKEM.ML_KEM_768)
        else:
            self.kem = MLKEM.construct(param_set=MLKEM.ML_KEM_768, seed=kem_seed)
        self.state = Symmetric()
        self.state.mix_hash(PREAMBLE)
        self.state.mix_hash(server)

    def record_1(self) -> bytes:
        state, e = self.state, public_of(self.ephemeral)
        state.mix_hash(e)
        state.mix_key(e)
        state.mix_key(x25519(self.ephemeral, self.server))
        s = state.seal(public_of(self.static))
        state.mix_key(x25519(self.static, self.server))
        payload = self.kem.ek
        if self.token is not None:
            payload += hkdf512(b"", self.token, b"underpaint invitation id v1", 12)
        message = e + s + state.seal(payload)
        return len(message).to_bytes(4, "big") + message

    def read_record_2(self, record: bytes) -> tuple[Cipher, Cipher]:
        state = self.state
        ct, e, payload = record[:1088], record[1088:1120], record[1120:]
        h1 = state.h
        state.mix_hash(e)
        state.mix_key(e)
        state.mix_key(x25519(self.ephemeral, e))
        state.mix_key(x25519(self.static, e))
        state.mix_key_and_hash(self.psk(h1, ct))
        if state.open(payload):
            raise Broken("message 2 has a payload")
        k1, k2 = state.hkdf(b"", 2)
        return Cipher(k1[:32]), Cipher(k2[:32])

    def psk(self, h1: bytes, ct: bytes) -> bytes:
        context = HPKE.new(receiver_key=self.kem, aead_id=HPKE.AEAD.EXPORT_ONLY, enc=ct)
        secret = context.export(b"underpaint ML-KEM-768 secret v1", 32)
        flag = b"\x00" if self.preshared_key is None else b"\x01"
        own = self.preshared_key or bytes(32)
        return hkdf512(h1, secret + own, b"underpaint Noise psk v1" + flag + ct, 32)


# Records


class Direction:
    """One direction's key and counts."""

    def __init__(self, cipher: Cipher, rekey_records: int) -> None:
        self.cipher, self.rekey_records = cipher, rekey_records
        self.number = self.records = self.wire_bytes = 0

    def seal(self, kind: int, content: bytes) -> bytes:
        plaintext = bytes([kind]) + content
        length = (len(plaintext) - len(plaintext) % 16 + 48).to_bytes(4, "big")
        record = length + self.cipher.encrypt(self.number, length, plaintext)
        self.count(len(record))
        return record

    def open(self, length: bytes, sealed: bytes) -> tuple[int, bytes]:
        plaintext = self.cipher.decrypt(self.number, length, sealed)
        self.count(4 + len(sealed))
        return plaintext[0], plaintext[1:]

    def count(self, wire_bytes: int) -> None:
        self.number += 1
        self.records += 1
        self.wire_bytes += wire_bytes
        if self.records >= self.rekey_records or self.wire_bytes >= 2**32:
            self.cipher = self.cipher.rekey()
            self.records = self.wire_bytes = 0


# MessagePack, as far as messages need it


def pack(value: object) -> bytes:
    match value:
        case dict():
            pairs = b"".join(pack(key) + pack(item) for key, item in value.items())
            return bytes([0x80 | len(value)]) + pairs
        case str():
            return bytes([0xA0 | len(value)]) + value.encode()
        case bytes():
            return bytes([0xC4, len(value)]) + value
        case bool():
            return b"\xc3" if value else b"\xc2"
        case int() if value < 0x80:
            return bytes([value])
        case int():
            return b"\xcf" + value.to_bytes(8, "big")
    raise TypeError(value)


CONSTANTS = {0xC0: None, 0xC2: False, 0xC3: True}
SIZED = {0xD9: (str, 1), 0xDA: (str, 2), 0xC4: (bytes, 1), 0xC5: (bytes, 2)}
NUMBERS = {0xCC: ">B", 0xCD: ">H", 0xCE: ">I", 0xCF: ">Q", 0xCA: ">f", 0xCB: ">d"}


def unpack(data: bytes) -> tuple[object, bytes]:
    """Return the first value, and what comes behind it."""
    first, rest = data[0], data[1:]
    if first < 0x80:
        return first, rest
    if first < 0x90:
        return unpack_map(first & 0x0F, rest)
    if 0xA0 <= first < 0xC0:
        count = first & 0x1F
        return rest[:count].decode(), rest[count:]
    if first in CONSTANTS:
        return CONSTANTS[first], rest
    if first in NUMBERS:
        size = struct.calcsize(NUMBERS[first])
        return struct.unpack(NUMBERS[first], rest[:size])[0], rest[size:]
    if first in SIZED:
        kind, width = SIZED[first]
        count, rest = int.from_bytes(rest[:width], "big"), rest[width:]
        return (rest[:count].decode() if kind is str else rest[:count]), rest[count:]
    raise Broken(f"MessagePack's {first:#x} is in no message")


def unpack_map(count: int, rest: bytes) -> tuple[dict[object, object], bytes]:
    found: dict[object, object] = {}
    for _ in range(count):
        key, rest = unpack(rest)
        found[key], rest = unpack(rest)
    return found, rest


# The conversation


class Client:
    """An open connection."""

    def __init__(self, sock: socket.socket, handshake: Handshake, rekey_records: int = 2**20):
        self.sock = sock
        sock.sendall(PREAMBLE + handshake.record_1())
        length = self.receive(4)
        if length == PREAMBLE[:4]:
            version = int.from_bytes(self.receive(4)[2:], "big")
            raise Broken(f"the server says, unauthenticated, that it speaks version {version}")
        record_2 = self.receive(int.from_bytes(length, "big"))
        sending, receiving = handshake.read_record_2(record_2)
        self.sending = Direction(sending, rekey_records)
        self.receiving = Direction(receiving, rekey_records)

    def receive(self, count: int) -> bytes:
        data = b""
        while len(data) < count:
            more = self.sock.recv(count - len(data))
            if not more:
                raise Broken("the server closed the connection")
            data += more
        return data

    def send(self, kind: int, content: bytes) -> None:
        self.sock.sendall(self.sending.seal(kind, content))

    def ask(self, message: dict[str, object]) -> dict[object, object]:
        self.send(MESSAGE, pack(message))
        return self.answer()

    def answer(self) -> dict[object, object]:
        length = self.receive(4)
        kind, content = self.receiving.open(length, self.receive(int.from_bytes(length, "big")))
        if kind != MESSAGE:
            raise Broken("the server sent no message")
        message, rest = unpack(content)
        if rest or not isinstance(message, dict):
            raise Broken("a malformed message")
        return message

    def ping(self, token: bytes) -> None:
        if self.ask({"type": "Ping", "token": token}) != {"type": "Pong", "token": token}:
            raise Broken("the server answered another ping")

    def push(self, image: bytes, upload_id: bytes, **more: object) -> dict[object, object]:
        """Return the server's last word: a Receipt or a Refusal."""
        push = {"type": "Push", "upload_id": upload_id, **more}
        accepted = self.ask(push)
        if accepted["type"] != "PushAccepted":
            return accepted
        same = hashlib.sha256(image[: accepted["offset"]]).digest()
        if accepted.get("sha256", same) != same:
            accepted = self.ask({**push, "anew": True})
        for start in range(accepted["offset"], len(image), 262144):
            self.send(DATA, image[start : start + 262144])
        digest = hashlib.sha256(image).digest()
        return self.ask({"type": "PushEnd", "stego_bytes": len(image), "sha256": digest})

    def close(self) -> None:
        self.send(CLOSE, b"")
        length = self.receive(4)
        sealed = self.receive(int.from_bytes(length, "big"))
        if self.receiving.open(length, sealed) != (CLOSE, b""):
            raise Broken("the server said more than goodbye")
        if self.sock.recv(1):
            raise Broken("bytes after the closing record")


def main(address: str, identity: str, image: str) -> None:
    host, port, server = read_address(address)
    private = read_key(Path(identity).read_text(), "upriv_")
    with socket.create_connection((host, port), timeout=60) as sock:
        client = Client(sock, Handshake(private, server))
        client.ping(b"naive")
        receipt = client.push(Path(image).read_bytes(), secrets.token_bytes(16))
        client.close()
    print(json.dumps(receipt, default=bytes.hex))


if __name__ == "__main__":
    try:
        main(*sys.argv[1:])
    except Broken as broken:
        print(json.dumps({"error": str(broken)}))
        sys.exit(1)
