# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a profile, or between a profile and a description, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="application-missing",
            severity="error",
            meaning="No application is named, so there is no profile to write the settings by.",
            message="No application is given.",
            fix=(
                "Set smtp_application to one of: {choices}; or to the path of a profile of your "
                "own."
            ),
        ),
        Entry(
            code="profile-not-found",
            severity="error",
            meaning="There is no profile of that name.",
            message="There is no profile {value!r}{hint}.",
            fix=(
                "Set smtp_application to one of: {choices}; or to the path of a profile of your "
                "own, which has a / in it."
            ),
        ),
        Entry(
            code="profile-invalid",
            severity="error",
            meaning="A profile does not have the form that a profile must have.",
            message="{where}: {problem}.",
            fix="Correct the profile; docs/profiles.md describes the form.",
        ),
        Entry(
            code="application-port-unsupported",
            severity="error",
            meaning=(
                "The application knows the security only by its port, or does not speak it at all."
            ),
            message="{title} cannot send with smtp_security {security} on port {port}.",
            fix="{title} speaks: {speaks}. Set smtp_port and smtp_security to one of these pairs.",
        ),
        Entry(
            code="application-needs-credentials",
            severity="error",
            meaning="The application cannot send through an anonymous relay.",
            message="{title} cannot send without credentials.",
            fix="Give smtp_username and smtp_password of a relay that takes them.",
        ),
        Entry(
            code="application-field-unsupported",
            severity="error",
            meaning="The application has no setting for a field of the description.",
            message="{title} has no setting for {where}.",
            fix="Remove {where} for this release.",
        ),
        Entry(
            code="application-private-ca-unsupported",
            severity="error",
            meaning="The application verifies certificates and cannot be given a CA of one's own.",
            message=(
                "A private CA is given, and {title} has no setting for one: with smtp_security "
                "{security} it would refuse the relay's certificate."
            ),
            fix="Use a certificate of a public CA at the relay{otherwise}.",
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
            code="application-verification-off",
            severity="warning",
            meaning="The switch that turns certificate verification off reaches further than mail.",
            message="Certificate verification of {title} is switched off. {reach}",
            fix=(
                "Prefer a certificate of a public CA at the relay, and remove "
                "smtp_validate_certs: false."
            ),
        ),
        Entry(
            code="application-cannot-skip-verification",
            severity="error",
            meaning="The application cannot be told not to verify certificates.",
            message="{title} has no setting that switches certificate verification off.",
            fix=(
                "Remove smtp_validate_certs: false, and give the relay a certificate that {title}"
                " trusts."
            ),
        ),
    )
)
