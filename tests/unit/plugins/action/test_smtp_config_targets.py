# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""smtp_config writes what is no chart: files, parts of files, bodies of calls, forms and variables."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.action.smtp_config import ActionModule
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import perform
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import PASSWORD, RAW
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.target.targets import (
    TARGETS,
    profile,
)

OPEN = {
    "host": "mail.example.com",
    "port": 587,
    "on": True,
    "login": {"user": "qualytics"},
    "name": "",
}
WHOLE = {**OPEN, "login": {"user": "qualytics", "password": PASSWORD}}
LOGIN = {"USER": "{{ omit if username else '' }}"}
"""Without a value of the login a profile may not say that the application logs in."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def result(folder: Path, kind: str, *, check: bool = False, **changes: Any) -> dict[str, Any]:
    arguments = {**RAW, "application": profile(folder, kind), **changes}
    found = perform(ActionModule, arguments, folder=folder, check=check)[1]
    assert PASSWORD not in str(found)
    return found


def written(folder: Path, kind: str, **changes: Any) -> str:
    path = folder / "out"
    found = result(folder, kind, values_dest=str(path), **changes)
    assert not found.get("failed"), found["msg"]
    return path.read_text(encoding="utf-8")


@pytest.mark.parametrize("kind", TARGETS)
class TestAnyTarget:
    def test_needs_no_release(self, folder: Path, kind: str) -> None:
        found = result(folder, kind)
        assert not found.get("failed"), found["msg"]
        assert found["msg"].startswith("Notes: mail.example.com:587 with security starttls")
        assert found["workloads"] == []
        assert found["proof"] == "Press Test."

    def test_is_written_once_and_then_nothing_changes(self, folder: Path, kind: str) -> None:
        path = folder / "out"
        if kind == "document":
            path.write_text("smtp:\n  old: 1\n")
        arguments: dict[str, Any] = {"values_dest": str(path), "values_include_secrets": True}
        assert result(folder, kind, **arguments)["changed"]
        assert not result(folder, kind, **arguments)["changed"]

    def test_is_not_written_in_check_mode_and_shows_what_would_change(
        self, folder: Path, kind: str
    ) -> None:
        path = folder / "out"
        if kind == "document":
            path.write_text("smtp:\n  old: 1\n")
        before = path.read_bytes() if path.exists() else None
        arguments: dict[str, Any] = {"values_dest": str(path), "values_include_secrets": True}
        found = result(folder, kind, check=True, **arguments)
        assert found["changed"]
        assert (path.read_bytes() if path.exists() else None) == before
        assert "mail.example.com" in found["diff"][0]["after"]
        assert "(secret, new value)" in found["diff"][0]["after"]

    def test_holds_no_secret_unless_asked_to(self, folder: Path, kind: str) -> None:
        if kind == "document":
            (folder / "out").write_text("smtp:\n  old: 1\n")
        assert PASSWORD not in written(folder, kind)
        assert PASSWORD in written(folder, kind, values_include_secrets=True)


@pytest.mark.parametrize("kind", ["file", "json", "api", "env"])
def test_a_file_that_is_read_as_it_is_says_what_it_lacks(folder: Path, kind: str) -> None:
    path = str(folder / "out")
    [finding] = result(folder, kind, values_dest=path)["findings"]
    assert finding["code"] == "secret-not-written"
    assert result(folder, kind, values_dest=path, values_include_secrets=True)["findings"] == []


@pytest.mark.parametrize(
    ("kind", "before"),
    [
        ("file", "providers: {aws: 1}\n"),
        ("json", '{"other": 1}'),
        ("api", '{"other": 1}'),
        ("env", "HOST=old\nOTHER=1\n"),
        ("form", "# Notes on the server\n"),
    ],
)
def test_a_file_of_somebody_else_is_left_as_it_is(folder: Path, kind: str, before: str) -> None:
    path = folder / "out"
    path.write_text(before)
    [finding] = result(folder, kind, values_dest=str(path))["findings"]
    assert finding["code"] == "values-dest-holds-more"
    assert path.read_text() == before


def test_nor_is_what_somebody_else_has_at_a_place_of_mail_written_over(folder: Path) -> None:
    path = folder / "out"
    path.write_text(before := '{"host": {"via": "ldap"}}')
    [finding] = result(folder, "json", values_dest=str(path))["findings"]
    assert finding["code"] == "value-of-another-type"
    assert path.read_text() == before


class TestAFile:
    def test_is_returned_as_a_document_without_secrets(self, folder: Path) -> None:
        found = result(folder, "file")
        assert found["target"] == "file"
        assert found["document"] == OPEN
        assert found["secret_keys"] == ["login.password"]

    def test_of_yaml_has_a_comment_on_each_key(self, folder: Path) -> None:
        text = written(folder, "file", values_include_secrets=True)
        assert yaml.safe_load(text) == WHOLE
        assert text.startswith("# SMTP settings of Notes.\n---\n# the relay\nhost: ")
        assert "login:\n  # the user name\n  user: " in text

    def test_of_json_is_json(self, folder: Path) -> None:
        assert json.loads(written(folder, "json")) == OPEN
        assert json.loads(written(folder, "json", values_include_secrets=True)) == WHOLE


class TestAnApi:
    def test_is_returned_as_a_body_with_its_calls(self, folder: Path) -> None:
        found = result(folder, "api")
        assert found["document"] == OPEN
        assert found["api"] == {
            "method": "PUT",
            "path": "/v1/smtp",
            "check": {"method": "POST", "path": "/v1/try"},
        }
        assert json.loads(written(folder, "api", values_include_secrets=True)) == WHOLE


class TestADocument:
    TEXT = "# by hand\nspec:\n    smtp:\n        host:   old  # the relay\n        keep: 1\n"

    def test_keeps_what_else_is_in_the_file_and_its_mode(self, folder: Path) -> None:
        path = folder / "config.yaml"
        path.write_text(self.TEXT)
        path.chmod(0o640)
        result(folder, "document", values_dest=str(path))
        text = path.read_text()
        assert text.startswith("# by hand\nspec:\n    smtp:\n        host: ")
        assert yaml.safe_load(text)["spec"]["smtp"] == {**OPEN, "keep": 1}
        assert path.stat().st_mode & 0o777 == 0o640

    def test_keeps_a_password_that_is_not_to_be_written(self, folder: Path) -> None:
        path = folder / "config.yaml"
        path.write_text("smtp:\n  login:\n    password: of before\n")
        result(folder, "document", values_dest=str(path))
        assert yaml.safe_load(path.read_text())["smtp"]["login"]["password"] == "of before"

    def test_warns_of_a_password_of_before_that_is_kept_beside_a_new_relay(
        self, folder: Path
    ) -> None:
        path = folder / "config.yaml"
        path.write_text("smtp:\n  login:\n    password: of before\n")
        for _run in range(2):
            [finding] = result(folder, "document", values_dest=str(path))["findings"]
            assert finding["code"] == "secret-not-written"
            assert "login.password, where Notes finds what stood there before" in finding["message"]
        path.write_text(f"smtp:\n  login:\n    password: {PASSWORD}\n")
        assert result(folder, "document", values_dest=str(path))["findings"] == []

    def test_shows_no_secret_that_was_in_it(self, folder: Path) -> None:
        path = folder / "config.yaml"
        path.write_text("smtp:\n  login:\n    password: of before\n")
        found = result(
            folder, "document", values_dest=str(path), values_include_secrets=True, check=True
        )
        assert "of before" not in str(found)
        assert "login.password: (secret, old value)" in found["diff"][0]["before"]

    def test_warns_when_others_can_read_the_secret_that_is_in_it_now(self, folder: Path) -> None:
        path = folder / "config.yaml"
        path.write_text(self.TEXT)
        path.chmod(0o644)
        arguments: dict[str, Any] = {"values_dest": str(path), "values_include_secrets": True}
        [finding] = result(folder, "document", **arguments)["findings"]
        assert finding["code"] == "secret-readable-by-others"
        path.write_text(self.TEXT)
        path.chmod(0o600)
        assert result(folder, "document", **arguments)["findings"] == []

    def test_may_be_told_where_the_block_is(self, folder: Path) -> None:
        path = folder / "config.yaml"
        path.write_text("a:\n  smtp: {}\nb:\n  smtp: {}\n")
        found = result(folder, "document", values_dest=str(path))
        assert found["findings"][0]["code"] == "document-block-ambiguous"
        result(folder, "document", values_dest=str(path), document_path="b.smtp")
        assert yaml.safe_load(path.read_text()) == {"a": {"smtp": {}}, "b": {"smtp": OPEN}}

    def test_must_be_there_and_be_text(self, folder: Path) -> None:
        path = folder / "config.yaml"
        found = result(folder, "document", values_dest=str(path))
        assert found["findings"][0]["code"] == "document-missing"
        path.write_bytes(b"\xff\xfe")
        found = result(folder, "document", values_dest=str(path))
        assert found["findings"][0]["code"] == "document-invalid"
        assert found["document"] == OPEN


class TestAForm:
    def test_is_returned_as_a_sheet_in_the_order_of_its_fields(self, folder: Path) -> None:
        found = result(folder, "form", from_name="Notes | Team")
        assert [(entry["label"], entry["value"]) for entry in found["sheet"]] == [
            ("Host", "mail.example.com"),
            ("Port", "587"),
            ("TLS", "on"),
            ("Name", "Notes | Team"),
            ("Note", "(leave empty)"),
            ("Other", "(leave as it is)"),
            ("Password", "(the password)"),
        ]
        assert found["form"] == {
            "where": "Settings, Mail",
            "who": "an administrator",
            "note": "Press Save.",
        }
        assert found["log"] == "the page Logs"

    def test_is_written_for_the_person_who_fills_it_in(self, folder: Path) -> None:
        assert written(folder, "form", from_name="Notes | Team") == (
            "# SMTP settings of Notes\n"
            "\n"
            "- where: Settings, Mail\n"
            "- who: an administrator\n"
            "- note: Press Save.\n"
            "\n"
            "| field | value |\n"
            "|---|---|\n"
            "| Host | mail.example.com |\n"
            "| Port | 587 |\n"
            "| TLS | on |\n"
            "| Name | Notes \\| Team |\n"
            "| Note | (leave empty) |\n"
            "| Other | (leave as it is) |\n"
            "| Password | (the password) |\n"
            "\n"
            "In the end: Press Test.\n"
            "\n"
            "Its log of mails: the page Logs\n"
        )


class TestVariables:
    def test_are_returned_without_those_that_hold_a_secret(self, folder: Path) -> None:
        found = result(folder, "env")
        assert found["variables"] == {"HOST": "mail.example.com", "PORT": 587, "ON": True}
        assert found["secret_keys"] == ["PASSWORD"]

    def test_are_written_as_docker_and_kubectl_read_them(self, folder: Path) -> None:
        assert written(folder, "env", values_include_secrets=True) == (
            f"HOST=mail.example.com\nPORT=587\nON=true\nPASSWORD={PASSWORD}\n"
        )

    def test_that_refer_to_a_secret_are_no_text_and_stand_in_a_comment(self, folder: Path) -> None:
        reference = "{{ {'valueFrom': {'secretKeyRef': {'name': 'mail', 'key': 'password'}}} }}"
        path = profile(folder, "env", values={"HOST": "{{ host }}", "PASSWORD": reference, **LOGIN})
        arguments = {**RAW, "application": path, "values_dest": str(folder / "out")}
        perform(ActionModule, arguments, folder=folder)
        text = (folder / "out").read_text()
        assert text == (
            "HOST=mail.example.com\n# PASSWORD is no text but a reference: "
            '{"valueFrom": {"secretKeyRef": {"name": "mail", "key": "password"}}}\n'
        )

    def test_of_several_lines_are_refused(self, folder: Path) -> None:
        path = profile(folder, "env", values={"TEXT": "{{ host }}\n{{ port }}", **LOGIN})
        arguments = {**RAW, "application": path, "values_dest": "out"}
        found = perform(ActionModule, arguments, folder=folder)[1]
        assert found["findings"][0]["code"] == "variable-of-several-lines"
        assert found["findings"][0]["where"] == "TEXT"
