# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every verdict of a refusal: its finding, whether waiting helps, and whether the settings are to blame."""

from __future__ import annotations

from .refusal import Verdict

_MAIL = ("mail", "rcpt", "data")
_TO = ("rcpt", "data")

_SETTINGS, _OTHERS = True, False
_NEVER_PASSES, _AS_THE_DIGIT_SAYS = True, None


def _verdict(code: str, permanent: bool | None, blames: bool) -> Verdict:
    return Verdict(code, permanent, blames)


VERDICTS = {
    # -- the client ------------------------------------------------------------------------------
    ("client", "refused"): _verdict("client-refused", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("client", "not logged in"): _verdict("auth-required", _NEVER_PASSES, _SETTINGS),
    ("client", "certificate required"): _verdict("client-certificate-required", _NEVER_PASSES, _SETTINGS),
    ("client", "certificate refused"): _verdict("client-certificate-rejected", _NEVER_PASSES, _SETTINGS),
    ("client", "too many connections"): _verdict("too-many-connections", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("reverse name", "missing"): _verdict("reverse-dns-missing", _NEVER_PASSES, _OTHERS),
    ("reverse name", "not looked up"): _verdict("reverse-dns-missing", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("EHLO name", "refused"): _verdict("ehlo-name-rejected", _NEVER_PASSES, _SETTINGS),
    ("EHLO name", "not looked up"): _verdict("ehlo-name-rejected", _AS_THE_DIGIT_SAYS, _OTHERS),
    # -- TLS ---------------------------------------------------------------------------------------
    ("TLS", "required"): _verdict("starttls-required", _NEVER_PASSES, _SETTINGS),
    ("TLS", "refused"): _verdict("starttls-rejected", _NEVER_PASSES, _OTHERS),
    # -- the login ---------------------------------------------------------------------------------
    ("login", "required"): _verdict("auth-required", _NEVER_PASSES, _SETTINGS),
    ("login", "not offered"): _verdict("auth-not-offered", _NEVER_PASSES, _SETTINGS),
    ("login", "kind disabled"): _verdict("basic-auth-disabled", _NEVER_PASSES, _SETTINGS),
    ("login", "mechanism refused"): _verdict("mechanism-rejected", _NEVER_PASSES, _SETTINGS),
    ("login", "rejected"): _verdict("credentials-rejected", _NEVER_PASSES, _SETTINGS),
    ("login", "token rejected"): _verdict("token-rejected", _NEVER_PASSES, _SETTINGS),
    ("login", "application password"): _verdict("application-password-required", _NEVER_PASSES, _SETTINGS),
    ("login", "locked"): _verdict("account-locked", _NEVER_PASSES, _OTHERS),
    ("login", "not now"): _verdict("auth-failed-temporarily", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("account", "suspended"): _verdict("account-suspended", _NEVER_PASSES, _SETTINGS),
    ("account", "not active"): _verdict("account-not-active", _NEVER_PASSES, _SETTINGS),
    # -- the sender --------------------------------------------------------------------------------
    ("sender", "not owned"): _verdict("sender-not-allowed", _NEVER_PASSES, _SETTINGS),
    ("sender", "not verified"): _verdict("sender-not-verified", _NEVER_PASSES, _SETTINGS),
    ("sender", "domain unknown"): _verdict("sender-domain-unknown", _NEVER_PASSES, _SETTINGS),
    ("sender", "domain not looked up"): _verdict("sender-domain-unknown", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("sender", "not allowed"): _verdict("sender-rejected", _NEVER_PASSES, _SETTINGS),
    ("sender", "refused"): _verdict("sender-rejected", _AS_THE_DIGIT_SAYS, _SETTINGS),
    ("proof of the sender", "failed"): _verdict("sender-authentication-failed", _NEVER_PASSES, _OTHERS),
    ("proof of the sender", "not looked up"): _verdict("sender-authentication-failed", _AS_THE_DIGIT_SAYS, _OTHERS),
    # -- the recipient -----------------------------------------------------------------------------
    ("address", "not ASCII"): _verdict("smtputf8-not-offered", _NEVER_PASSES, _OTHERS),
    ("recipient", "unknown"): _verdict("recipient-unknown", _NEVER_PASSES, _OTHERS),
    ("recipient", "too many unknown"): _verdict("recipient-unknown", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("recipient", "refused"): _verdict("recipient-rejected", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("recipient", "mailbox full"): _verdict("recipient-mailbox-full", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("recipient", "suppressed"): _verdict("recipient-suppressed", _NEVER_PASSES, _OTHERS),
    ("recipient", "not verified"): _verdict("sandbox-restricted", _NEVER_PASSES, _OTHERS),
    ("recipient", "too many"): _verdict("too-many-recipients", _NEVER_PASSES, _OTHERS),
    ("relaying", "refused"): _verdict("relay-denied", _NEVER_PASSES, _SETTINGS),
    # -- the message -------------------------------------------------------------------------------
    ("content", "refused"): _verdict("message-content-rejected", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("message", "refused"): _verdict("message-rejected", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("size", "too big"): _verdict("message-too-big", _NEVER_PASSES, _OTHERS),
    # -- how much ----------------------------------------------------------------------------------
    ("rate", "exceeded"): _verdict("sending-limit-reached", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("rate", "quota used up"): _verdict("sending-quota-reached", _NEVER_PASSES, _OTHERS),
    ("rate", "greylisted"): _verdict("greylisted", _AS_THE_DIGIT_SAYS, _OTHERS),
    # -- the server --------------------------------------------------------------------------------
    ("server", "full"): _verdict("relay-full", _AS_THE_DIGIT_SAYS, _OTHERS),
    ("server", "not now"): _verdict("relay-unavailable", _AS_THE_DIGIT_SAYS, _OTHERS),
}  # fmt: skip
"""By subject and verdict.

Ownership, verification, TLS, a reverse name and a login do not come about by waiting, whatever the digit;
greylisting, a rate and a busy server pass. A quota of a day and a lock-out last longer than a run.
"""

BLAMES_SETTINGS = frozenset(each.code for each in VERDICTS.values() if each.blames_settings)
"""The findings about a reply that other settings would mend."""

NEVER_PASSES = frozenset(each.code for each in VERDICTS.values() if each.permanent)
"""The findings about a reply that waiting does not mend, once the reply's words have told them."""

# What an enhanced code says where it is specific (the registry of RFC 5248): class left out, by stage.
# Codes such as x.7.1, which stand for anything, are not here.
BY_ENHANCED = (
    ("recipient", "unknown", r"1\.[126]", _TO),
    ("recipient", "refused", r"1\.(3|4|10)|2\.1", _TO),
    ("sender", "refused", r"1\.7", _MAIL),
    ("sender", "domain unknown", r"1\.8|7\.27", _MAIL),
    ("recipient", "mailbox full", r"2\.2", _TO),
    ("size", "too big", r"2\.3|3\.4", _MAIL),
    ("server", "full", r"3\.1", _MAIL),
    ("recipient", "too many", r"5\.3", ("rcpt",)),
    ("content", "refused", r"6\.\d{1,2}", ("data",)),
    ("login", "rejected", r"7\.8", ("auth",)),
    ("login", "mechanism refused", r"7\.9|7\.4", ("auth",)),
    ("TLS", "required", r"7\.1[01]", ("auth", *_MAIL)),
    ("account", "suspended", r"7\.13", ("auth", *_MAIL)),
    ("proof of the sender", "failed", r"7\.2[0-469]", _MAIL),
    ("reverse name", "missing", r"7\.25", ("banner", "ehlo", *_MAIL)),
    ("relaying", "refused", r"7\.(54|64)", _MAIL),
    ("login", "required", r"7\.57", _MAIL),
    ("sender", "not owned", r"7\.60", _MAIL),
)
