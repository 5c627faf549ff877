"""The image's health check: ask the daemon where its configuration says that it answers."""

import os
import pathlib
import sys
import urllib.request

from underpaint_server.config import load_config

SECONDS = 4


def main() -> None:
    """End with 0 where /healthz answers."""
    endpoint = load_config(pathlib.Path(os.environ["UNDERPAINTD_CONFIG"])).metrics
    if endpoint is None:
        sys.exit("server.yaml has no `metrics:` line, so nothing can be asked")
    host = "[::1]" if endpoint.host == "::" else endpoint.host
    try:
        with urllib.request.urlopen(f"http://{host}:{endpoint.port}/healthz", timeout=SECONDS):
            return
    except OSError as error:
        sys.exit(f"no answer: {error}")


if __name__ == "__main__":
    main()
