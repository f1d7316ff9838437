# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What Helm keeps of a release: one Secret for each revision.

`helm get values` shows the newest revision also while it is pending or failed. What is in use is
the newest revision in status ``deployed``, so the records are read themselves: one call of the
API server instead of four of Helm, and no secret in anybody's output.
"""

from __future__ import annotations

import base64
import functools
import json
import re
import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils import parse

PENDING = ("pending-install", "pending-upgrade", "pending-rollback", "uninstalling")
INCOMPLETE = re.compile(
    r'Initial install underway|Preparing (install|upgrade)|(Release|Upgrade|Rollback) ".*" failed: ',
    re.DOTALL,
)
"""How Helm's words on a revision begin whose operation did not come to its end. The words on one that
did are its user's own, where the user has given some (``--description``)."""


_GZIP = 16 + zlib.MAX_WBITS

_DEPENDENCY = {"name": str, "alias": str, "version": str, "enabled": bool}
_FILE = {"name": str, "data": str}
_RECORD: Any = {
    "version": int,
    "info": {"status": str, "description": str, "last_deployed": str},
    "config": dict,
    "manifest": str,
    "hooks": [{"name": str, "path": str, "kind": str, "manifest": str, "events": [str]}],
    "chart": {
        "metadata": {"name": str, "version": str, "dependencies": [_DEPENDENCY]},
        "lock": {"dependencies": [_DEPENDENCY]},
        "values": dict,
        "templates": [_FILE],
        "files": [_FILE],
        "schema": str,
    },
}
"""The types of the parts of a record that are read (Helm: pkg/release, pkg/chart)."""


@dataclass(frozen=True)
class Revision:
    """One revision of a release.

    :param status: Helm's word for its state: deployed, superseded, failed, pending-upgrade, …
    :param record: the decoded record, by Helm's own names (chart, config, manifest, info, …).
    :param labels: of the record's Secret: Helm's own, and those that were given to an upgrade.
    :param uid: of the record's Secret: another record of the same number has another one.
    """

    release: str
    number: int
    status: str
    record: Mapping[str, Any] = field(repr=False)
    labels: Mapping[str, str] = field(default_factory=dict)
    uid: str = ""

    @property
    def values(self) -> dict[str, Any]:
        """The values that were given for this revision, without the chart's defaults."""
        return self.record.get("config") or {}

    @property
    def description(self) -> str:
        """Helm's own words on how the operation ended."""
        return str((self.record.get("info") or {}).get("description") or self.status)

    @property
    def begun(self) -> datetime:
        """When the operation began that made it, by the clock of whoever began it; long ago if it does not say."""
        told = (self.record.get("info") or {}).get("last_deployed")
        return datetime.fromisoformat(told) if told else datetime.fromtimestamp(0, UTC)

    @property
    def has_worked(self) -> bool:
        """Whether the operation that made it came to its end."""
        return self.status in ("deployed", "superseded") and not INCOMPLETE.match(self.description)

    @property
    def is_rollback(self) -> bool:
        """Whether a rollback has made it, or has tried to."""
        return self.description.startswith("Rollback ")

    @property
    def manifest(self) -> str:
        """The rendered objects, hooks left out."""
        return self.record.get("manifest") or ""

    @property
    def chart(self) -> Mapping[str, Any]:
        """The chart's own files as Helm stores them."""
        return self.record.get("chart") or {}

    @property
    def defaults(self) -> Mapping[str, Any]:
        """The chart's own values, without those of its subcharts."""
        return self.chart.get("values") or {}

    @property
    def chart_metadata(self) -> Mapping[str, Any]:
        """What stands in the chart's Chart.yaml."""
        return self.chart.get("metadata") or {}

    @property
    def chart_name(self) -> str:
        return str(self.chart_metadata.get("name", ""))

    @property
    def chart_addresses(self) -> list[str]:
        """The home and the sources that the chart names in its Chart.yaml."""
        metadata = self.chart.get("metadata") or {}
        return [
            str(each) for each in (metadata.get("home"), *(metadata.get("sources") or [])) if each
        ]

    @property
    def chart_version(self) -> str:
        return str(self.chart_metadata.get("version", ""))


