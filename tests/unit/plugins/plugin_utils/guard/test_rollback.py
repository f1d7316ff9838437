# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A rollback brings back what the release has had, and nothing that only a record says."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import rollback
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.explain import explanation
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.judge import sort
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Ref
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Write
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard.things import (
    EVIDENCE,
    NAMESPACE,
    changes,
    config_map,
    deployment,
    made,
    patched,
    refused,
    removed,
)

APP = Ref("Deployment", "hub-app")


def told(
    *writes: Write, had: Sequence[dict[str, Any]] = (), allowed: Sequence[str] = ()
) -> list[str]:
    """The codes of what stands against these writes.

    :param had: the Deployment as it once was.
    """
    found = sort(changes(*writes), explanation([EVIDENCE], [deployment()]), allowed)
    templates = {APP: [each["spec"]["template"] for each in had]}
    past = rollback.Past(templates, {APP: writes[0].answer})
    facts = {"release": "hub", "chart": "hub"}
    return [finding.code for finding in rollback.findings(found, past, str, facts, {})]


def with_pod(**spec: Any) -> dict[str, Any]:
    made = deployment()
    made["spec"]["template"]["spec"].update(spec)
    return made


def with_container(**fields: Any) -> dict[str, Any]:
    made = deployment()
    made["spec"]["template"]["spec"]["containers"][0].update(fields)
    return made


FORGED = [
    with_pod(hostNetwork=True),
    with_pod(serviceAccountName="robot"),
    with_pod(volumes=[{"name": "config", "hostPath": {"path": "/"}}]),
    with_pod(initContainers=[{"name": "i", "image": "evil"}]),
    with_container(image="evil"),
    with_container(command=["sh", "-c", "evil"]),
    with_container(securityContext={"privileged": True}),
    deployment(env={"LD_PRELOAD": "/evil"}),
    deployment(env={"NODE_OPTIONS": "--require /mail"}),
]


@pytest.mark.parametrize("forged", FORGED)
def test_what_the_release_has_not_had_does_not_come(forged: dict[str, Any]) -> None:
    write = patched(deployment(), forged)
    assert told(write) == ["rollback-changes-other"]
    assert told(write, had=[deployment(), deployment(image="older")]) == ["rollback-changes-other"]
    assert told(write, allowed=["Deployment/hub-app"]) == ["change-allowed"]


@pytest.mark.parametrize("older", FORGED)
def test_what_it_has_had_comes_back(older: dict[str, Any]) -> None:
    assert told(patched(deployment(), older), had=[deployment(), older]) == []


def test_mail_settings_and_configuration_go_back_without_a_past() -> None:
    before = deployment(host="old", env={"SMTP_SECURITY": "tls"})
    config = patched(config_map(data={"a": "b"}), config_map(data={"a": "c"}))
    assert told(patched(deployment(), before), config, made(config_map("x"))) == []


def test_an_entry_that_a_runtime_takes_for_code_does_not_come_back() -> None:
    forged = config_map(data={"LD_PRELOAD": "/evil"})
    assert told(patched(config_map(), forged)) == ["rollback-changes-other"]
    assert told(made(forged)) == ["rollback-changes-other"]


def test_what_was_scaled_or_held_meanwhile_stops_nothing() -> None:
    live, after = deployment(replicas=3), deployment(replicas=1)
    live["spec"]["paused"] = True
    assert told(patched(live, after)) == []


def test_what_the_change_has_made_goes_and_nothing_else_comes() -> None:
    service = {"kind": "Service", "metadata": {"name": "s", "namespace": NAMESPACE}}
    assert told(removed(service)) == []
    assert told(made(service)) == ["rollback-changes-other"]
    assert told(made(deployment("other"))) == ["rollback-changes-other"]


def test_what_the_api_server_refuses_is_told_before_anything_is_written() -> None:
    assert told(refused(403, "denied by policy")) == ["upgrade-refused"]
