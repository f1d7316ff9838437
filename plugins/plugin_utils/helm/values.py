# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Values of a release: reading, writing and comparing single places in the tree. Pure."""

from __future__ import annotations

import copy
import re
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import (
    Redactor,
    without_logins,
)
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.findings import CATALOGUE
from ansible_collections.mailops.smtp.plugins.plugin_utils.preset import lookup
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    Entries,
    Leaf,
    Path,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.sealed import (
    holds_secret,
    looks_like_token,
    revealed,
)

Values = dict[str, Any]

_LIST, _MAPPING, _SINGLE = "a list", "a mapping", "a single value"

_SECRET_KEY = re.compile(r"pass|secret|token|credential|private|key", re.IGNORECASE)


def get(values: Mapping[str, Any], path: Path) -> Any:
    """The value at `path`; `OMIT` when nothing is there."""
    found: Any = values
    for key in path:
        if not isinstance(found, Mapping) or key not in found:
            return OMIT
        found = found[key]
    return found


def apply(
    values: Mapping[str, Any], leaves: Iterable[Leaf], defaults: Mapping[str, Any] | None = None
) -> Values:
    """A copy of `values` with the leaves written into it; everything else stays as it is.

    Secrets are written in plain: the result is for Helm's standard input only.

    :param defaults: the chart's own values. A list of theirs that only some entries are added to
        must be written out, because Helm replaces a list as a whole.
    :raises FindingError: as `require_room`.
    """
    leaves = tuple(leaves)
    require_room(values, leaves, defaults or {})
    result: Values = copy.deepcopy(dict(values))
    for leaf in leaves:
        if leaf.value is KEEP:
            continue
        if leaf.value is OMIT:
            _delete(result, leaf.path)
        elif isinstance(leaf.value, Entries):
            before = entries_in_use(values, leaf.path, defaults or {})
            after = _merged(before, leaf.value)
            if not same(before, after):
                _set(result, leaf.path, after)
        else:
            _set(result, leaf.path, revealed(leaf.value))
    return result


def require_room(
    values: Mapping[str, Any], leaves: Iterable[Leaf], defaults: Mapping[str, Any]
) -> None:
    """Sees that no leaf has to take the place of what somebody else has put there in another form.

    :raises FindingError: with each place that holds, say, a text where a list or a mapping is wanted.
    """
    findings = [
        CATALOGUE.finding(
            "value-of-another-type",
            where=".".join(path),
            found="a text" if isinstance(there, str) else _form(there),
            wanted=wanted,
        )
        for leaf in leaves
        for path, there, wanted in _places_taken(leaf, values, defaults)
        if there not in (OMIT, None, "", [], {}) and _form(there) != wanted
    ]
    if findings:
        raise FindingError(*dict.fromkeys(findings))


def _places_taken(
    leaf: Leaf, values: Mapping[str, Any], defaults: Mapping[str, Any]
) -> Iterable[tuple[Path, Any, str]]:
    """What stands where a leaf is written, and the form that it has to have: the mappings above it, a
    list of entries, and at its own place what holds more than one value.
    """
    if leaf.value is OMIT or leaf.value is KEEP:
        return
    for end in range(1, len(leaf.path)):
        yield leaf.path[:end], get(values, leaf.path[:end]), _MAPPING
    if isinstance(leaf.value, Entries):
        yield leaf.path, _in_use(values, leaf.path, defaults), _LIST
    elif _form(there := get(values, leaf.path)) != _SINGLE and not _refers(there):
        yield leaf.path, there, _form(revealed(leaf.value))


def _form(value: Any) -> str:
    if isinstance(value, list):
        return _LIST
    return _MAPPING if isinstance(value, Mapping) else _SINGLE


def _refers(value: Any) -> bool:
    """Whether it is one value in another form: where a variable is taken from."""
    return isinstance(value, Mapping) and value.keys() == {"valueFrom"}


def entries_in_use(values: Mapping[str, Any], path: Path, defaults: Mapping[str, Any]) -> list[Any]:
    """The list at `path` as the chart sees it; empty when there is none."""
    found = _in_use(values, path, defaults)
    return copy.deepcopy(found) if isinstance(found, list) else []


def _in_use(values: Mapping[str, Any], path: Path, defaults: Mapping[str, Any]) -> Any:
    given = get(values, path)
    return get(defaults, path) if given is OMIT else given


