# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the relay is probed: the ``smtp_probe_*`` variables, converted and checked."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, get_args

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.read import Complain

From = Literal["auto", "controller", "host", "pod", "ephemeral", "job"]
Until = Literal["connect", "tls", "auth", "mail", "rcpt", "data"]
Detection = Literal["declared", "auto"]

PLACES: tuple[From, ...] = get_args(From)
UNTIL: tuple[Until, ...] = get_args(Until)
DETECTIONS: tuple[Detection, ...] = get_args(Detection)
IN_CLUSTER = ("pod", "ephemeral", "job")
"""The places that are in the network of a release."""

_RANGES = {"retries": (0, 100), "retry_seconds": (0, 3600), "expected_size": (1, 1 << 40)}
_LABEL = r"[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?"
_FORMS: Mapping[str, tuple[re.Pattern[str], str]] = {
    # The characters of a reference; the registry checks the rest.
    "image": (
        re.compile(r"[A-Za-z0-9][A-Za-z0-9._:/@-]*"),
        "is no reference to an image, such as registry.example.com/python:3.13",
    ),
    # RFC 1123 section 2.1, as Kubernetes wants it.
    "pull_secret": (
        re.compile(rf"{_LABEL}(\.{_LABEL})*"),
        "is no name of a Secret, such as registry",
    ),
    # RFC 6376 section 3.1, and the underscore that some signers have.
    "dkim_selector": (
        re.compile(r"[a-z0-9]([a-z0-9_-]{0,62})(\.[a-z0-9]([a-z0-9_-]{0,62}))*", re.IGNORECASE),
        "is no selector of a DKIM key, such as s1: what stands behind s= in a DKIM-Signature",
    ),
}
"""What a text must look like, and what to say of one that does not."""


@dataclass(frozen=True)
class ProbeOptions:
    """What is asked of a probe besides the description.

    :param security: whether the declared security is tried, or what the port speaks is found out.
    :param expected_size: bytes; 0 is not known.
    :param retry_seconds: between two tries.
    """

    from_: From = "auto"
    until: Until = "rcpt"
    security: Detection = "declared"
    retries: int = 0
    retry_seconds: int = 10
    expected_size: int = 0
    foreign_recipient: str = ""
    ciphers: str = ""
    want_chain: bool = False
    names: bool = False
    dkim_selector: str = ""
    image: str = ""
    pull_secret: str = ""


def read(values: Mapping[str, Any], complain: Complain) -> ProbeOptions:
    """The options out of converted values, by the names of the variables without ``smtp_``."""
    given = {
        name.removeprefix("probe_"): value
        for name, value in values.items()
        if name.startswith("probe_") and value is not None
    }
    for name, choices in (("from", PLACES), ("until", UNTIL), ("security", DETECTIONS)):
        if name in given and given[name] not in choices:
            complain(
                "value-not-a-choice",
                f"smtp_probe_{name}",
                value=given[name],
                hint="",
                choices=", ".join(choices),
            )
    for name, (low, high) in _RANGES.items():
        if name in given and not low <= given[name] <= high:
            complain(
                "number-out-of-range",
                f"smtp_probe_{name}",
                value=given[name],
                low=low,
                high=high,
            )
    for name, (form, problem) in _FORMS.items():
        if name in given and not form.fullmatch(given[name]):
            complain("value-invalid", f"smtp_probe_{name}", problem=problem)
    if "from" in given:
        given["from_"] = given.pop("from")
    return ProbeOptions(**given)
