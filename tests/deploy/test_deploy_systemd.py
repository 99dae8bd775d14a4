"""The systemd units: systemd itself can read them, and they leave the services little to touch."""

import configparser
import shutil
import subprocess
from pathlib import Path

import pytest

from foureyes.cli.verbs import VERBS
from foureyes.settings import load_settings

FOLDER = Path(__file__).parents[2] / "deploy/systemd"
UNITS = sorted(FOLDER.iterdir())
HAS_SYSTEMD = pytest.mark.skipif(shutil.which("systemd-analyze") is None, reason="systemd-analyze is not installed")


def read(path: Path) -> configparser.SectionProxy:
    unit = configparser.RawConfigParser(strict=True, delimiters=("=",))
    unit.optionxform = str  # type: ignore[assignment,method-assign]
    unit.read_string(path.read_text())
    return unit["Service"]


def test_there_is_a_unit_for_each_way_to_run() -> None:
    started = {path.name: read(path)["ExecStart"].split()[1] for path in UNITS}
    assert started == {
        "foureyes-api@.service": "api",
        "foureyes-migrate.service": "migrate",
        "foureyes-worker@.service": "worker",
        "foureyes.service": "serve",
    }
    assert set(started.values()) <= VERBS.keys()


@HAS_SYSTEMD
def test_systemd_can_read_them(tmp_path: Path) -> None:
    for path in UNITS:
        (tmp_path / path.name).write_text(path.read_text().replace("/opt/foureyes/bin/foureyes", "/bin/true"))
    copies = [str(path) for path in sorted(tmp_path.iterdir())]
    done = subprocess.run(["systemd-analyze", "verify", *copies], capture_output=True, text=True, check=False)
    ours = [line for line in done.stderr.splitlines() if "foureyes" in line]
    assert ours == []


@HAS_SYSTEMD
@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_systemd_finds_little_that_they_could_harm(path: Path) -> None:
    # 10 is a service that may do everything, 0 one that may do nothing; namespaces for the sandbox cost 0.7.
    command = ["systemd-analyze", "security", "--offline=yes", "--threshold=30", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stdout[-300:]


@pytest.mark.parametrize("path", UNITS, ids=lambda path: path.name)
def test_a_service_runs_as_its_own_user_in_its_own_folder(path: Path) -> None:
    service = read(path)
    assert (service["User"], service["StateDirectory"], service["ProtectSystem"]) == ("foureyes", "foureyes", "strict")
    assert "RestrictNamespaces" not in service, "bubblewrap needs them"


@pytest.mark.parametrize("path", [path for path in UNITS if "migrate" not in path.name], ids=lambda path: path.name)
def test_a_service_is_given_time_to_drain_and_is_not_restarted_on_wrong_use(path: Path) -> None:
    service = read(path)
    assert int(service["TimeoutStopSec"]) > load_settings({}).grace.total_seconds()
    assert (service["Restart"], service["RestartPreventExitStatus"]) == ("on-failure", "2")
