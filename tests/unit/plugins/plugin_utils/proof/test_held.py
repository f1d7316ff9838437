# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The login of a container is read where the profile says that it lies, in the form that it has there."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from hypothesis import given

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    ExistingSecret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    Evidence,
    FileEvidence,
    SecretEvidence,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.proof.held import (
    Held,
    Place,
    held,
    marked,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    PASSWORD,
    PASSWORDS,
    application_with,
    rendered,
)

ENV = Evidence(env={"USER": "{{ username }}", "PASS": "{{ password }}"})
URL = Evidence(
    env={
        "URL": "smtp://{{ username | percent_encode }}:{{ password | percent_encode }}@{{ host }}:{{ port }}"
    }
)
FILE = Evidence(
    files=(FileEvidence("/app.ini", ('user = "{{ username }}"', "pass = {{ password }}")),)
)
BARE_FILE = Evidence(
    env={"USER": "{{ username }}"}, files=(FileEvidence("/password", ("{{ password }}",)),)
)
SECRET = Evidence(
    env={"USER": "{{ username }}"},
    secrets=(SecretEvidence("creds", {"password": "{{ password }}"}),),
)
QUOTED = Evidence(env={"USER": "{{ username }}", "PASS": """{{ password | replace("'", "''") }}"""})


def login(evidence: Evidence, there: Place, description: Description = DESCRIPTION) -> Held | None:
    """What is held in a container of the one workload."""
    marks = marked(
        [application_with(evidence=evidence)],
        description,
        release="qua",
        namespace="apps",
        fullname=None,
    )
    wanted = rendered(description, evidence=evidence).evidence
    workload = next(iter(wanted))
    return held(description, wanted[workload], marks[workload], there)


def place(**changes: Any) -> Place:
    return Place(**{"environment": {}, "files": {}, **changes})


@pytest.mark.parametrize(
    ("evidence", "there"),
    [
        (ENV, place(environment={"USER": "else", "PASS": "p w"})),
        (URL, place(environment={"URL": "smtp://else:p%20w@mail.example.com:587"})),
        (FILE, place(files={"/app.ini": '[mail]\n  user = "else"\npass = p w\nother = 1\n'})),
        (BARE_FILE, place(environment={"USER": "else"}, files={"/password": "p w\n"})),
        (SECRET, place(environment={"USER": "else"}, secrets={"creds": {"password": "p w"}})),
    ],
    ids=["variables", "url", "file", "whole file", "Secret"],
)
def test_another_login_than_the_one_given_is_found(evidence: Evidence, there: Place) -> None:
    assert login(evidence, there) == Held("else", Secret("p w"))


@given(PASSWORDS)
def test_any_password_is_found_as_it_is(password: str) -> None:
    description = replace(DESCRIPTION, password=Secret(password))
    there = place(environment={"USER": DESCRIPTION.username, "PASS": password})
    assert login(ENV, there, description) == Held(DESCRIPTION.username, Secret(password))


def test_a_password_that_is_written_in_another_way_is_the_given_one() -> None:
    description = replace(DESCRIPTION, password=Secret("it's"))
    there = place(environment={"USER": DESCRIPTION.username, "PASS": "it''s"})
    assert login(QUOTED, there, description) == Held(DESCRIPTION.username, Secret("it's"))


def test_nothing_is_made_up_where_another_password_would_be_written_in_another_way() -> None:
    description = replace(DESCRIPTION, password=Secret("it's"))
    there = place(environment={"USER": DESCRIPTION.username, "PASS": "that''s"})
    assert login(QUOTED, there, description) is None


def test_what_lies_in_an_existing_secret_is_read_in_the_container() -> None:
    description = replace(
        DESCRIPTION, username="", password=Secret(""), existing_secret=ExistingSecret("creds")
    )
    there = place(environment={"USER": "hub", "PASS": PASSWORD})
    assert login(ENV, there, description) == Held("hub", Secret(PASSWORD))


@pytest.mark.parametrize(
    ("evidence", "there"),
    [
        (ENV, place(environment={"USER": "hub", "PASS": None})),
        (ENV, place(environment={"USER": "hub"})),
        (FILE, place(files={"/app.ini": None})),
        (BARE_FILE, place(environment={"USER": "hub"}, files={"/password": "one\ntwo\n"})),
        (Evidence(env={"HOST": "{{ host }}"}), place(environment={"HOST": "mail.example.com"})),
    ],
    ids=["not set", "not told", "no file", "two lines", "not in the profile"],
)
def test_what_cannot_be_told_is_nothing(evidence: Evidence, there: Place) -> None:
    assert login(evidence, there) is None


def test_no_password_shows() -> None:
    there = place(environment={"USER": "hub", "PASS": PASSWORD})
    assert PASSWORD not in repr((there, login(ENV, there)))
