# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A profile that declares what its values do not use is refused."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import (
    FOLDER,
    load,
    shipped,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import findings_of


def own(folder: Path, values: dict[str, Any], **supports: Any) -> str:
    document = yaml.safe_load((FOLDER / "qualytics.yml").read_text(encoding="utf-8"))
    known = {"security": {"tls": []}, "auth": ["none"], **supports}
    path = folder / "own.yml"
    document |= {"supports": known, "values": values, "evidence": {}, "traps": [], "shared": {}}
    path.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return str(path)


@pytest.mark.parametrize(
    ("supports", "words"),
    [
        ({"fields": ["reply_to"]}, "supports.fields.0: reply_to is declared, and no value takes reply_to"),
        ({"fields": ["from_name"]}, "no value takes from_name or sender"),
        ({"skip_verify": "mail"}, "supports.skip_verify: skip_verify is declared, and no value takes validate_certs"),
        ({"private_ca": True}, "no value takes ca_pem"),
        ({"mechanisms": ["PLAIN"]}, "no value takes mechanism"),
        ({"existing_secret": {"keys": {"password": "p"}}}, "no value takes existing_secret"),
        ({"auth": ["password"]}, "no value takes password or username or existing_secret"),
        ({"auth": ["oauth"]}, "no value takes oauth"),
    ],
)  # fmt: skip
def test_what_no_value_takes_is_refused_with_its_place(
    tmp_path: Path, supports: dict[str, Any], words: str
) -> None:
    found = findings_of(lambda: load(own(tmp_path, {"host": "{{ host }}"}, **supports)))
    assert {finding.code for finding in found} == {"profile-invalid"}
    assert any(words in finding.message for finding in found)
    assert all("own.yml, line " in finding.message for finding in found)


@pytest.mark.parametrize(
    ("values", "supports"),
    [
        ({"from": "{{ sender }}"}, {"fields": ["from_name"]}),
        ({"a": {"$yaml": {"b": "{{ reply_to }}"}}}, {"fields": ["reply_to"]}),
        ({"a": {"$entries": {"by": "name", "of": [{"name": "V", "value": "{{ validate_certs }}"}]}}},
         {"skip_verify": "mail"}),
    ],
)  # fmt: skip
def test_what_any_value_takes_is_accepted(
    tmp_path: Path, values: dict[str, Any], supports: dict[str, Any]
) -> None:
    assert load(own(tmp_path, values, **supports)).supports


@pytest.mark.parametrize("name", shipped())
def test_the_shipped_profiles_use_all_that_they_declare(tmp_path: Path, name: str) -> None:
    copy = tmp_path / f"{name}.yml"
    copy.write_text((FOLDER / f"{name}.yml").read_text(encoding="utf-8"), encoding="utf-8")
    assert load(str(copy)).name == name
