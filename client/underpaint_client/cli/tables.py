"""Tables: drawn on a terminal, plain aligned columns where a program reads them."""

from __future__ import annotations

import sys
from collections.abc import Sequence

import click

from underpaint_common.terminal import printable

_GAP = "  "


def print_table(rows: Sequence[Sequence[str]], *, left: frozenset[int] = frozenset({0})) -> None:
    """Print a table on standard output.

    Parameters
    ----------
    rows : sequence of rows
        The first is the header; all are equally long.
    left : frozenset of int
        Columns of text, which begin at the left; the others, numbers, end at the right.
    """
    clean = [[printable(cell.replace("\n", " ")) for cell in row] for row in rows]
    if sys.stdout.isatty():
        _draw(clean, left)
    else:
        click.echo("\n".join(aligned(clean, left=left)))


def aligned(rows: Sequence[Sequence[str]], *, left: frozenset[int] = frozenset({0})) -> list[str]:
    """Return rows as lines of plain text, columns aligned."""
    widths = [max(len(row[column]) for row in rows) for column in range(len(rows[0]))]
    return [
        _GAP.join(
            cell.ljust(width) if column in left else cell.rjust(width)
            for column, (cell, width) in enumerate(zip(row, widths, strict=True))
        ).rstrip()
        for row in rows
    ]


def _draw(rows: Sequence[Sequence[str]], left: frozenset[int]) -> None:
    from rich.box import SIMPLE_HEAD
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    table = Table(box=SIMPLE_HEAD, show_edge=False, pad_edge=False, header_style="bold")
    last = len(rows[0]) - 1
    for column, name in enumerate(rows[0]):
        is_text = column in left
        # A long text at the end, such as an address, stays in one piece for whoever copies it.
        table.add_column(
            Text(name),
            justify="left" if is_text else "right",
            overflow="ignore" if is_text and column == last else "fold",
            no_wrap=is_text and column == last,
        )
    for row in rows[1:]:
        table.add_row(*map(Text, row))
    console = Console()
    if last in left:
        unbound = console.options.update_width(1 << 12)
        needed = table.__rich_measure__(console, unbound).maximum
        console = Console(width=max(console.width, needed))
    console.print(table)
