# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile writes a description as its application wants it, exactly and with its types."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.values import apply
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import (
    application,
    load,
    shipped,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Evidence,
    Prove,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import render
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    HOSTILE,
    PASSWORD,
    PASSWORDS,
    rendered,
    the_finding,
)

QUALYTICS = application("qualytics")
ANONYMOUS = replace(
    DESCRIPTION, port=25, security="none", auth="none", username="", password=Secret("")
)


def value_of(source: Any, description: Description = DESCRIPTION) -> Any:
    """What a profile with this one value renders."""
    [leaf] = rendered(description, values={"mail": source}).leaves
    return leaf.value


def qualytics(description: Description) -> dict[str, Any]:
    """What Qualytics' values become, starting from none."""
    return apply({}, render(QUALYTICS, description, release="qua", namespace="apps").leaves)


def qualytics_env(description: Description) -> dict[str, Any]:
    """The variables that Qualytics' pods must see, secrets in plain."""
    wanted = render(QUALYTICS, description, release="qua", namespace="apps").evidence
    [env] = {id(entry): entry.env for entry in wanted.values()}.values()
    return {
        name: value.reveal() if isinstance(value, Secret) else value for name, value in env.items()
    }


class TestAnExpression:
    @given(PASSWORDS)
    def test_leaves_any_password_as_it_is(self, password: str) -> None:
        description = replace(DESCRIPTION, password=Secret(password))
        assert value_of("{{ password }}", description) == Secret(password)

    @pytest.mark.parametrize("text", HOSTILE)
    def test_never_reads_what_it_yields_again(self, text: str) -> None:
        description = replace(DESCRIPTION, username=text, password=Secret(f"{text}!"))
        assert value_of("{{ username }}", description) == text
        assert value_of("{{ password }}", description).reveal() == f"{text}!"
        assert value_of("smtp://{{ username }}", description) == f"smtp://{text}"

    def test_yields_a_secret_where_a_user_name_goes_that_is_the_password(self) -> None:
        description = replace(DESCRIPTION, username=PASSWORD)
        assert value_of("{{ username }}", description) == Secret(PASSWORD)
        assert value_of("{{ 'on' if username else '' }}", description).reveal() == "on"
        assert value_of("{{ host }}", description) == DESCRIPTION.host
        backup = replace(DESCRIPTION, host="b.example.com", fallbacks=(description,))
        assert value_of("{{ fallbacks[0].username }}", backup) == Secret(PASSWORD)

    @pytest.mark.parametrize(
        ("source", "value"),
        [
            ("{{ port }}", 587),
            ("{{ port | string }}", "587"),
            ("{{ enabled }}", True),
            ("{{ enabled | string }}", "True"),
            ("{{ ca_pem }}", None),
            ("{{ host }}:{{ port }}", "mail.example.com:587"),
            ("{{ [host, port] }}", ["mail.example.com", 587]),
            ("{{ {'host': host} }}", {"host": "mail.example.com"}),
            ("{{ 587 }}", 587),
            ("{{ true }}", True),
            ("{{ '587' }}", "587"),
            ("{{ none }}", None),
            ("587", "587"),
            ("", ""),
            (587, 587),
            (False, False),
            (None, None),
            (["{{ host }}", 1], ["mail.example.com", 1]),
            ([{"name": "H", "value": "{{ host }}"}], [{"name": "H", "value": "mail.example.com"}]),
            (["{{ host }}", "{{ omit }}"], ["mail.example.com"]),
            ([{"name": "H", "value": "{{ omit }}"}], [{"name": "H"}]),
            ({}, {}),
        ],
    )
    def test_keeps_the_type_that_it_yields(self, source: Any, value: Any) -> None:
        found = value_of(source)
        assert found == value
        assert type(found) is type(value)

    def test_can_ask_for_a_key_to_be_left_out_or_left_alone(self) -> None:
        assert value_of("{{ omit }}") is OMIT
        assert value_of("{{ keep }}") is KEEP

    def test_knows_the_release_the_namespace_and_whether_the_relay_is_anonymous(self) -> None:
        assert value_of("{{ release }}.{{ namespace }}") == "qua.apps"
        assert value_of("{{ anonymous }}") is False
        assert value_of("{{ anonymous }}", ANONYMOUS) is True

    @pytest.mark.parametrize(
        ("source", "problem"),
        [
            ("{{ pasword }}", "takes pasword, which is not known; password was probably meant"),
            ("{{ colour }}", "takes colour, which is not known; known are address, anonymous,"),
            ("{{ host.nosuch }}", "cannot be evaluated"),
            ("{{ [host.nosuch] }}", "cannot be evaluated"),
            ("{{ host", "is no Jinja2 expression"),
            ("{% if host %}", "is no Jinja2 expression"),
            ("{{ host | nosuch }}", "is no Jinja2 expression"),
            ("{{ host | uper }}", "the filter uper is not known; upper was probably meant"),
            ("{{ (host | uper) if enabled }}", "the filter uper is not known; upper was probably"),
            ("{{ host | to_nice_yaml }}", "the filter to_nice_yaml is not known; known are abs,"),
            ("{{ 1 / 0 }}", "cannot be evaluated (ZeroDivisionError)"),
            ("{{ host.__class__.__mro__ }}", "cannot be evaluated (SecurityError)"),
            ("{{ host }}{{ omit }}", "cannot be evaluated"),
            ("{{ range(3) | map('string') }}", "cannot be evaluated"),
        ],
    )
    def test_that_is_wrong_is_named_with_file_and_key(self, source: str, problem: str) -> None:
        finding = the_finding(lambda: value_of(source))
        assert finding.code == "profile-invalid"
        assert finding.where == "own.yml, values.mail"
        assert problem in finding.message
        assert repr(source) in finding.message

    @pytest.mark.parametrize(
        "source",
        [
            "{{ password | int + 'x' }}",
            "{{ {}[password] }}",
            "{{ password.nosuch }}",
            "{{ password | map('nosuch') | list }}",
            "{{ password % 1 }}",
            "{{ password | length }}",
        ],
    )
    def test_that_is_wrong_never_tells_the_password(self, source: str) -> None:
        finding = the_finding(lambda: value_of(source))
        assert finding.code == "profile-invalid"
        assert PASSWORD not in str(finding)

    def test_cannot_leave_an_entry_of_a_list_alone(self) -> None:
        finding = the_finding(lambda: value_of(["{{ host }}", "{{ keep }}"]))
        assert finding.where == "own.yml, values.mail.1"
        assert "keep cannot stand in a list" in finding.message

    def test_of_a_variable_or_a_name_is_told_by_its_own_place(self) -> None:
        finding = the_finding(lambda: rendered(evidence=Evidence({"SMTP": "{{ nosuch }}"})))
        assert finding.where == "own.yml, evidence.env.SMTP"
        workload = Workload("Deployment", "{{ nosuch }}", "api")
        finding = the_finding(lambda: rendered(workloads=(workload,)))
        assert finding.where == "own.yml, workloads.0.name"


