# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What pods refer to is found in every place of their specification, but what is optional."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.references import (
    Reference,
    missing,
    required,
)

SECRET, CONFIG = "Secret", "ConfigMap"


def of_env(origin: dict[str, Any]) -> dict[str, Any]:
    return {"containers": [{"name": "api", "env": [{"name": "X", "valueFrom": origin}]}]}


def of_all(source: dict[str, Any]) -> dict[str, Any]:
    return {"initContainers": [{"name": "init", "envFrom": [source]}], "containers": []}


def of_volume(volume: dict[str, Any]) -> dict[str, Any]:
    return {"containers": [], "volumes": [{"name": "v", **volume}]}


PLACES = [
    (of_env({"secretKeyRef": {"name": "a", "key": "k"}}), [Reference(SECRET, "a", "k")]),
    (of_env({"configMapKeyRef": {"name": "a", "key": "k"}}), [Reference(CONFIG, "a", "k")]),
    (of_all({"secretRef": {"name": "a"}}), [Reference(SECRET, "a")]),
    (of_all({"configMapRef": {"name": "a"}, "prefix": "P_"}), [Reference(CONFIG, "a")]),
    (of_volume({"secret": {"secretName": "a"}}), [Reference(SECRET, "a")]),
    (
        of_volume({"configMap": {"name": "a", "items": [{"key": "k", "path": "p"}]}}),
        [Reference(CONFIG, "a", "k")],
    ),
    (
        of_volume({"projected": {"sources": [{"secret": {"name": "a"}}, {"configMap": {"name": "b"}}]}}),
        [Reference(SECRET, "a"), Reference(CONFIG, "b")],
    ),
]  # fmt: skip


@pytest.mark.parametrize(("spec", "found"), PLACES)
def test_a_reference_is_found_wherever_it_stands(
    spec: dict[str, Any], found: list[Reference]
) -> None:
    assert required(spec) == found


@pytest.mark.parametrize(
    "spec",
    [
        of_env({"secretKeyRef": {"name": "a", "key": "k", "optional": True}}),
        of_env({"fieldRef": {"fieldPath": "status.hostIP"}}),
        of_all({"configMapRef": {"name": "a", "optional": True}}),
        of_volume({"secret": {"secretName": "a", "optional": True}}),
        of_volume({"projected": {"sources": [{"secret": {"name": "a", "optional": True}}]}}),
        of_volume({"emptyDir": {}}),
        {"containers": [{"name": "api"}]},
    ],
)
def test_what_is_optional_or_comes_from_elsewhere_is_not_required(spec: dict[str, Any]) -> None:
    assert required(spec) == []


def test_what_is_not_there_is_missing_whole_or_by_its_key() -> None:
    there = {(SECRET, "a"): {"data": {"k": "eA=="}}, (CONFIG, "b"): {"binaryData": {"k": "eA=="}}}
    wanted = [
        Reference(SECRET, "a", "k"),
        Reference(SECRET, "a", "other"),
        Reference(CONFIG, "b", "k"),
        Reference(SECRET, "gone", "k"),
        Reference(SECRET, "gone"),
    ]
    absent = missing(wanted, lambda kind, name: there.get((kind, name)))
    assert absent == [Reference(SECRET, "a", "other"), Reference(SECRET, "gone")]
    assert list(map(str, absent)) == ["Secret a, key other", "Secret gone"]


def test_the_private_ca_is_looked_after_by_the_run_itself() -> None:
    volume = {"name": "mailops-smtp-ca", "configMap": {"name": "mailops-smtp-ca-deployment-x-0"}}
    assert required({"containers": [], "volumes": [volume]}) == []
