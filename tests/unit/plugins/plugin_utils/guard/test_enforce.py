# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real run of Helm may be what its trial was, and nothing else."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.enforce import Approved
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import ON_UPGRADE, every
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import (
    Write,
    object_path,
    secret_elsewhere,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.trial import Trial
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision

CONFIG = """\
apiVersion: v1
kind: ConfigMap
metadata: {name: settings}
data: {host: mail.example.com, nonce: "1"}
"""
ROLE = """\
apiVersion: rbac.authorization.k8s.io/v1
kind: Role
metadata: {name: reader}
rules: []
"""
JOB: dict[str, Any] = {
    "events": ["pre-upgrade"],
    "manifest": "apiVersion: batch/v1\nkind: Job\nmetadata: {name: migrate}\nspec: {}\n",
}
PLACE = "/api/v1/namespaces/apps"


def approved(*allowed: str, manifest: str = CONFIG) -> Approved:
    tried = revision(2, manifest=f"---\n{manifest}---\n{ROLE}", hooks=[JOB])
    write = Write("PATCH", 200, {}, {}, {}, f"{PLACE}/configmaps/settings")
    return Approved(Trial((write,), tried), [*every(ON_UPGRADE, tried, "apps")], allowed)


def differs(by: Approved, manifest: str, hooks: Any = None) -> str:
    hooks = [JOB] if hooks is None else hooks
    return by.differs(revision(2, manifest=manifest, hooks=hooks), "apps")


def test_what_the_trial_has_rendered_may_be_made() -> None:
    assert differs(approved(), f"---\n{CONFIG}---\n{ROLE}") == ""
    assert differs(approved(), f"---\n{ROLE}---\n{CONFIG}") == ""


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace("mail.example.com", "evil.example.com"),
        lambda text: text.replace("rules: []", "rules: [{verbs: ['*']}]"),
        lambda text: text.replace("name: reader", "name: other"),
        lambda text: f"{text}---\n{CONFIG}",
        lambda text: text.replace(CONFIG, ""),
        lambda text: text.replace("kind: Role", "kind: RoleBinding"),
    ],
    ids=["a value", "rights", "a name", "one twice", "one less", "a kind"],
)
def test_anything_else_may_not(change: Callable[[str], str]) -> None:
    assert differs(approved(), change(f"---\n{CONFIG}---\n{ROLE}")) != ""


@pytest.mark.parametrize(
    "hooks",
    [
        [],
        [{**JOB, "events": ["post-upgrade"]}],
        [{**JOB, "manifest": JOB["manifest"].replace("spec: {}", "spec: {x: 1}")}],
        [JOB, JOB],
    ],
)
def test_a_hook_may_not_be_another_one(hooks: list[Any]) -> None:
    assert differs(approved(), f"---\n{CONFIG}---\n{ROLE}", hooks) != ""


def test_a_place_that_varies_may_be_named_exactly_and_rights_by_no_pattern() -> None:
    again = f"---\n{CONFIG}---\n{ROLE}".replace('nonce: "1"', 'nonce: "2"')
    assert differs(approved(), again) == "ConfigMap/settings:data.nonce"
    assert differs(approved("ConfigMap/settings:data.nonce"), again) == ""
    assert differs(approved("*"), again) == ""
    rights = f"---\n{CONFIG}---\n{ROLE}".replace("rules: []", "rules: [{verbs: ['*']}]")
    assert differs(approved("*"), rights) != ""


def test_an_object_of_a_hook_is_known_by_its_kind_and_name() -> None:
    by = approved()
    assert by.has_hook("/apis/batch/v1/namespaces/apps/jobs/migrate")
    assert not by.has_hook("/apis/batch/v1/namespaces/apps/jobs/other")
    assert not by.has_hook("/api/v1/namespaces/apps/secrets/migrate")


def test_a_new_object_has_the_path_that_it_will_have() -> None:
    assert object_path("POST", f"{PLACE}/secrets", {"metadata": {"name": "x"}}).endswith("/x")
    assert object_path("PATCH", f"{PLACE}/secrets/x", {}) == f"{PLACE}/secrets/x"


@pytest.mark.parametrize(
    ("path", "expected"),
    [
        ("/api/v1/namespaces/apps/secrets/x", None),
        ("/api/v1/namespaces/apps/secrets", None),
        ("/api/v1/namespaces/mail/configmaps/secrets", None),
        ("/api/v1/namespaces/secrets", None),
        ("/apis/apps/v1/namespaces/mail/deployments/x", None),
        ("/api/v1/namespaces/mail/secrets/x", "Secret/mail/x"),
        ("/api/v1/namespaces/m%61il/secrets/x", "Secret/mail/x"),
        ("/api/v1/namespaces/mail/secrets", "Secret/mail/*"),
        ("/api/v1/secrets", "Secret/*/*"),
        ("/api/v1/watch/namespaces/mail/secrets", "Secret/mail/*"),
        ("/api/v1/watch/secrets", "Secret/*/*"),
    ],
)
def test_secrets_of_other_namespaces_are_known_by_their_paths(
    path: str, expected: str | None
) -> None:
    assert secret_elsewhere(path, "apps") == expected


def test_what_is_written_is_what_the_trial_has_written() -> None:
    assert approved().paths == {f"{PLACE}/configmaps/settings"}
