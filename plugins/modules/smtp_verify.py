#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of smtp_verify; the work is done by the action of the same name, on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: smtp_verify
short_description: Assert what the pods of a release really see
version_added: 0.1.0
description:
  - Reads the environment of the container in every ready pod of every workload that the profile names, and compares
    each variable with what the description promises. Variables that must not be there are looked for too.
  - Changes nothing, and shows no secret.
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
  - module: mailops.smtp.smtp_probe
  - module: mailops.smtp.smtp_release
"""

EXAMPLES = r"""
- name: Read what the pods see
  mailops.smtp.smtp_verify:
    application: qualytics
    release: qualytics
    namespace: qualytics
    host: mail.example.com
    username: qualytics
    password: "{{ vault_smtp_password }}"
    from_address: no-reply@example.com
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
pods:
  description: The pods that were read.
  returned: when the pods could be read
  type: list
  elements: dict
  contains:
    workload:
      description: Kind and name of the workload.
      type: str
    pod:
      description: Name of the pod.
      type: str
    container:
      description: Name of the container.
      type: str
variables:
  description: The variables that were compared.
  returned: when the pods could be read
  type: list
  elements: str
"""
