# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every ``smtp_*`` variable: its name, its type, and whether the collection knows it.

One table. The steps read their input by it, a misspelt variable is found with it, and the unit
tests hold the documentation fragments and the argument specifications of the roles against it.
"""

from __future__ import annotations

import difflib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from enum import Enum

PREFIX = "smtp_"


class Kind(Enum):
    """What a value must be after conversion."""

    TEXT = "text"
    SECRET = "secret"
    INTEGER = "integer"
    BOOLEAN = "boolean"
    TEXTS = "list of texts"
    DICTIONARY = "dictionary"
    DICTIONARIES = "list of dictionaries"


@dataclass(frozen=True)
class Option:
    """One option of the actions, which as a variable carries the prefix ``smtp_``; or a key of one.

    :param inherited: whether a task that does not give it takes the variable. What writes a file is
        done only by the task that asks for it.
    :param lines: whether its text may have several lines.
    :param keys: what a dictionary may hold.
    :param short: the key that is meant when a text is given instead of a dictionary.
    :param by_key: whether layers merge its keys one by one.
    :param meant: what is written in other tools in place of its choices, in lower case, and which choice
        it means. YAML makes a boolean of some of it.
    """

    name: str
    kind: Kind = Kind.TEXT
    inherited: bool = True
    lines: bool = False
    keys: tuple[Option, ...] = ()
    short: str | None = None
    by_key: bool = False
    meant: Mapping[str, str] = field(default_factory=dict)

    @property
    def variable(self) -> str:
        return PREFIX + self.name

    @property
    def holds_secret(self) -> bool:
        """Whether its value, or a part of it, is a secret."""
        return self.kind is Kind.SECRET or any(key.holds_secret for key in self.keys)


OAUTH = (
    Option("token", Kind.SECRET),
    Option("token_url"),
    Option("tenant"),
    Option("client_id"),
    Option("client_secret", Kind.SECRET),
    Option("scope"),
)
"""The keys of ``smtp_oauth``."""

EXISTING_SECRET = (Option("name"), Option("username_key"), Option("password_key"))
"""The keys of ``smtp_existing_secret``."""

POLICY = (
    Option("fips", Kind.BOOLEAN),
    Option("require_tls", Kind.BOOLEAN),
    Option("require_verified_certs", Kind.BOOLEAN),
    Option("allow_anonymous", Kind.BOOLEAN),
    Option("allow_sinks", Kind.BOOLEAN),
    Option("allow_unencrypted_credentials", Kind.BOOLEAN),
    Option("chart_from_source", Kind.BOOLEAN),
)
"""The keys of ``smtp_policy``."""

_TLS_BY_PORT = "starttls (port 587) or tls (port 465)"
SECURITY_MEANT: Mapping[str, str] = {
    **dict.fromkeys(("ssl", "smtps", "ssl/tls", "tls/ssl", "implicit", "implicit tls"), "tls"),
    **dict.fromkeys(("start_tls", "start-tls", "explicit", "explicit tls"), "starttls"),
    **dict.fromkeys(("true", "yes", "on", "1", "required"), _TLS_BY_PORT),
    **dict.fromkeys(("false", "no", "off", "0", "plain", "plaintext", "unencrypted"), "none"),
}
AUTH_MEANT: Mapping[str, str] = {
    **dict.fromkeys(("login", "plain", "basic", "cram-md5", "cram_md5"), "password"),
    **dict.fromkeys(("true", "yes", "on", "1", "required"), "password"),
    **dict.fromkeys(("false", "no", "off", "0", "anonymous"), "none"),
    **dict.fromkeys(("oauth2", "xoauth2", "oauthbearer", "token"), "oauth"),
}

CONNECTION = (
    Option("provider"),
    Option("region"),
    Option("host"),
    Option("port", Kind.INTEGER),
    Option("security", meant=SECURITY_MEANT),
    Option("auth", meant=AUTH_MEANT),
    Option("mechanism"),
    Option("username"),
    Option("password", Kind.SECRET),
    Option("oauth", Kind.DICTIONARY, keys=OAUTH),
    Option("existing_secret", Kind.DICTIONARY, keys=EXISTING_SECRET, short="name"),
    Option("validate_certs", Kind.BOOLEAN),
    Option("ca_path"),
    Option("ca_pem", lines=True),
    Option("client_cert", lines=True),
    Option("client_key", Kind.SECRET, lines=True),
    Option("server_name"),
    Option("tls_min_version"),
)
"""The relay and the way in: a layer that gives one of these replaces them all."""

PRESENTATION = (
    Option("from_address"),
    Option("from_name"),
    Option("envelope_from"),
    Option("reply_to"),
    Option("subject_prefix"),
    Option("comment"),
)
"""How a mail looks. With these each field of a layer counts by itself."""

SETTINGS = (
    Option("enabled", Kind.BOOLEAN),
    *CONNECTION,
    *PRESENTATION,
    Option("ehlo_name"),
    Option("proxy"),
    Option("timeout", Kind.INTEGER),
    Option("test_recipients", Kind.TEXTS),
    Option("policy", Kind.DICTIONARY, keys=POLICY, by_key=True),
)
"""What a layer can set."""

FALLBACK = (
    Option("name"),
    *CONNECTION,
    *PRESENTATION,
    Option("ehlo_name"),
    Option("proxy"),
    Option("timeout", Kind.INTEGER),
)
"""The keys of an entry of ``smtp_fallbacks``: another relay for the same mails."""

FALLBACKS = Option("fallbacks", Kind.DICTIONARIES, keys=FALLBACK)

LAYER = (Option("name"), Option("parent"), Option("merge"), *SETTINGS, FALLBACKS)
"""The keys of an entry of ``smtp_layers``. Here `name` is the layer's."""