class TestASecret:
    def test_is_sealed_wherever_the_password_goes_into_a_text(self) -> None:
        assert value_of("{{ password }}") == Secret(PASSWORD)
        assert value_of("smtp://u:{{ password | urlencode }}@h") == Secret(f"smtp://u:{PASSWORD}@h")
        assert value_of("{% set p = password %}{{ p }}") == Secret(PASSWORD)
        assert value_of(["{{ password }}"]) == [Secret(PASSWORD)]
        assert value_of([{"value": "{{ password }}"}]) == [{"value": Secret(PASSWORD)}]
        assert value_of("{{ [host, password] }}")[1] == Secret(PASSWORD)
        assert value_of("{{ {'p': password} }}") == {"p": Secret(PASSWORD)}

    def test_question_about_the_password_stays_true_or_false(self) -> None:
        assert value_of("{{ password != '' }}") is True

    @pytest.mark.parametrize(
        "source", ["{{ password if anonymous else omit }}", ["{{ password }}"], "{{ password }}"]
    )
    def test_place_is_known_also_when_no_secret_stands_there_now(self, source: Any) -> None:
        [leaf] = rendered(values={"mail": source}).leaves
        assert leaf.sensitive

    def test_place_is_only_where_the_password_goes(self) -> None:
        leaves = rendered(values={"a": "{{ username }}", "b": ["x", 1], "c": None}).leaves
        assert not any(leaf.sensitive for leaf in leaves)

    def test_does_not_show_when_the_result_is_printed(self) -> None:
        shown = repr(rendered(values={"a": ["{{ password }}"], "b": "{{ password }}"}))
        assert PASSWORD not in shown


