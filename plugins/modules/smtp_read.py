#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of smtp_read; the work is done by the action of the same name, on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: smtp_read
short_description: Read the SMTP settings that an application has, and say what is wrong with them
version_added: 0.1.0
description:
  - Reads the values of an installed release, or a file that configures an application, through its profile, and
    says which description they mean, what is wrong with them, and which variables lead to the same settings.
  - It is the base of an audit, and of moving an application to another relay. It changes nothing and logs in nowhere.
    The result holds no secret; it says which are there, and where.
  - What is wrong with the values is told as findings, and does not fail the task.
author:
  - the mailops.smtp contributors (@mailops)
extends_documentation_fragment:
  - mailops.smtp._options.place
options:
  values_src:
    description:
      - Path on the controller of the file to read instead of a release. For a chart it is a values file, for other
        applications the file, the document, the body of the call or the variables that configure them.
    type: path
  document_path:
    description:
      - Where in a document the block of the application is, as keys with dots, such as V(spec.smtp).
      - By default the only mapping in it with the block's name.
    type: str
attributes:
  check_mode:
    support: full
    description: Reads in check mode too, and changes nothing in any mode.
  diff_mode:
    support: none
    description: Has no diff.
notes:
  - An option that a task does not give is taken from the variable of the same name with the prefix C(smtp_),
    so that O(release) is C(smtp_release). Empty text and null mean not given.
  - Of a release the newest revision is read that is deployed. A newer one that is pending or has failed is a warning.
seealso:
  - module: mailops.smtp.smtp_config
"""

EXAMPLES = r"""
- name: Read what a release is configured with
  mailops.smtp.smtp_read:
    application: grafana
    release: grafana
    namespace: monitoring
  register: read

- name: Show the variables that lead to the same settings
  ansible.builtin.debug:
    var: read.applications[0].variables

- name: Look at a values file before it is used
  mailops.smtp.smtp_read:
    application: vaultwarden
    values_src: vaultwarden.yaml
"""

RETURN = r"""
findings:
  description: What is wrong with the settings, or worth to know, each with its cause and its fix.
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
      description: What it is about, mostly a value by its keys with dots.
      type: str
    message:
      description: What is wrong.
      type: str
    fix:
      description: What to do about it.
      type: str
msg:
  description: The outcome in words.
  returned: always
  type: str
source:
  description: What was read, in words.
  returned: success
  type: str
applications:
  description: Each of the applications as it is configured, in their order.
  returned: success
  type: list
  elements: dict
  contains:
    application:
      description: The profile by its name, as O(application) takes it.
      type: str
    found:
      description: Whether there are any SMTP settings. When there are none, the dictionaries below are empty.
      type: bool
    state:
      description:
        - V(set), V(off), V(unreadable) when a part of the settings is only referred to, V(elsewhere) when other places
          than the values decide, such as environment variables, a database or an operator, or V(none).
      type: str
    summary:
      description: The settings in words.
      type: str
    description:
      description: The complete description that the values mean, without secrets.
      type: dict
    combination:
      description: Which cell of the table in docs/applications.md it is.
      type: dict
      contains:
        enabled:
          description: Whether mail is switched on. When it is not, this stands alone.
          type: bool
        login:
          description: V(password), V(anonymous), V(existing Secret), V(oauth) or V(unreadable).
          type: str
        security:
          description: V(starttls), V(tls) or V(none).
          type: str
        trust:
          description: V(public CA), V(private CA) or V(skip verify).
          type: str
    variables:
      description:
        - The variables that lead to the same settings, without the secrets. Change the relay in them, add the
          secrets, and the application moves to another relay.
      type: dict
    secrets:
      description: Each secret that is there, by the variable that would take it, and the place where it lies.
      type: list
      elements: dict
      contains:
        variable:
          description: The variable, such as V(smtp_password).
          type: str
        place:
          description: A value by its keys with dots, or a key of a Secret.
          type: str
"""
