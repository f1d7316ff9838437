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
  - Checks the SMTP settings of an application, and renders them as it wants them. That is mostly values of its Helm
    chart, and for others a file, a part of a file, the body of an API call, a form, or environment variables.
  - Needs neither network nor cluster. The result holds no secret; the later steps render with secrets by themselves.
author:
  - the mailops.smtp contributors (@mailops)
extends_documentation_fragment:
  - mailops.smtp._options
  - mailops.smtp._options.place
  - mailops.smtp._options.run
attributes:
  check_mode:
    support: full
    description: Can run in check mode and say what would change, without changing it.
  diff_mode:
    support: full
    description: Shows what changes in diff mode, without secrets.
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

- name: Configure Alertmanager and the Grafana below it in one release
  mailops.smtp.smtp_config:
    application: [kube-prometheus-stack, grafana@grafana]
    release: monitoring
    namespace: monitoring
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
  description: The profiles by their names, as O(application) takes them.
  returned: success
  type: str
target:
  description:
    - What is written for the application. V(helm) are values of a chart, V(file) is a file of its own, V(document) a
      part of a YAML file that is there, V(api) the body of an API call, V(form) a form that a person fills in, V(env)
      variables.
  returned: success
  type: str
description:
  description: The complete description after defaults and conversion, without secrets.
  returned: success
  type: dict
provenance:
  description:
    - For every field of RV(description) where it comes from. That is the name of a layer (V(variables) for the options
      beside O(layers)), C(preset) with a provider's name, V(default), or C(follows from) with the option that it
      depends on.
  returned: success
  type: dict
effective:
  description: What each entry of O(layers) comes to by itself, by its name.
  returned: success
  type: dict
  contains:
    description:
      description: The description, without secrets.
      type: dict
    provenance:
      description: Where each of its fields comes from.
      type: dict
    findings:
      description: What there is to say about it.
      type: list
      elements: dict
helm_values:
  description: The values of the chart, without those that hold a secret.
  returned: success, for the target V(helm)
  type: dict
document:
  description:
    - What is written, without what holds a secret. For the target V(document) it is what goes into the block, and for
      V(api) the body of the call.
  returned: success, for the targets V(file), V(document) and V(api)
  type: dict
api:
  description: The call whose body RV(document) is, and the call that only tries it.
  returned: success, for the target V(api)
  type: dict
  contains:
    method:
      description: HTTP method.
      type: str
    path:
      description: Path of the call.
      type: str
    check:
      description: The call that only tries the settings, with its own method and path; null when there is none.
      type: dict
sheet:
  description: The form, field by field in its order. A secret is shown as V((the password\)).
  returned: success, for the target V(form)
  type: list
  elements: dict
  contains:
    label:
      description: Label of the field.
      type: str
    value:
      description: What a person puts there.
      type: str
form:
  description: Where the form is.
  returned: success, for the target V(form)
  type: dict
  contains:
    where:
      description: Where it is found.
      type: str
    who:
      description: Who may fill it in.
      type: str
    note:
      description: What else to know about it, or null.
      type: str
variables:
  description: The environment variables, without those that hold a secret.
  returned: success, for the target V(env)
  type: dict
secret_keys:
  description: The places of what holds a secret, and is left out above.
  returned: success
  type: list
  elements: str
secrets:
  description: The shape of each Kubernetes Secret that must be there for these settings. No values.
  returned: success
  type: list
  elements: dict
  contains:
    name:
      description: Name of the Secret.
      type: str
    namespace:
      description: Its namespace, or an empty text where none is known.
      type: str
    type:
      description: Its type.
      type: str
    data:
      description: Each key, and in words what it must hold.
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
    rolls:
      description:
        - Which change of these values rolls it by itself. V(all), V(settings) for all but credentials, or V(none).
      type: str
evidence:
  description: What every container of each workload must see, in words and without secrets.
  returned: success
  type: list
  elements: dict
  contains:
    workload:
      description: Kind and name of the workload.
      type: str
    container:
      description: The container.
      type: str
    env:
      description: Each variable and its value.
      type: dict
    files:
      description: Each file by its C(path), and the C(lines) that must stand in it.
      type: list
      elements: dict
    secrets:
      description: Each Secret of the namespace by its C(name), and the keys of its C(data).
      type: list
      elements: dict
proof:
  description: How to see in the application itself that mail works.
  returned: success
  type: str
log:
  description: Where the application's log of mails is, or null when there is none.
  returned: success
  type: str
diff:
  description: What becomes different in the file of O(values_dest), without secrets.
  returned: success
  type: list
  elements: dict
"""
