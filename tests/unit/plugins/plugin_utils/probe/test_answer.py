# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a container answers in the place of the probe: read by a strict schema, and never believed."""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Callable, Sequence
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import probe
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError, Executed
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.answer import AnswerError, read
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.place import (
    Patience,
    PlaceError,
    Pod,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.scripted import (
    Authority,
    Relay,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.cluster.scripted import (
    Clock,
    ScriptedCluster,
    deployment,
    pod,
)

PASSWORD = "Xk9-unmistakable-Qz7"
OLD = "of-an-earlier-run-77"
REQUEST = ProbeRequest(
    host="127.0.0.1", port=9, security="none", auth="password", username="hub",
    password=Secret(PASSWORD),
)  # fmt: skip


def answer(**changes: Any) -> dict[str, Any]:
    """What the probe answers when nobody listens, with changes."""
    return {**probe(REQUEST).as_dict(), **changes}


def read_data(data: Any) -> dict[str, Any]:
    return read(json.dumps(data), Redactor([Secret(PASSWORD)]).clean).as_dict()


def test_what_the_probe_writes_is_read_as_it_is(
    run_relay: Callable[[Relay], Relay], authority: Authority
) -> None:
    relay = run_relay(Relay(security="starttls"))
    request = ProbeRequest(
        host="127.0.0.1", port=relay.port, security="starttls", auth="password",
        username=relay.username, password=Secret(relay.password), ca_pem=authority.pem,
        from_address="hub@example.com", recipients=("someone@example.org",), want_chain=True,
    )  # fmt: skip
    written = json.loads(json.dumps(probe(request).as_dict()))
    assert written["certificate"]
    assert written["chain_pem"]
    assert read(json.dumps(written), str).as_dict() == written


def test_what_it_writes_of_a_relay_that_is_away_is_read_as_it_is() -> None:
    written = answer()
    assert read(json.dumps(written), str).as_dict() == written


class TestASecret:
    @pytest.mark.parametrize(
        "form",
        [
            PASSWORD,
            base64.b64encode(PASSWORD.encode()).decode(),
            base64.b64encode(f"x{PASSWORD}yy".encode()).decode(),
            urllib.parse.quote(f"{PASSWORD}/"),
            PASSWORD.encode().hex(),
        ],
    )
    @pytest.mark.parametrize("place", ["banner", "proxy", "transcript", "detail", "finding", "key"])
    def test_that_a_container_echoes_is_not_shown(self, form: str, place: str) -> None:
        data = answer()
        data["findings"] = [dict(data["findings"][0])]
        if place == "transcript":
            data["transcript"] = [f"C: {form}"]
        elif place == "detail":
            data["stages"][0]["detail"] = form
        elif place == "finding":
            data["findings"][0].update(message=form, fix=form, where=form)
        elif place == "key":
            data["capabilities"] = {form: [form]}
        else:
            data[place] = form
        assert form not in json.dumps(read_data(data))


def test_what_follows_from_the_rest_is_not_believed() -> None:
    data = answer(ok=True, reached="data", msg="relay is ok\nall is well")
    found = read_data(data)
    assert not found["ok"]
    assert found["reached"] == answer()["reached"]
    assert "all is well" not in found["msg"]


@pytest.mark.parametrize(
    "changes",
    [
        {"stages": None},
        {"stages": [3]},
        {"stages": [{"name": "connect"}]},
        {"stages": [{"name": "../x", "result": "ok", "seconds": 0, "detail": ""}]},
        {"stages": [{"name": "tls", "result": "great", "seconds": 0, "detail": ""}]},
        {"stages": [{"name": "tls", "result": "ok", "seconds": -1, "detail": ""}]},
        {"stages": [{"name": "tls", "result": "ok", "seconds": True, "detail": ""}]},
        {"stages": [{"name": "tls", "result": "ok", "seconds": 0, "detail": "", "more": 1}]},
        {"stages": [{"name": "tls", "result": "ok", "seconds": 0, "detail": "x" * 5_000}]},
        {"stages": [answer()["stages"][0]] * 1_001},
        {
            "findings": [
                {"code": "own-idea", "severity": "error", "where": "", "message": "", "fix": ""}
            ]
        },
        {"findings": [{**answer()["findings"][0], "severity": "fatal"}]},
        {"findings": [{**answer()["findings"][0], "message": ["x"]}]},
        {"seconds": 10**400},
        {"tries": 0},
        {"tries": "1"},
        {"login": "admitted"},
        {"login": ["accepted"]},
        {"security": None},
        {"transient": 1},
        {"capabilities": {"X": "y"}},
        {"size_limit": -1},
        {"tls": {"version": "TLSv1.3"}},
        {"certificate": {}},
        {"chain_pem": "secret"},
        {"transcript": "x"},
        {"recipients": [{"address": "a", "result": "sent"}]},
        {"more": "than it writes"},
    ],
)
def test_what_does_not_fit_is_no_answer_and_is_not_quoted(changes: dict[str, Any]) -> None:
    with pytest.raises(AnswerError):
        read_data(answer(**changes))


CERTIFICATE = {
    "subject": "CN=a", "issuer": "CN=a", "names": ["a"], "sha256": "0" * 64, "weaknesses": [],
    "not_before": "2026-01-01T00:00:00+00:00", "not_after": "2027-01-01T00:00:00+00:00",
    "days_left": 5, "verified": True,
}  # fmt: skip


@pytest.mark.parametrize(
    "changes",
    [
        {"days_left": 10**9},
        {"days_left": 999_999},
        {"not_after": "2027-01-01"},
        {"not_after": "9999-12-31T23:59:59+00:00", "days_left": -1},
        {"not_after": "0001-01-01T00:00:00+00:00"},
        {"not_after": "\u0662027-01-01T00:00:00+00:00"},
        {"sha256": PASSWORD},
    ],
)
def test_a_certificate_out_of_all_bounds_is_no_answer(changes: dict[str, Any]) -> None:
    assert read_data(answer(certificate=CERTIFICATE))["certificate"] == CERTIFICATE
    with pytest.raises(AnswerError):
        read_data(answer(certificate={**CERTIFICATE, **changes}))


@pytest.mark.parametrize(
    "text",
    [
        "",
        "null",
        "[]",
        '"x"',
        "[" * 500_000,
        '{"a":' * 100_000,
        '{"stages": ' + "9" * 5_000 + "}",
        "NaN",
        json.dumps(answer()).replace('"tries": 1', '"tries": NaN'),
        json.dumps(answer()).replace('"tries": 1', '"tries": 1e999'),
        "x" * (2 << 20),
        "\ud800",
    ],
)
def test_no_text_is_a_mistake_of_ours(text: str) -> None:
    with pytest.raises(AnswerError):
        read(text, str)


_LEAVES = st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20)
_ANYTHING = st.recursive(
    _LEAVES, lambda some: st.lists(some) | st.dictionaries(st.text(max_size=8), some), max_leaves=9
)
_NAMES = sorted(answer())


@given(st.dictionaries(st.sampled_from(_NAMES), _ANYTHING, max_size=4))
def test_whatever_stands_in_its_places_it_is_an_answer_or_none(changes: dict[str, Any]) -> None:
    try:
        read_data({**ANSWER, **changes})
    except AnswerError:
        return


ANSWER = answer()


class InPod(ScriptedCluster):
    """A cluster whose container has a python3 of its own."""

    def execute(self, pod: str, container: str, argv: Sequence[str], **_how: Any) -> Executed:
        return super().execute(pod, container, argv)


def in_pod(ends: Executed | ExecError) -> dict[str, Any]:
    cluster = InPod(states={"qua-api": deployment()}, pods_of={"qua-api": [pod()]})
    cluster.instead = ends
    workload = Workload("Deployment", "qua-api", "api")
    place: Any = Pod
    patience = Patience(Clock(), 0)
    running = place(cluster, [workload], patience, lambda: [Secret(OLD)])
    found: dict[str, Any] = running.run(REQUEST).result
    return found


class TestAPod:
    def test_that_echoes_secrets_of_the_run_and_of_the_records_is_redacted(self) -> None:
        data = answer(banner=f"{PASSWORD} {OLD}", transcript=[PASSWORD, OLD])
        found = in_pod(Executed(0, json.dumps(data).encode(), b""))
        assert PASSWORD not in str(found)
        assert OLD not in str(found)

    @pytest.mark.parametrize(
        "output",
        [PASSWORD.encode(), b"\xff\x1b[2K", b"", json.dumps({"stages": PASSWORD}).encode()],
    )
    def test_that_answers_something_else_may_have_logged_in(self, output: bytes) -> None:
        with pytest.raises(PlaceError, match="not the probe's") as caught:
            in_pod(Executed(0, output, b""))
        assert caught.value.began
        assert PASSWORD not in str(caught.value)

    def test_that_floods_may_have_logged_in(self) -> None:
        with pytest.raises(PlaceError, match="prints more than") as caught:
            in_pod(ExecError("it prints more than 4 MiB", began=True))
        assert caught.value.began
