# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with the names behind the mail, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="names-library-missing",
            severity="error",
            meaning="The Python library dnspython or publicsuffixlist is missing on the controller.",
            message="The names behind the mail cannot be looked up by {python}: {problem}.",
            fix=(
                "Install it into the environment that runs ansible-playbook: {python} -m pip "
                "install 'dnspython>=2.6.1' publicsuffixlist"
            ),
        ),
        Entry(
            code="names-not-looked-up",
            severity="warning",
            meaning="The DNS gave no answer that can be relied on, so nothing is said of that part.",
            message="{where} is unproven, because the DNS gave no answer: {problem}",
            fix="Check the DNS servers of the controller (/etc/resolv.conf), and ask again.",
        ),
        # -- the sender's domain ---------------------------------------------------------------
        Entry(
            code="sender-domain-missing",
            severity="warning",
            meaning="The domain of the sender is not in the DNS, as the controller sees it.",
            message="The sender's domain {domain} does not exist in the DNS.",
            fix=(
                "Correct the from address (or the envelope sender), or register the domain. Most "
                "relays refuse senders without a domain."
            ),
        ),
        Entry(
            code="sender-without-mx",
            severity="warning",
            meaning="Nothing can be delivered to the sender's domain.",
            message=(
                "Bounces to {domain} have nowhere to go: it has neither an MX record nor an address."
            ),
            fix=(
                "Add an MX record, such as {domain}. MX 10 mail.{domain}. Some receivers refuse "
                "senders that cannot be answered."
            ),
        ),
        Entry(
            code="sender-null-mx",
            severity="warning",
            meaning="The sender's domain declares that it takes no mail (RFC 7505).",
            message="{domain} says by a null MX that it takes no mail; receivers may refuse it.",
            fix=(
                "Replace the record {domain}. MX 0 . by one that leads to a mail host, or send from "
                "a domain that takes bounces."
            ),
        ),
        # -- SPF (RFC 7208) --------------------------------------------------------------------
        Entry(
            code="spf-missing",
            severity="warning",
            meaning="The envelope sender's domain does not say which addresses send its mail.",
            message="{domain} has no SPF record.",
            fix="Add the record {record}",
        ),
        Entry(
            code="spf-broken",
            severity="warning",
            meaning="Receivers cannot use the SPF record, and treat mail as if it had failed.",
            message="The SPF policy of {domain} is broken: {problem}.",
            fix="Correct it. What stands there now: {record}",
        ),
        Entry(
            code="spf-too-many-lookups",
            severity="warning",
            meaning="Receivers stop at ten look-ups (RFC 7208 section 4.6.4), and the policy fails.",
            message="The SPF policy of {domain} needs {lookups} look-ups, and may need {limit}.",
            fix=(
                "Take out includes that are no longer used, or replace some by ip4: and ip6:. What "
                "stands there now: {record}"
            ),
        ),
        Entry(
            code="spf-relay-missing",
            severity="warning",
            meaning="The SPF policy does not let the relay send for the envelope sender's domain.",
            message="The SPF policy of {domain} does not cover the relay: {missing}.",
            fix="Change the record to {record}",
        ),
        Entry(
            code="spf-lets-everyone",
            severity="warning",
            meaning="The SPF policy ends in +all, so that everybody may send as this domain.",
            message="The SPF policy of {domain} lets everybody send for it.",
            fix="Change the record to {record}",
        ),
        Entry(
            code="spf-not-evaluated",
            severity="info",
            meaning="A part of the SPF policy depends on more than the relay's address.",
            message="These parts of the SPF policy of {domain} were not evaluated: {terms}.",
            fix="Nothing to do where the relay is covered anyway; macros and ptr are rarely needed.",
        ),
        Entry(
            code="spf-unproven",
            severity="info",
            meaning="From which addresses the relay sends to the world is not known.",
            message="Whether the SPF policy of {domain} covers the relay is unproven: {problem}.",
            fix=(
                "Compare the policy with the addresses that the relay sends from, or with what the "
                "provider's console asks for."
            ),
        ),
        # -- DKIM (RFC 6376) -------------------------------------------------------------------
        Entry(
            code="dkim-unproven",
            severity="info",
            meaning="Without its selector no DKIM key can be found in the DNS.",
            message="Whether {domain} has a DKIM key is unproven, because no selector is given.",
            fix=(
                "Give the selector: it is s= in the DKIM-Signature of a mail that the relay sent, "
                "and stands in the provider's console."
            ),
        ),
        Entry(
            code="dkim-key-missing",
            severity="warning",
            meaning="The DNS has no key for the DKIM selector: signatures that name it fail.",
            message="There is no DKIM key at {name}.",
            fix="Add the record {record}",
        ),
        Entry(
            code="dkim-key-broken",
            severity="warning",
            meaning="Receivers cannot use the key record.",
            message="The DKIM key at {name} cannot be used: {problem}.",
            fix=(
                "Replace the record by the one that the relay or provider shows, as a whole: "
                "{record}"
            ),
        ),
        Entry(
            code="dkim-key-revoked",
            severity="warning",
            meaning="The key record is empty, which means that the key was withdrawn.",
            message="The DKIM key at {name} is revoked (p= is empty).",
            fix="Let the relay sign with another selector, or add a new key: {record}",
        ),
        Entry(
            code="dkim-key-weak",
            severity="warning",
            meaning="The RSA key is shorter than RFC 8301 recommends; short ones count for nothing.",
            message="The DKIM key at {name} has {bits} bits; receivers want {limit}.",
            fix="Make a key of 2048 bits at the relay or provider, and add its record: {record}",
        ),
        Entry(
            code="dkim-key-testing",
            severity="info",
            meaning="The key says that the domain only tests DKIM.",
            message="The DKIM key at {name} is marked as a test (t=y).",
            fix="Take t=y out of the record when signatures are right.",
        ),
        # -- DMARC (RFC 7489) ------------------------------------------------------------------
        Entry(
            code="dmarc-missing",
            severity="warning",
            meaning="The author's domain has no DMARC policy; large receivers want one.",
            message="{domain} has no DMARC policy.",
            fix="Add the record {record}",
        ),
        Entry(
            code="dmarc-broken",
            severity="warning",
            meaning="Receivers cannot use the DMARC record, and go on as if there were none.",
            message="The DMARC policy of {domain} is broken: {problem}.",
            fix="Replace it by one record: {record}",
        ),
        Entry(
            code="dmarc-would-fail",
            severity="warning",
            meaning=(
                "Neither SPF nor DKIM proves the author's domain, and its policy tells receivers to "
                "quarantine or reject such mail."
            ),
            message=(
                "Mail from {domain} through this relay fails DMARC, and receivers are told to "
                "{policy} it: {problem}."
            ),
            fix=(
                "Mend SPF or DKIM as said above, with an envelope sender or a signature of "
                "{organisational}; one of the two is enough."
            ),
        ),
        Entry(
            code="dmarc-unproven",
            severity="info",
            meaning="SPF does not prove the author's domain, or is unproven, and DKIM is unknown.",
            message=(
                "Whether mail from {domain} passes DMARC (policy {policy}) is unproven: {problem}."
            ),
            fix="Give the DKIM selector, or look at the Authentication-Results of a test mail.",
        ),
        # -- the relay's reverse name ----------------------------------------------------------
        Entry(
            code="relay-reverse-missing",
            severity="warning",
            meaning="Many receivers refuse mail from an address without a reverse name.",
            message="The relay's address {address} has no reverse name.",
            fix=(
                "Have the owner of the address (the cloud or internet provider) add the record "
                "{record}"
            ),
        ),
        Entry(
            code="relay-reverse-differs",
            severity="warning",
            meaning="The reverse name of the relay does not lead back to its address.",
            message="The relay's address {address} is called {names}, and none of these leads back.",
            fix=(
                "Give the name that address ({forward}), or have the owner of the address correct "
                "the reverse name: {record}"
            ),
        ),
    )
)
