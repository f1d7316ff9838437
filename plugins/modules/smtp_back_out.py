#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of smtp_back_out; the work is done by the action of the same name, on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: smtp_back_out
short_description: Undo a change of SMTP settings when a later step has failed because of it
version_added: 0.1.0
description:
  - For the C(rescue) of a block that proves the work of M(mailops.smtp.smtp_release), which comes before the block and
    undoes by itself what fails within it. Reads the failed result of the block. When the settings that were just
    brought in are the cause, the release goes back to the revision before, with its pods and a private CA that was
    mounted, and all of it is seen to be as it was.
  - What may pass, such as greylisting, is no cause. Nothing is undone when somebody else, or another run of this
    collection, has changed the release meanwhile, or when its pods were not ready before.
  - It always fails. Its message names the task that has failed, and then what was undone and what was not.
author:
  - the mailops.smtp contributors (@mailops)
extends_documentation_fragment:
  - mailops.smtp._options
  - mailops.smtp._options.place
  - mailops.smtp._options.run
options:
  released:
    description:
      - The registered result of M(mailops.smtp.smtp_release). Without it, or when that task has changed nothing and
        has found no change of an earlier run that is still to be proved, nothing is undone; what has failed within
        that task was undone by it.
    type: dict
attributes:
  check_mode:
    support: full
    description: Can run in check mode, in which it undoes nothing.
  diff_mode:
    support: none
    description: Has no diff.
seealso:
  - module: mailops.smtp.smtp_release
  - module: mailops.smtp.smtp_verify
"""

EXAMPLES = r"""
- name: Bring the settings in
  ansible.builtin.import_role:
    name: mailops.smtp.deploy
    rolespec_validate: false
- name: See and prove them
  block:
    - name: Verify
      ansible.builtin.import_role:
        name: mailops.smtp.verify
        rolespec_validate: false
    - name: Prove
      ansible.builtin.import_role:
        name: mailops.smtp.prove
        rolespec_validate: false
  rescue:
    - name: Back out
      ansible.builtin.import_role:
        name: mailops.smtp.back_out
        rolespec_validate: false

- name: Deploy with a task of one's own
  mailops.smtp.smtp_release:
  register: released
- name: See it
  block:
    - name: Verify
      mailops.smtp.smtp_verify:
  rescue:
    - name: Back out
      mailops.smtp.smtp_back_out:
        released: "{{ released }}"
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
  description: The task that has failed, then what was undone and what was not.
  returned: always
  type: str
"""
