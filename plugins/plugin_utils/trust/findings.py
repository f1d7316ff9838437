# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a private CA on its way to an application, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="application-private-ca-unsupported",
            severity="error",
            meaning="The application verifies certificates and cannot be given a CA of one's own.",
            message=(
                "A private CA is given, and {title} has no setting for one: with smtp_security "
                "{security} it would refuse the relay's certificate."
            ),
            fix=(
                "Use a certificate of a public CA at the relay; or, when the machine that runs "
                "{title} trusts this CA already, set smtp_ca_mode: none{otherwise}."
            ),
        ),
        Entry(
            code="application-private-ca-undocumented",
            severity="warning",
            meaning=(
                "A private CA is given, and the application's pages do not say whether it "
                "verifies certificates with this security."
            ),
            message=(
                "A private CA is given, {title} has no setting for one, and its pages do not say "
                "whether it verifies certificates with smtp_security {security}."
            ),
            fix=(
                "Send a mail from the application after this run; if it refuses the certificate, "
                "use one of a public CA at the relay{otherwise}."
            ),
        ),
        Entry(
            code="ca-runtime-unknown",
            severity="error",
            meaning=(
                "The application's chart has no setting for a private CA, and its profile does not "
                "say what the application is written in, so it is not known which variable tells it "
                "of one."
            ),
            message=(
                "A private CA is given, the chart of {title} has no setting for one, and the profile "
                "{application} names no runtime by which it could be mounted."
            ),
            fix=(
                "When the image trusts this CA already, or the chart is given it in another way, set "
                "smtp_ca_mode: none. If you know what {title} is written in, use a profile of your "
                "own with runtime: one of {runtimes}{otherwise}."
            ),
        ),
        Entry(
            code="ca-needs-truststore",
            severity="error",
            meaning="The application's runtime takes certificates from a truststore alone.",
            message=(
                "A private CA is given, and {title} runs in Java, which reads a truststore and no "
                "file of certificates: nothing can be mounted for it."
            ),
            fix=(
                "Add the CA to the truststore of the image (keytool -importcert -cacerts), and set "
                "smtp_ca_mode: none."
            ),
        ),
        Entry(
            code="ca-not-by-chart",
            severity="error",
            meaning="smtp_ca_mode is chart, and the chart has no setting for a private CA.",
            message="smtp_ca_mode is chart, and the chart of {title} has no setting for a private CA.",
            fix="Set smtp_ca_mode: mount, or leave it out; with none nothing is done about the CA.",
        ),
        Entry(
            code="ca-not-mountable",
            severity="error",
            meaning="smtp_ca_mode is mount, and the application is no Helm release.",
            message="smtp_ca_mode is mount, and {title} is not configured through a Helm release.",
            fix="Leave smtp_ca_mode out.",
        ),
        Entry(
            code="ca-for-the-probe-only",
            severity="info",
            meaning="A private CA is given, and smtp_ca_mode is none: only the probe uses it.",
            message=(
                "smtp_ca_mode is none: the private CA counts for the probe, and {title} must trust it "
                "already. What an earlier run has mounted is removed."
            ),
            fix="If {title} refuses the relay's certificate, leave smtp_ca_mode out.",
        ),
        Entry(
            code="ca-mounted",
            severity="info",
            meaning=(
                "The private CA is mounted into the pods beside the release. A variable tells the "
                "whole process of it, and not its mail alone."
            ),
            message=(
                "The private CA is mounted into the pods of {title}, and {variable} tells of it: it is "
                "then trusted for every TLS connection of {title}, and not for mail only."
            ),
            fix=(
                "Nothing needs to be done. To keep it out, let the image trust the CA and set "
                "smtp_ca_mode: none."
            ),
        ),
        Entry(
            code="ca-not-in-the-values",
            severity="warning",
            meaning=(
                "The rendered values are written to a file, and the private CA is none of them: "
                "smtp_release mounts it beside the release. A tool that applies the file does not."
            ),
            message=(
                "{path} holds the values alone: the private CA, which is mounted beside the release by "
                "smtp_release, is not in it."
            ),
            fix=(
                "Let smtp_release run. Where Argo CD or Flux keeps the release, give it smtp_ca_dest: it "
                "writes there what is to be committed beside the values."
            ),
        ),
        Entry(
            code="ca-to-commit",
            severity="warning",
            meaning=(
                "Somebody else keeps the release, and would take away what is mounted beside it. What "
                "mounts the private CA is written as a Kustomize component instead, or would be without "
                "check mode."
            ),
            message="What mounts the private CA for {owner} {written}: {path}",
            fix=(
                "Commit the folder, and name it under components of the kustomization that renders the "
                "release; Flux takes its patches under postRenderers of the HelmRelease "
                "(docs/private-ca.md)."
            ),
        ),
        Entry(
            code="ca-dest-wanted",
            severity="warning",
            meaning=(
                "Somebody else keeps the release, and would take away what is mounted beside it; there "
                "is no place yet for the files that are to be committed instead."
            ),
            message="The private CA is not in the values of the release, and {owner} would take a mount away.",
            fix=(
                "Set smtp_ca_dest to a folder of its own in the repository that {owner} reads, and run "
                "again: what mounts the CA is written there. Or let the image trust the CA and set "
                "smtp_ca_mode: none."
            ),
        ),
        Entry(
            code="ca-not-for-the-owner",
            severity="warning",
            meaning=(
                "Something that installs a chart and patches nothing keeps the release, such as a "
                "HelmChart, so that there is no file by which it would mount the private CA."
            ),
            message="The private CA is not in the values of the release, and who keeps it patches no chart.",
            fix="Let the image trust the CA and set smtp_ca_mode: none, or keep the release in another way.",
        ),
        Entry(
            code="ca-dest-unwritable",
            severity="error",
            meaning="The folder for what mounts the private CA cannot be written on the controller.",
            message="smtp_ca_dest {path} cannot be written: {problem}.",
            fix=(
                "Give a folder of its own for each release, which the user of this run may write, or one "
                "in a folder that it may."
            ),
        ),
        Entry(
            code="ca-will-be-removed",
            severity="warning",
            meaning=(
                "The private CA that a workload mounts is not among the given settings, so the run takes "
                "it away. The probe before the change trusts only what the pods will trust then."
            ),
            message="The private CA that {workload} mounts is not given any more, and is removed.",
            fix=(
                "Set smtp_ca_path or smtp_ca_pem to keep it. To remove it without this warning, set "
                "smtp_ca_mode to none."
            ),
        ),
        Entry(
            code="ca-changed-by-others",
            severity="error",
            meaning=(
                "The name of the ConfigMap with the private CA holds the SHA-256 digest of its content, and "
                "the content has another one: somebody has deleted it and made another in its place. The "
                "run trusts nothing in it."
            ),
            message="ConfigMap {name}, which the pods of {where} trust, does not hold what its name says.",
            fix=(
                "Find out who has replaced it. Then delete it (kubectl delete configmap {name} --namespace "
                "{namespace}), run again, and restart the pods: kubectl rollout restart {resource} "
                "--namespace {namespace}"
            ),
        ),
        Entry(
            code="ca-not-brought-back",
            severity="warning",
            meaning=(
                "The rollback does not mount the private CA again that a workload had before, because "
                "its ConfigMap was deleted or holds something else. A run deletes it after it has taken "
                "the CA away and has seen the pods without it."
            ),
            message=(
                "{where} does not have the private CA again that it had: ConfigMap {name} is gone or holds "
                "something else."
            ),
            fix="Run again with that CA, and smtp_ca_mode as it was.",
        ),
        Entry(
            code="ca-roots-unreadable",
            severity="error",
            meaning=(
                "The roots that the container's image trusts cannot be read from a running container, "
                "and none are known from before. A file with the private CA alone would take them away."
            ),
            message=(
                "The roots that container {container} of {workload} trusts cannot be read: {problem}. "
                "Nothing was mounted."
            ),
            fix=(
                "Let a pod run first, and give this user the right to create pods/exec. For an image "
                "without cat, add the CA to the image and set smtp_ca_mode: none."
            ),
        ),
        Entry(
            code="ca-roots-kept",
            severity="warning",
            meaning=(
                "The roots of a container's image cannot be read now; those that an earlier run has "
                "read are used."
            ),
            message=(
                "The roots that container {container} of {workload} trusts cannot be read: {problem}. "
                "Those of image {image}, read by an earlier run, are used."
            ),
            fix="Run again when a pod of it runs.",
        ),
        Entry(
            code="ca-roots-none",
            severity="warning",
            meaning="The image of a container has no roots where images have them.",
            message=(
                "The image of container {container} of {workload} has no file with roots: only the "
                "private CA is trusted through {variable}."
            ),
            fix="Nothing needs to be done if the application brings its own roots for all but mail.",
        ),
        Entry(
            code="ca-variable-taken",
            severity="error",
            meaning=(
                "The variable by which the application would be told of the CA is set by somebody "
                "else, such as the chart."
            ),
            message=(
                "{variable} of container {container} in {workload} is set already, and not by this "
                "collection."
            ),
            fix=(
                "Add the CA to the file that it names and set smtp_ca_mode: none; or take the variable "
                "away: kubectl set env {resource} {variable}-"
            ),
        ),
        Entry(
            code="ca-rolls-twice",
            severity="warning",
            meaning=(
                "The chart has hooks after its upgrade that Helm waits for. They may wait for pods with the "
                "new settings, which would never come while a workload is held, so none is."
            ),
            message=(
                "These roll once for the private CA and once for the settings, because Helm waits for "
                "hooks of the chart after its upgrade ({hooks})."
            ),
            fix="Choose the time of the run accordingly. A later change of either makes one roll.",
        ),
        Entry(
            code="workload-left-held",
            severity="error",
            meaning="A workload that was held, so that several changes make one roll, cannot be let go.",
            message="{where} could not be let go, and does not roll until it is: {problem}",
            fix=(
                "Run again: each run lets go of what one before it has left held. If somebody else has "
                "written its annotation, set that to 0 first: kubectl annotate --overwrite WORKLOAD "
                "mailops.smtp/held=0"
            ),
        ),
        Entry(
            code="ca-container-missing",
            severity="error",
            meaning="The container that would get the CA is not in the workload.",
            message="{workload} has no container {container}, which would get the private CA.",
            fix="Check that smtp_application is the right profile; it has: {containers}.",
        ),
    )
)
