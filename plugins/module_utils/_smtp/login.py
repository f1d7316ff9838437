# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The one attempt to log in (RFC 4954)."""

from __future__ import annotations

from base64 import b64decode, b64encode
from typing import TYPE_CHECKING

from .protocol import ProtocolError, Reply, Verb
from .sasl import MECHANISMS, Credentials, SaslError, choose
from .walk import GOODBYE_SECONDS, Fault, Refused
from .wire import WireError

if TYPE_CHECKING:
    from .walk import Walk
    from .wire import Wire

# RFC 4954 section 4 and 6, RFC 5321 section 4.2.3: about the command or the connection. Whether the
# credentials are right, they do not tell.
_NOT_ABOUT_CREDENTIALS = (500, 501, 502, 503, 504, 530, 538)

# RFC 5321 section 4.5.3.1.4, without the line end.
_MAX_COMMAND = 510


def authenticate(walk: Walk) -> None:
    """Log in as the request says, or note that it needs no login. Raises Stop."""
    request = walk.request
    if not request.logs_in:
        walk.skip("auth", "anonymous relay")
        return
    encrypted = bool(walk.connection.tls_version)
    with walk.stage("auth") as stage:
        offered = walk.capabilities.mechanisms
        walk.facts["offered"] = walk.clean(", ".join(offered))
        mechanism = request.mechanism or choose(offered, request.auth, encrypted=encrypted) or ""
        walk.facts["mechanism"] = mechanism
        if not offered:
            raise Fault("auth-not-offered")
        if not mechanism:
            raise Fault("mechanism-unknown")
        if mechanism not in offered:
            raise Fault("mechanism-not-offered")
        if not encrypted and request.security == "auto":
            raise Fault("credentials-withheld")
        if not encrypted:
            stage.result = "warning"
            walk.find("credentials-in-clear", where=walk.where("auth"))
        walk.result.mechanism = mechanism
        try:
            reply = log_in(walk, walk.connection)
        except Refused as refusal:
            code = refusal.reply.code
            if refusal.reply.kind == 5 and code not in _NOT_ABOUT_CREDENTIALS:
                walk.result.login = "rejected"
            raise
        walk.result.login = "accepted"
        stage.detail = f"{mechanism}: {walk.clean(str(reply))}"


def log_in(walk: Walk, wire: Wire) -> Reply:
    """Make the one attempt that a connection may see, with the walk's mechanism."""
    name, request = walk.result.mechanism, walk.request
    mechanism = MECHANISMS[name](
        Credentials(request.username, request.credential, request.host, request.port)
    )
    initial = mechanism.start()
    command = name
    if initial is not None:
        encoded = _encode(walk, initial) or "="
        if len(f"AUTH {name} {encoded}") <= _MAX_COMMAND:
            command, initial = f"{name} {encoded}", None
    walk.result.login = walk.result.login or "undecided"
    reply = wire.exchange(Verb.AUTH, command)
    while reply.kind == 3:
        try:
            if initial is not None:
                # RFC 4954 section 4: too long for the command's line, so it comes after it.
                response, initial = initial, None
            else:
                response = mechanism.respond(_challenge(reply))
        except SaslError:
            _cancel(walk, wire)
            raise
        reply = wire.exchange(Verb.RESPONSE, _encode(walk, response))
    if reply.kind != 2:
        raise Refused(reply, mechanism.refusal or "none given")
    mechanism.finish()
    return reply


def _cancel(walk: Walk, wire: Wire) -> None:
    try:
        wire.exchange(Verb.RESPONSE, "*", seconds=GOODBYE_SECONDS)
    except (WireError, ProtocolError) as error:
        walk.note(f"-- the login could not be cancelled ({error.kind})")


def _encode(walk: Walk, message: bytes) -> str:
    encoded = b64encode(message).decode("ascii")
    if encoded:
        walk.keep_secret(encoded)
    text = message.decode("utf-8", "replace")
    # The redactor knows the password, and not what a mechanism makes of it; the user name may be shown.
    if text not in ("", walk.request.username, walk.request.credential.reveal()):
        walk.keep_secret(text)
    return encoded


def _challenge(reply: Reply) -> bytes:
    try:
        return b64decode("".join(reply.lines), validate=True)
    except ValueError as error:
        raise SaslError("challenge-malformed", "a challenge is not base64") from error
