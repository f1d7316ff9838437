# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""After converge: the pods have the settings, and mail goes from the application to the relay."""

from __future__ import annotations

import json
import os
import uuid
from pathlib import Path

import pytest
import testinfra
from testinfra.host import Host

from tests.cluster.environment import KUBECONFIG_VARIABLE
from tests.cluster.kubectl import Kubectl
from tests.relays.postfix import Relay

RELEASE = "qualytics-molecule"
KUBECONFIG = Path(os.environ[KUBECONFIG_VARIABLE])
INVITE = """
import sys, urllib.request
request = urllib.request.Request("http://localhost:8000/api/invitations", sys.argv[1].encode())
print(urllib.request.urlopen(request).status)
"""


@pytest.fixture(params=["api", "cmd"])
def workload(request: pytest.FixtureRequest) -> str:
    name: str = request.param
    return name


def container(host: Host, workload: str) -> Host:
    """The container of a workload's only pod."""
    pods = host.check_output(
        "kubectl --kubeconfig=%s -n %s get pods -l app=%s"
        " --field-selector=status.phase=Running -o name",
        *(str(KUBECONFIG), RELEASE, f"{RELEASE}-{workload}"),
    ).split()
    assert len(pods) == 1, pods
    pod = pods[0].removeprefix("pod/")
    return testinfra.get_host(
        f"kubectl://{pod}?namespace={RELEASE}&container={workload}&kubeconfig={KUBECONFIG}"
    )


def test_every_workload_has_the_settings(host: Host, workload: str) -> None:
    seen = container(host, workload).environment()
    assert {name: value for name, value in seen.items() if name.startswith("SMTP_")} == {
        "SMTP_SERVER": "relay.mail.svc.cluster.local",
        "SMTP_PORT": "587",
        "SMTP_SENDER_EMAIL": "no-reply@example.com",
        "SMTP_SENDER_USER": "hub",
        "SMTP_SENDER_PASSWORD": "correct horse",
    }
    assert seen["VERIFY_CERTIFICATE_SIGNERS"] == "true"


def test_the_application_sends_its_invitation(host: Host, tmp_path: Path) -> None:
    address = f"user-{uuid.uuid4().hex[:8]}@example.org"
    invitation = json.dumps({"email": address})
    answer = container(host, "api").check_output("python3 -c %s %s", INVITE, invitation)
    assert answer == "202"
    message = Relay(Kubectl(KUBECONFIG), tmp_path).wait_for_message(address)
    assert (message.sasl_user, message.tls_version) == ("hub", "TLSv1.3")
