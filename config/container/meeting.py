"""How the demo's nodes leave word for each other and for the desk: files in one shared folder.

::

    /exchange/NAME/introduction.json    where NAME's daemon is, and NAME's public key
    /exchange/NAME/allows-PEER          PEER's public key, once NAME's daemon takes images from it
    /exchange/NAME/sent/K/              cover, secret, stego image and receipt of NAME's K-th push
    /exchange/NAME/verified.json        what NAME found of its peer's images

Between machines that do not share a folder, the same lines travel by whatever means people have:
`underpaintd address`, `underpaint keygen` and `underpaintd allow` print and take them.
"""

import json
import pathlib
import time
from typing import Any

from underpaint_common.files import write_atomically

EXCHANGE = pathlib.Path("/exchange")
POLL_SECONDS = 0.2


def leave(path: pathlib.Path, content: object) -> None:
    """Leave a file for the others, whole or not at all."""
    path.parent.mkdir(parents=True, exist_ok=True)
    write_atomically(path, [json.dumps(content).encode()], overwrite=True)


def found(path: pathlib.Path) -> Any:
    """Return what somebody left, or None."""
    return json.loads(path.read_bytes()) if path.exists() else None


def wait_for(path: pathlib.Path, wanted: object = None) -> Any:
    """Wait until a file is there, and holds what is wanted; return its content."""
    while True:
        content = found(path)
        if content is not None and wanted in (None, content):
            return content
        time.sleep(POLL_SECONDS)
