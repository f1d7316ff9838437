# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A description is complete, or every problem with it is told in one go."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
import trustme
from cryptography.hazmat.primitives.serialization import (
    BestAvailableEncryption,
    Encoding,
    PrivateFormat,
    load_pem_private_key,
)
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import DESCRIPTION
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.resolve import (
    errors,
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
_CLIENT = trustme.CA().issue_cert("client@example.com")
CERTIFICATE = _CLIENT.cert_chain_pems[0].bytes().decode()
KEY = _CLIENT.private_key_pem.bytes().decode()
ENCRYPTED_KEY = (
    load_pem_private_key(KEY.encode(), None)
    .private_bytes(Encoding.PEM, PrivateFormat.PKCS8, BestAvailableEncryption(b"passphrase"))
    .decode()
)
NO_LOGIN = {"username": "", "password": ""}
UNVERIFIED = {"validate_certs": False}
TOKEN = {"token": "eyJ0-unmistakable"}
CLIENT = {"client_id": "x", "client_secret": "y", "token_url": "https://login.example.com/token"}


def described(**raw: Any) -> Description:
    """The description that is fit for use."""
    resolved = resolve({**RAW, **raw})
    assert errors(resolved.findings) == []
    return resolved.description


def found(**raw: Any) -> tuple[Finding, ...]:
    """What there is to say about the smallest description with something else in it."""
    return resolve({**RAW, **raw}).findings


def the_finding(**raw: Any) -> Finding:
    [finding] = found(**raw)
    return finding


class TestDefaults:
    def test_only_host_and_sender_have_none(self) -> None:
        assert codes(resolve({}).findings) == ["host-missing", "from-address-missing"]

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
        description = resolve({**ANONYMOUS, **given}).description
        assert (description.port, description.security) == (25, "none")

    def test_of_auth_follow_from_the_credentials(self) -> None:
        assert described().auth == "password"
        assert resolve(ANONYMOUS).description.auth == "none"
        assert described(auth="Password").auth == "password"

    def test_are_taken_for_empty_survey_answers_too(self) -> None:
        blank = {option.name: "" for option in DESCRIPTION if option.name not in RAW}
        assert resolve({**RAW, **blank}) == resolve(RAW)


class TestMailThatIsOff:
    @pytest.mark.parametrize("enabled", [False, "no", "off", "0"])
    def test_needs_no_other_setting(self, enabled: Any) -> None:
        resolved = resolve({"enabled": enabled})
        assert (resolved.description, resolved.findings) == (Description(enabled=False), ())

    def test_keeps_no_password(self) -> None:
        assert resolve({**RAW, "enabled": False}).description == Description(enabled=False)

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
        ("security-not-declared", {"security": "auto"}, "smtp_security", "smtp_security is auto"),
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
        (
            "credentials-contradiction",
            {"auth": "password", "oauth": TOKEN},
            "smtp_auth",
            "smtp_auth is password, and smtp_oauth is given",
        ),
        (
            "credentials-contradiction",
            {**NO_LOGIN, "auth": "none", "existing_secret": "smtp"},
            "smtp_auth",
            "smtp_existing_secret is given",
        ),
        (
            "credentials-contradiction",
            {**NO_LOGIN, "auth": "oauth", "oauth": TOKEN, "existing_secret": "smtp"},
            "smtp_auth",
            "smtp_auth is oauth, and smtp_existing_secret is given",
        ),
        (
            "credentials-twice",
            {"oauth": TOKEN},
            "smtp_oauth",
            "smtp_password and smtp_oauth are given",
        ),
        ("credentials-unencrypted", {"port": 25}, "smtp_security", "in the clear"),
        (
            "credentials-unencrypted-allowed",
            {"port": 25, "policy": "allow_unencrypted_credentials"},
            "smtp_security",
            "cross the network in the clear",
        ),
        ("oauth-incomplete", {"password": "", "auth": "oauth"}, "smtp_oauth", "smtp_oauth is not"),
        (
            "oauth-incomplete",
            {"password": "", "oauth": {"client_id": "x", "tenant": "contoso.com"}},
            "smtp_oauth",
            "smtp_oauth.client_secret is not given",
        ),
        (
            "oauth-incomplete",
            {"password": "", "oauth": {"scope": "x"}},
            "smtp_oauth",
            "smtp_oauth.token_url and smtp_oauth.client_id and smtp_oauth.client_secret is not",
        ),
        (
            "oauth-twice",
            {"password": "", "oauth": {**TOKEN, "client_id": "x"}},
            "smtp_oauth",
            "also",
        ),
        ("oauth-username-missing", {**NO_LOGIN, "oauth": TOKEN}, "smtp_username", "not given"),
        (
            "value-invalid",
            {"password": "", "oauth": {**CLIENT, "token_url": "http://login.example.com/token"}},
            "smtp_oauth.token_url",
            "must be an https:// URL",
        ),
        (
            "value-invalid",
            {"password": "", "oauth": {**CLIENT, "tenant": "a/../b"}},
            "smtp_oauth.tenant",
            "characters that no tenant",
        ),
        (
            "mechanism-contradiction",
            {"mechanism": "xoauth2"},
            "smtp_mechanism",
            "smtp_mechanism XOAUTH2 belongs to smtp_auth oauth, and smtp_auth is password",
        ),
        ("mechanism-contradiction", {**NO_LOGIN, "mechanism": "PLAIN"}, "smtp_mechanism", "PLAIN"),
        (
            "mechanism-without-certificate",
            {**NO_LOGIN, "mechanism": "EXTERNAL"},
            "smtp_mechanism",
            "smtp_client_cert is not given",
        ),
        ("value-not-a-choice", {"mechanism": "NTLM"}, "smtp_mechanism", "'NTLM'"),
        (
            "value-invalid",
            {"existing_secret": "Not_A_Name"},
            "smtp_existing_secret.name",
            "no name",
        ),
        (
            "value-invalid",
            {"existing_secret": {"username_key": "u"}},
            "smtp_existing_secret.name",
            "",
        ),
        (
            "value-invalid",
            {"existing_secret": {"name": "smtp", "password_key": "a b"}},
            "smtp_existing_secret.password_key",
            "no key of a Secret",
        ),
        (
            "key-unknown",
            {"existing_secret": {"name": "smtp", "pasword_key": "p"}},
            "smtp_existing_secret.pasword_key",
            "password_key was probably meant",
        ),
        ("key-unknown", {"policy": "fipps"}, "smtp_policy.fipps", "fips was probably meant"),
        ("key-unknown", {"policy": {"a b": 1}}, "smtp_policy.'a b'", "no key that is known here."),
        ("value-invalid", {"policy": "fips=perhaps"}, "smtp_policy.fips", "must be true or false"),
        ("value-invalid", {"policy": 5}, "smtp_policy", "must be a dictionary, not a number"),
        ("value-invalid", {"oauth": "{"}, "smtp_oauth", "is a text that is no JSON"),
        (
            "value-invalid",
            {"fallbacks": "{}"},
            "smtp_fallbacks",
            "must be a list, not a dictionary",
        ),
        ("value-invalid", {"fallbacks": [5]}, "smtp_fallbacks", "an entry [0] that is a number"),
        ("secret-not-text", {"oauth": {"token": 1}}, "smtp_oauth.token", "must be text"),
        ("host-invalid", {"ehlo_name": "my host"}, "smtp_ehlo_name", "'my host'"),
        ("host-invalid", {"server_name": "a:25"}, "smtp_server_name", "it carries a port"),
        ("proxy-invalid", {"proxy": "mail.example.com:3128"}, "smtp_proxy", "does not begin with"),
        (
            "proxy-invalid",
            {"proxy": "http://user:pw@proxy:3128"},
            "smtp_proxy",
            "carries a user name",
        ),
        ("proxy-invalid", {"proxy": "socks5://proxy"}, "smtp_proxy", "names no port"),
        ("proxy-invalid", {"proxy": "socks5://:1080"}, "smtp_proxy", "names no host"),
        ("proxy-invalid", {"proxy": "http://proxy:3128/path"}, "smtp_proxy", "behind the port"),
        ("proxy-invalid", {"proxy": "http://proxy:99999"}, "smtp_proxy", "is no URL"),
        (
            "client-certificate-incomplete",
            {"client_cert": CERTIFICATE},
            "smtp_client_key",
            "smtp_client_cert is given and smtp_client_key is not",
        ),
        (
            "client-certificate-incomplete",
            {"client_key": KEY},
            "smtp_client_cert",
            "smtp_client_key is given and smtp_client_cert is not",
        ),
        (
            "client-key-unusable",
            {"client_cert": CERTIFICATE, "client_key": "x"},
            "smtp_client_key",
            "is no private key in PEM form",
        ),
        (
            "client-key-unusable",
            {"client_cert": PEM, "client_key": KEY},
            "smtp_client_key",
            "does not belong to the certificate",
        ),
        (
            "client-key-unusable",
            {"client_cert": CERTIFICATE, "client_key": ENCRYPTED_KEY},
            "smtp_client_key",
            "is encrypted",
        ),
        ("ca-not-a-certificate", {"client_cert": "x"}, "smtp_client_cert", "no -----BEGIN"),
        (
            "address-internationalised",
            {"from_address": "jürgen@example.com"},
            "smtp_from_address",
            "SMTPUTF8",
        ),
        (
            "policy-fips-verification",
            {**UNVERIFIED, "policy": "fips"},
            "smtp_validate_certs",
            "fips",
        ),
        (
            "policy-fips-mechanism",
            {"mechanism": "CRAM-MD5", "policy": {"fips": True}},
            "smtp_mechanism",
            "smtp_policy.fips is set",
        ),
        (
            "policy-tls-required",
            {**NO_LOGIN, "port": 25, "policy": "require_tls"},
            "smtp_security",
            "smtp_policy.require_tls is set, and smtp_security is none",
        ),
        (
            "policy-verification-required",
            {**UNVERIFIED, "policy": "require_verified_certs"},
            "smtp_validate_certs",
            "smtp_policy.require_verified_certs is set",
        ),
        (
            "policy-anonymous-forbidden",
            {**NO_LOGIN, "policy": "allow_anonymous=no"},
            "smtp_auth",
            "smtp_policy.allow_anonymous is false",
        ),
        (
            "policy-sink-forbidden",
            {**NO_LOGIN, "provider": "mailpit", "policy": {"allow_sinks": "false"}},
            "smtp_provider",
            "smtp_policy.allow_sinks is false",
        ),
        ("layer-unnamed", {"layers": [{"port": 25}]}, "smtp_layers[0].name", "is not given"),
        (
            "layer-name-taken",
            {"layers": [{"name": "a"}, {"name": "a"}]},
            "smtp_layers[1].name",
            "'a'",
        ),
        (
            "layer-name-taken",
            {"layers": [{"name": "variables"}]},
            "smtp_layers[0].name",
            "'variables'",
        ),
        (
            "layer-parent-unknown",
            {"layers": [{"name": "partner"}, {"name": "b", "parent": "partnr"}]},
            "smtp_layers[1].parent",
            "partner was probably meant",
        ),
        (
            "layer-loop",
            {"layers": [{"name": "a", "parent": "b"}, {"name": "b", "parent": "a"}]},
            "smtp_layers[0].parent",
            "a → b → a",
        ),
        (
            "layer-unknown",
            {"layers": [{"name": "partner"}], "layer": "partnr"},
            "smtp_layer",
            "partner was probably meant",
        ),
        ("layer-unknown", {"layer": "partner"}, "smtp_layer", "'partner', which is no layer"),
        (
            "value-not-a-choice",
            {"layers": [{"name": "a", "merge": "deep"}]},
            "smtp_layers[0].merge",
            "",
        ),
        ("value-invalid", {"layers": "partner"}, "smtp_layers", "is a text that is no JSON"),
        (
            "connection-replaced",
            {"layers": [{**RAW, "name": "far"}], "host": None, "username": None},
            "smtp_host",
            "smtp_password replaces the whole connection",
        ),
        (
            "policy-loosened",
            {"layers": [{"name": "far", "policy": "fips"}], "policy": "fips=false"},
            "smtp_policy.fips",
            "smtp_policy.fips allows what layer far forbids",
        ),
        ("anonymous-relay", {"username": "", "password": ""}, "smtp_auth", "mail.example.com"),
        ("verification-off", {"validate_certs": "no"}, "smtp_validate_certs", "is false"),
        ("ca-unreadable", {"ca_path": "/nosuch/ca.pem"}, "smtp_ca_path", "/nosuch/ca.pem"),
        ("ca-unreadable", {"ca_path": "/"}, "smtp_ca_path", "Is a directory"),
        ("ca-not-a-certificate", {"ca_pem": "x"}, "smtp_ca_pem", "no -----BEGIN CERTIFICATE"),
        ("ca-not-a-certificate", {"ca_pem": PEM[:-30]}, "smtp_ca_pem", "is cut off"),
        ("ca-not-a-certificate", {"ca_pem": PEM + PEM[:99]}, "smtp_ca_pem", "is cut off"),
        ("ca-not-a-certificate", {"ca_pem": PEM.replace("M", "é", 1)}, "smtp_ca_pem", "is cut off"),
        ("ca-not-a-certificate", {"ca_pem": PEM.replace("MII", "AAA")}, "smtp_ca_pem", "no cert"),
        ("value-not-a-choice", {"security": "SSL"}, "smtp_security", "tls was probably meant"),
        ("value-not-a-choice", {"security": "smtps"}, "smtp_security", "tls was probably meant"),
        ("value-not-a-choice", {"security": True}, "smtp_security", "starttls (port 587) or tls"),
        ("value-not-a-choice", {"security": "true"}, "smtp_security", "starttls (port 587) or"),
        ("value-not-a-choice", {"security": False}, "smtp_security", "none was probably meant"),
        (
            "value-not-a-choice",
            {"auth": "login"},
            "smtp_auth",
            "'login'; password was probably meant",
        ),
        ("value-not-a-choice", {"auth": True}, "smtp_auth", "password was probably"),
        ("value-not-a-choice", {"auth": "XOAUTH2"}, "smtp_auth", "oauth was probably"),
        ("port-octal", {"port": 0o465}, "smtp_port", "YAML reads 0465 as an octal number"),
        ("port-octal", {"port": 0o25, "security": "none"}, "smtp_port", "YAML reads 025"),
        (
            "address-invalid",
            {"test_recipients": "a@b.c; d@e.f"},
            "smtp_test_recipients",
            "several addresses",
        ),
        ("address-invalid", {"test_recipients": ["a@b.c d@e.f"]}, "smtp_test_recipients", "commas"),
        ("login-placeholder", {"username": "None"}, "smtp_username", "a placeholder"),
        ("login-placeholder", {"password": "<changeme>"}, "smtp_password", "a placeholder"),
        ("login-placeholder", {"password": "null"}, "smtp_password", "a placeholder"),
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
            "tls-setting-unused",  # below: it never comes alone
            "variable-misspelt",
            "variable-said-otherwise",
            "variable-unknown",
            "option-unknown",
            "value-holds-comment",
            "value-not-decrypted",
            "value-not-evaluated",
            "policy-chart-required",  # with the plan
        }
        assert {code for code, *_rest in self.CASES} | elsewhere == {
            entry.code for entry in CATALOGUE
        }

    def test_is_told_together_with_all_the_others(self) -> None:
        findings = resolve(
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
        ).findings
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
            {"auth": ["password"]},
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
        findings = resolve({**ANONYMOUS, "port": 25, "validate_certs": False}).findings
        assert codes(findings) == ["anonymous-relay"]


