# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real run of Helm, which writes what its trial has shown, and nothing else.

Helm reads the records and renders the chart again for the real run, and both may be different by then: a
template can look up what the run has written since. So the real run goes through a proxy, too. Helm writes
the new record, with all that it is about to make, before it writes any object: that record must be the one of
the trial. Then each object that it writes or deletes must be one that the trial has written or deleted, or
one of the approved hooks.
"""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import judge, sent
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import Change, changed
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import Hook
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    Ref,
    compared,
    things,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import (
    Handler,
    Proxy,
    Upstream,
    object_path,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.trial import (
    Trial,
    through,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision, decode
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import Helm

_RIGHTS = ("ClusterRole", "ClusterRoleBinding", "Role", "RoleBinding")


@dataclass(frozen=True)
class Approved:
    """What the real run of Helm may do.

    :param tried: what the trial has shown, and the guard has approved.
    :param hooks: those that run with it.
    :param allowed: the names that ``smtp_allow_changes`` gives, for places that the chart renders in
        another way each time.
    """

    tried: Trial
    hooks: Sequence[Hook]
    allowed: Sequence[str]
    paths: frozenset[str] = field(init=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "paths", frozenset(each.path for each in self.tried.writes))

    def differs(self, made: Revision, namespace: str) -> str:
        """Return where a revision is not the one of the trial; empty when it is.

        :raises ValueError: for a manifest that cannot be read.
        """
        if _moments(self.tried.revision) != _moments(made):
            return "the moments of its hooks"
        for was, is_ in (
            (self.tried.revision.manifest, made.manifest),
            (_of_hooks(self.tried.revision), _of_hooks(made)),
        ):
            if was == is_:
                continue
            for change in _changes(was, is_, namespace):
                if not self._may_vary(change):
                    return change.name
        return ""

    def _may_vary(self, change: Change) -> bool:
        exact = bool(change.ref.namespace) or _gives_rights(change)
        names = [name for name in self.allowed if not (exact and "*" in name)]
        return judge.may_vary(names, change)

    def has_hook(self, path: str) -> bool:
        """Return whether a path is that of an object of an approved hook."""
        *_rest, plural, name = ["", "", *path.strip("/").split("/")]
        return any(
            hook.ref.name == name and plural in _plurals(hook.ref.kind) for hook in self.hooks
        )


def _moments(revision: Revision) -> list[tuple[Any, ...]]:
    """Return when each hook of a revision runs, and when Helm deletes what it has made."""
    return [
        tuple(entry.get(key) for key in ("events", "weight", "delete_policies"))
        for entry in revision.record.get("hooks") or []
    ]


def _of_hooks(revision: Revision) -> str:
    """Return the manifests of all hooks of a revision."""
    return "".join(
        f"---\n{entry.get('manifest') or ''}\n" for entry in revision.record.get("hooks") or []
    )


def _changes(was: str, is_: str, namespace: str) -> Iterator[Change]:
    before, after = (_by_ref(text, namespace) for text in (was, is_))
    for which in dict.fromkeys([*before, *after]):
        old, new = before.get(which, []), after.get(which, [])
        if len(old) == len(new) == 1:
            yield from changed(which, old[0], new[0])
        elif [*map(compared, old)] != [*map(compared, new)]:
            yield Change("new" if new else "deleted", which)


def _by_ref(text: str, namespace: str) -> dict[Ref, list[Object]]:
    found: dict[Ref, list[Object]] = {}
    for which, thing in things(text, namespace):
        found.setdefault(which, []).append(thing)
    return found


def _gives_rights(change: Change) -> bool:
    return change.ref.kind in _RIGHTS


def _plurals(kind: str) -> tuple[str, ...]:
    """Return what the resource of a kind is called; the API itself has no other rule."""
    word = kind.lower()
    return (f"{word}s", f"{word}es", f"{word[:-1]}ies", word)


class _Handler(Handler):
    """One connection of the real run."""

    server: Any

    def record(self, target: str, body: bytes) -> None:
        """Hands a record on; the new one only if it is that of the trial.

        Later writes of it say how far Helm has come.
        """
        if self.command == "POST":
            problem = self._differs(sent.secret(self.headers.get("content-type", ""), body))
            if problem:
                self._refuse(problem)
                return
            self.server.made = True
        self._pass(target, body)

    def _differs(self, found: sent.SentSecret) -> str:
        try:
            made = decode(self.server.release, found.labels, found.data["release"])
            return str(self.server.approved.differs(made, self.server.namespace))
        except (KeyError, ValueError):
            return "a record that cannot be read"

    def write(self, target: str, body: bytes) -> None:
        """Hands a write on, if the trial has made it, too."""
        path = object_path(self.command, urlsplit(target).path, _json(body))
        approved: Approved = self.server.approved
        if self.server.made and (path in approved.paths or approved.has_hook(path)):
            self._pass(target, body)
        else:
            self._refuse(path.rpartition("/namespaces/")[2])

    def _pass(self, target: str, body: bytes) -> None:
        try:
            self.server.before_write()
        except FindingError as error:
            self.server.refused.append(error)
            self.refuse(str(error))
            return
        answer = self.server.upstream.forward(self.command, target, self._headers(), body or None)
        data = answer.read(decode_content=True)
        self._send(answer.status, data, answer.headers)

    def _refuse(self, where: str) -> None:
        error = FindingError(
            CATALOGUE.finding(
                "write-not-as-tried",
                where=f"release {self.server.release}",
                release=self.server.release,
                place=where,
            )
        )
        self.server.refused.append(error)
        self.refuse(str(error))


def _json(body: bytes) -> dict[str, Any]:
    try:
        found = json.loads(body or b"{}")
    except ValueError:
        return {}
    return found if isinstance(found, dict) else {}


class Enforcer(Proxy):
    """The proxy of a real run."""

    def __init__(
        self,
        upstream: Upstream,
        release: str,
        namespace: str,
        approved: Approved,
        before_write: Callable[[], None],
    ) -> None:
        super().__init__(upstream, release, namespace, _exact(approved.allowed))
        self.refused: list[FindingError] = []
        server: Any = self._server
        server.release, server.approved = release, approved
        server.before_write, server.refused = before_write, self.refused
        server.made = False

    def handler(self) -> type[Handler]:
        """Return what lets a request pass only if the trial has made it."""
        return _Handler


def _exact(allowed: Collection[str]) -> frozenset[str]:
    return frozenset(name for name in allowed if "*" not in name)


@contextmanager
def enforced(
    helm: Helm, upstream: Upstream, approved: Approved, before_write: Callable[[], None]
) -> Iterator[Helm]:
    """Return the helm command for a real run that can do only what was approved.

    :param before_write: is called before each write, and may stop it by a `FindingError`.
    :raises FindingError: with what was refused, after whatever Helm says about it.
    """
    with (
        tempfile.TemporaryDirectory(prefix="real-", dir=helm.temporary) as folder,
        Enforcer(upstream, helm.release, helm.namespace, approved, before_write) as proxy,
    ):
        try:
            yield through(proxy, helm, Path(folder))
        except FindingError as error:
            refused = [finding for each in proxy.refused[:1] for finding in each.findings]
            raise FindingError(*refused, *error.findings) from error
        finally:
            if proxy.seen.problems:
                raise proxy.seen.problems[0]
