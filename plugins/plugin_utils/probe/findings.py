# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with where and with what a probe runs, as data. What it sees of the relay is in module_utils."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="probe-pod-unavailable",
            severity="error",
            meaning="The probe was to run in the network of a release, and cannot.",
            message="The relay cannot be probed from the network of release {release}: {problem}.",
            fix=(
                "For smtp_probe_from: pod the container needs Python 3.9 or newer, for ephemeral and "
                "job the user needs the rights and the image must be there; or set smtp_probe_from: "
                "controller."
            ),
        ),
        Entry(
            code="probe-not-allowed",
            severity="warning",
            meaning="The user of the kubeconfig may not run a command in the pods of the release.",
            message=("The relay is unproven from the network of release {release}: {problem}."),
            fix=(
                "Give the user the Role of docs/rights.md for this place (pod: create and get pods/exec; "
                "ephemeral: patch pods/ephemeralcontainers, get pods, create and get pods/attach; job: "
                "create and delete jobs, create and get pods/attach), or send a mail from the application."
            ),
        ),
        Entry(
            code="probe-image-missing",
            severity="error",
            meaning="A container of its own for the probe needs an image, and none is given.",
            message="smtp_probe_from is {place}, and smtp_probe_image is not given.",
            fix="Set smtp_probe_image to an image with Python 3.9 or newer that the cluster can pull.",
        ),
        Entry(
            code="probe-from-controller",
            severity="info",
            meaning="The probe ran on the controller because no pod of the release can run it.",
            message=(
                "The relay was probed from the controller and not from the network of the release: "
                "{problem}."
            ),
            fix="Relays may treat the pods' addresses otherwise; send a mail from the application.",
        ),
        Entry(
            code="probe-answer-unusable",
            severity="warning",
            meaning=(
                "A probe was started in a container of the release, and no answer of a probe came back: "
                "too much was printed, the connection broke, it took too long, or something else "
                "answered in its place. The relay may have seen a login."
            ),
            message="The probe in the network of the release gave no usable answer: {problem}.",
            fix=(
                "Run the playbook again. If the finding stays, check who may change this container and "
                "whether its python3 is that of the image."
            ),
        ),
        Entry(
            code="killed-run-waits",
            severity="warning",
            meaning=(
                "The probe has failed, and a run that was killed has left the release half done, or its "
                "change not proved. In the playbook, the deployment mends that first, and brings nothing "
                "new in; then the change is proved or undone."
            ),
            message=(
                "The probe has failed, and what a killed run has left of release {release} is still to "
                "be mended or proved: {problem}"
            ),
            fix=(
                "Nothing needs to be done about the killed run: the playbook configure mends and proves it. "
                "Mend what the probe has found, and run again."
            ),
        ),
        Entry(
            code="change-withheld",
            severity="error",
            meaning=(
                "What a killed run had left was mended, although the probe had failed; other settings "
                "were not brought in. What that run had brought in and not proved stays to be proved."
            ),
            message="Nothing new was brought into release {release}, because the probe has failed.",
            fix="Mend what the probe has found, and run again.",
        ),
        Entry(
            code="probe-host-is-controller",
            severity="warning",
            meaning=(
                "The probe was to run on a managed host, whose connection is local: it ran on the "
                "controller. A play with connection: local, or ansible_connection: local among "
                "variables that count for all hosts, does that to delegate_to too."
            ),
            message=(
                "{host} was to probe the relay, and its connection is local: this was the controller."
            ),
            fix=(
                "Take connection: local off the play, and set ansible_connection for the hosts that "
                "are this machine only."
            ),
        ),
        Entry(
            code="probe-host-unavailable",
            severity="error",
            meaning="The probe was to run on a managed host, and cannot.",
            message="The relay cannot be probed from {host}: {problem}.",
            fix=(
                "The host needs Python 3.9 or newer (ansible_python_interpreter) and a connection that "
                "hands standard input on, such as ssh; or set smtp_probe_from to another place."
            ),
        ),
        Entry(
            code="relay-unproven",
            severity="warning",
            meaning=(
                "The relay does not take the mail from the controller. It may from the pods: relays "
                "are often reachable from the cluster only, and go by the address of the sender."
            ),
            message=(
                "The relay is unproven, because only the controller could try, without success: "
                "{problem}"
            ),
            fix="Send a mail from the application after this run. If that fails too: {fix}",
        ),
        Entry(
            code="egress-not-allowed",
            severity="warning",
            meaning=(
                "NetworkPolicies select the pods of the release, and none of them lets traffic out to "
                "the relay. A network plugin that does not enforce policies lets it through."
            ),
            message=(
                "No NetworkPolicy lets {workload} out to {relay}; these keep it in: {policies}."
            ),
            fix="Add this policy: kubectl apply -f - <<< '{policy}'",
        ),
        Entry(
            code="egress-to-dns-not-allowed",
            severity="warning",
            meaning=(
                "NetworkPolicies select the pods of the release, and none of them lets traffic out to "
                "port 53, so that no name can be looked up."
            ),
            message=(
                "No NetworkPolicy lets {workload} out to the DNS, and so {relay} cannot be found; "
                "these keep it in: {policies}."
            ),
            fix="Add this policy: kubectl apply -f - <<< '{policy}'",
        ),
        Entry(
            code="egress-unproven",
            severity="info",
            meaning="The NetworkPolicies of the namespace cannot be read.",
            message="Whether a NetworkPolicy is in the way is unproven: {problem}",
            fix="Give the user of smtp_kubeconfig the right to list networkpolicies (docs/rights.md).",
        ),
        Entry(
            code="security-differs",
            severity="error",
            meaning=(
                "smtp_probe_security is auto, and the port does not speak what smtp_security says: an "
                "application that is configured with these settings sends no mail, or not as safely "
                "as it could."
            ),
            message="The relay speaks {found} on port {port}, and smtp_security is {declared}.",
            fix=(
                "Write smtp_security: {found}, and take smtp_probe_security away. If the relay is to "
                "be safer than that, mend it first."
            ),
        ),
        Entry(
            code="test-mail-not-sent",
            severity="info",
            meaning="A test mail was asked for in check mode, which sends none.",
            message="No test mail was sent: in check mode the probe ends at the recipients.",
            fix="Run it without --check.",
        ),
        Entry(
            code="login-unproven",
            severity="warning",
            meaning=(
                "The application logs in with a Secret of its own that cannot be read here, so the "
                "probe ends before the login."
            ),
            message="Whether the relay takes the login is unproven: {problem}.",
            fix=(
                "Give the user of smtp_kubeconfig the right to get that Secret (docs/rights.md), or give "
                "smtp_username and smtp_password beside smtp_existing_secret."
            ),
        ),
        Entry(
            code="oauth-token-refused",
            severity="error",
            meaning="The token server does not give the registered application a token.",
            message="{url} gives {client} no access token: {problem}.",
            fix=(
                "Check client ID, client secret (it may have expired) and scope in the console of the "
                "identity provider, and that the application may use the client credentials grant."
            ),
        ),
        Entry(
            code="oauth-token-unavailable",
            severity="warning",
            meaning=(
                "The controller got no usable answer from the token server, so the probe ends before "
                "the login."
            ),
            message="No access token could be had from {url}, so the login is unproven: {problem}.",
            fix=(
                "Check smtp_oauth.token_url and that the controller reaches it (HTTPS_PROXY, "
                "smtp_ca_path for a private CA); or give a token as smtp_oauth.token."
            ),
        ),
    )
)
