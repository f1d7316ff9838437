# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of certificates that a container gets: the roots of its image, and the private CA. Pure.

What is no certificate in a PEM file counts for nobody (RFC 7468 section 5.2), so the file says itself
where the parts of it are from.
"""

from __future__ import annotations

import hashlib
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.mounted import DIGEST_LENGTH

_ROOTS = "# mailops.smtp: the roots of the image "
_OWN = "# mailops.smtp: the private CA\n"
_END = "-----END CERTIFICATE-----\n"
_FORM = re.compile(rf"(?:{_ROOTS}(?P<image>[^\n]*)\n(?P<roots>.*?))?{_OWN}(?P<own>.*)", re.DOTALL)


@dataclass(frozen=True)
class Roots:
    """The roots that an image trusts, as certificates in PEM form."""

    image: str
    certificates: str


def text(own: str, roots: Roots | None = None) -> str:
    """The content of the file.

    :param own: the private CA, certificates only.
    :param roots: what comes first; `None` where the file adds to what the image trusts.
    """
    first = f"{_ROOTS}{roots.image}\n{roots.certificates}" if roots else ""
    return f"{first}{_OWN}{own}"


def roots_in(content: str) -> Roots | None:
    """The roots that a file of ours holds; `None` when it holds none."""
    found = _FORM.fullmatch(content)
    return Roots(found["image"], found["roots"]) if found and found["image"] is not None else None


def each(certificates: str) -> list[str]:
    """The certificates of a PEM text that holds nothing else, one by one."""
    return [part + _END for part in certificates.split(_END)[:-1]]


def marks(own: str) -> tuple[str, ...]:
    """A line of each certificate by which it is known in a file: the last but one, of its signature."""
    return tuple(block.splitlines()[-3] for block in each(own))


def digest(files: Mapping[str, str]) -> str:
    """Return 128 bits of the SHA-256 of the names and the whole content of files, in hexadecimal digits."""
    content = json.dumps(dict(files), sort_keys=True).encode()
    return hashlib.sha256(content).hexdigest()[:DIGEST_LENGTH]
