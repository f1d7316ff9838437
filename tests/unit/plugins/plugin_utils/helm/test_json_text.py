# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is given to Helm as JSON means the same when it is read as YAML."""

from __future__ import annotations

import json

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.json_text import dump

TEXTS = st.text(st.characters(exclude_categories=["Cs"]))


@pytest.mark.parametrize(
    "text", ["\U0001f511", "a\u2028b", "a\x85b", "\x7f", "\\ud83d\\udd11", "ä"]
)
def test_a_text_that_yaml_would_read_otherwise_stays_as_it_is(text: str) -> None:
    assert yaml.safe_load(dump({"password": text})) == {"password": text}


@given(st.dictionaries(TEXTS.filter(lambda key: len(key) < 100), TEXTS))
def test_every_text_stays_as_it_is(data: dict[str, str]) -> None:
    assert json.loads(dump(data)) == data
    assert yaml.safe_load(dump(data)) == data
