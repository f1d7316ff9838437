# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The node of tests/cluster: it works, and whatever happens to it, nothing of it is left."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from ipaddress import IPv4Address
from pathlib import Path

import pytest

from tests.cluster import cgroups, components, dns, remains
from tests.cluster.kubectl import KubectlError
from tests.cluster.layout import CHECKOUT, Layout
from tests.cluster.node import Node
from tests.images.build import Image
from tests.images.build import build as build_image

pytestmark = pytest.mark.node

_IMAGE = Image(
    name="mailops.test/greeter:1",
    packages=("busybox-static", "python3-minimal"),
    command=("/bin/busybox", "nc", "-ll", "-p", "8025", "-e", "/bin/busybox", "echo", "220 hello"),
)
_GREETER = """
apiVersion: v1
kind: Pod
metadata: {name: greeter-0, labels: {app: greeter}}
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: greeter
      image: mailops.test/greeter:1
      readinessProbe: {tcpSocket: {port: 8025}, periodSeconds: 1}
---
apiVersion: v1
kind: Service
metadata: {name: greeter}
spec:
  selector: {app: greeter}
  ports: [{port: 25, targetPort: 8025}]
"""
_COMMAND = (sys.executable, "-m", "tests.cluster")
_FROM_POD = (
    "import socket, sys; print(socket.create_connection((sys.argv[1], 25), 5).recv(99).decode())"
)


@pytest.fixture
def node(tmp_path: Path) -> Iterator[Node]:
    """A node of its own, beside any other of this machine."""
    node = Node(tmp_path / "node")
    node.up()
    yield node
    node.down()


class _Traces:
    """What could show, from the host, that a node is or was there.

    That the host's end of the link is gone proves that the network namespace is: the kernel
    takes it away with the last reference to that. Numbers of namespaces prove nothing, since
    the kernel gives them out again.
    """

    def __init__(self, node: Node) -> None:
        self._layout = node.layout
        pids = cgroups.processes(node.layout.cgroup)
        self._processes = {pid: _start_time(pid) for pid in pids}

    def left(self) -> list[str]:
        living = [
            pid
            for pid, start in self._processes.items()
            if start is not None and start == _start_time(pid)
        ]
        return remains.find(self._layout) + [f"process {pid} of the node" for pid in living]


def _start_time(pid: int) -> str | None:
    """When the process started, in clock ticks since boot (proc(5), /proc/pid/stat).

    None for one that has ended. Without its keeper, it is up to the host's init when it reaps the
    node's: a zombie holds nothing but its number.
    """
    try:
        fields = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
    except (FileNotFoundError, ProcessLookupError):
        return None
    return None if fields[0] == "Z" else fields[19]


def _firewall() -> list[str]:
    rules = subprocess.run(["iptables-save"], capture_output=True, text=True, check=True).stdout
    return [line for line in rules.splitlines() if not line.startswith("#")]


def _kernel_settings() -> list[str]:
    names = ("vm/overcommit_memory", "kernel/panic", "kernel/panic_on_oops")
    return [Path("/proc/sys", name).read_text() for name in names]


def _wait_until(condition: Callable[[], bool], seconds: float = 20) -> None:
    deadline = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < deadline, "this did not come true in time"
        time.sleep(0.02)


def _pid_of(node: Node, name: str) -> int:
    """The process of the node that runs a program of this name."""
    for pid in sorted(cgroups.processes(node.layout.cgroup)):
        if Path(os.readlink(f"/proc/{pid}/exe")).name == name:
            return pid
    raise AssertionError(f"no process of the node runs {name}")


def _greeting(address: str, port: int) -> str:
    """The first line of the server; empty when nothing listens."""
    try:
        with socket.create_connection((address, port), timeout=5) as connection:
            return connection.recv(99).decode().strip()
    except ConnectionRefusedError:
        return ""


def _archive() -> Path:
    return build_image(_IMAGE)


def _start_greeter(node: Node) -> None:
    node.load(_archive())
    node.kubectl.apply(_GREETER)
    node.kubectl.run("wait", "--for=condition=Ready", "pod/greeter-0", "--timeout=30s")


def _status(state: Path) -> subprocess.CompletedProcess[str]:
    return _cluster(state, "status")


def _cluster(state: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [*_COMMAND, f"--state={state}", *arguments],
        cwd=CHECKOUT,
        capture_output=True,
        text=True,
        check=False,
    )


def test_nothing_is_left_after_down(tmp_path: Path) -> None:
    firewall, settings = _firewall(), _kernel_settings()
    node = Node(tmp_path / "node")
    node.up()
    _start_greeter(node)
    traces = _Traces(node)
    assert traces.left()

    node.down()

    assert traces.left() == []
    assert _firewall() == firewall
    assert _kernel_settings() == settings
    assert sorted(path.name for path in node.layout.state.iterdir()) == ["lock", "logs"]


def test_down_twice_is_as_good_as_once(tmp_path: Path) -> None:
    assert _cluster(tmp_path / "node", "down").returncode == 0
    assert _cluster(tmp_path / "node", "down").returncode == 0


