"""The JSON that both commands print: one object on one line, whatever stands in its texts."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Any

from underpaint_common.errors import ExitCode


def as_json(value: Any) -> str:
    """Return what `--json` prints of a value.

    Letters stay as they are. What could move a terminal's cursor, and the bytes of a file name
    that are no text, are escaped: Python's `json` reads such a name back as `os` knows it.
    """
    text = json.dumps(value, ensure_ascii=False)
    return text if text.isprintable() else "".join(map(_escaped, text))


def error_as_json(code: ExitCode, message: str, hint: str | None) -> str:
    """Return the error object that `--json` promises."""
    return as_json(
        {
            "error": code.name.lower(),
            "exit_code": int(code),
            "message": message,
            "hint": hint,
        }
    )


def wants_json(arguments: Sequence[str]) -> bool:
    """Tell whether a command line asks for JSON, even one that is wrong elsewhere."""
    for argument in arguments:
        if argument == "--":
            return False
        if argument == "--json":
            return True
    return False


def _escaped(character: str) -> str:
    return character if character.isprintable() else json.dumps(character)[1:-1]
