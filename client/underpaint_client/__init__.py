"""Hide an image in another image, find it again, or push it to a server.

`hide` and `reveal` work on files, on arrays and on Pillow images; `Client` pushes. The
names are imported when they are first used, so that the command line starts quickly.
"""

from __future__ import annotations

import importlib
from typing import TYPE_CHECKING, Any

from underpaint_common.version import __version__ as __version__

if TYPE_CHECKING:
    from underpaint_client.api import hide as hide
    from underpaint_client.api import reveal as reveal
    from underpaint_client.client import Client as Client
    from underpaint_client.receipts import PushReceipt as PushReceipt
    from underpaint_client.receipts import StageSeconds as StageSeconds
    from underpaint_client.results import HiddenImage as HiddenImage
    from underpaint_client.results import RevealedSecret as RevealedSecret

_HOMES = {
    "HiddenImage": "results",
    "RevealedSecret": "results",
    "hide": "api",
    "reveal": "api",
    "Client": "client",
    "PushReceipt": "receipts",
    "StageSeconds": "receipts",
}
__all__ = [
    "Client",
    "HiddenImage",
    "PushReceipt",
    "RevealedSecret",
    "StageSeconds",
    "__version__",
    "hide",
    "reveal",
]


def __getattr__(name: str) -> Any:
    if name not in _HOMES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(importlib.import_module(f"underpaint_client.{_HOMES[name]}"), name)
