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
  - Looks into the container of every ready pod of every workload that the profile names, and compares variables,
    lines of files and keys of Secrets with what the description promises. Variables that must not be there are
    looked for too.
  - The container itself is asked, by running C(cat) in it. Where nothing can be run, or the right to C(pods/exec) is
    missing, it is told what its specification, ConfigMaps and Secrets give it; the result says which way it was.
  - A container that only owes a restart is told from one that the cluster gives other settings, and pods of an older
    revision of their workload are named.
  - Changes nothing, and shows no secret.
author:
  - the mailops.smtp contributors (@mailops)
extends_documentation_fragment:
  - mailops.smtp._options
  - mailops.smtp._options.place
  - mailops.smtp._options.run
options:
  released:
    description:
      - The registered result of M(mailops.smtp.smtp_release) of the same play. What that has seen in the pods after its
        own change is the result then, and the pods are not read a second time.
    type: dict
attributes:
  check_mode:
    support: full
    description: Reads in check mode too, and changes nothing in any mode.
  diff_mode:
    support: none
    description: Has no diff.
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
    read_from:
      description:
        - V(container) when the container itself was asked. V(specification) when it was told what the cluster gives it,
          which is what a restart of it would see.
      type: str
    reason:
      description: Why the container itself could not be asked; empty when it was.
      type: str
    older_revision:
      description: Whether the pod was made from an older template of its workload.
      type: bool
variables:
  description: The variables that were compared.
  returned: when the pods could be read
  type: list
  elements: str
files:
  description: The paths of the files that were compared.
  returned: when the pods could be read
  type: list
  elements: str
secrets:
  description: The names of the Secrets that were compared.
  returned: when the pods could be read
  type: list
  elements: str
differences:
  description: Everything that is not as it should be. No value of a secret is in it.
  returned: when the pods could be read
  type: list
  elements: dict
  contains:
    pod:
      description: Name of the pod; empty for a Secret, which is no pod's.
      type: str
    container:
      description: Name of the container; empty for a Secret.
      type: str
    kind:
      description: V(variable), V(file) or V(secret).
      type: str
    name:
      description: Name of the variable, path of the file, or name of the Secret.
      type: str
    key:
      description: Key of the Secret; empty for others.
      type: str
    expected:
      description: What should be there, in words.
      type: str
    found:
      description: What is there, in words.
      type: str
"""
