"""What docs/deploy holds is true: each command, variable, port, volume and secret in it is one that there is."""

import re
import stat
import subprocess
import tomllib
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import urlsplit

import click
import pytest
import yaml

from crawler.cli import newswarc
from crawler.sites import load_sites

ROOT = Path(__file__).parents[1]
DEPLOY = ROOT / "docs" / "deploy"
COMPOSE = yaml.safe_load((DEPLOY / "compose.yaml").read_text(encoding="utf-8"))
SERVICES = COMPOSE["services"]
PAGE = (ROOT / "docs" / "deploy.md").read_text(encoding="utf-8")
IMAGE = (DEPLOY / "Dockerfile").read_text(encoding="utf-8")
OTHERS = {"POSTGRES_USER", "POSTGRES_DB", "POSTGRES_PASSWORD", "PGDATA"}
"""Variables of PostgreSQL's image (https://hub.docker.com/_/postgres)."""
BY_HAND = {"AWS_ACCESS_KEY_ID", "NEWSWARC_ALERTS"}
"""A name that is no secret, and who is told."""


def known_variables() -> set[str]:
    """Those of the one table that documents them."""
    reference = (ROOT / "docs/reference.md").read_text(encoding="utf-8")
    table = reference.partition("## Environment variables")[2].partition("\n## ")[0]
    rows = (line.split("|")[1] for line in table.splitlines() if line.startswith("| `"))
    return {name for row in rows for name in re.findall(r"`(\w+)`", row)}


def accept(arguments: list[str]) -> None:
    """Have a command line read as it would be, without carrying it out; click's UsageError, if it is none."""
    command: click.Command = newswarc
    context = click.Context(newswarc, info_name="newswarc")
    rest = [*arguments]
    while isinstance(command, click.Group):
        name, found, rest = command.resolve_command(context, rest)
        assert found is not None, arguments
        command, context = found, click.Context(found, info_name=name, parent=context)
    command.make_context(command.name, rest, parent=context.parent)


def test_a_command_line_that_is_none_is_found():
    for wrong in (["worker", "--at-most", "4"], ["schedule", "go"], ["replay"]):
        with pytest.raises(click.UsageError):
            accept(wrong)


@pytest.fixture(scope="module")
def secrets(tmp_path_factory) -> Path:
    """What the script makes."""
    folder = tmp_path_factory.mktemp("deploy")
    subprocess.run(["sh", DEPLOY / "secrets.sh"], cwd=folder, check=True)
    return folder / "secrets"


def variables_in(file: Path) -> dict[str, str]:
    return dict(line.split("=", 1) for line in file.read_text().splitlines())


def test_secrets_are_made_once_and_are_nobody_elses(secrets):
    again = subprocess.run(["sh", DEPLOY / "secrets.sh"], cwd=secrets.parent, capture_output=True, text=True)
    assert (again.returncode, again.stderr.count("\n")) == (1, 1)
    assert {stat.S_IMODE(path.stat().st_mode) for path in secrets.iterdir()} == {0o600}
    own, database = variables_in(secrets / "newswarc.env"), variables_in(secrets / "database.env")
    assert own["PGPASSWORD"] == database["POSTGRES_PASSWORD"] != own["AWS_SECRET_ACCESS_KEY"]
    [identity] = yaml.safe_load((secrets / "s3.json").read_text())["identities"]
    assert identity["credentials"] == [
        {"accessKey": own["AWS_ACCESS_KEY_ID"], "secretKey": own["AWS_SECRET_ACCESS_KEY"]}
    ]
    for path in secrets.glob("*.env"):
        assert variables_in(path).keys() <= known_variables() | OTHERS, path
        made = {name: value for name, value in variables_in(path).items() if name not in BY_HAND}
        assert all(len(value) >= 48 for value in made.values())
    ignored = (DEPLOY / ".gitignore").read_text().split()
    assert "/secrets/" in ignored


def test_sites_are_examples_that_can_be_read():
    [site] = [site for site in load_sites(DEPLOY / "sites").values() if site.name == "example"]
    assert site.schedule.collection in SERVICES["room"]["command"]


# Compose


def own_services() -> dict[str, dict]:
    return {name: service for name, service in SERVICES.items() if service["image"] == "newswarc"}


@pytest.mark.parametrize("name", own_services())
def test_services_are_given_commands_that_there_are(name):
    accept(own_services()[name]["command"])


def test_there_is_a_service_of_each_kind():
    kinds = [service["command"][0] for service in own_services().values()]
    assert sorted(kinds) == ["replay", "schedule", "serve", "worker", "worker"]


