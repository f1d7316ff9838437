# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""One application with mail that works, which a test may break: its release, its relay, and how it sends."""

from __future__ import annotations

import json
import time
import uuid
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from http.client import HTTPException
from pathlib import Path
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import FOLDER
from tests.apps.invitations.image import INVITATIONS
from tests.apps.invitations.release import CHART, Release
from tests.cluster.kubectl import KubectlError
from tests.cluster.layout import CHECKOUT
from tests.harness.door import Door, Write
from tests.harness.lab import USER, WITHOUT_MAIL, Lab
from tests.harness.playbook import Played, ended, start, write_inputs
from tests.relays.authority import Authority
from tests.relays.postfix import MessageNotDeliveredError, Relay

PLAYBOOK = "mailops.smtp.configure"
PASSWORD = "correct horse"
CHARTS = CHECKOUT.parent / "shared" / "charts"
SENDERS = CHECKOUT / "tests" / "apps" / "senders"
SECRET = "mail-login"
"""The existing Secret, where a setup has one."""

_SETTLES = 25.0
_ANSWERS = 10.0
_ARRIVES = 10.0
_REPOSITORY, _TAG = INVITATIONS.name.split(":")
_IMAGE = dict(zip(("registry", "repository", "tag"), (*_REPOSITORY.split("/"), _TAG), strict=True))
_HEALTH = {"httpGet": {"path": "/api/health", "port": 8000}}

INVITE = """\
import json, sys, urllib.error, urllib.request
body = json.dumps({"email": sys.argv[1]}).encode()
try:
    print(urllib.request.urlopen("http://127.0.0.1:8000/api/invitations", body).read().decode())
except urllib.error.HTTPError as error:
    sys.exit(error.read().decode())
"""
"""How the sample application is asked to invite somebody, from inside its container."""


@dataclass(frozen=True)
class Application:
    """A chart, the values that an administrator installs it with, and its workloads.

    :param workloads: the one that sends first; ``{}`` is the name of the release.
    :param sender: the program that sends as the application would, from inside its container; empty
        where the application itself can be asked.
    """

    name: str
    chart: Path
    values: Mapping[str, Any]
    workloads: tuple[str, ...]
    container: str
    sender: str = ""

    @property
    def is_there(self) -> bool:
        """Whether the chart is on this machine."""
        return self.chart.is_dir()


HUB = Application(
    "qualytics", CHART, WITHOUT_MAIL, ("deployment/{}-api", "deployment/{}-cmd"), "api"
)
GRAFANA = Application(
    "grafana",
    CHARTS / "grafana",
    {
        "image": _IMAGE,
        "readinessProbe": _HEALTH,
        "livenessProbe": _HEALTH,
        "testFramework": {"enabled": False},
        "adminPassword": "of somebody else",
        "grafana.ini": {"users": {"allow_sign_up": False}},
    },
    ("deployment/{}-grafana",),
    "grafana",
    "as_grafana.py",
)
VAULTWARDEN = Application(
    "vaultwarden",
    CHARTS / "vaultwarden",
    {
        "image": _IMAGE,
        "readinessProbe": {"enabled": False},
        "livenessProbe": {"enabled": False},
        "domain": "https://vault.example.com",
    },
    ("statefulset/{}-vaultwarden",),
    "vaultwarden",
    "as_vaultwarden.py",
)


@dataclass(frozen=True)
class Setup:
    """How an application has its mail.

    :param changes: the variables that differ from those of the lab.
    :param work: what the user of the runs may do.
    :param is_in_values: whether the release's values alone make it, so that Helm can install it.
    :param values: what the administrator has in the place of the application's own at the top level.
    """

    name: str
    changes: Mapping[str, Any]
    work: str = "configure"
    is_in_values: bool = True
    values: Mapping[str, Any] = field(default_factory=dict)


_LOGIN_KEYS = ("smtp_sender_user", "smtp_sender_password")

