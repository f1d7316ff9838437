# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where the relay is probed from: this machine, a managed host, or the network of a release.

Everywhere but here the engine runs as one program that comes by standard input, with the request
behind it: nothing is installed, no file is written, and no argument holds a secret.
"""

from __future__ import annotations

import secrets
import shlex
import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Protocol, TypeVar

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import bundle
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.fleet import probe_all
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.logins import Book, Once, shared
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.probe import longest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.remote import MISTAKE
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.request import ProbeRequest
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import Stage
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils import ending
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.clock import Clock
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_ready, lives
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.stream import ExecError
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe import answer, manifest
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe.options import ProbeOptions
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Workload
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout.arrival import comes

PARALLEL = 8
"""Probes at the same time in a pod or on a host, which have other things to do."""
START_SECONDS = 15
"""For the interpreter in a busy pod to come up, on top of the probe's own limit."""
PULL_SECONDS = 120
"""For an image to be pulled and a container of our own to start."""
GONE_SECONDS = 30
POLL_SECONDS = 0.25

# Here, so that an action plugin builds the program once in the parent and every fork inherits it.
bundle.source()

T = TypeVar("T")

_HOPELESS = frozenset(
    {
        "ErrImagePull",
        "ImagePullBackOff",
        "InvalidImageName",
        "ErrImageNeverPull",
        "CreateContainerConfigError",
        "CreateContainerError",
        "RunContainerError",
    }
)
"""States of a waiting container that time alone does not end."""


class PlaceError(Exception):
    """No probe can run there; the text says why, as the end of a sentence.

    :ivar forbidden: whether nothing but a right is missing.
    :ivar began: whether a probe may have begun there, and have logged in.
    :ivar passes: whether its pods are being replaced, so that it can run there in a while.
    """

    def __init__(
        self, problem: str, *, forbidden: bool = False, began: bool = False, passes: bool = False
    ) -> None:
        super().__init__(problem)
        self.forbidden = forbidden
        self.began = began
        self.passes = passes


@dataclass(frozen=True)
class Probed:
    """What a probe saw, as plain data without secrets, and where it ran."""

    where: str
    result: dict[str, Any]

    @property
    def failed(self) -> frozenset[str]:
        """The names of the stages that failed."""
        return frozenset(
            stage["name"] for stage in self.result["stages"] if stage["result"] == "failed"
        )

    def with_login(self, stage: Stage, finding: Finding) -> Probed:
        """The same with what the login of another probe has shown."""
        result = {
            **self.result,
            "ok": self.result["ok"] and finding.severity != "error",
            "stages": [*self.result["stages"], asdict(stage)],
            "findings": [*self.result["findings"], finding.as_dict()],
        }
        return replace(self, result=result)


class Place(Protocol):
    """Somewhere else that a probe can run; safe to use from several threads."""

    def run(self, request: ProbeRequest) -> Probed:
        """Probes from there.

        :raises PlaceError: when it cannot.
        """


def from_controller(
    requests: Sequence[ProbeRequest], book: Book, *, again: bool = False
) -> tuple[Probed, ...]:
    """Probes every relay from this machine, in this process; in the order of the requests.

    :param again: whether a login that was accepted before is made once more.
    """
    results = probe_all(requests, book=book, again=again)
    return tuple(Probed("controller", result.as_dict()) for result in results)


def from_place(
    place: Place, requests: Sequence[ProbeRequest], book: Book, *, again: bool = False
) -> tuple[Probed, ...]:
    """Probes every relay from somewhere else; in the order of the requests.

    :param again: whether a login that was accepted before is made once more.
    :raises PlaceError: when no probe can run there.
    """

    def run(request: ProbeRequest) -> Probed | PlaceError:
        try:
            return place.run(request)
        except PlaceError as error:
            return error

    def read(found: Probed | PlaceError) -> tuple[bool, str]:
        if isinstance(found, PlaceError):
            return False, "undecided" if found.began else ""
        return found.result["ok"], found.result["login"]

    once = Once(book, run, read, again=again)

    def one(request: ProbeRequest) -> Probed:
        found, login = once.probe(request, longest(request))
        if isinstance(found, PlaceError):
            raise found
        return found.with_login(*shared(request, login)) if login else found

    with ThreadPoolExecutor(PARALLEL) as pool:
        return tuple(pool.map(one, requests))


Run = Callable[[str, bytes], tuple[int, str]]
"""Runs a command line with this standard input; its exit code and its standard output."""

Known = Callable[[], Sequence[Secret]]
"""The secrets that an answer may quote beside those of the request."""


def _no_others() -> Sequence[Secret]:
    return ()


@dataclass(frozen=True)
class Host:
    """A managed host, by the connection that the task has.

    :param interpreter: its Python.
    """

    name: str
    interpreter: str
    command: Run
    known: Known = _no_others
    _lock: threading.Lock = field(default_factory=threading.Lock)

    def run(self, request: ProbeRequest) -> Probed:
        words = (self.interpreter, *bundle.COMMAND[1:])
        where = f"host {self.name}"
        # A connection of Ansible's is for one command at a time.
        with self._lock:
            returncode, output = self.command(shlex.join(words), bundle.feed(request))
        return Probed(where, _result(output, where, request, self.known, returncode))


