"""Handshake patterns: modifiers, and names that are none."""

from __future__ import annotations

import pytest

from underpaint_common.crypto.noise_patterns import Token, handshake_pattern


def test_ikpsk2() -> None:
    # Noise revision 34, section 9.4: psk2 closes the second message
    pattern = handshake_pattern("IKpsk2")
    assert pattern.known_before == ((), (Token.S,))
    assert pattern.messages == (
        (Token.E, Token.ES, Token.S, Token.SS),
        (Token.E, Token.EE, Token.SE, Token.PSK),
    )
    assert pattern.uses_psk


def test_several_modifiers() -> None:
    pattern = handshake_pattern("NNpsk0+psk2")
    assert pattern.messages == (
        (Token.PSK, Token.E),
        (Token.E, Token.EE, Token.PSK),
    )


def test_without_a_modifier() -> None:
    assert not handshake_pattern("XX").uses_psk


@pytest.mark.parametrize("name", ["", "ZZ", "IKpsk", "IKpsk3", "IKpsk2psk1", "IK+psk2", "ikpsk2"])
def test_names_that_are_none(name: str) -> None:
    with pytest.raises(ValueError, match=r"pattern|pre-shared"):
        handshake_pattern(name)