LOGIN = Setup("login", {})
ANONYMOUS = Setup(
    "anonymous",
    {
        "smtp_auth": "none",
        "smtp_security": "none",
        "smtp_username": None,
        "smtp_password": None,
        "smtp_ca_path": None,
    },
    # Without them the chart's defaults are a placeholder login.
    values={
        "secrets": {**WITHOUT_MAIL["secrets"], "smtp": dict.fromkeys(_LOGIN_KEYS, "")},
    },
)
PRIVATE_CA = Setup(
    "private CA",
    {"smtp_security": "tls", "smtp_ca_mode": None},
    work="configure-ca",
    is_in_values=False,
)
EXISTING = Setup("existing Secret", {"smtp_existing_secret": SECRET})


class SpoiltRelay(Relay):
    """A relay beside that of the lab, so that no other test meets what is done to it."""

    name = "relay-spoilt"


HOST = SpoiltRelay.hosts()[-1]
"""What the applications send through."""


@dataclass
class Postfix:
    """A relay of its own, which can be spoilt and put right again.

    :param folder: for its files.
    """

    lab: Lab
    folder: Path
    authority: Authority = field(default_factory=Authority)

    def __post_init__(self) -> None:
        self.relay = SpoiltRelay.deploy(self.lab.kubectl, self.lab.node, folder=self.folder)
        service = self._service()
        self._spec = {name: service["spec"][name] for name in ("selector", "ports")}
        self._keep()

    def run(self, script: str, stdin: str | None = None) -> str:
        """Run a shell script in the relay's container."""
        command = ("exec", "-i", f"deployment/{self.relay.name}", "--", "sh", "-euc", script)
        return self.lab.kubectl.run("-n", "mail", *command, stdin=stdin)

    def reload(self, script: str, stdin: str | None = None) -> None:
        """Run a shell script that edits Postfix's configuration, and let Postfix read it."""
        self.run(script, stdin)
        self.run("postfix reload 2>/dev/null")
        time.sleep(1)

    def refuses(self, table: str, domain: str, reply: str) -> None:
        """Refuse a domain.

        :param table: `sender_access` or `recipient_access`.
        """
        self.reload(f"echo '{domain} {reply}' >>/etc/postfix/{table}")

    def shows(self, certificate: str, key: str) -> None:
        """Show another certificate (PEM) to clients."""
        files = (
            "smtpd_tls_cert_file=/etc/postfix/other.pem smtpd_tls_key_file=/etc/postfix/other.pem"
        )
        self.reload(f"cat >/etc/postfix/other.pem; postconf -e {files}", certificate + key)

    def leads(self, port: int, to: int) -> None:
        """Let the Service lead from a port to another one of the relay's."""
        ports = [
            {**each, "targetPort": to} if each["port"] == port else each
            for each in self._spec["ports"]
        ]
        self._patch({"ports": ports})

    def moves(self, port: int, to: int) -> None:
        """Let the Service have another port in the place of one."""
        ports = [
            {**each, "port": to} if each["port"] == port else each for each in self._spec["ports"]
        ]
        self._patch({"ports": ports})

    def is_nowhere(self) -> None:
        """Let nothing answer at the Service's address."""
        self._patch({"selector": {"app": "nothing"}})

    def restore(self) -> None:
        """Put everything right again."""
        self._patch(self._spec)
        script = (
            "cp /tmp/kept/* /etc/postfix/; cp /tmp/kept-sasl /etc/postfix/sasl/smtpd.conf;"
            " [ -s /etc/postfix/master.cf ]"
        )
        self.reload(script)
        self.relay.set_user(USER, PASSWORD)

    def _keep(self) -> None:
        files = ("main.cf", "master.cf", "sender_access", "recipient_access", "header_checks")
        self.run(
            f"[ -d /tmp/kept ] || {{ mkdir /tmp/kept; cd /etc/postfix; cp {' '.join(files)} /tmp/kept/;"
            " cp sasl/smtpd.conf /tmp/kept-sasl; }"
        )

    def _service(self) -> dict[str, Any]:
        found: dict[str, Any] = self.lab.kubectl.json(
            "-n", "mail", "get", "service", self.relay.name
        )
        return found

    def _patch(self, spec: Mapping[str, Any]) -> None:
        changes = [
            {"op": "replace", "path": f"/spec/{name}", "value": value}
            for name, value in spec.items()
        ]
        patch = json.dumps(changes)
        self.lab.kubectl.run(
            *("-n", "mail", "patch", "service", self.relay.name, "--type=json", f"--patch={patch}")
        )
        time.sleep(1)  # until kube-proxy has its rules


