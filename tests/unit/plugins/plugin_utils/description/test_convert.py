# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What inventories, extra vars and surveys send becomes plain values, or a clear complaint."""

from __future__ import annotations

import datetime
from collections.abc import Sequence
from typing import Any

import pytest
from ansible.template import trust_as_template
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.convert import (
    ConversionError,
    convert,
    plain,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    OPTIONS,
    Kind,
    Option,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    HOSTILE,
    PASSWORD,
)

HOST = OPTIONS["host"]
PORT = OPTIONS["port"]
ENABLED = OPTIONS["enabled"]
SECRET = OPTIONS["password"]
RECIPIENTS = OPTIONS["test_recipients"]
ONE_LINE = [
    option
    for option in OPTIONS.values()
    if option.kind in (Kind.TEXT, Kind.SECRET) and not option.lines
]

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


def complaint(option: Option, value: Any) -> str:
    with pytest.raises(ConversionError) as caught:
        convert(option, value)
    return str(caught.value)


@pytest.mark.parametrize("option", OPTIONS.values(), ids=lambda option: option.name)
@pytest.mark.parametrize("value", [None, "", trust_as_template("")])
def test_null_and_the_empty_text_of_a_survey_mean_not_given(option: Option, value: Any) -> None:
    assert convert(option, value) is None


@pytest.mark.parametrize("value", [" ", "\n", " \t\r\n"])
def test_a_text_of_spaces_means_not_given_unless_it_is_a_password(value: str) -> None:
    for option in (HOST, PORT, ENABLED, RECIPIENTS, OPTIONS["ca_pem"]):
        assert convert(option, value) is None
    assert convert(SECRET, " ") == Secret(" ")


def test_a_tagged_string_of_ansible_becomes_a_plain_one() -> None:
    tagged = trust_as_template("mail.example.com")
    assert type(tagged) is not str
    assert type(convert(HOST, tagged)) is str
    assert type(convert(SECRET, trust_as_template("pw")).reveal()) is str
    assert type(plain({tagged: [tagged]})["mail.example.com"][0]) is str


class OnDemand(Sequence[str]):
    """A text of a vault as ansible-core 2.16 to 2.18 have it: no `str`, but all that one can do."""

    __ENCRYPTED__ = True

    def __getitem__(self, index: Any) -> Any:
        return PASSWORD[index]

    def __len__(self) -> int:
        return len(PASSWORD)

    def __str__(self) -> str:
        return PASSWORD

    def casefold(self) -> str:
        return PASSWORD.casefold()


def test_a_text_of_a_vault_is_a_text() -> None:
    assert convert(SECRET, OnDemand()) == Secret(PASSWORD)
    assert convert(OPTIONS["oauth"], {"token": OnDemand()}) == {"token": PASSWORD}


@pytest.mark.parametrize("option", OPTIONS.values(), ids=lambda option: option.name)
def test_the_placeholder_of_what_is_omitted_means_not_given(option: Option) -> None:
    assert convert(option, f"__omit_place_holder__{'0a' * 20}") is None


def test_a_date_of_yaml_becomes_text() -> None:
    assert plain(datetime.date(2026, 11, 21)) == "2026-11-21"


@given(st.sampled_from(list(OPTIONS.values())), JSON)
def test_anything_is_converted_or_complained_about(option: Option, value: Any) -> None:
    try:
        converted = convert(option, value)
    except ConversionError:
        return
    expected = {
        Kind.TEXT: str,
        Kind.SECRET: Secret,
        Kind.INTEGER: int,
        Kind.BOOLEAN: bool,
        Kind.TEXTS: list,
        Kind.DICTIONARY: dict,
        Kind.DICTIONARIES: list,
    }
    assert converted is None or type(converted) is expected[option.kind]


class TestATextOption:
    @pytest.mark.parametrize(
        ("value", "text"), [(" mail ", "mail"), (587, "587"), (1.2, "1.2"), ("off", "off")]
    )
    def test_takes_text_and_numbers_without_the_spaces_around_them(
        self, value: Any, text: str
    ) -> None:
        assert convert(HOST, value) == text

    @pytest.mark.parametrize(
        ("value", "kind"), [(True, "a boolean"), ([], "a list"), ({}, "a dictionary")]
    )
    def test_takes_nothing_else(self, value: Any, kind: str) -> None:
        assert complaint(HOST, value) == f"must be text, not {kind}"

    @pytest.mark.parametrize("option", ONE_LINE, ids=lambda option: option.name)
    @pytest.mark.parametrize("end", ["\r", "\n", "\r\n"])
    def test_is_one_line(self, option: Option, end: str) -> None:
        assert "must be one line" in complaint(option, f"a{end}RCPT TO:<b@c>")
        assert "must be one line" in complaint(option, f"a{end}")

    @pytest.mark.parametrize("option", ONE_LINE, ids=lambda option: option.name)
    def test_holds_no_control_character_and_only_unicode(self, option: Option) -> None:
        for character in "\0\t\x1b\x7f":
            assert "control character" in complaint(option, f"a{character}b")
        assert "UTF-8" in complaint(option, "p\udcff")

    def test_of_a_ca_keeps_its_lines(self) -> None:
        assert convert(OPTIONS["ca_pem"], "a\nb\n") == "a\nb\n"