def _merged(before: Iterable[Any], entries: Entries) -> list[Any]:
    """A list with our entries in it: at their places, or at its end. Those of others stay."""
    open_ = entries.wanted()
    known = {entry.key for entry in entries.of}
    after = []
    for item in before:
        key = entries.key_of(item)
        if key not in known:
            after.append(item)
        elif key in open_:
            after.append(revealed(open_.pop(key).value))
    return after + [revealed(entry.value) for entry in open_.values()]


def without_secrets(leaves: Iterable[Leaf]) -> Values:
    """Only the leaves, and of these only the ones that hold no secret."""
    return apply({}, (leaf for leaf in map(open_part, leaves) if not holds_secret(leaf.value)))


def open_part(leaf: Leaf) -> Leaf:
    """A leaf with only those entries of ours that hold no secret."""
    if not isinstance(leaf.value, Entries):
        return leaf
    of = tuple(entry for entry in leaf.value.of if not holds_secret(entry.value))
    return replace(leaf, value=replace(leaf.value, of=of))


def secret_keys(leaves: Iterable[Leaf]) -> list[str]:
    """The places that `without_secrets` leaves out."""
    return [key for leaf in leaves for key, value in _places(leaf) if holds_secret(value)]


def _places(leaf: Leaf) -> list[tuple[str, Any]]:
    """Each place that a leaf stands for, as people name it, and what is wanted there."""
    if isinstance(leaf.value, Entries):
        return [(f"{leaf.key}[{entry.key}]", entry.value) for entry in leaf.value.of]
    return [(leaf.key, leaf.value)]


def same(left: Any, right: Any) -> bool:
    """Whether two values are the same for Helm: 1 and true differ, 1 and 1.0 do not.

    Helm reads numbers as 64-bit floats (encoding/json of Go), so an integer and its float are one.
    """
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    if isinstance(left, Mapping) and isinstance(right, Mapping):
        return left.keys() == right.keys() and all(same(left[key], right[key]) for key in left)
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(map(same, left, right))
    if isinstance(left, (int, float)) and isinstance(right, (int, float)):
        return left == right
    return type(left) is type(right) and left == right


@dataclass(frozen=True)
class Change:
    """One place in the values that becomes another. `before` and `after` are texts without secrets.

    :param effective: whether the chart sees another value, or only writes out what is its default.
    :param sensitive: whether a secret stands there, or did.
    """

    key: str
    before: str
    after: str
    effective: bool
    sensitive: bool = False


def changes(
    values: Mapping[str, Any], leaves: Iterable[Leaf], defaults: Mapping[str, Any]
) -> list[Change]:
    """What the leaves would change in `values`, without showing a secret.

    :param defaults: the chart's own values, which count where nothing is given.
    """
    leaves, found = tuple(leaves), []
    clean = Redactor(_secrets_in_use(values, leaves)).clean
    token_host = _goes_to_token_host(values, leaves)
    for leaf in leaves:
        if isinstance(leaf.value, Entries):
            found += _changed_entries(
                leaf, leaf.value, values, defaults, clean, hidden=leaf.login and token_host
            )
            continue
        before = get(values, leaf.path)
        after = revealed(leaf.value)
        if after is KEEP or before is after or same(before, after):
            continue
        default = get(defaults, leaf.path)
        seen_before = default if before is OMIT else before
        seen_after = default if after is OMIT else after
        found.append(
            Change(
                key=leaf.key,
                before=_old(before, default, leaf.sensitive or (leaf.login and token_host), clean),
                after=_shown(after, default, leaf.sensitive, "new"),
                effective=not same(seen_before, seen_after),
                sensitive=leaf.sensitive,
            )
        )
    return found


def _changed_entries(
    leaf: Leaf,
    entries: Entries,
    values: Mapping[str, Any],
    defaults: Mapping[str, Any],
    clean: Callable[[str], str],
    *,
    hidden: bool,
) -> list[Change]:
    """What changes of our entries in a list.

    :param clean: takes the secrets in use out of a text; :param hidden: whether no value in use is shown.
    """
    in_use = entries_in_use(values, leaf.path, defaults)
    wanted = entries.wanted()
    found = []
    for entry in {entry.key: entry for entry in entries.of}.values():
        items = [item for item in in_use if entries.key_of(item) == entry.key]
        after = revealed(wanted[entry.key].value) if entry.key in wanted else OMIT
        before = OMIT if not items else items[0] if len(items) == 1 else items
        if before is after or same(before, after):
            continue
        sensitive = any(other.sensitive for other in entries.of if other.key == entry.key)
        found.append(
            Change(
                key=f"{leaf.key}[{entry.key}]",
                before=_old(before, OMIT, sensitive or hidden, clean),
                after=_shown(after, OMIT, sensitive, "new"),
                effective=True,
                sensitive=sensitive,
            )
        )
    return found


