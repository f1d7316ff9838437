# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Whether the hooks of an upgrade or a rollback stay within the release, held against the live objects.

Helm makes what a hook says, with the rights of the run. The stored record is no authority on it: an old
hook can be as forged as a new one.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard import danger, pods
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import Hook
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.live import LiveObjects
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Object, pod_spec


@dataclass(frozen=True)
class HookCheck:
    """Looks at the hooks of one release.

    :param action: upgrade or rollback, for people.
    :param allowed: smtp_allow_changes.
    """

    action: str
    live: LiveObjects
    release: str
    allowed: Sequence[str]

    def findings(
        self,
        hooks: Sequence[Hook],
        rendered: Iterable[Object],
        workloads: Iterable[Object],
        of_source: Callable[[], Sequence[Hook]],
    ) -> list[Finding]:
        """Return what stands against the hooks; a warning for each that is allowed by its name.

        :param rendered: the other objects of the chart.
        :param workloads: live ones that are known to be the release's.
        :param of_source: the hooks of a chart that is not from the record, with its default values.
        :raises FindingError: when the live objects cannot be read.
        """
        if not hooks:
            return []
        known = self._known(hooks, list(rendered), workloads)
        doubts = [(hook, self._doubts(hook, known)) for hook in hooks]
        doubtful = [(hook, reasons) for hook, reasons in doubts if reasons]
        trusted = of_source() if doubtful else ()
        return [
            self._finding(hook, reasons)
            for hook, reasons in doubtful
            if not any(danger.is_alike(hook, each) for each in trusted if each.ref == hook.ref)
        ]

    def _known(
        self, hooks: Sequence[Hook], rendered: Sequence[Object], workloads: Iterable[Object]
    ) -> set[pods.Claim]:
        """What the live pods of the release take, and its own Secrets."""
        makers = [thing for thing in rendered if pod_spec(thing)]
        read = [self.live.get(thing) for thing in makers] if any(map(_has_pods, hooks)) else []
        own = [each for each in read if each and self._is_own(each)]
        known: set[pods.Claim] = set()
        for thing in (*workloads, *own):
            known |= pods.claims(thing)
            known.update(map(pods.of_secret, pods.secrets_in_variables(thing)))
        made = [*rendered, *(hook.object for hook in hooks)]
        for thing in made:
            if thing.get("kind") == "Secret":
                known.add(pods.of_secret(str((thing.get("metadata") or {}).get("name"))))
        return known

    def _is_own(self, live: Object) -> bool:
        return danger.is_named(live, self.release, self.live.namespace)

    def _doubts(self, hook: Hook, known: Collection[pods.Claim]) -> list[str]:
        return danger.of_hook(
            hook,
            namespaced=self.live.namespaced(hook.object),
            live=self.live.get(hook.object),
            known=known,
            release=self.release,
            namespace=self.live.namespace,
        )

    def _finding(self, hook: Hook, reasons: Sequence[str]) -> Finding:
        name = str(hook.ref)
        code = "change-allowed" if name in self.allowed else "hook-outside-release"
        return CATALOGUE.finding(
            code,
            where=name,
            release=self.release,
            action=self.action,
            object=name,
            names=name,
            reason=" and ".join(reasons),
        )


def _has_pods(hook: Hook) -> bool:
    return bool(pod_spec(hook.object))
