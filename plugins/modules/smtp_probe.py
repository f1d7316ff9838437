#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of smtp_probe; the work is done by the action of the same name, on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: smtp_probe
short_description: Find out whether a relay takes the mail, and why not
version_added: 0.1.0
description:
  - Walks a relay step by step (resolve, connect, banner, EHLO, TLS, certificate, login, sender, recipients) and says
    where it stops, why, and what to do about it.
  - Logs in exactly once with one mechanism, so that a wrong password locks nobody out. Sends no mail unless
    O(probe_until=data) asks for it.
  - Runs where the application sends from when it can, because relays often go by the address of the sender. What is
    seen from the controller alone is a warning when a release is named, and no failure; a rejected login is one
    everywhere.
  - Whether the sender is really allowed can be unproven, because some providers say so only when a mail is sent.
  - When the way to the relay is closed, NetworkPolicies that keep the pods in are named, with the policy to add.
  - The relays of O(fallbacks) are probed at the same time; what is wrong with them is a warning.
options:
  application:
    description:
      - The profile of the application that sends, such as V(qualytics), or the path of a profile of your own, which has
        a C(/) in it; several are a list or a text with commas.
      - With a profile of a Helm chart, its O(release) is where the relay is probed from. Without one, the probe runs on
        the controller, or where O(probe_from) says.
    type: list
    elements: str
    required: false
  deployment_follows:
    description:
      - Whether M(mailops.smtp.smtp_release) follows in the same play. Then a probe that fails over what a killed run
        has left does not end the play, and its finding C(killed-run-waits) says so.
      - The role probe sets it when the role deploy is in the play, unless tags leave that out.
    type: bool
    default: false
author:
  - the mailops.smtp contributors (@mailops)
extends_documentation_fragment:
  - mailops.smtp._options
  - mailops.smtp._options.place
  - mailops.smtp._options.run
attributes:
  check_mode:
    support: full
    description:
      - Probes in check mode too, but sends no test mail, and adds nothing to the cluster.
  diff_mode:
    support: none
    description: Has no diff.
seealso:
  - module: mailops.smtp.smtp_config
  - module: mailops.smtp.smtp_release
  - module: mailops.smtp.smtp_verify
"""

EXAMPLES = r"""
- name: Probe the relay from the network of the release
  mailops.smtp.smtp_probe:
    application: qualytics
    release: qualytics
    namespace: qualytics
    host: mail.example.com
    username: qualytics
    password: "{{ vault_smtp_password }}"
    from_address: no-reply@example.com

- name: Probe a relay from this machine, for no application
  mailops.smtp.smtp_probe:
    host: mail.example.com
    from_address: no-reply@example.com

- name: Find out what a port speaks; relay.security of the result says it
  mailops.smtp.smtp_probe:
    host: mail.example.com
    port: 2525
    security: starttls  # what is tried first to be true
    from_address: no-reply@example.com
    probe_security: auto
    probe_until: tls

- name: Send a test mail, and wait out greylisting
  mailops.smtp.smtp_probe:
    probe_until: data
    test_recipients: [postmaster@example.com]
    probe_retries: 3
    probe_retry_seconds: 120

- name: Probe from a Job beside the application, whose image has no Python
  mailops.smtp.smtp_probe:
    probe_from: job
    probe_image: registry.example.com/python:3.13-slim
    probe_pull_secret: registry

- name: Probe from the inventory host
  mailops.smtp.smtp_probe:
    probe_from: host

- name: Check the names behind the mail too
  mailops.smtp.smtp_probe:
    probe_names: true
    probe_dkim_selector: s1
"""

RETURN = r"""
fallbacks:
  description: The same as RV(relay) for each relay of O(fallbacks), in their order.
  returned: when a relay was probed
  type: list
  elements: dict
  sample: []
