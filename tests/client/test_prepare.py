"""The half of a push that needs no network."""

from __future__ import annotations

import hashlib
from pathlib import Path

from underpaint_client import reveal
from underpaint_client.prepare import prepare

KEY = bytes(range(32))


def test_what_is_prepared_can_be_revealed_and_is_digested(cover: Path, secret: Path) -> None:
    made = prepare(secret, cover, KEY)
    assert reveal(made.stego, key=KEY).data == secret.read_bytes()
    assert made.stego_sha256 == hashlib.sha256(made.stego).digest()
    assert made.secret_sha256 == hashlib.sha256(secret.read_bytes()).digest()


def test_every_preparation_is_another_upload(cover: Path, secret: Path) -> None:
    first, second = prepare(secret, cover, KEY), prepare(secret, cover, KEY)
    assert len(first.upload_id) == 16
    assert first.upload_id != second.upload_id
    assert first.stego != second.stego


def test_pixels_are_coded_anew_on_arrival_and_promise_no_digest(cover: Path, secret: Path) -> None:
    made = prepare(secret, cover, KEY, mode="classic", name="other.png")
    assert made.secret_sha256 is None
    assert reveal(made.stego, key=KEY).name == "other.png"
