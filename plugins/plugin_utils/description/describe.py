# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From merged settings to a description, its fallbacks included."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils.description import login, relay, tls
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.advice import advice
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.layers import BLOCK, Merged
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    Policy,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    FALLBACK,
    POLICY,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.policy import broken_rules
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.read import (
    UNUSABLE,
    Field,
    collecting,
    read_closed,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.work import Work
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset.model import Preset

OF_A_FALLBACK = frozenset(option.name for option in FALLBACK)
NOT_INHERITED = BLOCK | {"enabled", "fallbacks", "name", "test_recipients"}
"""What a fallback does not take from the main relay: the connection, and what belongs to one alone."""


def describe(work: Work) -> Description:
    """The description; fit for use only when no finding of `work` is an error.

    Warnings are made only where there is none: beside an error they would be in its way.
    """
    if work.take("enabled", True) is False:
        return Description(enabled=False)
    preset = relay.provider(work)
    host = relay.host(work, preset)
    port, security = relay.port_and_security(work, preset)
    description = Description(
        provider=preset.name if preset else None,
        host=host,
        port=port,
        security=security,
        **vars(login.login(work, preset)),
        **vars(tls.tls(work, preset)),
        **_presentation(work),
        proxy=tls.proxy(work),
        timeout=work.number("timeout", 1, 600, default=10),
        test_recipients=_test_recipients(work, preset),
        policy=_policy(work),
    )
    for rule in broken_rules(description, frozenset(work.unsound)):
        place = work.place(f"policy.{rule.policy}")
        work.findings.append(work.finding(rule.code, rule.option, policy=place))
    if not work.findings:
        work.findings += advice(work, description, preset)
    return replace(description, fallbacks=_fallbacks(work))


def _presentation(work: Work) -> dict[str, Any]:
    if "from_address" not in work.fields:
        work.complain("from-address-missing", "from_address")
    found: dict[str, Any] = {}
    for name in ("name", "comment", "from_name", "subject_prefix"):
        found[name] = work.take(name)
    for name in ("from_address", "envelope_from", "reply_to"):
        value: str | None = work.take(name)
        found[name] = next(iter(work.addresses(name, [value] if value else [])), None)
    return {
        **found,
        "from_address": found["from_address"] or "",
        "ehlo_name": work.host("ehlo_name"),
    }


def _test_recipients(work: Work, preset: Preset | None) -> tuple[str, ...]:
    given: list[str] | None = work.take("test_recipients")
    if given is None and preset is not None and preset.test_recipients:
        work.provenance["test_recipients"] = f"preset {preset.name}"
        return preset.test_recipients
    return work.addresses("test_recipients", given or [])


def _policy(work: Work) -> Policy:
    given: dict[str, bool | None] = {key.name: work.take(f"policy.{key.name}") for key in POLICY}
    return Policy(**{name: value for name, value in given.items() if value is not None})


def _fallbacks(work: Work) -> tuple[Description, ...]:
    """Each further relay, with the sender, the names and the policy of the main one."""
    entries: list[dict[str, Any]] = work.take("fallbacks", [])
    return tuple(_fallback(work, number, entry) for number, entry in enumerate(entries))


def _fallback(work: Work, number: int, entry: dict[str, Any]) -> Description:
    listed = work.fields["fallbacks"]
    place = f"{listed.place}[{number}]"

    own = read_closed(FALLBACK, entry, f"{place}.", listed.origin, collecting(work.findings))
    inherited = {name: field for name, field in work.fields.items() if name not in NOT_INHERITED}
    # The main relay has complained already.
    missing = {"from_address": Field(UNUSABLE, work.place("from_address"), listed.origin)}

    def place_of(name: str) -> str:
        return f"{place}.{name}" if name in OF_A_FALLBACK else work.place(name)

    inner = Work(Merged({**missing, **inherited, **own}), place_of, work.read_file)
    description = describe(inner)
    work.findings += [found for found in inner.findings if found not in work.findings]
    work.provenance |= {
        f"fallbacks[{number}].{name}": origin for name, origin in inner.provenance.items()
    }
    return description