@pytest.mark.parametrize("part", components.NAMES)
def test_when_a_part_is_killed_the_node_ends_and_says_which(node: Node, part: str) -> None:
    firewall, traces = _firewall(), _Traces(node)

    os.kill(_pid_of(node, part), signal.SIGKILL)
    _wait_until(lambda: not node.is_alive())

    assert f"{part} was killed by SIGKILL" in _status(node.layout.state).stdout
    assert traces.left() == []
    assert _firewall() == firewall


def test_when_process_1_is_killed_nothing_is_left(node: Node) -> None:
    traces = _Traces(node)

    os.kill(node.pids()[1], signal.SIGKILL)
    _wait_until(lambda: not node.is_alive())

    assert "process 1 of the node was killed" in _status(node.layout.state).stdout
    assert traces.left() == []


def test_when_the_keeper_is_killed_down_clears_up_after_it(node: Node) -> None:
    traces = _Traces(node)

    os.kill(node.pids()[0], signal.SIGKILL)
    _wait_until(lambda: not node.is_alive())

    assert "keeper was killed" in _status(node.layout.state).stdout
    node.down()
    assert traces.left() == []


def test_when_a_pods_shim_is_killed_the_node_goes_on_and_leaves_nothing(node: Node) -> None:
    _start_greeter(node)
    traces = _Traces(node)

    os.kill(_pid_of(node, "containerd-shim-runc-v2"), signal.SIGKILL)
    node.kubectl.run("get", "--raw=/readyz")
    node.down()

    assert traces.left() == []


def test_run_gives_the_command_a_node_and_its_exit_code(tmp_path: Path) -> None:
    state = tmp_path / "node"
    script = "kubectl --kubeconfig=$MAILOPS_TEST_KUBECONFIG get nodes -o name; exit 7"

    done = _cluster(state, "run", "--", "sh", "-c", script)

    assert done.stdout.strip() == f"node/{components.NODE}"
    assert done.returncode == 7
    assert remains.find(Layout(state)) == []


@pytest.mark.parametrize("number", [signal.SIGTERM, signal.SIGKILL])
def test_the_node_of_a_run_ends_with_it(tmp_path: Path, number: signal.Signals) -> None:
    node = Node(tmp_path / "node")
    with subprocess.Popen(
        [
            *_COMMAND,
            f"--state={node.layout.state}",
            "run",
            "--",
            "sh",
            "-c",
            "echo started; exec cat",
        ],
        cwd=CHECKOUT,
        # The command ends with its input, also when nobody is left to end it.
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        stderr=subprocess.DEVNULL,
        text=True,
    ) as run:
        assert run.stdout is not None
        assert run.stdout.readline() == "started\n"
        traces = _Traces(node)
        run.send_signal(number)
        run.wait()
    _wait_until(lambda: not node.is_alive())

    assert traces.left() == []


@pytest.fixture(scope="module")
def running(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Node]:
    node = Node(tmp_path_factory.mktemp("running") / "node")
    node.up()
    try:
        _start_greeter(node)
        yield node
    finally:
        node.down()


@pytest.fixture(scope="module")
def service(running: Node) -> str:
    return str(running.kubectl.json("get", "service", "greeter")["spec"]["clusterIP"])


def test_the_host_reaches_pods_and_services(running: Node, service: str) -> None:
    pod = running.kubectl.json("get", "pod", "greeter-0")["status"]["podIP"]

    assert _greeting(pod, 8025) == "220 hello"
    _wait_until(lambda: _greeting(service, 25) == "220 hello")


@pytest.mark.parametrize("name", ["greeter", "greeter.default.svc.cluster.local"])
def test_a_pod_reaches_a_service_by_its_name(running: Node, name: str) -> None:
    said = running.kubectl.run("exec", "greeter-0", "--", "python3", "-c", _FROM_POD, name)

    assert said.strip() == "220 hello"


def test_the_host_can_ask_the_clusters_dns(running: Node, service: str) -> None:
    resolver = running.kubectl.json("get", "service", "kube-dns", "--namespace=kube-system")
    address = IPv4Address(resolver["spec"]["clusterIP"])

    name = "greeter.default.svc.cluster.local"
    assert dns.answers(address, name, IPv4Address(service))


def test_a_name_outside_the_cluster_does_not_exist(running: Node) -> None:
    code = "import socket; socket.gethostbyname('example.org')"

    with pytest.raises(KubectlError, match="Name or service not known"):
        running.kubectl.run("exec", "greeter-0", "--", "python3", "-c", code)


def test_a_service_account_may_only_what_it_was_allowed(running: Node) -> None:
    me = "--as=system:serviceaccount:default:default"

    with pytest.raises(KubectlError, match="cannot list resource"):
        running.kubectl.run("get", "secrets", me)


def test_a_second_up_says_that_the_node_is_up(running: Node) -> None:
    assert running.up() is False


def test_an_image_that_is_there_is_not_imported_again(
    running: Node, monkeypatch: pytest.MonkeyPatch
) -> None:
    archive = _archive()
    monkeypatch.setenv("XDG_CACHE_HOME", "/nonexistent")  # where no ctr is to import it with

    running.load(archive)
