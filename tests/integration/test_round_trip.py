# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From a description through a real ansible-playbook to the application's file, and back, for every profile.

The texts arrive as users and surveys send them: plain in host_vars (where ansible-core tags them with their
origin), with the tag ``!unsafe`` where they look like a template, as strings of a vault, and as extra
variables where numbers and booleans are texts. One run of ansible-playbook does it all.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible.parsing.vault import VaultLib, VaultSecret

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    PORT_OF,
    Security,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import application, shipped
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Profile
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import written
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.read import read
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.source import read_values
from tests.harness.playbook import Played, play

HOSTILE = (
    "off",
    "1e3",
    "012",
    "~",
    "{{ x }}",
    "{% raw %}",
    "${y}",
    "#",
    "a #b",
    ": ",
    "trailing  ",
    "\U0001f511",
    "pä\u2028\ufeff\u0085ß漢",
    "'\"\\",
    "- a",
)
SOURCES = ("plain", "vault")
VAULT_PASSWORD = "of-this-test"

TEXTS = ("from_name", "comment", "name", "subject_prefix")
"""The fields that take any text, and get the same hostile one as the password."""

EXTRA = {
    "smtp_enabled": "yes",
    "smtp_validate_certs": "true",
    "smtp_timeout": "",
    "smtp_comment": None,
    "smtp_test_recipients": "",
    "smtp_policy": "fips=false",
}
"""What a survey sends beside: numbers, booleans and lists as texts, and what was left blank."""

PLAYBOOK = """\
- hosts: all
  gather_facts: false
  tasks:
{tasks}
"""
TASK = """\
    - mailops.smtp.smtp_config:
        password: "{{{{ item }}}}"
        {texts}
        values_dest: "{{{{ folder }}}}/{{{{ inventory_hostname }}}}-{source}-{{{{ number }}}}"
        values_include_secrets: true
      loop: "{{{{ {source} }}}}"
      loop_control: {{index_var: number}}
      ignore_errors: true
"""


@dataclass(frozen=True)
class Case:
    """One text that goes through one application."""

    profile: str
    text: str
    source: str
    number: int

    def file(self, folder: Path) -> Path:
        return folder / f"{self.profile}-{self.source}-{self.number}"


def cases() -> Iterator[Case]:
    """Each text for each profile; over the profiles each text comes from every source."""
    for turn, profile in enumerate(shipped()):
        for start, source in enumerate(SOURCES):
            texts = HOSTILE[(turn + start) % len(SOURCES) :: len(SOURCES)]
            yield from (Case(profile, text, source, number) for number, text in enumerate(texts))


CASES = tuple(cases())


def texts_of(profile: Profile, text: str) -> dict[str, str]:
    return {name: text for name in TEXTS if name in profile.supports.fields}


def described(profile: Profile) -> dict[str, Any]:
    """What every case of a profile has, as a person writes it."""
    supports = profile.supports
    security: Security = "tls" if "tls" in supports.ports else "starttls"
    ports = supports.ports[security]
    secret = supports.existing_secret
    raw = {
        "application": profile.name,
        "release": "rel",
        "namespace": "ns",
        "host": "mail.example.com",
        "port": str(ports[0] if ports else PORT_OF[security]),
        "security": security,
        "username": "app@example.com",
        "from_address": "no.reply@example.org",
    }
    needs_secret = secret is not None and secret.required
    return {**raw, "existing_secret": "app-smtp"} if needs_secret else raw


def wanted(case: Case) -> plan.Plan | None:
    """What the case comes to in plain Python; `None` when it is refused."""
    profile = application(case.profile).profile
    raw = {**described(profile), **texts_of(profile, case.text), "password": case.text}
    try:
        return plan.make(raw)
    except FindingError:
        return None


