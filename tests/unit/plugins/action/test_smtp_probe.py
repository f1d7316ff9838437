# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""smtp_probe without a cluster: what it does with its options, and that what it returns is documented."""

from __future__ import annotations

import functools
import itertools
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from ansible import constants

from ansible_collections.mailops.smtp.plugins.action.smtp_probe import ActionModule
from ansible_collections.mailops.smtp.plugins.modules import smtp_probe as documentation
from ansible_collections.mailops.smtp.plugins.plugin_utils.names import client as names_client
from ansible_collections.mailops.smtp.plugins.plugin_utils.names import domain as names_domain
from ansible_collections.mailops.smtp.plugins.plugin_utils.names.client import Client
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.names.dns_server import (
    DnsServer,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.performing import perform

RECIPIENT = "someone@example.org"
Probe = Callable[..., dict[str, Any]]


@pytest.fixture
def probe(authority: Authority, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Probe:
    """Runs the action on a relay of this machine, for no application.

    :param of_run: calls with the same text belong to one run of Ansible; others are each one.
    """
    runs = itertools.count()

    def run(
        relay: Relay, *, check: bool = False, of_run: str = "", **changes: Any
    ) -> dict[str, Any]:
        folder = tmp_path / (of_run or f"run-{next(runs)}")
        folder.mkdir(exist_ok=True)
        monkeypatch.setattr(constants, "DEFAULT_LOCAL_TMP", str(folder))
        given = {
            "host": "127.0.0.1",
            "port": relay.port,
            "security": relay.security,
            "username": relay.username,
            "password": relay.password,
            "from_address": "no-reply@example.com",
            "ca_pem": authority.pem,
            "timeout": 5,
            **changes,
        }
        variables = {"inventory_hostname": "far"}
        result = perform(ActionModule, given, variables, folder=tmp_path, check=check)[1]
        assert relay.password not in json.dumps(result)
        return result

    return run


def codes(result: dict[str, Any]) -> list[str]:
    return [finding["code"] for finding in result["findings"]]


def documented(entry: dict[str, Any], value: Any, place: str = "result") -> None:
    """Fails unless a value is what its documentation says, all the way down."""
    kinds: dict[str, type | tuple[type, ...]] = {
        "str": str,
        "bool": bool,
        "int": int,
        "float": (int, float),
        "list": list,
        "dict": dict,
    }
    if value is None:
        return
    assert isinstance(value, kinds[entry["type"]]), place
    inner = entry.get("contains", {})
    values: list[Any] = value if isinstance(value, list) else [value]
    for each in values:
        if inner:
            assert set(each) == set(inner), place
            for key, below in inner.items():
                documented(below, each[key], f"{place}.{key}")


def test_everything_that_is_returned_is_documented_with_its_type(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    result = probe(
        run_relay(Relay()),
        test_recipients=RECIPIENT,
        probe_until="data",
        probe_want_chain=True,
        fallbacks=[{"host": "127.0.0.1", "port": 9, "security": "none"}],
    )
    returned = yaml.safe_load(documentation.RETURN)
    common = {"changed", "failed", "warnings"}
    assert set(result) - common == set(returned) - {"names"}
    for key in set(result) - common:
        documented(returned[key], result[key], key)
    for below in result["fallbacks"]:
        documented(returned["relay"], below, "fallbacks")


def test_a_test_mail_is_sent_when_it_is_asked_for(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    relay = run_relay(Relay())
    result = probe(relay, test_recipients=RECIPIENT, probe_until="data", subject_prefix="[lab]")
    assert "failed" not in result, result["msg"]
    [mail] = relay.mails
    assert f"[{result['relay']['token']}]" in mail
    assert "Subject: [lab] " in mail
    assert "text/html" in mail
    assert result["relay"]["recipients"][0]["result"] == "sent"


def test_check_mode_asks_for_the_recipients_and_sends_nothing(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    relay = run_relay(Relay())
    result = probe(relay, check=True, test_recipients=RECIPIENT, probe_until="data")
    assert relay.mails == []
    assert "test-mail-not-sent" in codes(result)
    assert result["relay"]["recipients"] == [
        {"address": RECIPIENT, "result": "accepted", "reply": "250 2.1.0 Ok"}
    ]


def test_the_probe_ends_where_it_is_told_to(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    relay = run_relay(Relay())
    result = probe(relay, probe_until="tls")
    assert result["relay"]["reached"] == "ehlo"
    assert not any(line.startswith(("AUTH", "MAIL")) for line in relay.seen)


@pytest.mark.parametrize("spoken", ["starttls", "tls"])
@pytest.mark.parametrize("declared", ["starttls", "tls"])
def test_what_a_port_speaks_is_found_out_and_compared_with_what_is_declared(
    run_relay: Callable[[Relay], Relay], probe: Probe, spoken: str, declared: str
) -> None:
    relay = run_relay(Relay(security=spoken))
    result = probe(relay, security=declared, probe_security="auto")
    assert "failed" not in result, result["msg"]
    assert result["relay"]["security"] == spoken
    assert result["relay"]["login"] == "accepted"
    assert ("security-differs" in codes(result)) == (spoken != declared)


def test_a_wrong_declaration_is_an_error_where_an_application_is_configured_with_it(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    changes = {
        "application": "thand-file-email-smtp",
        "ca_mode": "none",
        "security": "starttls",
        "probe_security": "auto",
    }
    result = probe(run_relay(Relay()), **changes)
    assert "failed" not in result, result["msg"]
    result = probe(run_relay(Relay(security="tls")), **changes)
    assert result["failed"]
    assert "Fix: Write smtp_security: tls" in result["msg"]


def test_no_login_is_made_where_a_port_turns_out_to_have_no_tls(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    relay = run_relay(Relay(security="none"))
    result = probe(relay, security="starttls", probe_security="auto")
    assert result["failed"]
    assert {"credentials-withheld", "security-differs"} <= set(codes(result))
    assert not any(line.startswith("AUTH") for line in relay.seen)


def test_what_may_pass_is_tried_again(run_relay: Callable[[Relay], Relay], probe: Probe) -> None:
    relay = run_relay(Relay(replies={"RCPT": [b"450 4.2.0 Greylisted, try later\r\n"]}))
    result = probe(relay, test_recipients=RECIPIENT, probe_retries=2, probe_retry_seconds=0)
    assert "failed" not in result, result["msg"]
    assert result["relay"]["tries"] == 2
    assert "2 tries" in result["msg"]


def test_a_rejected_password_is_tried_once_and_everything_seen_is_returned(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    relay = run_relay(Relay(replies={"AUTH": b"535 5.7.8 Authentication failed\r\n"}))
    result = probe(relay, probe_retries=3, probe_retry_seconds=0)
    assert result["failed"]
    assert "credentials-rejected" in codes(result)
    assert sum(line.startswith("AUTH") for line in relay.seen) == 1
    assert result["relay"]["certificate"]["verified"]
    assert "Fix: " in result["msg"]


def test_in_one_run_a_rejected_password_is_not_tried_again(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    relay = run_relay(Relay(replies={"AUTH": b"535 5.7.8 Authentication failed\r\n"}))
    probe(relay, of_run="one")
    again = probe(relay, of_run="one")
    assert again["failed"]
    assert "login-stopped" in codes(again)
    assert again["relay"]["stages"][-1]["name"] == "auth"
    assert sum(line.startswith("AUTH") for line in relay.seen) == 1


def test_fallbacks_are_probed_in_their_order_and_fail_as_warnings(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    relay, other = run_relay(Relay()), run_relay(Relay(security="none"))
    fallbacks = [
        {"host": "127.0.0.1", "port": 9, "security": "none"},
        {"host": "127.0.0.1", "port": other.port, "security": "none"},
    ]
    result = probe(relay, fallbacks=fallbacks)
    assert "failed" not in result, result["msg"]
    assert [each["relay"] for each in result["fallbacks"]] == [
        "127.0.0.1:9",
        f"127.0.0.1:{other.port}",
    ]
    assert [each["ok"] for each in result["fallbacks"]] == [False, True]
    [refused] = [each for each in result["findings"] if each["code"] == "relay-refused"]
    assert refused["severity"] == "warning"


def test_an_open_relay_is_looked_for_only_when_asked(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    relay = run_relay(Relay())
    assert "open-relay" not in codes(probe(relay))
    assert "open-relay" in codes(probe(relay, probe_foreign_recipient="x@example.net"))


def test_a_mail_that_is_larger_than_the_relay_takes_is_named(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    result = probe(run_relay(Relay()), probe_expected_size=20_000_000)
    assert "message-over-limit" in codes(result)


@pytest.mark.parametrize("module", [names_client, names_domain])
def test_a_missing_library_for_the_names_is_a_finding_that_says_what_to_install(
    run_relay: Callable[..., Relay], probe: Probe, monkeypatch: pytest.MonkeyPatch, module: Any
) -> None:
    monkeypatch.setattr(module, "IMPORT_ERROR", "No module named 'nosuch'")
    result = probe(run_relay(Relay()), probe_names=True)
    [finding] = [each for each in result["findings"] if each["code"] == "names-library-missing"]
    assert "No module named 'nosuch'" in finding["message"]
    assert "pip install 'dnspython>=2.6.1' publicsuffixlist" in finding["fix"]


def test_the_names_behind_the_mail_are_asked_of_the_dns_and_returned_as_documented(
    run_relay: Callable[[Relay], Relay], probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    zone = {
        "example.com": {"MX": ["10 mx.example.com."], "TXT": ['"v=spf1 mx -all"']},
        "mx.example.com": {"A": ["192.0.2.7"]},
    }
    with DnsServer(zone) as server:
        here = functools.partial(Client, ["127.0.0.1"], port=server.port)
        monkeypatch.setattr(names_client, "Client", here)
        result = probe(run_relay(Relay()), probe_names=True)
    assert "failed" not in result, result["msg"]
    assert {"spf-unproven", "dkim-unproven", "dmarc-missing"} <= set(codes(result))
    assert result["names"]["exchangers"] == ["mx.example.com"]
    assert result["names"]["spf"]["record"] == "v=spf1 mx -all"
    assert ("_dmarc.example.com", "TXT") in server.asked
    documented(yaml.safe_load(documentation.RETURN)["names"], result["names"], "names")


def test_a_dns_that_fails_leaves_what_was_seen_of_the_relay(
    run_relay: Callable[[Relay], Relay], probe: Probe, monkeypatch: pytest.MonkeyPatch
) -> None:
    with DnsServer({"example.com": {}}, failing=["example.com"]) as server:
        here = functools.partial(Client, ["127.0.0.1"], port=server.port)
        monkeypatch.setattr(names_client, "Client", here)
        result = probe(run_relay(Relay()), probe_names=True)
    assert "names-not-looked-up" in codes(result)
    assert result["relay"]["login"] == "accepted"


def test_a_host_whose_connection_is_local_is_the_controller_and_it_is_said(
    run_relay: Callable[[Relay], Relay], probe: Probe
) -> None:
    result = probe(run_relay(Relay()), probe_from="host")
    assert result["probed_from"] == "controller"
    assert "probe-host-is-controller" in codes(result)


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"probe_until": "quit"}, "value-not-a-choice"),
        ({"probe_security": "tls"}, "value-not-a-choice"),
        ({"security": "auto"}, "security-not-declared"),
        ({"probe_retries": -1}, "number-out-of-range"),
        ({"probe_expected_size": 0}, "number-out-of-range"),
        ({"probe_image": "--privileged"}, "value-invalid"),
        ({"probe_pull_secret": "My Registry"}, "value-invalid"),
        ({"probe_dkim_selector": "s1._domainkey example"}, "value-invalid"),
        ({"probe_until": "data"}, "request-invalid"),
        ({"probe_foreign_recipient": "nobody"}, "request-invalid"),
        ({"probe_ciphers": "NONE-SUCH"}, "request-invalid"),
    ],
)
def test_what_cannot_be_tried_is_refused_before_any_connection(
    run_relay: Callable[[Relay], Relay], probe: Probe, changes: dict[str, Any], code: str
) -> None:
    relay = run_relay(Relay())
    result = probe(relay, **changes)
    assert result["failed"]
    assert codes(result) == [code]
    assert relay.seen == []
