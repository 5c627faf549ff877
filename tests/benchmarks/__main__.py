"""`make bench`: every table in turn; nothing here passes or fails."""

from __future__ import annotations

from tests.benchmarks import adaptive, channel, core, detectors, linear, peers

if __name__ == "__main__":
    core.main()
    adaptive.main()
    channel.main()
    detectors.main()
    linear.main()
    peers.main()
