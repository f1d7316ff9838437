# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""DKIM keys (RFC 6376 section 3.6): what the DNS says of a selector."""

from __future__ import annotations

from base64 import b64decode
from dataclasses import dataclass

from ansible_collections.mailops.smtp.plugins.plugin_utils.names import tags

# RFC 8301 section 3.2: below the first, signatures count for nothing; the second is recommended.
LEAST_BITS = 1024
GOOD_BITS = 2048

_ED25519_BYTES = 32


class DkimError(Exception):
    """The record is no DKIM key that a receiver could use."""


@dataclass(frozen=True)
class Key:
    """A key record. ``bits`` is that of RSA, and 0 for another algorithm; ``revoked`` has no key."""

    algorithm: str
    bits: int
    revoked: bool
    testing: bool


def record_name(selector: str, domain: str) -> str:
    """Return the name that holds the key of a selector."""
    return f"{selector}._domainkey.{domain}"


def parse_key(record: str) -> Key:
    """Read a key record. Raises DkimError."""
    try:
        found = tags.parse(record)
    except ValueError as error:
        raise DkimError(str(error)) from error
    if found.get("v", "DKIM1") != "DKIM1" or ("v" in found and next(iter(found)) != "v"):
        raise DkimError("its version is not v=DKIM1, at the beginning")
    if "p" not in found:
        raise DkimError("it has no key (p=)")
    services = found.get("s", "*").split(":")
    if not {"*", "email"} & {service.strip() for service in services}:
        raise DkimError(f"it is not for mail (s={found['s']})")
    algorithm = found.get("k", "rsa").lower()
    testing = "y" in found.get("t", "").split(":")
    text = "".join(found["p"].split())
    if not text:
        return Key(algorithm, 0, revoked=True, testing=testing)
    return Key(algorithm, _bits(algorithm, text), revoked=False, testing=testing)


def _bits(algorithm: str, text: str) -> int:
    try:
        data = b64decode(text, validate=True)
    except ValueError as error:
        raise DkimError("its key (p=) is not base64, perhaps cut off") from error
    if algorithm == "ed25519":
        # RFC 8463 section 4: the bare key.
        if len(data) != _ED25519_BYTES:
            raise DkimError("its key (p=) is no Ed25519 key")
        return 0
    if algorithm != "rsa":
        raise DkimError(f"its algorithm (k={algorithm}) is unknown")
    from cryptography.exceptions import UnsupportedAlgorithm  # noqa: PLC0415  # slow; ansible-core brings it
    from cryptography.hazmat.primitives.asymmetric.rsa import RSAPublicKey  # noqa: PLC0415  # slow; ansible-core brings it
    from cryptography.hazmat.primitives.serialization import load_der_public_key  # noqa: PLC0415  # slow; ansible-core brings it

    try:
        key = load_der_public_key(data)
    except (ValueError, UnsupportedAlgorithm) as error:
        raise DkimError("its key (p=) cannot be read, perhaps it is cut off") from error
    if not isinstance(key, RSAPublicKey):
        raise DkimError("its key (p=) is not of RSA")
    return key.key_size
