"""Why an upload is refused: every failure as a code and a sentence that tells no paths."""

from __future__ import annotations

import contextlib
import enum
from collections.abc import Callable, Iterator, Mapping

from underpaint_common.errors import (
    ConnectionFailed,
    Damaged,
    LocalFileError,
    NothingFound,
    Refused,
    UnusableImage,
)
from underpaint_common.wire import Refusal
from underpaint_server import log
from underpaint_server.bounds import BoundCode
from underpaint_server.catalog import CatalogFailed

_MAX_SENTENCE = 500
_RETRY_STORAGE = 60.0

_CODES: dict[type[Exception], str] = {
    NothingFound: "nothing_found",
    Damaged: "damaged",
    UnusableImage: "unusable_image",
}


class RefusalCode(enum.StrEnum):
    """The machine-readable reasons of a refusal, beside those of the image and of `bounds`."""

    MISMATCH = "mismatch"
    IN_PROGRESS = "in_progress"
    STORAGE = "storage"
    SHUTTING_DOWN = "shutting_down"
    INTERNAL = "internal"


ALL_CODES: tuple[str, ...] = (*_CODES.values(), *RefusalCode, *BoundCode)


@contextlib.contextmanager
def refusing_what_fails(fields: Callable[[], Mapping[str, object]]) -> Iterator[None]:
    """Turn every failure that is not the connection's into a refusal.

    Parameters
    ----------
    fields : callable
        Returns what the log says of the upload.
    """
    try:
        yield
    except (ConnectionFailed, Refused):
        raise
    except (NothingFound, Damaged, UnusableImage) as error:
        raise Refused(error.message, code=_CODES[type(error)], hint=error.hint) from error
    except (OSError, LocalFileError, CatalogFailed) as error:
        log.fault("storage_failed", error, **fields())
        raise Refused(
            "the server's storage failed, nothing was kept",
            code=RefusalCode.STORAGE,
            retry_after=_RETRY_STORAGE,
        ) from error
    except Exception as error:
        log.fault("upload_failed", error, **fields())
        raise Refused(
            "the server failed, nothing was kept; its log says why", code=RefusalCode.INTERNAL
        ) from error


def as_message(refusal: Refused) -> Refusal:
    """Return a refusal as the client gets it."""
    return Refusal(refusal.code, refusal.message[:_MAX_SENTENCE], refusal.retry_after)
