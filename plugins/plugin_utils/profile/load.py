# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reads profiles. A shipped one is named, a user's own is a path.

A user's own is held against the schema; the shipped ones are so by the unit tests, and cost nothing
at run time.
"""

from __future__ import annotations

import functools
import os
from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

import yaml

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import nearest
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile import check
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.declared import unused
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Api,
    Application,
    Block,
    Call,
    Checked,
    Evidence,
    File,
    FileEvidence,
    Form,
    Override,
    Profile,
    Prove,
    SecretEvidence,
    SecretSupport,
    Shared,
    Supports,
    Trap,
    Workload,
)

FOLDER = FilePath(__file__).resolve().parents[3] / "profiles"
SUFFIX = ".yml"
FILE_SUFFIXES = (SUFFIX, ".yaml")
"""The ends of the names of files. No shipped profile has such a name."""


def shipped() -> list[str]:
    """The names of the shipped profiles."""
    return sorted(path.stem for path in FOLDER.glob(f"*{SUFFIX}"))


def application(text: str) -> Application:
    """A profile in its place, such as ``grafana@grafana``: below the key ``grafana`` of the values.

    :raises FindingError: as `load`.
    """
    name, prefix = split(text)
    return Application(load(name), prefix, name if "/" in name else "")


def missing() -> Finding:
    """What to say when no application is named."""
    choices = ", ".join(shipped())
    return CATALOGUE.finding("application-missing", where="smtp_application", choices=choices)


def split(text: str) -> tuple[str, tuple[str, ...]]:
    """The name or path of a profile, and the key below which its values go."""
    folder, slash, last = text.rpartition("/")
    name, _at, prefix = last.partition("@")
    return folder + slash + name, tuple(filter(None, prefix.split(".")))


def load(name: str) -> Profile:
    """The profile that `name` means.

    :param name: the name of a shipped profile, or the path of a file (it holds a ``/``).
    :raises FindingError: when there is none, or its form is wrong.
    """
    own = "/" in name
    path = FilePath(os.path.expanduser(name)) if own else FOLDER / f"{name}{SUFFIX}"
    if not path.is_file():
        raise FindingError(
            CATALOGUE.finding(
                "profile-not-found",
                where="smtp_application",
                value=name,
                hint=_hint(name, own),
                choices=", ".join(shipped()),
            )
        )
    return _load_file(path, own)


def _hint(name: str, own: bool) -> str:
    """The end of the sentence that there is no such profile."""
    if own:
        return ": the controller has no such file"
    if name.endswith(FILE_SUFFIXES):
        return f"; write ./{name} for a file of your own"
    near = nearest(name, shipped())
    return f"; the nearest is {near}" if near else ""


@functools.cache
def _load_file(path: FilePath, own: bool) -> Profile:
    try:
        text = parse.read_file(path, parse.PROFILE).decode("utf-8")
    except (ValueError, OSError) as error:
        problem = " ".join(str(error).split())
        raise FindingError(check.invalid(path, "", problem)) from error
    findings = check.check(path, text) if own else []
    if findings:
        raise FindingError(*findings)
    document = yaml.load(text, Loader=parse.Loader)  # noqa: S506  # it is a safe one
    if own:
        findings = [
            check.invalid(path, ".".join(map(str, keys)), problem, check.line_of(path, keys))
            for keys, problem in unused(document)
        ]
    if findings:
        raise FindingError(*findings)
    return profile(path, document)


def profile(source: FilePath, document: Mapping[str, Any]) -> Profile:
    """A document that has the form of the schema, as a profile."""
    api = document.get("api")
    form = document.get("form")
    return Profile(
        name=document["name"],
        title=" ".join(document["title"].split()),
        target=document["target"],
        source=source,
        sources=tuple(document.get("sources", ())),
        uses_mail_for=document.get("uses_mail_for"),
        checked=tuple(map(_checked, document.get("checked", ()))),
        supports=_supports(document["supports"]),
        values=document["values"],
        tpl=tuple(document.get("tpl", ())),
        shared={key: Shared(**entry) for key, entry in document.get("shared", {}).items()},
        comments=document.get("comments", {}),
        workloads=tuple(Workload(**entry) for entry in document.get("workloads", ())),
        evidence=_evidence(document.get("evidence", {})),
        proof=document["proof"].strip(),
        prove=_prove(document["prove"]) if "prove" in document else None,
        log=document.get("log"),
        runtime=document.get("runtime"),
        traps=tuple(Trap(**entry) for entry in document.get("traps", ())),
        overrides=tuple(map(_override, document.get("overrides", ()))),
        kept_elsewhere=document.get("kept_elsewhere"),
        unset=document.get("unset", {}),
        file=File(**document["file"]) if "file" in document else None,
        block=_block(document["document"]) if "document" in document else None,
        api=_api(api) if api else None,
        form=Form(form["where"], form["who"], form.get("note")) if form else None,
    )


def _supports(entry: Mapping[str, Any]) -> Supports:
    secret = entry.get("existing_secret")
    return Supports(
        ports={name: tuple(ports) for name, ports in entry["security"].items()},
        auth=tuple(entry["auth"]),
        mechanisms=tuple(entry.get("mechanisms", ())),
        fields=frozenset(entry.get("fields", ())),
        disabled=entry.get("disabled", False),
        verifies=entry.get("verifies", {}),
        private_ca=entry.get("private_ca", False),
        skip_verify=entry.get("skip_verify"),
        existing_secret=secret
        and SecretSupport(
            keys=secret["keys"],
            free=secret.get("names") == "free",
            required=secret.get("required", False),
        ),
    )


def _evidence(entry: Mapping[str, Any]) -> Evidence:
    return Evidence(
        env=entry.get("env", {}),
        files=tuple(
            FileEvidence(file["path"], tuple(file["lines"])) for file in entry.get("files", ())
        ),
        secrets=tuple(
            SecretEvidence(secret["name"], secret["keys"]) for secret in entry.get("secrets", ())
        ),
    )


def _prove(entry: Mapping[str, Any]) -> Prove:
    return Prove(tuple(entry["command"]), entry.get("container"), entry.get("log"))


def _checked(entry: Mapping[str, Any]) -> Checked:
    return Checked(**{**entry, "home": tuple(entry.get("home", ()))})


def _override(entry: Mapping[str, Any]) -> Override:
    texts = {key: " ".join(entry[key].split()) for key in ("decides", "fix") if key in entry}
    return Override(**{**entry, **texts, "values": tuple(entry.get("values", ()))})


def _block(entry: Mapping[str, Any]) -> Block:
    return Block(entry["block"], tuple(entry.get("keys", ())))


def _api(entry: Mapping[str, Any]) -> Api:
    call = Call(entry["method"], entry["path"])
    return Api(call, Call(**entry["check"]) if "check" in entry else None)
