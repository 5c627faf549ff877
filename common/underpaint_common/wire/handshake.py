"""How a connection opens: preamble, then Noise IKpsk2 with a cipher of our own.

The client knows the server's key beforehand and sends its own, encrypted, in handshake
record 1. Anyone who recorded that can send it again: what it says about the client is
confirmed only when the first record after the handshake opens.

A handshake record is a 4-byte length and what follows. Record 1 is Noise message 1, its
payload the client's ephemeral ML-KEM-768 key and perhaps an invitation's id; record 2 is the
KEM ciphertext, then Noise message 2 without a payload. The KEM's secret, and a pre-shared key
of this client where there is one, fill the PSK slot: everything after message 1 is hybrid,
while the client's identity in message 1, and authentication, rest on X25519 alone.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Protocol

from underpaint_common.crypto.cbc_cipher import CbcHs512
from underpaint_common.crypto.noise import Handshake, Keys, Suite, Transport
from underpaint_common.crypto.noise_patterns import handshake_pattern
from underpaint_common.wire.buffer import ReceiveBuffer
from underpaint_common.wire.preamble import PREAMBLE
from underpaint_common.wire.records import LENGTH_BYTES
from underpaint_common.wire.states import Step

PATTERN = "IKpsk2"


@dataclass(frozen=True, slots=True)
class Progress:
    """What a handshake did with received bytes.

    Attributes
    ----------
    step : Step
        The session's next transition.
    answer : bytes
        To be written to the peer; may be empty.
    transport : Transport or None
        What the connection goes on with, after the last step.
    """

    step: Step
    answer: bytes = b""
    transport: Transport[CbcHs512] | None = None


class AnyHandshake(Protocol):
    """Either side's handshake.

    Attributes
    ----------
    peer : bytes or None
        The other side's public key, once known.
    invitation : bytes or None
        Id of the invitation that the client uses, once known.
    """

    peer: bytes | None
    invitation: bytes | None

    def start(self) -> bytes:
        """Return what this side sends before it has received anything."""

    def advance(self, buffer: ReceiveBuffer) -> Progress | None:
        """Take the next thing off received bytes; None while it is not all there."""


def noise(keys: Keys, *, initiator: bool) -> Handshake[CbcHs512]:
    """Return one side's Noise handshake, the preamble bound as its prologue."""
    return Handshake(
        Suite(CbcHs512),
        handshake_pattern(PATTERN),
        initiator=initiator,
        keys=keys,
        prologue=PREAMBLE,
    )


def handshake_record(message: bytes) -> bytes:
    """Return a handshake message with its length in front."""
    return len(message).to_bytes(LENGTH_BYTES, "big") + message
