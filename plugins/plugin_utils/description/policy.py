# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a policy forbids, as rules.

That TLS is 1.2 or newer, which FIPS asks for, needs no rule: nothing older can be described. What
``chart_from_source`` asks for is no part of a description, and is judged with the target.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.lookup import sink_of

STRICT = {
    "fips": True,
    "require_tls": True,
    "require_verified_certs": True,
    "allow_anonymous": False,
    "allow_sinks": False,
    "allow_unencrypted_credentials": False,
    "chart_from_source": True,
}
"""For each key of a policy the value that forbids something."""


@dataclass(frozen=True)
class Rule:
    """One thing that a policy forbids.

    :param code: the finding.
    :param policy: the key whose strict value forbids it.
    :param option: the option to correct.
    :param reads: the options that must be sound for the rule to be judged.
    """

    code: str
    policy: str
    option: str
    reads: frozenset[str]
    broken: Callable[[Description], bool]


def _unverified(description: Description) -> bool:
    return description.security != "none" and not description.validate_certs


def _to_a_sink(description: Description) -> bool:
    return sink_of(description.provider, description.host, description.username) is not None


def unidentified(description: Description) -> bool:
    """Whether the relay learns by nothing but the address who sends: no login, no certificate."""
    return description.anonymous and description.client_cert is None


RULES = (
    Rule(
        code="policy-fips-verification",
        policy="fips",
        option="validate_certs",
        reads=frozenset({"validate_certs", "security", "port"}),
        broken=_unverified,
    ),
    Rule(
        code="policy-fips-mechanism",
        policy="fips",
        option="mechanism",
        reads=frozenset({"mechanism"}),
        broken=lambda description: description.mechanism == "CRAM-MD5",
    ),
    Rule(
        code="policy-tls-required",
        policy="require_tls",
        option="security",
        reads=frozenset({"security", "port"}),
        broken=lambda description: description.security == "none",
    ),
    Rule(
        code="policy-verification-required",
        policy="require_verified_certs",
        option="validate_certs",
        reads=frozenset({"validate_certs", "security", "port"}),
        broken=_unverified,
    ),
    Rule(
        code="policy-anonymous-forbidden",
        policy="allow_anonymous",
        option="auth",
        reads=frozenset({"auth", "username", "password", "client_cert"}),
        broken=unidentified,
    ),
    Rule(
        code="policy-sink-forbidden",
        policy="allow_sinks",
        option="provider",
        reads=frozenset({"provider", "host", "username"}),
        broken=_to_a_sink,
    ),
    Rule(
        code="credentials-unencrypted",
        policy="allow_unencrypted_credentials",
        option="security",
        reads=frozenset({"security", "port", "auth"}),
        broken=lambda description: description.auth != "none" and description.security == "none",
    ),
)


def broken_rules(description: Description, unsound: frozenset[str]) -> Iterator[Rule]:
    """The rules that a description breaks, of those that can be judged."""
    for rule in RULES:
        in_force = getattr(description.policy, rule.policy) is STRICT[rule.policy]
        can_be_judged = not unsound & {"policy", *rule.reads}
        if in_force and can_be_judged and rule.broken(description):
            yield rule


def loosened(key: str, before: object, after: object) -> bool:
    """Whether a nearer layer allows what a farther one forbids."""
    return before is STRICT[key] and after is (not STRICT[key])
