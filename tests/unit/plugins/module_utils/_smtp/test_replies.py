# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Refusals in words that nobody has listed are understood: measured on a corpus, and nothing is there in vain."""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections import Counter
from pathlib import Path

import pytest
from tools.replies import COUNTS, Sample, samples

from ansible_collections.mailops.smtp.plugins.module_utils._smtp import vocabulary
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.diagnosis import (
    Judgement,
    diagnose,
    judge,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.observation import Observation
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.protocol import Reply, printable
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.refusal import Saying
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.relay_catalogue import (
    CATALOGUE,
    FACTS,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.reply_words import concepts, read
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.sayings import PLAIN, TELLING
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.verdicts import (
    BY_ENHANCED,
    VERDICTS,
)

ROOT = Path(__file__).resolve().parents[5]
CORPUS = Path(__file__).with_name("replies.yml")
SAMPLES = list(samples(CORPUS))

RIGHT = 0.98
WRONG_WITHOUT_A_HEDGE = 0.005
PERMANENCE_WRONG = 0.01
# Seconds. The mean of many: other work on the machine must not make a test fail.
ONE_DIAGNOSIS = 0.001


def judged(stage: str, reply: str, **facts: str) -> Judgement:
    code, _blank, text = reply.partition(" ")
    known = {**dict.fromkeys(FACTS, ""), "host": "relay.example.org", "port": "587", **facts}
    return judge(Observation(stage, reply=Reply(int(code), (text,))), known)


# -- the corpus ---------------------------------------------------------------------------------


def test_the_corpus_is_understood() -> None:
    counts = Counter(name for each in SAMPLES for name in each.counts)
    wrong = "\n".join(str(each) for each in SAMPLES if "right" not in each.counts)
    assert counts["right"] >= RIGHT * len(SAMPLES), wrong
    assert counts["wrong without a hedge"] <= WRONG_WITHOUT_A_HEDGE * len(SAMPLES), wrong
    assert counts["permanence wrong"] <= PERMANENCE_WRONG * len(SAMPLES), wrong


def test_every_sample_has_a_name_of_its_own_and_wants_findings_that_exist() -> None:
    names = [each.entry["id"] for each in SAMPLES]
    assert len(set(names)) == len(names)
    wanted = {code for each in SAMPLES for code in each.entry["want"]} - {"unknown"}
    assert wanted <= {entry.code for entry in CATALOGUE}


def test_a_diagnosis_takes_no_longer_than_a_millisecond() -> None:
    seen = [(each.seen, each.facts) for each in SAMPLES]
    for observation, facts in seen:
        diagnose(observation, where="here", facts=facts)
    started = time.process_time()
    for observation, facts in seen:
        diagnose(observation, where="here", facts=facts)
    assert (time.process_time() - started) / len(seen) < ONE_DIAGNOSIS


@pytest.mark.parametrize("piece", ["a.", "sender mismatch ", "a:", "x@", "::", "1.2.3.4.", "被"])
def test_a_hostile_reply_does_not_keep_the_probe_busy(piece: str) -> None:
    started = time.process_time()
    judged("mail", f"550 {piece * 30_000}")
    assert time.process_time() - started < 1


# -- the door ---------------------------------------------------------------------------------------


def door(*arguments: str) -> str:
    command = [sys.executable, "-m", "tools.replies", *arguments]
    return subprocess.run(command, cwd=ROOT, check=True, capture_output=True, text=True).stdout


def test_the_door_prints_a_percentage_on_a_line_of_its_own() -> None:
    lines = door(str(CORPUS)).splitlines()
    assert [line.rpartition(" ")[0].rpartition(" ")[0] for line in lines] == list(COUNTS)
    assert all(line.endswith(" %") for line in lines)


def test_the_door_lists_what_is_not_right(tmp_path: Path) -> None:
    file = tmp_path / "replies.yml"
    file.write_text(
        "- {id: mine, stage: mail, login: none, port: 25, want: [greylisted], permanent: true,\n"
        "   reply: 550 Relay access denied}\n"
    )
    listed = door(str(file), "--list")
    assert "mine [mail] 550 Relay access denied" in listed
    assert "said relay-denied" in listed
    assert "wrong without a hedge 100.0 %" in listed


def test_the_door_speaks_json_from_fields() -> None:
    lines = [json.loads(line) for line in door(str(CORPUS), "--json").splitlines()]
    assert len(lines) == len(SAMPLES)
    assert set(lines[0]) == {"id", "code", "hedged", "permanent"}


def test_the_door_refuses_a_file_that_is_not_there() -> None:
    command = [sys.executable, "-m", "tools.replies", "nosuch.yml"]
    done = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    assert done.returncode == 2
    assert "FILE=" in done.stderr


# -- words ------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("text", "meant"),
    [
        ("Sender isn't permitted", "sender refuse"),
        ("<a@b.example>: Sender is not allowed", "sender refuse"),
        ("Envelope From is denied (#5.7.1)", "sender refuse"),
        ("Access denied, see https://example.org/sender/unknown", "refuse see"),
        ("host mx[192.0.2.1] said: 550 No such user", ""),
        ("Absender nicht erlaubt", "sender refuse"),
        ("Expéditeur refusé", "sender refuse"),
        ("Отправитель отклонён", "sender refuse"),
        ("发件人拒绝", "sender refuse"),
    ],
)
def test_one_meaning_has_one_form_in_every_spelling_and_language(text: str, meant: str) -> None:
    assert " ".join(concepts(text)) == meant


@pytest.mark.parametrize(
    ("text", "codes"),
    [
        ("5.7.1 no", ("5.7.1",)),
        ("sorry (#5.1.8)", ("5.1.8",)),
        ("no: 5.7.25 and 5.1.1", ("5.7.25", "5.1.1")),
        # Another class, an address and a version are none.
        ("4.7.1 and 192.5.1.1 and 5.1.1.2", ()),
    ],
)
def test_enhanced_codes_are_found_in_any_place(text: str, codes: tuple[str, ...]) -> None:
    assert read(Reply(550, (text,))).enhanced == codes


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("535 请使用授权码登录".encode("gbk"), "535 请使用授权码登录"),
        ("550 Empfänger unbekannt".encode("latin-1"), "550 Empfänger unbekannt"),
        ("550 Empfänger".encode(), "550 Empfänger"),
        (b"550 \xff\xfe", "550 \\xff\\xfe"),
    ],
)
def test_a_relay_that_does_not_speak_utf_8_is_read(data: bytes, text: str) -> None:
    assert printable(data) == text