DESCRIPTION = (
    *SETTINGS,
    FALLBACKS,
    Option("name"),
    Option("layers", Kind.DICTIONARIES, keys=LAYER),
    Option("layer"),
)
"""What the mail settings are."""

PLACE = (
    Option("application", Kind.TEXTS),
    Option("release"),
    Option("namespace"),
    Option("fullname"),
    Option("kubeconfig"),
    Option("context"),
)
"""Which application it is, and where."""

TARGET = (*PLACE, Option("chart"), Option("helm"))
"""Which application the mail settings go to, and how."""

RUN = (
    Option("values_dest", inherited=False),
    Option("values_include_secrets", Kind.BOOLEAN),
    Option("document_path"),
    Option("ca_mode"),
    Option("ca_dest"),
    Option("allow_changes", Kind.TEXTS),
    Option("restart"),
    Option("rollout_timeout", Kind.INTEGER),
    Option("change_reference"),
    Option("test_mail"),
    Option("back_out", Kind.BOOLEAN),
)
"""How the work is done."""

PROBE = (
    Option("probe_from"),
    Option("probe_until"),
    Option("probe_security"),
    Option("probe_retries", Kind.INTEGER),
    Option("probe_retry_seconds", Kind.INTEGER),
    Option("probe_expected_size", Kind.INTEGER),
    Option("probe_foreign_recipient"),
    Option("probe_ciphers"),
    Option("probe_want_chain", Kind.BOOLEAN),
    Option("probe_names", Kind.BOOLEAN),
    Option("probe_dkim_selector"),
    Option("probe_image"),
    Option("probe_pull_secret"),
)
"""How the relay is probed."""

OPTIONS: Mapping[str, Option] = {
    option.name: option for option in DESCRIPTION + TARGET + RUN + PROBE
}
"""What the steps take, each of which works from a description."""

READ: Mapping[str, Option] = {
    option.name: option for option in (*PLACE, Option("values_src"), Option("document_path"))
}
"""What smtp_read takes, which finds out the description."""

RELEASED = Option("released", Kind.DICTIONARY, inherited=False)
"""The result of smtp_release, for the steps that come after it."""

