"""The image and the compose file: linted, hardened, and set with variables that there are."""

import json
import re
import stat
import subprocess
import sysconfig
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from foureyes.cli.verbs import VERBS
from foureyes.settings import Settings, load_settings, variables

TOP = Path(__file__).parents[2]
DEPLOY = TOP / "deploy"
SCRIPTS = Path(sysconfig.get_path("scripts"))
DOCKERFILE = (DEPLOY / "Dockerfile").read_text()
COMPOSE: dict[str, Any] = yaml.safe_load((DEPLOY / "compose.yaml").read_text())
SERVICES: dict[str, Any] = COMPOSE["services"]
OURS = ("migrate", "api", "worker")
KNOWN = {variable for name in Settings.model_fields for variable in variables(name)}
SCHEMAS = TOP / "tests/data/deploy"


def ran(*arguments: str | Path) -> subprocess.CompletedProcess[str]:
    return subprocess.run(arguments, capture_output=True, text=True, check=False)


def secrets() -> dict[str, str]:
    """The variables of a new deployment, as the script prints them."""
    printed = ran("sh", DEPLOY / "new_secrets.sh").stdout
    return dict(line.split("=", 1) for line in printed.splitlines() if "=" in line and not line.startswith("#"))


def test_hadolint_has_nothing_to_say_about_the_dockerfile() -> None:
    done = ran(SCRIPTS / "hadolint", "--no-color", DEPLOY / "Dockerfile")
    assert (done.returncode, done.stdout) == (0, "")


def test_the_scripts_are_fit_for_any_shell() -> None:
    done = ran(SCRIPTS / "shellcheck", "--norc", *sorted(DEPLOY.glob("*.sh")))
    assert (done.returncode, done.stdout) == (0, "")


def test_yamllint_has_nothing_to_say_about_the_yaml() -> None:
    rules = "{extends: default, rules: {line-length: {max: 140}, document-start: disable, indentation: disable}}"
    done = ran(SCRIPTS / "yamllint", "--strict", "--config-data", rules, DEPLOY)
    assert (done.returncode, done.stdout) == (0, "")


def test_the_image_runs_as_nobody_in_particular() -> None:
    assert re.findall(r"^USER (.*)", DOCKERFILE, re.MULTILINE) == ["10001:10001"]


def test_the_image_is_asked_how_it_is() -> None:
    assert "HEALTHCHECK" in DOCKERFILE
    assert "/healthz" in DOCKERFILE


def test_every_folder_that_the_image_copies_is_there_and_let_through() -> None:
    let_through = (DEPLOY / "Dockerfile.dockerignore").read_text().splitlines()
    copied = re.findall(r"^COPY (?!--from)(.*) \S+$", DOCKERFILE, re.MULTILINE)
    names = {name for line in copied for name in line.split()}
    assert names >= {"src", "requirements", "pyproject.toml"}
    assert all((TOP / name).exists() and f"!{name}" in let_through for name in names)


def test_the_image_installs_by_hash_and_downloads_no_unchecked_build_tool() -> None:
    script = (DEPLOY / "install.sh").read_text()
    installs = [line for line in script.splitlines() if re.match(r"\s+install ", line)]
    assert len(installs) == 3
    assert all("--require-hashes" in line or "--no-index" in line for line in installs)
    assert "--no-build-isolation" in script


def test_the_compose_file_fits_its_specification() -> None:
    jsonschema.validate(COMPOSE, json.loads((SCHEMAS / "compose.json").read_text()))


def test_the_specification_would_find_a_mistake() -> None:
    broken = {"services": {"api": {"image": "x", "helthcheck": {}}}}
    with pytest.raises(jsonschema.ValidationError, match="helthcheck"):
        jsonschema.validate(broken, json.loads((SCHEMAS / "compose.json").read_text()))


def test_two_of_each_run_on_postgresql_and_redis() -> None:
    assert {name: SERVICES[name]["deploy"]["replicas"] for name in ("api", "worker")} == {"api": 2, "worker": 2}
    assert SERVICES["postgres"]["image"].startswith("postgres:17")
    assert "--appendonly yes" in SERVICES["redis"]["command"][-1]


@pytest.mark.parametrize("name", OURS)
def test_each_part_of_ours_runs_a_verb_that_there_is(name: str) -> None:
    assert SERVICES[name]["command"][0] in VERBS


@pytest.mark.parametrize("name", OURS)
def test_each_part_of_ours_has_no_right_that_it_does_not_need(name: str) -> None:
    service = SERVICES[name]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]


def test_nothing_starts_before_the_tables_are_there() -> None:
    assert SERVICES["migrate"]["depends_on"]["postgres"]["condition"] == "service_healthy"
    for name in ("api", "worker"):
        assert SERVICES[name]["depends_on"]["migrate"]["condition"] == "service_completed_successfully"


@pytest.mark.parametrize("name", ["postgres", "redis", "proxy"])
def test_the_others_are_asked_how_they_are(name: str) -> None:
    assert SERVICES[name]["healthcheck"]["test"]


def test_only_the_proxy_can_be_reached_and_from_this_machine_alone() -> None:
    assert {name for name, service in SERVICES.items() if "ports" in service} == {"proxy"}
    assert SERVICES["proxy"]["ports"] == ["127.0.0.1:8000:8000"]


def test_workers_are_given_longer_than_they_ask_for() -> None:
    grace = load_settings({}).grace.total_seconds()
    assert int(SERVICES["worker"]["stop_grace_period"].rstrip("s")) > grace
    assert int(SERVICES["api"]["stop_grace_period"].rstrip("s")) > grace


def test_every_variable_of_ours_is_a_setting() -> None:
    texts = (DOCKERFILE, (DEPLOY / "compose.yaml").read_text(), (DEPLOY / "new_secrets.sh").read_text())
    used = {name for text in texts for name in re.findall(r"^\s*#?(?:ENV )?(FOUREYES_[A-Z_]+)[=:]", text, re.MULTILINE)}
    assert len(used) > 8
    assert used <= KNOWN


def test_no_secret_stands_in_a_file() -> None:
    assert all(service["env_file"] == "foureyes.env" for name, service in SERVICES.items() if name != "proxy")
    assert "foureyes.env" in (DEPLOY / ".gitignore").read_text().split()


def test_new_secrets_are_a_working_environment_each_time_another() -> None:
    first, second = secrets(), secrets()
    settings = load_settings(first)
    assert settings.database_url is not None
    assert settings.redis_url is not None
    assert first["POSTGRES_PASSWORD"] in settings.database_url.get_secret_value()
    assert first["REDIS_PASSWORD"] in settings.redis_url.get_secret_value()
    own = [name for name in first if name.endswith(("PASSWORD", "SECRET_KEY"))]
    assert len(own) == 3
    assert all(first[name] != second[name] and len(first[name]) == 64 for name in own)


def test_scripts_need_no_right_to_be_run() -> None:
    assert all(not path.stat().st_mode & stat.S_IXUSR for path in DEPLOY.glob("*.sh"))
