#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of smtp_prove; the work is done by the action of the same name, on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: smtp_prove
short_description: Prove that mail goes out from the pods of a release
version_added: 0.1.0
description:
  - Asks the relay from the pod's own network with the login that its container really has, in its variables, its files
    or its Secret. So a password that is not the one of the description is found by the relay.
  - Sends a test mail from there to O(test_recipients), when O(test_mail) says so. Then the application itself sends one
    to each, where its profile names a command for that. Where there is none, what a person does instead is told.
  - A login that the relay has rejected in this run is not tried again. One that it has accepted is made once more.
  - What may pass, such as greylisting, is tried again at least twice (O(probe_retries)), and then is a warning.
  - When it fails, the last lines about mail of the application's log are quoted, without secrets.
author:
  - the mailops.smtp contributors (@mailops)
extends_documentation_fragment:
  - mailops.smtp._options
  - mailops.smtp._options.place
  - mailops.smtp._options.run
options:
  released:
    description:
      - The registered result of M(mailops.smtp.smtp_release), which tells whether this run has changed something, or
        one before it that was killed before its proof.
      - Without it nothing has, and O(test_mail=on_change) sends no mail.
      - That the change is proved now is written into the journal of the release.
      - What it has seen in the pods after its change (RV(mailops.smtp.smtp_release#module:verified)) must hold still.
    type: dict
  probed:
    description:
      - The registered result of M(mailops.smtp.smtp_probe). When that has failed with the finding C(killed-run-waits),
        a proof that comes to no end, because of what may pass, fails too.
      - The role prove hands on that of the role probe.
    type: dict
attributes:
  check_mode:
    support: full
    description: Asks the relay in check mode too, but sends no mail, and adds nothing to the cluster.
  diff_mode:
    support: none
    description: Has no diff.
seealso:
  - module: mailops.smtp.smtp_probe
  - module: mailops.smtp.smtp_release
  - module: mailops.smtp.smtp_verify
"""

EXAMPLES = r"""
- name: Bring the settings in
  mailops.smtp.smtp_release:
    proof_follows: true
  register: released

- name: Prove that mail goes out, with a test mail if something has changed
  mailops.smtp.smtp_prove:
    released: "{{ released }}"
    test_recipients: postmaster@example.com

- name: Send a test mail in any case
  mailops.smtp.smtp_prove:
    application: authentik
    release: authentik
    namespace: authentik
    host: mail.example.com
    username: authentik
    password: "{{ vault_smtp_password }}"
    from_address: no-reply@example.com
    test_recipients: postmaster@example.com
    test_mail: always
"""

RETURN = r"""
application_mails:
  description: How each command ended by which the application itself sends a mail.
  returned: when the pods could be read
  type: list
  elements: dict
  contains:
    recipient:
      description: To whom.
      type: str
      sample: postmaster@example.com
    pod:
      description: Where it ran; empty when there was no pod.
      type: str
      sample: authentik-worker-5d9c7b6f4-x2x7k
    container:
      description: In which container.
      type: str
      sample: worker
    command:
      description: Its words.
      type: list
      elements: str
      sample: [ak, test_email, postmaster@example.com]
    returncode:
      description: Its exit code; null when nobody knows.
      type: int
      sample: 0
    tries:
      description: How often it was run.
      type: int
      sample: 1
    output:
      description: The last lines of what it has printed, without secrets.
      type: list
      elements: str
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
      sample: application-mail-deferred
    severity:
      description: V(error), V(warning) or V(info).
      type: str
      sample: warning
    where:
      description: What it is about.
      type: str
      sample: pod hub-api-6d4cf7d9-hfh2h, container api
    message:
      description: What is wrong.
      type: str
      sample: The relay has put off the test mail.
    fix:
      description: What to do about it.
      type: str
      sample: Try again later.
mail_logs:
  description: The last lines about mail in the application's logs, without secrets.
  returned: when the pods could be read; empty unless the proof has failed
  type: list
  elements: dict
  contains:
    pod:
      description: Name of the pod.
      type: str
      sample: zulip-0
    container:
      description: Name of the container.
      type: str
      sample: zulip
    path:
      description: The file in it; empty for what the container prints.
      type: str
      sample: /var/log/zulip/send_email.log
    lines:
      description: The lines.
      type: list
      elements: str
      sample: ["535 5.7.8 Error: authentication failed"]
mail_not_sent:
  description: Why no test mail was sent; empty when one was.
  returned: when the pods could be read
  type: str
  sample: nothing has changed in this run
manual_step:
  description: What a person does to see that the application sends; empty where it has sent by itself.
  returned: when the pods could be read
  type: str
  sample: Invite a test user.
msg:
  description: What was seen, step by step, and every finding with its fix.
  returned: always
  type: str
  sample: relay mail.example.com:587, starttls PLAIN, ok, probed from pod hub-api-1, container api
proofs:
  description: What the relay has said to each login that the containers have.
  returned: when the pods could be read
  type: list
  elements: dict
  contains:
    pod:
      description: A pod that has the login; empty when none runs.
      type: str
      sample: hub-api-6d4cf7d9-hfh2h
    container:
      description: Its container.
      type: str
      sample: api
    login_from:
      description: V(pod) when the login was found in the container, V(description) when it is the one that is given.
      type: str
      sample: pod
    probed_from:
      description: Where the relay was asked from.
      type: str
      sample: pod hub-api-6d4cf7d9-hfh2h, container api
    relay:
      description: Everything that was seen of the relay, as M(mailops.smtp.smtp_probe) returns it.
      type: dict
"""
