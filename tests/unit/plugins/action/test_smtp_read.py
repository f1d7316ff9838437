# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""smtp_read says what a file configures, what is wrong with it, and which variables mean the same."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.action import smtp_config, smtp_read
from ansible_collections.mailops.smtp.plugins.doc_fragments._options import ModuleDocFragment
from ansible_collections.mailops.smtp.plugins.modules import smtp_read as module
from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import READ
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load, shipped
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import perform
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    RAW,
)
from tools import application_pages

PLACE = {"release": "rel", "namespace": "ns"}
LOGIN = {**PLACE, **RAW, "port": 587, "security": "starttls"}


@pytest.fixture
def source(tmp_path: Path) -> Path:
    return tmp_path / "values.yaml"


def write(source: Path, raw: dict[str, Any]) -> dict[str, Any]:
    """The file that smtp_config writes for a description, with its secrets."""
    arguments = {**raw, "values_dest": str(source), "values_include_secrets": True}
    result = perform(smtp_config.ActionModule, arguments, folder=source.parent)[1]
    assert not result.get("failed"), result["msg"]
    return result


def read(source: Path | None, application: Any, **more: Any) -> dict[str, Any]:
    arguments = {"application": application, "values_src": source and str(source), **more}
    result = perform(smtp_read.ActionModule, arguments, folder=Path("/"))[1]
    assert PASSWORD not in str(result)
    assert not result.get("changed")
    return result


def change(source: Path, key: str, value: Any) -> None:
    """Somebody edits the file by hand."""
    tree = yaml.safe_load(source.read_text(encoding="utf-8"))
    *parents, last = key.split(".")
    inner = tree
    for parent in parents:
        inner = inner.setdefault(parent, {})
    inner[last] = value
    source.write_text(json.dumps(tree), encoding="utf-8")


def told(result: dict[str, Any]) -> dict[str, Any]:
    assert not result.get("failed"), result["msg"]
    [application] = result["applications"]
    found: dict[str, Any] = application
    return found


class TestAGoodFile:
    def test_becomes_the_variables_that_lead_to_it(self, source: Path) -> None:
        write(source, {**LOGIN, "application": "qualytics"})
        found = told(read(source, "qualytics", **PLACE))
        assert found["variables"] == {
            "smtp_application": "qualytics",
            "smtp_release": "rel",
            "smtp_namespace": "ns",
            "smtp_enabled": True,
            "smtp_host": "mail.example.com",
            "smtp_port": 587,
            "smtp_username": "qualytics",
            "smtp_from_address": "no-reply@example.com",
            "smtp_security": "starttls",
            "smtp_auth": "password",
            "smtp_validate_certs": True,
        }

    def test_says_which_secret_is_there_and_where_and_never_what_it_is(self, source: Path) -> None:
        write(source, {**LOGIN, "application": "qualytics"})
        found = told(read(source, "qualytics"))
        place = "secrets.smtp.smtp_sender_password"
        assert found["secrets"] == [{"variable": "smtp_password", "place": place}]
        assert found["description"]["password"] == "set"

    def test_says_which_cell_of_the_table_it_is(self, source: Path) -> None:
        write(source, {**LOGIN, "application": "vaultwarden", "existing_secret": "vault-smtp"})
        found = told(read(source, "vaultwarden"))
        assert found["combination"] == {
            "enabled": True,
            "login": "existing Secret",
            "security": "starttls",
            "trust": "public CA",
        }
        place = "Secret vault-smtp, key SMTP_PASSWORD"
        assert {"variable": "smtp_password", "place": place} in found["secrets"]
        assert found["variables"]["smtp_existing_secret"] == {"name": "vault-smtp"}

    def test_is_told_in_one_sentence(self, source: Path) -> None:
        write(source, {**LOGIN, "application": "qualytics"})
        assert read(source, "qualytics")["msg"] == (
            "Qualytics: mail.example.com:587 with security starttls, as qualytics, from "
            f"no-reply@example.com ({source}; nothing is wrong)"
        )

    def test_of_mail_that_is_off_needs_one_variable(self, source: Path) -> None:
        write(source, {**PLACE, "application": "qualytics", "enabled": False})
        found = told(read(source, "qualytics"))
        assert found["variables"] == {"smtp_application": "qualytics", "smtp_enabled": False}
        assert found["combination"] == {"enabled": False}

    @pytest.mark.parametrize(
        "name", [name for name in shipped() if load(name).target not in ("form", "document")]
    )
    def test_of_any_application_leads_through_its_variables_to_the_same_values(
        self, source: Path, name: str
    ) -> None:
        cells = application_pages.matrix(load(name))
        raw = next(
            application_pages.description(load(name), *cell)
            for cell, refused in cells.items()
            if not refused
        )
        write(source, raw)
        place = {key: raw[key] for key in PLACE}
        variables = told(read(source, name, **place))["variables"]
        again = {key.removeprefix("smtp_"): value for key, value in variables.items()}
        # What a person adds: the secret, and the sender of an application that has it elsewhere.
        again |= {name: raw[name] for name in ("password", "from_address") if name in raw}
        leaves = plan.make({**again, **place}).rendered.leaves
        assert values.apply({}, leaves) == values.apply({}, plan.make(raw).rendered.leaves)

    def test_may_be_a_block_of_somebody_elses_document(self, tmp_path: Path) -> None:
        path = tmp_path / "config.yaml"
        path.write_text(
            "spec:\n  smtp: {enabled: false, smtp_address: old}\n  other: 1\n", encoding="utf-8"
        )
        raw = {**LOGIN, "application": "rafay-radm"}
        write(path, raw)
        assert told(read(path, "rafay-radm"))["variables"]["smtp_host"] == "mail.example.com"
        other = read(path, "rafay-radm", document_path="spec.other")
        assert codes_of(other) == ["document-block-missing"]
        assert other["findings"][0]["where"] == "smtp_values_src"


