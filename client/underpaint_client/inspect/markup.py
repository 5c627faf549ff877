"""Small pieces of HTML that every section of the report is made of."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from html import escape

from underpaint_client.inspect.drawing import Drawn


def img(drawn: Drawn, words: str, *, when: str = "", kind: str = "") -> str:
    """Return an embedded image; `when` names the picked values under which it is shown.

    `kind` is ``exact``, where its pixels are to be told apart, or ``map``, where it fills its room.
    """
    kind = f' class="{kind}"' if kind else ""
    shown = f' data-when="{when}"' if when else ""
    return (
        f'<img{kind}{shown} src="{drawn.uri}" alt="{escape(words)}" '
        f'width="{drawn.width}" height="{drawn.height}">'
    )


def figure(images: str, caption: str, *, kind: str = "", name: str = "") -> str:
    """Return images under one caption; `kind` is image or cover, where it is one of them."""
    title = f'<b class="{kind}">{escape(name)}</b> ' if name else ""
    return f"<figure>{images}<figcaption>{title}{caption}</figcaption></figure>"


def when(words: str, text: str) -> str:
    """Return a text that is shown under certain picked values."""
    return f'<span data-when="{words}">{text}</span>'


def picker(
    legend: str,
    group: str,
    choices: Sequence[tuple[str, str]],
    *,
    chosen: int = 0,
    when: str = "",
) -> str:
    """Return a choice of one among several, as radio buttons: value and label of each.

    `when` names the picked values under which there is something to choose.
    """
    if len(choices) < 2:
        return "".join(
            f'<input type="radio" hidden checked name="{group}" value="{value}">'
            for value, _ in choices
        )
    labels = "".join(
        f'<label><input type="radio" name="{group}" value="{value}"'
        f"{' checked' if index == chosen else ''}><span>{escape(label)}</span></label>"
        for index, (value, label) in enumerate(choices)
    )
    shown = f' data-when="{when}"' if when else ""
    return f"<fieldset{shown}><legend>{escape(legend)}</legend>{labels}</fieldset>"


def scale(kind: str, low: str, high: str) -> str:
    """Return what the tones of an image mean, from one end to the other."""
    return f'<div class="scale {kind}"><span>{low}</span><i></i><span>{high}</span></div>'


def bar(kind: str, share: float, text: str) -> str:
    """Return a bar with its value; `kind` is image or cover."""
    return (
        f'<div class="bar {kind}"><i style="--share:{max(0.0, min(share, 1.0)):.4f}"></i>'
        f"<span>{text}</span></div>"
    )


def row(header: str, cells: Iterable[str]) -> str:
    """Return a table's row: its header, and cells that are markup already."""
    return f'<tr><th scope="row">{escape(header)}</th>{"".join(cells)}</tr>'


def head(names: Iterable[str]) -> str:
    """Return a table's first row."""
    cells = "".join(f'<th scope="col">{escape(name)}</th>' for name in names)
    return f"<thead><tr>{cells}</tr></thead>"
