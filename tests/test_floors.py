"""Imports run downward only, from room to room; test files mirror modules."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

PROJECT = Path(__file__).resolve().parent.parent
PACKAGES = {
    "underpaint_common": PROJECT / "common",
    "underpaint_client": PROJECT / "client",
    "underpaint_server": PROJECT / "server",
}
COMMON = "underpaint_common."
FLOORS: dict[str, set[str]] = {
    COMMON + "wire": {"crypto", "errors", "hosts"},
    COMMON + "hosts": set(),
    COMMON + "path_type": set(),
    COMMON + "payload": {"pictures", "stego", "crypto", "errors"},
    COMMON + "pictures": {"stego", "errors", "files"},
    COMMON + "stego": set(),
    COMMON + "crypto": {"errors", "files"},
    COMMON + "files": {"errors"},
    COMMON + "terminal": {"errors", "interrupts", "json_output", "standard_streams"},
    COMMON + "json_output": {"errors"},
    COMMON + "entrance": {"terminal", "interrupts", "json_output", "errors"},
    COMMON + "settings": {"errors", "units", "yaml_numbers"},
}
STEGO_LIBRARIES = {"numpy", "numba", "underpaint_common"}
NO_SOCKETS = {"socket", "asyncio", "uvloop", "ssl", "selectors"}
SIZE_LIMIT = 250
STANDARD = set(__import__("sys").stdlib_module_names)


def modules() -> dict[str, Path]:
    """Return every module of the three packages by its dotted name."""
    found = {}
    for package, folder in PACKAGES.items():
        for path in sorted((folder / package).rglob("*.py")):
            parts = path.relative_to(folder).with_suffix("").parts
            found[".".join(part for part in parts if part != "__init__")] = path
    return found


MODULES = modules()


def imports(path: Path) -> Iterator[str]:
    """Yield the dotted names that a module imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text())):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: relative import"
            yield node.module or ""
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def test_all_modules_are_seen():
    assert len(MODULES) > 40
    assert set(PACKAGES) <= set(MODULES)


@pytest.mark.parametrize("name", MODULES)
def test_no_package_imports_what_lies_above_or_beside(name):
    ours = name.split(".")[0]
    for imported in imports(MODULES[name]):
        package = imported.split(".")[0]
        assert package not in PACKAGES or package in {ours, "underpaint_common"}, imported


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(COMMON)])
def test_rooms_of_common_import_only_rooms_below(name):
    room = name.split(".")[1]
    allowed = FLOORS.get(COMMON + room, set())
    for imported in imports(MODULES[name]):
        parts = imported.split(".")
        if parts[0] == "underpaint_common" and len(parts) > 1:
            assert parts[1] in allowed | {room, "version"}, f"{name} imports {imported}"


@pytest.mark.parametrize(("room", "floors"), FLOORS.items())
def test_no_room_is_open_for_nothing(room, floors):
    used = {
        imported for name in MODULES if name.startswith(room) for imported in imports(MODULES[name])
    }
    assert floors <= {imported.split(".")[1] for imported in used if imported.startswith(COMMON)}


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(COMMON + "stego")])
def test_the_core_needs_numpy_and_nothing_else(name):
    for imported in imports(MODULES[name]):
        assert imported.split(".")[0] in STEGO_LIBRARIES | STANDARD, imported


@pytest.mark.parametrize("name", [name for name in MODULES if name.startswith(COMMON)])
def test_common_opens_no_socket(name):
    assert not {imported.split(".")[0] for imported in imports(MODULES[name])} & NO_SOCKETS


@pytest.mark.parametrize("name", MODULES)
def test_modules_can_be_held_in_the_head(name):
    lines = MODULES[name].read_text().count("\n")
    assert lines <= SIZE_LIMIT, f"{lines} lines"
