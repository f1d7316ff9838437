# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A secret leaves its object through reveal() alone."""

from __future__ import annotations

import copy
import json
import pickle
from dataclasses import asdict, dataclass

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret

VALUE = "p@ss{{word}}'\"%"


def test_reveal_returns_the_text() -> None:
    assert Secret(VALUE).reveal() == VALUE


@pytest.mark.parametrize("show", [str, repr, "{}".format, "{!r}".format, lambda s: f"{s:>40}"])
def test_no_way_of_showing_it_shows_the_text(show: object) -> None:
    assert callable(show)
    assert show(Secret(VALUE)) == "Secret(********)"


def test_it_is_no_string_and_has_no_dictionary() -> None:
    assert not isinstance(Secret(VALUE), str)
    assert not hasattr(Secret(VALUE), "__dict__")


def test_it_is_true_when_there_is_something_to_hide() -> None:
    assert Secret("0")
    assert not Secret("")


def test_equal_secrets_are_equal_and_never_equal_to_text() -> None:
    assert Secret("päss") == Secret("päss")
    assert Secret("päss") != Secret("pass")
    assert Secret("päss") != "päss"


def test_it_can_be_neither_pickled_nor_written_as_json_nor_hashed() -> None:
    with pytest.raises(TypeError, match="serialised"):
        pickle.dumps(Secret(VALUE))
    with pytest.raises(TypeError):
        json.dumps({"password": Secret(VALUE)})
    with pytest.raises(TypeError):
        hash(Secret(VALUE))


def test_a_copy_is_the_secret_itself() -> None:
    secret = Secret(VALUE)
    assert copy.copy(secret) is secret
    assert copy.deepcopy([secret])[0] is secret


def test_a_dataclass_taken_apart_still_hides_it() -> None:
    @dataclass
    class Holder:
        password: Secret

    assert VALUE not in repr(asdict(Holder(Secret(VALUE))))
