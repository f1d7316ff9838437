# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The pages on applications: what each can do, as the collection itself answers when it is asked.

The matrix is not written down anywhere: every cell of it is one description that is planned for the
application, and the cell says what came out.
"""

from __future__ import annotations

import shlex
from collections.abc import Iterator, Mapping
from itertools import product
from pathlib import Path
from string import ascii_lowercase
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.document import (
    commented_yaml,
    values_yaml,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import load, shipped
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Profile
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.override import shown
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.content import content
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.runtime import RUNTIMES

# A certificate for nothing, because a private CA is only taken as one.
PRIVATE_CA = """\
-----BEGIN CERTIFICATE-----
MIIBLTCB1KADAgECAgEBMAoGCCqGSM49BAMCMBUxEzARBgNVBAMMClByaXZhdGUg
Q0EwIBcNMjYwMTAxMDAwMDAwWhgPMjEyNjAxMDEwMDAwMDBaMBUxEzARBgNVBAMM
ClByaXZhdGUgQ0EwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATC5EsBedhIiK1L
1oEQBureiJewOfN1G3qGy5SRLvUjBPwRiTDdit2X8GTHnsgkZQLBzsjxIYkckZ80
EjPXluc+oxMwETAPBgNVHRMBAf8EBTADAQH/MAoGCCqGSM49BAMCA0gAMEUCIBFZ
4h8ELKyd323M7uAP9QSXYafHV7iCI+cEUeo0LDE/AiEAtwlKAd/N4onhELCQJiR6
5mUQj3+50WAptR5DPfSXpoE=
-----END CERTIFICATE-----
"""

LOGINS: Mapping[str, Mapping[str, Any]] = {
    "password": {"username": "app@example.com", "password": "an-example"},
    "anonymous": {"auth": "none"},
    "existing Secret": {"username": "app@example.com", "existing_secret": {"name": "app-smtp"}},
}
SECURITIES = ("starttls", "tls", "none")
TRUST: Mapping[str, Mapping[str, Any]] = {
    "public CA": {},
    "private CA": {"ca_pem": PRIVATE_CA},
    "skip verify": {"validate_certs": False},
}
COMMON: Mapping[str, Any] = {
    "release": "app",
    "namespace": "apps",
    "host": "mail.example.com",
    "from_address": "no-reply@example.com",
    # Whether credentials may go in plain text is a question of the policy, and not of the application.
    "policy": {"allow_unencrypted_credentials": True},
}

TARGETS = {
    "helm": "values of its Helm chart",
    "file": "a file of its own",
    "document": "a part of its configuration file",
    "api": "the body of an API call",
    "form": "a sheet for a form that a person fills in",
    "env": "environment variables",
}
HOW = {
    "proven": "a true chart was rendered and run",
    "rendered": "a true chart was rendered",
    "documented": "from its documentation",
}


def description(profile: Profile, login: str, security: str, trust: str) -> dict[str, Any]:
    """What a person would give for one cell of the matrix."""
    ports = profile.supports.ports.get(security)
    given = {**COMMON, "application": profile.name, "security": security}
    return {**given, **LOGINS[login], **TRUST[trust], **({"port": ports[0]} if ports else {})}


def refusals(raw: Mapping[str, Any]) -> tuple[str, ...]:
    """The codes of the errors with which a description is refused; none when it renders."""
    try:
        plan.make(raw)
    except FindingError as error:
        return tuple(
            dict.fromkeys(each.code for each in error.findings if each.severity == "error")
        )
    return ()


def matrix(profile: Profile) -> dict[tuple[str, str, str], tuple[str, ...]]:
    """For each login, security and trust the codes of the errors."""
    return {
        cell: refusals(description(profile, *cell)) for cell in product(LOGINS, SECURITIES, TRUST)
    }


def disabled(profile: Profile) -> tuple[str, ...]:
    """The codes of the errors when mail is to be switched off."""
    return refusals(
        {"application": profile.name, "enabled": False, "release": "app", "namespace": "apps"}
    )


def private_ca(profile: Profile) -> str:
    """How the application gets a CA of one's own."""
    runtime = RUNTIMES.get(profile.runtime or "")
    if profile.supports.private_ca:
        return "in its values"
    return f"mounted, made known by `{runtime.variable}`" if runtime and runtime.variable else "no"


