# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with a description, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="variable-misspelt",
            severity="error",
            meaning=(
                "A variable that begins with smtp_ is none that the collection knows, and is "
                "close to one that it does."
            ),
            message="{where} is not a variable of this collection; {nearest} is.",
            fix=(
                "Rename {where} to {nearest}, or give it a name that does not begin with smtp_ if"
                " it belongs to something else."
            ),
        ),
        Entry(
            code="variable-unknown",
            severity="warning",
            meaning=(
                "A variable that begins with smtp_ is none that the collection knows. It has no "
                "effect here."
            ),
            message="{where} is not a variable of this collection and has no effect.",
            fix=(
                "Remove it, or give it a name that does not begin with smtp_ if it belongs to "
                "something else."
            ),
        ),
        Entry(
            code="option-unknown",
            severity="error",
            meaning="A task passes an option that its action does not have.",
            message="{where} is not an option of {action}.{hint}",
            fix="Remove it; ansible-doc {action} lists the options.",
        ),
        Entry(
            code="value-not-evaluated",
            severity="error",
            meaning=(
                "Ansible takes a value with two opening braces for a template, and cannot evaluate "
                "it. What a secret holds is not shown."
            ),
            message="{where} is taken for a template that cannot be evaluated{problem}.",
            fix=(
                "Define what {where} refers to; if it is a text that just holds two opening braces, "
                "tag it in its file: {where}: !unsafe '…'"
            ),
        ),
        Entry(
            code="value-invalid",
            severity="error",
            meaning="A value has the wrong type or shape and cannot be converted.",
            message="{where} {problem}.",
            fix="Correct {where}.",
        ),
        Entry(
            code="secret-not-text",
            severity="error",
            meaning=(
                "YAML read a secret as a number, a boolean or a date, which loses leading zeros "
                "and spelling. The tag !unsafe does that even to a quoted text."
            ),
            message="{where} {problem}: YAML has read it as something else, and its spelling is lost.",
            fix=(
                "Put it in quotes; and tag it with !unsafe only when it holds two opening braces, "
                "because that tag ignores the quotes."
            ),
        ),
        Entry(
            code="value-not-a-choice",
            severity="error",
            meaning="A value is none of those that are possible.",
            message="{where} is {value!r}.",
            fix="Set {where} to one of: {choices}.",
        ),
        Entry(
            code="number-out-of-range",
            severity="error",
            meaning="A number lies outside of what is possible, such as a port above 65535.",
            message="{where} is {value}, which is outside of {low} to {high}.",
            fix="Set {where} to a number from {low} to {high}.",
        ),
        Entry(
            code="host-missing",
            severity="error",
            meaning="Mail is to be configured, and no relay is named.",
            message="No relay is given.",
            fix=(
                "Set smtp_host to the relay's name, for example smtp_host: mail.example.com; to "
                "switch mail off, set smtp_enabled: false."
            ),
        ),
        Entry(
            code="host-invalid",
            severity="error",
            meaning="smtp_host is neither a host name nor an IP address.",
            message=(
                "smtp_host is {value!r}, which is neither a host name nor an IP address{detail}."
            ),
            fix="Give the bare name or address in smtp_host, and the port in smtp_port.",
        ),
        Entry(
            code="from-address-missing",
            severity="error",
            meaning="Mail is to be configured, and no sender is named.",
            message="No sender address is given.",
            fix=(
                "Set smtp_from_address to the address that the mails come from, for example "
                "no-reply@example.com."
            ),
        ),
        Entry(
            code="address-invalid",
            severity="error",
            meaning="A mail address is none (RFC 5321 section 4.1.2).",
            message="{where} is {value!r}, which is not a mail address: {problem}.",
            fix="Write it as name@domain, without a display name and without angle brackets.",
        ),
        Entry(
            code="port-security-contradiction",
            severity="error",
            meaning=(
                "The port speaks TLS from the first byte and the security says otherwise, or the "
                "other way round."
            ),
            message=(
                "smtp_port {port} and smtp_security {security} contradict each other: port {port}"
                " {speaks}."
            ),
            fix=(
                "Use smtp_security: {suggested} with port {port}, or smtp_port: {suggested_port} "
                "with smtp_security: {security}."
            ),
        ),
        Entry(
            code="security-missing",
            severity="error",
            meaning=(
                "The port is not one of the standard ports, so what it speaks cannot be told from"
                " it."
            ),
            message=(
                "smtp_port is {port}, which is no standard port, and smtp_security is not given."
            ),
            fix="Set smtp_security to tls (TLS from the first byte), starttls, or none.",
        ),
        Entry(
            code="credentials-incomplete",
            severity="error",
            meaning=(
                "Only one of user name and password is given. Applications then send without "
                "logging in, and say nothing."
            ),
            message="{given} is given and {missing} is not.",
            fix=(
                "Give both, or neither and smtp_auth: none for a relay that takes mail without "
                "credentials."
            ),
        ),
        Entry(
            code="credentials-missing",
            severity="error",
            meaning="smtp_auth asks for a login, and no credentials are given.",
            message="smtp_auth is password, and neither smtp_username nor smtp_password is given.",
            fix=(
                "Give both, or set smtp_auth: none for a relay that takes mail without credentials."
            ),
        ),
        Entry(
            code="credentials-contradiction",
            severity="error",
            meaning="smtp_auth says that there is no login, and credentials are given.",
            message="smtp_auth is none, and {given} is given.",
            fix="Remove {given}, or set smtp_auth: password.",
        ),
        Entry(
            code="credentials-unencrypted",
            severity="error",
            meaning="The password would cross the network in the clear.",
            message=(
                "smtp_security is none, and a password is given: it would cross the network in "
                "the clear."
            ),
            fix=(
                "Set smtp_security to starttls or tls; for a relay that takes mail without "
                "credentials, remove them and set smtp_auth: none."
            ),
        ),
        Entry(
            code="anonymous-relay",
            severity="warning",
            meaning=(
                "The relay takes mail without credentials: whoever reaches it from an allowed "
                "address can send in your name."
            ),
            message=(
                "{host} is used as an anonymous relay: whoever reaches it from an allowed address"
                " can send in your name."
            ),
            fix=(
                "Allow only the addresses of this cluster at the relay, and let a network policy "
                "allow only the application to reach it."
            ),
        ),
        Entry(
            code="verification-off",
            severity="warning",
            meaning=(
                "Certificates are not verified: whoever sits between application and relay can "
                "read the mails and the password."
            ),
            message=(
                "smtp_validate_certs is false: whoever sits between the application and {host} "
                "can read the mails and the password."
            ),
            fix=(
                "Verify certificates; give a private CA with smtp_ca_path where the application "
                "can take one."
            ),
        ),
        Entry(
            code="ca-unreadable",
            severity="error",
            meaning="The file of the private CA cannot be read on the controller.",
            message="smtp_ca_path {path} cannot be read on the controller: {problem}.",
            fix=(
                "Give the path of a PEM file that exists on the controller (in AWX: in the "
                "project or the execution environment), or its content in smtp_ca_pem."
            ),
        ),
        Entry(
            code="ca-not-a-certificate",
            severity="error",
            meaning="What is given as the private CA holds no PEM certificate.",
            message="{where} holds no certificate that can be loaded{problem}.",
            fix=(
                "Give the CA's certificate in PEM form: it begins with -----BEGIN "
                "CERTIFICATE-----. A DER file is converted with: openssl x509 -inform der -in "
                "ca.der -out ca.pem"
            ),
        ),
        Entry(
            code="ca-given-twice",
            severity="error",
            meaning="Both smtp_ca_path and smtp_ca_pem are given.",
            message="Both smtp_ca_path and smtp_ca_pem are given.",
            fix="Give one of them.",
        ),
    )
)
