# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps a workload from rolling while several changes of one roll are made. Pure."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.patch import Object, bare

HOLDER = "mailops-smtp-hold"
"""The field manager of what holds."""
HELD = "mailops.smtp/held"
"""The annotation of a workload that is held: the partition that it had, which is 0 where there is none, and
the field manager that had set it."""

_NOTED = re.compile(r"(\d{1,9})(?: ([\x20-\x7e]{1,128}))?", re.ASCII)
"""What the annotation holds. A field manager has at most 128 printable characters."""

_FIELDS = {
    "Deployment": ("paused",),
    "StatefulSet": ("updateStrategy", "rollingUpdate", "partition"),
    "DaemonSet": ("updateStrategy", "type"),
}
"""By what each kind is held, in its specification."""


class NoteError(Exception):
    """The annotation of a held workload is not one that a run has written."""

    def __init__(self) -> None:
        super().__init__(f"annotation {HELD} holds no partition and field manager")


def holding(state: Object) -> dict[str, Any] | None:
    """A workload with what keeps it from rolling, to be forced.

    `None` where nothing is to be done: it is held already, or its pods are replaced by hand.
    """
    spec = None if is_held(state) else _held(state)
    if spec is None:
        return None
    body = bare(state)
    body["metadata"]["annotations"] = {HELD: f"{_partition(state)} {_partitioner(state)}".strip()}
    return {**body, "spec": spec}


def _held(state: Object) -> dict[str, Any] | None:
    if state["kind"] == "Deployment":
        return {"paused": True}
    if (state["spec"].get("updateStrategy") or {}).get("type") != "RollingUpdate":
        return None
    if state["kind"] == "DaemonSet":
        return {"updateStrategy": {"type": "OnDelete"}}
    return _partitioned(state["spec"].get("replicas", 1))


def _partitioned(partition: int) -> dict[str, Any]:
    return {"updateStrategy": {"rollingUpdate": {"partition": partition}}}


def _partition(state: Object) -> int:
    rolling = (state["spec"].get("updateStrategy") or {}).get("rollingUpdate") or {}
    return int(rolling.get("partition") or 0)


def _partitioner(state: Object) -> str:
    """The field manager that has set the partition; empty when nobody has."""
    entries = state["metadata"].get("managedFields") or []
    found = (
        str(entry.get("manager", ""))
        for entry in entries
        if _owns(entry.get("fieldsV1") or {}, _partitioned(0), "f:spec")
    )
    return next(found, "")


def field(state: Object) -> str:
    """The field by which a workload is held, as a path; a chart may give it, too."""
    return ".".join(("spec", *_FIELDS[state["kind"]]))


def is_held(state: Object) -> bool:
    """Whether a workload is held, by this run or by one that was killed."""
    return HELD in (state["metadata"].get("annotations") or {})


def given_back(state: Object) -> tuple[dict[str, Any], str] | None:
    """What a held workload gets back before the holder lets it go by owning nothing of it any more: a part of
    its specification, and in whose name.

    `None` where what is taken away leaves the default of the API server. A partition is no default: it is
    set again, if an upgrade has not done that meanwhile.

    :raises NoteError: when somebody else has written what it is to get back.
    """
    noted = (state["metadata"].get("annotations") or {}).get(HELD, "0")
    found = _NOTED.fullmatch(noted)
    if found is None:
        raise NoteError
    had = int(found[1])
    if had in (0, _partition(state)):
        return None
    return _partitioned(had), found[2] or ""


def contested(state: Object, body: Object) -> bool:
    """Whether somebody else has applied one of the fields of a body, and will apply it again."""
    return any(
        _owns(entry.get("fieldsV1") or {}, body["spec"], "f:spec")
        for entry in state["metadata"].get("managedFields") or []
        if entry.get("operation") == "Apply" and entry.get("manager") != HOLDER
    )


def _owns(fields: Mapping[str, Any], value: Any, key: str) -> bool:
    if key not in fields:
        return False
    if not isinstance(value, Mapping):
        return True
    return any(_owns(fields[key], inner, f"f:{name}") for name, inner in value.items())
