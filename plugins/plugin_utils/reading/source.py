# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a file says that configures an application: a values file, or what the other targets are."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path as FilePath
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Profile
from ansible_collections.mailops.smtp.plugins.plugin_utils.reading.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.block import find
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.content import env_file

WHERE = "smtp_values_src"


def read_values(profile: Profile, path: FilePath, at: str | None) -> Mapping[str, Any]:
    """The values of an application in a file of the controller.

    :param at: for a part of a document, its place as keys with dots, if it is given.
    :raises FindingError: when they are not there, or the application has no file.
    """
    if profile.form is not None:
        raise FindingError(
            CATALOGUE.finding(
                "form-unreadable",
                where="smtp_application",
                title=profile.title,
                place=profile.form.where,
            )
        )
    try:
        text = parse.read_file(path).decode("utf-8")
    except OSError as error:
        raise FindingError(_unreadable(path, str(error.strerror))) from error
    except parse.UnreadableError as error:
        raise FindingError(_unreadable(path, str(error))) from None
    except UnicodeDecodeError:
        raise FindingError(_unreadable(path, "it is no text in UTF-8")) from None
    if profile.target == "env":
        return env_file(text)
    documents = _documents(path, text, is_json=profile.is_json)
    if profile.block is not None:
        return dict(find(path, documents, profile.block, at, WHERE)[1])
    if len(documents) > 1 or not all(isinstance(entry, Mapping) for entry in documents):
        raise FindingError(_unreadable(path, "it does not hold one dictionary"))
    return dict(*documents)


def _documents(path: FilePath, text: str, *, is_json: bool) -> list[Any]:
    try:
        if is_json:
            return [parse.json_document(text)]
        return [entry for entry in parse.yaml_documents(text) if entry is not None]
    except parse.UnreadableError as error:
        raise FindingError(_unreadable(path, str(error))) from None


def _unreadable(path: FilePath, problem: str) -> Finding:
    return CATALOGUE.finding("values-src-unreadable", where=WHERE, path=path, problem=problem)
