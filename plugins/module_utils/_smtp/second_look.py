# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a further connection tells about a port, so that a failure can be explained.

A look that fails tells nothing; it never replaces what was seen first.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from .protocol import Verb
from .session import go_to_tls, greeting, say_hello, shake_hands
from .walk import GOODBYE_SECONDS, TROUBLE
from .wire import WireError

if TYPE_CHECKING:
    from .walk import Walk
    from .wire import Wire


def tls_answer(walk: Walk, limit: float) -> str:
    """Return what the port answers to a TLS hello by a limit of the clock: ``tls``, ``plaintext`` or ``""``."""
    try:
        with walk.new_wire(limit) as wire:
            shake_hands(walk, wire, verify=False)
    except TROUBLE as error:
        walk.note(f"-- no TLS in answer to a TLS hello ({error})")
        in_plaintext = isinstance(error, WireError) and error.kind == "not-tls"
        return "plaintext" if in_plaintext else ""
    return "tls"


def plaintext_offer(walk: Walk) -> str:
    """Return which security a port that speaks plaintext offers."""
    try:
        with walk.new_wire() as wire:
            greeting(wire.read())
            say_hello(walk, wire)
            wire.exchange(Verb.QUIT, seconds=GOODBYE_SECONDS)
    except TROUBLE as error:
        walk.note(f"-- the port could not be asked in plaintext ({error})")
        return "starttls"
    return "starttls" if "STARTTLS" in wire.capabilities else "none"


def most_lenient(walk: Walk) -> str:
    """Return the TLS version and cipher that the relay takes if everything is allowed, or ``""``."""
    walk.note("-- no TLS came about; connecting again with everything allowed that is too weak")
    try:
        with walk.new_wire() as wire:
            go_to_tls(walk, wire)
            wire.start_tls(walk.request.context(verify=False, legacy=True), walk.server_name)
            return f"{wire.tls_version} with {wire.tls_cipher}"
    except TROUBLE as error:
        walk.note(f"-- it did not help ({error})")
    return ""


def without_verification(walk: Walk) -> Wire | None:
    """Return a connection whose certificate was not verified, so that it can be read."""
    walk.note("-- the certificate does not verify; connecting again to read it")
    wire = None
    try:
        wire = walk.new_wire()
        go_to_tls(walk, wire)
        shake_hands(walk, wire, verify=False)
    except TROUBLE as error:
        walk.note(f"-- it could not be read ({error})")
        if wire is not None:
            wire.close()
        return None
    return wire
