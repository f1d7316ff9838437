# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The main job on Qualytics' own chart, which is no part of this project: where it lies beside the checkout.

The playbook is not told the chart: it is taken out of the release record.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from typing import Any

import pytest

from tests.apps.invitations.release import Release
from tests.apps.qualytics import IMAGES, NODE_LABEL, stand_in_values
from tests.cluster.layout import CHECKOUT
from tests.cluster.node import Node
from tests.harness.lab import RELAY_HOST, SENDER, USER, Lab
from tests.images.build import build
from tests.system.conftest import Configure
from tests.system.test_configure import ANONYMOUS, invitation

CHART = CHECKOUT.parent / "shared" / "charts" / "qualytics"
EXAMPLES = [
    f"--values={CHART / 'example' / name}"
    for name in ("template.values.yaml", "deployment-identifier.yaml")
]
PASSWORD = "battery staple"

pytestmark = [
    pytest.mark.node,
    pytest.mark.skipif(not CHART.is_dir(), reason=f"Qualytics' chart is not at {CHART}"),
]


@pytest.fixture(scope="module")
def release(lab: Lab) -> Iterator[Release]:
    """Installed by hand from the chart's folder, with the vendor's example values and mail off."""
    node = Node(lab.kubeconfig.parent)
    if not node.is_up():
        pytest.skip("the cluster is no node of tests/cluster, and is given no label and no images")
    for image in IMAGES:
        node.load(build(image))
    lab.kubectl.run("label", "nodes", "--all", "--overwrite", NODE_LABEL)
    release = lab.release(chart=CHART, service="{release}-api-service")
    release.run_helm(
        *("install", "--create-namespace", release.name, str(CHART), *EXAMPLES, "--values=-"),
        stdin=json.dumps(stand_in_values()),
    )
    release.wait()
    yield release
    release.remove()


@pytest.fixture(scope="module")
def installed(release: Release) -> tuple[dict[str, Any], dict[str, str]]:
    """The values and the Secret before the playbook has ever run."""
    return release.values(), release.secret()


def without_mail(values: Mapping[str, Any]) -> dict[str, Any]:
    """The values without those that the profile writes."""
    rest: dict[str, Any] = json.loads(json.dumps(values))
    del rest["controlplane"]["smtp"], rest["controlplane"]["egress"]
    rest["secrets"].pop("smtp", None)
    return rest


def roles(release: Release) -> dict[str, str]:
    """The uid of the pod of each workload."""
    return {name.split("-")[2]: uid for name, uid in release.pods().items()}


class TestOneReleaseOverItsLife:
    """The steps build on each other, as they do in the life of a release."""

    def test_mail_is_off_at_first(
        self, release: Release, installed: tuple[dict[str, Any], dict[str, str]]
    ) -> None:
        assert release.invite("nobody@example.org").status == 409
        assert "smtp_sender_user" not in installed[1]

    def test_a_login_over_starttls_delivers_the_invitation(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        played = configure(release)
        assert played.returncode == 0, played.output
        message = invitation(lab, release)
        assert message.tls_version == "TLSv1.3"
        assert message.sasl_user == USER
        assert message.envelope_sender == SENDER

    def test_the_same_again_changes_nothing(self, release: Release, configure: Configure) -> None:
        revision, pods = release.revision(), release.pods()
        played = configure(release)
        assert (played.returncode, played.changed) == (0, 0), played.output
        assert (release.revision(), release.pods()) == (revision, pods)

    def test_a_new_password_restarts_the_two_workloads_that_send_and_no_other(
        self, release: Release, configure: Configure
    ) -> None:
        before = roles(release)
        played = configure(release, smtp_password=PASSWORD)
        assert played.returncode == 0, played.output
        after = roles(release)
        replaced = {role for role, uid in after.items() if uid != before[role]}
        assert replaced == {"api", "cmd"}
        for workload in replaced:
            assert release.environ(workload)["SMTP_SENDER_PASSWORD"] == PASSWORD

    def test_an_anonymous_relay_leaves_no_credentials_in_the_pods(
        self, lab: Lab, release: Release, configure: Configure
    ) -> None:
        played = configure(release, **ANONYMOUS)
        assert played.returncode == 0, played.output
        for workload in ("api", "cmd"):
            seen = release.environ(workload)
            assert (seen["SMTP_SERVER"], seen["SMTP_PORT"]) == (RELAY_HOST, "25")
            assert not seen.keys() & {"SMTP_SENDER_USER", "SMTP_SENDER_PASSWORD"}
        assert invitation(lab, release).sasl_user is None

    def test_all_that_is_not_mail_is_as_it_was_installed(
        self, release: Release, installed: tuple[dict[str, Any], dict[str, str]]
    ) -> None:
        values, secret = installed
        assert without_mail(release.values()) == without_mail(values)
        assert release.secret() == secret
