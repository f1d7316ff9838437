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
            code="application-auth-unsupported",
            severity="error",
            meaning="The application cannot log in at a relay in this way.",
            message="{title} cannot log in with smtp_auth {auth}.",
            fix="{title} can use: {choices}. Set smtp_auth and its credentials accordingly.",
        ),
        Entry(
            code="application-mechanism-unsupported",
            severity="error",
            meaning="The application cannot be told to use this SASL mechanism.",
            message="{title} cannot be told to log in with {mechanism}.",
            fix="Remove smtp_mechanism{choices}.",
        ),
        Entry(
            code="application-secret-unsupported",
            severity="error",
            meaning="The application cannot take its credentials from a Secret that is there already.",
            message="{title} has no setting for an existing Secret.",
            fix="Give smtp_username and smtp_password instead of smtp_existing_secret.",
        ),
        Entry(
            code="application-secret-required",
            severity="error",
            meaning="The application takes a password only from a Secret that is there already.",
            message="{title} takes no password in its values.",
            fix=(
                "Make a Secret in the namespace of the release with the keys {keys}, and give its "
                "name in smtp_existing_secret."
            ),
        ),
        Entry(
            code="application-secret-key-fixed",
            severity="error",
            meaning="The application chooses the name of a key of the existing Secret itself.",
            message="{title} reads the {what} from the key {key} of the Secret, and from no other.",
            fix="Remove {what}_key from smtp_existing_secret, and call the key {key} in the Secret.",
        ),
        Entry(
            code="application-secret-key-unused",
            severity="error",
            meaning="The application does not read that from the existing Secret.",
            message="{title} does not read the {what} from the Secret.",
            fix="Remove {what}_key from smtp_existing_secret, and give smtp_{what}.",
        ),
        Entry(
            code="application-username-needed",
            severity="error",
            meaning=(
                "The application takes the password from the existing Secret, and the user name from "
                "its values."
            ),
            message="{title} reads only the password from the Secret, and no user name is given.",
            fix="Give smtp_username beside smtp_existing_secret.",
        ),
        Entry(
            code="application-cannot-switch-off",
            severity="error",
            meaning="Mail cannot be switched off by the application's settings.",
            message="{title} has no setting that switches mail off.",
            fix=(
                "Remove smtp_enabled: false; to stop its mails, give it a relay that takes none, such "
                "as a test sink."
            ),
        ),
        Entry(
            code="application-field-unsupported",
            severity="error",
            meaning="The application has no setting for a field of the description.",
            message="{title} has no setting for {where}.",
            fix="Remove {where} for this release.",
        ),
        Entry(
            code="application-field-of-the-probe",
            severity="info",
            meaning=(
                "The application has no setting for a field that the probe or a reader can still use."
            ),
            message="{title} has no setting for {where}: it does not reach the application.",
            fix="Nothing is needed, unless the application was meant to take it.",
        ),
        Entry(
            code="application-tls-version-unsupported",
            severity="warning",
            meaning="The application cannot be told which version of TLS is the oldest that it takes.",
            message=(
                "{title} has no setting for smtp_tls_min_version: the probe asks for TLS {version} or "
                "newer, and the application takes what its TLS library takes."
            ),
            fix="Let the relay refuse older versions.",
        ),
        Entry(
            code="application-verification-off",
            severity="warning",
            meaning="The switch that turns certificate verification off reaches further than mail.",
            message="Certificate verification of {title} is switched off. {reach}",
            fix=("Prefer {better}, and remove smtp_validate_certs: false."),
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
        Entry(
            code="application-does-not-verify",
            severity="warning",
            meaning="The application takes any certificate of the relay, whatever it is told.",
            message=(
                "{title} does not verify certificates with smtp_security {security}: whoever can "
                "redirect its connections can read the mails and the password."
            ),
            fix="Let it reach the relay through a network that nobody else can write to.",
        ),
        Entry(
            code="application-chart-unchecked",
            severity="warning",
            meaning="The profile was not held against this version of the chart.",
            message=(
                "The profile {application} was checked with {checked}, and the release runs chart "
                "{chart} {version}."
            ),
            fix=(
                "Compare the values that change with those of the chart (helm show values), and run "
                "smtp_verify afterwards."
            ),
        ),
        Entry(
            code="applications-overlap",
            severity="error",
            meaning="Two applications of one release set the same value to different things.",
            message="{first} and {second} both set {where}.",
            fix="Name only one of them in smtp_application, or give them keys of their own.",
        ),
        Entry(
            code="applications-of-different-targets",
            severity="error",
            meaning="Several applications can be named together only when all of them are charts.",
            message="{title} is configured by {target}, and cannot be one of several applications.",
            fix="Give it a run of its own.",
        ),
        Entry(
            code="mail-decided-elsewhere",
            severity="error",
            meaning=(
                "Something outside the values of the profile goes before them, such as an environment "
                "variable that somebody has set. Where values are only read, it is a warning."
            ),
            message="{where} decides {decides}, and goes before the settings of {title}.",
            fix="{fix}",
        ),
        Entry(
            code="login-goes-elsewhere",
            severity="error",
            meaning=(
                "Something outside the values of the profile names another relay and takes no login of "
                "its own with it: the password would go to that relay. Where values are only read, it "
                "is a warning."
            ),
            message=(
                "{where} decides {decides}, and the login of {title} goes to that relay as well."
            ),
            fix="{fix}",
        ),
        Entry(
            code="mail-decided-beside",
            severity="warning",
            meaning=(
                "Something outside the values of the profile decides by itself about a part of the "
                "mail, which the settings do not reach."
            ),
            message="{where} decides {decides} by itself; the settings of {title} do not reach it.",
            fix="{fix}",
        ),
        Entry(
            code="mail-kept-elsewhere",
            severity="warning",
            meaning=(
                "The settings of mail lie, or may lie, where the values do not show them: in a "
                "database, an object of an operator, or a file."
            ),
            message="{where} keeps {decides} where the values of {title} do not show it.",
            fix="{fix}",
        ),
        Entry(
            code="mail-perhaps-kept-elsewhere",
            severity="warning",
            meaning=(
                "The values have no settings of mail, and the application may keep them somewhere "
                "else, such as its database."
            ),
            message="The values say nothing about mail, and {title} may keep its settings in {place}.",
            fix="Look there, or describe the relay and run the playbook configure.",
        ),
        Entry(
            code="mail-source-unread",
            severity="warning",
            meaning=(
                "Variables come from a Secret or a ConfigMap that was not read, and may decide about "
                "mail."
            ),
            message="{where} may decide {decides}, and was not read.",
            fix="{fix}",
        ),
        Entry(
            code="profile-check-unavailable",
            severity="error",
            meaning="A library that checks profiles of one's own is missing on the controller.",
            message="The profile cannot be checked by {python}: {problem}.",
            fix=(
                "Install it into the environment that runs ansible-playbook: {python} -m pip install "
                "jsonschema"
            ),
        ),
    )
)