findings:
  description: Everything that a person should know, each with its cause and its fix.
  returned: always
  type: list
  elements: dict
  contains:
    code:
      description: Stable name of the finding; docs/findings.md lists them all.
      type: str
      sample: relay-refused
    severity:
      description: V(error), V(warning) or V(info).
      type: str
      sample: error
    where:
      description: What it is about.
      type: str
      sample: mail.example.com:587 connect
    message:
      description: What is wrong.
      type: str
      sample: "mail.example.com refused the connection on port 587 (192.0.2.25: refused)."
    fix:
      description: What to do about it.
      type: str
      sample: Check the port (587 for STARTTLS, 465 for implicit TLS, 25 between relays).
msg:
  description: All of it as one page for a person. The relay step by step, then each finding with its fix.
  returned: always
  type: str
  sample: |-
    relay mail.example.com:587, starttls PLAIN, ok, probed from pod hub-api-1, container api, the relay saw 10.42.0.9
      resolve     ok        0.002 s  192.0.2.25
      connect     ok        0.011 s  192.0.2.25
names:
  description: What the DNS says of the names behind the mail.
  returned: when O(probe_names) is true and the DNS answers
  type: dict
  contains:
    domain:
      description: Domain of the sender.
      type: str
      sample: example.com
    organisational_domain:
      description: The domain that it is taken to belong to.
      type: str
      sample: example.com
    provider:
      description: The provider that the relay belongs to, or empty.
      type: str
      sample: Amazon SES
    spf:
      description: The SPF policy of the envelope sender's domain, and whether it covers the relay.
      type: dict
      sample: {domain: example.com, record: "v=spf1 mx -all", lookups: 1, results: {}, covers_relay: true}
    dkim:
      description: The DKIM key of O(probe_dkim_selector).
      type: dict
      sample: {selector: s1, domain: example.com, algorithm: rsa, bits: 2048, usable: true}
    dmarc:
      description: The DMARC policy of the sender's domain, and what is aligned with it.
      type: dict
      sample:
        {domain: example.com, record: "v=DMARC1; p=none", policy: none, spf_aligned: true, dkim_aligned: true}
    exchangers:
      description: The mail exchangers (MX) of the sender's domain.
      type: list
      elements: str
      sample: [mx.example.com]
    relay_addresses:
      description: The relay's addresses.
      type: list
      elements: str
      sample: [192.0.2.25]
    reverse_names:
      description: The names (PTR) of each public address of the relay.
      type: dict
      sample: {"192.0.2.25": [mail.example.com]}
probed_from:
  description: Where the probe ran.
  returned: when a relay was probed
  type: str
  sample: pod hub-api-6d4cf7d9-hfh2h, container api
