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
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Leaf,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    HOSTILE,
    PASSWORD,
    PASSWORDS,
    application_with,
)
from tests.cluster.build import bin_folder

QUALYTICS = application("qualytics")
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
    return values_yaml("Qualytics", leaves, include_secrets=include_secrets)


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
        "    # whether mail is sent\n"
        "    enabled: true\n"
        "    # the relay\n"
        '    server: "mail.example.com"\n'
        "    # the port of the relay\n"
        '    port: "587"\n'
        "    # the sender's address\n"
        '    sender: "no-reply@example.com"\n'
        "  egress:\n"
        "    # about the verification of the relay's certificate\n"
        "    verifyTLSCertificates: true\n"
        "secrets:\n"
        "  smtp:\n"
        "    # the user name\n"
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


@pytest.mark.parametrize(
    "key",
    ["on", "Off", "y", "NO", "null", "~", "1e3", "012", "0x1F", ".inf", "a b", "a: b", "#", ""],
)
def test_a_key_that_a_parser_would_take_for_something_else_is_quoted(
    key: str, helm: str, chart: Path
) -> None:
    document = document_of(Leaf(("mail", key), {key: 1}))
    assert yaml.safe_load(document) == {"mail": {key: {key: 1}}}
    assert read_by_helm(helm, chart, document) == {"mail": {key: {key: 1}}}


def test_every_value_says_what_it_is_by_its_profile_or_by_what_goes_into_it() -> None:
    application = application_with(
        values={
            "a": {"b": "{{ host }}:{{ port }}", "c": 1},
            "d": ["{{ ca_pem }}"],
            "e": "{{ enabled }}",
        },
        comments={"a.c": "as  the\nvendor wants it"},
    )
    leaves = render(application, DESCRIPTION, release="qua", namespace="apps").leaves
    lines = document_of(*leaves).splitlines()
    assert lines[lines.index("---") + 1 :] == [
        "a:",
        "  # the relay, the port of the relay",
        '  b: "mail.example.com:587"',
        "  # as the vendor wants it",
        "  c: 1",
        "# the private CA of the relay",
        "d:",
        "- null",
        "# whether mail is sent",
        "e: true",
    ]


def test_a_value_of_many_lines_stands_under_its_key() -> None:
    document = document_of(Leaf(("a", "b"), {"c": ["x\ny", {"d": "z"}]}, comment="two\nlines"))
    assert yaml.safe_load(document) == {"a": {"b": {"c": ["x\ny", {"d": "z"}]}}}
    assert "  # two lines\n  b:\n" in document


def test_a_file_without_any_value_is_an_empty_mapping() -> None:
    assert yaml.safe_load(document_of(Leaf(("a",), KEEP))) == {}
