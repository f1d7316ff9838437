# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A block of somebody else's YAML file is changed, and nothing else in the file is."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Block,
    Leaf,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.target.edit import edit
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    HOSTILE,
    the_finding,
)

FILE = Path("config.yaml")

LAID_OUT = """\
# written by hand
apiVersion:   radm.k8s.io/v1beta1   # the version

spec:
    nodes:
      - name:  one
        roles: [a,  b]
      -   name: "two"
    smtp:   # mail
        enabled: false     # not yet
        port:    25

        # who logs in
        username:  'bob'
        password:  ""      # base64

    # what comes next
    text: >-
       folded
       text
    other:    {a: 1,  b: 2}
...
"""


def leaves(**wanted: Any) -> list[Leaf]:
    return [Leaf(tuple(key.split("__")), value) for key, value in wanted.items()]


def edited(text: str, at: str | None = None, **wanted: Any) -> str:
    return edit(FILE, text, Block("smtp"), at, leaves(**wanted)).text


def refused(text: str, at: str | None = None) -> Finding:
    return the_finding(lambda: edited(text, at, enabled=True))


class TestWhatChanges:
    def test_is_only_the_lines_of_the_values_that_change(self) -> None:
        text = edited(LAID_OUT, enabled=True, port=587, username="bob")
        assert text == LAID_OUT.replace(
            "enabled: false     # not yet", "enabled: true      # not yet"
        ).replace("port:    25", "port: 587")

    def test_keeps_the_quotes_that_were_there(self) -> None:
        assert "        username: 'al'\n" in edited(LAID_OUT, username="al")
        assert '        password: "x"      # base64\n' in edited(LAID_OUT, password="x")

    def test_is_nothing_when_all_is_as_wanted_also_after_the_first_time(self) -> None:
        assert edited(LAID_OUT, enabled=False, port=25, other=OMIT, username=KEEP) == LAID_OUT
        once = edited(LAID_OUT, enabled=True, host="a", username=OMIT)
        assert edited(once, enabled=True, host="a", username=OMIT) == once

    def test_may_be_a_key_that_goes_away_and_leaves_the_comments_of_the_next(self) -> None:
        text = edited(LAID_OUT, port=OMIT, password=OMIT)
        assert text == LAID_OUT.replace("        port:    25\n", "").replace(
            '        password:  ""      # base64\n', ""
        )

    def test_may_be_a_new_key_which_stands_in_the_block_and_not_behind_it(self) -> None:
        text = edited(LAID_OUT, smtp_address="mail.example.com", tls__min="1.2")
        added = '        smtp_address: "mail.example.com"\n        tls:\n            min: "1.2"\n'
        assert text == LAID_OUT.replace("# base64\n", f"# base64\n{added}")

    def test_may_stand_in_braces_whose_line_must_be_written_anew(self) -> None:
        text = edited("spec:\n  smtp: {enabled: false}\n  other: 1\n", enabled=True, host="a: b")
        assert yaml.safe_load(text) == {
            "spec": {"smtp": {"enabled": True, "host": "a: b"}, "other": 1}
        }

    @pytest.mark.parametrize("block", ["{}", "{port: 25}"])
    def test_may_stand_in_braces_and_all_around_stays(self, block: str) -> None:
        around = "# c\nspec:\n  a:   1   # x\n  smtp: %s\n  list:\n  - y\nz:\n   q: 1\n"
        lines = edited(around % block, port=587).splitlines()
        assert lines[:3] == (around % block).splitlines()[:3]
        assert lines[-4:] == (around % block).splitlines()[-4:]

    def test_is_a_secret_in_plain(self) -> None:
        assert '        password: "s3cret" ' in edited(LAID_OUT, password=Secret("s3cret"))

    def test_may_be_of_another_kind_than_before(self) -> None:
        text = "smtp:\n  port: '25'\n  enabled: yes\nend: 1\n"
        assert edited(text, port=25, enabled=True) == text.replace("'25'", "25").replace(
            "yes", "true"
        )

    def test_takes_no_place_of_what_is_no_mapping(self) -> None:
        finding = the_finding(lambda: edited("smtp:\n  tls: s3cret\n", tls__min="1.2"))
        assert (finding.code, finding.where) == ("value-of-another-type", "tls")
        assert "s3cret" not in str(finding)

    @pytest.mark.parametrize("there", ["\n    via: s3cret", " [s3cret]"])
    def test_takes_no_place_of_what_is_more_than_one_value(self, there: str) -> None:
        finding = the_finding(lambda: edited(f"smtp:\n  host:{there}\n", host="relay"))
        assert (finding.code, finding.where) == ("value-of-another-type", "host")
        assert "s3cret" not in str(finding)

    def test_may_be_in_a_block_on_one_line(self) -> None:
        text = "a:  1\nsmtp: {enabled: no, port: 1} # one line\nb:  2\n"
        found = edited(text, enabled=True, port=OMIT, host="off")
        assert found == text.replace("{enabled: no, port: 1}", '{enabled: true, host: "off"}')

    def test_ends_its_lines_as_the_file_does(self) -> None:
        text = "a:   1\r\nsmtp:\r\n  port:  25\r\n# end\r\n"
        found = edited(text, port=587, host="x")
        assert found == 'a:   1\r\nsmtp:\r\n  port: 587\r\n  host: "x"\r\n# end\r\n'

    @pytest.mark.parametrize("text", HOSTILE)
    def test_is_read_by_every_parser_as_the_text_that_it_is(self, text: str) -> None:
        found = yaml.safe_load(edited("smtp:\n  enabled: true\n", password=text))
        assert found["smtp"]["password"] == text

    @given(
        st.lists(st.sampled_from(["enabled", "port", "username", "password", "host"]), unique=True),
        st.data(),
    )
    def test_means_what_is_wanted_and_keeps_every_comment(
        self, names: list[str], data: st.DataObject
    ) -> None:
        values = st.one_of(st.booleans(), st.integers(1, 65535), st.text(max_size=8), st.just(OMIT))
        printable = values.filter(lambda value: not isinstance(value, str) or value.isprintable())
        wanted: dict[str, Any] = {name: data.draw(printable) for name in names}
        text = edited(LAID_OUT, **wanted)
        before, after = yaml.safe_load(LAID_OUT), yaml.safe_load(text)
        expected = {**before["spec"].pop("smtp"), **wanted}
        assert after["spec"].pop("smtp") == {
            name: value for name, value in expected.items() if value is not OMIT
        }
        assert after == before
        for comment in ("# written by hand", "# the version", "# mail", "# who", "# what comes"):
            assert comment in text


