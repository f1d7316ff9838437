# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""smtp_config shows what is wanted without a secret, and writes the values where they are asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.action.smtp_config import ActionModule
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load, shipped
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import (
    ARGUMENTS,
    perform,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import PASSWORD
from tools.application_pages import PRIVATE_CA


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path


def result(folder: Path, *, check: bool = False, **changes: Any) -> dict[str, Any]:
    return perform(ActionModule, {**ARGUMENTS, **changes}, folder=folder, check=check)[1]


def mode(path: Path) -> int:
    return path.stat().st_mode & 0o777


class TestTheResult:
    def test_says_in_words_what_goes_where(self, folder: Path) -> None:
        found = result(folder)
        assert found["msg"] == (
            "Qualytics, release qua in namespace apps: mail.example.com:587 with security "
            "starttls, as qualytics, from no-reply@example.com"
        )
        assert not found["changed"]

    def test_says_an_ipv6_address_so_that_its_port_can_be_told(self, folder: Path) -> None:
        assert ": [2001:db8::25]:587 with" in result(folder, host="2001:db8::25")["msg"]

    def test_holds_no_secret_in_any_part(self, folder: Path) -> None:
        found = result(folder)
        assert PASSWORD not in str(found)
        assert found["secret_keys"] == ["secrets.smtp.smtp_sender_password"]
        assert found["evidence"][0]["env"]["SMTP_SENDER_PASSWORD"] == "(secret)"
        assert found["description"]["password"] == "set"

    def test_of_mail_that_is_off_says_so(self, folder: Path) -> None:
        found = result(folder, enabled="no")
        assert found["msg"].endswith("mail is switched off")
        assert found["evidence"][1]["env"]["SMTP_SERVER"] == "(must not be set)"
        assert found["evidence"][1]["env"]["VERIFY_CERTIFICATE_SIGNERS"] == "(any)"

    def test_carries_warnings_for_the_screen_and_as_findings(self, folder: Path) -> None:
        found = result(folder, username="", password="")
        assert [finding["code"] for finding in found["findings"]] == ["anonymous-relay"]
        assert "is used as an anonymous relay" in found["warnings"][0]


TOKEN = {"provider": "postmark", "username": PASSWORD, "password": PASSWORD}


@pytest.mark.parametrize("name", shipped())
class TestATokenThatIsUserNameAndPassword:
    """A server token of Postmark."""

    @staticmethod
    def arguments(name: str) -> dict[str, Any]:
        profile = load(name)
        secret = profile.supports.existing_secret
        needed = {"existing_secret": "app-smtp"} if secret and secret.required else {}
        ports = profile.supports.ports
        speaks = {"security": "starttls", "port": 587} if "starttls" in ports else {}
        return {**ARGUMENTS, **TOKEN, "host": None, "application": name, **needed, **speaks}

    def test_shows_in_no_result(self, folder: Path, name: str) -> None:
        found = perform(ActionModule, self.arguments(name), folder=folder)[1]
        assert not found.get("failed"), found["msg"]
        assert PASSWORD not in str(found)
        assert "with a token for both user name and password" in found["msg"]

    def test_is_written_only_where_secrets_are(self, folder: Path, name: str) -> None:
        path = folder / "out"
        path.write_text("smtp:\n  smtp_address: old\n" if load(name).block else "")
        arguments = {**self.arguments(name), "values_dest": str(path)}
        perform(ActionModule, arguments, folder=folder)
        assert PASSWORD not in path.read_text()
        found = perform(ActionModule, {**arguments, "values_include_secrets": True}, folder=folder)[
            1
        ]
        assert PASSWORD not in str(found)
        assert PASSWORD in path.read_text()


class TestTheFile:
    def test_is_written_once_and_then_nothing_changes(self, folder: Path) -> None:
        assert result(folder, values_dest="values.yaml")["changed"]
        assert not result(folder, values_dest="values.yaml")["changed"]
        assert result(folder, values_dest="values.yaml", port=465)["changed"]
        assert [path.name for path in folder.iterdir()] == ["values.yaml"]

    def test_holds_the_password_only_when_asked_to_and_is_then_its_owners(
        self, folder: Path
    ) -> None:
        path = folder / "values.yaml"
        result(folder, values_dest=str(path))
        assert PASSWORD not in path.read_text()
        found = result(folder, values_dest=str(path), values_include_secrets=True)
        values = yaml.safe_load(path.read_text())
        assert values["secrets"]["smtp"]["smtp_sender_password"] == PASSWORD
        assert mode(path) == 0o600
        assert PASSWORD not in str(found)

    def test_with_the_password_is_taken_from_the_eyes_of_others(self, folder: Path) -> None:
        path = folder / "values.yaml"
        result(folder, values_dest=str(path), values_include_secrets=True)
        path.chmod(0o644)
        assert result(folder, values_dest=str(path), values_include_secrets=True)["changed"]
        assert mode(path) == 0o600

    @pytest.mark.parametrize("check", [True, False])
    def test_with_the_password_goes_into_nobody_elses_hands(
        self, folder: Path, check: bool
    ) -> None:
        (folder / "real").write_text("")
        path = folder / "values.yaml"
        path.symlink_to(folder / "real")
        found = result(folder, values_dest=str(path), values_include_secrets=True, check=check)
        [finding] = found["findings"]
        assert (found["failed"], finding["code"]) == (True, "values-dest-not-own")
        assert (folder / "real").read_text() == ""

    def test_is_not_written_in_check_mode(self, folder: Path) -> None:
        assert result(folder, values_dest="values.yaml", check=True)["changed"]
        assert list(folder.iterdir()) == []

    def test_holds_no_private_ca_that_is_mounted_and_that_is_said(self, folder: Path) -> None:
        given: dict[str, Any] = {
            "ca_pem": PRIVATE_CA,
            "values_dest": str(folder / "values.yml"),
        }
        found = result(folder, **given)
        assert "ca-not-in-the-values" in [finding["code"] for finding in found["findings"]]
        assert found["evidence"][0]["env"]["SSL_CERT_FILE"] == "/etc/mailops-smtp-ca/api.pem"
        without = result(folder, **given, ca_mode="none")
        assert "ca-not-in-the-values" not in [each["code"] for each in without["findings"]]

    @pytest.mark.parametrize(
        ("before", "named"),
        [
            (
                b"image: {tag: 1}\ncontrolplane:\n  replicas: 3\n",
                "image.tag, controlplane.replicas",
            ),
            (b"- a\n", "something else"),
            (b"{{ .Values.template }}\n  x", "something else"),
            (b"\xff\xfe", "something else"),
        ],
    )
    def test_that_holds_more_than_mail_is_left_as_it_is(
        self, folder: Path, before: bytes, named: str
    ) -> None:
        path = folder / "values.yaml"
        path.write_bytes(before)
        for check in (True, False):
            [finding] = result(folder, values_dest="values.yaml", check=check)["findings"]
            assert finding["code"] == "values-dest-holds-more"
            assert finding["message"].endswith(f"which would be lost: {named}.")
            assert path.read_bytes() == before

    @pytest.mark.parametrize("before", [b"", b"# notes\n", b"controlplane: {smtp: {port: 25}}\n"])
    def test_that_holds_nothing_but_mail_is_replaced(self, folder: Path, before: bytes) -> None:
        (folder / "values.yaml").write_bytes(before)
        assert result(folder, values_dest="values.yaml")["changed"]

    @pytest.mark.parametrize("where", ["nosuch/values.yaml", "."])
    def test_that_cannot_be_written_is_one_finding(self, folder: Path, where: str) -> None:
        found = result(folder, values_dest=where)
        assert found["failed"]
        [finding] = found["findings"]
        assert finding["code"] == "values-dest-unwritable"
        assert str(folder) in finding["message"]
