# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""No form of a secret survives redaction, and nothing else is touched."""

from __future__ import annotations

import base64
import html
import json
import shlex
from urllib.parse import quote, quote_plus, urlencode

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import SHORT, Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import MASK, Secret

# Without the mask's own character, which a secret cannot be told from.
TEXT = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="*"))
LONG = st.text(
    st.characters(exclude_categories=["Cs"], exclude_characters="*"), min_size=SHORT, max_size=60
)
AWKWARD = (
    "p@ss{{word}}'\"%",
    "0123456",
    "$HOME",
    "päss",
    "trailing space ",
    "x" * 200,
    "-dash",
    "a\\b&<c>/d e+f",
    "naïve ключ 🔑",
    "it's & ä",
    "end\\'",
)


# As encoding/json of Go writes it: these three are escaped, and what is not ASCII is not.
def go_json(text: str) -> str:
    encoded = json.dumps(text, ensure_ascii=False)
    return encoded.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


def cleaned(secret: str, text: str) -> str:
    return Redactor([Secret(secret)]).clean(text)


@given(LONG, TEXT, TEXT)
def test_the_plain_secret_is_gone_from_any_text(secret: str, before: str, after: str) -> None:
    assert secret not in cleaned(secret, before + secret + after)


@given(LONG, st.binary(max_size=7), st.binary(max_size=7))
def test_base64_text_that_holds_the_secret_is_gone_as_a_whole(
    secret: str, before: bytes, after: bytes
) -> None:
    for encode in (base64.b64encode, base64.urlsafe_b64encode):
        encoded = encode(before + secret.encode() + after).decode()
        assert cleaned(secret, f"\n{encoded}\n") == f"\n{MASK}\n"


@given(LONG, st.binary(max_size=7), st.binary(max_size=7))
def test_hexadecimal_text_that_holds_the_secret_is_cleaned(
    secret: str, before: bytes, after: bytes
) -> None:
    dump = (before + secret.encode() + after).hex()
    for text in (dump, dump.upper()):
        assert secret.encode().hex() not in cleaned(secret, text).lower()


@pytest.mark.parametrize("secret", AWKWARD)
@pytest.mark.parametrize(
    "form",
    [
        str,
        json.dumps,
        lambda s: json.dumps(s, ensure_ascii=False),
        lambda s: json.dumps(json.dumps(s)),
        go_json,
        lambda s: go_json(go_json(s)),
        lambda s: json.dumps({"logged": f"error={json.dumps(go_json(s))}"}),
        html.escape,
        repr,
        ascii,
        shlex.quote,
        lambda s: quote(s, safe=""),
        lambda s: quote(s, safe="").lower() if s.isascii() and s.islower() else quote(s),
        quote_plus,
        lambda s: urlencode({"password": s}),
        lambda s: "'" + s.replace("'", "''") + "'",
    ],
)
def test_awkward_secrets_are_gone_in_every_form(secret: str, form: object) -> None:
    assert callable(form)
    text = f"before {form(secret)} after"
    result = cleaned(secret, text)
    assert MASK in result
    assert form(secret) not in result
    assert secret not in result


@given(LONG, TEXT)
def test_text_without_the_secret_is_left_alone(secret: str, text: str) -> None:
    alphabet = set(secret) | set(
        "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/=-_%\\'\"&#;"
    )
    assume(not set(text) & alphabet)
    assert cleaned(secret, text) == text


@given(LONG, TEXT)
def test_redaction_twice_is_redaction_once(secret: str, text: str) -> None:
    once = cleaned(secret, text + secret)
    assert cleaned(secret, once) == once


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("smtp.office365.com", "smtp.office365.com"),
        ("password: off", f"password: {MASK}"),
        ("'off'", f"'{MASK}'"),
        ("off.", f"{MASK}."),
        ("turn-off", "turn-off"),
        ("AUTH b2Zm", f"AUTH {MASK}"),
    ],
)
def test_a_short_secret_goes_only_where_it_stands_alone(text: str, expected: str) -> None:
    assert cleaned("off", text) == expected


def test_an_empty_secret_and_no_secret_change_nothing() -> None:
    assert cleaned("", "text") == "text"
    assert Redactor([]).clean("text") == "text"


def test_the_longest_of_several_secrets_goes_first() -> None:
    redactor = Redactor([Secret("hunter"), Secret("hunter22")])
    assert redactor.clean("hunter22 hunter") == f"{MASK} {MASK}"


def test_nested_data_is_cleaned_and_keeps_its_keys_and_other_types() -> None:
    data = {"hunter22": ["is hunter22", 1, None, {"deep": ("hunter22",)}], "s": Secret("hunter22")}
    assert Redactor([Secret("hunter22")]).clean_data(data) == {
        "hunter22": [f"is {MASK}", 1, None, {"deep": [MASK]}],
        "s": MASK,
    }
