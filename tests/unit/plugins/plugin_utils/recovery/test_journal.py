# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run writes down before a change is read back by the next one, whole or not at all."""

from __future__ import annotations

import base64
import json
from collections.abc import Callable, Mapping
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.recovery.journal import (
    LARGEST,
    MOST_WORKLOADS,
    Journal,
    Noted,
    read,
    secret,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import Mounted
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.recovery.journals import (
    entry,
    record,
)

MOUNTED = Mounted("Deployment", "qua-api", "0123456789abcdef" * 2, {"api": "node"})
BARE = Mounted("StatefulSet", "qua-cmd")
KEPT = [revision(number) for number in (1, 2, 3)]
UPGRADE = entry("run", "upgrade", 3, 2, (MOUNTED,), before=entry("earlier", "proof", 2, 1))


def written(journal: Journal) -> dict[str, Any]:
    return secret(journal, "qua", record(2), journal.run)


def with_text(text: bytes) -> dict[str, Any]:
    """A Secret whose journal is this text."""
    return {**written(UPGRADE), "data": {"journal": base64.b64encode(text).decode()}}


def data_of(journal: Journal) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(base64.b64decode(written(journal)["data"]["journal"]))
    return found


def changed(change: Callable[[dict[str, Any]], None]) -> dict[str, Any]:
    """The Secret of a journal in which somebody has changed something."""
    data = data_of(UPGRADE)
    change(data)
    return with_text(json.dumps(data).encode())


@pytest.mark.parametrize(
    "journal",
    [
        entry("run", "upgrade", 3, 2),
        entry("run", "upgrade", 3, None, (MOUNTED, BARE)),
        entry("run", "roll", 3, 3, (MOUNTED,)),
        entry("run", "roll", 3, None),
        entry("run", "proof", 3, 2),
        entry("run", "undo", 3, 1),
        entry(
            "run", "upgrade", 4, 2, (MOUNTED,), before=entry("earlier", "proof", 3, 2, (MOUNTED,))
        ),
    ],
)
def test_it_is_read_back(journal: Journal) -> None:
    assert read(written(journal), KEPT) == Noted(journal)


def test_it_is_a_secret_beside_the_records_which_goes_with_the_record_in_use() -> None:
    found = written(UPGRADE)
    assert found["type"] == "mailops.smtp/journal.v1"
    assert found["metadata"]["name"] == "mailops.journal.v1.qua"
    assert found["metadata"]["labels"] == {"owner": "mailops.smtp", "name": "qua"}
    (owner,) = found["metadata"]["ownerReferences"]
    assert (owner["name"], owner["uid"]) == ("sh.helm.release.v1.qua.v2", "uid-2")


def test_it_holds_references_and_no_object() -> None:
    assert data_of(entry("run", "upgrade", 3, 2, (MOUNTED,))) == {
        "run": "run",
        "kind": "upgrade",
        "phase": "begun",
        "leaves": {"number": 2, "uid": "uid-2"},
        "good": {"number": 2, "uid": "uid-2"},
        "makes": 3,
        "ca": [
            {
                "kind": "Deployment",
                "name": "qua-api",
                "digest": "0123456789abcdef" * 2,
                "containers": {"api": "node"},
            }
        ],
        "before": None,
    }


def test_there_may_be_none() -> None:
    assert read(None, KEPT) == Noted()


@pytest.mark.parametrize(
    "text",
    [
        b"",
        b"{",
        b"\xff",
        b"[]",
        b"null",
        b"[" * 8000,
        b'{"makes": ' + b"9" * 5000 + b"}",
        b" " * (LARGEST + 1),
    ],
    ids=["empty", "cut off", "bytes", "list", "null", "deep", "digits", "large"],
)
def test_what_is_not_a_journal_is_told_and_not_used(text: bytes) -> None:
    found = read(with_text(text), KEPT)
    assert found.journal is None
    assert found.problem.startswith("it cannot be read")


WRONG: Mapping[str, Callable[[dict[str, Any]], None]] = {
    "a field more": lambda data: data.update(body={"kind": "Deployment"}),
    "a field less": lambda data: data.pop("makes"),
    "a run with a line end": lambda data: data.update(run="run\nok"),
    "a kind": lambda data: data.update(kind="sleep"),
    "a kind that is a list": lambda data: data.update(kind=[]),
    "a phase": lambda data: data.update(phase="done"),
    "no leaves": lambda data: data.update(leaves=None),
    "a number as text": lambda data: data["good"].update(number="2"),
    "a truth value for a number": lambda data: data.update(makes=True),
    "a number below one": lambda data: data.update(makes=0),
    "a huge number": lambda data: data.update(makes=10**12),
    "an empty uid": lambda data: data["leaves"].update(uid=""),
    "no ca": lambda data: data.update(ca=None),
    "before that is a number": lambda data: data.update(before=5),
    "an earlier one of an earlier one": lambda data: data["before"].update(before=data_of(UPGRADE)),
    "too many workloads": lambda data: data.update(ca=data["ca"] * (MOST_WORKLOADS + 1)),
    "an object in the ca": lambda data: data["ca"].append({"kind": "Deployment", "spec": {}}),
    "another kind of object": lambda data: data["ca"][0].update(kind="Secret"),
    "a name that leads elsewhere": lambda data: data["ca"][0].update(name="../../secrets/x"),
    "a digest that leads elsewhere": lambda data: data["ca"][0].update(digest="../secrets/x"),
    "a runtime that is not known": lambda data: data["ca"][0].update(containers={"api": "sh"}),
    "a runtime without a variable": lambda data: data["ca"][0].update(containers={"api": "java"}),
    "a container with a slash": lambda data: data["ca"][0].update(containers={"a/b": "node"}),
    "no digest for containers": lambda data: data["ca"][0].update(digest=""),
}


@pytest.mark.parametrize("change", WRONG.values(), ids=WRONG)
def test_anything_but_its_own_form_is_told_and_not_used(
    change: Callable[[dict[str, Any]], None],
) -> None:
    assert read(changed(lambda _data: None), KEPT).journal == UPGRADE
    found = read(changed(change), KEPT)
    assert found.journal is None
    assert found.problem.startswith("it cannot be read")


@given(
    st.recursive(
        st.none() | st.booleans() | st.integers() | st.text(),
        lambda each: st.lists(each) | st.dictionaries(st.sampled_from([*data_of(UPGRADE)]), each),
    )
)
def test_whatever_it_holds_is_read_or_told(data: Any) -> None:
    for found in (with_text(json.dumps(data).encode()), changed(lambda own: own.update(ca=data))):
        noted = read(found, KEPT)
        assert (noted.journal is None) is bool(noted.problem)


@pytest.mark.parametrize("field", ["leaves", "good"])
def test_one_about_the_records_of_another_release_of_the_name_is_told_and_not_used(
    field: str,
) -> None:
    found = read(changed(lambda data: data[field].update(uid="of-another")), KEPT)
    assert found == Noted(problem="it is about records that another release of this name had")


def test_a_record_that_helm_has_pruned_since_says_nothing_against_it() -> None:
    assert read(written(entry("run", "done", 9, 8)), [revision(9)]).journal is not None


def test_a_secret_of_another_type_is_not_a_journal() -> None:
    assert read({**written(UPGRADE), "type": "Opaque"}, KEPT).journal is None
    assert read({"metadata": {}, "type": "mailops.smtp/journal.v1"}, KEPT).journal is None


def test_one_that_no_run_would_read_is_not_written() -> None:
    names = {f"{'c' * 200}{number}": "node" for number in range(100)}
    large = Mounted("Deployment", "qua-api", "0" * 32, names)
    with pytest.raises(ValueError, match="bytes"):
        written(entry("run", "upgrade", 3, 2, (large,)))


def test_a_roll_is_told_from_an_upgrade_also_when_it_is_done() -> None:
    assert entry("run", "roll", 3, 3).rolls
    assert entry("run", "roll", 3, None).rolls
    assert entry("run", "done", 3, 3).rolls
    assert entry("run", "proof", 3, 3).rolls
    assert not entry("run", "done", 3, 2).rolls
    assert not entry("run", "upgrade", 3, None).rolls


def test_pods_that_get_something_else_again_are_to_be_seen_again() -> None:
    assert entry("run", "proof", 3, 2).reopened((MOUNTED,)) == entry(
        "run", "upgrade", 3, 2, (MOUNTED,)
    )
    assert entry("run", "proof", 3, 3).reopened(()) == entry("run", "roll", 3, 3)
    assert entry("run", "upgrade", 3, 2).reopened(()) == entry("run", "upgrade", 3, 2)
