# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The live objects that a rendered one stands for, of whatever kind."""

from __future__ import annotations

import functools
import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol
from urllib.parse import quote

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.path import checked, is_version
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.objects import Object
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Upstream

if TYPE_CHECKING:
    import urllib3

try:
    from urllib3.exceptions import HTTPError
except ImportError:
    # The client of Kubernetes brings it, and without that nothing comes as far as here.
    HTTPError = OSError  # type: ignore[misc, assignment]  # it is caught, and never raised

_JSON = {"accept": "application/json"}
_ABSENT = (403, 404)
"""What cannot be read is not taken for the release's."""


class Api(Upstream, Protocol):
    """The API server, with the credentials of this run."""

    def resources(self, version: str) -> dict[str, dict[str, Any]]:
        """The kinds of an apiVersion; empty when it is not known."""


@dataclass(frozen=True)
class LiveObjects:
    """Reads what is in the cluster.

    :param namespace: of the release.
    """

    api: Api
    namespace: str

    @functools.cached_property
    def _kinds(self) -> dict[str, Mapping[str, Mapping[str, Any]]]:
        return {}

    def _kind(self, thing: Object) -> Mapping[str, Any] | None:
        version = str(thing.get("apiVersion", ""))
        if not is_version(version):
            return None
        if version not in self._kinds:
            self._kinds[version] = self.api.resources(version)
        return self._kinds[version].get(str(thing.get("kind", "")))

    def namespaced(self, thing: Object) -> bool | None:
        """Whether objects of this kind have a namespace; `None` when the kind is not known."""
        kind = self._kind(thing)
        return None if kind is None else bool(kind["namespaced"])

    def get(self, thing: Object) -> Object | None:
        """The object of the same kind and name; `None` when it is not there or cannot be read.

        :raises FindingError: when its name leads elsewhere, or the API server does not answer.
        """
        kind, metadata = self._kind(thing), thing.get("metadata") or {}
        name = str(metadata.get("name") or "")
        place = str(metadata.get("namespace") or self.namespace)
        if kind is None or not name:
            return None
        version = str(thing["apiVersion"])
        within = f"/namespaces/{quote(place, safe='')}" if kind["namespaced"] else ""
        root = "/apis" if "/" in version else "/api"
        path = checked(f"{root}/{version}{within}/{kind['name']}/{quote(name, safe='')}")
        try:
            answer: urllib3.BaseHTTPResponse = self.api.forward("GET", path, _JSON, None)
            data = answer.read(decode_content=True)
        except HTTPError as error:
            raise FindingError(self._unread(path, type(error).__name__)) from error
        if answer.status in _ABSENT:
            return None
        if answer.status != 200:
            raise FindingError(self._unread(path, f"status {answer.status}"))
        found: Object = json.loads(data)
        return found

    def _unread(self, path: str, problem: str) -> Any:
        return CATALOGUE.finding("live-object-unread", where=path, path=path, problem=problem)