# -- what the walk knows -------------------------------------------------------------------------------


def test_a_refused_client_without_a_login_on_a_submission_port_is_told_to_log_in() -> None:
    words = "554 5.7.1 <pod[192.0.2.1]>: Client host rejected: Access denied"
    assert judged("rcpt", words).code == "auth-required"
    assert judged("rcpt", words, username="app").code == "client-refused"
    assert judged("rcpt", words, port="25").code == "client-refused"


def test_530_is_not_answered_with_log_in_after_a_login() -> None:
    assert judged("mail", "530 no").code == "auth-required"
    assert judged("mail", "530 no", username="app").code == "sender-rejected"


# -- what it means for a change ----------------------------------------------------------------------


@pytest.mark.parametrize(
    ("stage", "reply", "permanent", "blames"),
    [
        # Permanent refusals with a code that promises otherwise.
        ("rcpt", "454 4.7.1 <ops@example.net>: Relay access denied", True, True),
        ("data", "421 Your account is not activated", True, True),
        ("mail", "451 5.7.3 STARTTLS is required to send mail", True, True),
        ("mail", "440 mail from account doesn't conform with authentication", True, True),
        # A domain that is missing, and a DNS that has no answer just now.
        ("rcpt", "450 4.1.8 <a@b.invalid>: Sender address rejected: Domain not found", True, True),
        ("mail", "451 DNS lookup of the sender's domain failed, try again later", False, False),
        # What passes, and what lasts without being anybody's setting.
        ("rcpt", "451 4.7.1 Greylisted, try again later", False, False),
        ("auth", "454 4.7.0 Too many failed login attempts", True, False),
        ("data", "454 Throttling failure: Daily message quota exceeded", True, False),
        ("data", "451 4.7.1 Rate limit exceeded", False, False),
        ("banner", "421 4.3.2 The service is shutting down", False, False),
    ],
)
def test_permanence_comes_from_the_verdict(
    stage: str, reply: str, permanent: bool, blames: bool
) -> None:
    found = judged(stage, reply, username="app")
    assert (found.permanent, found.blames_settings) == (permanent, blames)


# -- nothing in the tables is there in vain -------------------------------------------------------------


def decisive(sample: Sample) -> Saying | None:
    """The saying that decides about a reply, if it is one that does."""
    reply = sample.seen.reply
    assert reply is not None
    said = read(reply)
    for sayings in (TELLING, PLAIN):
        for words in (said.inner, said.all):
            present = frozenset(words)
            for each in sayings:
                if each.counts(sample.seen.stage, reply.kind, sample.facts) and each.fits(
                    words, present
                ):
                    return each
    return None


def test_every_saying_decides_about_some_reply_of_the_corpus() -> None:
    used = {id(decisive(sample)) for sample in SAMPLES}
    idle = [each for each in (*TELLING, *PLAIN) if id(each) not in used]
    assert [(each.subject, each.verdict, each.stage) for each in idle] == []


def test_every_verdict_is_a_listed_finding_and_is_spoken_of() -> None:
    assert {verdict.code for verdict in VERDICTS.values()} <= {entry.code for entry in CATALOGUE}
    spoken = {(each.subject, each.verdict) for each in (*TELLING, *PLAIN)}
    assert spoken | {(subject, name) for subject, name, _code, _stages in BY_ENHANCED} == set(
        VERDICTS
    )


def test_every_word_has_one_meaning() -> None:
    forms = [form for forms in vocabulary.FORMS.values() for form in forms.split()]
    assert [form for form, count in Counter(forms).items() if count > 1] == []


def test_every_concept_of_a_phrase_can_come_out_of_a_text() -> None:
    """A phrase with a word that the vocabulary turns into another would never fit."""
    parts = {
        word
        for each in (*TELLING, *PLAIN)
        for phrase in each.phrases
        for part, _far in phrase.parts
        for word in part
    }
    joined = {word for pair in vocabulary.JOINED.values() for word in pair.split()}
    known = joined | {word for concept in vocabulary.FORMS for word in concept.split()}
    signs = {word for _sign, meant in vocabulary.IDEOGRAMS for word in meant.split()}
    lost = [word for word in parts - known - signs if concepts(word) != (word,)]
    assert lost == []
