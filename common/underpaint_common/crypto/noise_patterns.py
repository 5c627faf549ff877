"""Handshake patterns of the Noise Protocol Framework (revision 34, sections 7 and 9).

The twelve fundamental interactive patterns stand in one table; a `pskN` modifier in a
pattern's name puts a pre-shared key token at its place.
"""

from __future__ import annotations

import enum
import re
from dataclasses import dataclass


class Token(enum.Enum):
    """What a handshake message does, in the specification's spelling."""

    E = "e"
    S = "s"
    EE = "ee"
    ES = "es"
    SE = "se"
    SS = "ss"
    PSK = "psk"


Tokens = tuple[Token, ...]

# name: initiator's pre-message, responder's pre-message, then the messages in turn (section 7.5)
_FUNDAMENTAL: dict[str, tuple[str, ...]] = {
    "NN": ("", "", "e", "e ee"),
    "NK": ("", "s", "e es", "e ee"),
    "NX": ("", "", "e", "e ee s es"),
    "KN": ("s", "", "e", "e ee se"),
    "KK": ("s", "s", "e es ss", "e ee se"),
    "KX": ("s", "", "e", "e ee se s es"),
    "XN": ("", "", "e", "e ee", "s se"),
    "XK": ("", "s", "e es", "e ee", "s se"),
    "XX": ("", "", "e", "e ee s es", "s se"),
    "IN": ("", "", "e s", "e ee se"),
    "IK": ("", "s", "e es s ss", "e ee se"),
    "IX": ("", "", "e s", "e ee se s es"),
}
_NAME = re.compile(r"([A-Z]+)((?:psk\d+(?:\+psk\d+)*)?)")


@dataclass(frozen=True, slots=True)
class HandshakePattern:
    """One handshake pattern.

    Attributes
    ----------
    name : str
        As it stands in a protocol name, such as ``IKpsk2``.
    known_before : tuple of Tokens
        Public keys that each side knows beforehand: initiator's, responder's.
    messages : tuple of Tokens
        Tokens of each message; the initiator writes the first, then they take turns.
    """

    name: str
    known_before: tuple[Tokens, Tokens]
    messages: tuple[Tokens, ...]

    @property
    def uses_psk(self) -> bool:
        """Whether any message mixes in a pre-shared key."""
        return any(Token.PSK in message for message in self.messages)


def handshake_pattern(name: str) -> HandshakePattern:
    """Return the pattern of a name, modifiers applied.

    Raises
    ------
    ValueError
        No such pattern, or a modifier beyond its last message.
    """
    match = _NAME.fullmatch(name)
    if match is None or match[1] not in _FUNDAMENTAL:
        raise ValueError(f"no handshake pattern is named {name!r}")
    initiator, responder, *messages = map(_tokens, _FUNDAMENTAL[match[1]])
    for modifier in filter(None, match[2].split("+")):
        _apply_psk(messages, int(modifier.removeprefix("psk")), name)
    return HandshakePattern(name, (initiator, responder), tuple(messages))


def _tokens(text: str) -> Tokens:
    return tuple(Token(word) for word in text.split())


def _apply_psk(messages: list[Tokens], place: int, name: str) -> None:
    # Section 9.4: psk0 opens the first message, pskN closes the Nth.
    if place > len(messages):
        raise ValueError(f"{name!r} has a pre-shared key beyond its last message")
    if place == 0:
        messages[0] = (Token.PSK, *messages[0])
    else:
        messages[place - 1] = (*messages[place - 1], Token.PSK)
