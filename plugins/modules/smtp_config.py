#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of smtp_config; the work is done by the action of the same name, on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: smtp_config
short_description: Check an SMTP description and write it as an application wants it
version_added: 0.1.0
description:
  - Checks the SMTP settings of a release, and renders them as the values of the application's Helm chart.
  - Needs neither network nor cluster. The result holds no secret; the later steps render with secrets by themselves.
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
  - module: mailops.smtp.smtp_probe
  - module: mailops.smtp.smtp_release
  - module: mailops.smtp.smtp_verify
"""

EXAMPLES = r"""
- name: Check the settings
  mailops.smtp.smtp_config:
    application: qualytics
    release: qualytics
    namespace: qualytics
    host: mail.example.com
    security: starttls
    username: qualytics
    password: "{{ vault_smtp_password }}"
    from_address: no-reply@example.com
  register: result

- name: Write the values for version control, without the password
  mailops.smtp.smtp_config:
    values_dest: qualytics-smtp.yaml
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
application:
  description: Name of the profile.
  returned: success
  type: str
description:
  description: The complete description after defaults and conversion, without secrets.
  returned: success
  type: dict
helm_values:
  description: The values of the chart, without those that hold a secret.
  returned: success
  type: dict
secret_keys:
  description: The values that hold a secret and are left out of RV(helm_values).
  returned: success
  type: list
  elements: str
evidence:
  description: What every container of the workloads must see, variable by variable, without secrets.
  returned: success
  type: dict
workloads:
  description: The workloads whose pods get the settings.
  returned: success
  type: list
  elements: dict
  contains:
    kind:
      description: Kind of the workload.
      type: str
    name:
      description: Name of the workload.
      type: str
    container:
      description: The container that gets the settings.
      type: str
proof:
  description: How to see in the application itself that mail works.
  returned: success
  type: str
"""