class TestTheBlock:
    def test_is_the_only_mapping_of_that_name(self) -> None:
        text = "smtp: a text\nspec:\n  smtp:\n    port: 25\n"
        assert edited(text, port=26) == text.replace("25", "26")

    def test_is_returned_as_it_was(self) -> None:
        found = edit(FILE, LAID_OUT, Block("smtp"), None, leaves(port=1)).block
        assert found == {"enabled": False, "port": 25, "username": "bob", "password": ""}

    def test_may_be_named_by_its_place(self) -> None:
        text = "a:\n  smtp:\n    port: 25\nb:\n  mail:\n    port: 25\n"
        assert edited(text, "b.mail", port=26).endswith("b:\n  mail:\n    port: 26\n")

    def test_may_be_in_any_document_of_the_file(self) -> None:
        text = "a: 1\n---\nspec:\n   smtp:\n      port:   25\n---\nb: 1\n"
        assert edited(text, port=26) == text.replace("  25", "26")

    @pytest.mark.parametrize("text", ["a: 1\n", "", "- smtp: {port: 25}\n", "smtp:\n", "text\n"])
    def test_that_is_not_there_is_refused(self, text: str) -> None:
        finding = refused(text)
        assert finding.code == "document-block-missing"
        assert "no mapping smtp in config.yaml" in finding.message
        assert refused("smtp: {port: 25}", "spec.smtp").code == "document-block-missing"

    def test_that_is_not_the_only_one_is_refused_with_the_places_of_all(self) -> None:
        finding = refused("smtp:\n  a: 1\nspec:\n  smtp:\n    a: 1\n")
        assert finding.code == "document-block-ambiguous"
        assert "smtp, spec.smtp" in finding.message


class TestAFileThatCannotBeEdited:
    @pytest.mark.parametrize(
        ("text", "problem"),
        [
            ("smtp: [\n", "it is no YAML on line 2"),
            ("smtp:\n  port: 1\n  port: 2\n", "a key stands twice on line 3"),
        ],
    )
    def test_is_told_with_the_place(self, text: str, problem: str) -> None:
        finding = refused(text)
        assert finding.code == "document-invalid"
        assert problem in finding.message

    @pytest.mark.parametrize(
        "text",
        [
            "smtp:\n  password: 's3cret\n  port: 1\n",
            "smtp:\n  password: s3cret\n  password: s3cret\n",
            "smtp:\n  password: s3cret: x\n",
            "smtp:\n  password: !s3cret [s3cret\n",
            "smtp:\n  password: *s3cret\n",
            "smtp:\n  password: @s3cret\n",
        ],
    )
    def test_is_told_without_what_stands_in_it(self, text: str) -> None:
        assert "s3cret" not in str(refused(text))

    def test_for_want_of_the_library_says_what_to_install(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setitem(sys.modules, "ruamel.yaml", None)
        finding = refused(LAID_OUT)
        assert finding.code == "document-library-missing"
        assert f"{sys.executable} -m pip install ruamel.yaml" in finding.fix
