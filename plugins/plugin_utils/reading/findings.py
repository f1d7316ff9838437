# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with values that are read, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="values-without-mail",
            severity="warning",
            meaning="None of the values through which the application's mail is set is there.",
            message="{title} has no SMTP settings in these values.",
            fix="Describe the relay and run the playbook configure; or switch mail off with smtp_enabled: false.",
        ),
        Entry(
            code="values-src-missing",
            severity="error",
            meaning="The application is not configured through a Helm release, so only a file can be read.",
            message="{title} is not configured through a Helm release, and no file is named to read.",
            fix="Give the path of what configures it in smtp_values_src.",
        ),
        Entry(
            code="values-src-unreadable",
            severity="error",
            meaning="The file that is to be read cannot be read on the controller, or is not what it should be.",
            message="smtp_values_src {path} cannot be read: {problem}.",
            fix="Give the path of a file that configures the application, which the user of this run may read.",
        ),
        Entry(
            code="form-unreadable",
            severity="error",
            meaning="The application is configured by a person in a form, of which there is nothing to read.",
            message="{title} is configured in a form, and there is nothing to read.",
            fix="Look it up under {place}, and write it down as smtp_* variables.",
        ),
        Entry(
            code="applications-disagree",
            severity="warning",
            meaning=(
                "Several applications of one release send through different relays or in different ways, "
                "which no single description says."
            ),
            message="{second} is not configured as {first} is: {names} differ.",
            fix="Decide which is meant, and run the playbook configure for both; or describe each by itself.",
        ),
        Entry(
            code="value-type-wrong",
            severity="error",
            meaning=(
                "A value is written in another type than the application takes, such as true in quotes. "
                "Some charts refuse it, others read it as something else."
            ),
            message="{where} is {found}, and {title} takes {wanted} there.",
            fix="Write {where} as {wanted}.",
        ),
        Entry(
            code="value-missing",
            severity="warning",
            meaning="A value that the application needs beside the others is not there.",
            message="{where} is not set, and the other values of {title} call for {wanted}.",
            fix="Set {where} to {wanted}.",
        ),
        Entry(
            code="values-left-to-the-chart",
            severity="warning",
            meaning=(
                "A values file does not give some of the settings, so the chart's own values decide, "
                "which are not known here."
            ),
            message="The file leaves these settings of {title} to the chart: {keys}.",
            fix=(
                "Read the release itself (smtp_release and smtp_namespace), or a file that helm get "
                "values --all has written."
            ),
        ),
        Entry(
            code="value-unreadable",
            severity="warning",
            meaning=(
                "A value refers to a variable, a file or a Secret, so what it is cannot be read here."
            ),
            message="{where} is a reference; {title} takes the value from where it leads to, which was not read.",
            fix="Look at the place that it names, or have smtp_verify read the pods.",
        ),
        Entry(
            code="login-not-in-the-values",
            severity="warning",
            meaning="The application logs in, and its login does not stand in the values.",
            message="{title} logs in at the relay, and {keys} are not in the values.",
            fix="Look at the Secret that the application reads, or have smtp_verify read the pods.",
        ),
        Entry(
            code="value-inline",
            severity="warning",
            meaning=(
                "A part of the login stands in the values, where the profile writes a reference to a "
                "Secret."
            ),
            message="{where} holds the value itself, where the profile of {title} writes a reference.",
            fix="Run the playbook configure, which puts the login into a Secret.",
        ),
        Entry(
            code="value-without-port",
            severity="error",
            meaning="A value that must be a host and a port is a host alone.",
            message="{where} is {found} without a port, and {title} takes host:port there.",
            fix="Add the port to {where}, such as :587.",
        ),
        Entry(
            code="key-misspelt",
            severity="warning",
            meaning="A key is not known, and is nearly that of a setting which is not given.",
            message="{where} means nothing to {title}; {meant} was probably meant.",
            fix="Rename {where} to {meant}.",
        ),
        Entry(
            code="key-misplaced",
            severity="warning",
            meaning="A key is not known where it stands, and is that of a setting at another place.",
            message="{where} means nothing to {title}; {meant} was probably meant.",
            fix="Move {where} to {meant}.",
        ),
        Entry(
            code="value-left-over",
            severity="warning",
            meaning=(
                "A value is set that does not go with the others, such as credentials for an "
                "anonymous relay."
            ),
            message="{where} is set to {found}, which does not go with the other values of {title}.",
            fix="Remove {where}.",
        ),
        Entry(
            code="value-contradiction",
            severity="error",
            meaning=(
                "A value contradicts the others, such as two switches of which only one can be on, or "
                "one of two credentials that is empty."
            ),
            message="{where} is {found}, and the other values of {title} call for {wanted}.",
            fix="Decide which of them is meant; for these others, {where} must be {wanted}.",
        ),
    )
)
