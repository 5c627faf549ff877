"""An extractor written from docs/container.md alone: samples and a stego key in, a secret out.

It shares no line with the project, and takes its time: every sample is a Python integer.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import struct
import zlib
from pathlib import Path

from Crypto.Cipher import AES

COLUMNS = Path(__file__).parents[2] / "common/underpaint_common/stego/trellis"


class Nothing(Exception):
    """There is nothing for this key."""


class Keys:
    """What is derived from a stego key."""

    def __init__(self, stego_key: bytes) -> None:
        self.stego_key = stego_key

    def derive(self, purpose: str, length: int, salt: bytes = b"") -> bytes:
        prk = hmac.digest(salt or bytes(64), self.stego_key, "sha512")
        out, block = b"", b""
        while len(out) < length:
            count = bytes([len(out) // 64 + 1])
            block = hmac.digest(prk, block + b"underpaint/1 " + purpose.encode() + count, "sha512")
            out += block
        return out[:length]

    def stream(self, purpose: str, salt: bytes = b""):
        return AES.new(self.derive(purpose, 32, salt), AES.MODE_CTR, nonce=b"", initial_value=0)


def choose(count: int, population: int, stream, f: int, w: int) -> list[int]:
    step = population * 2**f // count
    edges = [i * step // 2**f for i in range(count + 1)]
    words = stream.encrypt(bytes(count * w // 8))
    chosen = []
    for i in range(count):
        r = int.from_bytes(words[i * w // 8 : (i + 1) * w // 8], "little")
        chosen.append(edges[i] + (edges[i + 1] - edges[i]) * r // 2**w)
    return chosen


def reveal(samples: list[int], geometry: tuple[int, int, int, int], stego_key: bytes) -> dict:
    """Return the fields of the contents; `geometry` is width, height, channels, bit depth."""
    keys, size = Keys(stego_key), len(samples)
    if size <= 640:
        raise Nothing
    salt_at = choose(256, size, keys.stream("salt positions"), 32, 32)
    values = struct.pack("<256H", *(samples[at] for at in salt_at))
    salt = hmac.digest(keys.derive("salt", 64), values, "sha512")
    taken = set(salt_at)
    rest = [at for at in range(size) if at not in taken]
    stream = keys.stream("header positions", salt)
    header_at = [rest[i] for i in choose(384, size - 256, stream, 32, 32)]
    header = packed_bits([samples[at] & 1 for at in header_at])
    width = 1
    while not is_header(header, geometry, keys):
        if width > 128 or 384 * width > len(rest):
            raise Nothing
        header_at = coded_header_at(rest, width, keys.stream("coded header positions", salt))
        header = packed_bits(decoded([samples[at] & 1 for at in header_at], 4, 96, 8))
        width *= 2
    n, c = header[:16], header[16:32]
    block = AES.new(keys.derive("header cipher", 32), AES.MODE_CBC, iv=n).decrypt(c)
    version, mode, planes, height, length, *layers = struct.unpack(">BBBBIII", block)
    assert version == 1
    taken.update(header_at)
    members = [value for at, value in enumerate(samples) if at not in taken]
    stream = keys.stream("body positions", bytes(n))
    if mode == 3:
        body = from_adaptive(members, length, planes, height, layers, stream)
        return contents(open_body(body, keys, bytes(n), bytes(header)))
    assert (height, layers) == (0, [0, 0])
    if mode == 1:
        body = from_classic(members, length, planes)
    else:
        body = from_planes(members, length, stream)
    return contents(open_body(body, keys, bytes(n), bytes(header)))


def is_header(header: bytes, geometry: tuple[int, int, int, int], keys: Keys) -> bool:
    n, c, t = header[:16], header[16:32], header[32:]
    covered = b"underpaint/1 header" + struct.pack(">IIBB", *geometry) + n + c
    return hmac.digest(keys.derive("header mac", 64), covered, "sha512")[:16] == t


def coded_header_at(rest: list[int], width: int, stream) -> list[int]:
    chosen = choose(384 * width, len(rest), stream, 32, 32)
    return [rest[chosen[i]] for i in ordered(len(chosen), stream)]


def ordered(count: int, stream) -> list[int]:
    words = struct.unpack(f"<{count}H", stream.encrypt(bytes(2 * count)))
    return sorted(range(count), key=lambda i: (words[i], i))


def packed_bits(bits: list[int]) -> bytes:
    out = bytearray(-(-len(bits) // 8))
    for i, bit in enumerate(bits):
        out[i // 8] |= bit << i % 8
    return bytes(out)


def decoded(plane: list[int], lanes: int, m: int, h: int) -> list[int]:
    columns = json.loads((COLUMNS / f"columns_{h}.json").read_text())
    t = len(plane) // lanes
    message = [[0] * lanes for _ in range(m)]
    for j in range(m):
        begin, end = j * t // m, (j + 1) * t // m
        for k in range(end - begin):
            column = columns[end - begin - 1][k]
            for row in range(h):
                if column >> row & 1 and j + row < m:
                    for lane in range(lanes):
                        message[j + row][lane] ^= plane[(begin + k) * lanes + lane]
    return [bit for row in message for bit in row]


def from_adaptive(members, length: int, d: int, h: int, layers: list[int], stream) -> bytes:
    if len(members) > 400 * length:
        n, used = len(members) // 8 * 8, []
        for a in range(0, n, 262144):
            b = min(a + 262144, n)
            count = 8 * (b * 50 * length // n - a * 50 * length // n)
            used += [a + at for at in choose(count, b - a, stream, 13, 16)] if count else []
        members = [members[at] for at in used]
    n, k = len(members), 1
    if n > 262144:
        k = -(-n // 262144)
        while k % 2 == 0 or k % 3 == 0:
            k += 1
    q = n // k
    s = max(1, q // (24576 if h == 10 and n > 262144 and 64 * length < n else 8192))
    t = q // s // 8 * 8
    lanes = s * k
    order = ordered(q, stream)[: s * t]
    matrix = [members[run * k + i] for run in order for i in range(k)]
    body = b""
    for a in range(0, len(matrix), 262144):
        body += packed([value % 2**d for value in matrix[a : a + 262144]], d)
    rest = length - len(body)
    m2, m1 = layers
    m0 = -(-8 * rest // lanes) - m2 - m1
    bits = []
    for plane, m in ((d + 2, m2), (d + 1, m1), (d, m0)):
        bits += decoded([value >> plane & 1 for value in matrix], lanes, m, h)
    return body + packed_bits(bits)[:rest]


def from_classic(members: list[int], length: int, k: int) -> bytes:
    used = -(-8 * length // k)
    bits = "".join(format(value % 2**k, f"0{k}b") for value in members[:used])
    return int(bits[: 8 * length], 2).to_bytes(length, "big")


def from_planes(members: list[int], length: int, stream) -> bytes:
    n = len(members) // 8 * 8
    k = 8 * length // n
    first = k * n // 8
    extra = length - first
    body = bytearray(length)
    for a in range(0, n, 262144):
        b = min(a + 262144, n)
        block = members[a:b]
        body[a * k // 8 : b * k // 8] = packed([value % 2**k for value in block], k)
        low, high = first + a * extra // n, first + b * extra // n
        count = 8 * (high - low)
        if count == len(block):
            chosen = list(range(count))
        else:
            chosen = choose(count, len(block), stream, 13, 16) if count else []
        body[low:high] = packed([block[at] >> k & 1 for at in chosen], 1)
    return bytes(body)


def packed(values: list[int], k: int) -> bytes:
    out, shift = b"", k
    for w in (8, 4, 2, 1):
        if k & w:
            shift -= w
            q = len(values) * w // 8
            run = [0] * q
            for number, value in enumerate(values):
                j, i = divmod(number, q)
                run[i] |= (value >> shift) % 2**w << w * j
            out += bytes(run)
    return out


def open_body(body: bytes, keys: Keys, n: bytes, header: bytes) -> bytes:
    key, iv = keys.derive("body cipher", 64, n), keys.derive("body iv", 16, n)
    e, t = body[:-32], body[-32:]
    al = (8 * len(header)).to_bytes(8, "big")
    assert hmac.digest(key[:32], header + iv + e + al, "sha512")[:32] == t, "changed since"
    padded = AES.new(key[32:], AES.MODE_CBC, iv=iv).decrypt(e)
    return padded[: -padded[-1]]


def contents(plain: bytes) -> dict:
    code, t, u, length, sha256 = struct.unpack(">BBBQ32s", plain[:43])
    media_type, name, data = plain[43 : 43 + t], plain[43 + t : 43 + t + u], plain[43 + t + u :]
    if code % 2:
        data = zlib.decompress(data)
    assert (len(data), hashlib.sha256(data).digest()) == (length, sha256)
    return {
        "form": code // 2,
        "media_type": media_type.decode(),
        "name": name.decode(),
        "data": data,
    }
