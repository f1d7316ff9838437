# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Which failures are due to the settings that were just brought in. Pure, and a table."""

from __future__ import annotations

from collections.abc import Iterable

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.verdicts import BLAMES_SETTINGS

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

AT_THE_RELAY = BLAMES_SETTINGS | frozenset(
    {
        "certificate-name-mismatch",
        "certificate-self-signed",
        "certificate-unknown-issuer",
        "credentials-unusable",
        "credentials-withheld",
        "login-stopped",
        "mechanism-not-offered",
        "not-smtp",
        "relay-name-not-found",
        "relay-speaks-plaintext-first",
        "relay-speaks-tls-first",
        "starttls-not-offered",
        "tls-version-unsupported",
    }
)
"""The relay will never take a mail with these settings, by what its replies mean or the probe saw by itself.
What may pass (greylisting, throttling, a relay that is away for a while) is not here, nor what lasts and no
other settings mend: a lock-out, a quota, what is wrong with the relay itself."""


AT_THE_RELEASE = frozenset({"upgrade-overtook"})
"""The upgrade itself has done harm."""


def is_ours(codes: Iterable[str]) -> bool:
    """Whether going back to the settings before would mend it.

    :param codes: of the errors.
    """
    return any(code in AT_THE_RELEASE | IN_THE_PODS | AT_THE_RELAY for code in codes)
