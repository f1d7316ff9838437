# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm's own records of a release are read, and the revision that is in use is found."""

from __future__ import annotations

import base64
import contextlib
import gzip
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.chart import subcharts_in_use, write
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import (
    decode,
    in_use,
    last_good,
    newest,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import (
    encoded,
    record,
    revision,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import PASSWORD


def test_a_record_tells_number_status_chart_values_and_manifest() -> None:
    found = decode("qua", {"status": "superseded", "version": "7"}, encoded(record()))
    assert (found.release, found.number, found.status) == ("qua", 7, "superseded")
    assert found.labels == {"status": "superseded", "version": "7"}
    assert (found.chart_name, found.chart_version) == ("qualytics", "2026.8.18")
    assert found.values == {"controlplane": {"smtp": {"port": "587"}}}
    assert found.manifest.startswith("---\n# Source: qualytics/")
    assert found.description == "Install complete"


def test_a_record_without_labels_tells_its_status_and_number_itself() -> None:
    found = decode("qua", {}, encoded(record(version=3)))
    assert (found.number, found.status) == (3, "deployed")


def test_a_release_without_values_of_its_own_has_none() -> None:
    assert revision(config=None).values == {}


def test_a_record_does_not_show_its_values_when_it_is_printed() -> None:
    assert PASSWORD not in repr(revision(config={"password": PASSWORD}))


def test_what_one_reader_changes_is_not_what_the_next_one_gets() -> None:
    data = encoded(record())
    decode("qua", {}, data).values["controlplane"]["smtp"]["port"] = "25"
    assert decode("qua", {}, data).values == {"controlplane": {"smtp": {"port": "587"}}}


def _twice(data: bytes) -> str:
    return base64.b64encode(base64.b64encode(data)).decode()


@pytest.mark.parametrize(
    "data",
    [
        "",
        "%%%",
        "AAAA",
        _twice(b"no gzip"),
        _twice(gzip.compress(f'{{"password": "{PASSWORD}"'.encode(), mtime=0)),
        _twice(gzip.compress(b"\xff\xfe{}", mtime=0)),
        _twice(gzip.compress(b"{}", mtime=0)[:-9]),
        _twice(gzip.compress(b"{}" * 99, mtime=0)[:10] + b"\xff" * 30),
    ],
)
def test_what_is_no_record_is_one_error_that_tells_nothing_of_it(data: str) -> None:
    with pytest.raises(ValueError, match="the record of release qua cannot be read") as caught:
        decode("qua", {}, data)
    assert caught.value.__cause__ is None
    assert PASSWORD not in str(caught.value)


def _record(**changes: Any) -> str:
    return encoded(record(**changes))


@pytest.mark.parametrize(
    "data",
    [
        pytest.param(_twice(gzip.compress(b" " * (40 * 2**20))), id="40 MiB of nothing"),
        pytest.param(
            _twice(gzip.compress(b'{"a": ' + b"[" * 10**6 + b"]" * 10**6 + b"}")), id="deep"
        ),
        pytest.param(_twice(gzip.compress(b'{"version": ' + b"1" * 5000 + b"}")), id="digits"),
        pytest.param(_twice(gzip.compress(b"[" + b"[]," * 2 * 10**6 + b"1]")), id="many"),
        pytest.param(encoded([]), id="no object"),
        pytest.param(_record(info=None), id="no info"),
        pytest.param(_record(info={"status": 5}), id="status"),
        pytest.param(_record(info={"status": "deployed", "last_deployed": "x"}), id="time"),
        pytest.param(
            _record(info={"status": "deployed", "last_deployed": "2026-01-01T00:00:00"}), id="zone"
        ),
        pytest.param(_record(config=["a"]), id="values"),
        pytest.param(_record(manifest={}), id="manifest"),
        pytest.param(_record(hooks=[None]), id="hooks"),
        pytest.param(_record(chart={"metadata": []}), id="metadata"),
        pytest.param(_record(chart={"templates": [{"name": 1}]}), id="templates"),
        pytest.param(_record(version=True), id="version"),
    ],
)
def test_a_record_that_is_forged_is_that_error_too(data: str) -> None:
    with pytest.raises(ValueError, match="the record of release qua cannot be read"):
        decode("qua", {}, data)


PARTS = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(), inner, max_size=3),
    max_leaves=5,
)


@given(st.sampled_from(sorted(record())), PARTS, st.sampled_from(["", "info", "chart"]))
def test_whatever_stands_in_a_record_is_read_or_that_error(key: str, part: Any, into: str) -> None:
    forged = record()
    target: Any = forged[into] if into else forged
    target[key if not into else sorted(target)[len(key) % len(target)]] = part
    try:
        found = decode("qua", {}, encoded(forged))
    except ValueError:
        return
    assert isinstance(found.values, dict)
    assert isinstance(found.chart_name, str)
    assert isinstance(found.defaults, dict)
    assert found.begun.tzinfo
    assert isinstance(found.description, str)
    assert isinstance(subcharts_in_use(found), list)
    with tempfile.TemporaryDirectory() as folder, contextlib.suppress(ValueError):
        write(found, Path(folder))


@given(st.binary(max_size=200))
def test_bytes_that_are_no_record_are_that_error(data: bytes) -> None:
    for text in (_twice(data), _twice(gzip.compress(data)), data.decode("latin-1")):
        with pytest.raises(ValueError, match="cannot be read"):
            decode("qua", {}, text)


def test_in_use_is_the_newest_deployed_revision_also_while_another_is_pending_or_failed() -> None:
    revisions = [
        revision(1, "superseded"),
        revision(10, "deployed"),
        revision(9, "deployed"),
        revision(11, "failed"),
        revision(12, "pending-upgrade"),
    ]
    found = in_use(revisions)
    assert found is not None
    assert found.number == 10
    last = newest(revisions)
    assert last is not None
    assert last.number == 12


def test_nothing_is_in_use_when_nothing_is_deployed() -> None:
    assert in_use([revision(1, "failed")]) is None
    assert in_use([]) is None
    assert newest([]) is None


@pytest.mark.parametrize(
    "description",
    ["Install complete", "Upgrade complete", "Rollback to 2", "in the words of --description"],
)
def test_the_last_good_revision_is_a_superseded_one_that_was_complete(description: str) -> None:
    revisions = [
        revision(3, "superseded", description),
        revision(4, "superseded", 'Upgrade "qua" failed: context deadline exceeded'),
        revision(5, "superseded", "Preparing upgrade"),
        revision(6, "pending-rollback", "Rollback to 3"),
    ]
    found = last_good(revisions)
    assert found is not None
    assert found.number == 3


def test_no_revision_is_good_when_none_has_worked() -> None:
    assert last_good([revision(1, "failed", "Install failed")]) is None
