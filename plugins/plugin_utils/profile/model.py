# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile says, and what comes out of it for one description."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import Enum
from pathlib import Path as FilePath
from typing import TYPE_CHECKING, Any, Literal

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding

if TYPE_CHECKING:
    from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.override import Bound

Path = tuple[str, ...]
"""Where a value stands, key by key."""

Target = Literal["helm", "file", "document", "api", "form", "env"]
"""What a profile's values are: of a chart, a file, a part of a file, an API body, a form, variables."""

Verifies = Literal["yes", "no", "undocumented"]
Rolls = Literal["all", "settings", "none"]
Effect = Literal["replaces", "beside", "keeps", "hides"]


class Marker(Enum):
    """What a profile's expression can answer instead of a value."""

    OMIT = "omit"
    KEEP = "keep"
    PRESENT = "present"

    def __str__(self) -> str:
        # Jinja2 makes text of what it joins. No value has a NUL, so a marker is still found in it.
        return f"\0{self.value}\0"


OMIT = Marker.OMIT
"""The key must not be there; the variable must not be set."""
KEEP = Marker.KEEP
"""Whatever is there stays, and nothing is expected of it."""
PRESENT = Marker.PRESENT
"""Evidence only: it must be there, and nobody here knows its value."""


@dataclass(frozen=True)
class SecretSupport:
    """How an application takes its credentials from a Secret that is there already.

    :param keys: what the Secret holds, such as ``password``, to the key's default name.
    :param free: whether the names of the keys can be chosen.
    :param required: whether a password is possible in no other way.
    """

    keys: Mapping[str, str]
    free: bool
    required: bool


@dataclass(frozen=True)
class Supports:
    """What the application can and cannot do.

    :param ports: for each security that it speaks, the ports that mean it; empty for any port.
    :param auth: the kinds of login: none, password, oauth.
    :param mechanisms: the SASL mechanisms that can be set; empty when there is no setting.
    :param fields: optional fields of the description that it can express.
    :param disabled: whether its values can switch mail off.
    :param verifies: for each security whether it verifies certificates.
    :param private_ca: whether its values can carry a CA of one's own.
    :param skip_verify: `None` when verification cannot be switched off, ``mail`` when the switch
        reaches mail only, else a sentence that says what else it reaches.
    :param existing_secret: `None` when the credentials cannot lie in a Secret of one's own.
    """

    ports: Mapping[str, tuple[int, ...]]
    auth: tuple[str, ...]
    mechanisms: tuple[str, ...]
    fields: frozenset[str]
    disabled: bool
    verifies: Mapping[str, Verifies]
    private_ca: bool
    skip_verify: str | None
    existing_secret: SecretSupport | None


@dataclass(frozen=True)
class Checked:
    """A chart that the profile was held against. `version` is a dot-prefix of the chart's version.

    :param home: addresses, without their scheme, of which one begins its home or one of its sources;
        empty when any chart of that name is meant.
    """

    chart: str
    version: str
    how: Literal["proven", "rendered", "documented"]
    home: tuple[str, ...] = ()

    def covers(self, chart: str, version: str) -> bool:
        """Whether this is that chart in that version."""
        return chart == self.chart and f"{version}.".startswith(f"{self.version}.")

    def is_from(self, addresses: Sequence[str]) -> bool:
        """Whether a chart with this home and these sources is the one that is meant.

        One that names none cannot be told from it.
        """
        known = [_bare_address(each) for each in addresses if each]
        homes = [f"{_bare_address(each)}/" for each in self.home]
        return not (known and homes) or any(
            f"{address}/".startswith(home) for address in known for home in homes
        )


def _bare_address(address: str) -> str:
    """An address of the web without what does not tell it from another."""
    bare = address.lower().partition("://")[2] or address.lower()
    return bare.removeprefix("www.").rstrip("/")


WorkloadKind = Literal["Deployment", "StatefulSet", "DaemonSet"]


@dataclass(frozen=True)
class Workload:
    """A workload whose pods get the settings; in a profile the name is an expression.

    :param rolls: which change of the values rolls it by itself: ``settings`` is all but credentials.
    """

    kind: WorkloadKind
    name: str
    container: str
    rolls: Rolls = "none"

    def __str__(self) -> str:
        return f"{self.kind} {self.name}"


