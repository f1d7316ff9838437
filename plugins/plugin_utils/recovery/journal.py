# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a run is about to do, written down before it does it: what the next run needs if it is killed. Pure.

The journal is a Secret beside Helm's records. Whoever can write it can write those too, and so chooses the
chart. It is input all the same: a strict schema, no object, and references that must agree with the records.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any, Literal, cast, get_args

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import JOURNAL_NAME
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision, record_name
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import mounted
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import Mounted

Kind = Literal["upgrade", "roll", "undo"]
Phase = Literal["begun", "arrived", "closed"]

TYPE = "mailops.smtp/journal.v1"
OWNER = "mailops.smtp"
CLAIMED_BY = "mailops.smtp/claimed-by"
"""The annotation that names the run that may write the journal."""
LARGEST = 16 * 1024
"""Bytes of a journal. One with 32 workloads takes about 8 KiB."""
MOST_WORKLOADS = 64
HIGHEST_REVISION = 10**9

_KEY = "journal"
_FIELDS = frozenset({"run", "kind", "phase", "leaves", "good", "makes", "ca", "before"})
_RUN = re.compile(r"[a-z0-9]{1,32}")
_UID = re.compile(r"[A-Za-z0-9-]{1,64}")


@dataclass(frozen=True)
class Record:
    """A revision, and the Secret that held it.

    :param uid: of the Secret: the record of another release of the same name has another one.
    """

    number: int
    uid: str

    @classmethod
    def of(cls, revision: Revision) -> Record:
        """Return the reference to a revision that is kept."""
        return cls(revision.number, revision.uid)


@dataclass(frozen=True)
class Journal:
    """The last word of a run. No secret, and nothing of the settings.

    :param run: its name.
    :param kind: what it does: `upgrade` makes a revision, `roll` gives the pods something else without
        one, `undo` rolls back.
    :param phase: `begun` until all of it was seen to be right in the pods; `arrived` while its proof is
        owed; then `closed`.
    :param leaves: the revision that was in use before.
    :param good: the revision whose pods were ready before; `None` when none was. A roll stays with its own.
    :param makes: the number of the revision that it makes; of a roll, of the one in use.
    :param ca: what the workloads had of the private CA that it changes. Later entries for the same
        workload were never seen to be right.
    :param before: what an earlier run has left open. It counts until this run has come to its revision.
    """

    run: str
    kind: Kind
    phase: Phase
    leaves: Record
    good: Record | None
    makes: int
    ca: tuple[Mounted, ...] = ()
    before: Journal | None = None

    @property
    def seen(self) -> bool:
        """Whether all of it was seen to be right in the pods, or is undone."""
        return self.phase != "begun"

    @property
    def rolls(self) -> bool:
        """Whether the revision in use stays."""
        return self.kind == "roll"

    @property
    def undoes(self) -> bool:
        """Whether it is a rollback that has not come to its end."""
        return self.kind == "undo" and self.phase == "begun"

    def reopened(self, ca: tuple[Mounted, ...]) -> Journal:
        """Return the same when the pods get something else once more, before all is done.

        :param ca: as that of the journal, with what changes now.
        """
        return replace(self, phase="begun", ca=ca)

    def owing(self, run: str) -> Journal | None:
        """Return the part of it by which the change of a run owes its proof, if it does."""
        both = (each for each in (self, self.before) if each)
        return next((each for each in both if (each.run, each.phase) == (run, "arrived")), None)


@dataclass(frozen=True)
class Noted:
    """What was read of a journal.

    :param problem: why there is no journal that counts although there is a Secret; empty otherwise.
    """

    journal: Journal | None = None
    problem: str = ""


def name_of(release: str) -> str:
    """Return the name of the Secret with the journal of a release."""
    return JOURNAL_NAME + release


def secret(journal: Journal, release: str, owner: Record, claimed_by: str) -> dict[str, Any]:
    """Return the Secret with a journal, which goes when the record in use goes.

    :param owner: the record in use.
    :param claimed_by: the run that writes it.
    :raises ValueError: when it is larger than the next run would read.
    """
    text = json.dumps(_data(journal), separators=(",", ":"))
    if len(text) > LARGEST:
        raise ValueError(f"the journal has {len(text)} bytes, and {LARGEST} at most")
    return {
        "apiVersion": "v1",
        "kind": "Secret",
        "metadata": {
            "name": name_of(release),
            "labels": {"owner": OWNER, "name": release},
            "annotations": {CLAIMED_BY: claimed_by},
            "ownerReferences": [
                {
                    "apiVersion": "v1",
                    "kind": "Secret",
                    "name": record_name(release, owner.number),
                    "uid": owner.uid,
                }
            ],
        },
        "type": TYPE,
        "data": {_KEY: base64.b64encode(text.encode()).decode()},
    }


