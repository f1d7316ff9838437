# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that all actions share, written once."""

from __future__ import annotations


class ModuleDocFragment:
    """The description, the release it goes to, and how the work is done."""

    DOCUMENTATION = r"""
notes:
  - An option that a task does not give is taken from the variable of the same name with the prefix C(smtp_),
    so that O(host) is C(smtp_host). Empty text and null mean not given.
  - Texts are converted to numbers and booleans where an option needs them, as surveys send only texts.
  - Runs on the controller. No connection to the inventory host is made.
options:
  enabled:
    description:
      - Whether the application sends mail. When V(false), mail is switched off, and no other setting of the
        relay counts.
    type: bool
    default: true
  host:
    description:
      - Name or address of the relay.
      - Required unless O(enabled=false).
    type: str
  port:
    description:
      - Port of the relay.
      - By default 465 for O(security=tls), 587 for V(starttls), 25 for V(none).
    type: int
  security:
    description:
      - How the connection is protected. V(tls) is TLS from the first byte (implicit TLS), V(starttls) begins in
        plain text and changes to TLS, V(none) is plain text throughout.
      - By default what O(port) means, and V(starttls) if that is not given either.
    type: str
    choices: [none, starttls, tls]
  auth:
    description:
      - Whether the application logs in. V(none) is an anonymous relay.
      - By default V(password) when O(username) and O(password) are given, and V(none) when neither is.
    type: str
    choices: [none, password]
  mechanism:
    description:
      - The SASL mechanism that the probe uses. By default the best one that the relay offers.
    type: str
  username:
    description:
      - User name for the relay.
    type: str
  password:
    description:
      - Password for the relay. In a vars file, tag a password that holds two opening braces with C(!unsafe).
    type: str
  from_address:
    description:
      - The address that the mails come from.
      - Required unless O(enabled=false).
    type: str
  from_name:
    description:
      - The name that stands beside O(from_address). Refused for applications that have no setting for it.
    type: str
  reply_to:
    description:
      - The address that answers go to. Refused for applications that have no setting for it.
    type: str
  ehlo_name:
    description:
      - The name that the probe says in EHLO. By default the name of the machine or pod that it runs on.
    type: str
  validate_certs:
    description:
      - Whether the relay's certificate is verified, by the probe and by the application.
    type: bool
    default: true
  ca_path:
    description:
      - Path on the controller of a PEM file with the private CA that signed the relay's certificate.
      - Mutually exclusive with O(ca_pem).
    type: path
  ca_pem:
    description:
      - The private CA itself, in PEM form.
    type: str
  server_name:
    description:
      - The name that the relay's certificate must carry, when it is not O(host).
    type: str
  tls_min_version:
    description:
      - The oldest version of TLS that the probe accepts.
    type: str
    choices: ["1.2", "1.3"]
    default: "1.2"
  timeout:
    description:
      - Seconds that the probe waits for each answer.
    type: int
    default: 10
  test_recipients:
    description:
      - Addresses for which the probe asks the relay whether it would take mail. No mail is sent.
      - A text with commas or line breaks is split.
    type: list
    elements: str
  application:
    description:
      - The profile by which the settings are written, such as V(qualytics), or the path of a profile of your own.
    type: str
    required: true
  release:
    description:
      - Name of the Helm release.
    type: str
    required: true
  namespace:
    description:
      - Namespace of the Helm release.
    type: str
    required: true
  kubeconfig:
    description:
      - Path on the controller of the kubeconfig. By default the one that kubectl would use.
    type: path
  context:
    description:
      - Context in the kubeconfig. By default its current one.
    type: str
  chart:
    description:
      - Where the chart is had (a folder, a packaged chart, a repository name or an C(oci://) address) when the
        release record does not hold it whole, which is so when subcharts are in use.
      - Its version must be the one that is deployed.
    type: str
  helm:
    description:
      - Name or path of the helm command on the controller, version 3 or 4.
    type: str
    default: helm
  values_dest:
    description:
      - Path on the controller of a file that the rendered values are written to.
      - Its variable counts for the role C(render) only, so that no other task writes a file.
    type: path
  values_include_secrets:
    description:
      - Whether that file holds the password too. It is then readable by its owner only.
    type: bool
    default: false
  probe_from:
    description:
      - Where the relay is probed from. V(pod) is a ready pod of the release, whose network the application sends from,
        and needs Python in its container; V(controller) is this machine; V(auto) takes the pod where it can.
    type: str
    choices: [auto, controller, pod]
    default: auto
  rollout_timeout:
    description:
      - Seconds within which the pods must be ready after a roll.
    type: int
    default: 300
"""
