# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What others have written is read within limits, and what cannot be read is one error that quotes nothing."""

from __future__ import annotations

import contextlib
import datetime
import json
import os
import resource
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils import parse
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import PASSWORD

SECONDS = 2
MEMORY = 256 * 2**20

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(st.characters(exclude_categories=["Cs"])),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=20,
)


def doubled(first: str, form: str) -> str:
    """A document of a kilobyte in which each line stands for the one before it nine times."""
    lines = [f"a0: &a0 {first}"]
    lines += [f"a{n}: &a{n} {form.format(','.join([f'*a{n - 1}'] * 9))}" for n in range(1, 30)]
    return "\n".join(lines)


BOMBS = {
    "aliases": doubled("[x]", "[{}]"),
    "keys": doubled("{x: 1}", "{{<<: [{}]}}"),
    "itself": "a: &a [*a]",
    "deep": "[" * 100_000,
    "deep block": "- " * 200_000,
    "deep by aliases": "a0: &a0 [x]\n"
    + "\n".join(f"a{n}: &a{n} [*a{n - 1}]" for n in range(1, 200)),
    "many": "- x\n" * 400_000,
    "large": "x" * (2**21 + 1),
    "digits": "a: " + "1" * 5000,
    "hexadecimal digits": "a: 0x" + "f" * 500,
    "base 60": "a: 1" + ":1" * 900_000,
    "digits by a tag": f'a: !!int "{"1" * 5000}"',
}


class TestYaml:
    @pytest.mark.parametrize("bomb", BOMBS)
    def test_that_expands_to_too_much_is_refused_before_it_does(self, bomb: str) -> None:
        with pytest.raises(parse.UnreadableError):
            parse.yaml_documents(BOMBS[bomb])

    @pytest.mark.parametrize(
        "text",
        [
            f"password: [{PASSWORD}",
            f"!!python/object:os.system {PASSWORD}",
            "a: 2026-13-45",
            "a: !!int ''",
            "a: !!bool x",
            "a: !!float x",
            "? [a]\n: b",
            "a: !!binary aGVsbG8=",
            "a: !!set {x}",
            "a: !!omap [x: 1]",
            'a: "\\ud800"',
            "a: *b",
            "a: \0",
        ],
    )
    def test_that_is_none_or_no_plain_data_is_one_error_that_quotes_nothing(
        self, text: str
    ) -> None:
        with pytest.raises(parse.UnreadableError) as caught:
            parse.yaml_documents(text)
        assert PASSWORD not in str(caught.value)
        assert caught.value.__cause__ is None

    @given(JSON)
    def test_says_what_it_says(self, data: Any) -> None:
        text = yaml.safe_dump(data, allow_unicode=True)
        assert parse.yaml_document(text) == yaml.safe_load(text)

    @given(st.text() | st.lists(st.sampled_from([*"[]{}:,-?&*!|>%@`\"'# \n\t", "a", "<<"])))
    def test_of_any_form_is_data_or_that_error(self, text: str | list[str]) -> None:
        with contextlib.suppress(parse.UnreadableError):
            parse.yaml_documents("".join(text))

    def test_may_use_aliases_and_merges(self) -> None:
        text = "a: &a {x: 1}\nb: *a\nc: {<<: *a, y: 2026-01-02}\n"
        assert parse.yaml_document(text) == {
            "a": {"x": 1},
            "b": {"x": 1},
            "c": {"x": 1, "y": datetime.date(2026, 1, 2)},
        }

    def test_may_hold_a_long_text_without_quotes(self) -> None:
        assert parse.yaml_document("a: " + "deadBEEF" * 1000) == {"a": "deadBEEF" * 1000}

    def test_of_several_documents_is_no_single_one(self) -> None:
        assert parse.yaml_documents("a: 1\n---\nb: 2\n") == [{"a": 1}, {"b": 2}]
        with pytest.raises(parse.UnreadableError, match="more than one"):
            parse.yaml_document("a: 1\n---\nb: 2\n")


class TestJson:
    @pytest.mark.parametrize(
        "text",
        [
            "",
            f'{{"password": "{PASSWORD}"',
            "[" * 100_000 + "]" * 100_000,
            "[" * 200 + "]" * 200,
            "[" + "1" * 5000 + "]",
            "[" + "[]," * 60_000 + "1]",
            '"\\ud800"',
        ],
    )
    def test_that_is_none_or_too_much_is_one_error(self, text: str) -> None:
        with pytest.raises(parse.UnreadableError) as caught:
            parse.json_document(text)
        assert PASSWORD not in str(caught.value)

    @given(JSON)
    def test_says_what_it_says(self, data: Any) -> None:
        assert parse.json_document(json.dumps(data)) == data

    def test_counts_no_brackets_in_a_text(self) -> None:
        data = ["[,{" * 60_000]
        assert parse.json_document(json.dumps(data)) == data


class TestAFile:
    def test_is_read_as_it_is(self, tmp_path: Path) -> None:
        (tmp_path / "x").write_bytes(b"a\r\n\xff")
        assert parse.read_file(tmp_path / "x") == b"a\r\n\xff"

    def test_that_is_not_there_is_the_systems_error(self, tmp_path: Path) -> None:
        with pytest.raises(FileNotFoundError):
            parse.read_file(tmp_path / "x")

    def test_that_is_a_folder_is_the_systems_error(self, tmp_path: Path) -> None:
        with pytest.raises(IsADirectoryError):
            parse.read_file(tmp_path)

    def test_that_is_a_pipe_is_not_waited_for(self, tmp_path: Path) -> None:
        os.mkfifo(tmp_path / "x")
        with pytest.raises(parse.UnreadableError, match="no regular file"):
            parse.read_file(tmp_path / "x")

    def test_that_is_too_large_is_not_read_to_its_end(self, tmp_path: Path) -> None:
        with open(tmp_path / "x", "wb") as stream:
            stream.truncate(2**40)
        with pytest.raises(parse.UnreadableError, match="larger than 2 MiB"):
            parse.read_file(tmp_path / "x")


def limited() -> None:
    """Leaves this process no more time and memory than one input may take."""
    resource.setrlimit(resource.RLIMIT_CPU, (SECONDS, SECONDS))
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


@pytest.mark.parametrize("bomb", BOMBS)
def test_a_bomb_takes_neither_time_nor_memory(bomb: str) -> None:
    script = (
        "import sys\n"
        "from ansible_collections.mailops.smtp.plugins.plugin_utils import parse\n"
        "try:\n    parse.yaml_documents(sys.stdin.read())\n"
        "except parse.UnreadableError:\n    print('refused')\n"
    )
    done = subprocess.run(
        [sys.executable, "-c", script],
        input=BOMBS[bomb],
        capture_output=True,
        text=True,
        check=False,
        preexec_fn=limited,
    )
    assert done.stdout == "refused\n", done.stderr