def overview_page(header: str) -> str:
    """docs/applications.md: every application, and the whole matrix."""
    profiles = [load(name) for name in shipped()]
    lines = [
        header,
        "# Applications\n",
        "What can be configured, and how each profile was checked: "
        + "; ".join(f"*{word}*: {meaning}" for word, meaning in HOW.items())
        + ".\n",
        "| application | `smtp_application` | what is written | charts checked |",
        "|---|---|---|---|",
    ]
    for profile in profiles:
        charts = ", ".join(
            f"{entry.chart} {entry.version} ({entry.how})" for entry in profile.checked
        )
        link = f"[{profile.title}](applications/{profile.name}.md)"
        lines.append(
            f"| {link} | `{profile.name}` | {TARGETS[profile.target]} | {charts or 'no chart'} |"
        )
    lines += [
        "\n## What each can do\n",
        "✓ is rendered; a letter is refused with the finding below the table, before anything is changed. "
        "Policies are left out: by default a password over a connection without TLS is refused for every "
        "application.\n",
    ]
    for profile in profiles:
        lines += [f"### {profile.title}\n", *_table(profile), ""]
    return "\n".join(lines).rstrip() + "\n"


def _table(profile: Profile) -> Iterator[str]:
    cells, off = matrix(profile), disabled(profile)
    codes = dict.fromkeys(code for found in (*cells.values(), off) for code in found)
    letters = dict(zip(codes, ascii_lowercase, strict=False))

    def cell(found: tuple[str, ...]) -> str:
        return " ".join(letters[code] for code in found) or "✓"

    columns = list(product(SECURITIES, TRUST))
    yield "| login | " + " | ".join(f"{security}, {trust}" for security, trust in columns) + " |"
    yield "|---" * (len(columns) + 1) + "|"
    for login in LOGINS:
        found = (cell(cells[login, security, trust]) for security, trust in columns)
        yield f"| {login} | " + " | ".join(found) + " |"
    yield ""
    notes = [f"mail switched off: {cell(off)}"]
    notes += [f"{letter}: [{code}](findings.md#{code})" for code, letter in letters.items()]
    yield "; ".join(notes)


def application_page(header: str, profile: Profile) -> str:
    """docs/applications/<name>.md: what the profile says, for people."""
    lines = [header, f"# {profile.title}\n"]
    lines.append(f"`smtp_application: {profile.name}` writes {TARGETS[profile.target]}.\n")
    if profile.uses_mail_for:
        lines.append(f"It sends mail for {profile.uses_mail_for}.\n")
    lines += _checked(profile)
    lines += _abilities(profile)
    lines += _example(profile)
    lines += _workloads(profile)
    lines.append(f"## How to see that mail works\n\n{_sentence(profile.proof)}\n")
    if profile.prove:
        command = shlex.join(profile.prove.command)
        lines.append(
            f"With `smtp_test_recipients`, the playbook runs this for each of them: `{command}`\n"
        )
    if profile.log:
        lines.append(f"Its mail log: {profile.log}\n")
    lines += _overrides(profile)
    lines += _traps(profile)
    if profile.sources:
        lines += ["## Sources\n", *(f"- {_sentence(source)}" for source in profile.sources), ""]
    return "\n".join(lines).rstrip() + "\n"


def _sentence(text: str) -> str:
    return " ".join(text.split())


def _checked(profile: Profile) -> Iterator[str]:
    if not profile.checked:
        return
    yield "| chart | version | checked |"
    yield "|---|---|---|"
    for entry in profile.checked:
        yield f"| {entry.chart} | {entry.version} | {entry.how}: {HOW[entry.how]} |"
    yield ""