PROOF_FOLLOWS = Option("proof_follows", Kind.BOOLEAN, inherited=False)
"""Whether the proof comes after the deployment."""

DEPLOYMENT_FOLLOWS = Option("deployment_follows", Kind.BOOLEAN, inherited=False)
"""Whether the deployment comes after the probe."""

PROBED = Option("probed", Kind.DICTIONARY, inherited=False)
"""The result of smtp_probe, for the steps that come after it."""

PLAYBOOK_VARIABLES = frozenset({"smtp_hosts"})
"""Variables that a playbook reads by itself: they are known, and no option of an action."""


ALSO_CALLED: Mapping[str, str] = {
    "address": "host",
    "hostname": "host",
    "relay": "host",
    "server": "host",
    "smarthost": "host",
    "encryption": "security",
    "login": "username",
    "from": "from_address",
    "sender": "from_address",
    "ca": "ca_path",
    "ca_bundle": "ca_path",
    "ca_cert": "ca_path",
    "ca_certificate": "ca_path",
    "ca_file": "ca_path",
    "cafile": "ca_path",
    "secret": "existing_secret",
    "secret_name": "existing_secret",
    "recipients": "test_recipients",
}
"""What other tools call an option, where the name alone would not lead there."""

_ENCRYPTED = ("security", "starttls, or tls where TLS begins with the first byte")
_UNVERIFIED = ("validate_certs", "false, only if it was true")
_VERIFIED = ("validate_certs", "true or false, as before")
SAID_OTHERWISE: Mapping[str, tuple[str, str]] = {
    **dict.fromkeys(("ssl", "starttls", "start_tls", "tls", "tls_enabled"), _ENCRYPTED),
    **dict.fromkeys(("enable_ssl", "enable_starttls", "enable_tls"), _ENCRYPTED),
    **dict.fromkeys(("use_ssl", "use_starttls", "use_tls"), _ENCRYPTED),
    **dict.fromkeys(("insecure", "insecure_skip_verify", "skip_verify"), _UNVERIFIED),
    **dict.fromkeys(("tls_skip_verify", "tls_insecure", "no_verify"), _UNVERIFIED),
    **dict.fromkeys(("verify", "verify_certs", "tls_verify", "ssl_verify"), _VERIFIED),
}
"""Switches of other tools, the option that says the same, and its value: renamed, they would say something else."""

SHORT_FORM = 4
"""A shorter beginning of a name, such as ``smtp_ca``, means nothing yet."""


def nearest(name: str, known: Iterable[str]) -> str | None:
    """The known name that `name` was most likely meant to be, if any is near enough, or is its long form."""
    names = list(known)
    found = difflib.get_close_matches(name, names, n=1, cutoff=0.7)
    if not found and len(name) >= SHORT_FORM:
        found = [longer for longer in names if longer.startswith(name)]
    return found[0] if len(found) == 1 else None


def hint(near: str | None) -> str:
    """The end of a sentence that says which name was probably meant."""
    return f"; {near} was probably meant" if near else ""


def unknown_variables(names: Iterable[str]) -> dict[str, str | None]:
    """Variables that begin with ``smtp_`` but mean nothing here, each with the nearest known name.

    Compared without the prefix, which would make any two names look alike.
    """
    known = {option.variable for option in (*OPTIONS.values(), *READ.values())}
    known |= PLAYBOOK_VARIABLES
    strangers = sorted({name for name in names if name.startswith(PREFIX)} - known)
    bare = [name[len(PREFIX) :] for name in known]
    guesses = {name: _option_of(name[len(PREFIX) :], bare) for name in strangers}
    return {name: guess and PREFIX + guess for name, guess in guesses.items()}


def _option_of(name: str, known: Iterable[str]) -> str | None:
    """The option that a name without the prefix was most likely meant to be."""
    if name in SAID_OTHERWISE:
        return SAID_OTHERWISE[name][0]
    return ALSO_CALLED.get(name) or nearest(name, known)
