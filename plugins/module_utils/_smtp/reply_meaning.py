# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the codes of SMTP replies mean by the standards, for replies that no row knows."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .protocol import Reply

# RFC 5321 section 4.2.3; RFC 4954 section 6, RFC 3207 section 4, RFC 7504, RFC 5248 section 2.4.
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
    523: "encryption is needed",
    524: "the authentication mechanism requires encryption",
    525: "the user's account is disabled",
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

# RFC 5321 section 4.2.1: the first digit, and the second.
_KINDS = {2: "accepted", 3: "more is awaited", 4: "not now, may work later", 5: "refused for good"}
_CATEGORIES = {0: "the syntax", 1: "information", 2: "the connection", 5: "the mail system"}

# RFC 3463 section 2: the second number, for details that nobody has registered.
_SUBJECTS = {
    "1": "an address",
    "2": "the mailbox",
    "3": "the mail system",
    "4": "the network or the routing",
    "5": "the protocol",
    "6": "the content or its form",
    "7": "security or policy",
}

# The registry of RFC 5248 without the class: RFC 3463 section 3, with RFC 3886, 4468, 4954, 6531,
# 6710, 7293, 7372, 7505, 8617 and 8689.
_ENHANCED = {
    "0.0": "nothing more is known",
    "1.0": "an address problem",
    "1.1": "the recipient's mailbox does not exist",
    "1.2": "the recipient's domain does not exist",
    "1.3": "the recipient's address is malformed",
    "1.4": "the recipient's address is ambiguous",
    "1.5": "the recipient's address is valid",
    "1.6": "the recipient's mailbox has moved",
    "1.7": "the sender's address is malformed",
    "1.8": "the sender's domain does not exist or sends no mail",
    "1.9": "the next host does not report delivery",
    "1.10": "the recipient's domain accepts no mail",
    "2.0": "a mailbox problem",
    "2.1": "the mailbox is disabled",
    "2.2": "the mailbox is full",
    "2.3": "the message is too long for the mailbox",
    "2.4": "a mailing list cannot be expanded",
    "3.0": "a problem of the mail system",
    "3.1": "the mail system is full",
    "3.2": "the system takes no messages now",
    "3.3": "the system lacks a feature that the message needs",
    "3.4": "the message is too big",
    "3.5": "the system is wrongly configured",
    "3.6": "the priority was changed",
    "4.0": "a problem of the network or the routing",
    "4.1": "no answer from the next host",
    "4.2": "a bad connection",
    "4.3": "the directory server failed",
    "4.4": "there is no route to the next host",
    "4.5": "the mail system is congested",
    "4.6": "the mail goes in a loop",
    "4.7": "the message was under way too long",
    "5.0": "a protocol problem",
    "5.1": "an invalid command",
    "5.2": "a syntax error",
    "5.3": "too many recipients",
    "5.4": "invalid arguments",
    "5.5": "the wrong version of the protocol",
    "5.6": "the authentication exchange is too long",
    "6.0": "a problem of the content",
    "6.1": "the kind of content is not supported",
    "6.2": "a conversion is required and forbidden",
    "6.3": "a conversion is required and not supported",
    "6.4": "a conversion lost something",
    "6.5": "a conversion failed",
    "6.6": "the content is not available",
    "6.7": "non-ASCII addresses are not supported",
    "6.8": "a reply in UTF-8 is required and not allowed",
    "6.9": "headers in UTF-8 cannot be passed on",
    "6.10": "a reply in UTF-8 is required and not allowed",
    "7.0": "a security or policy problem",
    "7.1": "the relay's policy does not allow it",
    "7.2": "sending to the mailing list is not allowed",
    "7.3": "security conversion is required and not possible",
    "7.4": "a security feature is not supported",
    "7.5": "a cryptographic failure",
    "7.6": "a cryptographic algorithm is not supported",
    "7.7": "the message was changed on its way",
    "7.8": "the credentials are invalid",
    "7.9": "the authentication mechanism is too weak",
    "7.10": "encryption is needed",
    "7.11": "encryption is required for the mechanism",
    "7.12": "a password transition is needed",
    "7.13": "the user's account is disabled",
    "7.14": "a trust relationship is required",
    "7.15": "the priority is too low",
    "7.16": "the message is too big for its priority",
    "7.17": "the mailbox has another owner now",
    "7.18": "the domain has another owner now",
    "7.19": "the owner of the mailbox cannot be checked",
    "7.20": "no DKIM signature passes",
    "7.21": "no DKIM signature is acceptable",
    "7.22": "no DKIM signature is that of the author's domain",
    "7.23": "SPF validation failed",
    "7.24": "SPF validation met an error",
    "7.25": "reverse DNS validation of the client failed",
    "7.26": "several authentication checks of the sender failed",
    "7.27": "the sender's domain accepts no mail",
    "7.28": "a flood of mail was detected",
    "7.29": "ARC validation failed",
    "7.30": "REQUIRETLS is needed and not supported",
}


def meaning(reply: Reply) -> str:
    """Return what the reply's code and enhanced code mean, as far as the standards say."""
    text = f"{reply.code} is: {_CODES.get(reply.code) or _unlisted(reply)}"
    if not reply.enhanced:
        return text
    detail = reply.enhanced.partition(".")[2]
    subject = _SUBJECTS.get(detail.partition(".")[0], "something else")
    known = _ENHANCED.get(detail, f"about {subject} (its detail is not registered)")
    return f"{text}; {reply.enhanced} is: {known}"


def _unlisted(reply: Reply) -> str:
    category = _CATEGORIES.get(reply.code // 10 % 10)
    return _KINDS[reply.kind] + (f", about {category}" if category else "")
