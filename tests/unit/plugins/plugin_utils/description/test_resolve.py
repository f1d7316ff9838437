# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A description is complete, or every problem with it is told in one go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import DESCRIPTION
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import (
    address_problem,
    host_problem,
    resolve,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    PASSWORDS,
    RAW,
    codes,
)

ANONYMOUS = {"host": "mail.example.com", "from_address": "no-reply@example.com"}
OTHERS = [option.name for option in DESCRIPTION if option.name != "password"]
ANYTHING = st.none() | st.booleans() | st.integers() | st.text(max_size=20)
PEM = trustme.CA().cert_pem.bytes().decode()


def described(**raw: Any) -> Description:
    """The description that is fit for use."""
    description, findings = resolve({**RAW, **raw})
    assert [finding for finding in findings if finding.severity == "error"] == []
    return description


def found(**raw: Any) -> tuple[Finding, ...]:
    """What there is to say about the smallest description with something else in it."""
    return resolve({**RAW, **raw})[1]


def the_finding(**raw: Any) -> Finding:
    [finding] = found(**raw)
    return finding


class TestDefaults:
    def test_only_host_and_sender_have_none(self) -> None:
        assert codes(resolve({})[1]) == ["host-missing", "from-address-missing"]

    def test_make_the_smallest_description_complete(self) -> None:
        assert described() == Description(
            host="mail.example.com",
            port=587,
            security="starttls",
            auth="password",
            username="qualytics",
            password=Secret(PASSWORD),
            from_address="no-reply@example.com",
        )
        assert found() == ()

    @pytest.mark.parametrize(
        ("given", "port", "security"),
        [
            ({}, 587, "starttls"),
            ({"security": "tls"}, 465, "tls"),
            ({"security": "starttls"}, 587, "starttls"),
            ({"port": 465}, 465, "tls"),
            ({"port": "587"}, 587, "starttls"),
            ({"port": 2465}, 2465, "tls"),
            ({"port": 2587}, 2587, "starttls"),
            ({"port": 25, "security": "starttls"}, 25, "starttls"),
            ({"port": 2525, "security": "STARTTLS"}, 2525, "starttls"),
            ({"port": 8465, "security": "tls"}, 8465, "tls"),
        ],
    )
    def test_of_port_and_security_follow_from_each_other(
        self, given: Mapping[str, Any], port: int, security: str
    ) -> None:
        description = described(**given)
        assert (description.port, description.security) == (port, security)

    @pytest.mark.parametrize("given", [{"port": 25}, {"security": "none"}])
    def test_of_port_25_are_plain_text(self, given: Mapping[str, Any]) -> None:
        description, _findings = resolve({**ANONYMOUS, **given})
        assert (description.port, description.security) == (25, "none")

    def test_of_auth_follow_from_the_credentials(self) -> None:
        assert described().auth == "password"
        assert resolve(ANONYMOUS)[0].auth == "none"
        assert described(auth="Password").auth == "password"

    def test_are_taken_for_empty_survey_answers_too(self) -> None:
        blank = {option.name: "" for option in DESCRIPTION if option.name not in RAW}
        assert resolve({**RAW, **blank}) == resolve(RAW)


class TestMailThatIsOff:
    @pytest.mark.parametrize("enabled", [False, "no", "off", "0"])
    def test_needs_no_other_setting(self, enabled: Any) -> None:
        assert resolve({"enabled": enabled}) == (Description(enabled=False), ())

    def test_keeps_no_password(self) -> None:
        assert resolve({**RAW, "enabled": False})[0] == Description(enabled=False)

    def test_is_not_anonymous(self) -> None:
        assert not Description(enabled=False).anonymous


