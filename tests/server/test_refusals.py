"""Every failure has its code, and none tells where the server keeps its files."""

from __future__ import annotations

import pytest

from underpaint_common.errors import (
    ConnectionCut,
    Damaged,
    LocalFileError,
    NothingFound,
    Refused,
    UnusableImage,
)
from underpaint_common.wire.messages import encode
from underpaint_server import log
from underpaint_server.catalog import CatalogFailed
from underpaint_server.refusals import as_message, refusing_what_fails


@pytest.mark.parametrize(
    ("error", "code"),
    [
        (NothingFound("nothing"), "nothing_found"),
        (Damaged("damaged"), "damaged"),
        (UnusableImage("no image"), "unusable_image"),
        (OSError(28, "No space left on device", "/srv/state/spool/1"), "storage"),
        (CatalogFailed("database /srv/state/catalog is locked"), "storage"),
        (LocalFileError("cannot read /srv/state/spool/1"), "storage"),
        (ZeroDivisionError("/srv/state"), "internal"),
    ],
)
def test_failures_become_refusals(error: Exception, code: str) -> None:
    log.configure("error")
    with pytest.raises(Refused) as caught, refusing_what_fails(lambda: {"client": "alice"}):
        raise error
    assert caught.value.code == code
    assert "/srv" not in caught.value.message


def test_the_connections_failures_and_refusals_pass() -> None:
    with pytest.raises(ConnectionCut), refusing_what_fails(dict):
        raise ConnectionCut("cut")
    with pytest.raises(Refused, match="before"), refusing_what_fails(dict):
        raise Refused("before", code="too_large")


def test_a_long_reason_still_fits_a_message() -> None:
    assert encode(as_message(Refused("x" * 2000, code="damaged", retry_after=1.5)))