@dataclass(frozen=True)
class Shared:
    """A value that is not for mail alone: what else it reaches, and the variable that sets it."""

    reach: str
    variable: str


@dataclass(frozen=True)
class FileEvidence:
    """Lines that must stand in a file of the container."""

    path: str
    lines: tuple[Any, ...]


@dataclass(frozen=True)
class SecretEvidence:
    """Keys that a Secret of the namespace must have, with their values."""

    name: str
    keys: Mapping[str, Any]


@dataclass(frozen=True)
class Override:
    """A place outside a profile's values that decides about mail too.

    Exactly one of three: a variable, a place in the values, or a place in a file of the container.

    :param decides: what it decides, as the end of a sentence.
    :param env: the name of a variable; ``*`` stands for anything.
    :param values: the steps to a place in the values, or in the file. ``*`` stands for anything, also
        for every entry of a list; ``name=…`` for the entries that have that name; ``$yaml`` reads a text.
    :param file: a file of the container that holds YAML or JSON.
    :param effect: ``replaces``: it goes before the settings that are written. ``beside``: it decides
        wholly by itself about a part of the mail. ``keeps``: the settings may lie where it leads to.
        ``hides``: the values do not say whether anything about mail lies there; the pods do.
    :param agrees: an expression that takes ``found`` and ``keys``; true when the place does no harm.
    :param login: likewise; true when the login that is written goes to another relay.
    """

    decides: str
    env: str = ""
    values: tuple[str, ...] = ()
    file: str = ""
    effect: Effect = "replaces"
    agrees: str | None = None
    login: str | None = None
    fix: str | None = None


@dataclass(frozen=True)
class Evidence:
    """What must be seen to call a container configured; in a profile all texts are expressions.

    Values are texts, `Secret`, `OMIT` for must not be there, `KEEP` for anything, and `PRESENT`.

    :param overrides: what may go before it in a container.
    """

    env: Mapping[str, Any] = field(default_factory=dict)
    files: tuple[FileEvidence, ...] = ()
    secrets: tuple[SecretEvidence, ...] = ()
    overrides: tuple[Bound, ...] = ()


@dataclass(frozen=True)
class Prove:
    """The application's own way to send a test mail, where it is a command.

    :param command: its words; expressions that take ``recipient`` too, and no secret.
    :param container: which of the workloads' containers it runs in; `None` for the first.
    :param log: the file in that container that is the mail log; `None` for what the container prints.
    """

    command: tuple[str, ...]
    container: str | None
    log: str | None


@dataclass(frozen=True)
class Trap:
    """What goes wrong silently, as a finding; `when` is an expression."""

    code: str
    severity: Literal["error", "warning", "info"]
    when: str
    message: str
    fix: str


@dataclass(frozen=True)
class Call:
    """One call of an HTTP API."""

    method: str
    path: str


@dataclass(frozen=True)
class File:
    """A whole file of the application's own."""

    name: str
    format: Literal["yaml", "json"]


@dataclass(frozen=True)
class Block:
    """The mapping of a document that is edited.

    :param name: its key.
    :param keys: keys that only the application's own block has; empty when its name is enough.
    """

    name: str
    keys: tuple[str, ...] = ()


@dataclass(frozen=True)
class Api:
    """The call that takes the values, and the one that only tries them."""

    call: Call
    check: Call | None


@dataclass(frozen=True)
class Form:
    """A form that a person fills in: where it is, and who may do it."""

    where: str
    who: str
    note: str | None


