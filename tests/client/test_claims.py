"""What one process has in hand, no other takes."""

from __future__ import annotations

from pathlib import Path

from underpaint_client.claims import Claims

DIGEST, OTHER = bytes(32), bytes(range(32))


def test_a_claim_holds_between_processes_until_its_last_holder_lets_go(tmp_path: Path) -> None:
    ours, theirs = Claims(tmp_path / "claims"), Claims(tmp_path / "claims")
    first, second = ours.cover(DIGEST), ours.cover(DIGEST)
    assert first is not None
    assert second is not None
    assert theirs.cover(DIGEST) is None
    assert theirs.cover(OTHER) is not None
    assert theirs.secret(DIGEST) is not None, "a secret is no cover"
    first.let_go()
    assert theirs.cover(DIGEST) is None
    second.let_go()
    assert theirs.cover(DIGEST) is not None
    assert ours.cover(DIGEST) is None


def test_where_nothing_can_be_kept_everything_is_free() -> None:
    for _ in range(2):
        claim = Claims(None).cover(DIGEST)
        assert claim is not None
        claim.let_go()