class TestAProblem:
    """One input at least for every code that a description can have."""

    CASES = (
        ("value-invalid", {"port": "1e3"}, "smtp_port", "must be a whole number, not '1e3'"),
        ("value-invalid", {"enabled": "maybe"}, "smtp_enabled", "must be true or false"),
        ("value-invalid", {"host": "a\nb"}, "smtp_host", "must be one line"),
        ("secret-not-text", {"password": 123456}, "smtp_password", "must be text, not a number"),
        ("value-not-a-choice", {"security": "ssl"}, "smtp_security", "'ssl'"),
        ("value-not-a-choice", {"auth": "plain"}, "smtp_auth", "'plain'"),
        ("value-not-a-choice", {"tls_min_version": 1.1}, "smtp_tls_min_version", "'1.1'"),
        ("number-out-of-range", {"port": 65536}, "smtp_port", "outside of 1 to 65535"),
        ("number-out-of-range", {"port": "0"}, "smtp_port", "outside of 1 to 65535"),
        ("number-out-of-range", {"timeout": 601}, "smtp_timeout", "outside of 1 to 600"),
        ("number-out-of-range", {"timeout": 0}, "smtp_timeout", "outside of 1 to 600"),
        ("host-missing", {"host": None}, "smtp_host", "No relay"),
        ("host-missing", {"host": "  "}, "smtp_host", "No relay"),
        ("host-invalid", {"host": "mail example"}, "smtp_host", "'mail example'"),
        ("from-address-missing", {"from_address": ""}, "smtp_from_address", "No sender"),
        ("address-invalid", {"from_address": "no-reply"}, "smtp_from_address", "it has no @"),
        ("address-invalid", {"reply_to": "Q <q@e.com>"}, "smtp_reply_to", "a space, a bracket"),
        ("address-invalid", {"test_recipients": "a@b.c,d"}, "smtp_test_recipients", "'d'"),
        ("port-security-contradiction", {"port": 465, "security": "starttls"}, "smtp_port", "465"),
        ("port-security-contradiction", {"port": 587, "security": "tls"}, "smtp_port", "587"),
        ("port-security-contradiction", {"port": 25, "security": "tls"}, "smtp_port", "25"),
        ("security-missing", {"port": 8025}, "smtp_security", "8025, which is no standard port"),
        ("credentials-incomplete", {"username": ""}, "smtp_username", "smtp_username is not"),
        ("credentials-incomplete", {"password": None}, "smtp_password", "smtp_password is not"),
        (
            "credentials-missing",
            {"auth": "password", "username": "", "password": ""},
            "smtp_auth",
            "neither smtp_username nor smtp_password",
        ),
        (
            "credentials-contradiction",
            {"auth": "none"},
            "smtp_auth",
            "smtp_username and smtp_password is given",
        ),
        ("credentials-unencrypted", {"port": 25}, "smtp_security", "in the clear"),
        ("anonymous-relay", {"username": "", "password": ""}, "smtp_auth", "mail.example.com"),
        ("verification-off", {"validate_certs": "no"}, "smtp_validate_certs", "is false"),
        ("ca-unreadable", {"ca_path": "/nosuch/ca.pem"}, "smtp_ca_path", "/nosuch/ca.pem"),
        ("ca-unreadable", {"ca_path": "/"}, "smtp_ca_path", "Is a directory"),
        ("ca-not-a-certificate", {"ca_pem": "x"}, "smtp_ca_pem", "no -----BEGIN CERTIFICATE"),
        ("ca-not-a-certificate", {"ca_pem": PEM[:-30]}, "smtp_ca_pem", "is cut off"),
        ("ca-not-a-certificate", {"ca_pem": PEM + PEM[:99]}, "smtp_ca_pem", "is cut off"),
        ("ca-not-a-certificate", {"ca_pem": PEM.replace("M", "é", 1)}, "smtp_ca_pem", "is cut off"),
        ("ca-not-a-certificate", {"ca_pem": PEM.replace("MII", "AAA")}, "smtp_ca_pem", "no cert"),
        ("ca-given-twice", {"ca_path": "/ca.pem", "ca_pem": PEM}, "smtp_ca_path", "Both"),
    )

    @pytest.mark.parametrize(("code", "raw", "where", "text"), CASES)
    def test_is_one_finding_with_its_place(
        self, code: str, raw: Mapping[str, Any], where: str, text: str
    ) -> None:
        finding = the_finding(**raw)
        assert (finding.code, finding.where) == (code, where)
        assert text in finding.message
        assert PASSWORD not in str(finding)

    def test_of_every_kind_is_specified_here_or_with_the_plan_and_the_step(self) -> None:
        elsewhere = {
            "variable-misspelt",
            "variable-unknown",
            "option-unknown",
            "value-not-evaluated",
        }
        assert {code for code, *_rest in self.CASES} | elsewhere == {
            entry.code for entry in CATALOGUE
        }

    def test_is_told_together_with_all_the_others(self) -> None:
        _description, findings = resolve(
            {
                "host": "smtp://mail",
                "port": "smtp",
                "security": "ssl",
                "password": PASSWORD,
                "from_address": "me",
                "reply_to": "you",
                "validate_certs": "perhaps",
                "ca_pem": "x",
                "timeout": 9999,
                "tls_min_version": "1.0",
                "test_recipients": ["a", "b"],
            }
        )
        assert {finding.where for finding in findings} == {
            "smtp_host",
            "smtp_port",
            "smtp_security",
            "smtp_username",
            "smtp_from_address",
            "smtp_reply_to",
            "smtp_validate_certs",
            "smtp_ca_pem",
            "smtp_timeout",
            "smtp_tls_min_version",
            "smtp_test_recipients",
        }

    @pytest.mark.parametrize(
        "raw",
        [
            {"host": "a\nb"},
            {"port": "x"},
            {"username": ["u"]},
            {"from_address": {}},
            {"auth": True},
        ],
    )
    def test_is_not_followed_by_others_that_it_causes(self, raw: Mapping[str, Any]) -> None:
        assert the_finding(**raw).code == "value-invalid"

    def test_of_port_and_security_says_both_ways_out(self) -> None:
        fix = the_finding(port=465, security="starttls").fix
        assert "smtp_security: tls with port 465" in fix
        assert "smtp_port: 587 with smtp_security: starttls" in fix

    def test_that_is_only_a_warning_is_not_told_beside_an_error(self) -> None:
        assert codes(found(validate_certs=False, port=0)) == ["number-out-of-range"]

    def test_of_verification_does_not_exist_without_tls(self) -> None:
        _description, findings = resolve({**ANONYMOUS, "port": 25, "validate_certs": False})
        assert codes(findings) == ["anonymous-relay"]


