"""The unit files: sound, hardened, and true to the daemon's own defaults."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

from underpaint_server.endpoint import DEFAULT_PORT
from underpaint_server.limits import Limits

FOLDER = Path(__file__).resolve().parents[2] / "config" / "systemd"
SERVICE = FOLDER / "underpaintd.service"
ANALYZE = shutil.which("systemd-analyze")
WORST_SCORE = 1.5  # 1.1 with systemd 252; later versions look at more

needs_systemd = pytest.mark.skipif(ANALYZE is None, reason="systemd-analyze is not installed")


def settings(path: Path) -> dict[str, list[str]]:
    """Return the settings of a unit file; one may stand there several times."""
    found: dict[str, list[str]] = {}
    for line in path.read_text().splitlines():
        if "=" in line and not line.startswith("#"):
            name, _, value = line.partition("=")
            found.setdefault(name, []).append(value)
    return found


def analyze(*words: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run([str(ANALYZE), *words], capture_output=True, text=True)


@needs_systemd
@pytest.mark.parametrize("name", ["underpaintd.service", "underpaintd.socket"])
def test_the_units_have_no_mistakes(tmp_path: Path, name: str) -> None:
    # A unit's command must exist, and one that is installed for real is none of our business.
    for unit in ("underpaintd.service", "underpaintd.socket"):
        text = (FOLDER / unit).read_text()
        assert "/usr/local/bin/underpaintd" in text or unit.endswith(".socket")
        text = text.replace("/usr/local/bin/underpaintd", sys.executable)
        (tmp_path / unit).write_text(text)
    done = analyze("verify", "--man=no", "--recursive-errors=no", str(tmp_path / name))
    complaints = [line for line in done.stderr.splitlines() if "underpaintd" in line]
    assert complaints == []


@needs_systemd
def test_the_service_is_as_hardened_as_it_is_meant_to_be() -> None:
    done = analyze("security", "--offline=true", "--json=short", str(SERVICE))
    if done.returncode and "offline" in done.stderr:
        pytest.skip("this systemd-analyze cannot look at a unit offline (it is before 250)")
    rows = json.loads(done.stdout)
    exposed = {row["json_field"] for row in rows if float(row["exposure"] or 0) > 0.2}
    assert exposed == {"PrivateNetwork", "RestrictAddressFamilies_AF_INET_INET6"}
    threshold = f"--threshold={WORST_SCORE * 10:.0f}"
    verdict = analyze("security", "--offline=true", threshold, str(SERVICE))
    assert verdict.returncode == 0, verdict.stdout[-200:]


def test_the_limit_of_open_files_holds_the_default_connections() -> None:
    limits = Limits()
    (allowed,) = settings(SERVICE)["LimitNOFILE"]
    assert int(allowed) >= 2 * limits.connections + limits.half_open + 64


def test_uploads_in_progress_may_finish_before_systemd_kills() -> None:
    (seconds,) = settings(SERVICE)["TimeoutStopSec"]
    assert int(seconds.removesuffix("s")) > Limits().shutdown_timeout + Limits().hook_timeout


def test_the_socket_is_the_default_port() -> None:
    assert settings(FOLDER / "underpaintd.socket")["ListenStream"] == [str(DEFAULT_PORT)]


@pytest.mark.skipif(os.geteuid() != 0, reason="systemd's tools make users and folders as root only")
@pytest.mark.skipif(
    not (shutil.which("systemd-sysusers") and shutil.which("systemd-tmpfiles")),
    reason="systemd-sysusers and systemd-tmpfiles are not installed",
)
def test_user_and_folder_are_made(tmp_path: Path) -> None:
    root = tmp_path / "root"
    (root / "etc").mkdir(parents=True)
    subprocess.run(
        ["systemd-sysusers", f"--root={root}", str(FOLDER / "underpaintd.sysusers")], check=True
    )
    (line,) = re.findall(r"^underpaint:.*$", (root / "etc" / "passwd").read_text(), re.MULTILINE)
    assert line.split(":")[5:] == ["/var/lib/underpaint", "/usr/sbin/nologin"]
    subprocess.run(
        ["systemd-tmpfiles", "--create", f"--root={root}", str(FOLDER / "underpaintd.tmpfiles")],
        check=True,
    )
    status = (root / "var/lib/underpaint").stat()
    assert (status.st_mode & 0o777, status.st_uid) == (0o700, int(line.split(":")[2]))
