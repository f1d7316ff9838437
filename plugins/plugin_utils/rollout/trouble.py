# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What keeps pods from being ready, told from their state, their events and their workload's. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.pods import is_ready, lives
from ansible_collections.mailops.smtp.plugins.plugin_utils.rollout import state

Object = Mapping[str, Any]

_NO_IMAGE = ("ErrImagePull", "ImagePullBackOff", "InvalidImageName", "ErrImageNeverPull")
_NEVER_AN_IMAGE = ("InvalidImageName", "ErrImageNeverPull")
_STARTING = ("ContainerCreating", "PodInitializing")
_MISSING = ("CreateContainerConfigError", "FailedMount")


@dataclass(frozen=True)
class Trouble:
    """One reason why a workload does not come up.

    :param code: of the finding.
    :param problem: in the cluster's own words.
    :param pod: empty when it is the workload's.
    :param crashed: whether the container runs again, so that the last words are its predecessor's.
    :param hopeless: whether waiting mends nothing: somebody must act first.
    """

    code: str
    problem: str
    pod: str = ""
    container: str = ""
    crashed: bool = False
    hopeless: bool = False


def of_workload(
    workload: Object, pods: Sequence[Object], events: Sequence[Object]
) -> list[Trouble]:
    """Why a workload has not the pods that it should have.

    :param events: of the workload itself, oldest first.
    """
    if workload["spec"].get("paused"):
        return [Trouble("rollout-paused", "it is paused", hopeless=True)]
    status = workload.get("status") or {}
    failing = [
        f"{entry.get('reason')}: {entry.get('message')}"
        for entry in status.get("conditions") or []
        if entry["type"] == "ReplicaFailure" and entry["status"] == "True"
    ]
    attempts = [event for event in events if str(event.get("reason", "")).endswith("Create")]
    if attempts and attempts[-1]["reason"] == "FailedCreate" and _lacks_pods(workload, pods):
        failing.append(f"FailedCreate: {attempts[-1].get('message')}")
    # While pods leave, they may make the room that is missing.
    leaving = any(pod["metadata"].get("deletionTimestamp") for pod in pods)
    found = [
        Trouble(
            "pods-over-quota" if "exceeded quota" in problem else "pods-refused",
            problem,
            hopeless=not leaving,
        )
        for problem in failing[-1:]
    ]
    return found + [
        Trouble("rollout-deadline-passed", str(entry.get("message")), hopeless=True)
        for entry in status.get("conditions") or []
        if entry["type"] == "Progressing" and entry.get("reason") == "ProgressDeadlineExceeded"
        and status.get("observedGeneration", 0) >= workload["metadata"]["generation"]
    ]  # fmt: skip


def _lacks_pods(workload: Object, pods: Sequence[Object]) -> bool:
    return sum(map(lives, pods)) < state.wanted(workload)


def of_pod(pod: Object, events: Sequence[Object]) -> Trouble | None:
    """What keeps a pod from being ready; `None` when it is, or nothing tells.

    :param events: of the pod, oldest first.
    """
    if is_ready(pod) or not lives(pod):
        return None
    status, name = pod.get("status") or {}, pod["metadata"]["name"]
    for entry in [
        *(status.get("initContainerStatuses") or []),
        *(status.get("containerStatuses") or []),
    ]:
        trouble = _of_container(name, entry)
        if trouble:
            return trouble
    for condition in status.get("conditions") or []:
        if condition["type"] == "PodScheduled" and condition["status"] == "False":
            problem = f"{condition.get('reason')}: {condition.get('message')}"
            return Trouble("pod-unschedulable", problem, name)
    return _by_events(name, status, events)


def _of_container(pod: str, entry: Object) -> Trouble | None:
    now, last = entry.get("state") or {}, entry.get("lastState") or {}
    waiting, container = now.get("waiting") or {}, entry["name"]
    ended = now.get("terminated") or last.get("terminated")
    reason, message = waiting.get("reason"), waiting.get("message") or ""
    words = f"{reason}: {message}" if message else str(reason)
    if reason in _NO_IMAGE:
        hopeless = reason in _NEVER_AN_IMAGE
        return Trouble("image-not-pulled", words, pod, container, hopeless=hopeless)
    if reason in _MISSING:
        return Trouble("configuration-missing", words, pod, container, hopeless=True)
    if ended and not entry.get("ready"):
        problem = f"exit code {ended.get('exitCode')} ({ended.get('reason')})"
        if entry.get("restartCount"):
            problem += f", {entry['restartCount']} restarts"
        code = (
            "container-out-of-memory" if ended.get("reason") == "OOMKilled" else "container-crashes"
        )
        return Trouble(code, problem, pod, container, crashed=bool(now.get("running")))
    if reason and reason not in _STARTING:
        return Trouble("container-not-started", words, pod, container)
    return None


def _by_events(pod: str, status: Object, events: Sequence[Object]) -> Trouble | None:
    """What only the events of a pod tell: volumes, the sandbox, and probes."""
    warnings = [event for event in events if event.get("type") == "Warning"]
    running = [
        entry["name"]
        for entry in status.get("containerStatuses") or []
        if (entry.get("state") or {}).get("running") and not entry.get("ready")
    ]
    if running and not warnings:
        problem = f"container {running[0]} of pod {pod} runs and is not ready"
        return Trouble("rollout-not-ready", problem, pod, running[0])
    if not warnings:
        return None
    reason = warnings[-1].get("reason")
    words = f"{reason}: {warnings[-1].get('message')}"
    if running:
        return Trouble("probe-fails", words, pod, running[0])
    if reason in _MISSING:
        missing = "not found" in words or "non-existent" in words
        return Trouble("configuration-missing", words, pod, hopeless=missing)
    return Trouble("container-not-started", words, pod)
