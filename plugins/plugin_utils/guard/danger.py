# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Objects that no run changes unless a person names them exactly. Pure.

Who may write the Secrets of a namespace writes the record of a release, and so chooses its chart. These
rules keep what that one chooses inside of the release: the live objects decide, never the record.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.change import written
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.hooks import Hook
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import (
    Object,
    Ref,
    pod_spec,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.pods import Claim, claims
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Write

RBAC = "rbac.authorization.k8s.io"
HOOK = "helm.sh/hook"
"""The annotation of what a chart makes by a hook; Helm does not write its own annotations on that."""
NAMED = ("meta.helm.sh/release-name", "meta.helm.sh/release-namespace")
"""The annotations by which Helm tells whose an object is; it writes them with every upgrade."""

OF_RBAC = "which gives rights"
OF_CLUSTER = "which belongs to the whole cluster"
OF_OTHERS = "which is in another namespace"
NOT_OURS = "which is not the release's: its live annotations do not name the release"
UNSEEN = "which cannot be read, so that nobody knows whose it is"
OF_NO_KIND = "whose kind the API server does not know"
OF_OPERATOR = "which an operator acts on, so that nobody knows what comes of it"


def of_writes(writes: Iterable[Write], release: str, namespace: str) -> dict[Ref, str]:
    """Return the objects of a trial that need an exact name, and why.

    :param namespace: of the release.
    """
    found = ((written(write, namespace), _of_write(write, release, namespace)) for write in writes)
    return {which: reason for which, reason in found if reason}


def _of_write(write: Write, release: str, namespace: str) -> str | None:
    seen = write.live or (None if write.refused else write.answer)
    if write.method == "DELETE" and not write.live:
        return UNSEEN
    thing = seen or write.sent
    if group(thing) == RBAC:
        return OF_RBAC
    own = (thing.get("metadata") or {}).get("namespace")
    if not own:
        # The API server gives each object its namespace; what was only sent may lack it.
        return OF_CLUSTER if seen else UNSEEN
    if own != namespace:
        return OF_OTHERS
    if write.live and not is_named(write.live, release, namespace):
        return NOT_OURS
    return None


def group(thing: Object) -> str:
    """Return the API group of an object; empty for the core."""
    return str(thing.get("apiVersion", "")).rpartition("/")[0]


def is_named(live: Object, release: str, namespace: str) -> bool:
    """Whether the annotations of a live object say that it is the release's."""
    notes = (live.get("metadata") or {}).get("annotations") or {}
    return tuple(notes.get(key) for key in NAMED) == (release, namespace)


def of_hook(
    hook: Hook,
    *,
    namespaced: bool | None,
    live: Object | None,
    known: Collection[Claim],
    release: str,
    namespace: str,
) -> list[str]:
    """Return everything for which a hook needs its exact name.

    :param namespaced: whether its kind has a namespace; `None` for a kind that is not known.
    :param live: the object that it would replace.
    :param known: what the pods of the release take that are there.
    """
    thing, found = hook.object, []
    if group(thing) == RBAC:
        found.append(OF_RBAC)
    elif namespaced is None:
        found.append(OF_NO_KIND)
    elif not namespaced:
        found.append(OF_CLUSTER)
    elif hook.ref.namespace:
        found.append(OF_OTHERS)
    elif _is_custom(thing):
        found.append(OF_OPERATOR)
    notes = ((live or {}).get("metadata") or {}).get("annotations") or {}
    if live and HOOK not in notes and not is_named(live, release, namespace):
        found.append(NOT_OURS)
    more = sorted(claims(thing) - set(known))
    if more:
        found.append(f"whose pod has what no live pod of the release has: {', '.join(more)}")
    return found


def _is_custom(thing: Object) -> bool:
    """Whether a kind is not one of Kubernetes' own."""
    of = group(thing)
    return "." in of and not of.endswith(".k8s.io")


def is_alike(hook: Hook, other: Hook | None) -> bool:
    """Whether a hook is no more than what another rendering has by the same name.

    What makes pods is alike when it takes nothing more; everything else when it is the same.
    """
    if other is None or group(hook.object) != group(other.object):
        return False
    if pod_spec(hook.object):
        return claims(hook.object) <= claims(other.object)
    return _content(hook.object) == _content(other.object)


def _content(thing: Object) -> Mapping[str, object]:
    return {key: value for key, value in thing.items() if key != "metadata"}
