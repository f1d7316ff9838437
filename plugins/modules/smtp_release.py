#!/usr/bin/python
# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
# GNU General Public License v3.0+ (see COPYING or https://www.gnu.org/licenses/gpl-3.0.txt)
"""Documentation of smtp_release; the work is done by the action of the same name, on the controller."""

from __future__ import annotations

DOCUMENTATION = r"""
---
module: smtp_release
short_description: Bring SMTP settings into a Helm release and its pods
version_added: 0.1.0
description:
  - Compares the values of the deployed revision with what is wanted, upgrades the release only on a difference, keeps
    all other values and the chart version, and restarts only the workloads that did not roll by themselves.
  - Refuses an upgrade that would change anything but mail (O(allow_changes)), and a release that Argo CD, Flux or a
    HelmChart keeps; what is to be committed for a private CA is then written to O(ca_dest).
  - Mounts a private CA into the pods where the chart has no setting for it (O(ca_mode)); docs/private-ca.md tells how.
  - The chart is taken from the release record where that is whole, else from O(chart).
  - Values go to Helm by standard input. Helm itself keeps them, the password included, in the record of the revision.
  - A change whose pods do not become ready, or do not see it, is undone, unless O(back_out=false). One run at a time
    works on a release, and what a run that was killed has left is taken up by the next one; docs/when-a-run-fails.md
    tells how.
author:
  - the mailops.smtp contributors (@mailops)
extends_documentation_fragment:
  - mailops.smtp._options
  - mailops.smtp._options.place
  - mailops.smtp._options.run
options:
  proof_follows:
    description:
      - Whether M(mailops.smtp.smtp_prove) follows in the same play. Then a change owes its proof until that has
        succeeded. When the run is killed in between, or the proof fails for a while, the next run says so
        (RV(ignore:proof_owed)), sends the test mail, and can still undo the change.
      - The role deploy sets it when the role prove is in the play, unless the run is called with the tags of
        other steps of the playbook configure alone, or skips the tag V(prove).
    type: bool
    default: false
  probed:
    description:
      - The registered result of M(mailops.smtp.smtp_probe). When that has failed with the finding C(killed-run-waits),
        what the killed run has left is mended, and nothing new is brought in. Without O(proof_follows) the task
        fails then in any case, with what the probe has found.
      - The role deploy hands on that of the role probe.
    type: dict
attributes:
  check_mode:
    support: full
    description: Can run in check mode and say what would change, without changing it.
  diff_mode:
    support: full
    description: Shows what changes in diff mode, without secrets.
seealso:
  - module: mailops.smtp.smtp_config
  - module: mailops.smtp.smtp_probe
  - module: mailops.smtp.smtp_verify
"""

EXAMPLES = r"""
- name: Bring the settings into the release
  mailops.smtp.smtp_release:
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
upgraded:
  description: Whether Helm made a new revision.
  returned: success
  type: bool
run:
  description: Name of the run that began the change; by it M(mailops.smtp.smtp_back_out) knows whether another run has
    changed the release since.
  returned: success
  type: str
proof_owed:
  description: Whether a change is still to be proved, that of this run or of one that was killed before; see
    O(proof_follows).
  returned: success
  type: bool
revision:
  description: Number of the revision that is in use.
  returned: success
  type: int
chart:
  description: Name and version of the chart.
  returned: success
  type: str
verified:
  description: After a change, what was seen in the pods, as M(mailops.smtp.smtp_verify) returns it; else empty.
  returned: success
  type: dict
restarted:
  description: The workloads that were restarted because they did not roll by themselves.
  returned: success
  type: list
  elements: str
restart_owed:
  description: The workloads that owe a restart which O(restart=defer) leaves to a later run.
  returned: success
  type: list
  elements: str
ca_changed:
  description: The workloads in which a private CA was mounted, changed or removed.
  returned: success
  type: list
  elements: str
"""