def tagged(text: str) -> str:
    """A text in YAML as a user writes it; ``!unsafe`` makes a boolean of a quoted "off"."""
    is_template = any(mark in text for mark in ("{{", "{%", "{#"))
    quoted = yaml.dump(text, default_style='"', width=1000).strip()
    return f"{'!unsafe ' if is_template else ''}{quoted}"


def vaulted(text: str) -> str:
    vault = VaultLib([("default", VaultSecret(VAULT_PASSWORD.encode()))])
    lines = vault.encrypt(text).decode().splitlines()
    return "!vault |\n" + "".join(f"      {line}\n" for line in lines)


def write_variables(folder: Path, name: str) -> None:
    profile = application(name).profile
    lines = [f"smtp_{key}: {json.dumps(value)}" for key, value in described(profile).items()]
    for source, form in zip(SOURCES, (tagged, vaulted), strict=True):
        own = [case.text for case in CASES if (case.profile, case.source) == (name, source)]
        lines += [f"{source}:", *(f"  - {form(text)}" for text in own)]
    path = folder / "host_vars" / f"{name}.yml"
    path.write_text("\n".join(lines) + "\n", encoding="utf-8")


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("round-trip")


@pytest.fixture(scope="module")
def played(folder: Path) -> Played:
    """The one run."""
    (folder / "host_vars").mkdir()
    hosts = {name: {"ansible_connection": "local"} for name in shipped()}
    for name in shipped():
        write_variables(folder, name)
        profile = application(name).profile
        hosts[name]["texts"] = json.dumps(sorted(texts_of(profile, "")))
        for case in CASES:
            if case.profile == name and profile.block is not None:
                case.file(folder).write_text(
                    f"{profile.block.name}:\n  other: 1\n"
                    + "".join(f"  {key}: old\n" for key in profile.block.keys),
                    encoding="utf-8",
                )
    inventory = folder / "inventory.yml"
    inventory.write_text(json.dumps({"all": {"hosts": hosts, "vars": {"folder": str(folder)}}}))
    given = "\n        ".join(
        f"{name}: \"{{{{ item if '{name}' in texts else '' }}}}\"" for name in TEXTS
    )
    tasks = "".join(TASK.format(texts=given, source=source) for source in SOURCES)
    playbook = folder / "playbook.yml"
    playbook.write_text(PLAYBOOK.format(tasks=tasks), encoding="utf-8")
    (folder / "extra.json").write_text(json.dumps(EXTRA))
    (folder / "vault-password").write_text(VAULT_PASSWORD)
    return play(
        str(playbook),
        inventory,
        folder / "no-kubeconfig",
        "--extra-vars=@extra.json",
        "--vault-password-file=vault-password",
        "--forks=4",
    )


def test_the_run_goes_through_and_shows_no_traceback(played: Played) -> None:
    assert played.returncode == 0, played.output[-3000:]
    assert "Traceback" not in played.output
    assert "internal-error" not in played.output


def test_most_cases_are_written_and_only_a_few_refused() -> None:
    refused = [case for case in CASES if wanted(case) is None]
    assert len(refused) < len(CASES) / 10


@pytest.mark.parametrize("name", shipped())
def test_what_went_in_comes_out(played: Played, folder: Path, name: str) -> None:
    app = application(name)
    for case in CASES:
        if case.profile != name:
            continue
        expected, path = wanted(case), case.file(folder)
        if expected is None:
            assert app.profile.block is not None or not path.exists(), case
        elif app.profile.form is not None:
            line = f"| {case.text.replace('|', chr(92) + '|')} |"
            assert line in path.read_text(encoding="utf-8"), case
        else:
            there = read_values(app.profile, path, None)
            found = read(app, there, {}, release="rel", namespace="ns")
            place = {"release": "rel", "namespace": "ns"}
            again = written(app, found.resolved.description, **place)
            assert again == written(app, expected.description, **place), case
            if expected.description.existing_secret is None:
                assert found.settings["password"] == Secret(case.text), case
            for field, text in texts_of(app.profile, case.text.strip()).items():
                assert found.settings.get(field, text) == text, case