def codes_of(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


class TestABrokenFile:
    def test_is_read_nevertheless_and_told_on_the_screen(self, source: Path) -> None:
        write(source, {**LOGIN, "application": "qualytics"})
        change(source, "controlplane.smtp.enabled", "true")
        result = read(source, "qualytics")
        assert codes_of(result) == ["value-type-wrong"]
        assert "controlplane.smtp.enabled is 'true'" in result["warnings"][0]
        assert "1 error" in result["msg"]
        assert told(result)["variables"]["smtp_enabled"] is True

    def test_without_mail_has_no_variables(self, source: Path) -> None:
        source.write_text("image: other\n", encoding="utf-8")
        result = read(source, "qualytics")
        assert codes_of(result) == ["values-without-mail"]
        found = told(result)
        assert not found["found"]
        assert found["variables"] == found["description"] == found["combination"] == {}

    @pytest.mark.parametrize(
        ("application", "key"),
        [
            ("grafana", "grafana.ini.smtp.password"),
            ("grafana", "envRenderSecret.GF_SMTP_PASSWORD"),
            ("airflow", "config.smtp.smtp_password"),
            ("rocketchat", "smtp.password"),
        ],
    )
    def test_with_a_password_where_none_belongs_does_not_show_it(
        self, source: Path, application: str, key: str
    ) -> None:
        raw = {**LOGIN, "application": application}
        write(source, raw)
        tree = yaml.safe_load(source.read_text(encoding="utf-8"))
        *parents, last = ("grafana.ini", *key.split(".")[2:]) if "ini" in key else key.split(".")
        inner = tree
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = "of-somebody-else"
        source.write_text(json.dumps(tree), encoding="utf-8")
        result = read(source, application)
        assert codes_of(result)
        assert "of-somebody-else" not in str(result)
        diff = perform(
            smtp_config.ActionModule,
            {**raw, "values_dest": str(source)},
            folder=source.parent,
            check=True,
        )[1]["diff"]
        assert "of-somebody-else" not in str(diff)

    def test_with_the_password_elsewhere_in_plain_does_not_show_it(self, source: Path) -> None:
        write(source, {**LOGIN, "application": "vaultwarden"})
        change(source, "smtp.security", PASSWORD)
        assert "value-contradiction" in codes_of(read(source, "vaultwarden"))

    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("a: [", "no YAML on line"),
            ("- a\n", "does not hold one dictionary"),
            ("a: 1\n---\nb: 2\n", "does not hold one dictionary"),
        ],
    )
    def test_that_is_none_is_one_finding(self, source: Path, text: str, problem: str) -> None:
        source.write_text(text, encoding="utf-8")
        result = read(source, "qualytics")
        assert result["failed"]
        assert codes_of(result) == ["values-src-unreadable"]
        assert problem in result["msg"]

    def test_that_is_empty_has_no_mail(self, source: Path) -> None:
        source.write_text("", encoding="utf-8")
        assert codes_of(read(source, "qualytics")) == ["values-without-mail"]

    def test_that_is_not_there_or_no_text_is_one_finding(self, source: Path) -> None:
        assert codes_of(read(source, "qualytics")) == ["values-src-unreadable"]
        source.write_bytes(b"\xff\xfe")
        assert codes_of(read(source, "qualytics")) == ["values-src-unreadable"]


class TestOptions:
    def test_of_a_description_are_refused(self, source: Path) -> None:
        result = read(source, "qualytics", host="mail.example.com")
        assert codes_of(result) == ["option-unknown"]

    def test_name_a_release_when_there_is_no_file(self) -> None:
        result = read(None, "qualytics")
        assert codes_of(result) == ["release-not-named"] * 2

    def test_name_a_file_for_what_is_no_chart(self) -> None:
        assert codes_of(read(None, "palette")) == ["values-src-missing"]

    def test_cannot_lead_to_a_form(self, source: Path) -> None:
        assert codes_of(read(source, "qalyptus")) == ["form-unreadable"]

    def test_are_those_that_are_documented(self) -> None:
        documented = yaml.safe_load(module.DOCUMENTATION)["options"]
        fragment = yaml.safe_load(ModuleDocFragment.PLACE)["options"]
        assert {*documented, *fragment} == set(READ)


class TestSeveralApplicationsOfOneRelease:
    def test_that_are_set_alike_do_not_disagree(self, source: Path) -> None:
        names = ["vaultwarden", "grafana@grafana"]
        write(source, {**LOGIN, "application": names})
        result = read(source, names)
        assert "applications-disagree" not in codes_of(result)
        assert [entry["application"] for entry in result["applications"]] == names

    def test_that_send_through_different_relays_are_told(self, source: Path) -> None:
        names = ["vaultwarden", "grafana@grafana"]
        write(source, {**LOGIN, "application": names})
        change(source, "smtp.host", "other.example.com")
        result = read(source, names)
        [finding] = [each for each in result["findings"] if each["code"] == "applications-disagree"]
        assert "smtp_host" in finding["message"]
