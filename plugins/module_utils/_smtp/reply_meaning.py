# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the codes of SMTP replies mean by the standards, for replies that no row knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .protocol import Reply

# RFC 5321 section 4.2.3, RFC 4954 section 6, RFC 3207 section 4, RFC 7504.
_CODES = {
    421: "the service is not available and the connection is closed",
    432: "the account needs a password transition",
    450: "the mailbox is not available now",
    451: "an error in processing; to be tried later",
    452: "not enough storage, or too many recipients",
    454: "temporarily not available",
    455: "the parameters cannot be served now",
    500: "the command is not recognised, or its line is too long",
    501: "a syntax error in the arguments",
    502: "the command is not implemented",
    503: "the command is out of sequence",
    504: "the argument is not implemented",
    521: "the host accepts no mail",
    530: "authentication is required",
    534: "the authentication mechanism is too weak",
    535: "the credentials are invalid",
    538: "the authentication mechanism requires encryption",
    550: "refused: the mailbox is not available, or a policy forbids it",
    551: "the user is not local",
    552: "the storage allocation is exceeded",
    553: "the mailbox name is not allowed",
    554: "the transaction failed, or there is no SMTP service here",
    555: "a parameter of MAIL or RCPT is not recognised",
    556: "the recipient's domain accepts no mail",
}

_KINDS = {2: "accepted", 3: "more is awaited", 4: "not now, may work later", 5: "refused for good"}

# RFC 3463 section 3, without the class; with the additions of RFC 4954, 5248 and 7372.
_ENHANCED = {
    "1.0": "an address problem",
    "1.1": "the recipient's mailbox does not exist",
    "1.2": "the recipient's domain does not exist",
    "1.3": "the recipient's address is malformed",
    "1.7": "the sender's address is malformed",
    "1.8": "the sender's domain does not exist or sends no mail",
    "1.10": "the recipient's domain accepts no mail",
    "2.0": "a mailbox problem",
    "2.1": "the mailbox is disabled",
    "2.2": "the mailbox is full",
    "2.3": "the message is too long for the mailbox",
    "3.1": "the mail system is full",
    "3.2": "the system takes no messages now",
    "3.4": "the message is too big",
    "4.1": "no answer from the next host",
    "4.2": "a bad connection",
    "4.3": "the directory server failed",
    "4.5": "the mail system is congested",
    "5.0": "a protocol problem",
    "5.1": "an invalid command",
    "5.2": "a syntax error",
    "5.3": "too many recipients",
    "5.4": "invalid arguments",
    "5.6": "the authentication exchange is too long",
    "6.7": "non-ASCII addresses are not supported",
    "7.0": "a security or policy problem",
    "7.1": "the relay's policy does not allow it",
    "7.3": "security conversion is required and not possible",
    "7.8": "the credentials are invalid",
    "7.9": "the authentication mechanism is too weak",
    "7.10": "encryption is needed",
    "7.11": "encryption is required for the mechanism",
    "7.12": "a password transition is needed",
    "7.23": "SPF validation failed",
    "7.25": "reverse DNS validation of the client failed",
    "7.26": "several authentication checks of the sender failed",
}


def meaning(reply: Reply) -> str:
    """Return what the reply's code and enhanced code mean, as far as the standards say."""
    code = _CODES.get(reply.code) or _KINDS[reply.kind]
    enhanced = _ENHANCED.get(reply.enhanced.partition(".")[2], "")
    return f"{reply.code} is: {code}" + (f"; {reply.enhanced} is: {enhanced}" if enhanced else "")