class TestThePassword:
    @given(
        st.dictionaries(st.sampled_from(OTHERS), ANYTHING),
        st.sampled_from([PASSWORD, f"{PASSWORD}\n", f"\0{PASSWORD}", [PASSWORD], {PASSWORD: 1}]),
    )
    def test_is_in_no_message_whatever_else_is_wrong(
        self, raw: dict[str, Any], password: Any
    ) -> None:
        description, findings = resolve({**raw, "password": password}, read_file=lambda _path: PEM)
        assert PASSWORD not in repr(findings)
        assert PASSWORD not in repr(description)
        assert PASSWORD not in repr(description.redacted())

    @given(PASSWORDS)
    def test_is_kept_exactly(self, password: str) -> None:
        assert described(password=password).password.reveal() == password

    def test_shows_only_whether_it_is_set(self) -> None:
        assert described().redacted()["password"] == "set"
        assert resolve(ANONYMOUS)[0].redacted()["password"] == "not set"


class TestThePrivateCa:
    def test_is_read_from_a_file(self, tmp_path: Path) -> None:
        path = tmp_path / "ca.pem"
        path.write_text(PEM)
        assert described(ca_path=str(path)).ca_pem == PEM

    def test_or_given_as_text(self) -> None:
        assert described(ca_pem=PEM).ca_pem == PEM

    def test_loses_what_is_no_certificate(self) -> None:
        key = "-----BEGIN PRIVATE KEY-----\nAAAA\n-----END PRIVATE KEY-----\n"
        commented = f"# Főtanúsítvány\n{PEM}{key}# more\n{PEM}"
        assert described(ca_pem=commented).ca_pem == PEM + PEM

    def test_that_is_no_text_file_is_unreadable(self, tmp_path: Path) -> None:
        path = tmp_path / "ca.der"
        path.write_bytes(b"\x30\x82\xff\xfe")
        finding = the_finding(ca_path=str(path))
        assert finding.code == "ca-unreadable"
        assert "it is not a text file" in finding.message

    def test_is_shown_only_as_set(self) -> None:
        assert described(ca_pem=PEM).redacted()["ca_pem"] == "set"


class TestAHost:
    @pytest.mark.parametrize(
        "host",
        [
            "mail",
            "mail.example.com",
            "mail.example.com.",
            "MAIL.example.com",
            "relay_1.mail.svc",
            "bücher.example",
            "xn--bcher-kva.example",
            "192.0.2.1",
            "2001:db8::1",
            "[2001:db8::1]",
        ],
    )
    def test_is_a_name_or_an_address(self, host: str) -> None:
        assert host_problem(host) is None

    @pytest.mark.parametrize(
        ("host", "problem"),
        [
            ("smtp://mail.example.com", ": it is a URL"),
            ("mail.example.com:587", ": it carries a port"),
            ("[2001:db8::1]:587", ": it carries a port"),
            ("me@example.com", ": it is a mail address"),
            ("192.0.2.256", ": an IPv4 address has four numbers from 0 to 255"),
            ("192.0.2", ": an IPv4 address has four numbers from 0 to 255"),
            ("-mail.example.com", ""),
            ("mail-.example.com", ""),
            ("mail..example.com", ""),
            ("mail example.com", ""),
            ("[mail.example.com]", ""),
            ("a" * 64, ""),
            ("a." * 127 + "aa", ""),
            ("mail/x", ""),
        ],
    )
    def test_that_is_none_is_told_why(self, host: str, problem: str) -> None:
        assert host_problem(host) == problem

    def test_loses_the_brackets_of_an_address(self) -> None:
        assert described(host="[2001:db8::1]").host == "2001:db8::1"

    @given(st.text())
    def test_of_any_shape_is_judged(self, host: str) -> None:
        assert host_problem(host) in (None, "") or str(host_problem(host)).startswith(": ")


class TestAnAddress:
    @pytest.mark.parametrize(
        "address",
        ["a@b", "no-reply@example.com", "o'neil+x@example.com", "jürgen@bücher.example", "a@[::1]"],
    )
    def test_is_name_and_domain(self, address: str) -> None:
        assert address_problem(address) is None

    @pytest.mark.parametrize(
        ("address", "problem"),
        [
            ("Mail <a@b>", "a space, a bracket"),
            ("a@b,c@d", "a space, a bracket"),
            ("a b@c", "a space"),
            ("a\r\nb@c", "a space"),
            ("a\u2028b@c", "a space"),
            ("example.com", "it has no @"),
            ("@example.com", "nothing stands before the @"),
            ("a@b@c", "more than one @"),
            ("a@", "'' is no domain"),
            ("a@-b", "'-b' is no domain"),
            ("a" * 65 + "@b", "longer than 64 bytes"),
            ("ä" * 33 + "@b", "longer than 64 bytes"),
        ],
    )
    def test_that_is_none_is_told_why(self, address: str, problem: str) -> None:
        assert problem in str(address_problem(address))
