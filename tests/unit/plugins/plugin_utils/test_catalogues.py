# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every finding can be told, has a code of its own, and is used."""

from __future__ import annotations

import re
from importlib import import_module
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry
from tools.docs import CATALOGUES, COLLECTION, ROOT

PLUGINS = ROOT / "plugins"


def module(name: str) -> Catalogue:
    found: Catalogue = import_module(f"{COLLECTION}.{name}").CATALOGUE
    return found


ENTRIES = [
    pytest.param(name, entry, id=entry.code)
    for name in CATALOGUES.values()
    for entry in module(name)
]


def written(*folders: Path) -> str:
    """The code that could use a finding: all but the catalogues."""
    catalogues = {PLUGINS / f"{name.replace('.', '/')}.py" for name in CATALOGUES.values()}
    return "\n".join(
        path.read_text(encoding="utf-8")
        for folder in folders
        for path in sorted(folder.rglob("*.py"))
        if path not in catalogues
    )


CODE = written(PLUGINS)


@pytest.mark.parametrize(("name", "entry"), ENTRIES)
def test_every_finding_is_told_in_whole_sentences(name: str, entry: Entry) -> None:
    facts: dict[str, Any] = dict.fromkeys(entry.facts, "fact")
    finding = module(name).finding(entry.code, where="here", **facts)
    assert re.fullmatch(r"[a-z][a-z0-9]*(-[a-z0-9]+)*", finding.code)
    assert finding.severity in ("error", "warning", "info")
    assert finding.message
    assert finding.fix
    assert entry.meaning.endswith(".")
    assert "{" not in finding.message + finding.fix


def test_a_code_means_one_thing_in_all_catalogues() -> None:
    codes = [entry.code for name in CATALOGUES.values() for entry in module(name)]
    assert sorted(codes) == sorted(set(codes))


@pytest.mark.parametrize(("_name", "entry"), ENTRIES)
def test_every_finding_is_used(_name: str, entry: Entry) -> None:
    # Some codes are put together from a kind, such as application-private-ca-{kind}.
    stem = entry.code.rpartition("-")[0]
    assert f'"{entry.code}"' in CODE or f'f"{stem}-{{' in CODE


def test_every_catalogue_is_on_the_page_of_findings() -> None:
    found = {
        ".".join(path.relative_to(PLUGINS).with_suffix("").parts)
        for path in PLUGINS.rglob("*.py")
        if re.search(r"^CATALOGUE\b.*= Catalogue\(", path.read_text(encoding="utf-8"), re.MULTILINE)
    }
    assert found == set(CATALOGUES.values())