def known_secrets(values: Mapping[str, Any], leaves: Iterable[Leaf]) -> Iterable[Secret]:
    """Every text in the values of a release that must not show: at the secret leaves, and elsewhere.

    What a leaf wants there in plain, such as a name beside the secret, is none.
    """
    leaves = tuple(leaves)
    token_host = _goes_to_token_host(values, leaves)
    for leaf in leaves:
        yield from map(Secret, texts_of_secrets(leaf, values))
        if leaf.login and token_host:
            yield from map(Secret, filter(None, _texts(get(values, leaf.path))))
    yield from secrets(values)


def texts_of_secrets(leaf: Leaf, values: Mapping[str, Any]) -> Iterable[str]:
    """The texts that stand where a secret of a leaf stands, without those that are wanted there in plain."""
    for wanted, found in _secret_places(leaf, values):
        in_plain = set(_texts(wanted))
        yield from (text for text in _texts(found) if text not in in_plain)


def _goes_to_token_host(values: Mapping[str, Any], leaves: Iterable[Leaf]) -> bool:
    """Whether the values name a provider whose user name can be the password as well."""
    return lookup.name_token_host(
        text for leaf in leaves for text in _texts(get(values, leaf.path))
    )


def _secret_places(leaf: Leaf, values: Mapping[str, Any]) -> Iterable[tuple[Any, Any]]:
    """What is wanted and what there is, wherever a secret of the leaf may stand."""
    there = get(values, leaf.path)
    if not isinstance(leaf.value, Entries):
        return [(leaf.value, there)] if leaf.sensitive else []
    entries = leaf.value
    items = there if isinstance(there, list) else []
    return [
        (entry.value, item)
        for entry in entries.of
        for item in items
        if entry.sensitive and entries.key_of(item) == entry.key
    ]


def _texts(values: Any) -> Iterable[str]:
    if isinstance(values, str):
        yield values
    elif isinstance(values, Mapping):
        for value in values.values():
            yield from _texts(value)
    elif isinstance(values, list):
        for value in values:
            yield from _texts(value)


def speaks_of_secret(name: str) -> bool:
    """Whether what stands under a name is a secret, as far as the name tells."""
    return bool(_SECRET_KEY.search(name))


def secrets(values: Any, under: str = "") -> Iterable[Secret]:
    """Every text in a tree of values that stands under a key that speaks of a secret.

    :param under: the keys on the way.
    """
    if isinstance(values, str):
        if values and speaks_of_secret(under):
            yield Secret(values)
    elif isinstance(values, Mapping):
        for key, value in values.items():
            yield from secrets(value, f"{under}.{key}")
    elif isinstance(values, list):
        for value in values:
            yield from secrets(value, under)


def _secrets_in_use(values: Mapping[str, Any], leaves: Iterable[Leaf]) -> list[Secret]:
    """Every secret of the leaves that is in use: it may stand in another place in plain."""
    return [Secret(text) for leaf in leaves for text in texts_of_secrets(leaf, values)]


def _old(value: Any, default: Any, sensitive: bool, clean: Callable[[str], str]) -> str:
    """A value that was there, which somebody else may have written: what looks like a secret is one."""
    if any(map(looks_like_token, _texts(value))):
        sensitive = True
    return clean(without_logins(_shown(value, default, sensitive, "old")))


def _shown(value: Any, default: Any, sensitive: bool, age: str) -> str:
    if value is OMIT:
        if default is OMIT or sensitive:
            return "(not set)"
        return f"(not set, the chart's default is {_shown(default, OMIT, False, age)})"
    if sensitive and value != "":
        return f"(secret, {age} value)"
    if isinstance(value, bool):
        return str(value).lower()
    return repr(value) if isinstance(value, str) else str(value)


def _set(values: Values, path: Path, value: Any) -> None:
    for key in path[:-1]:
        inner = values.get(key)
        if not isinstance(inner, dict):
            inner = values[key] = {}
        values = inner
    values[path[-1]] = value


def _delete(values: Values, path: Path) -> None:
    parent = get(values, path[:-1])
    if isinstance(parent, dict):
        parent.pop(path[-1], None)
