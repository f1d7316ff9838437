# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Somebody who may change the Deployment, and so what answers in its container.

Their python3 and cat come first in the container's path. They read the password from the probe's standard
input and from the environment, and answer with it, with escape sequences, or with 40 MB.
"""

from __future__ import annotations

import base64
import json
import urllib.parse
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import FOLDER
from tests.apps.invitations.release import Release
from tests.harness.lab import USER, Lab
from tests.harness.playbook import Played, play, write_inputs
from tests.system.conftest import PLAYBOOK

pytestmark = pytest.mark.node

PASSWORD = "Xk9/unmistakable+Qz7"
FORMS = (
    PASSWORD,
    base64.b64encode(PASSWORD.encode()).decode(),
    urllib.parse.quote(PASSWORD, safe=""),
    PASSWORD.encode().hex(),
)
FORGED = "ok: [forged-by-the-container]"
TOOL = """\
#!/usr/bin/python3
import base64, json, os, subprocess, sys, urllib.parse

def mode():
    try:
        return open("/tmp/mode").read().strip()
    except OSError:
        return "honest"

TRUE = {"python3": "/usr/bin/python3", "cat": "/bin/cat"}
name = os.path.basename(sys.argv[0])
probes = name == "python3" and any("mailops-smtp-probe" in word for word in sys.argv)
sends = name == "python3" and sys.argv[1:2] == ["-c"] and not probes
if mode() == "honest" or not (probes or sends or name == "cat"):
    os.execv(TRUE[name], [TRUE[name], *sys.argv[1:]])
password = os.environ["SMTP_SENDER_PASSWORD"]
echo = " ".join((
    password, base64.b64encode(password.encode()).decode(), urllib.parse.quote(password, safe=""),
    password.encode().hex(), "\\x1b[2K\\r\\n" + "FORGED" + "\\n\\x9b1A\\u202e",
))
out = sys.stdout.buffer
if mode() == "flood":
    for _ in range(1280):
        out.write(b"x" * 32767 + b"\\n")
    out.flush()
elif mode() == "garbage":
    out.write(echo.encode())
elif probes:
    program = sys.stdin.buffer.read(int(sys.stdin.buffer.readline()))
    request = sys.stdin.buffer.readline()
    fed = str(len(program)).encode() + b"\\n" + program + request
    done = subprocess.run([TRUE[name], *sys.argv[1:]], input=fed, stdout=subprocess.PIPE)
    answer = json.loads(done.stdout)
    answer["banner"] = answer["relay_saw"] = answer["msg"] = echo
    answer["transcript"] = [echo]
    answer["capabilities"] = {echo[:90]: [echo]}
    for stage in answer["stages"]:
        stage["detail"] = echo
    answer["findings"] += [
        {"code": "relay-timeout", "severity": "warning", "where": echo, "message": echo, "fix": echo}
    ]
    out.write(json.dumps(answer).encode() + b"\\n")
elif name == "cat":
    seen = {**os.environ, "SMTP_SERVER": echo}
    out.write(b"".join(f"{key}={value}\\0".encode() for key, value in seen.items()))
else:
    out.write(f"550 5.7.1 {echo}\\nmail: {echo}\\n".encode())
    out.flush()
    sys.exit(1)