@pytest.mark.parametrize("name", SERVICES)
def test_a_service_names_what_there_is(name, secrets):
    service = SERVICES[name]
    assert service.get("environment", {}).keys() <= known_variables() | OTHERS
    assert {*service.get("depends_on", ())} <= SERVICES.keys()
    for file in service.get("env_file", ()):
        assert (secrets.parent / file).is_file()
    for secret in service.get("secrets", ()):
        assert (secrets.parent / COMPOSE["secrets"][secret]["file"]).is_file()
        assert f"/run/secrets/{secret}" in service["command"]
    for volume in service.get("volumes", ()):
        source = volume.partition(":")[0]
        assert (DEPLOY / source).is_dir() if source.startswith(".") else source in COMPOSE["volumes"]
    for port in service.get("ports", ()):
        host, outside, inside = port.split(":")
        assert (host, outside) == ("127.0.0.1", inside), "what is published, is published on loopback"
        assert inside in service["command"]


def test_no_disk_is_anothers():
    disks = [volume.partition(":")[0] for service in SERVICES.values() for volume in service.get("volumes", ())]
    assert sorted(disk for disk in disks if disk != "./sites") == sorted(COMPOSE["volumes"])


def test_addresses_in_the_compose_file_are_services():
    for service in own_services().values():
        settings = service["environment"]
        assert urlsplit(settings["NEWSWARC_DATABASE"]).hostname == "database"
        assert urlsplit(settings["AWS_ENDPOINT_URL"]).hostname == "store"
        assert f"-s3.port={urlsplit(settings['AWS_ENDPOINT_URL']).port}" in SERVICES["store"]["command"]
        assert f"-name {urlsplit(settings['NEWSWARC_STORE']).hostname}'" in SERVICES["bucket"]["entrypoint"][-1]
        assert urlsplit(settings["NEWSWARC_DATABASE"]).username == SERVICES["database"]["environment"]["POSTGRES_USER"]
    room = SERVICES["room"]["command"]
    assert f":{urlsplit(room[room.index('--replay-url') + 1]).port}:" in SERVICES["replay"]["ports"][0]


# Kubernetes

MANIFESTS = [
    document
    for path in sorted((DEPLOY / "kubernetes").glob("*.yaml"))
    for document in yaml.safe_load_all(path.read_text(encoding="utf-8"))
]


def of_kind(*kinds: str) -> Iterator[tuple[str, dict]]:
    return ((one["metadata"]["name"], one["spec"]) for one in MANIFESTS if one["kind"] in kinds)


PODS = {name: spec["template"]["spec"] for name, spec in of_kind("Deployment", "StatefulSet", "Job")}


def made_by_hand(kind: str) -> dict[str, str]:
    """What the page has one make: name → the file or folder that it is of."""
    return dict(re.findall(rf"kubectl create {kind} (?:generic )?(\w+) --from-(?:env-)?file=(\S+)", PAGE))


@pytest.mark.parametrize("name", PODS)
def test_a_pod_names_what_there_is(name, secrets):
    pod = PODS[name]
    [container] = pod["containers"]
    volumes = {volume["name"]: volume for volume in pod.get("volumes", ())}
    claims = {
        claim["metadata"]["name"]
        for claim in dict(of_kind("StatefulSet")).get(name, {}).get("volumeClaimTemplates", ())
    }
    assert {mount["name"] for mount in container.get("volumeMounts", ())} == {*volumes, *claims}
    configs = made_by_hand("configmap").keys() | {
        one["metadata"]["name"] for one in MANIFESTS if one["kind"] == "ConfigMap"
    }
    for source in container.get("envFrom", ()):
        if "configMapRef" in source:
            assert source["configMapRef"]["name"] in configs
        else:
            assert (secrets.parent / made_by_hand("secret")[source["secretRef"]["name"]]).is_file()
    for volume in volumes.values():
        if "configMap" in volume:
            assert volume["configMap"]["name"] in configs
        if "secret" in volume:
            assert (secrets.parent / made_by_hand("secret")[volume["secret"]["secretName"]]).is_file()
    assert {one["name"] for one in container.get("env", ())} <= OTHERS
    if name in ("scheduler", "worker", "room", "replay"):
        accept(container["args"])
        for port in container.get("ports", ()):
            assert str(port["containerPort"]) in container["args"]
    if "readinessProbe" in container and "tcpSocket" in container["readinessProbe"]:
        probed = container["readinessProbe"]["tcpSocket"]["port"]
        assert probed in {port["containerPort"] for port in container["ports"]}


