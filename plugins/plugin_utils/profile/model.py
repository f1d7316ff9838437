# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile says, and what comes out of it for one description."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import Enum
from typing import Any, Literal

Path = tuple[str, ...]
"""Where a value stands, key by key."""


class Marker(Enum):
    """What a profile's expression can answer instead of a value."""

    OMIT = "omit"
    KEEP = "keep"


OMIT = Marker.OMIT
"""The key must not be there; the variable must not be set."""
KEEP = Marker.KEEP
"""Whatever is there stays, and nothing is expected of it."""


@dataclass(frozen=True)
class Supports:
    """What the application can and cannot do.

    :param ports: for each security that it speaks, the ports that mean it; empty for any port.
    :param fields: optional fields of the description that it can express.
    :param anonymous: whether it can send without credentials.
    :param verifies: for each security whether it verifies certificates.
    :param private_ca: whether it can be given a CA of one's own.
    :param skip_verify: whether verification can be switched off, and what else that switches off.
    """

    ports: Mapping[str, tuple[int, ...]]
    fields: frozenset[str]
    anonymous: bool
    verifies: Mapping[str, Literal["yes", "no", "undocumented"]]
    private_ca: bool
    skip_verify: str | None


@dataclass(frozen=True)
class Workload:
    """A workload whose pods get the settings; in a profile the name is an expression."""

    kind: Literal["Deployment", "StatefulSet", "DaemonSet"]
    name: str
    container: str

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Shared:
    """A value that is not for mail alone: what else it reaches, and the variable that sets it."""

    reach: str
    variable: str


@dataclass(frozen=True)
class Profile:
    """One application, as its file in profiles/ says it. `source` is that file."""

    name: str
    title: str
    source: str
    charts: tuple[str, ...]
    supports: Supports
    values: Mapping[str, Any]
    shared: Mapping[Path, Shared]
    workloads: tuple[Workload, ...]
    env: Mapping[str, str]
    proof: str


@dataclass(frozen=True)
class Leaf:
    """One value that the profile owns. Each text that a secret goes into is a `Secret`.

    :param sensitive: whether a secret goes into the expression. Then what stands at this place in
        a release is a secret too, also when the value wanted now is `OMIT`.
    """

    path: Path
    value: Any
    sensitive: bool = False

    @property
    def key(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True)
class Rendered:
    """A description written as one application wants it.

    :param leaves: the values, in the order of the profile; `OMIT` deletes, `KEEP` leaves alone.
    :param env: what every container of the workloads must see; `OMIT` for must not be there.
    :param workloads: the workloads with their real names.
    """

    leaves: tuple[Leaf, ...]
    env: Mapping[str, Any]
    workloads: tuple[Workload, ...]