class TestASecretOption:
    @pytest.mark.parametrize("text", HOSTILE)
    def test_keeps_a_text_exactly(self, text: str) -> None:
        assert convert(SECRET, text) == Secret(text)

    @pytest.mark.parametrize("value", [1234567, 1e3, False, [PASSWORD], {PASSWORD: PASSWORD}])
    def test_that_yaml_has_made_another_type_of_is_refused_and_not_quoted(self, value: Any) -> None:
        message = complaint(SECRET, value)
        assert message.startswith("must be text, not ")
        assert str(value) not in message
        assert PASSWORD not in message

    def test_that_breaks_the_line_is_not_quoted(self) -> None:
        assert PASSWORD not in complaint(SECRET, f"{PASSWORD}\n")


class TestAnIntegerOption:
    @pytest.mark.parametrize(
        ("value", "number"), [(587, 587), ("587", 587), (" 587 ", 587), ("0587", 587), ("-1", -1)]
    )
    def test_takes_whole_numbers_and_their_texts(self, value: Any, number: int) -> None:
        assert convert(PORT, value) == number

    @pytest.mark.parametrize(
        "value",
        [
            "1e3",
            "0x1F",
            "587.0",
            587.5,
            True,
            "smtp",
            [587],
            "\N{FULLWIDTH DIGIT FIVE}",
            "1_000",
            "9" * 5000,
        ],
    )
    def test_takes_nothing_else(self, value: Any) -> None:
        assert "must be a whole number" in complaint(PORT, value)


class TestABooleanOption:
    @pytest.mark.parametrize("value", [True, "true", "Yes", "ON", " y ", "t", "1", 1])
    def test_takes_the_words_for_true(self, value: Any) -> None:
        assert convert(ENABLED, value) is True

    @pytest.mark.parametrize("value", [False, "false", "No", "OFF", " n ", "f", "0", 0])
    def test_takes_the_words_for_false(self, value: Any) -> None:
        assert convert(ENABLED, value) is False

    @pytest.mark.parametrize("value", ["maybe", 2, [], "null"])
    def test_takes_nothing_else(self, value: Any) -> None:
        assert "must be true or false" in complaint(ENABLED, value)


class TestAListOption:
    @pytest.mark.parametrize(
        "value",
        [
            ["a@b.example", "c@d.example"],
            ("a@b.example", "c@d.example"),
            "a@b.example,c@d.example",
            "a@b.example , c@d.example,",
            "a@b.example\nc@d.example\n",
            "a@b.example\r\nc@d.example\r\n",
        ],
    )
    def test_takes_a_list_or_a_text_with_commas_or_line_breaks(self, value: Any) -> None:
        assert convert(RECIPIENTS, value) == ["a@b.example", "c@d.example"]

    def test_takes_one_text(self) -> None:
        assert convert(RECIPIENTS, "a@b.example") == ["a@b.example"]

    @pytest.mark.parametrize(
        ("value", "message"),
        [
            (1, "must be a list, not a number"),
            ({"a": 1}, "must be a list, not a dictionary"),
            ([None], "must be text, not null"),
            (["a\nb"], "must be one line"),
        ],
    )
    def test_takes_nothing_else(self, value: Any, message: str) -> None:
        assert message in complaint(RECIPIENTS, value)


class TestADictionaryOption:
    OAUTH = OPTIONS["oauth"]
    SECRET_NAME = OPTIONS["existing_secret"]
    POLICY = OPTIONS["policy"]

    @pytest.mark.parametrize("value", [{"token": "x"}, '{"token": "x"}', ' {"token": "x"}\n'])
    def test_takes_a_dictionary_or_the_same_as_json(self, value: Any) -> None:
        assert convert(self.OAUTH, value) == {"token": "x"}

    def test_takes_a_text_for_its_short_form(self) -> None:
        assert convert(self.SECRET_NAME, "smtp") == {"name": "smtp"}

    def test_takes_a_list_of_flags_where_all_keys_are_booleans(self) -> None:
        assert convert(self.POLICY, "fips, allow_sinks=no") == {"fips": True, "allow_sinks": "no"}

    @pytest.mark.parametrize("value", [{}, "{}", "", None, " "])
    def test_that_is_empty_is_not_given(self, value: Any) -> None:
        assert convert(self.OAUTH, value) is None

    @pytest.mark.parametrize(
        "value", [f"{PASSWORD}", f'{{"token": "{PASSWORD}"', "{" * 100_000, f"[{PASSWORD}]"]
    )
    def test_that_is_none_is_refused_and_not_quoted(self, value: str) -> None:
        assert PASSWORD not in complaint(self.OAUTH, value)

    @pytest.mark.parametrize(
        ("value", "kind"), [(5, "a number"), ([], "a list"), (True, "a boolean")]
    )
    def test_takes_nothing_else(self, value: Any, kind: str) -> None:
        assert complaint(self.OAUTH, value) == f"must be a dictionary, not {kind}"


class TestAListOfDictionaries:
    LAYERS = OPTIONS["layers"]

    @pytest.mark.parametrize("value", [[{"name": "a"}], '[{"name": "a"}]', ({"name": "a"},)])
    def test_takes_a_list_or_the_same_as_json(self, value: Any) -> None:
        assert convert(self.LAYERS, value) == [{"name": "a"}]

    @pytest.mark.parametrize("value", [[], "[]"])
    def test_that_is_empty_is_not_given(self, value: Any) -> None:
        assert convert(self.LAYERS, value) is None

    def test_names_the_entry_that_is_none(self) -> None:
        assert "an entry [1] that is null" in complaint(self.LAYERS, [{}, None])


def test_an_option_knows_whether_a_part_of_it_is_a_secret() -> None:
    holding = {name for name, option in OPTIONS.items() if option.holds_secret}
    assert holding == {"password", "oauth", "client_key", "fallbacks", "layers"}
