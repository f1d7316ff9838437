# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A change is shown by its place, with values that are no secret."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Write
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.show import shower
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import Evidence
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard.things import (
    changes,
    config_map,
    deployment,
    made,
    patched,
    removed,
    secret,
)

EVIDENCE = Evidence(env={"MAIL_HOST": "relay", "MAIL_LOGIN": Secret("correct horse")})


def shown(*writes: Write) -> list[tuple[str, str, str]]:
    clean = Redactor([Secret("correct horse")]).clean
    texts = shower([EVIDENCE], clean).texts(changes(*writes))
    return [(text.key, text.before, text.after) for text in texts]


def of_env(**env: str) -> str:
    [(_, _, after)] = shown(patched(deployment(), deployment(env=env)))
    return after


def test_a_variable_is_shown_with_both_values() -> None:
    [(place, before, after)] = shown(patched(deployment(host="old"), deployment(host="new")))
    assert place == "Deployment/hub-app:spec.template.spec.containers[app].env[MAIL_HOST].value"
    assert (before, after) == ('"old"', '"new"')


def test_a_variable_that_holds_a_secret_is_not() -> None:
    assert of_env(MAIL_LOGIN="battery staple") == "(secret, new value)"
    assert of_env(SOME_TOKEN="battery staple") == "(secret, new value)"


def test_a_known_secret_is_taken_out_wherever_it_stands() -> None:
    assert of_env(HELLO="is correct horse here") == '"is ******** here"'


def test_of_a_secret_only_the_keys_are_shown() -> None:
    assert shown(patched(secret(user="old"), secret(user="new"))) == [
        ("Secret/hub-mail:data.user", "(secret, old value)", "(secret, new value)")
    ]
    assert shown(made(secret(user="x", password="y"))) == [
        ("Secret/hub-mail", "(not there)", "(new, with password, user)")
    ]
    assert shown(removed(secret(user="x"))) == [
        ("Secret/hub-mail", "(there, with user)", "(not there)")
    ]


def test_of_a_file_only_the_lines_that_change_are_shown_and_none_with_a_secret() -> None:
    before = config_map(data={"app.ini": "threads = 4\nhost = old\npassword = a\n"})
    after = config_map(data={"app.ini": "threads = 4\nhost = new\npassword = b\n"})
    assert [texts[1:] for texts in shown(patched(before, after))] == [
        ("'host = old'", "(not there)"),
        ("(secret, old line)", "(not there)"),
        ("(not there)", "'host = new'"),
        ("(not there)", "(secret, new line)"),
    ]


def test_a_checksum_is_not_shown_because_a_short_password_could_be_found_by_it() -> None:
    before, after = (deployment(annotations={"checksum/x": text}) for text in "ab")
    assert [texts[1:] for texts in shown(patched(before, after))] == [
        ("(old value)", "(new value)")
    ]


def test_a_value_in_the_shape_of_a_token_and_a_login_in_a_url_are_not_shown() -> None:
    token = "0a1b2c3d-1111-2222-3333-444455556666"
    assert of_env(HELLO=token) == "(secret, new value)"
    assert of_env(HELLO="smtp://u:pw-unmistakable@relay:25") == '"smtp://********@relay:25"'
    [(_, before, after)] = shown(
        patched(
            config_map(data={"ini": "a = b"}), config_map(data={"ini": f"a = b\nuser = {token}"})
        )
    )
    assert (before, after) == ("(not there)", "(secret, new line)")
