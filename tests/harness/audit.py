# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a user has asked of the API server, by the server's own audit log."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.cluster.layout import Layout
from tests.harness.account import Rules

STREAMS = ("exec", "attach")
"""A WebSocket to one of these begins with a get, of which the API server also asks the right to create."""


@dataclass(frozen=True, order=True)
class Right:
    """A verb on a resource, in the words of a Role."""

    verb: str
    resource: str
    group: str


def of_rules(rules: Rules) -> set[Right]:
    """What the rules of a Role give."""
    return {
        Right(verb, resource, group)
        for rule in rules
        for group in rule["apiGroups"]
        for resource in rule["resources"]
        for verb in rule["verbs"]
    }


@dataclass(frozen=True)
class Audit:
    """The log of a node."""

    path: Path

    @classmethod
    def of(cls, kubeconfig: Path) -> Audit:
        """The log of the node whose administrator has this kubeconfig."""
        return cls(Layout(kubeconfig.resolve().parent).audit)

    def requests(self) -> str:
        """The paths and queries of all requests, where the words of a command for a container stand, too."""
        return "\n".join(str(entry["requestURI"]) for entry in self._all())

    def used(self, username: str) -> set[Right]:
        """The rights that a user had and used."""
        return {right for entry in self._entries(username, "allow") for right in _rights(entry)}

    def refused(self, username: str) -> set[Right]:
        """The rights that a user lacked when they were needed."""
        return {right for entry in self._entries(username, "forbid") for right in _rights(entry)}

    def _entries(self, username: str, decision: str) -> Iterator[Mapping[str, Any]]:
        for entry in self._all():
            decided = (entry.get("annotations") or {}).get("authorization.k8s.io/decision")
            if entry["user"]["username"] == username and decided == decision:
                yield entry

    def _all(self) -> Iterator[Mapping[str, Any]]:
        if self.path.exists():
            yield from map(json.loads, self.path.read_text(encoding="utf-8").splitlines())


def _rights(entry: Mapping[str, Any]) -> Iterator[Right]:
    """What the API server has asked its authorizer for a request; nothing for what is no resource."""
    thing = entry.get("objectRef")
    if thing is None:
        return
    subresource = thing.get("subresource", "")
    made = entry["verb"] == "patch" and entry["responseStatus"]["code"] == 201
    for verb in (entry["verb"], *(["create"] if made or subresource in STREAMS else [])):
        yield Right(
            verb,
            "/".join(filter(None, (thing["resource"], subresource))),
            thing.get("apiGroup", ""),
        )
