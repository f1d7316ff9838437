# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Every finding about a relay: code, severity, message, fix, meaning."""

from __future__ import annotations

from .catalogue import Catalogue, Entry

# The facts that a template or a row may use; the probe fills all of them, empty where unknown.
# ``relay`` is host and port, with an IPv6 address in brackets.
# ``greeting`` is the relay's banner and the first line of its EHLO reply: a provider behind another
# name is recognised by it.
FACTS = (
    "address",
    "attempts",
    "days",
    "detail",
    "ehlo_name",
    "failure",
    "greeting",
    "host",
    "issuer",
    "meaning",
    "mechanism",
    "names",
    "not_after",
    "not_before",
    "offered",
    "port",
    "proxy",
    "recipient",
    "relay",
    "reply",
    "security",
    "sender",
    "server_name",
    "stage",
    "subject",
    "timeout",
    "use",
    "username",
)

_CA_FIX = (
    "Put the certificate of the CA that signed it into smtp_ca_path or smtp_ca_pem (the relay's "
    "administrator has it); where that is a public CA, have the relay send its intermediate "
    "certificates too. Do not switch validation off."
)

CATALOGUE = Catalogue(
    (
        # -- before any connection ------------------------------------------------------------
        Entry(
            "request-invalid",
            "error",
            "{detail}.",
            "Correct it; nothing was sent to the relay.",
            "The settings cannot be tried as they are. No connection was made.",
        ),
        Entry(
            "relay-name-not-found",
            "error",
            "The name {host} has no address here ({detail}).",
            "Check the spelling of the host; where it is an internal name, check that this "
            "machine's (or pod's) DNS knows it: getent hosts {host}.",
            "The DNS says that the relay's name does not exist or has no address.",
        ),
        Entry(
            "relay-name-searched",
            "warning",
            "The name {host} was answered by {names}: the search list of where the probe runs was tried first.",
            "Write the name with a full stop at its end where the application takes that; or set dnsConfig of "
            "the pods (options: ndots 1), or remove the wildcard record that answers.",
            "Pods try the cluster's search list for names with fewer than five dots (ndots:5). A wildcard "
            "record in one of these domains turns the relay's name into another host.",
        ),
        Entry(
            "resolver-failed",
            "error",
            "The name {host} could not be looked up: {detail}.",
            "Check the DNS servers of where the probe runs (/etc/resolv.conf; in a cluster, the "
            "DNS pods and an egress rule for port 53), then try again.",
            "The DNS server did not answer. The relay itself was not reached.",
        ),
        # -- connecting -----------------------------------------------------------------------
        Entry(
            "relay-refused",
            "error",
            "{host} refused the connection on port {port} ({attempts}).",
            "Check the port (587 for STARTTLS, 465 for implicit TLS, 25 between relays) and that "
            "the relay's SMTP service runs and listens on that address.",
            "The host answered, and nothing listens on the port, or a firewall rejects it.",
        ),
        Entry(
            "relay-timeout",
            "error",
            "{host} did not answer on port {port} within {timeout} s ({attempts}).",
            "Have outbound TCP to {relay} allowed from here (firewall, security group, "
            "NetworkPolicy, mesh egress). Some clouds block 465 and 587 as well until it is asked "
            "for; many providers have a further port, such as 2525 or 2587.",
            "Packets to the relay vanish: nearly always a firewall between here and there.",
        ),
        Entry(
            "port-25-timeout",
            "error",
            "{host} did not answer on port 25 within {timeout} s ({attempts}).",
            "Use port 587 (smtp_security: starttls) or 465 (smtp_security: tls). Most internet "
            "providers and clouds block outgoing port 25 to keep spam in, and lift that on request "
            "at best; for a relay of your own network, have TCP to {host}:25 allowed from here.",
            "Packets to port 25 vanish. That port is for mail between relays, and is the one that "
            "internet providers block.",
        ),
        Entry(
            "relay-no-route",
            "error",
            "There is no route from here to {host} ({attempts}).",
            "Check the network of where the probe runs: its default route, its VPN, and whether "
            "it has the address family (IPv4 or IPv6) that the relay has.",
            "The machine or pod has no network path to any of the relay's addresses.",
        ),
        Entry(
            "relay-unreachable",
            "error",
            "A router or firewall reports that {host} cannot be reached ({attempts}).",
            "Check that the relay is up, and that no firewall on the way rejects TCP port {port}.",
            "Something on the way answered in the relay's stead that it cannot be reached.",
        ),
        Entry(
            "connect-denied",
            "error",
            "This machine itself forbids the connection to {relay} ({attempts}).",
            "Look for a local firewall, SELinux or sandbox rule (iptables -S OUTPUT, "
            "ausearch -m avc) that forbids outbound TCP to port {port}, and allow it.",
            "The operating system refused to open the connection.",
        ),
        Entry(
            "connect-failed",
            "error",
            "The connection to {relay} failed ({attempts}).",
            "Try the same from the same place: nc -vz {host} {port}; the reason lies in the "
            "network between here and the relay.",
            "The connection failed for a reason that has no finding of its own.",
        ),
        Entry(
            "open-files-limit",
            "error",
            "This process may open no further connection: its limit of open files is reached.",
            "Probe fewer relays at the same time (--concurrency, or the forks of Ansible), or raise the "
            "limit (ulimit -n). The relay was not tried.",
            "A limit of the machine that the probe runs on. It says nothing about the relay.",
        ),
        Entry(
            "address-dead",
            "warning",
            "One address of {host} does not work: {address}. Another one does.",
            "Repair that address, or take it out of the DNS: an application that tries it first "
            "waits, or fails at times.",
            "The relay has several addresses and not all of them answer.",
        ),
        Entry(
            "address-no-route",
            "info",
            "There is no route from here to {address}; another address of {host} works.",
            "Nothing to do where this network has no such address family on purpose.",
            "The relay has an address of a family (mostly IPv6) that this machine lacks.",
        ),
        Entry(
            "proxied",
            "info",
            "The relay was reached through {proxy}.",
            "An application without a proxy setting is not proven by this: probe without the proxy, "
            "from where the application runs.",
            "The way to the relay led through a proxy.",
        ),
        Entry(
            "proxy-unreachable",
            "error",
            "The proxy {proxy} cannot be connected to ({detail}).",
            "Check smtp_proxy, and that this machine may connect to the proxy. The relay was not "
            "tried.",
            "The connection failed before the relay: at the proxy.",
        ),
        Entry(
            "proxy-login-rejected",
            "error",
            "The proxy {proxy} does not let this client in: {detail}.",
            "Have the proxy admit this machine without a login: smtp_proxy takes none, as it would show "
            "in results. The command does (--proxy-from, socks5://user:password@host:port). The relay "
            "was not tried.",
            "The proxy wants a login, or rejected the one it got. The relay's credentials are others.",
        ),
        Entry(
            "proxy-denied",
            "error",
            "The proxy {proxy} does not allow connections to {relay}: {detail}.",
            "Have {host} and port {port} allowed in the proxy's rules (many allow 443 alone).",
            "The proxy works, and its rules forbid this relay or port.",
        ),
        Entry(
            "proxy-relay-unreachable",
            "error",
            "The proxy {proxy} does not get through to {relay}: {detail}.",
            "Check name and port of the relay as the proxy sees them, and the firewall between the "
            "two.",
            "The proxy works; the way from it to the relay does not.",
        ),
        Entry(
            "proxy-silent",
            "error",
            "The proxy {proxy} was asked for {relay} and gave no reply ({detail}).",
            "Check name and port of the relay as the proxy sees them: many proxies say nothing while "
            "they try to connect, and hang up on a failure or a login that they do not like. Check "
            "host, port and scheme (socks5 or http) of smtp_proxy too.",
            "The proxy took the connection, and then fell silent or hung up.",
        ),
        Entry(
            "proxy-broken",
            "error",
            "What answers at {proxy} is no such proxy: {detail}.",
            "Check host, port and scheme (socks5 or http) of smtp_proxy.",
            "The answer has not the form that the proxy's protocol has.",
        ),
        # -- greeting and protocol ------------------------------------------------------------
        Entry(
            "relay-speaks-tls-first",
            "error",
            "{relay} speaks TLS from the first byte, not {security}.",
            "Use smtp_security: tls for this port, or the relay's STARTTLS port (mostly 587).",
            "A client that waits for a greeting in plaintext waits for ever on such a port.",
        ),
        Entry(
            "relay-speaks-plaintext-first",
            "error",
            "{relay} answers in plaintext where TLS was expected.",
            "Use smtp_security: {use} for this port, or the relay's implicit TLS port (mostly 465).",
            "Clients report this as 'wrong version number'. The port needs STARTTLS or has no TLS.",
        ),
        Entry(
            "relay-silent",
            "error",
            "{relay} takes the connection and says nothing within {timeout} s, neither in "
            "plaintext nor in TLS.",
            "Look in the relay's log for a connection from here. Without one, something takes the "
            "connection before the relay does: a proxy, a load balancer, on a pod the sidecar of a "
            "service mesh (Istio, Linkerd) or an egress policy that lets nothing on: exclude the port from "
            "the mesh (Istio: annotation traffic.sidecar.istio.io/excludeOutboundPorts; Linkerd: "
            "config.linkerd.io/skip-outbound-ports), or name the port of the relay's Service tcp-smtp. With "
            "one, the relay delays its greeting: raise smtp_timeout.",
            "A connection exists, but no SMTP greeting comes.",
        ),
        Entry(
            "client-refused",
            "error",
            "The relay does not talk to this client: {reply}.",
            "Have this machine's (or the cluster's outgoing) address allowed at the relay, and "
            "check it against block lists and for a reverse DNS name.",
            "The relay refuses this client, mostly because of its address.",
        ),
        Entry(
            "reverse-dns-missing",
            "error",
            "The relay wants a name for this client's address: {reply}.",
            "Have a PTR record made for the outgoing address (by the owner of the address: the cloud "
            "or internet provider) whose name resolves back to it, or use a relay that takes logins.",
            "The outgoing address has no reverse DNS name, or one that does not lead back.",
        ),
        Entry(
            "not-smtp",
            "error",
            "{relay} does not speak SMTP at stage {stage}: it sent '{detail}'.",
            "Check host and port: another service listens there, or a proxy answers in between.",
            "What was received has not the form of an SMTP reply.",
        ),
        Entry(
            "protocol-broken",
            "error",
            "The relay broke the protocol at stage {stage} ({failure}): '{detail}'.",
            "Check what sits between here and the relay (a firewall's 'SMTP fixup' or inspection "
            "often does this); otherwise it is a fault of the relay's software.",
            "A reply was endless, changed its code within, or came without a question.",
        ),
        Entry(
            "starttls-injection",
            "error",
            "Text was slipped in after the reply to STARTTLS: '{detail}'.",
            "Take it for an attack or a faulty proxy: use implicit TLS (smtp_security: tls, port 465), "
            "and have the network path and the relay's software (CVE-2011-0411) checked.",
            "Plaintext after the reply to STARTTLS would be taken for protected text.",
        ),
        Entry(
            "ehlo-name-rejected",
            "error",
            "The relay does not accept the name {ehlo_name} in EHLO: {reply}.",
            "Set smtp_ehlo_name to a full host name that exists in the DNS, best the one that the "
            "outgoing address resolves back to.",
            "Some relays demand a qualified, existing name in EHLO.",
        ),
        Entry(
            "ehlo-rejected",
            "error",
            "The relay rejected both EHLO and HELO: {reply}.",
            "Check host and port: a mail relay accepts one of the two. See the relay's log.",
            "Without EHLO there is neither TLS nor authentication.",
        ),
        Entry(
            "pipelining-broken",
            "warning",
            "The relay announces PIPELINING, and commands that are sent together go wrong ({detail}); "
            "one by one they work.",
            "Nothing to do where the application sends one command at a time, as most do; else have "
            "it taken out of the EHLO reply (Postfix: smtpd_discard_ehlo_keywords = pipelining), "
            "or what stands between here and the relay repaired.",
            "The relay, or something in between, loses commands that come together (RFC 2920).",
        ),
        # -- TLS ------------------------------------------------------------------------------
        Entry(
            "starttls-not-offered",
            "error",
            "The relay does not offer STARTTLS on port {port}.",
            "Use the relay's submission port (587) or implicit TLS (465, smtp_security: tls). If it "
            "should be offered, the relay has no certificate yet, or a firewall strips it; only "
            "for a trusted network: smtp_security: none.",
            "The EHLO reply has no STARTTLS, so the connection cannot be encrypted.",
        ),
        Entry(
            "starttls-stripped",
            "error",
            "Something between here and the relay takes STARTTLS away: the EHLO reply has '{detail}'.",
            "Have the inspection of SMTP switched off on the firewall (Cisco ASA: no inspect esmtp, or "
            "allow-tls), or use implicit TLS (smtp_security: tls, port 465).",
            "A firewall overwrites capabilities that it does not know, so nobody can encrypt.",
        ),
        Entry(
            "smtp-inspected",
            "warning",
            "A firewall rewrites what the relay says ('{detail}').",
            "Have the inspection of SMTP switched off on it (Cisco ASA: no inspect esmtp): it hides "
            "STARTTLS and AUTH, and breaks mails.",
            "The greeting or the EHLO reply has the marks of an SMTP inspection.",
        ),
        Entry(
            "auth-offered-in-clear",
            "warning",
            "The relay offers a login on port {port} before the connection is encrypted.",
            "Have AUTH offered under TLS only (Postfix: smtpd_tls_auth_only = yes); until then take "
            "care that every application demands TLS.",
            "A client that does not insist on TLS sends its password for everybody to read.",
        ),
        Entry(
            "tls-version-old",
            "warning",
            "The relay speaks {detail}, which is no longer secure (RFC 8996).",
            "Have TLS 1.2 or newer enabled at the relay.",
            "The connection came about because tls_min_version allows an old version.",
        ),
        Entry(
            "tls-intercepted",
            "warning",
            "The certificate does not come from the relay but from a product that looks into TLS: "
            "'{detail}'.",
            "Have {relay} exempted from TLS inspection; or, where that is wanted, give its CA to "
            "the probe and to the application (smtp_ca_path).",
            "A gateway or virus scanner takes the encrypted connection apart.",
        ),
        Entry(
            "starttls-rejected",
            "error",
            "The relay offers STARTTLS and then refuses it: {reply}.",
            "See the relay's log: mostly its certificate or key cannot be read.",
            "STARTTLS was answered with an error.",
        ),
        Entry(
            "starttls-required",
            "error",
            "The relay demands TLS first: {reply}.",
            "Use smtp_security: starttls (port 587) or smtp_security: tls (port 465).",
            "The relay takes neither credentials nor mail in the clear.",
        ),
        Entry(
            "starttls-answered-in-plaintext",
            "error",
            "After STARTTLS the relay, or something in between, does not speak TLS ({detail}).",
            "Try it past any proxy, mesh or mail firewall: something takes part in the dialogue "
            "without being able to do TLS; or use implicit TLS (smtp_security: tls, port 465).",
            "The TLS hello after STARTTLS was answered with something that is not TLS.",
        ),
        Entry(
            "tls-version-unsupported",
            "error",
            "There is no TLS version that both sides allow ({detail}).",
            "Have TLS 1.2 or newer enabled at the relay; as a stopgap, where policy allows it, "
            "lower tls_min_version.",
            "The relay speaks only versions below tls_min_version, or only newer ones.",
        ),
        Entry(
            "tls-cipher-mismatch",
            "error",
            "Relay and client share no acceptable cipher or key exchange ({detail}).",
            "Have modern cipher suites enabled at the relay (for TLS 1.2: ECDHE with AES-GCM or "
            "ChaCha20) and a key of at least 2048 bits.",
            "The handshake ended because of ciphers, groups or key sizes.",
        ),
        Entry(
            "client-certificate-required",
            "error",
            "The relay demands a client certificate ({detail}).",
            "Give one that the relay's administrator has issued (client_cert and client_key); or use a "
            "port or listener of the relay that authenticates by password or address.",
            "The relay authenticates its clients by certificate.",
        ),
        Entry(
            "client-certificate-rejected",
            "error",
            "The relay does not accept this side's certificate ({detail}).",
            "Compare client_cert with what the relay trusts: a CA that it knows, not expired, meant "
            "for clients, and with the chain that leads to the CA. The relay's log has the reason.",
            "The relay ended TLS with an alert about the client's certificate.",
        ),
        Entry(
            "tls-renegotiation-unsafe",
            "error",
            "The relay's TLS has no secure renegotiation (RFC 5746), which OpenSSL 3 demands ({detail}).",
            "Have the relay's TLS library updated, or the device in between that ends TLS. Older programs "
            "connect all the same; do not weaken OpenSSL's settings for it.",
            "Clients report this as UNSAFE_LEGACY_RENEGOTIATION_DISABLED. The relay's TLS is from before 2010, "
            "or a firewall's is.",
        ),
        Entry(
            "tls-server-name-unknown",
            "error",
            "The name {server_name} cannot be asked for in the TLS handshake ({detail}).",
            "Set server_name (or host) to the name that the relay's certificate carries.",
            "The relay does not know the name in SNI, or it is no valid name.",
        ),
        Entry(
            "tls-failed",
            "error",
            "The TLS handshake failed: {detail}.",
            "See the relay's log of the same second; compare with "
            "openssl s_client -connect {relay}.",
            "TLS did not come about, for a reason that has no finding of its own.",
        ),
        Entry(
            "certificate-unknown-issuer",
            "error",
            "The relay's certificate is signed by '{issuer}', which is not trusted here.",
            _CA_FIX,
            "The chain does not lead to a trusted root: a private CA, or the relay does not send "
            "its intermediate certificate, or a proxy intercepts TLS.",
        ),
        Entry(
            "system-roots-missing",
            "warning",
            "Where the probe runs there are no roots at all, so that no public CA is trusted.",
            "Install them there (the package ca-certificates), or give the one that the relay needs "
            "(smtp_ca_path). An application that brings its own roots may trust the relay all the same.",
            "The machine or image has neither a bundle nor a directory of roots, as minimal images.",
        ),
        Entry(
            "certificate-self-signed",
            "error",
            "The relay's certificate is self-signed ('{subject}').",
            "Give the relay a certificate of a CA; or put this very certificate into smtp_ca_pem.",
            "The certificate vouches for itself.",
        ),
        Entry(
            "certificate-name-mismatch",
            "error",
            "The relay's certificate is not for {server_name}, but for: {names}.",
            "Use one of these names as the host, or set server_name to it; or have {server_name} "
            "added to the certificate.",
            "The connection may well be encrypted, yet with somebody else.",
        ),
        Entry(
            "certificate-expired",
            "error",
            "The relay's certificate expired at {not_after}.",
            "Have it renewed at the relay; if it was, the service needs a reload. Check this "
            "machine's clock too.",
            "The certificate is past its end.",
        ),
        Entry(
            "certificate-not-yet-valid",
            "error",
            "The relay's certificate is valid only from {not_before}.",
            "Check the clocks of this machine and of the one that made the certificate.",
            "The certificate's time has not begun.",
        ),
        Entry(
            "certificate-issuer-not-valid-now",
            "error",
            "The relay's certificate is valid until {not_after}; '{issuer}', which signed it, or a "
            "certificate further up, is not valid today ({detail}).",
            "Have the relay send the CA's present intermediate certificate; put the CA's present "
            "certificate into smtp_ca_path or smtp_ca_pem, or update the system's roots. Check this "
            "machine's clock too.",
            "A certificate of the chain above the relay's own has expired, or its time has not begun.",
        ),
        Entry(
            "certificate-weak",
            "error",
            "The relay's certificate has a key or signature that is too weak ({detail}).",
            "Have it replaced: RSA of at least 2048 bits or EC, signed with SHA-256 or better.",
            "TLS libraries refuse such certificates.",
        ),
        Entry(
            "certificate-invalid",
            "error",
            "The relay's certificate does not verify: {detail}.",
            "Compare with openssl s_client -connect {relay} -showcerts, and have the "
            "certificate or its chain corrected.",
            "OpenSSL refused the certificate for a reason that has no finding of its own.",
        ),
        Entry(
            "certificate-refused-by-go",
            "warning",
            "The relay's certificate {detail}. Programs written in Go refuse it; OpenSSL does not.",
            "Have it replaced by an X.509 version 3 certificate that names the host as a subject alternative "
            "name.",
            "Go's reader of certificates is stricter than OpenSSL's: the probe's success proves nothing for a "
            "program in Go.",
        ),
        Entry(
            "certificate-refused-by-rustls",
            "warning",
            "The relay's certificate {detail}. Programs with rustls refuse it; OpenSSL does not.",
            "Have it replaced by a certificate that a CA has signed for this host: X.509 version 3, not a CA "
            "itself, with the host as a subject alternative name.",
            "rustls, which many programs in Rust use, is stricter than OpenSSL: the probe's success proves "
            "nothing for them.",
        ),
        Entry(
            "certificate-expires-soon",
            "warning",
            "The relay's certificate expires in {days} days, at {not_after}.",
            "Have it renewed in time; mail stops on that day.",
            "The certificate is valid and nearly at its end.",
        ),
        # -- authentication -------------------------------------------------------------------
        Entry(
            "auth-not-offered",
            "error",
            "The relay offers no authentication here.",
            "Encrypt the connection (most relays offer AUTH only under TLS) and use the submission "
            "port (587 or 465); if the relay takes mail by address, use auth: none.",
            "The EHLO reply has no AUTH.",
        ),
        Entry(
            "mechanism-not-offered",
            "error",
            "The relay does not offer the mechanism {mechanism}; it offers: {offered}.",
            "Take one of these, or leave mechanism unset.",
            "The demanded SASL mechanism is not in the EHLO reply.",
        ),
        Entry(
            "mechanism-unknown",
            "error",
            "The relay offers only mechanisms that take no password from here: {offered}.",
            "Have PLAIN or LOGIN over TLS enabled at the relay.",
            "No SASL mechanism is known to both sides.",
        ),
        Entry(
            "windows-login-only",
            "error",
            "The relay offers only Windows logins ({offered}), which need a domain account and no "
            "password.",
            "Exchange: have a receive connector with basic authentication over TLS "
            "(Set-ReceiveConnector -AuthMechanism Tls,BasicAuth,BasicAuthRequireTLS), or one that "
            "admits this address without a login (auth: none). Without TLS, Exchange hides the "
            "other mechanisms: try smtp_security: starttls first.",
            "NTLM or GSSAPI alone: applications that send by user name and password cannot log in.",
        ),
        Entry(
            "mechanism-rejected",
            "error",
            "The relay refused the mechanism {mechanism}: {reply}.",
            "Set mechanism to another one that the relay offers ({offered}).",
            "The relay offers a mechanism and does not carry it out.",
        ),
        Entry(
            "mechanism-unavailable",
            "error",
            "The mechanism {mechanism} cannot be used on this machine: {detail}.",
            "Set mechanism to another one that the relay offers ({offered}); under FIPS there is "
            "no MD5.",
            "The digest that the mechanism needs is not available.",
        ),
        Entry(
            "credentials-in-clear",
            "warning",
            "User name and password travel unencrypted to {relay}.",
            "Use smtp_security: starttls or tls.",
            "Everybody on the way can read or record the login.",
        ),
        Entry(
            "credentials-withheld",
            "error",
            "The relay offers no encryption on port {port}, so no credentials were sent.",
            "Use a port with TLS (587 or 465). Only security: none sends them unencrypted.",
            "With security: auto a login happens under TLS alone: who strips STARTTLS gets nothing.",
        ),
        Entry(
            "credentials-rejected",
            "error",
            "The relay rejected the credentials of {username}: {reply}.",
            "Check user name and password (they were tried once, with {mechanism}); relays often "
            "want the full address as the user name, or a password made for applications.",
            "Wrong user name or password, or an account without the right to send.",
        ),
        Entry(
            "token-rejected",
            "error",
            "The relay rejected the OAuth token of {username}: {reply} (its reason: {detail}).",
            "Check that the token is for this user, has the scope that the provider wants for SMTP, "
            "has not expired, and that the application was given consent ({mechanism} was tried "
            "once).",
            "The access token is wrong, expired, of another user, or lacks the right to send.",
        ),
        Entry(
            "credentials-unusable",
            "error",
            "The credentials cannot be used with {mechanism}: {detail}.",
            "Set mechanism: PLAIN where the relay offers it, or choose other characters.",
            "User name or password has characters that the mechanism cannot carry.",
        ),
        Entry(
            "application-password-required",
            "error",
            "The account of {username} needs a password made for applications: {reply}.",
            "Make an app password in the account's security settings and use it as the password.",
            "With two-factor authentication the normal password does not work for SMTP.",
        ),
        Entry(
            "basic-auth-disabled",
            "error",
            "The provider has switched off logins by user name and password: {reply}.",
            "Have SMTP AUTH enabled for the mailbox and the tenant, or use OAuth, or a relay that "
            "authorises by address.",
            "The credentials may be right; the kind of login is not allowed.",
        ),
        Entry(
            "account-locked",
            "error",
            "The relay refuses {username} after too many attempts: {reply}.",
            "Stop everything that tries with an old password, wait or have the account unlocked, "
            "and only then try again.",
            "The account is locked or slowed down because of failed logins.",
        ),
        Entry(
            "login-shared",
            "info",
            "Another probe of this run has logged in to {host} as {username}: the login is good. It was "
            "not repeated here, and what comes after it was not tried from here.",
            "Nothing to do; probe this relay alone to see the rest from here too.",
            "In one run the same credentials are tried at the same relay once, whatever the number of "
            "hosts.",
        ),
        Entry(
            "login-stopped",
            "error",
            "{host} has rejected the credentials of {username} in this run. They were not tried again.",
            "Correct user name and password; the finding of the probe that tried them says what the "
            "relay answered. Every further try would bring the account nearer to being locked.",
            "A rejected login is tried once in a run, whatever the number of hosts and ports.",
        ),
        Entry(
            "login-undecided",
            "warning",
            "Another probe of this run tried to log in to {host} as {username}, and got neither a yes "
            "nor a no. It was not tried again, and what comes after it was not tried from here.",
            "See the finding of the probe that tried it; probe again when that is mended.",
            "Nobody knows whether the credentials are right, nor whether the relay has counted the "
            "login: it put it off, fell silent, or did not understand it.",
        ),
        Entry(
            "account-not-active",
            "error",
            "The account of {username} is not allowed to send: {reply}.",
            "Have the service activated, paid or authorised for it in the provider's console.",
            "The login is known, and sending is not enabled for it.",
        ),
        Entry(
            "account-suspended",
            "error",
            "The provider has stopped {username} from sending: {reply}.",
            "Find out in the provider's console or with its support why; mostly it is spam, a stolen "
            "password, or too many bounces. Change the password before it is unblocked.",
            "The login is known, and was blocked because of what it sent.",
        ),
        Entry(
            "auth-failed-temporarily",
            "error",
            "The relay cannot check credentials now: {reply}.",
            "Try again in some minutes; if it stays, the relay's password back end is down.",
            "A transient failure of the login. It says nothing about the password.",
        ),
        Entry(
            "auth-challenge-malformed",
            "error",
            "The relay's part of the {mechanism} login makes no sense: {detail}.",
            "Set mechanism to another one that the relay offers ({offered}).",
            "A challenge is not base64, malformed, or one too many.",
        ),
        Entry(
            "auth-server-unproven",
            "error",
            "The relay did not prove that it knows the password ({detail}).",
            "Check that {host} is the right relay; have its SCRAM set-up checked.",
            "SCRAM authenticates both sides, and the relay failed its part.",
        ),
        Entry(
            "auth-required",
            "error",
            "The relay wants a login before it takes mail: {reply}.",
            "Use auth: password with user name and password; or have this machine's (or the "
            "cluster's outgoing) address allowed to relay without.",
            "An anonymous client is not accepted on this port.",
        ),
        # -- sender and recipients ------------------------------------------------------------
        Entry(
            "sender-rejected",
            "error",
            "The relay rejected the sender {sender}: {reply}.",
            "Use a from address in a domain that the relay sends for, or have it allowed there.",
            "The envelope sender was refused.",
        ),
        Entry(
            "sender-not-allowed",
            "error",
            "{username} may not send as {sender}: {reply}.",
            "Use the account's own address as the from address, or have 'send as' granted for it.",
            "The login is good, and the sender belongs to somebody else.",
        ),
        Entry(
            "sender-not-verified",
            "error",
            "The provider has not verified the sender {sender} or its domain: {reply}.",
            "Verify the address or the domain in the provider's console, or use one that is.",
            "The provider sends only for verified senders.",
        ),
        Entry(
            "sandbox-restricted",
            "error",
            "The account may write only to verified recipients, and {recipient} is none: {reply}.",
            "Verify the recipient in the provider's console, or have the account leave its sandbox or "
            "trial.",
            "New accounts are in a sandbox: the sender is right, and mail goes to few addresses only.",
        ),
        Entry(
            "sender-authentication-failed",
            "error",
            "The mail does not prove that it comes from {sender}: {reply}.",
            "Compare SPF, DKIM and DMARC of the sender's domain with this relay (the check of the "
            "names behind the mail prints the records), or use a sender whose domain is set up for it.",
            "SPF, DKIM or DMARC failed for the sender's domain.",
        ),
        Entry(
            "sender-domain-unknown",
            "error",
            "The relay finds no valid domain behind the sender {sender}: {reply}.",
            "Use a from address whose domain exists in the DNS (an A or MX record).",
            "The sender's domain does not resolve, as the relay sees it.",
        ),
        Entry(
            "sender-unproven",
            "info",
            "The sender {sender} was accepted at MAIL; whether it may send is unproven without "
            "sending.",
            "Send a test mail to know: some providers reject a sender only then.",
            "SES and SendGrid, among others, check the sender when the message is there.",
        ),
        Entry(
            "smtputf8-not-offered",
            "error",
            "The relay takes no address that is not ASCII, for want of SMTPUTF8: {detail}.",
            "Use an ASCII address, or a relay with SMTPUTF8 (RFC 6531).",
            "Internationalised addresses need an extension of the relay.",
        ),
        Entry(
            "recipient-unknown",
            "error",
            "The relay does not know the recipient {recipient}: {reply}.",
            "Check the recipient's spelling.",
            "There is no such mailbox.",
        ),
        Entry(
            "recipient-mailbox-full",
            "error",
            "The mailbox of {recipient} is full: {reply}.",
            "Have the recipient make room, or use another recipient for the test.",
            "The relay works, and the recipient's quota is used up.",
        ),
        Entry(
            "recipient-rejected",
            "error",
            "The relay rejected the recipient {recipient}: {reply}.",
            "Check the recipient's address, and the relay's rules for whom it delivers to.",
            "The recipient was refused at RCPT.",
        ),
        Entry(
            "recipient-suppressed",
            "error",
            "The provider will not deliver to {recipient}: {reply}.",
            "Take the recipient off the provider's suppression list.",
            "The recipient bounced or complained before: mail to it is thrown away, some providers "
            "say so in a positive reply.",
        ),
        Entry(
            "too-many-recipients",
            "error",
            "The relay takes no more recipients in one mail: {reply}.",
            "Give fewer recipients, or have the relay's limit raised (Postfix: "
            "smtpd_recipient_limit).",
            "A limit on recipients of one mail or one connection.",
        ),
        Entry(
            "relay-denied",
            "error",
            "The relay does not relay to {recipient} for this client: {reply}.",
            "Log in (auth: password), or have this machine's (or the cluster's outgoing) address "
            "allowed to relay (Postfix: mynetworks; Exchange: the receive connector).",
            "The relay delivers to its own domains only, unless the client is authorised.",
        ),
        Entry(
            "passed-after-retry",
            "warning",
            "It worked only after a retry. Before that: {detail}.",
            "Applications that do not try again lose such mails: have this client exempted from "
            "greylisting or the limit raised, or let a local relay queue them.",
            "A transient failure that passed within the run.",
        ),
        Entry(
            "greylisted",
            "error",
            "The relay asks to come back later: {reply}.",
            "Try again in some minutes; for an application, have its address exempted from "
            "greylisting.",
            "Unknown senders are put off once; mail servers try again, applications may not.",
        ),
        Entry(
            "sending-limit-reached",
            "error",
            "A sending limit is reached: {reply}.",
            "Send slower, or have the limit raised with the provider.",
            "The account or address has sent too much in a short time; it passes by itself.",
        ),
        Entry(
            "sending-quota-reached",
            "error",
            "The account has used up what it may send: {reply}.",
            "Wait until the day or month is over, or have the quota or plan raised in the provider's "
            "console.",
            "A quota for a day or a month, or paid credits, are used up: trying again at once is of no "
            "use.",
        ),
        Entry(
            "message-too-big",
            "error",
            "The relay refuses the size: {reply}.",
            "Send less, or have the relay's limit raised.",
            "The message is, or is announced as, larger than the relay takes.",
        ),
        Entry(
            "message-content-rejected",
            "error",
            "The relay refuses the content of the message: {reply}.",
            "Look at what the reply names (spam or virus filter, a malformed header); the relay's or "
            "provider's log has the rule that was hit.",
            "Login, sender and recipients were accepted; a filter did not let the message pass.",
        ),
        Entry(
            "message-rejected",
            "error",
            "The relay refused the message after it had accepted sender and recipients: {reply}.",
            "Ask the relay's administrator, with this reply; some relays check the sender only now.",
            "The refusal came after DATA.",
        ),
        Entry(
            "message-over-limit",
            "error",
            "The mail is larger than the relay takes: {detail}.",
            "Send less (attachments are a third larger on the way), or have the relay's limit raised "
            "(Postfix: message_size_limit).",
            "The relay announces a limit (SIZE) below the size that is expected or was to be sent.",
        ),
        Entry(
            "dsn-not-offered",
            "info",
            "The relay does not offer delivery status notifications (DSN); none was asked for.",
            "Nothing to do; look for the token in the relay's log instead.",
            "The EHLO reply has no DSN (RFC 3461).",
        ),
        Entry(
            "open-relay",
            "warning",
            "The relay takes mail for {recipient} from here without a login.",
            "Where this address is not allowed to relay on purpose, restrict it (Postfix: "
            "smtpd_relay_restrictions and mynetworks; Exchange: the receive connector): an open "
            "relay sends spam and lands on block lists.",
            "A foreign recipient was accepted without a login, as seen from where the probe ran.",
        ),
        Entry(
            "relay-full",
            "error",
            "The relay has no room: {reply}.",
            "Have disk space freed on the relay.",
            "The mail system is out of storage.",
        ),
        # -- anywhere -------------------------------------------------------------------------
        Entry(
            "too-many-connections",
            "error",
            "The relay has too many connections from here: {reply}.",
            "Let fewer processes send at once, or have the limit raised.",
            "A limit on concurrent connections.",
        ),
        Entry(
            "relay-unavailable",
            "error",
            "The relay is not available now at stage {stage}: {reply}.",
            "Try again in some minutes; if it stays, see the relay's log.",
            "The relay closed the dialogue with 421.",
        ),
        Entry(
            "reply-timeout",
            "error",
            "No reply from the relay within {timeout} s at stage {stage}.",
            "See the relay's log (a slow DNS or directory look-up is frequent), or raise smtp_timeout.",
            "The relay was there and then fell silent.",
        ),
        Entry(
            "probe-too-slow",
            "error",
            "The probe was stopped at stage {stage}: it took too long as a whole.",
            "See the seconds of each stage; the relay answers, but always late. Raise smtp_timeout if "
            "that is normal there.",
            "Each wait was within its limit, all of them together were not.",
        ),
        Entry(
            "connection-lost",
            "error",
            "The connection was closed unexpectedly at stage {stage} ({detail}).",
            "See the relay's log of the same second: a limit on clients, a crash, or a firewall "
            "that inspects SMTP. On port 587 also check that the relay's TLS is set up.",
            "The relay, or something in between, hung up without a word.",
        ),
        Entry(
            "reply-unknown",
            "error",
            "The relay answered at stage {stage}: {reply}.",
            "By the standards, {meaning}. Ask the relay's administrator, with this reply.",
            "A reply that this collection has no explanation for.",
        ),
        Entry(
            "failure-unknown",
            "error",
            "Stage {stage} failed: {detail}.",
            "Look at the transcript and the relay's log.",
            "A failure that this collection has no explanation for.",
        ),
    )
)
