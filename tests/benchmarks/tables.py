"""Results as Markdown, on the screen and in a folder that git ignores."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

RESULTS = Path(__file__).resolve().parent.parent.parent / "bench-results"


def markdown(title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Return a titled table."""
    lines = [f"## {title}", "", _row(columns), _row(["---"] * len(columns))]
    return "\n".join([*lines, *map(_row, rows), ""])


def publish(name: str, text: str) -> None:
    """Print a table and keep it as ``bench-results/NAME.md``."""
    RESULTS.mkdir(exist_ok=True)
    (RESULTS / f"{name}.md").write_text(text)
    print(text, flush=True)


def _row(cells: Sequence[str]) -> str:
    return "| " + " | ".join(cells) + " |"
