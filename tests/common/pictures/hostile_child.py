"""Run in a child with little memory: read the files named on stdin, one a line.

Prints, for each, a line of JSON when it begins and one when it ends, so that the parent knows
which file a crash or a hang belongs to.
"""

from __future__ import annotations

import json
import resource
import sys
import time
from pathlib import Path

from underpaint_common.errors import UnderpaintError
from underpaint_common.pictures import encode, read_picture

ADDRESS_SPACE = 1 << 30


def main() -> None:
    """Answer for every file: what was read, or which error of ours was raised."""
    resource.setrlimit(resource.RLIMIT_AS, (ADDRESS_SPACE, ADDRESS_SPACE))
    for line in sys.stdin:
        name = line.rstrip("\n")
        print(json.dumps({"begun": name}), flush=True)
        begun = time.process_time()
        try:
            picture = read_picture(Path(name), keep_metadata=True)
            if picture.channels != 4:
                for _ in encode(picture):
                    pass
            answer = "read"
        except UnderpaintError as error:
            answer = type(error).__name__
        seconds = time.process_time() - begun
        print(json.dumps({"name": name, "answer": answer, "seconds": seconds}), flush=True)


if __name__ == "__main__":
    main()