class TestTheClientCertificate:
    PAIR: Mapping[str, Any] = {**NO_LOGIN, "client_cert": CERTIFICATE, "client_key": KEY}

    def test_is_kept_with_its_key_which_is_not_shown(self) -> None:
        found = described(**self.PAIR)
        assert found.client_cert == CERTIFICATE
        assert found.client_key == Secret(KEY)
        assert found.redacted()["client_key"] == "set"

    def test_can_be_the_login_and_then_the_relay_is_not_anonymous(self) -> None:
        assert described(**self.PAIR, mechanism="external").mechanism == "EXTERNAL"
        assert found(**self.PAIR, mechanism="EXTERNAL", policy="allow_anonymous=no") == ()

    @pytest.mark.parametrize(
        "unused", [{"ca_pem": PEM}, {"server_name": "mx.example.com"}], ids=["ca", "server name"]
    )
    def test_or_another_setting_of_tls_without_tls_is_told_to_have_no_effect(
        self, unused: Mapping[str, Any]
    ) -> None:
        findings = found(**NO_LOGIN, security="none", **unused)
        assert codes(findings) == ["anonymous-relay", "tls-setting-unused"]
        [name] = unused
        assert findings[1].where == f"smtp_{name}"


class TestThePassword:
    @given(
        st.dictionaries(st.sampled_from(OTHERS), ANYTHING),
        st.sampled_from([PASSWORD, f"{PASSWORD}\n", f"\0{PASSWORD}", [PASSWORD], {PASSWORD: 1}]),
    )
    def test_is_in_no_message_whatever_else_is_wrong(
        self, raw: dict[str, Any], password: Any
    ) -> None:
        resolved = resolve({**raw, "password": password}, read_file=lambda _path: PEM)
        assert PASSWORD not in repr(resolved)
        assert PASSWORD not in repr(resolved.description.redacted())

    @given(PASSWORDS)
    def test_is_kept_exactly(self, password: str) -> None:
        assert described(password=password).password.reveal() == password

    def test_shows_only_whether_it_is_set(self) -> None:
        assert described().redacted()["password"] == "set"
        assert resolve(ANONYMOUS).description.redacted()["password"] == "not set"


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


LEAK = "leak-unmistakable-Nm2"


@pytest.mark.parametrize(
    "given",
    [
        {"host": f"smtp://user:{LEAK}@relay.example.com"},
        {"host": f"user:{LEAK}@relay.example.com:587"},
        {"host": f"smtps://user:a/{LEAK}?@b@relay.example.com"},
        {"port": f"smtp://user:{LEAK}@relay.example.com"},
        {"port": {"password": LEAK}},
        {"enabled": [LEAK]},
        {"security": f"smtp://user:{LEAK}@relay.example.com"},
        {"provider": f"smtp://user:{LEAK}@relay.example.com"},
        {"from_address": f"smtp://user:{LEAK}@relay.example.com"},
        {"ca_path": f"https://user:{LEAK}@files.example.com/ca.pem"},
        {"proxy": f"socks5://user:{LEAK}@proxy.example.com:1080"},
        {"ehlo_name": f"http://user:{LEAK}@x"},
    ],
)
def test_a_login_in_a_value_that_is_refused_is_never_quoted(given: dict[str, Any]) -> None:
    found = resolve({**RAW, **given})
    assert found.findings
    assert LEAK not in repr(found.findings)
