"""HKDF-SHA-512 against Wycheproof and the properties of RFC 5869."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_common.crypto.kdf import MAX_LENGTH, hkdf


def test_a_published_value() -> None:
    # Wycheproof HKDF-SHA-512, tcId 1
    ikm = bytes.fromhex("24aeff2645e3e0f5494a9a102778c43a")
    okm = bytes.fromhex("dd2599840b09699c6200b5cba79002b3aa75c61b")
    assert hkdf(ikm, info=b"", length=20) == okm


def test_wycheproof(shared: Path) -> None:
    vectors = json.loads((shared / "vectors/wycheproof-hkdf-sha512.json").read_bytes())
    cases = [case for group in vectors["testGroups"] for case in group["tests"]]
    assert len(cases) == vectors["numberOfTests"]
    for case in cases:
        ikm, salt, info = (bytes.fromhex(case[name]) for name in ("ikm", "salt", "info"))
        if case["result"] == "valid":
            okm = hkdf(ikm, info=info, length=case["size"], salt=salt)
            assert okm.hex() == case["okm"], case["tcId"]
        else:
            with pytest.raises(ValueError, match="HKDF-SHA-512 gives"):
                hkdf(ikm, info=info, length=case["size"], salt=salt)


@given(st.binary(), st.integers(0, 300), st.integers(0, 300))
def test_a_shorter_result_begins_a_longer_one(ikm: bytes, first: int, second: int) -> None:
    short, long = sorted((first, second))
    assert hkdf(ikm, info=b"x", length=long)[:short] == hkdf(ikm, info=b"x", length=short)


def test_length_is_bounded() -> None:
    assert len(hkdf(b"", info=b"", length=MAX_LENGTH)) == MAX_LENGTH
    with pytest.raises(ValueError, match="16321"):
        hkdf(b"", info=b"", length=MAX_LENGTH + 1)
