# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where a container's variables and files come from, by its specification alone."""

from __future__ import annotations

from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.verify.origin import (
    mounted,
    of_file,
    of_variables,
)

PATH = "/etc/app/app.ini"


def placed(volume: dict[str, Any], **mount: Any) -> tuple[dict[str, Any], dict[str, Any]]:
    """A specification with one volume, and a container that mounts it."""
    spec = {"volumes": [{"name": "v", **volume}]}
    return spec, {"volumeMounts": [{"name": "v", "mountPath": "/etc/app", **mount}]}


def test_variables_come_from_entries_and_from_whole_objects() -> None:
    container = {
        "env": [
            {"name": "A", "valueFrom": {"secretKeyRef": {"name": "creds", "key": "a"}}},
            {"name": "B", "valueFrom": {"configMapKeyRef": {"name": "config", "key": "b"}}},
            {"name": "OTHER", "valueFrom": {"secretKeyRef": {"name": "other", "key": "o"}}},
        ],
        "envFrom": [{"secretRef": {"name": "all"}, "prefix": "SMTP_"}],
    }
    assert of_variables(container, {"A", "B", "SMTP_HOST"}) == {
        ("Secret", "creds", "a"),
        ("ConfigMap", "config", "b"),
        ("Secret", "all", "HOST"),
    }


@pytest.mark.parametrize(
    ("volume", "mount", "place"),
    [
        ({"configMap": {"name": "config"}}, {}, ("ConfigMap", "config", "app.ini")),
        ({"secret": {"secretName": "creds"}}, {}, ("Secret", "creds", "app.ini")),
        (
            {"configMap": {"name": "config", "items": [{"key": "main", "path": "app.ini"}]}},
            {},
            ("ConfigMap", "config", "main"),
        ),
        (
            {"configMap": {"name": "config"}},
            {"mountPath": PATH, "subPath": "main.ini"},
            ("ConfigMap", "config", "main.ini"),
        ),
        (
            {"projected": {"sources": [{"secret": {"name": "creds"}}]}},
            {},
            ("Secret", "creds", "app.ini"),
        ),
    ],
    ids=["ConfigMap", "Secret", "items", "subPath", "projected"],
)
def test_a_file_comes_from_the_entry_that_is_mounted_there(
    volume: dict[str, Any], mount: dict[str, Any], place: tuple[str, str, str]
) -> None:
    assert of_file(*placed(volume, **mount), PATH) == [place]


@pytest.mark.parametrize(
    ("volume", "mount"),
    [
        ({"emptyDir": {}}, {}),
        ({"configMap": {"name": "config"}}, {"mountPath": "/etc/application"}),
        ({"configMap": {"name": "config", "items": [{"key": "a", "path": "b"}]}}, {}),
        ({"configMap": {"name": "config"}}, {"subPathExpr": "$(POD)"}),
    ],
    ids=["another type", "elsewhere", "not among the items", "a path that only the kubelet knows"],
)
def test_a_file_comes_from_nowhere_that_can_be_told(
    volume: dict[str, Any], mount: dict[str, Any]
) -> None:
    assert of_file(*placed(volume, **mount), PATH) == []


def test_what_is_mounted_deeper_lies_above_what_is_around_it() -> None:
    spec = {
        "volumes": [
            {"name": "all", "configMap": {"name": "all"}},
            {"name": "one", "secret": {"secretName": "one"}},
        ]
    }
    mounts = [
        {"name": "one", "mountPath": PATH, "subPath": "ini"},
        {"name": "all", "mountPath": "/etc/app"},
    ]
    assert of_file(spec, {"volumeMounts": mounts}, PATH) == [("Secret", "one", "ini")]


def test_a_secret_is_mounted_only_where_a_container_mounts_its_volume() -> None:
    spec, container = placed({"secret": {"secretName": "creds"}})
    assert mounted(spec, container, "creds")
    assert not mounted(spec, container, "other")
    assert not mounted(spec, {"name": "sidecar"}, "creds")
