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
            code="variable-said-otherwise",
            severity="error",
            meaning=(
                "A switch of another tool is given. The collection says the same with a variable of "
                "another name and other values."
            ),
            message="{where} is not a variable of this collection; {nearest} says the same.",
            fix="Remove {where}, and set {nearest} to {value}.",
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
                "Ansible takes a value with two opening braces, or with a brace and a percent or number "
                "sign, for a template, and cannot evaluate it. What a secret holds is not shown."
            ),
            message="{where} is taken for a template that cannot be evaluated{problem}.",
            fix=(
                "Define what {where} refers to. If it is plain text that holds {marks}, tag it in its "
                "file: {where}: !unsafe '…'; in JSON write {unsafe}."
            ),
        ),
        Entry(
            code="value-not-decrypted",
            severity="error",
            meaning="A value is encrypted with Ansible Vault, and the run has no password that opens it.",
            message="{where} is encrypted with Ansible Vault, and no vault password of this run opens it.",
            fix=(
                "Give the password with --vault-id, --vault-password-file or --ask-vault-pass; in AWX, "
                "add the Vault credential to the job template."
            ),
        ),
        Entry(
            code="value-holds-comment",
            severity="error",
            meaning=(
                "Ansible takes what stands between a brace with a number sign and its counterpart for a "
                "comment of a template, and drops it silently. A password becomes another one."
            ),
            message="{where} holds {begin} … {end}, which Ansible drops as a template's comment.",
            fix="Tag it in its file: {where}: !unsafe '…'; in JSON write {unsafe}.",
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
                "Put it in quotes. Tag it with !unsafe only when Ansible takes it for a template, "
                "because that tag ignores the quotes."
            ),
        ),
        Entry(
            code="value-not-a-choice",
            severity="error",
            meaning="A value is none of those that are possible.",
            message="{where} is {value!r}{hint}.",
            fix="Set {where} to one of: {choices}.",
        ),
        Entry(
            code="port-octal",
            severity="error",
            meaning="YAML reads a number that begins with 0 as octal, so that the port is another one.",
            message="{where} is {port}: YAML reads {written} as an octal number.",
            fix="Write {where}: {meant}, without the leading 0.",
        ),
        Entry(
            code="number-out-of-range",
            severity="error",
            meaning="A number lies outside of what is possible, such as a port above 65535.",
            message="{where} is {value}, which is outside of {low} to {high}.",
            fix="Set {where} to a number from {low} to {high}.",
        ),
        Entry(
            code="key-unknown",
            severity="error",
            meaning="A dictionary holds a key that means nothing there.",
            message="{where} is no key that is known here{hint}.",
            fix="Use these keys: {choices}.",
        ),
        Entry(
            code="layer-unnamed",
            severity="error",
            meaning="A layer has no name, so that nothing can be said of it.",
            message="{where} is not given.",
            fix="Give each entry of smtp_layers a name.",
        ),
        Entry(
            code="layer-name-taken",
            severity="error",
            meaning="Two layers have the same name, or one has the name of the nearest layer.",
            message="{where} is {value!r}, and another layer has that name already.",
            fix=(
                "Give each entry of smtp_layers a name of its own; {nearest} is the layer that the "
                "variables beside the list make."
            ),
        ),
        Entry(
            code="layer-parent-unknown",
            severity="error",
            meaning="A layer builds on one that does not exist.",
            message="Layer {layer} builds on {value!r}, which is no layer{hint}.",
            fix="Set {where} to one of: {choices}.",
        ),
        Entry(
            code="layer-loop",
            severity="error",
            meaning="Layers build on each other in a circle.",
            message="Layers build on each other in a circle: {loop}.",
            fix="Remove the parent of the one that is to be the farthest.",
        ),
        Entry(
            code="layer-unknown",
            severity="error",
            meaning="smtp_layer names a layer that does not exist.",
            message="{where} is {value!r}, which is no layer{hint}.",
            fix="Set {where} to one of: {choices}.",
        ),
        Entry(
            code="connection-replaced",
            severity="error",
            meaning=(
                "A layer gives a part of the connection and no relay. A connection is never mixed of "
                "several layers, so that credentials go only to the relay that they are for."
            ),
            message=(
                "No relay is given: {given} replaces the whole connection of the layers before it, "
                "their relay included."
            ),
            fix=(
                "Give smtp_host beside {given}; or give {given} in the layer that has the relay, or in "
                "a layer of its own with merge: field."
            ),
        ),
        Entry(
            code="policy-loosened",
            severity="error",
            meaning="A layer allows what the policy of a farther one forbids.",
            message="{where} allows what layer {layer} forbids.",
            fix="Remove {where}, or change the policy in layer {layer}.",
        ),
        Entry(
            code="host-missing",
            severity="error",
            meaning="Mail is to be configured, and no relay is named.",
            message="No relay is given.",
            fix=(
                "Set smtp_host to the relay's name, for example smtp_host: mail.example.com, or "
                "smtp_provider to a mail provider; to switch mail off, set smtp_enabled: false."
            ),
        ),
        Entry(
            code="host-invalid",
            severity="error",
            meaning="A host is neither a host name nor an IP address.",
            message="{where} is {value!r}, which is neither a host name nor an IP address{detail}.",
            fix="Give the bare name or address in {where}; a port goes into smtp_port.",
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
            code="security-not-declared",
            severity="error",
            meaning=(
                "Applications cannot find out by themselves what a port speaks, so the settings must "
                "say it. The probe can find it out."
            ),
            message="smtp_security is auto, and an application needs to be told.",
            fix=(
                "Set smtp_security to starttls, run the playbook probe with smtp_probe_security: auto, "
                "and write what it finds."
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
            fix=(
                "Set smtp_security to tls (TLS from the first byte), starttls, or none. If you do not "
                "know, set one of them, and smtp_probe with smtp_probe_security: auto finds out."
            ),
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
            meaning="smtp_auth says one thing, and the credentials that are given another.",
            message="smtp_auth is {auth}, and {given} is given.",
            fix="Remove {given}, or set smtp_auth: {other}.",
        ),
        Entry(
            code="credentials-twice",
            severity="error",
            meaning="Two ways to log in are given, and smtp_auth does not say which.",
            message="{given} are given, which are two ways to log in.",
            fix="Remove one of them.",
        ),
        Entry(
            code="oauth-incomplete",
            severity="error",
            meaning="A login with OAuth lacks a part: neither a token is given nor all that one is had with.",
            message="OAuth is to be used, and {missing} is not given.",
            fix=(
                "Give smtp_oauth a token; or a client_id and a client_secret, with the token_url or, for "
                "Microsoft Entra ID, the tenant."
            ),
        ),
        Entry(
            code="oauth-twice",
            severity="error",
            meaning="A token is given, and also what one is had with.",
            message="{where} holds a token, and also a client_id or a client_secret.",
            fix="Give one of the two: a ready token, or what tokens are had with.",
        ),
        Entry(
            code="oauth-username-missing",
            severity="error",
            meaning="XOAUTH2 and OAUTHBEARER name the mailbox beside the token.",
            message="OAuth is to be used, and smtp_username is not given.",
            fix="Set smtp_username to the address of the mailbox that the token is for.",
        ),
        Entry(
            code="mechanism-contradiction",
            severity="error",
            meaning="A SASL mechanism belongs to another kind of login.",
            message="smtp_mechanism {mechanism} belongs to smtp_auth {fitting}, and smtp_auth is {auth}.",
            fix="Set smtp_mechanism to one of: {choices}; or remove it.",
        ),
        Entry(
            code="mechanism-without-certificate",
            severity="error",
            meaning="EXTERNAL is the login by the client's certificate, and none is given.",
            message="smtp_mechanism is EXTERNAL, and smtp_client_cert is not given.",
            fix="Give smtp_client_cert and smtp_client_key, or remove smtp_mechanism.",
        ),
        Entry(
            code="credentials-unencrypted",
            severity="error",
            meaning="The password would cross the network in the clear.",
            message=(
                "smtp_security is none, and there is a login: its credentials would cross the network "
                "in the clear."
            ),
            fix=(
                "Set smtp_security to starttls or tls; for a relay that takes mail without "
                "credentials, remove them and set smtp_auth: none. {policy}: true allows it."
            ),
        ),
        Entry(
            code="credentials-unencrypted-allowed",
            severity="warning",
            meaning="The credentials cross the network in the clear, and the policy allows it.",
            message="smtp_security is none: the credentials cross the network in the clear.",
            fix="Set smtp_security to starttls or tls, and remove {policy}.",
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
            code="login-placeholder",
            severity="warning",
            meaning=(
                "The user name or the password is a word that stands for a missing value, such as None, "
                "null or changeme."
            ),
            message="{where} is a placeholder such as None, null or changeme.",
            fix="Give the real value; for a relay that takes mail without credentials, set smtp_auth: none.",
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
            meaning="What is given as a certificate holds none in PEM form.",
            message="{where} holds no certificate that can be loaded{problem}.",
            fix=(
                "Give the certificate in PEM form: it begins with -----BEGIN "
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
        Entry(
            code="client-certificate-incomplete",
            severity="error",
            meaning="Only one of the client's certificate and its key is given.",
            message="{given} is given and {missing} is not.",
            fix="Give both, or neither.",
        ),
        Entry(
            code="client-key-unusable",
            severity="error",
            meaning="The client's key cannot be used with its certificate.",
            message="smtp_client_key {problem}.",
            fix=(
                "Give the key of smtp_client_cert in PEM form, without a passphrase: openssl pkey "
                "-in encrypted.pem -out client.key"
            ),
        ),
        Entry(
            code="tls-setting-unused",
            severity="warning",
            meaning="A setting of TLS is given, and smtp_security is none.",
            message="{where} has no effect, because smtp_security is none.",
            fix="Set smtp_security to starttls or tls, or remove {where}.",
        ),
        Entry(
            code="proxy-invalid",
            severity="error",
            meaning="smtp_proxy is no URL of a proxy that can be used.",
            message="{where} {problem}.",
            fix="Write it as socks5://host:port or http://host:port.",
        ),
        Entry(
            code="address-internationalised",
            severity="warning",
            meaning="An address has characters before the @ that not every relay takes (RFC 6531).",
            message=(
                "{where} is {value!r}: not every relay and application takes other characters than "
                "ASCII before the @ (SMTPUTF8)."
            ),
            fix="Use an address in ASCII, or make sure that relay and application know SMTPUTF8.",
        ),
        Entry(
            code="policy-fips-verification",
            severity="error",
            meaning="Under FIPS certificates are always verified.",
            message="{policy} is set, and smtp_validate_certs is false.",
            fix="Remove smtp_validate_certs: false; give a private CA with smtp_ca_path.",
        ),
        Entry(
            code="policy-fips-mechanism",
            severity="error",
            meaning="CRAM-MD5 uses MD5, which FIPS does not approve.",
            message="{policy} is set, and smtp_mechanism is CRAM-MD5.",
            fix="Remove smtp_mechanism, or set it to SCRAM-SHA-256 or PLAIN.",
        ),
        Entry(
            code="policy-tls-required",
            severity="error",
            meaning="The policy asks for TLS, and the connection has none.",
            message="{policy} is set, and smtp_security is none.",
            fix="Set smtp_security to starttls or tls.",
        ),
        Entry(
            code="policy-verification-required",
            severity="error",
            meaning="The policy asks for verified certificates.",
            message="{policy} is set, and smtp_validate_certs is false.",
            fix="Remove smtp_validate_certs: false; give a private CA with smtp_ca_path.",
        ),
        Entry(
            code="policy-anonymous-forbidden",
            severity="error",
            meaning="The policy forbids relays that take mail without a login.",
            message="{policy} is false, and there is no login.",
            fix="Give smtp_username and smtp_password of a relay that takes them.",
        ),
        Entry(
            code="policy-chart-required",
            severity="error",
            meaning=(
                "The policy forbids charts out of Helm's records, which everybody can write who may write "
                "the Secrets of the namespace."
            ),
            message="{policy} is true, and smtp_chart is not given.",
            fix=(
                "Set smtp_chart to the chart that was installed: a folder, a packaged chart, a repository "
                "name or an oci:// address."
            ),
        ),
        Entry(
            code="policy-sink-forbidden",
            severity="error",
            meaning="The policy forbids relays for tests, whose mail reaches nobody.",
            message="{policy} is false, and the relay is one for tests.",
            fix="Use the relay of this environment.",
        ),
    )
)
