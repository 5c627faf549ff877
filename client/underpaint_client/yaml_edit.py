"""Changing one value in a YAML text and leaving the rest, comments too, as it is.

The parser says where in the text a value stands; the new one is put there. Whatever comes out
is read again: where it does not say what it should (anchors, several lines, flow style), the
file is written anew from its content, without its comments.
"""

from __future__ import annotations

import copy
from typing import Any

import yaml

Keys = tuple[str, ...]


def with_value(text: str, keys: Keys, value: object) -> str:
    """Return the text with a value set.

    Parameters
    ----------
    text : str
        YAML that holds a mapping, or nothing.
    keys : tuple of str
        The way to the value, from the outermost mapping.
    value : str, number or bool
        The new value.
    """
    content = _content(text)
    wanted = copy.deepcopy(content)
    inner = wanted
    for key in keys[:-1]:
        inner[key] = inner.get(key) or {}
        inner = inner[key]
    inner[keys[-1]] = value
    return _checked(_set(text, keys, value), wanted)


def without_value(text: str, keys: Keys) -> str:
    """Return the text without a value that is in it; a mapping that it leaves empty goes too."""
    wanted = copy.deepcopy(_content(text))
    inner: Any = wanted
    outer = [inner := inner[key] for key in keys[:-1]]
    del ([wanted, *outer][-1])[keys[-1]]
    gone = keys
    for depth in range(len(keys) - 1, 0, -1):
        if not outer[depth - 1]:
            gone = keys[:depth]
            del ([wanted, *outer][depth - 1])[keys[depth - 1]]
    return _checked(_unset(text, gone), wanted)


def _content(text: str) -> dict[str, Any]:
    return yaml.safe_load(text) or {}


def _checked(text: str | None, wanted: dict[str, Any]) -> str:
    try:
        if text is not None and (yaml.safe_load(text) or {}) == wanted:
            return text
    except (yaml.YAMLError, ValueError):
        pass
    return _dumped(wanted) if wanted else ""


def _dumped(value: object) -> str:
    text = yaml.safe_dump(value, sort_keys=False, allow_unicode=True, width=1 << 20)
    if yaml.safe_load(text) == value:
        return text
    # PyYAML writes U+0085 as it is and reads it as a line end.
    return yaml.safe_dump(value, sort_keys=False, allow_unicode=False, width=1 << 20)


def _set(text: str, keys: Keys, value: object) -> str | None:
    node = yaml.compose(text)
    if node is None:
        return _with_newline(text) + _nested(keys, value)
    key_column = 0
    for depth, key in enumerate(keys):
        if _is_empty(node) and depth:
            lines = _nested(keys[depth:], value, indent=key_column + 2).rstrip("\n")
            before = text[: node.start_mark.index].rstrip(" ")
            return f"{before}\n{lines}{text[node.end_mark.index :]}"
        if not isinstance(node, yaml.MappingNode) or not node.value:
            return None
        found = _entry(node, key)
        if found is None:
            column = node.start_mark.column
            at = _line_after(text, _last_line(node))
            lines = _nested(keys[depth:], value, indent=column)
            return _with_newline(text[:at]) + lines + text[at:]
        key_column = found[0].start_mark.column
        node = found[1]
    if not isinstance(node, yaml.ScalarNode):
        return None
    return text[: node.start_mark.index] + _scalar(value) + text[node.end_mark.index :]


def _unset(text: str, keys: Keys) -> str | None:
    node = yaml.compose(text)
    entry = None
    for key in keys:
        entry = _entry(node, key) if isinstance(node, yaml.MappingNode) else None
        if entry is None:
            return None
        node = entry[1]
    if entry is None:
        return None
    first = text.rfind("\n", 0, entry[0].start_mark.index) + 1
    return text[:first] + text[_line_after(text, _last_line(entry[1])) :]


def _entry(mapping: yaml.MappingNode, key: str) -> tuple[yaml.Node, yaml.Node] | None:
    return next((pair for pair in mapping.value if pair[0].value == key), None)


def _is_empty(node: yaml.Node) -> bool:
    """Tell `{}`, or nothing at all, in the place of a mapping."""
    if isinstance(node, yaml.MappingNode):
        return not node.value
    return isinstance(node, yaml.ScalarNode) and node.tag == "tag:yaml.org,2002:null"


def _last_line(node: yaml.Node) -> int:
    """Return the number of the line on which a node's text ends.

    A block mapping ends, for the parser, where the next thing begins: its last value tells.
    """
    while isinstance(node, yaml.CollectionNode) and not node.flow_style and node.value:
        last = node.value[-1]
        node = last[1] if isinstance(node, yaml.MappingNode) else last
    return node.end_mark.line


def _line_after(text: str, line: int) -> int:
    """Return the index at which the line after a numbered one begins."""
    at = 0
    for _ in range(line + 1):
        end = text.find("\n", at)
        if end < 0:
            return len(text)
        at = end + 1
    return at


def _nested(keys: Keys, value: object, indent: int = 0) -> str:
    """Return the lines of a value, and of the mappings around it that are new."""
    for key in reversed(keys):
        value = {key: value}
    return "".join(" " * indent + line for line in _dumped(value).splitlines(keepends=True))


def _scalar(value: object) -> str:
    return _dumped(value).removesuffix("...\n").rstrip("\n")


def _with_newline(text: str) -> str:
    return text if not text or text.endswith("\n") else text + "\n"
