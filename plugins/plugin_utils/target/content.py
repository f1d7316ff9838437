# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written for each kind of target, and what of it can be shown."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import Any

from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.document import (
    commented_yaml,
    values_yaml,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.plan import Plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Block,
    Entries,
    Form,
    Leaf,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import (
    holds_secret,
    revealed,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.edit import edit
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.findings import CATALOGUE

HIDDEN = "(the password)"
EMPTY = "(leave empty)"

TITLE = "# SMTP settings of "
"""How a file begins that is written here, where it can have comments."""

ELSE = "something else"
SOME = 5
"""So many keys of somebody else are named."""


@dataclass(frozen=True)
class Content:
    """What a file must hold, and what becomes different in it, without secrets.

    :param left_out: the places of the secrets that the application looks for in the file, and that
        are not written into it.
    """

    text: str
    changes: Sequence[values.Change]
    left_out: Sequence[str] = ()


def shown(plan: Plan) -> dict[str, Any]:
    """What is written, without secrets, as a part of a result."""
    leaves, profile = plan.rendered.leaves, plan.profile
    if profile.form is not None:
        answers = [{"label": leaf.key, "value": _answer(leaf)} for leaf in leaves]
        return {"sheet": answers, "form": asdict(profile.form)}
    if profile.api is not None:
        call, check = asdict(profile.api.call), profile.api.check
        api = {**call, "check": asdict(check) if check else None}
        return {"document": values.without_secrets(leaves), "api": api}
    name = {"helm": "helm_values", "env": "variables"}.get(profile.target, "document")
    return {name: values.without_secrets(leaves)}


def content(plan: Plan, path: Path, before: bytes | None) -> Content:
    """What the file at `path` must hold.

    :param before: what it holds now; `None` when it is not there.
    :raises FindingError: when it cannot be made, or something else would be lost.
    """
    profile, include = plan.profile, plan.run.values_include_secrets
    if profile.block is not None:
        return _edited(plan, path, before, profile.block)
    there = _read(plan, path, before)
    values.require_room(there, plan.rendered.leaves, {})
    leaves = plan.rendered.leaves if include else tuple(map(_without_secret, plan.rendered.leaves))
    tree = values.apply({}, leaves)
    if profile.form is not None:
        lines = list(_sheet(plan, profile.form))
    elif profile.target == "env":
        lines = [_line(name, value) for name, value in tree.items()]
    elif profile.is_json:
        lines = [json.dumps(tree, indent=2, ensure_ascii=False)]
    elif profile.target == "helm":
        text = values_yaml(plan.title, plan.rendered.leaves, include_secrets=include)
        lines = [text.removesuffix("\n")]
    else:
        head = [f"{TITLE}{plan.title}."]
        comments = {leaf.path: leaf.comment for leaf in leaves}
        lines = [commented_yaml(head, tree, comments).removesuffix("\n")]
    made = values.changes(there, leaves, {})
    # What a chart or a person is given can get its secrets in another way, and says so itself.
    read_as_it_is = not include and profile.form is None and profile.target != "helm"
    left_out = values.secret_keys(plan.rendered.leaves) if read_as_it_is else ()
    return Content("\n".join(lines) + "\n", made, left_out)


def _edited(plan: Plan, path: Path, before: bytes | None, block: Block) -> Content:
    """A part of a file that belongs to somebody else. A secret that is not written stays as it is."""
    where = "smtp_values_dest"
    if before is None:
        raise FindingError(
            CATALOGUE.finding("document-missing", where=where, title=plan.title, path=path)
        )
    try:
        text = before.decode()
    except UnicodeDecodeError:
        problem = "it is no text"
        raise FindingError(
            CATALOGUE.finding("document-invalid", where=where, path=path, problem=problem)
        ) from None
    leaves = plan.rendered.leaves
    if not plan.run.values_include_secrets:
        leaves = tuple(leaf for leaf in leaves if not holds_secret(leaf.value))
    edited = edit(path, text, block, plan.run.document_path, leaves)
    others = [leaf for leaf in plan.rendered.leaves if leaf not in leaves]
    left_out = [change.key for change in values.changes(edited.block, others, {})]
    changes = [
        replace(change, key=".".join((*edited.place, change.key)))
        for change in values.changes(edited.block, leaves, {})
    ]
    return Content(edited.text, changes, left_out)


def _without_secret(leaf: Leaf) -> Leaf:
    """The leaf as it is in a file that holds no secret."""
    if isinstance(leaf.value, Entries):
        return values.open_part(leaf)
    return replace(leaf, value=OMIT) if holds_secret(leaf.value) else leaf


def _read(plan: Plan, path: Path, before: bytes | None) -> Mapping[str, Any]:
    """What a file written earlier says, as far as it can be told.

    :raises FindingError: when it holds something else, which would be lost.
    """
    text = "" if before is None else before.decode("utf-8", "replace")
    if plan.profile.form is not None:
        tree: Any = None
        foreign = [] if text.startswith(TITLE) or not text.strip() else [ELSE]
    elif plan.profile.target == "env":
        tree = env_file(text)
        foreign = list(_foreign(tree, plan.rendered.leaves))
    else:
        try:
            tree = parse.yaml_document(text)
        except parse.UnreadableError:
            tree = text
        foreign = list(_foreign(tree, plan.rendered.leaves))
    if foreign:
        some = ", ".join(foreign[:SOME]) + (", …" if len(foreign) > SOME else "")
        raise FindingError(
            CATALOGUE.finding(
                "values-dest-holds-more", where="smtp_values_dest", path=path, keys=some
            )
        )
    return tree if isinstance(tree, dict) else {}


def _foreign(tree: Any, leaves: Sequence[Leaf], place: tuple[str, ...] = ()) -> Iterator[str]:
    """The places in a tree where no leaf stands, neither there nor above."""
    if any(place[: len(leaf.path)] == leaf.path for leaf in leaves) or tree in (None, {}):
        return
    if isinstance(tree, Mapping):
        for key, inner in tree.items():
            yield from _foreign(inner, leaves, (*place, str(key)))
    else:
        # Without a place it is no dictionary at all.
        yield ".".join(place) or ELSE


def env_file(text: str) -> dict[str, str]:
    """The variables in a file of them. Only a line feed ends a line, not all that Unicode has for it."""
    lines = (line.split("=", 1) for line in text.split("\n") if not line.startswith("#"))
    return {line[0]: line[1] for line in lines if len(line) > 1}


def _line(name: str, value: Any) -> str:
    """A variable in a file of them, as docker and kubectl read it: nothing is quoted.

    A reference, such as ``valueFrom``, is no text that such a file can hold: it becomes a comment.

    :raises FindingError: when the value has several lines.
    """
    if isinstance(value, Mapping):
        return f"# {name} is no text but a reference: {json.dumps(value)}"
    line = str(value).lower() if isinstance(value, bool) else str(value)
    if "\n" in line or "\r" in line:
        raise FindingError(CATALOGUE.finding("variable-of-several-lines", where=name))
    return f"{name}={line}"


def _sheet(plan: Plan, form: Form) -> Iterator[str]:
    """A form, filled in, for the person who will do it."""
    yield f"{TITLE}{plan.title}\n"
    yield f"- where: {form.where}"
    yield f"- who: {form.who}"
    if form.note:
        yield f"- note: {form.note}"
    yield "\n| field | value |\n|---|---|"
    for leaf in plan.rendered.leaves:
        value = _answer(leaf, include_secret=plan.run.values_include_secrets)
        yield f"| {leaf.key} | {value.replace('|', chr(92) + '|')} |"
    yield f"\nIn the end: {plan.profile.proof}"
    if plan.profile.log:
        yield f"\nIts log of mails: {plan.profile.log}"


def _answer(leaf: Leaf, *, include_secret: bool = False) -> str:
    """What a person puts into a field of a form."""
    if leaf.value is KEEP:
        return "(leave as it is)"
    if leaf.value is OMIT or leaf.value in (None, ""):
        return EMPTY
    if holds_secret(leaf.value) and not include_secret:
        return HIDDEN
    value = revealed(leaf.value)
    return ("on" if value else "off") if isinstance(value, bool) else str(value) or EMPTY