def _abilities(profile: Profile) -> Iterator[str]:
    supports = profile.supports
    ports = [
        f"`{security}` on {' or '.join(map(str, known)) if known else 'any port'}"
        for security, known in supports.ports.items()
    ]
    verifies = [f"`{security}`: {answer}" for security, answer in supports.verifies.items()]
    secret = supports.existing_secret
    if secret is None:
        kept = "not possible"
    else:
        names = ", ".join(f"{what} in `{key}`" for what, key in secret.keys.items())
        kept = f"{names}; " + ("other keys can be named" if secret.free else "the keys are fixed")
        kept += "; the only way to give a password" if secret.required else ""
    skip = {None: "not possible", "mail": "possible, for mail only"}.get(
        supports.skip_verify, f"possible. {_sentence(supports.skip_verify or '')}"
    )
    yield "## What it can do\n"
    yield "| | |"
    yield "|---|---|"
    yield f"| security | {', '.join(ports)} |"
    yield f"| login | {', '.join(f'`{auth}`' for auth in supports.auth)} |"
    if supports.mechanisms:
        yield f"| mechanisms that can be set | {', '.join(supports.mechanisms)} |"
    yield f"| existing Secret | {kept} |"
    yield f"| verifies certificates | {', '.join(verifies) or 'not known'} |"
    yield f"| private CA | {private_ca(profile)} |"
    yield f"| skip verification | {skip} |"
    yield f"| switch mail off | {'yes' if supports.disabled else 'no'} |"
    fields = ", ".join(f"`smtp_{name}`" for name in sorted(supports.fields))
    yield f"| other settings | {fields or 'none'} |"
    yield "\nThe whole [matrix](../applications.md) says what is rendered and what is refused.\n"


def _example(profile: Profile) -> Iterator[str]:
    """What comes out for the first description of the matrix that the application takes."""
    for login, trust, security in product(LOGINS, TRUST, SECURITIES):
        raw = description(profile, login, security, trust)
        if not refusals(raw):
            break
    else:
        return
    made = plan.make(raw)
    yield f"## What is written\n\nFor `smtp_security: {security}` and the login *{login}*, without the secrets:\n"
    yield f"```{_language(profile)}"
    yield _written(made).rstrip()
    yield "```\n"


def _language(profile: Profile) -> str:
    """The language of what is written, for the code block around it."""
    if profile.is_json:
        return "json"
    return {"env": "sh", "form": "markdown"}.get(profile.target, "yaml")


def _written(made: plan.Plan) -> str:
    """What is written for a plan, without the secrets."""
    leaves, block = made.rendered.leaves, made.profile.block
    if block is not None:
        head = [f"# The mapping {block.name} in the configuration file."]
        left_out = values.secret_keys(leaves)
        if left_out:
            head.append(f"# It holds no secret; left out: {', '.join(left_out)}")
        comments = {leaf.path: leaf.comment for leaf in leaves}
        return commented_yaml(head, values.without_secrets(leaves), comments)
    if made.profile.target == "helm":
        return values_yaml(made.title, leaves, include_secrets=False)
    return content(made, Path(), None).text


def _workloads(profile: Profile) -> Iterator[str]:
    if not profile.workloads:
        return
    rolls = {
        "all": "by any change",
        "settings": "by a change of the settings, but not of the credentials alone",
        "none": "by no change",
    }
    yield "## Workloads\n"
    yield "| workload | container | rolled by itself |"
    yield "|---|---|---|"
    for workload in profile.workloads:
        yield f"| {workload.kind} `{workload.name}` | {workload.container} | {rolls[workload.rolls]} |"
    yield "\nWhat does not roll by itself is restarted.\n"


EFFECTS = {
    "replaces": "goes before the settings: an error",
    "beside": "decides about a part of the mail by itself: a warning",
    "keeps": "may keep the settings out of sight: a warning",
    "hides": "is looked for in the pods; a warning where only values are read",
}


def _overrides(profile: Profile) -> Iterator[str]:
    if not profile.overrides:
        return
    yield "## What else decides about mail\n"
    yield "Each place is looked for before a change and in the pods. One that agrees with the settings is fine.\n"
    yield "| place | decides | what it does |"
    yield "|---|---|---|"
    for override in profile.overrides:
        place = override.env or shown(override.values)
        place = f"variable `{place}`" if override.env else f"`{place}`"
        if override.file:
            place = f"`{override.file}`, {place}"
        effect = EFFECTS[override.effect]
        if override.login is not None:
            effect += "; where the login would go to another relay: an error"
        yield f"| {place} | {override.decides} | {effect} |"
    yield ""


def _traps(profile: Profile) -> Iterator[str]:
    if profile.traps:
        yield "## What goes wrong silently\n"
        yield from traps(profile, "###")


def traps(profile: Profile, level: str) -> Iterator[str]:
    """The findings of a profile's own, each below a heading."""
    for trap in profile.traps:
        yield f"{level} {trap.code}\n"
        yield f"- {trap.severity}: {_braces(trap.message)}"
        yield f"- fix: {_braces(trap.fix)}\n"


def _braces(text: str) -> str:
    return _sentence(text).replace("{{", "{").replace("}}", "}")
