# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads a profile and checks its form.

A shipped profile is named, a user's own is a path; both go through the same check.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import nearest
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Profile,
    Shared,
    Supports,
    Workload,
)

FOLDER = FilePath(__file__).resolve().parents[3] / "profiles"
SUFFIX = ".yml"

_SECURITIES = ("none", "starttls", "tls")
_KINDS = ("Deployment", "StatefulSet", "DaemonSet")
_VERIFIES = ("yes", "no", "undocumented")
_FIELDS = ("from_name", "reply_to")


def shipped() -> list[str]:
    """The names of the shipped profiles."""
    return sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}"))


def load(application: str | None) -> Profile:
    """The profile that `smtp_application` names.

    :param application: the name of a shipped profile, or the path of a file (it holds a ``/``).
    :raises FindingError: when there is none, or its form is wrong.
    """
    choices = ", ".join(shipped())
    if not application:
        raise FindingError(
            CATALOGUE.finding("application-missing", where="smtp_application", choices=choices)
        )
    path = (
        FilePath(os.path.expanduser(application))
        if "/" in application
        else FOLDER / f"{application}{SUFFIX}"
    )
    if not path.is_file():
        near = nearest(application, shipped())
        hint = f"; the nearest is {near}" if near else ""
        raise FindingError(
            CATALOGUE.finding(
                "profile-not-found",
                where="smtp_application",
                value=application,
                hint=hint,
                choices=choices,
            )
        )
    return _load_file(path)


@functools.cache
def _load_file(path: FilePath) -> Profile:
    try:
        document = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (yaml.YAMLError, UnicodeDecodeError, OSError) as error:
        problem = " ".join(str(error).split())
        raise FindingError(
            CATALOGUE.finding("profile-invalid", where=path.name, problem=problem)
        ) from error
    return _Reader(path.name).profile(document)


class _Reader:
    """Takes a document apart; every complaint names the file and the key."""

    def __init__(self, source: str) -> None:
        self._source = source

    def fail(self, key: str, problem: str) -> FindingError:
        where = f"{self._source}, {key}" if key else self._source
        return FindingError(CATALOGUE.finding("profile-invalid", where=where, problem=problem))

    def mapping(
        self, key: str, value: Any, known: tuple[str, ...] | None = None
    ) -> Mapping[str, Any]:
        if not isinstance(value, dict) or not all(isinstance(name, str) for name in value):
            raise self.fail(key, "a dictionary with text keys is expected")
        for name in value:
            if known is not None and name not in known:
                near = nearest(name, known)
                hint = f"; {near} was probably meant" if near else ""
                raise self.fail(
                    f"{key}.{name}".lstrip("."),
                    f"this key is not known{hint}; known are {', '.join(known)}",
                )
        return value

    def text(self, key: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise self.fail(key, "a text is expected")
        return value

    def boolean(self, key: str, value: Any) -> bool:
        if not isinstance(value, bool):
            raise self.fail(key, "true or false is expected")
        return value

    def texts(self, key: str, value: Any) -> tuple[str, ...]:
        if not isinstance(value, list):
            raise self.fail(key, "a list of texts is expected")
        return tuple(self.text(key, entry) for entry in value)

    def choice(self, key: str, value: Any, choices: tuple[str, ...]) -> Any:
        if value not in choices:
            quotes = ", in quotes" if isinstance(value, bool) else ""
            raise self.fail(key, f"one of {', '.join(choices)} is expected{quotes}")
        return value

    def profile(self, document: Any) -> Profile:
        known = (
            "name",
            "title",
            "charts",
            "supports",
            "values",
            "shared",
            "workloads",
            "evidence",
            "proof",
        )
        top = self.mapping("", document, known)
        for name in known:
            if name not in top and name != "shared":
                raise self.fail(name, "this key is missing")
        evidence = self.mapping("evidence", top["evidence"], ("env",))
        env = self.mapping("evidence.env", evidence.get("env"))
        shared = self.mapping("shared", top.get("shared", {}))
        if not isinstance(top["workloads"], list) or not top["workloads"]:
            raise self.fail("workloads", "a list of at least one workload is expected")
        return Profile(
            name=self.text("name", top["name"]),
            title=self.text("title", top["title"]),
            source=self._source,
            charts=self.texts("charts", top["charts"]),
            supports=self.supports(top["supports"]),
            values=self.values("values", top["values"]),
            shared={
                tuple(key.split(".")): self.shared(f"shared.{key}", entry)
                for key, entry in shared.items()
            },
            workloads=tuple(self.workload(entry) for entry in top["workloads"]),
            env={name: self.text(f"evidence.env.{name}", value) for name, value in env.items()},
            proof=self.text("proof", top["proof"]),
        )

    def values(self, key: str, value: Any) -> Mapping[str, Any]:
        """A tree of values, as JSON can hold it: Helm is given JSON."""
        for name, inner in self.mapping(key, value).items():
            self.leaf(f"{key}.{name}", inner)
        tree: Mapping[str, Any] = value
        return tree

    def leaf(self, key: str, value: Any) -> None:
        if isinstance(value, dict):
            self.values(key, value)
        elif isinstance(value, list):
            for number, entry in enumerate(value):
                self.leaf(f"{key}.{number}", entry)
        elif value is not None and not isinstance(value, (str, int, float)):
            raise self.fail(key, "a text, number, true, false or null is expected")

    def shared(self, key: str, value: Any) -> Shared:
        entry = self.mapping(key, value, ("reach", "variable"))
        return Shared(
            reach=self.text(f"{key}.reach", entry.get("reach")),
            variable=self.text(f"{key}.variable", entry.get("variable")),
        )

    def workload(self, value: Any) -> Workload:
        entry = self.mapping("workloads", value, ("kind", "name", "container"))
        return Workload(
            kind=self.choice("workloads.kind", entry.get("kind"), _KINDS),
            name=self.text("workloads.name", entry.get("name")),
            container=self.text("workloads.container", entry.get("container")),
        )

    def supports(self, value: Any) -> Supports:
        known = ("security", "fields", "anonymous", "verifies", "private_ca", "skip_verify")
        entry = self.mapping("supports", value, known)
        security = self.mapping("supports.security", entry.get("security"), _SECURITIES)
        verifies = self.mapping("supports.verifies", entry.get("verifies"), ("starttls", "tls"))
        ports = {}
        for name, listed in security.items():
            if not isinstance(listed, list) or not all(
                isinstance(port, int) and not isinstance(port, bool) for port in listed
            ):
                raise self.fail(
                    f"supports.security.{name}", "a list of port numbers is expected ([] for any)"
                )
            ports[name] = tuple(listed)
        fields = self.texts("supports.fields", entry.get("fields"))
        for name in fields:
            self.choice("supports.fields", name, _FIELDS)
        skip = entry.get("skip_verify")
        return Supports(
            ports=ports,
            fields=frozenset(fields),
            anonymous=self.boolean("supports.anonymous", entry.get("anonymous")),
            verifies={
                name: self.choice(f"supports.verifies.{name}", text, _VERIFIES)
                for name, text in verifies.items()
            },
            private_ca=self.boolean("supports.private_ca", entry.get("private_ca")),
            skip_verify=None if skip is None else self.text("supports.skip_verify", skip),
        )
