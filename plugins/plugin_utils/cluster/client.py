# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one door to the cluster: typed reads and patches, every error a finding."""

from __future__ import annotations

import io
import json
import math
import os
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from email.utils import parsedate_to_datetime
from typing import Any
from urllib.parse import parse_qs, urlencode

# At the top on purpose: an action plugin loads once in the parent and every fork inherits it (0.3 s).
try:
    import kubernetes
    import urllib3
    import yaml
    from urllib3.exceptions import (
        ConnectTimeoutError,
        NewConnectionError,
        ProtocolError,
        ReadTimeoutError,
    )

    IMPORT_ERROR: str | None = None
except ImportError as error:
    IMPORT_ERROR = str(error)
else:
    # Older ones decode what a command prints, and lose what is not UTF-8.
    if tuple(map(int, kubernetes.__version__.split(".")[:2])) < (30, 1):
        IMPORT_ERROR = f"version {kubernetes.__version__} is older than 30.1"

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import credentials, refusal
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import kubeconfig as files
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import SystemClock
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.path import (
    checked,
    is_version,
    segment,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_of
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pools import tell_handshakes
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.repeat import repeated
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import (
    CONNECT_SECONDS,
    Container,
    Executed,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import (
    Revision,
    decode_secret,
)

READ_SECONDS = 30
LOG_BYTES = 1 << 20
"""So much of a log is asked for, however long its lines are."""

TOO_MANY = 429
AWAY = (TOO_MANY, 502, 503, 504)
"""The API server, or what stands before it, cannot answer now, and can a moment later."""
USER_AGENT = "mailops.smtp"
"""As what audit logs have these requests, and ``managedFields`` what they change."""

WORKLOADS = {"Deployment": "deployments", "StatefulSet": "statefulsets", "DaemonSet": "daemonsets"}
"""Kinds of workloads and their resources, of the API group ``apps``."""
_NOT_FENCED = ("/apis/coordination.k8s.io/", "/apis/authorization.k8s.io/")
"""Leases, which say whether writes are allowed; and reviews, which write nothing."""
PRESENT = ("ADDED", "MODIFIED")
"""The events of a watch that tell of an object as it is."""


JOURNAL_NAME = "mailops.journal.v1."
"""How the name of the Secret begins that holds the journal of a release."""


@dataclass(frozen=True)
class Kept:
    """What is kept of a Helm release.

    :param journal: the Secret with the journal of this collection; `None` when there is none.
    """

    revisions: list[Revision]
    journal: Mapping[str, Any] | None = field(default=None, repr=False)


class ConflictError(FindingError):
    """Somebody else has made or changed the object meanwhile."""


class Cluster:
    """One namespace of one cluster, as the user of a kubeconfig sees it."""

    def __init__(
        self, kubeconfig: str | None, context: str | None, namespace: str, temporary: str
    ) -> None:
        """
        :param kubeconfig: path; by default what kubectl would use, or the pod's own service account.
        :param temporary: a folder of this user alone, for certificates and keys out of the
            kubeconfig, which the TLS library wants as files.
        :raises FindingError: when no cluster can be told from it.
        """
        if IMPORT_ERROR is not None:
            raise FindingError(
                CATALOGUE.finding(
                    "kubernetes-client-missing",
                    where="controller",
                    python=sys.executable,
                    problem=IMPORT_ERROR,
                )
            )
        self.namespace = namespace
        self._configuration = kubernetes.client.Configuration()
        self._where = f"smtp_kubeconfig {kubeconfig}" if kubeconfig else "The default kubeconfig"
        try:
            self._load(kubeconfig, context, temporary)
            # For its connections alone: its layers above take as long as a request itself.
            self._requests = kubernetes.client.ApiClient(
                self._configuration
            ).rest_client.pool_manager
            tell_handshakes(self._requests)
        except (kubernetes.config.ConfigException, OSError, ValueError, TypeError) as error:
            problem = credentials.without_logins(" ".join(str(error).split()).rstrip("."))
            raise self._not_configured(problem) from error
        except (yaml.YAMLError, AttributeError, LookupError, RecursionError) as error:
            # YAML's own words quote the line, which may be that of the token.
            problem = f"it is no kubeconfig ({type(error).__name__})"
            raise self._not_configured(problem) from None
        self._timeout = urllib3.Timeout(connect=CONNECT_SECONDS, read=READ_SECONDS)
        self._fence: Callable[[], None] = lambda: None

    def _load(self, given: str | None, context: str | None, temporary: str) -> None:
        default = files.default(os.environ)
        unused = [] if given or context else files.unused(os.environ)
        if unused:
            names = " and ".join(unused)
            finding = CATALOGUE.finding("cluster-environment-unused", where=names, names=names)
            raise FindingError(finding)
        inside = "KUBERNETES_SERVICE_HOST" in os.environ
        if inside and not (given or context or files.exists(default)):
            kubernetes.config.load_incluster_config(client_configuration=self._configuration)
            return
        paths = given or default
        problem = files.problem(paths)
        if problem is not None:
            raise kubernetes.config.ConfigException(problem)
        kubernetes.config.load_kube_config(
            config_file=paths,
            context=context,
            client_configuration=self._configuration,
            temp_file_path=temporary,
        )

    def set_fence(self, fence: Callable[[], None]) -> None:
        """Has something called before each write from here on, which may stop it by an exception.

        Leases and access reviews are not fenced.
        """
        self._fence = fence

    def _not_configured(self, problem: str) -> FindingError:
        return FindingError(
            CATALOGUE.finding("cluster-not-configured", where=self._where, problem=problem)
        )

    @property
    def server(self) -> str:
        """The address of the API server, without the login that a kubeconfig may have there."""
        return credentials.without_login(str(self._configuration.host))

    @contextmanager
    def _findings(self) -> Iterator[None]:
        try:
            yield
        except kubernetes.client.ApiException as error:
            kind = ConflictError if error.status == 409 else FindingError
            raise kind(self._refused(error)) from error
        except urllib3.exceptions.HTTPError as error:
            problem = self._clean(str(getattr(error, "reason", None) or error))
            raise FindingError(
                CATALOGUE.finding("cluster-unreachable", where=self.server, problem=problem)
            ) from error

    def _refused(self, error: Any) -> Any:
        problem = self._clean(refusal.words(error))
        if error.status == 401:
            return CATALOGUE.finding("cluster-login-refused", where=self.server)
        if error.status == 403:
            return CATALOGUE.finding(
                "cluster-rights-missing", where=f"namespace {self.namespace}", problem=problem
            )
        if not error.status or error.status in AWAY:
            return CATALOGUE.finding("cluster-unreachable", where=self.server, problem=problem)
        return CATALOGUE.finding(
            "cluster-error", where=self.server, status=error.status, problem=problem
        )

    def _call(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Any = None,
        text: bool = False,
        patch: str = "strategic-merge-patch+json",
        repeats: bool = False,
    ) -> Any:
        """One request; its answer as plain JSON data, or as `text`.

        :param patch: the kind of a patch.
        :param repeats: as `_answer`.
        """
        answer = self._answer(
            method, path, query=query, body=body, text=text, patch=patch, repeats=repeats
        )
        return answer.data.decode("utf-8", "replace") if text else _data(answer)

    def _answer(
        self,
        method: str,
        path: str,
        *,
        query: Sequence[tuple[str, str]] = (),
        body: Any = None,
        text: bool = False,
        patch: str = "strategic-merge-patch+json",
        seconds: float | None = None,
        repeats: bool = False,
    ) -> urllib3.BaseHTTPResponse:
        """One request; its answer as it comes.

        It is repeated when the connection breaks: a GET always, another one where it was not sent yet.

        :param seconds: between two parts of an answer that is not read yet; by default it is read to its end.
        :param repeats: whether a write may be made twice.
        """
        # A path of the API answers 406 to a media type that it does not have: logs are */*.
        checked(path)
        fenced = method != "get" and not path.startswith(_NOT_FENCED)
        headers = {"Accept": "*/*" if text else "application/json", "User-Agent": USER_AGENT}
        if body is not None:
            headers["Content-Type"] = f"application/{patch if method == 'patch' else 'json'}"

        def ask() -> urllib3.BaseHTTPResponse:
            if fenced:
                self._fence()
            response: urllib3.BaseHTTPResponse = self._requests.request(
                method.upper(),
                f"{self.server}{path}?{urlencode(query)}" if query else f"{self.server}{path}",
                body=None if body is None else json.dumps(body),
                headers={**headers, **self._credentials()},
                timeout=self._timeout
                if seconds is None
                else urllib3.Timeout(connect=CONNECT_SECONDS, read=seconds),
                preload_content=seconds is None,
                redirect=False,
                retries=False,
            )
            if response.status >= 300:
                error = kubernetes.client.ApiException(response.status, response.reason)
                error.body, error.headers = response.data, response.headers
                raise error
            return response

        with self._findings():
            return self._repeated(ask, safe=repeats or method == "get")

    def _repeated(
        self, ask: Callable[[], urllib3.BaseHTTPResponse], *, safe: bool
    ) -> urllib3.BaseHTTPResponse:
        """Return the first answer of a request.

        :param safe: whether it may reach the API server twice.
        """

        def pause(error: Exception) -> float | None:
            if isinstance(error, kubernetes.client.ApiException):
                # Too many requests: this one was not looked at.
                again = error.status == TOO_MANY or (safe and error.status in AWAY)
                return _seconds(error.headers.get("retry-after")) if again else None
            if isinstance(error, (NewConnectionError, ConnectTimeoutError)):
                return 0.0
            lost = isinstance(error, (ProtocolError, ReadTimeoutError))
            return 0.0 if safe and lost else None

        return repeated(ask, Exception, pause, SystemClock())

    def forward(
        self, method: str, target: str, headers: Mapping[str, str], body: bytes | None
    ) -> urllib3.BaseHTTPResponse:
        """Hands a request of another program on, with the credentials of this user.

        :param target: path and query.
        Repeated like a request of our own; nothing that a dry run tries is kept, so that it may be tried
        twice.

        :returns: the answer, not decoded; a watch as it comes.
        :raises urllib3.exceptions.HTTPError: when there is no answer.
        :raises FindingError: for a path that would lead elsewhere.
        """
        checked(target.partition("?")[0])
        query = parse_qs(target.partition("?")[2])

        def ask() -> urllib3.BaseHTTPResponse:
            answer: urllib3.BaseHTTPResponse = self._requests.request(
                method,
                f"{self.server}{target}",
                body=body,
                headers={**headers, **self._credentials()},
                preload_content=False,
                decode_content=False,
                redirect=False,
                retries=False,
                timeout=self._timeout,
            )
            return answer if _is_endless(query) else _whole(answer)

        return self._repeated(ask, safe=method == "GET" or query.get("dryRun") == ["All"])

    def _credentials(self) -> dict[str, str]:
        """The headers that say who asks; empty for a client certificate."""
        settings = self._configuration.auth_settings().values()
        try:
            return {each["key"]: credentials.header(each["value"]) for each in settings}
        except ValueError as error:
            raise self._not_configured(str(error)) from None

    def _clean(self, text: str) -> str:
        """Return the words of an answer or of the HTTP library without the credentials of this user."""
        values = (each["value"] for each in self._configuration.auth_settings().values())
        # Without the word in front that says of what kind it is.
        tokens = [Secret(value.strip().rpartition(" ")[2]) for value in values]
        return credentials.without_logins(Redactor(tokens).clean(text))

    def _optional(
        self,
        path: str,
        method: str = "get",
        body: Mapping[str, Any] | None = None,
        *,
        repeats: bool = False,
    ) -> dict[str, Any] | None:
        """One object, or `None` when it is not there.

        :param repeats: as `_answer`.
        """
        try:
            found: dict[str, Any] = self._call(method, path, body=body, repeats=repeats)
        except FindingError as error:
            if _status(error) == 404:
                return None
            raise
        return found

    def may(self, verb: str, resource: str, *, group: str, namespace: str, name: str = "") -> bool:
        """Whether this user has a right (authorization.k8s.io/v1, SelfSubjectAccessReview).

        :param resource: the plural, with a subresource after a slash.
        :param namespace: empty for objects that have none.
        :param name: of one object; empty for all.
        """
        resource, _slash, subresource = resource.partition("/")
        attributes = {
            "verb": verb,
            "group": group,
            "resource": resource,
            "subresource": subresource,
            "namespace": namespace,
            "name": name,
        }
        review = {
            "apiVersion": "authorization.k8s.io/v1",
            "kind": "SelfSubjectAccessReview",
            "spec": {"resourceAttributes": attributes},
        }
        path = "/apis/authorization.k8s.io/v1/selfsubjectaccessreviews"
        return bool(self._call("post", path, body=review, repeats=True)["status"]["allowed"])

    def resources(self, version: str) -> dict[str, dict[str, Any]]:
        """What the API has of an apiVersion, by kind; empty when it does not know it."""
        if not is_version(version):
            return {}
        found = self._optional(f"/{'apis' if '/' in version else 'api'}/{version}") or {}
        return {
            entry["kind"]: entry
            for entry in found.get("resources") or []
            if "/" not in entry["name"]
        }

    def _core(self, plural: str, name: str = "", namespace: str | None = None) -> str:
        """The path of the objects of a kind of the core API in a namespace, or of one of them."""
        return self._path("/api/v1", plural, name, namespace)

    def _path(self, api: str, plural: str, name: str = "", namespace: str | None = None) -> str:
        """The same of any API.

        :param namespace: by default that of the release.
        :raises FindingError: for a name that no object can have.
        """
        place = segment(self.namespace if namespace is None else namespace)
        path = f"{api}/namespaces/{place}/{plural}"
        return f"{path}/{segment(name)}" if name else path

    def helm_charts(self) -> list[dict[str, Any]]:
        """Every HelmChart (helm.cattle.io/v1) of the cluster; none where this user sees none."""
        try:
            found = self._optional("/apis/helm.cattle.io/v1/helmcharts") or {}
        except FindingError as error:
            if _status(error) == 403:
                return []
            raise
        items: list[dict[str, Any]] = found.get("items") or []
        return items

    def kept(self, release: str) -> Kept:
        """What is kept of a Helm release: all of its revisions, and the journal of this collection.

        :raises ValueError: for a record that cannot be read.
        """
        segment(release)  # a name with a comma would select something else
        own = JOURNAL_NAME + release
        secrets = self._records(f"name={release},owner in (helm,mailops.smtp)")
        return Kept(
            [
                decode_secret(release, each)
                for each in secrets
                if each["metadata"]["labels"]["owner"] == "helm"
            ],
            next((each for each in secrets if each["metadata"]["name"] == own), None),
        )

    def revisions(self, release: str) -> list[Revision]:
        """All revisions of a Helm release that are kept.

        :raises ValueError: for a record that cannot be read.
        """
        return self.kept(release).revisions

    def write_journal(self, journal: Mapping[str, Any]) -> dict[str, Any]:
        """Makes the Secret of a journal; or replaces it, when it holds the ``resourceVersion`` that it had.

        :raises ConflictError: when somebody else was faster.
        """
        metadata = journal["metadata"]
        known = "resourceVersion" in metadata
        path = self._core("secrets", metadata["name"])
        return self._written(path, journal, known=known)

    def _written(self, path: str, thing: Mapping[str, Any], *, known: bool) -> dict[str, Any]:
        """Makes an object, or replaces it as it was read.

        :param path: its own.
        :raises ConflictError: when somebody else was faster.
        """
        method, place = ("put", path) if known else ("post", path.rpartition("/")[0])
        return self._owned(path, thing, lambda: self._call(method, place, body=thing, repeats=True))

    def _owned(
        self, path: str, thing: Mapping[str, Any], write: Callable[[], Any]
    ) -> dict[str, Any]:
        """Return an object as it was written, also when only the answer to the first attempt was lost.

        :param path: of the object.
        :param thing: what is to stand in it.
        :raises ConflictError: when something else stands in it.
        """
        try:
            written: dict[str, Any] = write()
        except ConflictError:
            found = self._optional(path)
            if found is None or not _holds(found, thing):
                raise
            return found
        return written

    def claim_journal(
        self, name: str, version: str, annotations: Mapping[str, str]
    ) -> dict[str, Any]:
        """Annotates the Secret of a journal.

        :param version: its ``resourceVersion``, as it was read.
        :raises ConflictError: when somebody has changed it since.
        """
        body = {"metadata": {"resourceVersion": version, "annotations": dict(annotations)}}
        path = self._core("secrets", name)
        return self._owned(
            path,
            body,
            lambda: self._call("patch", path, body=body, patch="merge-patch+json", repeats=True),
        )

    def releases(self) -> list[str]:
        """The names of the Helm releases in the namespace."""
        return sorted(
            {secret["metadata"]["labels"]["name"] for secret in self._records("owner=helm")}
        )

    def _records(self, selector: str) -> list[dict[str, Any]]:
        items: list[dict[str, Any]] = self._call(
            "get", self._core("secrets"), query=[("labelSelector", selector)]
        )["items"]
        return items

    def workload(self, kind: str, name: str) -> dict[str, Any] | None:
        """A Deployment, StatefulSet or DaemonSet; `None` when it is not there."""
        return self._optional(self._workload_path(kind, name))

    def comes_to(
        self,
        workload: Mapping[str, Any],
        state: Callable[[Mapping[str, Any]], bool],
        seconds: float,
    ) -> bool:
        """Whether a workload comes to a state within so many seconds; then at once.

        :param workload: as it was read; only what has become of it since counts.
        """
        metadata, end = workload["metadata"], time.monotonic() + seconds
        query = [
            ("watch", "true"),
            ("fieldSelector", f"metadata.name={metadata['name']}"),
            ("resourceVersion", metadata["resourceVersion"]),
            ("timeoutSeconds", str(max(1, math.ceil(seconds)))),  # 0 would be the server's own
        ]
        path = self._path("/apis/apps/v1", WORKLOADS[workload["kind"]])
        with self._findings():
            answer = self._answer(
                "get", path, query=query, seconds=max(0.0, seconds) + CONNECT_SECONDS
            )
            try:
                for line in answer:
                    kind, thing = _event(line, answer.status)
                    if kind in PRESENT and state(thing):
                        return True
                    if time.monotonic() > end:
                        break
            finally:
                answer.close()
                answer.release_conn()
        return False

    def secret(self, name: str) -> dict[str, Any] | None:
        """A Secret; `None` when it is not there."""
        return self._optional(self._core("secrets", name))

    def config_map(self, name: str) -> dict[str, Any] | None:
        """A ConfigMap; `None` when it is not there."""
        return self._optional(self._core("configmaps", name))

    def delete_config_map(self, found: Mapping[str, Any]) -> None:
        """Deletes a ConfigMap as it was read; nothing when it is gone.

        :raises ConflictError: when somebody has changed it, or made another of that name.
        """
        metadata = found["metadata"]
        same = {key: metadata[key] for key in ("uid", "resourceVersion")}
        path = self._core("configmaps", metadata["name"])
        self._optional(path, "delete", body={"preconditions": same}, repeats=True)

    def apply(self, body: Mapping[str, Any], manager: str, *, force: bool = False) -> None:
        """Server-side apply of a ConfigMap or a workload: its manager owns these fields, and no others.

        :param body: every field that the manager wants; what it owned before and is not in it goes.
        :param force: whether it takes what somebody else owns.
        :raises ConflictError: when somebody else owns one of them and has another value there.
        """
        kind, name = body["kind"], body["metadata"]["name"]
        self._call(
            "patch",
            self._core("configmaps", name)
            if kind == "ConfigMap"
            else self._workload_path(kind, name),
            query=[("fieldManager", manager), ("force", str(force).lower())],
            body=body,
            patch="apply-patch+yaml",
            repeats=True,
        )

    def lease(self, name: str) -> tuple[dict[str, Any] | None, datetime]:
        """A Lease, or `None` when it is not there; and the time by the clock of the API server."""
        try:
            answer = self._answer("get", self._leases(name))
        except FindingError as error:
            if _status(error) == 404:
                cause: Any = error.__cause__
                return None, parsedate_to_datetime(cause.headers["date"])
            raise
        return _data(answer), parsedate_to_datetime(answer.headers["date"])

    def time(self) -> datetime:
        """Return the time by the clock of the API server.

        :raises FindingError: when it does not answer.
        """
        return parsedate_to_datetime(self._answer("get", "/version").headers["date"])

    def write_lease(self, lease: Mapping[str, Any]) -> dict[str, Any]:
        """Makes a Lease; or replaces it, when it holds the ``resourceVersion`` that it had.

        :raises ConflictError: when somebody else was faster.
        """
        metadata = lease["metadata"]
        known = "resourceVersion" in metadata
        return self._written(self._leases(metadata["name"]), lease, known=known)

    def _leases(self, name: str = "") -> str:
        return self._path("/apis/coordination.k8s.io/v1", "leases", name)

    def service(self, name: str, namespace: str) -> dict[str, Any] | None:
        """A Service of any namespace; `None` when it is not there."""
        return self._optional(self._core("services", name, namespace))

    def namespace_labels(self, namespace: str) -> dict[str, str]:
        """The labels of a namespace."""
        found = self._optional(f"/api/v1/namespaces/{segment(namespace)}") or {"metadata": {}}
        return dict(found["metadata"].get("labels") or {})

    def network_policies(self) -> list[dict[str, Any]]:
        """The NetworkPolicies of the namespace."""
        path = self._path("/apis/networking.k8s.io/v1", "networkpolicies")
        items: list[dict[str, Any]] = self._call("get", path)["items"]
        return items

    def pod(self, name: str) -> dict[str, Any] | None:
        """A pod; `None` when it is not there."""
        return self._optional(self._core("pods", name))

    def add_container(self, pod: str, container: Mapping[str, Any]) -> None:
        """Adds an ephemeral container to a pod; it stays listed until the pod goes."""
        path = f"{self._core('pods', pod)}/ephemeralcontainers"
        self._call("patch", path, body={"spec": {"ephemeralContainers": [container]}})

    def create_job(self, job: Mapping[str, Any]) -> None:
        """Creates a Job in the namespace."""
        self._call("post", self._jobs(), body=job)

    def delete_job(self, name: str) -> None:
        """Deletes a Job, and its pods with it."""
        body = {"propagationPolicy": "Background"}
        self._optional(self._jobs(name), "delete", body=body, repeats=True)

    def _jobs(self, name: str = "") -> str:
        return self._path("/apis/batch/v1", "jobs", name)

    def annotate_template(
        self, kind: str, name: str, annotations: Mapping[str, str | None]
    ) -> dict[str, Any]:
        """Sets annotations on the pod template, which rolls the workload; `None` takes one away."""
        body = {"spec": {"template": {"metadata": {"annotations": annotations}}}}
        patched: dict[str, Any] = self._call(
            "patch", self._workload_path(kind, name), body=body, repeats=True
        )
        return patched

    def set_spec(self, kind: str, name: str, spec: Mapping[str, Any], *, manager: str) -> None:
        """Sets some of a workload's specification, in the name of the field manager that had set it."""
        self._call(
            "patch",
            self._workload_path(kind, name),
            query=[("fieldManager", manager)],
            body={"spec": spec},
            repeats=True,
        )

    def _workload_path(self, kind: str, name: str) -> str:
        return self._path("/apis/apps/v1", WORKLOADS[kind], name)

    def pods(
        self, selector: Mapping[str, Any], namespace: str | None = None
    ) -> list[dict[str, Any]]:
        """All pods that a selector means, by default in the release's namespace."""
        return self._selected(self._core("pods", namespace=namespace), selector)

    def own_pods(self, workload: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The pods of a workload, without those of others that have the same labels.

        :param workload: with its kind.
        """
        return [pod for pod in self.pods(workload["spec"]["selector"]) if is_of(pod, workload)]

    def delete_pod(self, name: str) -> None:
        """Deletes a pod, whose workload makes another; nothing when it is gone."""
        self._optional(self._core("pods", name), "delete")

    def revisions_of(self, kind: str, selector: Mapping[str, Any]) -> list[dict[str, Any]]:
        """The templates that a workload has had: ReplicaSets of a Deployment, else ControllerRevisions."""
        plural = "replicasets" if kind == "Deployment" else "controllerrevisions"
        return self._selected(self._path("/apis/apps/v1", plural), selector)

    def _selected(self, path: str, selector: Mapping[str, Any]) -> list[dict[str, Any]]:
        terms = [f"{key}={value}" for key, value in (selector.get("matchLabels") or {}).items()]
        for term in selector.get("matchExpressions") or []:
            operator, values = term["operator"], ",".join(term.get("values") or [])
            terms.append(
                {"Exists": term["key"], "DoesNotExist": f"!{term['key']}"}.get(operator)
                or f"{term['key']} {operator.lower()} ({values})"
            )
        items: list[dict[str, Any]] = self._call(
            "get", path, query=[("labelSelector", ",".join(terms))]
        )["items"]
        return items

    def events(self, name: str) -> list[dict[str, Any]]:
        """The events of the objects of a name, oldest first."""
        path = self._core("events")
        items = self._call("get", path, query=[("fieldSelector", f"involvedObject.name={name}")])[
            "items"
        ]
        return sorted(
            items, key=lambda event: event.get("lastTimestamp") or event.get("eventTime") or ""
        )

    def log(self, pod: str, container: str, *, lines: int, previous: bool = False) -> str:
        """The last lines of a container's log; empty when there is none."""
        query = [
            ("container", container),
            ("tailLines", str(lines)),
            ("limitBytes", str(LOG_BYTES)),
            ("previous", str(previous).lower()),
        ]
        path = f"{self._core('pods', pod)}/log"
        return str(self._call("get", path, query=query, text=True))

    def execute(
        self,
        pod: str,
        container: str,
        argv: Sequence[str],
        *,
        stdin: bytes = b"",
        seconds: float = READ_SECONDS,
    ) -> Executed:
        """Runs a command in a container. `stdin` is written, and stays open: the protocol cannot close it.

        Safe to call from several threads: each call has a connection of its own.

        :raises ExecError: when it cannot be run, or does not end within `seconds`.
        """
        return self._container(pod, container).execute(argv, stdin, seconds)

    def attach(self, pod: str, container: str, *, stdin: bytes, seconds: float) -> bytes:
        """Writes to the standard input of a container, and reads its standard output to its end.

        :raises ExecError: when there is no way to it, or it does not end within `seconds`.
        """
        return self._container(pod, container).attach(stdin, seconds)

    def _container(self, pod: str, name: str) -> Container:
        return Container(
            configuration=self._configuration,
            credentials=self._credentials,
            pod=f"{self.server}{self._core('pods', pod)}",
            name=name,
        )


def _data(answer: urllib3.BaseHTTPResponse) -> Any:
    """An answer as plain JSON data, as `_parsed`."""
    return _parsed(answer.data, answer.status)


def _parsed(text: bytes, status: int) -> Any:
    """A text of an answer as plain JSON data.

    :raises FindingError: when it is none: then it is not the API server that has answered.
    """
    try:
        return json.loads(text)
    except ValueError:
        raise _strange("what is no JSON", status) from None


def _holds(found: Any, wanted: Any) -> bool:
    """Whether an object has all that was to be written, whatever version it has and holds besides."""
    if not isinstance(wanted, Mapping):
        return bool(found == wanted)
    return isinstance(found, Mapping) and all(
        _holds(found.get(key), value) for key, value in wanted.items() if key != "resourceVersion"
    )


def _seconds(header: str | None) -> float:
    """The pause that a server asks for in seconds; none when it asks in another way."""
    return float(header) if header and header.isdecimal() else 0.0


def _is_endless(query: Mapping[str, Sequence[str]]) -> bool:
    """Whether an answer comes as long as somebody listens: a watch, or a log that is followed."""
    return any(
        query.get(name, ["false"])[0] not in ("", "0", "false") for name in ("watch", "follow")
    )


def _whole(answer: urllib3.BaseHTTPResponse) -> urllib3.BaseHTTPResponse:
    """Return an answer that has come to its end."""
    data = answer.read(decode_content=False)
    answer.release_conn()
    return urllib3.HTTPResponse(
        io.BytesIO(data),
        headers=answer.headers,
        status=answer.status,
        reason=answer.reason,
        preload_content=False,
        decode_content=False,
    )


def _event(line: bytes, status: int) -> tuple[str, Any]:
    """The type of an event of a watch, and its object.

    :raises FindingError: when the line is none.
    """
    event = _parsed(line, status)
    try:
        return event["type"], event["object"]
    except (KeyError, TypeError):
        raise _strange("a watch with what is no event", status) from None


def _strange(problem: str, status: int) -> FindingError:
    """What to say of an answer that is not the API server's."""
    problem += ". A proxy or a login page may have answered in its place"
    finding = CATALOGUE.finding("cluster-error", where="answer", status=status, problem=problem)
    return FindingError(finding)


def _status(error: FindingError) -> int | None:
    """The status of the answer that is behind a finding, if there is one."""
    cause = error.__cause__
    return cause.status if isinstance(cause, kubernetes.client.ApiException) else None