@dataclass(frozen=True)
class Profile:
    """One application and one target, as a file in profiles/ says it. `source` is that file.

    :param values: for a chart its own values; for other targets the tree of what is written.
    :param tpl: keys of values that the chart passes through Helm's ``tpl``.
    :param shared: key of a value to what else it reaches.
    :param comments: key of a value to what a person is told about it.
    :param block: for the target ``document``, the mapping that is edited.
    :param kept_elsewhere: where the application may keep settings of mail that the values do not show,
        as the end of a sentence; `None` for nowhere.
    :param unset: what the application does where neither the values nor the chart say something: a tree
        of values.
    :param runtime: what the application is written in, by which it is told of a CA from outside;
        `None` when it is not known, or when nothing can be mounted for it.
    """

    name: str
    title: str
    target: Target
    source: FilePath
    sources: tuple[str, ...]
    uses_mail_for: str | None
    checked: tuple[Checked, ...]
    supports: Supports
    values: Mapping[str, Any]
    tpl: tuple[str, ...]
    shared: Mapping[str, Shared]
    comments: Mapping[str, str]
    workloads: tuple[Workload, ...]
    evidence: Evidence
    proof: str
    prove: Prove | None
    log: str | None
    runtime: str | None
    traps: tuple[Trap, ...]
    overrides: tuple[Override, ...]
    kept_elsewhere: str | None
    unset: Mapping[str, Any]
    file: File | None
    block: Block | None
    api: Api | None
    form: Form | None

    @property
    def is_json(self) -> bool:
        """Whether what is written is JSON, which YAML reads otherwise in places."""
        return self.api is not None or (self.file is not None and self.file.format == "json")

    @property
    def charts(self) -> tuple[str, ...]:
        """The names of the charts that it fits."""
        return tuple(dict.fromkeys(entry.chart for entry in self.checked))


@dataclass(frozen=True)
class Application:
    """A profile in its place: below which key of the release's values, for a subchart.

    :param given: the path by which a profile of somebody's own was named; empty for a shipped one.
    """

    profile: Profile
    prefix: Path = ()
    given: str = ""

    @property
    def name(self) -> str:
        """The profile as ``smtp_application`` names it."""
        profile = self.given or self.profile.name
        return "@".join(filter(None, (profile, ".".join(self.prefix))))


@dataclass(frozen=True)
class Entry:
    """An entry of a list that is ours. `value` is `OMIT` when it must not be there.

    :param key: what tells it from other people's entries.
    :param sensitive: as of a `Leaf`.
    """

    key: str
    value: Any
    sensitive: bool = False


@dataclass(frozen=True)
class Entries:
    """The value of a leaf that is a list of which only some entries are ours.

    :param by: the key by whose value an entry is known; `None` for a list of plain texts.
    """

    by: str | None
    of: tuple[Entry, ...]

    def wanted(self) -> dict[str, Entry]:
        """Our entries that must be there, by their keys."""
        return {entry.key: entry for entry in self.of if entry.value is not OMIT}

    def key_of(self, item: Any) -> str | None:
        """What tells an entry of a list from others; `None` when nothing does."""
        key = item.get(self.by) if self.by is not None and isinstance(item, Mapping) else item
        return key if isinstance(key, str) else None


@dataclass(frozen=True)
class Leaf:
    """One value that the profile owns. Each text that a secret goes into is a `Secret`.

    :param value: plain data, a `Marker`, or `Entries`.
    :param sensitive: whether a secret goes into the expression. Then what stands at this place in
        a release is a secret too, also when the value wanted now is `OMIT`.
    :param comment: what it is, for people.
    :param login: whether the user name goes into it, which is a secret too with some providers.
    """

    path: Path
    value: Any
    sensitive: bool = False
    comment: str = ""
    login: bool = False

    @property
    def key(self) -> str:
        return ".".join(self.path)


@dataclass(frozen=True)
class WantedSecret:
    """The shape of a Secret that must be there already. No values.

    :param keys: each key, and what it must hold.
    """

    name: str
    keys: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Sending:
    """A command by which the application itself sends a mail to one address.

    :param log: as of `Prove`.
    """

    workload: Workload
    command: tuple[str, ...]
    recipient: str
    log: str | None


@dataclass(frozen=True)
class Rendered:
    """A description written as one or more applications of a release want it.

    :param leaves: the values, in the order of the profile; `OMIT` deletes, `KEEP` leaves alone.
    :param evidence: each workload, with its real name, and what its container must see.
    :param shared: key of a leaf to what else it reaches.
    :param secrets: the existing Secrets that the values refer to.
    :param sendings: how the application sends to each of the test recipients.
    :param overrides: the places that decide about mail too.
    :param findings: what the profile has to say about this description.
    """

    leaves: tuple[Leaf, ...]
    evidence: Mapping[Workload, Evidence]
    shared: Mapping[str, Shared] = field(default_factory=dict)
    secrets: tuple[WantedSecret, ...] = ()
    sendings: tuple[Sending, ...] = ()
    overrides: tuple[Bound, ...] = ()
    findings: tuple[Finding, ...] = ()

    @property
    def workloads(self) -> tuple[Workload, ...]:
        return tuple(self.evidence)
