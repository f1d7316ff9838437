# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The real upgrade or rollback, run so that nothing is changed: what it would write, and what it rendered."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import (
    Proxy,
    Upstream,
    Write,
    kubeconfig,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision, decode
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import (
    FORCE_CONFLICTS,
    Helm,
)

SECONDS = 120
"""After that long a trial is ended; the largest charts take a few seconds."""


@dataclass(frozen=True)
class Trial:
    """What Helm has tried.

    :param writes: every write of an object, as the API server answered the dry run of it.
    :param revision: the record that Helm would have kept, with what the chart renders to.
    """

    writes: tuple[Write, ...] = field(repr=False)
    revision: Revision


def of_upgrade(
    helm: Helm,
    upstream: Upstream,
    chart: Sequence[str],
    values: Mapping[str, Any],
    *,
    secrets: Sequence[Secret],
    allowed: Collection[str] = (),
    force: bool = False,
) -> Trial:
    """Tries the upgrade of a release to `values`.

    :param chart: the arguments of Helm that name the chart.
    :param secrets: what must not show in Helm's words.
    :param allowed: the exact names of Secrets of other namespaces that the chart may read.
    :param force: whether fields that somebody else owns are taken over.
    :raises FindingError: when Helm ends with an error, does not end, or writes no revision.
    """

    def run(own: Helm, redactor: Redactor) -> None:
        flags = _flags(force=force)
        own.upgrade(chart, values, description="trial", redactor=redactor, flags=flags)

    return _tried("upgrade", helm, upstream, run, secrets=secrets, allowed=allowed)


def of_rollback(
    helm: Helm,
    upstream: Upstream,
    number: int,
    *,
    secrets: Sequence[Secret],
    allowed: Collection[str] = (),
    force: bool = False,
) -> Trial:
    """Tries the rollback of a release to the revision of that number; otherwise as `of_upgrade`."""

    def run(own: Helm, redactor: Redactor) -> None:
        own.rollback(number, redactor=redactor, flags=_flags(force=force))

    return _tried("rollback", helm, upstream, run, secrets=secrets, allowed=allowed)


def _flags(*, force: bool) -> tuple[str, ...]:
    return ("--no-hooks", *([FORCE_CONFLICTS] if force else []))


def through(proxy: Proxy, helm: Helm, folder: Path) -> Helm:
    """Return the helm command that reaches the API server by a proxy alone.

    :param folder: of this user alone, for its kubeconfig and what it keeps.
    """
    config = folder / "kubeconfig"
    config.touch(mode=0o600)
    config.write_text(json.dumps(kubeconfig(proxy.address, helm.namespace)), encoding="ascii")
    return replace(
        helm,
        kubeconfig=str(config),
        context=None,
        # What Helm learns of the API it keeps by the server's address, which is new each time.
        environment={**helm.environment, "KUBECACHEDIR": str(folder / "cache")},
        hidden=(Secret(proxy.address),),
    )


def _tried(
    action: str,
    helm: Helm,
    upstream: Upstream,
    run: Callable[[Helm, Redactor], None],
    *,
    secrets: Sequence[Secret],
    allowed: Collection[str],
) -> Trial:
    with (
        tempfile.TemporaryDirectory(prefix="trial-", dir=helm.temporary) as folder,
        Proxy(upstream, helm.release, helm.namespace, allowed) as proxy,
    ):
        own = replace(
            through(proxy, helm, Path(folder)), seconds=SECONDS, failure="upgrade-would-fail"
        )
        try:
            run(own, Redactor(secrets))
        except TimeoutError as error:
            raise FindingError(
                CATALOGUE.finding(
                    "trial-without-end",
                    where=f"release {helm.release}",
                    action=action,
                    seconds=SECONDS,
                    release=helm.release,
                )
            ) from error
        finally:
            # Why Helm has failed, if it has: no fault of the chart or the cluster, but of this code.
            if proxy.seen.problems:
                raise proxy.seen.problems[0]
    if not proxy.seen.records:
        raise FindingError(
            CATALOGUE.finding(
                "trial-without-record",
                where="smtp_helm",
                action=action,
                command=helm.command,
                release=helm.release,
            )
        )
    record = proxy.seen.records[0]
    return Trial(
        tuple(proxy.seen.writes), decode(helm.release, record.labels, record.data["release"])
    )
