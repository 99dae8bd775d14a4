"""The manifests of Kubernetes: its own schema, restricted pods, probes, and references that lead somewhere."""

import json
import re
import shutil
import subprocess
from pathlib import Path
from typing import Any

import jsonschema
import pytest
import yaml

from foureyes.cli.verbs import VERBS
from foureyes.settings import Settings, load_settings, variables

TOP = Path(__file__).parents[2]
FOLDER = TOP / "deploy/kubernetes"
SCHEMA: dict[str, Any] = json.loads((TOP / "tests/data/deploy/kubernetes.json").read_text())
Manifest = dict[str, Any]


def read() -> list[Manifest]:
    names = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    return [one for name in names for one in yaml.safe_load_all((FOLDER / name).read_text())]


MANIFESTS = read()
PODS = {one["metadata"]["name"]: one for one in MANIFESTS if one["kind"] in ("Deployment", "Job")}


def named(kind: str, name: str) -> Manifest:
    [found] = [one for one in MANIFESTS if (one["kind"], one["metadata"]["name"]) == (kind, name)]
    return found


def container(name: str) -> Manifest:
    [found] = PODS[name]["spec"]["template"]["spec"]["containers"]
    return dict(found)


def problem(manifest: Manifest) -> str:
    kind = SCHEMA["kinds"][f"{manifest['apiVersion']}/{manifest['kind']}"]
    schema = {"$ref": f"#/definitions/{kind}", "definitions": SCHEMA["definitions"]}
    errors = jsonschema.Draft7Validator(schema).iter_errors(manifest)
    return "; ".join(error.message for error in errors)


@pytest.mark.parametrize("manifest", MANIFESTS, ids=lambda one: f"{one['kind']}-{one['metadata']['name']}")
def test_a_manifest_fits_the_schema_of_kubernetes(manifest: Manifest) -> None:
    assert problem(manifest) == ""


def test_the_schema_would_find_a_mistake() -> None:
    broken = json.loads(json.dumps(PODS["api"]))
    broken["spec"]["template"]["spec"]["containers"][0]["livenesProbe"] = {}
    assert "livenesProbe" in problem(broken)


def test_every_file_is_listed() -> None:
    listed = yaml.safe_load((FOLDER / "kustomization.yaml").read_text())["resources"]
    assert sorted([*listed, "kustomization.yaml"]) == sorted(path.name for path in FOLDER.iterdir())


@pytest.mark.skipif(shutil.which("kubectl") is None, reason="kubectl is not installed")
def test_kustomize_puts_them_together() -> None:
    done = subprocess.run(["kubectl", "kustomize", str(FOLDER)], capture_output=True, text=True, check=True)
    built = list(yaml.safe_load_all(done.stdout))
    assert len(built) == len(MANIFESTS)
    pods = [one["spec"]["template"]["metadata"]["labels"] for one in built if "template" in one.get("spec", {})]
    chosen = named("NetworkPolicy", "foureyes")["spec"]["podSelector"]["matchLabels"]
    assert all(chosen.items() <= labels.items() for labels in pods)


@pytest.mark.parametrize("name", PODS)
def test_a_pod_is_restricted(name: str) -> None:
    pod, one = PODS[name]["spec"]["template"]["spec"], container(name)
    assert pod["securityContext"]["runAsNonRoot"] is True
    assert pod["securityContext"]["seccompProfile"]["type"] == "RuntimeDefault"
    assert pod["automountServiceAccountToken"] is False
    assert one["securityContext"] == {
        "allowPrivilegeEscalation": False,
        "readOnlyRootFilesystem": True,
        "capabilities": {"drop": ["ALL"]},
    }


@pytest.mark.parametrize("name", PODS)
def test_a_pod_says_what_it_needs_and_what_it_may_have(name: str) -> None:
    resources = container(name)["resources"]
    assert {"cpu", "memory"} <= resources["requests"].keys()
    assert "memory" in resources["limits"]


@pytest.mark.parametrize("name", PODS)
def test_a_pod_runs_a_verb_that_there_is(name: str) -> None:
    assert container(name)["args"][0] in VERBS


@pytest.mark.parametrize("name", ["api", "worker"])
def test_liveness_asks_the_process_and_readiness_what_it_stands_on(name: str) -> None:
    probes = container(name)
    assert probes["livenessProbe"]["httpGet"]["path"] == "/healthz"
    assert probes["startupProbe"]["httpGet"]["path"] == "/healthz"
    assert probes["readinessProbe"]["httpGet"]["path"] == "/readyz"
    ports = {port["name"] for port in probes["ports"]}
    assert {probes[probe]["httpGet"]["port"] for probe in ("livenessProbe", "readinessProbe", "startupProbe")} <= ports


@pytest.mark.parametrize("name", ["api", "worker"])
def test_what_selects_pods_selects_these(name: str) -> None:
    labels = PODS[name]["spec"]["template"]["metadata"]["labels"]
    assert PODS[name]["spec"]["selector"]["matchLabels"].items() <= labels.items()
    assert named("PodDisruptionBudget", name)["spec"]["selector"]["matchLabels"].items() <= labels.items()


def test_the_way_in_leads_to_the_api() -> None:
    service = named("Service", "api")
    assert service["spec"]["selector"].items() <= PODS["api"]["spec"]["template"]["metadata"]["labels"].items()
    paths = named("Ingress", "foureyes")["spec"]["rules"][0]["http"]["paths"]
    assert {path["path"]: path["backend"]["service"]["name"] for path in paths} == {"/": "api"}


def test_workers_have_longer_to_end_than_they_ask_for() -> None:
    grace = load_settings(named("ConfigMap", "foureyes")["data"]).grace.total_seconds()
    assert PODS["worker"]["spec"]["template"]["spec"]["terminationGracePeriodSeconds"] > grace


def test_every_variable_is_a_setting() -> None:
    known = {variable for name in Settings.model_fields for variable in variables(name)}
    used = {name for path in FOLDER.iterdir() for name in re.findall(r"\bFOUREYES_[A-Z_]+", path.read_text())}
    assert len(used) > 5
    assert used <= known


def test_no_secret_stands_in_a_file() -> None:
    assert [one for one in MANIFESTS if one["kind"] == "Secret"] == []