""".replace("FORGED", FORGED)

PROVE = [
    {
        "hosts": "all",
        "gather_facts": False,
        "tasks": [
            {"mailops.smtp.smtp_prove": {}, "register": "proved", "ignore_errors": True},
            {"ansible.builtin.debug": {"msg": "{{ proved.msg.split('\n') }}"}},
        ],
    }
]


@dataclass(frozen=True)
class Attacker:
    """May patch the Deployment and run commands in its pods."""

    lab: Lab
    release: Release

    def takes_over(self) -> None:
        """Puts tools of their own into both workloads."""
        place = ("-n", self.release.namespace)
        tools = {
            "apiVersion": "v1",
            "kind": "ConfigMap",
            "metadata": {"name": "tools", "namespace": self.release.namespace},
            "data": {"python3": TOOL, "cat": TOOL},
        }
        self.lab.kubectl.apply(json.dumps(tools))
        for name in ("api", "cmd"):
            mounts = [
                {"name": "tools", "mountPath": "/usr/local/bin"},
                {"name": "tmp", "mountPath": "/tmp"},
            ]
            spec = {
                "volumes": [
                    {"name": "tools", "configMap": {"name": "tools", "defaultMode": 0o555}},
                    {"name": "tmp", "emptyDir": {}},
                ],
                "containers": [{"name": name, "volumeMounts": mounts}],
            }
            patch = json.dumps({"spec": {"template": {"spec": spec}}})
            deployment = f"deployment/{self.release.name}-{name}"
            self.lab.kubectl.run(*place, "patch", deployment, "--patch", patch)
        self.release.wait()

    def answers(self, mode: str) -> None:
        """From now on the tools answer so."""
        for name in ("api", "cmd"):
            self.lab.kubectl.run(
                *("-n", self.release.namespace, "exec", f"deployment/{self.release.name}-{name}"),
                *("-c", name, "--", "/bin/sh", "-c", f"echo {mode} > /tmp/mode"),
            )


Run = Callable[..., Played]


@pytest.fixture(scope="module")
def attacker(lab: Lab, release: Release, tmp_path_factory: pytest.TempPathFactory) -> Attacker:
    """Has taken the pods over after they were configured."""
    lab.relay.set_user(USER, PASSWORD)
    folder = tmp_path_factory.mktemp("configured")
    inventory, _ = write_inputs(
        folder, {release.name: lab.description(release, smtp_password=PASSWORD)}
    )
    played = play(PLAYBOOK, inventory, lab.kubeconfig)
    assert played.returncode == 0, played.output
    attacker = Attacker(lab, release)
    attacker.takes_over()
    return attacker


@pytest.fixture
def run(lab: Lab, release: Release, tmp_path: Path) -> Run:
    """Runs a playbook, of which nothing may come to the screen that only the container has made up."""

    def run(playbook: str, *arguments: str, **changes: Any) -> Played:
        given = {"smtp_password": PASSWORD, "smtp_probe_retries": 0, **changes}
        inventory, _ = write_inputs(tmp_path, {release.name: lab.description(release, **given)})
        played = play(playbook, inventory, lab.kubeconfig, "-v", *arguments)
        for form in FORMS:
            assert form not in played.output
        raw = {each for each in played.output if not each.isprintable()} - {"\n", "\t"}
        assert not raw, raw
        assert not [line for line in played.output.split("\n") if line.startswith(FORGED)]
        assert "internal-error" not in played.output
        assert "Traceback" not in played.output
        return played

    return run


@pytest.mark.parametrize(
    ("mode", "finding"),
    [
        ("echo", "relay-timeout"),
        ("garbage", "probe-answer-unusable"),
        ("flood", "probe-answer-unusable"),
    ],
)
def test_who_answers_the_probe(attacker: Attacker, run: Run, mode: str, finding: str) -> None:
    attacker.answers(mode)
    played = run("mailops.smtp.probe")
    assert played.returncode == 0, played.output
    assert finding in played.output


@pytest.mark.parametrize(
    ("mode", "finding"),
    [
        ("echo", "restart-owed"),
        ("garbage", "restart-owed"),
        ("flood", "container-answers-strangely"),
    ],
)
def test_who_answers_the_verification(
    attacker: Attacker, run: Run, mode: str, finding: str
) -> None:
    attacker.answers(mode)
    played = run(PLAYBOOK, "--tags", "verify")
    assert finding in played.output


@pytest.mark.parametrize("mode", ["echo", "flood"])
def test_who_answers_the_proof(
    attacker: Attacker, run: Run, lab: Lab, tmp_path: Path, mode: str
) -> None:
    document = yaml.safe_load((FOLDER / "qualytics.yml").read_text(encoding="utf-8"))
    document["prove"] = {
        "command": ["python3", "-c", "send", "{{ recipient }}"],
        "container": "api",
    }
    own, playbook = tmp_path / "hub.yml", tmp_path / "prove.yml"
    own.write_text(yaml.safe_dump(document), encoding="utf-8")
    playbook.write_text(json.dumps(PROVE), encoding="utf-8")
    attacker.answers(mode)
    played = run(
        str(playbook),
        smtp_application=str(own),
        smtp_test_mail="always",
        smtp_test_recipients="attacked@example.org",
    )
    expected = {"echo": "application-cannot-send", "flood": "probe-answer-unusable"}[mode]
    assert expected in played.output
