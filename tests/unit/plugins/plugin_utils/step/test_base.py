# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every action reads its options alike, and answers with findings and never with a traceback."""

from __future__ import annotations

import gc
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme
from ansible.parsing.vault import EncryptedString, VaultSecretsContext
from ansible.template import trust_as_template

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.terminal import page
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.step.base import (
    Mode,
    Step,
    failure,
    sentence,
    warnings,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils import performing
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import ARGUMENTS
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import PASSWORD

VARIABLES = {f"smtp_{name}": value for name, value in ARGUMENTS.items()}

ERROR = Finding("host-odd", "error", "smtp_host", "The host is odd.", "Even it out.")
SECOND = Finding("port-odd", "error", "smtp_port", "The port is odd.", "Take another.")
WARNING = Finding("from-odd", "warning", "smtp_from", "The sender is odd.", "Think again.")


class Recorder(Step):
    """An action that keeps the plan that it was given."""

    plan: Plan
    mode: Mode

    def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
        self.plan, self.mode = plan, mode
        return {"changed": False, "msg": "done"}


Perform = Callable[..., tuple[Any, dict[str, Any]]]


@pytest.fixture
def perform(tmp_path: Path) -> Perform:
    """Runs an action of a playbook in a folder of its own."""

    def run(
        arguments: Mapping[str, Any],
        variables: Mapping[str, Any] | None = None,
        *,
        kind: type[Step] = Recorder,
        folder: Path = tmp_path,
    ) -> tuple[Any, dict[str, Any]]:
        return performing.perform(kind, arguments, variables, folder=folder, check=True)

    return run


class TestOptions:
    def test_are_those_of_the_task(self, perform: Perform) -> None:
        action, result = perform(ARGUMENTS)
        assert result["msg"] == "done"
        assert action.plan.description.host == "mail.example.com"
        assert action.mode == Mode(check=True, diff=False)

    def test_are_taken_from_the_variables_otherwise(self, perform: Perform) -> None:
        action, _result = perform(
            {"host": "other.example.com", "port": ""}, {**VARIABLES, "smtp_port": 465}
        )
        assert action.plan.description.host == "other.example.com"
        assert action.plan.description.port == 465

    def test_of_variables_are_templated_once(self, perform: Perform) -> None:
        variables = {
            **VARIABLES,
            "domain": "example.org",
            "smtp_host": trust_as_template("mail.{{ domain }}"),
            "smtp_password": "p@ss{{ domain }}",
        }
        action, _result = perform({}, variables)
        assert action.plan.description.host == "mail.example.org"
        assert action.plan.description.password.reveal() == "p@ss{{ domain }}"

    @pytest.mark.parametrize(
        ("name", "value"),
        [
            ("smtp_host", trust_as_template("mail.{{ nosuch }}")),
            ("smtp_test_recipients", [trust_as_template("{{ nosuch }}@example.com")]),
        ],
    )
    def test_that_cannot_be_evaluated_are_told_with_ansibles_words(
        self, perform: Perform, name: str, value: Any
    ) -> None:
        _action, result = perform({}, {**VARIABLES, name: value})
        [finding] = result["findings"]
        assert (finding["code"], finding["where"]) == ("value-not-evaluated", name)
        assert "'nosuch' is undefined" in finding["message"]

    @pytest.mark.parametrize("braces", ["{{ nosuch }}", "{{", "{% if %}", "{{ 1 / 0 }}"])
    @pytest.mark.parametrize("inside", [None, "oauth", "layers", "fallbacks"])
    def test_that_are_secret_and_cannot_be_evaluated_are_not_quoted(
        self, perform: Perform, braces: str, inside: str | None
    ) -> None:
        secret: Any = trust_as_template(PASSWORD + braces)
        if inside is not None:
            secret = [{"token": secret, "password": secret}]
        name = f"smtp_{inside or 'password'}"
        _action, result = perform({}, {**VARIABLES, name: secret})
        [finding] = result["findings"]
        assert finding["code"] == "value-not-evaluated"
        assert PASSWORD not in str(result)
        assert "nosuch" not in str(result)

    @pytest.mark.parametrize("password", ["x{#a#}y", "{#a#}", "pw{##}"])
    def test_that_hold_a_comment_are_refused_and_not_cut(
        self, perform: Perform, password: str
    ) -> None:
        _action, result = perform({}, {**VARIABLES, "smtp_password": trust_as_template(password)})
        [finding] = result["findings"]
        assert (finding["code"], finding["where"]) == ("value-holds-comment", "smtp_password")
        assert password not in str(result)

    def test_that_hold_a_comment_behind_another_variable_are_refused_too(
        self, perform: Perform
    ) -> None:
        variables = {
            **VARIABLES,
            "smtp_password": trust_as_template("{{ vault_password }}"),
            "vault_password": trust_as_template("x{#a#}y"),
        }
        _action, result = perform({}, variables)
        assert [finding["code"] for finding in result["findings"]] == ["value-holds-comment"]

    def test_are_not_looked_for_in_the_variables_of_every_host(self, perform: Perform) -> None:
        class Untouched(dict[str, Any]):
            def values(self) -> Any:
                raise AssertionError("the variables of every host were read")

        variables = {
            **VARIABLES,
            "smtp_password": trust_as_template("{{ hostvars['far'] }}"),
            "hostvars": Untouched(far=PASSWORD),
        }
        action, _result = perform({}, variables)
        assert action.plan.description.password.reveal() == PASSWORD

    @pytest.mark.parametrize("text", ["x{#a#}y", trust_as_template("{{ 'x{#a#}y' }}")])
    def test_that_are_no_template_or_quote_one_keep_what_they_hold(
        self, perform: Perform, text: Any
    ) -> None:
        action, _result = perform({}, {**VARIABLES, "smtp_password": text})
        assert action.plan.description.password.reveal() == "x{#a#}y"

    def test_that_only_have_a_comment_beside_an_expression_are_evaluated(
        self, perform: Perform
    ) -> None:
        host = trust_as_template("{{ domain }}{# of the relay #}")
        action, _result = perform({}, {**VARIABLES, "smtp_host": host, "domain": "a.example"})
        assert action.plan.description.host == "a.example"

    def test_that_are_omitted_are_not_given(self, perform: Perform) -> None:
        omitted = trust_as_template("{{ nosuch | default(omit) }}")
        variables = {**VARIABLES, "smtp_from_name": omitted, "smtp_reply_to": omitted}
        action, _result = perform({}, {**variables, "smtp_oauth": {"token": omitted}})
        assert action.plan.description.from_name is None
        assert action.plan.description.reply_to is None
        assert action.plan.description.oauth is None

    @pytest.mark.parametrize("inside", [None, "oauth", "layers", "variable"])
    def test_that_no_vault_password_opens_are_told_as_such(
        self, perform: Perform, inside: str | None, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setattr(VaultSecretsContext, "_current", VaultSecretsContext([]))
        locked: Any = EncryptedString(ciphertext="$ANSIBLE_VAULT;1.1;AES256\n6162")
        variables = {
            None: {"smtp_password": locked},
            "oauth": {"smtp_oauth": {"token": locked}},
            "layers": {"smtp_layers": [{"name": "a", "password": locked}]},
            "variable": {"smtp_password": trust_as_template("{{ vaulted }}"), "vaulted": locked},
        }[inside]
        _action, result = perform({}, {**VARIABLES, **variables})
        [finding] = result["findings"]
        assert finding["code"] == "value-not-decrypted"
        assert "--vault-password-file" in finding["fix"]

    def test_that_are_taken_for_a_template_are_told_how_to_be_none(self, perform: Perform) -> None:
        variables = {**VARIABLES, "smtp_password": trust_as_template("a{% b")}
        _action, result = perform({}, variables)
        [finding] = result["findings"]
        assert "{{, {% or {#" in finding["fix"]
        assert '{"__ansible_unsafe": "…"}' in finding["fix"]

    def test_that_write_a_file_are_not_taken_from_a_variable(self, perform: Perform) -> None:
        action, _result = perform({}, {**VARIABLES, "smtp_values_dest": "/x"})
        assert action.plan.run.values_dest is None

    def test_that_do_not_exist_are_refused_with_the_nearest(self, perform: Perform) -> None:
        _action, result = perform({**ARGUMENTS, "hots": 1, "zzz": 2})
        assert [finding["code"] for finding in result["findings"]] == ["option-unknown"] * 2
        assert (
            "hots is not an option of mailops.smtp.smtp_config. host was probably meant."
            in (result["msg"])
        )

    def test_that_are_wrong_are_told_at_once_without_the_password(self, perform: Perform) -> None:
        _action, result = perform({"password": PASSWORD}, {"smtp_prot": 1})
        assert result["failed"]
        places = {finding["where"] for finding in result["findings"]}
        assert {"smtp_prot", "smtp_host", "smtp_username", "smtp_application"} <= places
        assert PASSWORD not in str(result)


class TestAPath:
    @pytest.mark.parametrize("name", ["kubeconfig", "values_dest"])
    @pytest.mark.parametrize("value", ["x.yaml", "./x.yaml", "sub/x.yaml"])
    def test_begins_at_the_playbook(
        self, perform: Perform, tmp_path: Path, name: str, value: str
    ) -> None:
        action, _result = perform({**ARGUMENTS, name: value})
        found = {
            "kubeconfig": action.plan.target.kubeconfig,
            "values_dest": action.plan.run.values_dest,
        }
        assert found[name] == str(tmp_path / value)

    def test_begins_at_the_current_folder_with_a_playbook_of_a_collection(
        self, perform: Perform, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.chdir(tmp_path)
        folder = tmp_path / "ansible_collections" / "mailops" / "smtp" / "playbooks"
        action, _result = perform({**ARGUMENTS, "values_dest": "x.yaml"}, folder=folder)
        assert action.plan.run.values_dest == str(tmp_path / "x.yaml")

    def test_may_be_absolute_or_begin_at_home(
        self, perform: Perform, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HOME", "/home/me")
        action, _result = perform({**ARGUMENTS, "kubeconfig": "~/k", "values_dest": "/v.yaml"})
        assert action.plan.target.kubeconfig == "/home/me/k"
        assert action.plan.run.values_dest == "/v.yaml"

    def test_of_a_private_ca_that_is_missing_is_told_in_full(
        self, perform: Perform, tmp_path: Path
    ) -> None:
        _action, result = perform({**ARGUMENTS, "ca_path": "ca.pem"})
        assert str(tmp_path / "ca.pem") in result["msg"]

    def test_of_a_private_ca_begins_there_in_a_layer_too(
        self, perform: Perform, tmp_path: Path
    ) -> None:
        (tmp_path / "ca.pem").write_text(trustme.CA().cert_pem.bytes().decode())
        layers = [{"name": "far", "host": "mail.example.com", "ca_path": "ca.pem", "auth": "none"}]
        variables = {**VARIABLES, **dict.fromkeys(("smtp_host", "smtp_username", "smtp_password"))}
        action, _result = perform({"layers": layers, "validate_certs": ""}, variables)
        assert action.plan.description.ca_pem

    def test_is_what_a_chart_means_when_it_is_there_and_else_it_is_a_name(
        self, perform: Perform, tmp_path: Path
    ) -> None:
        action, _result = perform({**ARGUMENTS, "chart": "repo/chart"})
        assert action.plan.target.chart == "repo/chart"
        (tmp_path / "repo" / "chart").mkdir(parents=True)
        action, _result = perform({**ARGUMENTS, "chart": "repo/chart"})
        assert action.plan.target.chart == str(tmp_path / "repo" / "chart")

    def test_is_no_application_without_a_slash(self, perform: Perform, tmp_path: Path) -> None:
        (tmp_path / "qualytics").mkdir()
        action, _result = perform(ARGUMENTS)
        assert action.plan.applications[0].name == "qualytics"

    def test_is_an_application_with_a_slash(self, perform: Perform, tmp_path: Path) -> None:
        _action, result = perform({**ARGUMENTS, "application": "profiles/own.yml"})
        assert str(tmp_path / "profiles" / "own.yml") in result["msg"]


class TestAFailure:
    def test_says_every_error_with_its_fix_and_gives_all_findings_as_data(self) -> None:
        assert failure([ERROR, WARNING, SECOND]) == {
            "failed": True,
            "msg": "The host is odd. Fix: Even it out.\nThe port is odd. Fix: Take another.",
            "findings": [ERROR.as_dict(), WARNING.as_dict(), SECOND.as_dict()],
            "warnings": ["The sender is odd. Fix: Think again."],
        }

    def test_shows_only_warnings_as_warnings(self) -> None:
        assert warnings([ERROR, WARNING]) == [sentence(WARNING)]

    def test_of_a_step_is_its_findings(self, perform: Perform) -> None:
        class Refusing(Recorder):
            def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
                raise FindingError(ERROR, WARNING)

        _action, result = perform(ARGUMENTS, kind=Refusing)
        assert result["failed"]
        assert result["findings"] == [ERROR.as_dict(), WARNING.as_dict()]

    def test_that_nobody_thought_of_is_told_without_its_own_text(self, perform: Perform) -> None:
        class Broken(Recorder):
            def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
                raise RuntimeError(plan.description.password.reveal())

        _action, result = perform(ARGUMENTS, kind=Broken)
        [finding] = result["findings"]
        assert finding["code"] == "internal-error"
        assert "RuntimeError at test_base.py:" in finding["message"]
        assert PASSWORD not in str(result)


def test_what_was_there_before_is_not_looked_through_for_garbage_while_an_action_works(
    perform: Perform,
) -> None:
    class Counting(Recorder):
        def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
            return {"spared": gc.get_freeze_count()}

    spared = gc.get_freeze_count()
    assert perform(ARGUMENTS, kind=Counting)[1]["spared"] > spared
    assert gc.get_freeze_count() == spared


FORGED = "fine\x1b[2K\r\nok: [forged]\x9b\u202e"


class TestWhatOthersWrote:
    @staticmethod
    def answer(perform: Perform, answer: dict[str, Any]) -> dict[str, Any]:
        class Repeats(Recorder):
            def step(self, plan: Plan, mode: Mode) -> dict[str, Any]:
                self.progress(FORGED)
                return answer

        _action, result = perform(ARGUMENTS, kind=Repeats)
        return result

    def test_cannot_forge_a_line_of_a_result(
        self, perform: Perform, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        said: list[str] = []
        monkeypatch.setattr(
            "ansible.utils.display.Display.display", lambda _self, text, **_how: said.append(text)
        )
        result = self.answer(
            perform,
            {"changed": False, "msg": FORGED, "warnings": [FORGED], "chart": FORGED, "diff": []},
        )
        assert result["msg"] == result["warnings"][0] == r"fine\x1b[2K\r\nok: [forged]\x9b\u202e"
        assert "\x1b" not in str(said)
        assert "\n" not in said[0]
        assert not {"\x1b", "\x9b", "\u202e"} & set(result["chart"])

    def test_stays_apart_from_lines_of_our_own(self, perform: Perform) -> None:
        result = self.answer(perform, {"changed": False, "msg": page(["one", f"two {FORGED}"])})
        assert type(result["msg"]) is str
        assert len(result["msg"].split("\n")) == 2
