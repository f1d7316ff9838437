# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Nothing that others wrote steers a terminal or forges a line, wherever it is shown."""

from __future__ import annotations

from dataclasses import replace

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import terminal
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.report import advice, page, steps
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.result import (
    ProbeResult,
    Stage,
)

FORGED = "ok\x1b[2K\r\nok: [all is well]\x9b1A\u202egnp.exe\u2028\x85\ud800\x00"
ESCAPED = r"ok\x1b[2K\r\nok: [all is well]\x9b1A\u202egnp.exe\u2028\x85\ud800\x00"


def unsafe(text: str) -> list[str]:
    """The characters of a text that may not reach a terminal."""
    return [each for each in text if not (each.isprintable() or each in "\t\n")]


class TestALine:
    def test_shows_controls_as_escapes(self) -> None:
        assert terminal.line(FORGED) == ESCAPED

    def test_is_the_same_when_it_is_made_twice(self) -> None:
        assert terminal.line(ESCAPED) == ESCAPED

    @pytest.mark.parametrize("text", ["Grüße, 世界", "קרן", "क्\u200dष", "👩\u200d💻", "a\tb"])
    def test_keeps_what_people_write(self, text: str) -> None:
        assert terminal.line(text) is text

    def test_is_cut_where_nobody_reads_on(self) -> None:
        assert terminal.line("x" * 50, longest=10) == f"{'x' * 10}…"


def test_a_page_has_the_lines_of_its_author_alone() -> None:
    assert terminal.page(["one\ntwo", "three"]) == "one\\ntwo\nthree"
    assert terminal.message(terminal.page(["one", "two"])) == "one\ntwo"
    assert terminal.message("one\ntwo") == r"one\ntwo"


def test_data_keeps_its_line_ends() -> None:
    thing = {"pem\x1b": ["a\nb\r\nc\rd", 3, None, ("\u202e",)], 5: True}
    assert terminal.data(thing) == {"pem\\x1b": ["a\nb\r\nc\\rd", 3, None, ["\\u202e"]], 5: True}


class TestAFinding:
    def test_is_safe_whoever_makes_it(self) -> None:
        finding = Finding("code", "error", FORGED, FORGED, FORGED)
        assert not unsafe(str(finding))
        assert "\n" not in str(finding)
        assert finding.message == ESCAPED
        assert replace(finding, message=f"again {FORGED}").message == f"again {ESCAPED}"

    def test_of_a_catalogue_is_safe_in_every_fact(self) -> None:
        entry = Entry("code", "error", "It says {words}.", "Ask {whom}.", "Means that.")
        finding = Catalogue([entry]).finding("code", where="here", words=FORGED, whom=FORGED)
        assert finding.message == f"It says {ESCAPED}."
        assert finding.fix == f"Ask {ESCAPED}."


class TestAReport:
    RESULT = ProbeResult(relay="mail:25", stages=[Stage("banner", detail=f"220 {FORGED}")])

    def test_has_a_line_for_a_stage_whatever_the_relay_says(self) -> None:
        assert not unsafe(page(self.RESULT.as_dict()))
        assert len(page(self.RESULT.as_dict()).split("\n")) == len(
            list(steps(self.RESULT.as_dict()))
        )

    def test_is_safe_in_advice_of_others(self) -> None:
        told = {"severity": "error", "message": FORGED, "code": "x", "fix": FORGED}
        assert not unsafe(terminal.page(advice([told])))