def record_name(release: str, number: int) -> str:
    """Return the name of the Secret in which Helm keeps a revision."""
    return f"sh.helm.release.v1.{release}.v{number}"


def decode_secret(name: str, secret: Mapping[str, Any]) -> Revision:
    """Return the revision in a Secret that has Helm's label.

    :raises ValueError: when it holds no record.
    """
    metadata = secret["metadata"]
    data = (secret.get("data") or {}).get("release")
    if not isinstance(data, str):
        raise ValueError(f"a record of release {name} holds no release")
    return decode(name, metadata["labels"], data, str(metadata.get("uid", "")))


def decode(name: str, labels: Mapping[str, str], data: str, uid: str = "") -> Revision:
    """A revision from a record Secret.

    :param data: ``data.release`` of the Secret: base64 of base64 of gzip of JSON.
    :param uid: of the Secret.
    :raises ValueError: when it is none of Helm's.
    """
    try:
        # Read anew for each caller: what one of them changes is not what another gets.
        record: dict[str, Any] = json.loads(_checked(data))
        return Revision(
            release=name,
            number=int(labels.get("version") or record["version"]),
            status=labels.get("status") or record["info"]["status"],
            record=record,
            labels=dict(labels),
            uid=uid,
        )
    except (ValueError, KeyError, TypeError, zlib.error) as error:
        raise ValueError(
            f"the record of release {name} cannot be read: {type(error).__name__}"
        ) from None  # the decoder's error carries the record, and so every secret in it


# One task reads the same records several times, and each holds a whole chart. Only the labels change.
@functools.lru_cache(maxsize=30)
def _checked(data: str) -> str:
    """The JSON text of a record, which is seen to have the form that Helm writes."""
    packed = base64.b64decode(base64.b64decode(data))
    text = _unpacked(packed).decode("utf-8")
    record = parse.json_document(text, parse.RECORD)
    if not isinstance(record, dict):
        raise ValueError("it is no JSON object")
    _require_form(record, _RECORD)
    told = (record.get("info") or {}).get("last_deployed")
    if told and datetime.fromisoformat(told).tzinfo is None:
        raise ValueError("its time has no zone")
    return text


def _unpacked(packed: bytes) -> bytes:
    """What was packed with gzip, up to the limit: a few bytes can unpack to gigabytes.

    :raises ValueError: when it is more, or is cut off; :raises zlib.error: when it is no gzip.
    """
    stream = zlib.decompressobj(wbits=_GZIP)
    data = stream.decompress(packed, parse.RECORD.size + 1)
    if len(data) > parse.RECORD.size or not stream.eof:
        raise ValueError("it is too large, or cut off")
    return data


def _require_form(value: Any, form: Any) -> None:
    """:raises ValueError: when a part of a record that is read is of another type than Helm writes.

    :param form: a type; a list with the form of each entry; a dictionary with the form of each key.
        A part that is missing or null has any form.
    """
    if value is None:
        return
    wanted: type = form if isinstance(form, type) else type(form)
    # In Python a boolean is a number.
    if not isinstance(value, wanted) or isinstance(value, bool) != (wanted is bool):
        raise ValueError("a part of it is of another type")
    if isinstance(value, list) and isinstance(form, list):
        for entry in value:
            if entry is None:
                raise ValueError("an entry of a list is null")
            _require_form(entry, form[0])
    elif isinstance(value, dict) and isinstance(form, dict):
        for key, inner in form.items():
            _require_form(value.get(key), inner)


def in_use(revisions: Sequence[Revision]) -> Revision | None:
    """The revision whose values the release runs with: the newest in status ``deployed``."""
    deployed = [revision for revision in revisions if revision.status == "deployed"]
    return max(deployed, key=lambda revision: revision.number, default=None)


def last_good(revisions: Sequence[Revision]) -> Revision | None:
    """The newest revision that has worked: deployed, or superseded after it was complete.

    A rollback marks also a failed revision as superseded; Helm's own words on it tell them apart.
    """
    return in_use(revisions) or newest([entry for entry in revisions if entry.has_worked])


def newest(revisions: Sequence[Revision]) -> Revision | None:
    """The newest revision, whatever its status."""
    return max(revisions, key=lambda revision: revision.number, default=None)
