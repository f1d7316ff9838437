# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A release's own chart, written out of its record.

Helm stores the chart in every revision, but not the subcharts that the chart pulls in: a record is
whole when the release renders nothing from a subchart.
"""

from __future__ import annotations

import base64
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import json_text
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision

_REFERENCES = ("$ref", "$dynamicRef", "$recursiveRef", "$schema")
"""The keywords of a JSON schema by which another document is read (json-schema.org)."""
_OF_STANDARD = re.compile(
    r"https?://json-schema\.org/(draft-0[4-7]|draft/20(19-09|20-12))/schema#?"
)
"""The drafts that Helm has itself."""

_FROM_SUBCHART = re.compile(r"^# Source: [^/\n]+/charts/([^/\n]+)/", re.MULTILINE)


def subcharts_in_use(revision: Revision) -> list[str]:
    """The subcharts that this revision was rendered with.

    Those that have rendered something, and those that are switched on: a library renders nothing
    itself, and of the dependencies Helm keeps in a record only what is on.
    """
    enabled = {
        str(entry.get("alias") or entry.get("name"))
        for entry in revision.chart_metadata.get("dependencies") or []
        if entry.get("enabled")
    }
    hooks = "\n".join(hook.get("manifest") or "" for hook in revision.record.get("hooks") or [])
    sources = "\n".join(
        f"# Source: {hook.get('path', '')}" for hook in revision.record.get("hooks") or []
    )
    rendered = _FROM_SUBCHART.findall("\n".join((revision.manifest, hooks, sources)))
    return sorted(enabled.union(rendered))


def whole(revision: Revision) -> bool:
    """Whether the record alone is enough to render the release again."""
    return bool(revision.chart.get("templates")) and not subcharts_in_use(revision)


def leads_elsewhere(folder: Path) -> bool:
    """Whether the schema of a chart takes parts from elsewhere: Helm would read any file or URL for it.

    :param folder: of the chart.
    :raises ValueError: when the schema cannot be read.
    """
    path = folder / "values.schema.json"
    if not path.exists():
        return False
    schema = parse.json_document(path.read_text("utf-8"), parse.RECORD)
    return any(map(_is_elsewhere, _references(schema)))


def _references(schema: Any) -> Iterator[str]:
    if isinstance(schema, Mapping):
        for key, value in schema.items():
            if key in _REFERENCES and isinstance(value, str):
                yield value
            yield from _references(value)
    elif isinstance(schema, list):
        for each in schema:
            yield from _references(each)


def _is_elsewhere(reference: str) -> bool:
    return not (reference.startswith("#") or _OF_STANDARD.fullmatch(reference))


def write(revision: Revision, folder: Path) -> None:
    """Writes the chart of a whole record into an empty folder that only this user can read.

    Dependencies are left out of Chart.yaml: none of them renders anything here, and Helm refuses
    a chart that names dependencies whose files are missing.

    :raises ValueError: when the record names a file outside of the folder, or one that cannot be written.
    """
    chart = revision.chart
    metadata = {
        key: value for key, value in revision.chart_metadata.items() if key != "dependencies"
    }
    _put(folder, "Chart.yaml", json_text.dump(metadata).encode())
    _put(folder, "values.yaml", json_text.dump(chart.get("values") or {}).encode())
    if chart.get("schema"):
        _put(folder, "values.schema.json", base64.b64decode(chart["schema"]))
    for entry in _files(chart):
        # Helm writes null for an empty file of a packaged chart.
        _put(folder, entry.get("name") or "", base64.b64decode(entry.get("data") or ""))


def _files(chart: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    return [*(chart.get("templates") or []), *(chart.get("files") or [])]


def _put(folder: Path, name: str, content: bytes) -> None:
    try:
        path, root = (folder / name).resolve(), folder.resolve()
        if root not in path.parents:
            raise ValueError(
                f"the chart in the release record names a file outside of itself: {name}"
            )
        if path.relative_to(root).parts[0] == "charts" and path.suffix != ".prov":
            # Helm keeps no subchart in a record.
            raise ValueError(f"the chart in the release record names a file of a subchart: {name}")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)
    except OSError as error:
        raise ValueError(
            f"a file of the chart in the release record cannot be written: {error.strerror}"
        ) from error
