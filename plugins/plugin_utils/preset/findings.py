# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What there is to say about a provider, as data: in general, and the caveats of the table."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.table import PRESETS

CATALOGUE = Catalogue(
    (
        Entry(
            code="preset-unknown",
            severity="error",
            meaning="smtp_provider names no provider that the collection knows.",
            message="smtp_provider is {value!r}, which is no known provider{hint}.",
            fix=(
                "Set smtp_provider to one of: {choices}; or remove it and give smtp_host, smtp_port and "
                "smtp_security."
            ),
        ),
        Entry(
            code="preset-region-missing",
            severity="error",
            meaning="The provider has a relay in each region, and no region is named.",
            message="{title} has a relay in each region, and smtp_region is not given.",
            fix="Set smtp_region, for example smtp_region: {example}.",
        ),
        Entry(
            code="preset-region-unknown",
            severity="error",
            meaning="smtp_region names no region of the provider.",
            message="smtp_region is {value!r}, which is no region of {title}{hint}.",
            fix="Set smtp_region to {choices}.",
        ),
        Entry(
            code="preset-region-unused",
            severity="warning",
            meaning="smtp_region is given, and nothing depends on it.",
            message="smtp_region has no effect: {reason}.",
            fix="Remove smtp_region.",
        ),
        Entry(
            code="preset-host-foreign",
            severity="warning",
            meaning="smtp_host is none of the provider's. What is given wins.",
            message="smtp_host {host} is no host of {title}, which smtp_provider names.",
            fix="Remove smtp_host to use {usual}, or set smtp_provider to the provider that it belongs to.",
        ),
        Entry(
            code="preset-port-unlisted",
            severity="warning",
            meaning="The provider does not list this port with this security. What is given wins.",
            message="{title} does not list port {port} with smtp_security {security}; it lists {listed}.",
            fix="Set smtp_port and smtp_security to one of these pairs.",
        ),
        Entry(
            code="preset-auth-unlisted",
            severity="warning",
            meaning="The provider does not take this kind of login. What is given wins.",
            message="{title} does not take smtp_auth {auth}; it takes {listed}.",
            fix="Set smtp_auth to one of these.",
        ),
        Entry(
            code="preset-username-unlikely",
            severity="warning",
            meaning="The user name does not have the form that the provider's user names have.",
            message="smtp_username{username} does not look right: with {title} the user name is {meaning}.",
            fix="Correct smtp_username, if the relay refuses the login.",
        ),
        Entry(
            code="preset-password-unlikely",
            severity="warning",
            meaning="The password looks like something else than what the provider takes.",
            message="The password {meaning}: {title} is likely to refuse it.",
            fix="{remedy}",
        ),
        Entry(
            code="preset-sink",
            severity="warning",
            meaning="The relay is one for tests: mail reaches nobody, or only a few people.",
            message="{title} is a relay for tests: mail does not reach its recipients.",
            fix="Use another relay in production; smtp_policy: allow_sinks=false forbids this one there.",
        ),
        *(caveat.entry for preset in PRESETS for caveat in preset.caveats),
    )
)
