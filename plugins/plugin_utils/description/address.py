# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Hosts and mail addresses: whether they are some, and how a relay and a program want them.

Internationalised names become ASCII here, because few applications do that by themselves.
"""

from __future__ import annotations

import ipaddress
import re

try:
    import idna

    IMPORT_ERROR: str | None = None
except ImportError as error:
    IMPORT_ERROR = str(error)

_LABEL = re.compile(r"(?!-)[a-z0-9_-]{1,63}(?<!-)\Z", re.IGNORECASE)
_PORT_AT_END = re.compile(r":[0-9]+\Z")
_DOTS = re.compile("[.\u3002\uff0e\uff61]")
"""What separates labels (RFC 3490 section 3.1)."""
_BETWEEN = re.compile(r"[\s,;]+")
"""What people write between two addresses."""


def ascii_host(host: str) -> str:
    """A host as DNS knows it: an IDN in its ASCII form (RFC 5891), an address without brackets.

    Lower and upper case stay as they are in a name that is ASCII already.

    :raises ValueError: when it is no host.
    """
    if host.startswith("[") and host.endswith("]"):
        return str(ipaddress.ip_address(host[1:-1].removeprefix("IPv6:")))
    if host.isascii():
        return host
    return ".".join(_ascii_label(label) for label in _DOTS.split(host))


def _ascii_label(label: str) -> str:
    """An A-label of a label (RFC 5891, with the mapping of UTS 46).

    :raises ValueError: when there is none; :raises ModuleNotFoundError: without the library.
    """
    if label.isascii():
        return label
    if IMPORT_ERROR is not None:
        raise ModuleNotFoundError(IMPORT_ERROR)
    # Tables of before Unicode 15.1 make "ss" of a capital sharp s, which is another name.
    return idna.encode(label.replace("ẞ", "ß"), uts46=True).decode("ascii")


def host_problem(host: str) -> str | None:
    """Why `host` is no host, as the end of a sentence; `None` when it is one (RFC 1123, RFC 5890)."""
    bare = host[1:-1] if host.startswith("[") and host.endswith("]") else host
    try:
        ipaddress.ip_address(bare.removeprefix("IPv6:"))
        return None
    except ValueError:
        pass  # not an address: it may be a name
    if "://" in host:
        return ": it is a URL"
    if _PORT_AT_END.search(host):
        return ": it carries a port"
    if "@" in host:
        return ": it is a mail address"
    if re.fullmatch(r"[0-9.]+", host):
        return ": an IPv4 address has four numbers from 0 to 255"
    try:
        name = ascii_host(host.removesuffix("."))
    except ValueError:
        return ""
    except ModuleNotFoundError as error:
        return f": it is not in ASCII, and the controller lacks a Python library ({error})"
    if len(name) > 253 or not all(_LABEL.match(label) for label in name.split(".")):
        return ""
    return None


def ascii_domain(address: str) -> str:
    """A mail address with its domain in ASCII; what stands before the @ stays (RFC 6531 section 3.2).

    :raises ValueError: when the domain is none.
    """
    local, at, domain = address.rpartition("@")
    return local + at + (domain if domain.startswith("[") else ascii_host(domain))


def address_problem(address: str) -> str | None:
    """Why `address` is no mail address; `None` when it is one (RFC 5321 section 4.1.2, RFC 6531)."""
    if address.startswith('"'):
        return "a quoted part before the @ is not supported"
    if re.search(r"[\s<>,;\x00-\x1f\x7f]", address):
        several = [part for part in _BETWEEN.split(address) if part]
        hint = len(several) > 1 and all(address_problem(part) is None for part in several)
        return "it holds a space, a bracket or another character that an address cannot have" + (
            "; write several addresses as a list, or with commas between them" if hint else ""
        )
    local, at, domain = address.rpartition("@")
    if not at:
        return "it has no @"
    if not local:
        return "nothing stands before the @"
    if "@" in local:
        return "it has more than one @"
    if ":" in local:
        return "it holds a colon before the @, as a URL or a login does"
    if len(local.encode()) > 64:
        return "what stands before the @ is longer than 64 bytes"
    if not domain or host_problem(domain) is not None:
        return f"{domain!r} is no domain"
    return None
