# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures are due to the settings that were just brought in. Pure, and a table."""

from __future__ import annotations

from collections.abc import Iterable

IN_THE_PODS = frozenset(
    {
        "configuration-missing",
        "container-crashes",
        "container-not-started",
        "container-out-of-memory",
        "environment-differs",
        "image-not-pulled",
        "no-ready-pod",
        "pod-unschedulable",
        "pods-over-quota",
        "pods-refused",
        "probe-fails",
        "restart-owed",
        "rollout-deadline-passed",
        "rollout-not-ready",
        "secret-differs",
        "workload-not-found",
    }
)
"""The pods do not come up with the new settings, or do not see them."""

AT_THE_RELAY = frozenset(
    {
        "account-locked",
        "account-suspended",
        "application-password-required",
        "auth-not-offered",
        "auth-required",
        "basic-auth-disabled",
        "certificate-name-mismatch",
        "certificate-self-signed",
        "certificate-unknown-issuer",
        "client-certificate-rejected",
        "client-certificate-required",
        "credentials-rejected",
        "credentials-unusable",
        "credentials-withheld",
        "login-stopped",
        "mechanism-not-offered",
        "mechanism-rejected",
        "not-smtp",
        "relay-denied",
        "relay-name-not-found",
        "relay-speaks-plaintext-first",
        "relay-speaks-tls-first",
        "sender-domain-unknown",
        "sender-not-allowed",
        "sender-not-verified",
        "sender-rejected",
        "starttls-not-offered",
        "starttls-required",
        "tls-version-unsupported",
        "token-rejected",
    }
)
"""The relay will never take a mail with these settings. What may pass (greylisting, throttling, a relay
that is away for a while) is not here, nor what is wrong with the relay itself."""


AT_THE_RELEASE = frozenset({"upgrade-overtook"})
"""The upgrade itself has done harm."""


def is_ours(codes: Iterable[str]) -> bool:
    """Whether going back to the settings before would mend it.

    :param codes: of the errors.
    """
    return any(code in AT_THE_RELEASE | IN_THE_PODS | AT_THE_RELAY for code in codes)