relay:
  description: Everything that was seen of the relay, also when a stage failed, without secrets.
  returned: when a relay was probed
  type: dict
  contains:
    ok:
      description: Whether nothing that was seen is an error.
      type: bool
      sample: true
    relay:
      description: Host and port.
      type: str
      sample: mail.example.com:587
    security:
      description: How the connection was protected. V(none), V(starttls) or V(tls).
      type: str
      sample: starttls
    mechanism:
      description: The SASL mechanism of the login; empty without one.
      type: str
      sample: PLAIN
    login:
      description: V(accepted), V(rejected), V(undecided) when the relay gave no final answer; empty without a login.
      type: str
      sample: accepted
    proxy:
      description: The proxy on the way, without its login; empty without one.
      type: str
      sample: ""
    reached:
      description: The last stage that passed.
      type: str
      sample: rcpt
    transient:
      description: Whether it failed, and only for reasons that may pass, such as greylisting.
      type: bool
      sample: false
    permanent:
      description: Whether it failed for a reason that time alone does not mend.
      type: bool
      sample: false
    unconfirmed:
      description:
        - Codes of findings that blame the settings and have come once only, in a reply whose code says
          "not now" while its words say "never". They undo no change.
      type: list
      elements: str
      sample: []
    tries:
      description: How often the probe was made.
      type: int
      sample: 1
    seconds:
      description: What all tries took together.
      type: float
      sample: 0.184
    stages:
      description: The stages in order.
      type: list
      elements: dict
      contains:
        name:
          description: Name of the stage.
          type: str
          sample: connect
        result:
          description: V(ok), V(warning), V(failed) or V(skipped).
          type: str
          sample: ok
        seconds:
          description: What it took.
          type: float
          sample: 0.011
        detail:
          description: What was seen, in the relay's own words where it has some.
          type: str
          sample: 192.0.2.25
    addresses:
      description: Every address that was tried.
      type: list
      elements: dict
      contains:
        address:
          description: The address.
          type: str
          sample: 192.0.2.25
        family:
          description: V(IPv4) or V(IPv6).
          type: str
          sample: IPv4
        result:
          description: V(connected), or the kind of failure.
          type: str
          sample: connected
        seconds:
          description: What it took.
          type: float
          sample: 0.009
    banner:
      description: What the relay greets with.
      type: str
      sample: mail.example.com ESMTP
    relay_saw:
      description: The client's address as the relay sees it, where it says so.
      type: str
      sample: 10.42.0.9
    capabilities_before_tls:
      description: What the relay offers before STARTTLS, each keyword with its parameters.
      type: dict
      sample: {STARTTLS: [], SIZE: ["10240000"]}
    capabilities:
      description: What the relay offers in the end.
      type: dict
      sample: {AUTH: [PLAIN, LOGIN], SIZE: ["10240000"], PIPELINING: []}
    extensions:
      description: Whether the relay offers what matters to mails.
      type: dict
      sample: {"8BITMIME": true, DSN: true, PIPELINING: true, SIZE: true, SMTPUTF8: true}
    size_limit:
      description: The largest mail that the relay takes, in bytes.
      type: int
      sample: 10240000
    tls:
      description: Version and cipher; null without TLS.
      type: dict
      sample: {version: TLSv1.3, cipher: TLS_AES_256_GCM_SHA384}
    certificate:
      description: The relay's certificate; null when none was seen.
      type: dict
      contains:
        subject:
          description: Its subject.
          type: str
          sample: CN=mail.example.com
        issuer:
          description: Who signed it.
          type: str
          sample: CN=Example CA
        names:
          description: The names and addresses that it is for.
          type: list
          elements: str
          sample: [mail.example.com]
        not_before:
          description: Since when it is valid.
          type: str
          sample: "2026-01-01T00:00:00+00:00"
        not_after:
          description: Until when it is valid.
          type: str
          sample: "2027-01-01T00:00:00+00:00"
        days_left:
          description: Days until then.
          type: int
          sample: 41
        sha256:
          description: Its fingerprint.
          type: str
          sample: 5f2c0b6c0d3e
        weaknesses:
          description: What is weak about its key and its signature.
          type: list
          elements: str
          sample: []
        verified:
          description: Whether it leads to a trusted root and fits the name, also where that is not demanded.
          type: bool
          sample: true
    chain_pem:
      description: The certificates that the relay shows, in PEM form, with O(probe_want_chain=true).
      type: str
      sample: ""
    recipients:
      description: What became of each recipient.
      type: list
      elements: dict
      contains:
        address:
          description: The address.
          type: str
          sample: postmaster@example.com
        result:
          description: V(accepted) at RCPT, V(sent) with a test mail, or V(refused).
          type: str
          sample: accepted
        reply:
          description: The relay's reply.
          type: str
          sample: 250 2.1.5 Ok
    message_id:
      description: The Message-ID of the test mail; empty without one.
      type: str
      sample: <0f9c8b7a6d5e4f3a@example.com>
    token:
      description: What stands in the subject of the test mail, and can be searched for.
      type: str
      sample: 0f9c8b7a6d5e4f3a
    transcript:
      description: The dialogue line by line. Credentials show in no form.
      type: list
      elements: str
      sample: ["C: EHLO hub.example.com", "S: 250-mail.example.com", "C: AUTH PLAIN ********"]
"""
