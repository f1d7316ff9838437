# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What changes for mail says what the mail settings say; a word that anything may say counts only beside mail."""

from __future__ import annotations

import json
import time
from collections.abc import Mapping
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.said import said
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard.things import (
    changes,
    config_map,
    deployment,
    patched,
    secret,
)

OLD = {"notify": {"active": False, "host": "old", "port": 25}}
NEW = {"notify": {"active": True, "host": "relay", "port": 587}}


def explained(before: Mapping[str, Any], after: Mapping[str, Any], *gone: str) -> bool:
    """Whether what one object becomes follows from the settings that change, and from the objects that go."""
    [change] = changes(patched(before, after))
    return said(OLD, NEW, gone).explains(change)


def of_variable(name: str, before: str, after: str) -> bool:
    return explained(deployment(env={name: before}), deployment(env={name: after}))


def of_entry(name: str, before: str, after: str) -> bool:
    """The same of a ConfigMap and of a Secret."""
    plain = explained(config_map(data={name: before}), config_map(data={name: after}))
    assert explained(secret(**{name: before}), secret(**{name: after})) is plain
    return plain


def of_words(before: list[str], after: list[str]) -> bool:
    """The same of what a container is started with."""
    was, becomes = deployment(), deployment()
    for thing, words in ((was, before), (becomes, after)):
        thing["spec"]["template"]["spec"]["containers"][0]["args"] = words
    return explained(was, becomes)


def test_a_host_of_mail_counts_wherever_it_stands() -> None:
    assert of_variable("BACKEND", "old", "relay")
    assert of_entry("app.conf", "url = //old:1/", "url = //relay:2/")
    assert of_words(["--quick", "--to=old"], ["--quick", "--to=relay"])


def test_it_counts_on_one_side_alone() -> None:
    assert of_variable("BACKEND", "log", "relay")
    assert of_variable("BACKEND", "old", "")


def test_a_part_of_a_longer_word_does_not_count() -> None:
    assert not of_variable("BACKEND", "older", "relayed")


def test_what_names_an_object_that_goes_goes_with_it() -> None:
    was, becomes = deployment(), deployment()
    was["spec"]["template"]["spec"]["containers"][0]["envFrom"] = [{"secretRef": {"name": "login"}}]
    assert explained(was, becomes, "login")
    assert not explained(was, becomes)


@pytest.mark.parametrize("name", ["SMTP_USE", "MAIL_SENT", "EMAIL_ON", "mailer.on"])
@pytest.mark.parametrize(("before", "after"), [("false", "true"), ("25", "587")])
def test_a_truth_value_and_a_number_count_where_the_name_of_the_place_speaks_of_mail(
    name: str, before: str, after: str
) -> None:
    assert of_variable(name, before, after)
    assert of_entry(name, before, after)


@pytest.mark.parametrize("name", ["ALLOW_PUBLIC_SIGNUP", "THREADS", "debug.on"])
@pytest.mark.parametrize(("before", "after"), [("false", "true"), ("25", "587"), ("25", "26")])
def test_where_it_does_not_they_do_not(name: str, before: str, after: str) -> None:
    assert not of_variable(name, before, after)
    assert not of_entry(name, before, after)


def test_a_container_may_have_the_name_of_a_release_that_speaks_of_mail() -> None:
    was, becomes = (deployment(env={"OPEN": each}) for each in ("false", "true"))
    for thing in (was, becomes):
        thing["spec"]["template"]["spec"]["containers"][0]["name"] = "mail-app"
    assert not explained(was, becomes)


def test_in_a_file_the_line_has_to_speak_of_mail() -> None:
    assert of_entry("app.conf", "threads = 4\nsmtp-port = 25", "threads = 4\nsmtp-port = 587")
    assert not of_entry("app.conf", "[mail]\nthreads = 25", "[mail]\nthreads = 587")
    assert of_words(["--quick", "--mail-tls=false"], ["--quick", "--mail-tls=true"])
    assert not of_words(["--quick", "--open=false"], ["--quick", "--open=true"])


def test_or_it_has_to_say_the_key_of_the_setting_with_it() -> None:
    assert of_entry("app.conf", "[a]\nactive = off", "[a]\nACTIVE = true")
    assert of_entry("app.json", '{\n"port": 25,\n"a": 1}', '{\n"port": 587,\n"a": 1}')
    for other in ("inactive", "signup.active", "--signup-active", "signup_active"):
        assert not of_entry("app.conf", f"{other} = false", f"{other} = true")
    assert not of_entry("app.conf", "port = 26", "port = 588")


def test_the_value_of_an_entry_goes_by_the_name_of_the_entry_and_not_by_the_word_value() -> None:
    old, new = ({"env": [{"name": "NOTIFY", "value": text}]} for text in ("25", "587"))
    signup = ({"name": "OPEN", "value": "25"}, {"name": "OPEN", "value": "587"})
    was, becomes = (config_map(data={"app.json": json.dumps(each)}) for each in signup)
    [change] = changes(patched(was, becomes))
    assert not said(old, new, ()).explains(change)


def test_of_two_lines_that_change_apart_each_has_to_speak_of_mail() -> None:
    before, after = "smtp = false\nmode = 1\nopen = false", "smtp = true\nmode = 1\nopen = true"
    assert not of_entry("app.conf", before, after)


def test_a_text_that_would_take_too_long_to_compare_is_not_explained() -> None:
    lines = [f"{number % 120} relay" for number in range(20_000)]
    started = time.process_time()
    assert not of_entry("app.conf", "\n".join(lines), "\n".join(reversed(lines)))
    assert time.process_time() - started < 2
