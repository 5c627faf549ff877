"""Draw a session's states from its transition table into docs/protocol.md; `--check` compares."""

import pathlib
import sys

from underpaint_common.wire.states import TRANSITIONS, State

PAGE = pathlib.Path(__file__).resolve().parent.parent / "docs" / "protocol.md"
BEGIN = "<!-- state diagram: made by tools/state_diagram.py -->\n"
END = "<!-- end of state diagram -->\n"


def diagram() -> str:
    """Return the Mermaid diagram of all transitions."""
    lines = ["```mermaid", "stateDiagram-v2", "    [*] --> NEW"]
    for state, row in TRANSITIONS.items():
        lines += [f"    {state.name} --> {after.name}: {step.value}" for step, after in row.items()]
    ends = [state for state, row in TRANSITIONS.items() if not row and state is not State.FAILED]
    lines += [f"    {state.name} --> [*]" for state in ends]
    return "\n".join([*lines, "```", ""])


def drawn(page: str) -> str:
    """Return a page with the diagram between its two marks."""
    before, found, rest = page.partition(BEGIN)
    _, found_end, after = rest.partition(END)
    if not (found and found_end):
        raise SystemExit(f"{PAGE} has no place for the state diagram")
    return before + BEGIN + diagram() + END + after


def main() -> None:
    """Write the page, or fail where it does not show the table."""
    page = PAGE.read_text()
    if "--check" not in sys.argv[1:]:
        PAGE.write_text(drawn(page))
    elif drawn(page) != page:
        raise SystemExit(f"{PAGE} does not show the transition table: run tools/state_diagram.py")


if __name__ == "__main__":
    main()