@dataclass(frozen=True)
class Patience:
    """How long pods that are being replaced are waited for.

    :param seconds: the limit, also for how old a pod may be and still be expected to become ready.
    """

    clock: Clock
    seconds: float

    def until_ready(  # ansible-core 2.19 runs on Python 3.11 too
        self, ask: Callable[[], T]
    ) -> T:
        """Return the first answer that does not fail because pods are being replaced.

        :raises PlaceError: what `ask` raises for another reason, or at the limit.
        """
        start = self.clock.now()
        while True:
            try:
                return ask()
            except PlaceError as error:
                if not error.passes or self.clock.now() - start >= self.seconds:
                    raise
            self.clock.sleep(POLL_SECONDS)

    def ready_pod(self, cluster: Cluster, workload: Workload) -> str:
        """Return the name of a ready pod of a workload.

        :raises PlaceError: when it has none at the limit.
        """
        return self.until_ready(lambda: ready_pod(cluster, workload, self.seconds))


@dataclass(frozen=True)
class Pod:
    """The first container of the workloads that is ready and has a Python."""

    cluster: Cluster
    workloads: Sequence[Workload]
    patience: Patience
    known: Known

    def run(self, request: ProbeRequest) -> Probed:
        return self.patience.until_ready(lambda: self._first(request))

    def _first(self, request: ProbeRequest) -> Probed:
        problems, forbidden, passes = [], True, False
        for workload in self.workloads:
            try:
                pod = ready_pod(self.cluster, workload, self.patience.seconds)
                return self._run(request, pod, workload.container)
            except PlaceError as error:
                if error.began:
                    raise
                problems.append(str(error))
                forbidden = forbidden and error.forbidden
                passes = passes or error.passes
        raise PlaceError("; ".join(problems), forbidden=forbidden, passes=passes)

    def _run(self, request: ProbeRequest, pod: str, container: str) -> Probed:
        where = f"pod {pod}, container {container}"
        limit = longest(request) + START_SECONDS
        try:
            done = self.cluster.execute(
                pod, container, bundle.COMMAND, stdin=bundle.feed(request), seconds=limit
            )
        except ExecError as error:
            failed = _failed(where, error)
            if not (error.began or error.forbidden):
                there = self.cluster.pod(pod)
                failed.passes = there is None or not lives(there)
            raise failed from None
        output = done.stdout.decode("utf-8", "replace")
        return Probed(where, _result(output, where, request, self.known, done.returncode))


@dataclass(frozen=True)
class Ephemeral:
    """A container of its own in a ready pod of the release. It stays listed there."""

    cluster: Cluster
    workloads: Sequence[Workload]
    image: str
    patience: Patience
    known: Known

    def run(self, request: ProbeRequest) -> Probed:
        name = _name()
        pod = self.patience.ready_pod(self.cluster, self.workloads[0])
        where = f"ephemeral container {name} of pod {pod}"
        container = manifest.container(name, self.image, seconds=_lifetime(request))
        with _rights(where):
            self.cluster.add_container(pod, container)
        _await_start(
            lambda: _state(self.cluster.pod(pod), "ephemeralContainerStatuses", name),
            where,
            self.patience.clock,
        )
        return _attached(self.cluster, pod, name, request, self.known, where=where)


@dataclass(frozen=True)
class Job:
    """A Job whose pod is like the workload's. Nothing of it is left behind."""

    cluster: Cluster
    workloads: Sequence[Workload]
    image: str
    pull_secret: str
    clock: Clock
    known: Known

    def run(self, request: ProbeRequest) -> Probed:
        name = _name()
        where = f"Job {name}"
        workload = self.workloads[0]
        state = self.cluster.workload(workload.kind, workload.name)
        if state is None:
            raise PlaceError(f"there is no {workload}")
        job = manifest.job(
            name,
            self.image,
            state["spec"]["template"],
            pull_secret=self.pull_secret,
            seconds=_lifetime(request),
        )
        with _rights(where):
            self.cluster.create_job(job)
        try:
            started = _await_start(lambda: self._started(name), where, self.clock)
            return _attached(
                self.cluster, started, manifest.CONTAINER, request, self.known, where=where
            )
        finally:
            self._remove(name)

    def _pods(self, name: str) -> list[dict[str, Any]]:
        return self.cluster.pods({"matchLabels": {"batch.kubernetes.io/job-name": name}})

    def _started(self, name: str) -> tuple[str, str]:
        for pod in self._pods(name):
            state, _reason = _state(pod, "containerStatuses", manifest.CONTAINER)
            return state, pod["metadata"]["name"]
        return "", ""

    def _remove(self, name: str) -> None:
        self.cluster.delete_job(name)
        start = self.clock.now()
        while self._pods(name) and self.clock.now() - start < GONE_SECONDS:
            self.clock.sleep(POLL_SECONDS)


