# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a workload mounts of the private CA, in a few fields that can be checked. Pure.

The journal keeps this, and no object: an object is built from it when it is wanted again.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, cast

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import WORKLOADS
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.path import is_name
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import WorkloadKind
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import RUNTIMES

VOLUME = "mailops-smtp-ca"
"""The name of the volume, and how the name of its ConfigMap begins."""
DIGEST_LENGTH = 32

_DIGEST = re.compile(rf"[0-9a-f]{{{DIGEST_LENGTH}}}")


@dataclass(frozen=True)
class Mounted:
    """The private CA in the pods of one workload.

    :param kind: of the workload.
    :param name: of the workload.
    :param digest: of the files that are mounted; empty when nothing is.
    :param containers: the containers that are told of it, each with its runtime, a key of `RUNTIMES`.
    """

    kind: WorkloadKind
    name: str
    digest: str = ""
    containers: Mapping[str, str] = field(default_factory=dict, hash=False)

    @property
    def config_map(self) -> str | None:
        """The name of the ConfigMap with the files; `None` when nothing is mounted."""
        return config_map_name(self.kind, self.name, self.digest) if self.digest else None

    def as_dict(self) -> dict[str, Any]:
        """Return it as plain data."""
        return {
            "kind": self.kind,
            "name": self.name,
            "digest": self.digest,
            "containers": dict(self.containers),
        }


def of_dict(data: Any) -> Mounted:
    """Return what `Mounted.as_dict` has made.

    :raises ValueError: for anything else.
    """
    if not isinstance(data, dict) or set(data) != {"kind", "name", "digest", "containers"}:
        raise ValueError("the fields of a workload are not the expected ones")
    kind, name, digest, containers = (data[key] for key in ("kind", "name", "digest", "containers"))
    if not (isinstance(kind, str) and kind in WORKLOADS and is_name(name)):
        raise ValueError("a workload has no valid name")
    if not (isinstance(digest, str) and (digest == "" or _DIGEST.fullmatch(digest))):
        raise ValueError("a digest is not valid")
    if not isinstance(containers, dict) or bool(containers) is not bool(digest):
        raise ValueError("the containers of a workload are not valid")
    for container, runtime in containers.items():
        known = isinstance(runtime, str) and runtime in RUNTIMES and RUNTIMES[runtime].variable
        if not (is_name(container) and known):
            raise ValueError("a container or its runtime is not valid")
    return Mounted(cast(WorkloadKind, kind), name, digest, containers)


def config_map_name(kind: str, name: str, digest: str) -> str:
    """Return the name of the ConfigMap with the files of a digest for a workload's pods."""
    return f"{VOLUME}-{kind.lower()}-{name}-{digest}"


def digest_in(kind: str, name: str, config_map: Any) -> str:
    """Return the digest in the name of a workload's ConfigMap; empty for any other name."""
    if not isinstance(config_map, str):
        return ""
    digest = config_map.removeprefix(config_map_name(kind, name, ""))
    ours = _DIGEST.fullmatch(digest) and config_map == config_map_name(kind, name, digest)
    return digest if ours else ""