class TestTheShippedProfileOfQualytics:
    def test_writes_the_values_of_the_chart_with_its_types(self) -> None:
        assert qualytics(DESCRIPTION) == {
            "controlplane": {
                "smtp": {
                    "enabled": True,
                    "server": "mail.example.com",
                    "port": "587",
                    "sender": "no-reply@example.com",
                },
                "egress": {"verifyTLSCertificates": True},
            },
            "secrets": {
                "smtp": {"smtp_sender_user": "qualytics", "smtp_sender_password": PASSWORD}
            },
        }

    def test_expects_the_variables_of_the_chart_as_texts(self) -> None:
        assert qualytics_env(DESCRIPTION) == {
            "SMTP_SERVER": "mail.example.com",
            "SMTP_PORT": "587",
            "SMTP_SENDER_EMAIL": "no-reply@example.com",
            "SMTP_SENDER_USER": "qualytics",
            "SMTP_SENDER_PASSWORD": PASSWORD,
            "VERIFY_CERTIFICATE_SIGNERS": "true",
        }

    def test_writes_an_anonymous_relay_as_explicit_empty_texts(self) -> None:
        assert qualytics(ANONYMOUS)["secrets"]["smtp"] == {
            "smtp_sender_user": "",
            "smtp_sender_password": "",
        }
        env = qualytics_env(ANONYMOUS)
        assert env["SMTP_SENDER_USER"] is OMIT
        assert env["SMTP_SENDER_PASSWORD"] is OMIT

    def test_switches_mail_off_and_leaves_the_shared_switch_alone(self) -> None:
        off = Description(enabled=False)
        assert qualytics(off) == {
            "controlplane": {"smtp": {"enabled": False}},
            "secrets": {"smtp": {"smtp_sender_user": "", "smtp_sender_password": ""}},
        }
        leaves = render(QUALYTICS, off, release="qua", namespace="apps").leaves
        verify = ("controlplane", "egress", "verifyTLSCertificates")
        assert [leaf.value for leaf in leaves if leaf.path == verify] == [KEEP]
        env = qualytics_env(off)
        assert env.pop("VERIFY_CERTIFICATE_SIGNERS") is KEEP
        assert set(env.values()) == {OMIT}

    def test_switches_verification_off_for_the_chart_and_its_pods(self) -> None:
        unverified = replace(DESCRIPTION, validate_certs=False)
        egress = qualytics(unverified)["controlplane"]["egress"]
        assert egress == {"verifyTLSCertificates": False}
        assert qualytics_env(unverified)["VERIFY_CERTIFICATE_SIGNERS"] == "false"

    def test_names_both_workloads_of_the_release(self) -> None:
        workloads = render(QUALYTICS, DESCRIPTION, release="qua", namespace="apps").workloads
        assert workloads == (
            Workload("Deployment", "qua-api", "api", "settings"),
            Workload("Deployment", "qua-cmd", "cmd", "settings"),
        )


class TestTheApplicationsOwnWayToSend:
    TO = replace(DESCRIPTION, test_recipients=("a@example.org", "o'neil@example.org"))

    def test_is_one_command_for_each_recipient(self) -> None:
        prove = Prove(
            ("send", "--to={{ recipient }}", "{{ omit }}", "{{ release }}"), "cmd", "/log"
        )
        found = rendered(self.TO, prove=prove).sendings
        assert [each.command for each in found] == [
            ("send", "--to=a@example.org", "qua"),
            ("send", "--to=o'neil@example.org", "qua"),
        ]
        assert [each.recipient for each in found] == list(self.TO.test_recipients)
        assert {(each.workload.name, each.log) for each in found} == {("qua-cmd", "/log")}

    def test_runs_in_the_first_container_when_none_is_named(self) -> None:
        [first, _second] = rendered(self.TO, prove=Prove(("send",), None, None)).sendings
        assert first.workload.container == "api"

    @pytest.mark.parametrize(
        "changes", [{"test_recipients": ()}, {"enabled": False, "test_recipients": ("a@b.org",)}]
    )
    def test_is_nothing_without_recipients_and_without_mail(self, changes: dict[str, Any]) -> None:
        description = replace(DESCRIPTION, **changes)
        assert rendered(description, prove=Prove(("send",), None, None)).sendings == ()

    @pytest.mark.parametrize("word", ["{{ password }}", "-p{{ password | b64encode }}"])
    def test_takes_no_secret(self, word: str) -> None:
        prove = Prove(("send", word), None, None)
        finding = the_finding(
            lambda: rendered(replace(self.TO, test_recipients=("a@b.org",)), prove=prove)
        )
        assert "a secret cannot stand in a command" in finding.message
        assert PASSWORD not in str(finding)

    def test_names_the_containers_that_are_there(self) -> None:
        finding = the_finding(lambda: rendered(self.TO, prove=Prove(("send",), "worker", None)))
        assert "known are api, cmd" in finding.message

    @pytest.mark.parametrize("name", [name for name in shipped() if load(name).prove])
    def test_of_a_shipped_profile_hands_the_address_over_as_a_word_of_its_own(
        self, name: str
    ) -> None:
        [_first, second] = render(
            application(name), self.TO, release="app", namespace="apps"
        ).sendings
        assert "o'neil@example.org" in second.command
