"""Hide an image in another image, find it again, or push it to a server.

`hide` and `reveal` work on files, on arrays and on Pillow images; `Client` (asyncio) and
`BlockingClient` push. The names are imported when they are first used, so that the command line
starts quickly.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from underpaint_common.version import __version__ as __version__

if TYPE_CHECKING:
    from underpaint_client.api import hide as hide
    from underpaint_client.api import reveal as reveal
    from underpaint_client.blocking import BlockingClient as BlockingClient
    from underpaint_client.client import Client as Client
    from underpaint_client.prepare import Prepared as Prepared
    from underpaint_client.progress import ProgressEvent as ProgressEvent
    from underpaint_client.progress import Stage as Stage
    from underpaint_client.receipts import PushReceipt as PushReceipt
    from underpaint_client.receipts import StageSeconds as StageSeconds
    from underpaint_client.remotes import Remotes as Remotes
    from underpaint_client.results import HiddenImage as HiddenImage
    from underpaint_client.results import RevealedSecret as RevealedSecret
    from underpaint_common.crypto.identity import Identity as Identity
    from underpaint_common.errors import ConnectionFailed as ConnectionFailed
    from underpaint_common.errors import Damaged as Damaged
    from underpaint_common.errors import DoesNotFit as DoesNotFit
    from underpaint_common.errors import HandshakeFailed as HandshakeFailed
    from underpaint_common.errors import LocalFileError as LocalFileError
    from underpaint_common.errors import NothingFound as NothingFound
    from underpaint_common.errors import ProtocolError as ProtocolError
    from underpaint_common.errors import Refused as Refused
    from underpaint_common.errors import Unanswered as Unanswered
    from underpaint_common.errors import UnderpaintError as UnderpaintError
    from underpaint_common.errors import UnusableImage as UnusableImage
    from underpaint_common.errors import UsageError as UsageError
    from underpaint_common.errors import VersionMismatch as VersionMismatch
    from underpaint_common.payload import HideReport as HideReport
    from underpaint_common.pictures import Limits as Limits
    from underpaint_common.wire import Address as Address

_HOMES = {
    "hide": "underpaint_client.api",
    "reveal": "underpaint_client.api",
    "BlockingClient": "underpaint_client.blocking",
    "Client": "underpaint_client.client",
    "Prepared": "underpaint_client.prepare",
    "ProgressEvent": "underpaint_client.progress",
    "Stage": "underpaint_client.progress",
    "PushReceipt": "underpaint_client.receipts",
    "StageSeconds": "underpaint_client.receipts",
    "Remotes": "underpaint_client.remotes",
    "HiddenImage": "underpaint_client.results",
    "RevealedSecret": "underpaint_client.results",
    "Identity": "underpaint_common.crypto.identity",
    "ConnectionFailed": "underpaint_common.errors",
    "Damaged": "underpaint_common.errors",
    "DoesNotFit": "underpaint_common.errors",
    "HandshakeFailed": "underpaint_common.errors",
    "LocalFileError": "underpaint_common.errors",
    "NothingFound": "underpaint_common.errors",
    "ProtocolError": "underpaint_common.errors",
    "Refused": "underpaint_common.errors",
    "Unanswered": "underpaint_common.errors",
    "UnderpaintError": "underpaint_common.errors",
    "UnusableImage": "underpaint_common.errors",
    "UsageError": "underpaint_common.errors",
    "VersionMismatch": "underpaint_common.errors",
    "HideReport": "underpaint_common.payload",
    "Limits": "underpaint_common.pictures",
    "Address": "underpaint_common.wire",
}
__all__ = [
    "Address",
    "BlockingClient",
    "Client",
    "ConnectionFailed",
    "Damaged",
    "DoesNotFit",
    "HandshakeFailed",
    "HiddenImage",
    "HideReport",
    "Identity",
    "Limits",
    "LocalFileError",
    "NothingFound",
    "Prepared",
    "ProgressEvent",
    "ProtocolError",
    "PushReceipt",
    "Refused",
    "Remotes",
    "RevealedSecret",
    "Stage",
    "StageSeconds",
    "Unanswered",
    "UnderpaintError",
    "UnusableImage",
    "UsageError",
    "VersionMismatch",
    "__version__",
    "hide",
    "reveal",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(_HOMES[name]), name)
