# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The rendered values.yaml says the same to PyYAML and to Helm, and holds no secret unless asked to."""

from __future__ import annotations

import base64
import json
import shutil
import subprocess
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.document import values_yaml
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import apply
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import OMIT, Leaf
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    HOSTILE,
    PASSWORD,
    PASSWORDS,
)
from tests.cluster.build import bin_folder

QUALYTICS = load("qualytics")
LEAVES = render(QUALYTICS, DESCRIPTION, release="qua", namespace="apps").leaves


@pytest.fixture(params=["helm", "helm3"])
def helm(request: pytest.FixtureRequest) -> str:
    """Helm 4 and Helm 3: those of the node, else those of the user."""
    name: str = request.param
    command = shutil.which(name, path=bin_folder()) or shutil.which(name)
    if command is None:
        pytest.skip(f"{name} is neither built (make setup) nor in PATH")
    return command


@pytest.fixture
def chart(tmp_path: Path) -> Path:
    """A chart that prints the values as Helm has read them."""
    (tmp_path / "templates").mkdir()
    (tmp_path / "Chart.yaml").write_text("{apiVersion: v2, name: echo, version: 1.0.0}")
    (tmp_path / "templates" / "values.yaml").write_text(
        "seen: {{ .Values | toJson | b64enc | quote }}\n"
    )
    return tmp_path


def read_by_helm(helm: str, chart: Path, document: str) -> Any:
    done = subprocess.run(
        [helm, "template", "qua", str(chart), "--values", "-"],
        input=document.encode(),
        capture_output=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(base64.b64decode(yaml.safe_load(done.stdout)["seen"]))


def document_of(*leaves: Leaf, include_secrets: bool = True) -> str:
    return values_yaml(QUALYTICS, leaves, include_secrets=include_secrets)


@given(PASSWORDS)
def test_any_password_comes_back_from_yaml(password: str) -> None:
    leaf = Leaf(("smtp", "password"), Secret(password), sensitive=True)
    assert yaml.safe_load(document_of(leaf)) == {"smtp": {"password": password}}


def test_every_awkward_text_and_every_type_is_the_same_for_helm(helm: str, chart: Path) -> None:
    texts = {f"t{number}": text for number, text in enumerate(HOSTILE)}
    others: dict[str, Any] = {"int": 587, "true": True, "null": None, "list": ["off", 1], "map": {}}
    leaves = [Leaf(("mail", key), value) for key, value in {**texts, **others}.items()]
    seen = read_by_helm(helm, chart, document_of(*leaves))["mail"]
    assert seen == {**texts, **others}


def test_the_document_of_qualytics_is_the_same_for_helm(helm: str, chart: Path) -> None:
    assert read_by_helm(helm, chart, document_of(*LEAVES)) == apply({}, LEAVES)


def test_the_document_is_for_people() -> None:
    assert document_of(*LEAVES, include_secrets=False) == (
        "# SMTP settings of Qualytics, for helm upgrade --values. Other values are not in this file.\n"
        "# It holds no secret. Give these values in another way: secrets.smtp.smtp_sender_password\n"
        "---\n"
        "controlplane:\n"
        "  smtp:\n"
        "    enabled: true\n"
        '    server: "mail.example.com"\n'
        '    port: "587"\n'
        '    sender: "no-reply@example.com"\n'
        "  egress:\n"
        "    verifyTLSCertificates: true\n"
        "secrets:\n"
        "  smtp:\n"
        '    smtp_sender_user: "qualytics"\n'
    )


def test_with_secrets_it_warns_against_committing_it() -> None:
    document = document_of(*LEAVES)
    assert PASSWORD in document
    assert "# It holds a password: do not commit it.\n" in document


def test_without_secrets_none_is_in_it_in_any_form() -> None:
    listed = Leaf(("x",), [{"value": Secret(PASSWORD)}], sensitive=True)
    assert PASSWORD not in document_of(*LEAVES, listed, include_secrets=False)


def test_an_anonymous_relay_leaves_nothing_out() -> None:
    anonymous = replace(DESCRIPTION, auth="none", username="", password=Secret(""))
    leaves = render(QUALYTICS, anonymous, release="qua", namespace="apps").leaves
    plain = document_of(*leaves, include_secrets=False)
    assert 'smtp_sender_password: ""' in plain
    assert "secret. Give" not in plain
    assert plain == document_of(*leaves)


def test_what_must_not_be_there_is_not_written() -> None:
    assert yaml.safe_load(document_of(Leaf(("a",), OMIT), Leaf(("b",), 1))) == {"b": 1}


def test_a_title_of_several_lines_does_not_break_the_comment() -> None:
    document = values_yaml(replace(QUALYTICS, title="Two\nlines"), LEAVES, include_secrets=False)
    assert document.splitlines()[0].startswith("# SMTP settings of Two lines,")