@dataclass(frozen=True)
class Sent:
    """What came of the application's own attempt to send; `why` is empty when the mail arrived."""

    why: str = ""

    def __bool__(self) -> bool:
        return not self.why


class Scene:
    """An application with mail that works, installed anew when it was broken.

    :param folder: for the files of its runs.
    """

    def __init__(
        self, lab: Lab, postfix: Postfix, application: Application, setup: Setup, folder: Path
    ) -> None:
        self.lab, self.postfix, self.folder = lab, postfix, folder
        self.application, self.setup = application, setup
        self._release: Release | None = None
        self._values: dict[str, Any] | None = None
        self._is_by_run = False

    @property
    def release(self) -> Release:
        """The release that is installed."""
        assert self._release
        return self._release

    def set_up(self, *, by_run: bool = False) -> None:
        """Return when the application has mail.

        :param by_run: whether a run of the playbook has to have configured it.
        """
        by_run = by_run or not self.setup.is_in_values
        if self._release and not (by_run and not self._is_by_run):
            return
        self.tear_down()
        release = self.lab.release(chart=self.application.chart)
        self._release = release
        release.upgrade(self.without_mail)
        if self.setup is EXISTING:
            self.new_secret(USER, PASSWORD)
        self._is_by_run = by_run or self._values is None
        if self._is_by_run:
            self.settle(60)
            played = self.play()
            assert played.returncode == 0, played.output
            self._values = release.values()
        else:
            assert self._values
            release.upgrade(self._values)
        self.settle(60)
        sent = self.sends()
        assert sent, f"the application could not send before anything was broken: {sent.why}"

    def tear_down(self) -> None:
        """Remove the release, so that the next case begins with a new one."""
        if self._release:
            self._release.remove()
            self._release = None

    @property
    def without_mail(self) -> dict[str, Any]:
        """The values that the release is installed with."""
        return {**self.application.values, **self.setup.values}

    @property
    def is_as_before(self) -> bool:
        """Whether the release has the settings that it was set up with."""
        return bool(self._release) and self.release.values() == self._values

    def play(
        self,
        *arguments: str,
        during: tuple[int, str, Callable[[], object]] | None = None,
        **changes: Any,
    ) -> Played:
        """Run the playbook as the release's user.

        :param during: the number of a write, what is in the paths of those that count, and what to
            do after it.
        """
        variables = self.lab.description(
            self.release,
            work=self.setup.work,
            **{
                "smtp_application": self.profile,
                "smtp_host": HOST,
                "smtp_test_recipients": self.address(),
                "smtp_test_mail": "always",
                "smtp_rollout_timeout": "30",
                "smtp_probe_retry_seconds": 0,
                **self._trust(),
                **self.setup.changes,
                **changes,
            },
        )
        if not during:
            return self._ended(variables, arguments)
        after, to, do = during
        done: list[Write] = []
        errors: list[Exception] = []

        def then(write: Write) -> None:
            done.append(write)
            try:
                do()
            except Exception as error:  # it would be lost in the thread of the connection
                errors.append(error)

        kubeconfig = Path(variables["smtp_kubeconfig"])
        with Door(kubeconfig, self.folder, after=after, to=to, then=then) as door:
            variables["smtp_kubeconfig"] = str(door.kubeconfig)
            played = self._ended(variables, arguments)
        assert done, f"there was no write {after} to {to!r}: {played.output}"
        if errors:
            raise errors[0]
        return played

    def _ended(self, variables: Mapping[str, Any], arguments: tuple[str, ...]) -> Played:
        inventory, _ = write_inputs(self.folder, {self.release.name: variables})
        with start(PLAYBOOK, inventory, self.lab.kubeconfig, *arguments) as run:
            return ended(run, 240)

    def _trust(self) -> dict[str, Any]:
        if self.application is HUB:
            return {"smtp_ca_path": str(self.trusted)}
        # They verify, and nothing tells their pods of the CA.
        return {"smtp_ca_path": None, "smtp_validate_certs": False}

    @cached_property
    def trusted(self) -> Path:
        """A file with the relay's own CA, and with that of the certificates that it may show besides."""
        path = self.folder / "trusted.pem"
        both = (self.postfix.relay.ca_pem, self.postfix.authority.certificate)
        path.write_text("".join(both), encoding="ascii")
        return path

    @cached_property
    def profile(self) -> str:
        """The profile; the sample application's says how it sends."""
        if self.application is not HUB:
            return self.application.name
        document = yaml.safe_load((FOLDER / "qualytics.yml").read_text(encoding="utf-8"))
        command = ["python3", "-c", INVITE, "{{ recipient }}"]
        document["prove"] = {"command": command, "container": "api"}
        path = self.folder / "hub.yml"
        path.write_text(yaml.safe_dump(document), encoding="utf-8")
        return str(path)

    @staticmethod
    def address() -> str:
        """Somebody new."""
        return f"user-{uuid.uuid4().hex[:8]}@example.org"

    @property
    def node(self) -> str:
        """The name of the cluster's first node."""
        return str(self.lab.kubectl.json("get", "nodes")["items"][0]["metadata"]["name"])

    def workload(self, number: int = 0) -> str:
        """Kind and name of a workload, the one that sends first."""
        return self.application.workloads[number].format(self.release.name)

    def kubectl(self, *arguments: str, stdin: str | None = None) -> str:
        """kubectl in the namespace of the release."""
        return self.release.kubectl.run(
            "-n", self.release.namespace, *arguments, stdin=stdin, timeout=70
        )

    def settle(self, seconds: float = _SETTLES) -> bool:
        """Return whether all workloads have rolled out, as soon as it is known."""
        deadline = time.monotonic() + seconds
        for workload in self.application.workloads:
            left = max(1, int(deadline - time.monotonic()))
            name = workload.format(self.release.name)
            try:
                self.kubectl("rollout", "status", name, f"--timeout={left}s")
            except KubectlError:
                return False
        return True

    def sends(self) -> Sent:
        """Let the application itself send a mail, and look whether it arrives at the relay."""
        self.settle()
        address = self.address()
        why = self._from_inside(address) if self.application.sender else self._invites(address)
        if why:
            return Sent(why)
        try:
            self.postfix.relay.wait_for_message(address, timeout=_ARRIVES)
        except MessageNotDeliveredError as error:
            return Sent(str(error))
        return Sent()

    def _invites(self, address: str) -> str:
        deadline = time.monotonic() + _ANSWERS
        while True:
            try:
                answer = self.release.invite(address)
            except (OSError, HTTPException, KubectlError) as error:
                if time.monotonic() > deadline:
                    return f"no answer from the application: {error}"
                time.sleep(0.5)
            else:
                return "" if answer.status == 202 else f"{answer.status} {answer.body}"

    def _from_inside(self, address: str) -> str:
        program = (SENDERS / self.application.sender).read_text(encoding="utf-8")
        container = ("-c", self.application.container)
        try:
            self.kubectl(
                *("exec", "-i", self.workload(), *container, "--", "python3", "-", address),
                stdin=program,
            )
        except KubectlError as error:
            return error.stderr.strip() or str(error)
        return ""

    def new_secret(self, user: str, password: str, name: str = SECRET) -> None:
        """Create a Secret with a login, in the place of one that is there."""
        keys = {"vaultwarden": ("SMTP_USERNAME", "SMTP_PASSWORD")}
        user_key, password_key = keys.get(self.application.name, ("user", "password"))
        manifest = {
            "apiVersion": "v1",
            "kind": "Secret",
            "metadata": {"name": name, "namespace": self.release.namespace},
            "stringData": {user_key: user, password_key: password},
        }
        self.kubectl("delete", "secret", name, "--ignore-not-found")
        self.kubectl("create", "-f", "-", stdin=json.dumps(manifest))
