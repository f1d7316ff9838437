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
  - Logs in exactly once with one mechanism, so that a wrong password locks nobody out. Sends no mail.
  - Whether the sender is really allowed can be unproven, because some providers say so only when a mail is sent.
author:
  - the mailops.smtp contributors (@mailops)
extends_documentation_fragment:
  - mailops.smtp._options
attributes:
  check_mode:
    support: full
    description: Can run in check mode and say what would change, without changing it.
  diff_mode:
    support: none
    description: Shows what changes in diff mode, without secrets.
  action:
    support: full
    description: The work is done on the controller.
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

- name: Probe the relay from this machine
  mailops.smtp.smtp_probe:
    probe_from: controller
"""

RETURN = r"""
findings:
  description: Everything that a person should know, each with its cause and its fix.
  returned: always
  type: list
  elements: dict
  contains:
    code:
      description: Stable name of the finding; docs/findings.md lists them all.
      type: str
    severity:
      description: V(error), V(warning) or V(info).
      type: str
    where:
      description: What it is about.
      type: str
    message:
      description: What is wrong.
      type: str
    fix:
      description: What to do about it.
      type: str
msg:
  description: The outcome in words; on failure the errors with their fixes.
  returned: always
  type: str
probed_from:
  description: Where the probe ran; V(controller), or the pod and container.
  returned: when a relay was probed
  type: str
relay:
  description: Everything that was seen of the relay, also when a stage failed, without secrets.
  returned: when a relay was probed
  type: dict
  contains:
    stages:
      description: The stages in order, each with its result and its seconds.
      type: list
      elements: dict
"""