def is_writable(found: Mapping[str, Any]) -> bool:
    """Return whether a Secret of that name can be replaced by a journal: its type never changes."""
    return found.get("type") == TYPE and not found.get("immutable")


def read(found: Mapping[str, Any] | None, revisions: Sequence[Revision]) -> Noted:
    """Return what a Secret says, if it is a journal of the release that is kept.

    :param found: the Secret as the API server gives it; `None` when there is none.
    :param revisions: all that are kept.
    """
    if found is None:
        return Noted()
    try:
        if found.get("type") != TYPE:
            raise ValueError(f"its type is not {TYPE}")
        journal = _journal(_decoded((found.get("data") or {}).get(_KEY)))
    except ValueError as error:
        return Noted(problem=f"it cannot be read: {error}")
    uids = {revision.number: revision.uid for revision in revisions}
    references = [
        each for entry in (journal, journal.before) if entry for each in (entry.leaves, entry.good)
    ]
    if any(each and uids.get(each.number, each.uid) != each.uid for each in references):
        return Noted(problem="it is about records that another release of this name had")
    return Noted(journal)


def _data(journal: Journal) -> dict[str, Any]:
    return {
        "run": journal.run,
        "kind": journal.kind,
        "phase": journal.phase,
        "leaves": vars(journal.leaves),
        "good": vars(journal.good) if journal.good else None,
        "makes": journal.makes,
        "ca": [each.as_dict() for each in journal.ca],
        "before": _data(journal.before) if journal.before else None,
    }


def _decoded(text: Any) -> Any:
    if not isinstance(text, str) or len(text) > 2 * LARGEST:
        raise ValueError("it holds no journal, or one that is too large")
    try:
        raw = base64.b64decode(text, validate=True)
        if len(raw) > LARGEST:
            raise ValueError("it is too large")
        return json.loads(raw)
    except (binascii.Error, UnicodeDecodeError, json.JSONDecodeError, RecursionError):
        raise ValueError("it holds no JSON") from None


def _journal(data: Any, *, earlier: bool = False) -> Journal:
    """:raises ValueError: for anything that `_data` does not make."""
    if not isinstance(data, dict) or set(data) != _FIELDS:
        raise ValueError("its fields are not the expected ones")
    run, kind, phase, ca = (data[key] for key in ("run", "kind", "phase", "ca"))
    if not (isinstance(run, str) and _RUN.fullmatch(run)):
        raise ValueError("the name of its run is not valid")
    if kind not in get_args(Kind) or phase not in get_args(Phase):
        raise ValueError("its kind or its phase is not known")
    if not isinstance(ca, list) or len(ca) > MOST_WORKLOADS:
        raise ValueError("its workloads are not a list, or too many")
    if earlier and data["before"] is not None:
        raise ValueError("it holds more than one earlier entry")
    return Journal(
        run=run,
        kind=cast(Kind, kind),
        phase=cast(Phase, phase),
        leaves=_record(data["leaves"]),
        good=None if data["good"] is None else _record(data["good"]),
        makes=_number(data["makes"]),
        ca=tuple(map(mounted.of_dict, ca)),
        before=None if data["before"] is None else _journal(data["before"], earlier=True),
    )


def _record(data: Any) -> Record:
    if not isinstance(data, dict) or set(data) != {"number", "uid"}:
        raise ValueError("a revision in it is not valid")
    uid = data["uid"]
    if not (isinstance(uid, str) and _UID.fullmatch(uid)):
        raise ValueError("the uid of a record is not valid")
    return Record(_number(data["number"]), uid)


def _number(value: Any) -> int:
    # A truth value is an int in Python, and no number.
    is_number = isinstance(value, int) and not isinstance(value, bool)
    if not is_number or not 1 <= value <= HIGHEST_REVISION:
        raise ValueError("the number of a revision is not valid")
    return int(value)
