# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The guide to a profile of one's own, followed to the letter: its files, the playbook, real Helm."""

from __future__ import annotations

import base64
import itertools
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from tests.harness import guide
from tests.harness.playbook import play
from tests.harness.rendered import MAJORS, Manifests, differences, find, template

NAMESPACE, RELEASE = "apps", "notes"
LOGIN = {"username": "mailer@example.com", "password": "p@ss{{word}}'\"%"}
LOGINS: dict[str, dict[str, Any]] = {
    "password": LOGIN,
    "anonymous": {"auth": "none"},
    "existing_secret": {**LOGIN, "existing_secret": "mail-login"},
}
HELD = {"user": LOGIN["username"], "password": LOGIN["password"]}
EXISTING = {
    "kind": "Secret",
    "metadata": {"name": "mail-login"},
    "data": {key: base64.b64encode(text.encode()).decode() for key, text in HELD.items()},
}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What the guide shows, as files."""
    folder = tmp_path_factory.mktemp("guide")
    guide.write_files(folder)
    return folder


@pytest.fixture(params=MAJORS)
def helm(request: pytest.FixtureRequest) -> str:
    found = find(request.param)
    if found is None:
        pytest.skip(f"{request.param} is neither in MAILOPS_TEST_BIN nor in PATH")
    return found


def installed(helm: str, folder: Path, given: dict[str, Any]) -> Manifests:
    return template(helm, folder / guide.CHART, given, release=RELEASE, namespace=NAMESPACE)


def cells() -> list[Any]:
    found = [
        pytest.param({"security": security, **who}, id=f"{login}-{security}")
        for security, (login, who) in itertools.product(("starttls", "tls", "none"), LOGINS.items())
    ]
    return [*found, pytest.param({"enabled": False}, id="disabled")]


@pytest.mark.parametrize("raw", cells())
def test_the_container_gets_what_the_profile_promises(
    helm: str, folder: Path, raw: dict[str, Any]
) -> None:
    made = plan.make(
        {
            "application": str(folder / guide.PROFILE),
            "release": RELEASE,
            "namespace": NAMESPACE,
            "host": "mail.example.com",
            "from_address": "notes@example.com",
            "policy": "allow_unencrypted_credentials",
            **raw,
        }
    )
    manifests = installed(helm, folder, values.apply({}, made.rendered.leaves))
    assert made.rendered.evidence
    for workload, evidence in made.rendered.evidence.items():
        assert differences(evidence, workload, manifests.beside(EXISTING)) == []


def test_the_commands_of_the_guide_lead_to_the_variables(helm: str, folder: Path) -> None:
    inventory = folder / "inventory"
    inventory.write_text("notes ansible_connection=local\n")
    arguments = (f"--extra-vars=@{guide.VARIABLES}", "--tags=validate,render")
    played = play("mailops.smtp.configure", inventory, folder / "no-kubeconfig", *arguments)
    assert played.returncode == 0, played.output
    written = yaml.safe_load((folder / "values.yaml").read_text(encoding="utf-8"))
    assert "password" not in written["mail"]
    [container] = [
        each["spec"]["template"]["spec"]["containers"][0]
        for each in installed(helm, folder, written).documents
        if each["kind"] == "Deployment"
    ]
    seen = {entry["name"]: entry.get("value") for entry in container["env"]}
    assert seen["MAIL_HOST"] == "mail.example.com"
    assert (seen["MAIL_PORT"], seen["MAIL_ENCRYPTION"]) == ("587", "starttls")
    assert "MAIL_PASSWORD" in seen
