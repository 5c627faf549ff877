"""What is to be detected: embedding of random payloads, two reference schemes and the shipped ones.

Replacement and matching are the textbook's, at random samples and without a container: what
most published figures are about. `classic`, `planes`, `adaptive` and `flat`, which is `adaptive` at
flat costs, go through the whole of `hide`, with salt, header and sealed body; a payload counts all
of it.
"""

from __future__ import annotations

import enum
import hashlib
from dataclasses import dataclass
from types import SimpleNamespace
from unittest import mock

import numpy as np
from numpy.typing import NDArray

from underpaint_common.crypto import aead
from underpaint_common.payload import Cost, Form, Mode, SecretFile, hide, hiding
from underpaint_common.payload.contents import Contents, encode_contents
from underpaint_common.pictures import picture_from_array
from underpaint_common.stego.reserved import HEADER_BYTES
from underpaint_common.stego.trellis import coding

PAYLOADS = (0.05, 0.1, 0.2, 0.4)
"""Bits a sample."""

_EMPTY = Contents(Form.FILE, "", "", b"")


class Method(enum.StrEnum):
    """How a payload is embedded."""

    REPLACEMENT = "replacement"
    MATCHING = "matching"
    CLASSIC = "classic"
    PLANES = "planes"
    ADAPTIVE = "adaptive"
    FLAT = "flat"


@dataclass(frozen=True, slots=True)
class Condition:
    """One method at one payload.

    Parameters
    ----------
    method : Method
        How.
    payload : float
        Bits a sample, all that is embedded.
    """

    method: Method
    payload: float

    def embed(self, samples: NDArray[np.uint8], seed: int) -> NDArray[np.uint8]:
        """Return the stego image of a random payload, the same for the same picture and seed."""
        rng = _random(samples, self, seed)
        if self.method in (Method.REPLACEMENT, Method.MATCHING):
            return _reference(samples, self, rng)
        return _hidden(samples, self, rng)


def conditions() -> tuple[Condition, ...]:
    """Return every method at every payload."""
    return tuple(Condition(method, payload) for method in Method for payload in PAYLOADS)


def _random(samples: NDArray[np.uint8], condition: Condition, seed: int) -> np.random.Generator:
    label = f"{condition.method} {condition.payload:g} {seed}".encode()
    digest = hashlib.sha256(label + np.ascontiguousarray(samples).tobytes()).digest()
    return np.random.default_rng(list(digest))


def _reference(
    samples: NDArray[np.uint8], condition: Condition, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return samples of which a random part bears one random bit each in plane 0."""
    flat = samples.reshape(-1).astype(np.int16)
    bearing = rng.permutation(flat.size)[: round(condition.payload * flat.size)]
    chosen = flat[bearing]
    wrong = (chosen & 1) != rng.integers(0, 2, bearing.size)
    if condition.method is Method.REPLACEMENT:
        step = 1 - 2 * (chosen & 1)
    else:
        step = rng.choice(np.array([-1, 1], np.int16), bearing.size)
        step[chosen == 0], step[chosen == np.iinfo(samples.dtype).max] = 1, -1
    flat[bearing] = chosen + step * wrong
    return flat.astype(np.uint8).reshape(samples.shape)


def _hidden(
    samples: NDArray[np.uint8], condition: Condition, rng: np.random.Generator
) -> NDArray[np.uint8]:
    """Return what `hide` makes of a secret as long as the payload allows."""
    secret = SecretFile("", "", rng.bytes(secret_bytes(condition.payload, samples.size)))
    # The nonce is the only thing in `hide` that is not decided by its arguments.
    nonces = SimpleNamespace(token_bytes=rng.bytes)
    # Compiled code is to work on small pictures too: the same bits in a fraction of the time.
    worth = mock.patch.object(coding, "_WORTH_COMPILING", 0)
    flat = condition.method is Method.FLAT
    with mock.patch.object(hiding, "randomness", nonces), worth:
        hidden = hide(
            picture_from_array(samples),
            secret,
            rng.bytes(32),
            mode=Mode.ADAPTIVE if flat else Mode(condition.method),
            planes=1,
            cost=Cost.FLAT if flat else Cost.TEXTURE,
            form=Form.FILE,
        )
    stego = hidden.picture.samples
    if stego.dtype != samples.dtype or stego.shape != samples.shape:
        raise RuntimeError("hiding changed the picture's shape or type")
    return stego.astype(np.uint8)


def secret_bytes(payload: float, samples: int) -> int:
    """Return how long a secret may be so that header and body stay within a payload."""
    body = int(payload * samples / 8) - HEADER_BYTES - aead.sealed_length(0)
    # Sealing pads to whole blocks of 16, the last byte at least.
    return max(body + 15 - body % 16 - len(encode_contents(_EMPTY)), 0)
