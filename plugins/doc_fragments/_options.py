# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The options that actions share, written once."""

from __future__ import annotations


class ModuleDocFragment:
    """The description, where it goes, and how the work is done."""

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
  provider:
    description:
      - The mail provider, such as V(amazon_ses) or V(microsoft_365), or V(internal_relay). docs/presets.md lists them
        all.
      - Fills in O(host), O(port) and O(security), and says what is particular about the provider. What is given
        beside it wins.
      - By default the provider that O(host) belongs to, if it is a known one.
    type: str
  region:
    description:
      - The region of a provider that has several, such as V(eu-west-1).
    type: str
  host:
    description:
      - Name or address of the relay.
      - Required unless O(enabled=false), or O(provider) knows it.
    type: str
  port:
    description:
      - Port of the relay.
      - By default the provider's, else 465 for O(security=tls), 587 for V(starttls), 25 for V(none).
    type: int
  security:
    description:
      - How the connection is protected. V(tls) is TLS from the first byte (implicit TLS), V(starttls) begins in
        plain text and changes to TLS, V(none) is plain text throughout.
      - By default what O(port) or the provider means, and V(starttls) if neither is given. Required for a port that is
        no standard one.
    type: str
    choices: [none, starttls, tls]
  auth:
    description:
      - Whether and how the application logs in. V(none) is an anonymous relay.
      - By default V(oauth) when O(oauth) is given, V(password) when O(password), O(username) or O(existing_secret)
        is, and V(none) when none of them is.
    type: str
    choices: [none, password, oauth]
  mechanism:
    description:
      - The SASL mechanism.
      - By default the first that the relay offers. Over TLS the order is PLAIN, LOGIN, SCRAM-SHA-256, SCRAM-SHA-1,
        CRAM-MD5, as most applications have it; without TLS it begins with the strongest.
      - One of V(PLAIN), V(LOGIN), V(CRAM-MD5), V(SCRAM-SHA-1) and V(SCRAM-SHA-256) for O(auth=password),
        V(XOAUTH2) and V(OAUTHBEARER) for O(auth=oauth), and V(EXTERNAL) for O(auth=none) with O(client_cert).
    type: str
  username:
    description:
      - User name for the relay.
    type: str
  password:
    description:
      - Password for the relay. In a vars file, tag a password with C(!unsafe) when it holds
        two opening braces, or an opening brace before a percent or number sign.
    type: str
  oauth:
    description:
      - The login with OAuth 2. Either a token, or what one is had with.
      - A survey sends it as a JSON text.
    type: dict
    suboptions:
      token:
        description: A ready access token.
        type: str
      token_url:
        description: Where an access token is had. By default that of O(oauth.tenant).
        type: str
      tenant:
        description: The directory (tenant) of Microsoft Entra ID.
        type: str
      client_id:
        description: The registered application.
        type: str
      client_secret:
        description: Its secret.
        type: str
      scope:
        description: What the token is asked for. By default the provider's.
        type: str
  existing_secret:
    description:
      - A Kubernetes Secret in the release's namespace that holds the credentials, for applications that take one. The
        values then hold none. O(username) and O(password) may be given beside it, and then the probe logs in with
        them.
      - A dictionary with C(name), and with C(username_key) and C(password_key) where they are not those that the
        application expects; or a text, which is its name.
    type: raw
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
  client_cert:
    description:
      - The certificate that the client shows to the relay, with its chain, in PEM form.
      - Requires O(client_key). Refused for applications that have no setting for it.
    type: str
  client_key:
    description:
      - The private key of O(client_cert), in PEM form and not encrypted.
    type: str
  server_name:
    description:
      - The name that the relay's certificate must carry, when it is not O(host).
      - Refused for applications that have no setting for it.
    type: str
  tls_min_version:
    description:
      - The oldest version of TLS that is accepted. Where the application has no setting for it, only the probe holds to
        it, with a warning.
    type: str
    choices: ["1.2", "1.3"]
    default: "1.2"
  from_address:
    description:
      - The address that the mails come from.
      - Required unless O(enabled=false).
    type: str
  from_name:
    description:
      - The name that stands beside O(from_address). Refused for applications that have no setting for it.
    type: str
  envelope_from:
    description:
      - The address that the relay sends bounces to (MAIL FROM), when it is not O(from_address). Refused for
        applications that have no setting for it.
    type: str
  reply_to:
    description:
      - The address that answers go to. Refused for applications that have no setting for it.
    type: str
  subject_prefix:
    description:
      - What every subject begins with. Refused for applications that have no setting for it.
    type: str
  comment:
    description:
      - A note on these settings, for applications that keep one with them.
    type: str
  ehlo_name:
    description:
      - The name that is said in EHLO. By default the name of the machine or pod that sends.
    type: str
  proxy:
    description:
      - URL of a proxy on the way to the relay, C(socks5://host:port) or C(http://host:port). It takes
        no login.
      - Refused for applications that have no setting for it.
    type: str
  timeout:
    description:
      - Seconds that the probe waits for each answer, and the application, where it has a setting for it.
    type: int
    default: 10
  test_recipients:
    description:
      - Addresses for which the probe asks the relay whether it would take mail. A test mail goes to them when the proof
        sends one, which it does after a change (C(smtp_test_mail)), and from a probe with C(smtp_probe_until=data).
      - A text with commas or line breaks is split.
    type: list
    elements: str
  policy:
    description:
      - What is forbidden here, as a dictionary of booleans; or a text such as V(fips, allow_anonymous=false), as a
        survey sends it.
      - C(fips) forbids certificates that are not verified, and CRAM-MD5; it does not forbid O(security=none), which
        C(require_tls) does. C(require_verified_certs) asks for what it says.
      - C(allow_anonymous) and C(allow_sinks) (relays that deliver to nobody, for tests) are true by default,
        C(allow_unencrypted_credentials) is false.
      - C(chart_from_source) forbids the chart out of Helm's record, so that C(smtp_chart) must be given. Who may write
        the Secrets of a namespace can write the record.
    type: raw
  fallbacks:
    description:
      - Relays to use when this one does not answer, in their order, for applications that take several.
      - Each is a dictionary of these same options, without their prefix. What it leaves out of sender and names is
        taken from here.
    type: list
    elements: dict
  name:
    description:
      - A name for these settings, for applications that keep several.
    type: str
  layers:
    description:
      - Named descriptions that build on each other, nearest last, each a dictionary of these same options without
        their prefix. The options given beside them are the nearest layer. docs/description.md explains it.
      - C(name) names the layer. C(parent) names the one it builds on, by default the one before it; as soon as one
        entry names its parent, those that name none build on nothing.
      - C(merge) says what happens to the layers before it. V(block) replaces the connection as a whole when the layer
        gives any part of it, and merges the rest by field; V(field) merges everything by field; V(whole) replaces
        everything. The default is V(block).
    type: list
    elements: dict
  layer:
    description:
      - Which of O(layers) is wanted. By default the last one.
    type: str
"""

    PLACE = r"""
attributes:
  action:
    support: full
    description: The work is done on the controller.
options:
  application:
    description:
      - The profile by which the settings are written, such as V(qualytics), or the path of a profile of your own,
        which has a C(/) in it.
      - Several profiles for charts can be named together, as a list or with commas. They go into one release, and
        C(grafana@grafana) is the profile V(grafana) below the key V(grafana) of the values, as a subchart wants it.
    type: list
    elements: str
    required: true
  release:
    description:
      - Name of the Helm release. Required for a profile of a Helm chart.
    type: str
  namespace:
    description:
      - Namespace of the Helm release. Required for a profile of a Helm chart.
    type: str
  fullname:
    description:
      - The name that the chart's objects begin with, where a C(fullnameOverride) or C(nameOverride) of the release
        makes it another one than the chart's usual.
    type: str
  kubeconfig:
    description:
      - Path on the controller of the kubeconfig. By default the one that kubectl would use.
      - A run is refused when it gives neither this nor O(context), and the environment names another cluster in
        C(K8S_AUTH_HOST), C(K8S_AUTH_CONTEXT) or C(K8S_AUTH_KUBECONFIG), as AWX's Kubernetes credential does, or a
        file that is not there in C(KUBECONFIG).
    type: path
  context:
    description:
      - Context in the kubeconfig. By default its current one.
    type: str
"""

    RUN = r"""
options:
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
      - Path on the controller of a file that what is rendered is written to. For most profiles it is a file of its
        own, and one that holds anything else is left as it is; a profile of the target V(document) edits the file
        that is there, and keeps the rest of it.
      - Its variable counts for the role C(render) only, so that no other task writes a file.
    type: path
  values_include_secrets:
    description:
      - Whether that file holds the password too. It is then readable by its owner only.
    type: bool
    default: false
  document_path:
    description:
      - Where in an edited document the block is, as keys with dots, such as V(spec.smtp).
      - By default the only mapping in it with the block's name.
    type: str
  ca_mode:
    description:
      - How the application gets to trust the private CA of O(ca_path) or O(ca_pem).
      - V(chart) writes it into the chart's values, where the chart has a setting for it. V(mount) mounts it into the
        pods beside the release, without a new image, and tells the application's runtime of it by a variable.
        V(auto) takes the chart's way where there is one, and else mounts it.
      - With V(none) the CA counts for the probe only, and what was mounted, or written into the chart's values, is
        removed.
    type: str
    choices: [auto, chart, mount, none]
    default: auto
  ca_dest:
    description:
      - Path on the controller of a folder for what mounts the private CA, for a release that Argo CD or Flux keeps.
        They would take away what is mounted beside the release, so it is written into this folder as a Kustomize
        component, to be committed.
      - The folder is made if it does not exist; its parent must exist.
    type: path
  allow_changes:
    description:
      - Changes that an upgrade may make although they are not for mail, by the names that the findings of a run give,
        such as V(Secret/hub-keys:data.session_key). A name without a field allows every change of that object, and an
        asterisk stands for anything.
      - Rights (RBAC), objects of the whole cluster, of another namespace or of somebody else, and hooks that take more
        than the live pods of the release, are allowed by their exact name only.
      - Without it, an upgrade that would change anything but mail is refused before it is made.
    type: list
    elements: str
  restart:
    description:
      - Whether a workload is restarted whose pods still have former settings, because an upgrade does not roll it.
      - V(auto) restarts it. V(defer) names it and leaves it, and a later run with V(auto) restarts it. V(never) does
        not look for such workloads.
      - With V(defer) and V(never) a pod that only owes a restart is no error for the verification, but a warning.
      - What an upgrade rolls by itself rolls in any case.
    type: str
    choices: [auto, defer, never]
    default: auto
  rollout_timeout:
    description:
      - Seconds within which the pods must be ready after a roll.
    type: int
    default: 300
  change_reference:
    description:
      - What the change is known by, such as V(CHG0012345). It stands beside the revision in C(helm history).
      - At most 100 characters, and no secret.
    type: str
  test_mail:
    description:
      - When the proof sends a test mail to O(test_recipients), from the pod and by the application itself.
      - V(on_change) sends one when the run has changed something, or when one before it has and was killed before its
        proof. V(always) and V(never) are as they say. Check mode sends none.
    type: str
    choices: [on_change, always, never]
    default: on_change
  back_out:
    description:
      - Whether a change is undone that does not work, so that its pods do not become ready or do not see it, or the
        relay refuses mail for good because of it. The release goes back to the revision before, and its pods and a
        mounted private CA with it.
      - A revision that a killed run has left half written is gone back from in any case.
    type: bool
    default: true
  probe_from:
    description:
      - Where the relay is probed from.
      - V(pod) is a ready pod of the release, whose network the application sends from, and needs Python in its
        container. V(ephemeral) adds a container to that pod, which stays listed until the pod goes. V(job) makes a Job
        with the labels and the service account of the workload, and removes it.
      - V(host) is the inventory host (or the one of C(delegate_to)), with the Python that is there; nothing is
        installed. V(controller) is this machine.
      - V(auto) takes the pod where it can, and else the controller.
    type: str
    choices: [auto, controller, host, pod, ephemeral, job]
    default: auto
  probe_until:
    description:
      - The last stage of the probe. V(connect) opens a connection, V(tls) agrees on TLS and looks at the certificate,
        V(auth) logs in, V(mail) asks for the sender, V(rcpt) for each recipient; nothing is sent.
      - V(data) sends a test mail to O(test_recipients). In check mode the probe ends at V(rcpt) and says so.
    type: str
    choices: [connect, tls, auth, mail, rcpt, data]
    default: rcpt
  probe_security:
    description:
      - V(declared) tries O(security), as the application does. V(auto) finds out what the port speaks, for a probe
        before the settings are written; C(relay.security) of the result says what was found.
      - What is found and is not O(security) is an error where an application is named, since it is configured with
        O(security), and else a warning. A login is made under TLS only.
    type: str
    choices: [declared, auto]
    default: declared
  probe_retries:
    description:
      - How often the probe is repeated after a failure that may pass, such as greylisting. A rejected login is never
        repeated.
    type: int
    default: 0
  probe_retry_seconds:
    description:
      - Seconds between these tries.
    type: int
    default: 10
  probe_expected_size:
    description:
      - Size in bytes of the largest mail that the application sends. It is compared with what the relay takes.
    type: int
  probe_foreign_recipient:
    description:
      - An address of a domain that the relay must not relay to without a login. When it is given, the probe tries
        whether the relay is open to everybody; no mail is sent.
    type: str
  probe_ciphers:
    description:
      - The ciphers for TLS 1.2 that the probe offers, as a list of OpenSSL, to find out whether the relay speaks one
        that the application is limited to.
    type: str
  probe_want_chain:
    description:
      - Whether the certificates that the relay shows are returned in PEM form.
    type: bool
    default: false
  probe_names:
    description:
      - Whether the names behind the mail are checked in the DNS, from the controller. These are MX, SPF, DKIM and DMARC
        of the sender, and the reverse name of the relay. It needs the Python libraries dnspython and publicsuffixlist
        on the controller.
    type: bool
    default: false
  probe_dkim_selector:
    description:
      - The selector of the DKIM key, for O(probe_names). It is C(s=) in the C(DKIM-Signature) of a mail.
    type: str
  probe_image:
    description:
      - An image with Python 3.9 or newer, for O(probe_from=ephemeral) and O(probe_from=job). It runs as a user without
        rights, and is never written to.
    type: str
  probe_pull_secret:
    description:
      - The Secret that O(probe_image) is pulled with by a Job. An ephemeral container has those of its pod.
    type: str
"""
