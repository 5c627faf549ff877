"""docs/protocol.md names every reason for which the daemon refuses an upload."""

from __future__ import annotations

import ast
from pathlib import Path

PROJECT = Path(__file__).resolve().parent.parent.parent
PAGE = (PROJECT / "docs" / "protocol.md").read_text()


def codes() -> set[str]:
    """Return the texts of all classes of the server whose name ends in Code."""
    return {
        value.value
        for path in (PROJECT / "server" / "underpaint_server").glob("*.py")
        for node in ast.walk(ast.parse(path.read_text()))
        if isinstance(node, ast.ClassDef) and node.name.endswith("Code")
        for statement in node.body
        if isinstance(statement, ast.Assign)
        for value in [statement.value]
        if isinstance(value, ast.Constant) and isinstance(value.value, str)
    }


def test_every_code_is_explained() -> None:
    found = codes() | {"nothing_found", "damaged", "unusable_image"}
    assert len(found) > 5
    rows = [line.split("|")[1] for line in PAGE.splitlines() if line.startswith("| `")]
    explained = {code for cell in rows for code in found if f"`{code}`" in cell}
    assert explained == found
