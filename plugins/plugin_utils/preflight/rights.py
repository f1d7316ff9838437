# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Asks the API server what this user may do (SelfSubjectAccessReview), which needs no right itself."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any, Protocol

import yaml

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.at_once import at_once
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import hooks
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import of_manifest
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.needs import (
    Need,
    can_name,
    of_chart,
    rule,
)


class Api(Protocol):
    """Where it is asked."""

    @property
    def namespace(self) -> str: ...

    def may(
        self, verb: str, resource: str, *, group: str, namespace: str, name: str = ""
    ) -> bool: ...

    def resources(self, version: str) -> dict[str, dict[str, Any]]: ...


@dataclass(frozen=True)
class _Question:
    verb: str
    need: Need


def missing(api: Api, needs: Iterable[Need]) -> list[Finding]:
    """A finding for each resource on which verbs are missing; a warning for those that are optional.

    Everything is asked at once. For one object the right is asked for by its name. For several, a right
    for all objects of the kind is asked for first; where there is none, one for each by its name.

    :raises FindingError: when the API server cannot be asked.
    """
    questions = list(dict.fromkeys(_Question(verb, need) for need in needs for verb in need.verbs))

    def allowed(question: _Question) -> bool:
        need = question.need
        facts: dict[str, Any] = {
            "group": need.group,
            "namespace": api.namespace if need.namespace is None else need.namespace,
        }
        named = bool(need.names) and can_name([question.verb])
        if not (named and len(need.names) == 1) and api.may(question.verb, need.resource, **facts):
            return True
        return named and all(
            api.may(question.verb, need.resource, **facts, name=name) for name in need.names
        )

    answers = at_once(allowed, questions)
    refused = [question for question, yes in zip(questions, answers, strict=True) if not yes]
    return _findings(refused, api.namespace)


def _findings(refused: Sequence[_Question], namespace: str) -> list[Finding]:
    """One for each resource. What one need must have is not told as a wish of another."""
    grouped: dict[tuple[str, str, str | None], list[_Question]] = {}
    for question in refused:
        need = question.need
        grouped.setdefault((need.group, need.resource, need.namespace), []).append(question)
    found = []
    for questions in grouped.values():
        must = [question for question in questions if not question.need.optional]
        first = (must or questions)[0].need
        verbs = list(dict.fromkeys(question.verb for question in questions))
        place = namespace if first.namespace is None else first.namespace
        found.append(
            CATALOGUE.finding(
                "right-missing" if must else "right-wanted",
                where=first.resource,
                verbs=" or ".join(verbs),
                resource=first.resource,
                place=f" in namespace {place}" if place else "",
                role="the Role" if place else "a ClusterRole",
                why=", and to ".join(
                    dict.fromkeys(question.need.why for question in must or questions)
                ),
                rule=yaml.safe_dump(
                    rule(first.group, first.resource, verbs, _names(questions)),
                    default_flow_style=True,
                    width=1000,
                ).strip(),
            )
        )
    return found


def _names(questions: Sequence[_Question]) -> list[str]:
    """Return the objects for which a right is missing; empty when it is missing for all."""
    if not all(question.need.names and can_name([question.verb]) for question in questions):
        return []
    return sorted({name for question in questions for name in question.need.names})


def of_release(api: Api, revision: Revision) -> list[Need]:
    """What an upgrade of a release needs for the objects that it has.

    :raises ValueError: when its manifest is no YAML.
    :raises FindingError: when the API server cannot be asked.
    """
    objects = of_manifest(revision.manifest, api.namespace).values()
    again = hooks.of_upgrade(revision, api.namespace).values()
    versions = sorted(
        {str(thing.get("apiVersion", "")) for thing in (*objects, *(each.object for each in again))}
    )
    known = dict(zip(versions, at_once(api.resources, versions), strict=True))
    resources = {
        (version, kind): entry for version, kinds in known.items() for kind, entry in kinds.items()
    }
    return of_chart(objects, again, resources, api.namespace)