def test_services_lead_to_pods_that_listen():
    for name, spec in of_kind("Service"):
        listening = {port["containerPort"] for port in PODS[spec["selector"]["app"]]["containers"][0].get("ports", ())}
        assert {port["port"] for port in spec.get("ports", ())} == listening, name


def test_only_the_room_and_the_proxy_reach_replay():
    policy = dict(of_kind("NetworkPolicy"))["replay"]
    assert policy["podSelector"] == {"matchLabels": {"app": "replay"}}
    assert policy["policyTypes"] == ["Ingress"]
    [rule] = policy["ingress"]
    assert {port["port"] for port in rule["ports"]} == {
        port["containerPort"] for port in PODS["replay"]["containers"][0]["ports"]
    }
    pods, namespaces = rule["from"]
    assert pods == {"podSelector": {"matchLabels": {"app": "room"}}}
    assert "room" in PODS
    assert namespaces["namespaceSelector"]["matchLabels"].keys() == {"kubernetes.io/metadata.name"}


def test_pods_are_found_by_their_labels():
    for name, spec in of_kind("Deployment", "StatefulSet"):
        assert spec["selector"]["matchLabels"] == spec["template"]["metadata"]["labels"] == {"app": name}
        assert spec.get("serviceName", name) in dict(of_kind("Service")) or "serviceName" not in spec


def test_both_deployments_have_the_same_settings_and_images():
    [settings] = [one["data"] for one in MANIFESTS if one["kind"] == "ConfigMap"]
    there = SERVICES["scheduler"]["environment"]
    assert {**settings, "NEWSWARC_CONTACT": ""} == {**there, "NEWSWARC_CONTACT": ""}
    images = {pod["containers"][0]["image"].removeprefix("registry.example/") for pod in PODS.values()}
    assert images == {service["image"] for service in SERVICES.values()}
    for name in ("scheduler", "room", "replay"):
        assert PODS[name]["containers"][0]["args"] == SERVICES[name]["command"]


# The image


def test_the_image_is_made_of_what_there_is():
    assert {*re.findall(r"\b(NEWSWARC_\w+)=", IMAGE)} <= known_variables()
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    [extras] = re.findall(r"/src\[(.*?)\]", IMAGE)
    assert {*extras.split(",")} <= project["optional-dependencies"].keys()
    [python] = re.findall(r"^FROM python:([\d.]+)-slim$", IMAGE, re.MULTILINE)
    assert f">={python}" == project["requires-python"]
    context = ROOT / "docs" / "deploy" / "Dockerfile.dockerignore"
    sent = [line[1:] for line in context.read_text().splitlines() if line.startswith("!")]
    assert [name for name in sent if not (ROOT / name).exists()] == []
    assert (DEPLOY / COMPOSE["x-newswarc"]["build"]["context"]).resolve() == ROOT
    assert (ROOT / COMPOSE["x-newswarc"]["build"]["dockerfile"]).is_file()


SECRET = re.compile(
    r"""(?xi) (password|passwd|secret|access_key|secretkey|token) ["']? [ \t]* ([:=]|,?\s*value:) [ \t]*
    ["']? [\w.+/-] | ://[^\s/:@]*:[^\s/@$]+@"""
)
"""What is named as a secret, with a value of its own, none from elsewhere ($NAME, {secretRef: …}); or user:secret@."""


@pytest.mark.parametrize(
    "line",
    [
        "POSTGRES_PASSWORD: hush",
        'POSTGRES_PASSWORD: "hush"',
        "AWS_SECRET_ACCESS_KEY='hush'",
        "- NEWSWARC_TOKEN=hush",
        '{"accessKey": "me", "secretKey": "hush"}',
        '- {name: POSTGRES_PASSWORD, value: "hush"}',
        "- name: PGPASSWORD\n  value: hush",
        "NEWSWARC_DATABASE: postgresql+psycopg://newswarc:hush@database/newswarc",
        'seeds = ["https://:hush@news.example/"]',
    ],
)
def test_a_secret_in_a_file_would_be_seen(line):
    assert SECRET.search(line)


@pytest.mark.parametrize("path", [path for path in DEPLOY.rglob("*") if path.is_file()], ids=lambda path: path.name)
def test_no_secret_is_in_any_file(path):
    """Those that are made (DEPLOY/secrets) are left out of the repository; what makes them draws them anew."""
    if "secrets" in path.parent.parts:
        pytest.skip("made on this machine")
    found = SECRET.search(path.read_text(encoding="utf-8"))
    assert found is None, found[0]