def in_network(
    cluster: Cluster,
    workloads: Sequence[Workload],
    options: ProbeOptions,
    patience: Patience,
    known: Known,
) -> Place:
    """The place in the network of a release that is asked for; by default one of its own containers.

    :param known: the secrets that must not be in an answer, beside those of the requests.
    :raises FindingError: when a place needs an image, and none is given.
    """
    if options.from_ not in ("ephemeral", "job"):
        return Pod(cluster, workloads, patience, known)
    if not options.image:
        raise FindingError(
            CATALOGUE.finding("probe-image-missing", where="smtp_probe_image", place=options.from_)
        )
    if options.from_ == "ephemeral":
        return Ephemeral(cluster, workloads, options.image, patience, known)
    return Job(cluster, workloads, options.image, options.pull_secret, patience.clock, known)


def ready_pod(cluster: Cluster, workload: Workload, seconds: float) -> str:
    """The name of a ready pod of a workload.

    :param seconds: that a pod may take to become ready.
    :raises PlaceError: when it has none.
    """
    state = cluster.workload(workload.kind, workload.name)
    pods = cluster.own_pods(state) if state else []
    names = [pod["metadata"]["name"] for pod in pods if is_ready(pod)]
    if not names:
        passes = state is not None and comes(
            cluster, {**state, "kind": workload.kind}, pods, seconds
        )
        raise PlaceError(f"{workload} has no ready pod", passes=passes)
    return str(names[0])


def _lifetime(request: ProbeRequest) -> int:
    """The seconds after which a container of our own ends, whatever becomes of the controller."""
    return int(longest(request) + START_SECONDS + PULL_SECONDS)


def _name() -> str:
    return f"{manifest.CONTAINER}-{secrets.token_hex(4)}"


@contextmanager
def _rights(where: str) -> Iterator[None]:
    """Says what the API server has against it as a problem of this place."""
    try:
        yield
    except FindingError as error:
        codes = {finding.code for finding in error.findings}
        raise PlaceError(
            f"{where}: {error}".rstrip("."), forbidden=codes == {"cluster-rights-missing"}
        ) from error


def _state(pod: Mapping[str, Any] | None, kind: str, container: str) -> tuple[str, str]:
    """The state of a container: running, or why it never will be, or empty; and the pod's name."""
    if pod is None:
        return "the pod is gone", ""
    name = pod["metadata"]["name"]
    for entry in (pod.get("status") or {}).get(kind) or []:
        if entry["name"] != container:
            continue
        state = entry.get("state") or {}
        waiting = state.get("waiting") or {}
        if "running" in state:
            return "running", name
        if waiting.get("reason") in _HOPELESS:
            return f"{waiting['reason']}: {waiting.get('message', '')}".rstrip(". :"), name
        if "terminated" in state:
            return f"it {ending.in_words(state['terminated']['exitCode'])}", name
    return "", name


def _await_start(look: Callable[[], tuple[str, str]], where: str, clock: Clock) -> str:
    """Waits until a container runs, and returns the name of its pod."""
    start = clock.now()
    while True:
        state, pod = look()
        if state == "running":
            return pod
        if state:
            raise PlaceError(f"{where}: {state}")
        if clock.now() - start >= PULL_SECONDS:
            raise PlaceError(f"{where} did not start within {PULL_SECONDS} s")
        clock.sleep(POLL_SECONDS)


def _attached(
    cluster: Cluster, pod: str, container: str, request: ProbeRequest, known: Known, *, where: str
) -> Probed:
    """Hands the probe to a container that waits for it."""
    limit = longest(request) + START_SECONDS
    try:
        output = cluster.attach(pod, container, stdin=bundle.feed(request), seconds=limit)
    except ExecError as error:
        raise _failed(where, error) from None
    return Probed(where, _result(output.decode("utf-8", "replace"), where, request, known))


def _failed(where: str, error: ExecError) -> PlaceError:
    return PlaceError(f"{where}: {error}", forbidden=error.forbidden, began=error.began)


def _result(
    output: str, where: str, request: ProbeRequest, known: Known, returncode: int | None = None
) -> dict[str, Any]:
    """The result in what a Python has printed, without secrets.

    :param returncode: how it ended, where that is known.
    :raises PlaceError: when there is none. What it printed instead may quote its input, and so the
        password.
    """
    # By a signal, by a mistake of its own, or without a word: it may have been at work.
    began = returncode in (None, 0, MISTAKE) or ending.signal_of(returncode) is not None
    if returncode:
        raise PlaceError(f"{where}: its Python {ending.in_words(returncode)}", began=began)
    redactor = Redactor(
        [request.password, request.token, request.client_key, request.proxy, *known()]
    )
    # Before it may stand what the other side greets with.
    line = output.strip().rpartition("\n")[2]
    try:
        result = answer.read(line, redactor.clean)
    except answer.AnswerError as error:
        problem = f"{where} answered something that is not the probe's: {error}"
        raise PlaceError(problem, began=True) from None
    return result.as_dict()
