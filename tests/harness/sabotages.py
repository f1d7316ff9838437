# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The table of ways in which mail is broken behind a run's back.

What the relay accepts and then loses, and what decides about mail only inside of an application (its
database, its admin page), no run can see; it is not in the table.
"""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections.abc import Callable
from pathlib import Path
from typing import Any

from tests.harness.lab import USER
from tests.harness.sabotage import End, Sabotage, When
from tests.harness.scene import (
    ANONYMOUS,
    EXISTING,
    GRAFANA,
    HOST,
    LOGIN,
    PRIVATE_CA,
    SECRET,
    VAULTWARDEN,
    Scene,
    SpoiltRelay,
)
from tests.relays.authority import Authority
from tests.relays.postfix import Wrong

BEFORE, DURING, AFTER = When.BEFORE, When.DURING, When.AFTER
Do = Callable[[Scene], object]

MENDED = frozenset({End.SENDS})
RED = frozenset({End.AS_BEFORE, End.RED_AND_SENDS})
STALE = "stale battery"
REMAINS = "gone.example.com"
"""A relay that was switched off."""

HUB_SECRET = "qualytics-creds"
RECORD, ENV = "/secrets/sh.helm.release.v1.", "/spec/template/spec/containers/0/env"


RESTARTS = (
    "an unchanged run restarts pods that send, into a Secret or ConfigMap that somebody has edited:"
    " it brings nothing back, and mail is worse"
)
SCALED = (
    "a workload that is scaled to no pod is only 'unproven' in the summary, and the run is green"
)


# --- What is done to the relay


def restored(scene: Scene) -> None:
    scene.postfix.restore()


def rotated(scene: Scene) -> None:
    scene.postfix.relay.set_user(USER, "rotated")


def dismissed(scene: Scene) -> None:
    scene.postfix.relay.remove_user(USER)


def edited(script: str) -> Do:
    return lambda scene: scene.postfix.reload(script)


def main(*settings: str) -> Do:
    return edited("".join(f"postconf -e '{setting}'; " for setting in settings))


def master(setting: str) -> Do:
    return edited(f"postconf -P 'submission/inet/{setting}' 'submissions/inet/{setting}'")


def sender(reply: str) -> Do:
    return lambda scene: scene.postfix.refuses("sender_access", "example.com", reply)


def recipient(reply: str) -> Do:
    return lambda scene: scene.postfix.refuses("recipient_access", "example.org", reply)


def filtered(subject: str) -> Do:
    script = (
        f"echo '/^Subject:.*{subject}/ REJECT 5.7.1 Message rejected' >>/etc/postfix/header_checks"
    )
    return edited(script)


def mechanisms(names: str) -> Do:
    return edited(f"sed -i 's/^mech_list:.*/mech_list: {names}/' /etc/postfix/sasl/smtpd.conf")


def leads(to: int, port: int = 587) -> Do:
    return lambda scene: scene.postfix.leads(port, to)


def moved(scene: Scene) -> None:
    scene.postfix.moves(587, 5870)


def nowhere(scene: Scene) -> None:
    scene.postfix.is_nowhere()


def shows_expired(scene: Scene) -> None:
    identity = scene.postfix.authority.issue_expired(SpoiltRelay.hosts())
    scene.postfix.shows(identity.certificate, identity.key)


def shows_other_name(scene: Scene) -> None:
    identity = scene.postfix.authority.issue(["other.example.com"])
    scene.postfix.shows(identity.certificate, identity.key)


def shows_other_authority(scene: Scene) -> None:
    identity = Authority().issue(SpoiltRelay.hosts())
    scene.postfix.shows(identity.certificate, identity.key)


# --- What is done to the release


def helm(*options: str, values: dict[str, Any] | None = None) -> Do:
    """Somebody's upgrade: with the values in use and these options, or with these values alone."""

    def do(scene: Scene) -> None:
        if values is not None:
            scene.release.upgrade(values)
        else:
            scene.release.run_helm(
                *("upgrade", scene.release.name, str(scene.release.chart), "--reuse-values"),
                *("--force-conflicts", *options),
            )

    return do


def without_mail(scene: Scene) -> None:
    scene.release.upgrade(scene.without_mail)


def rolled_back(scene: Scene) -> None:
    scene.release.run_helm("rollback", scene.release.name, "1", "--force-conflicts")


def other_chart(edit: Callable[[Path], object]) -> Do:
    """Another version of the application's chart, brought in by somebody with the values in use."""

    def do(scene: Scene) -> None:
        with tempfile.TemporaryDirectory() as folder:
            chart = Path(folder) / "chart"
            subprocess.run(["cp", "-r", str(scene.release.chart), str(chart)], check=True)
            about = chart / "Chart.yaml"
            about.write_text(about.read_text().replace("version: 1.0.0", "version: 1.0.1"))
            edit(chart)
            scene.release.run_helm(
                *("upgrade", scene.release.name, str(chart), "--reuse-values", "--force-conflicts")
            )

    return do


def replaced(file: str, old: str, new: str) -> Callable[[Path], object]:
    def edit(chart: Path) -> None:
        path = chart / "templates" / file
        text = path.read_text()
        assert old in text
        path.write_text(text.replace(old, new))

    return edit


def same(_chart: Path) -> None:
    """A new version in which nothing has changed."""


def kubectl(*arguments: str, workload: int | None = 0) -> Do:
    """A command of kubectl; ``{}`` is the workload of that number."""

    def do(scene: Scene) -> None:
        name = "" if workload is None else scene.workload(workload)
        scene.kubectl(*(each.replace("{}", name) for each in arguments))

    return do


def env(*settings: str, workload: int = 0) -> Do:
    return kubectl("set", "env", "{}", *settings, workload=workload)


def patched(patch: object, *, kind: str = "strategic") -> Do:
    return kubectl("patch", "{}", f"--type={kind}", f"--patch={json.dumps(patch)}")


def template(**spec: Any) -> Do:
    return patched({"spec": {"template": {"spec": spec}}})


def container(**spec: Any) -> Do:
    def do(scene: Scene) -> None:
        template(containers=[{"name": scene.application.container, **spec}])(scene)

    return do


def secret(name: str = HUB_SECRET, *, restart: bool = False, **data: str | None) -> Do:
    """Edit keys of a Secret; None takes one away."""
    texts = {key: value for key, value in data.items() if value is not None}
    gone = {key: None for key, value in data.items() if value is None}
    patch = json.dumps({"stringData": texts, **({"data": gone} if gone else {})})

    def do(scene: Scene) -> None:
        full = name.replace("{}", scene.release.name)
        scene.kubectl("patch", "secret", full, "--type=merge", f"--patch={patch}")
        if restart:
            restarted(scene)

    return do


def restarted(scene: Scene) -> None:
    for number in range(len(scene.application.workloads)):
        scene.kubectl("rollout", "restart", scene.workload(number))


def deleted(kind: str, name: str, *, restart: bool = False) -> Do:
    def do(scene: Scene) -> None:
        scene.kubectl("delete", kind, name.replace("{}", scene.release.name), "--ignore-not-found")
        if restart:
            restarted(scene)

    return do


def config_map(old: str, new: str, *, restart: bool) -> Do:
    """Replace a text in the release's ConfigMap."""

    def do(scene: Scene) -> None:
        name = f"{scene.release.name}-{scene.application.name}"
        found = json.loads(scene.kubectl("get", "configmap", name, "-o", "json"))
        before = json.dumps(found["data"])
        assert old in before, before
        patch = json.dumps({"data": json.loads(before.replace(old, new))})
        scene.kubectl("patch", "configmap", name, "--type=merge", f"--patch={patch}")
        if restart:
            restarted(scene)

    return do


def trust(edit: Callable[[Scene, str], object], *, restart: bool) -> Do:
    """Do something to the ConfigMap of certificates that a run has mounted."""

    def do(scene: Scene) -> None:
        names = scene.kubectl("get", "configmaps", "-o", "name").split()
        mounted = [name for name in names if "mailops-smtp-ca" in name]
        assert mounted, names
        for name in mounted:
            edit(scene, name)
        if restart:
            restarted(scene)

    return do


def dropped(scene: Scene, name: str) -> None:
    scene.kubectl("delete", name)


def swapped(scene: Scene, name: str) -> None:
    """It is immutable, so that whoever replaces it deletes it first."""
    found = json.loads(scene.kubectl("get", name, "-o", "json"))
    other = Authority().certificate
    manifest = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": {each: found["metadata"][each] for each in ("name", "namespace")},
        "data": dict.fromkeys(found["data"], other),
    }
    scene.kubectl("delete", name)
    scene.kubectl("create", "-f", "-", stdin=json.dumps(manifest))


def cordoned(scene: Scene) -> None:
    scene.lab.kubectl.run("cordon", scene.node)


def uncordoned(scene: Scene) -> None:
    scene.lab.kubectl.run("uncordon", scene.node)


def all_of(*steps: Do) -> Do:
    def do(scene: Scene) -> None:
        for step in steps:
            step(scene)

    return do


def pods_deleted(scene: Scene) -> None:
    scene.kubectl("delete", "pods", "--all", "--wait=false")


def new_login(user: str, password: str) -> Do:
    def do(scene: Scene) -> None:
        scene.new_secret(user, password)
        restarted(scene)

    return do


def without_existing(scene: Scene) -> None:
    scene.kubectl("delete", "secret", SECRET)


def other_key(scene: Scene) -> None:
    scene.kubectl("delete", "secret", SECRET)
    scene.kubectl("create", "secret", "generic", SECRET, "--from-literal=token=abc")
    restarted(scene)


def after(name: str, do: Do, **more: Any) -> Sabotage:
    return Sabotage(name, AFTER, do, **more)


def before(name: str, do: Do, **more: Any) -> Sabotage:
    return Sabotage(name, BEFORE, do, **more)


def during(name: str, do: Do, **more: Any) -> Sabotage:
    return Sabotage(name, DURING, do, **more)


ON_RELAY: dict[str, Any] = {"undo": restored}
DENIED = "554 5.7.1 Relay access denied"

THE_RELAY = [
    after("password rotated at the relay", rotated, **ON_RELAY, must=RED, is_short=True),
    before("password rotated at the relay", rotated, **ON_RELAY, must=RED),
    after("user removed at the relay", dismissed, **ON_RELAY, must=RED),
    after("relay refuses the sender", sender(DENIED), **ON_RELAY, must=RED),
    before("relay refuses the sender", sender(DENIED), **ON_RELAY, must=RED),
    after(
        "relay refuses the sender by 454 relay access denied",
        sender("454 4.7.1 Relay access denied"),
        **ON_RELAY,
        must=RED,
    ),
    after("relay refuses recipients", recipient("550 5.1.1 User unknown"), **ON_RELAY, must=RED),
    before("relay refuses recipients", recipient(DENIED), **ON_RELAY, must=RED),
    before("relay greylists", recipient("450 4.2.0 Greylisted"), **ON_RELAY, is_temporary=True),
    after("relay refuses the application's mail alone", filtered("invited"), **ON_RELAY, must=RED),
    after("relay takes small mails only", main("message_size_limit=300"), **ON_RELAY, must=RED),
    after("relay offers no AUTH", master("smtpd_sasl_auth_enable=no"), **ON_RELAY, must=RED),
    after("relay offers SCRAM only", mechanisms("SCRAM-SHA-256"), **ON_RELAY, must=RED),
    after("TLS off at the relay", master("smtpd_tls_security_level=none"), **ON_RELAY, must=RED),
    after("relay asks for a client certificate", leads(Wrong.TLS_CLIENT), **ON_RELAY, must=RED),
    after("relay's certificate has signed itself", leads(Wrong.SELF_SIGNED), **ON_RELAY, must=RED),
    after("relay hangs up", leads(Wrong.CLOSES), **ON_RELAY, must=RED),
    after("relay moved its port", moved, **ON_RELAY, must=RED),
    before("nothing answers at the relay", nowhere, **ON_RELAY, must=RED),
    after(
        "relay knows the network no more",
        main("mynetworks=127.0.0.0/8"),
        **ON_RELAY,
        setup=ANONYMOUS,
        must=RED,
    ),
]


THE_RELEASE = [
    after("Secret deleted", deleted("secret", HUB_SECRET)),
    before("Secret deleted", deleted("secret", HUB_SECRET)),
    after("Secret deleted, pods restarted", deleted("secret", HUB_SECRET, restart=True)),
    after("Secret edited", secret(smtp_sender_password=STALE), must=MENDED, fault=RESTARTS),
    after(
        "Secret edited, pods restarted",
        secret(smtp_sender_password=STALE, restart=True),
        is_short=True,
    ),
    after("key removed, pods restarted", secret(smtp_sender_password=None, restart=True)),
    after("user in the Secret edited", secret(smtp_sender_user="nobody", restart=True)),
    before(
        "Secret made immutable",
        kubectl(
            *("patch", "secret", HUB_SECRET, "--type=merge", '--patch={"immutable":true}'),
            workload=None,
        ),
        changes={"smtp_username": "hub@relay"},
    ),
    after("relay set by kubectl", env(f"SMTP_SERVER={REMAINS}"), is_short=True),
    before("relay set by kubectl", env(f"SMTP_SERVER={REMAINS}")),
    after("sender set by kubectl", env("SMTP_SENDER_EMAIL=hub@refused.example")),
    after("relay unset by kubectl", env("SMTP_SERVER-")),
    after(
        "a second variable after ours",
        patched(
            [
                {
                    "op": "add",
                    "path": f"{ENV}/-",
                    "value": {
                        "name": "SMTP_SERVER",
                        "value": REMAINS,
                    },
                }
            ],
            kind="json",
        ),
    ),
    after(
        "a command that sets another relay",
        container(command=["sh", "-c", f"SMTP_SERVER={REMAINS} exec python3 /app/hub_api.py"]),
    ),
    after("egress closed", template(hostAliases=[{"ip": "192.0.2.1", "hostnames": [HOST]}])),
    after(
        "pods have no name server",
        template(dnsPolicy="None", dnsConfig={"nameservers": ["192.0.2.1"]}),
    ),
    after("somebody's upgrade without mail", without_mail, must=MENDED, is_short=True),
    after("somebody's rollback", rolled_back, must=MENDED, is_short=True),
    after(
        "somebody's upgrade with another password",
        helm("--set", f"secrets.smtp.smtp_sender_password={STALE}"),
        must=MENDED,
    ),
    after(
        "somebody's upgrade with another relay",
        helm("--set", f"controlplane.smtp.server={REMAINS}"),
        must=MENDED,
    ),
    after(
        "somebody's upgrade to another port",
        helm("--set-string", "controlplane.smtp.port=25"),
        must=MENDED,
    ),
    after("another chart version, the same", other_chart(same), must=MENDED),
    after(
        "another chart version that reads no mail",
        other_chart(replaced("_helpers.tpl", "- name: SMTP_SERVER", "- name: MAIL_HOST")),
        must=RED,
    ),
    before(
        "another chart version that has renamed its password",
        other_chart(replaced("_helpers.tpl", '"SMTP_SENDER_PASSWORD" "smtp', '"MAIL_PASS" "smtp')),
        must=RED,
    ),
    after("api scaled to nothing", kubectl("scale", "{}", "--replicas=0"), fault=SCALED),
    after("api scaled to two", kubectl("scale", "{}", "--replicas=2"), must=MENDED),
    after("pods replaced", pods_deleted, must=MENDED),
    after("image that cannot be pulled", container(image="mailops.test/none:1")),
    after("workload deleted", kubectl("delete", "{}")),
    before("workload paused", kubectl("rollout", "pause", "{}")),
    before(
        "node takes no pods",
        cordoned,
        undo=uncordoned,
        says=("but its pods are not as before",),
    ),
    before("journal deleted", deleted("secret", "mailops.journal.v1.{}"), by_run=True, must=MENDED),
    after("record of the release deleted", deleted("secret", "sh.helm.release.v1.{}.v2")),
    after(
        "release uninstalled", lambda scene: scene.release.run_helm("uninstall", scene.release.name)
    ),
    before(
        "a quota for no pods",
        kubectl("create", "quota", "none", "--hard=pods=0", workload=None),
        says=("but its pods are not as before",),
    ),
]

WHILE_IT_RUNS = [
    during(
        "password rotated at the relay",
        rotated,
        **ON_RELAY,
        says=("The relay rejected the credentials",),
        is_short=True,
    ),
    during(
        "nothing answers at the relay",
        nowhere,
        **ON_RELAY,
        says=("refused the connection on port 587",),
    ),
    during("Secret deleted", deleted("secret", HUB_SECRET)),
    during("relay set by kubectl", env(f"SMTP_SERVER={REMAINS}"), moment=(2, "/deployments/")),
    during("pods deleted", pods_deleted, moment=(2, "/deployments/")),
    during("api scaled to nothing", kubectl("scale", "{}", "--replicas=0"), fault=SCALED),
    during(
        "somebody's upgrade without mail",
        without_mail,
        moment=(2, RECORD),
        says=("somebody else has changed release",),
    ),
    during("image that cannot be pulled", container(image="mailops.test/none:1")),
]

CA: dict[str, Any] = {"setup": PRIVATE_CA}
THE_CA = [
    after("CA dropped", trust(dropped, restart=False), **CA),
    after("CA dropped, pods restarted", trust(dropped, restart=True), **CA),
    before("CA replaced, pods restarted", trust(swapped, restart=True), **CA),
    after("variable of the CA removed", env("SSL_CERT_FILE-"), **CA),
    after("certificate expired", shows_expired, **ON_RELAY, **CA, must=RED),
    after("certificate of another CA", shows_other_authority, **ON_RELAY, **CA, must=RED),
    after(
        "certificate for another name",
        shows_other_name,
        **ON_RELAY,
        **CA,
        must=RED,
    ),
    before(
        "CA forgotten in the variables",
        lambda _scene: None,
        **CA,
        changes={"smtp_ca_path": None},
        must=RED,
    ),
    during("CA dropped", trust(dropped, restart=True), **CA, moment=(1, RECORD)),
]

GRAFANA_LOGIN: dict[str, Any] = {"application": GRAFANA, "setup": LOGIN}
VAULT: dict[str, Any] = {"application": VAULTWARDEN, "setup": LOGIN}
KEPT: dict[str, Any] = {"application": VAULTWARDEN, "setup": EXISTING}
TRUE_CHARTS = [
    after("password rotated at the relay", rotated, **ON_RELAY, **GRAFANA_LOGIN, must=RED),
    after("somebody's upgrade without mail", without_mail, **GRAFANA_LOGIN, must=MENDED),
    after("relay set by kubectl", env(f"GF_SMTP_HOST={REMAINS}:587"), **GRAFANA_LOGIN),
    after(
        "values that go before ours",
        helm("--set", f"env.GF_SMTP_HOST={REMAINS}:587"),
        **GRAFANA_LOGIN,
    ),
    before("values that go before ours", helm("--set", "env.GF_SMTP_USER=nobody"), **GRAFANA_LOGIN),
    before(
        "mail switched off by a variable",
        helm("--set-string", "env.GF_SMTP_ENABLED=false"),
        **GRAFANA_LOGIN,
    ),
    after(
        "ConfigMap edited",
        config_map(HOST, REMAINS, restart=False),
        **GRAFANA_LOGIN,
        fault=RESTARTS,
    ),
    after(
        "ConfigMap edited, pods restarted",
        config_map(HOST, REMAINS, restart=True),
        **GRAFANA_LOGIN,
    ),
    after(
        "Secret edited, pods restarted",
        secret("{}-grafana-env", SMTP_PASSWORD=STALE, restart=True),
        **GRAFANA_LOGIN,
    ),
    after("Secret deleted", deleted("secret", "{}-grafana-env"), **GRAFANA_LOGIN),
    after(
        "scaled to nothing", kubectl("scale", "{}", "--replicas=0"), **GRAFANA_LOGIN, fault=SCALED
    ),
    after("password rotated at the relay", rotated, **ON_RELAY, **VAULT, must=RED),
    after("somebody's rollback", rolled_back, **VAULT, must=MENDED),
    after(
        "somebody's upgrade with another relay",
        helm("--set", f"smtp.host={REMAINS}"),
        **VAULT,
        must=MENDED,
    ),
    after("relay set by kubectl", env(f"SMTP_HOST={REMAINS}"), **VAULT),
    after("ConfigMap edited, pods restarted", config_map(HOST, REMAINS, restart=True), **VAULT),
    after("pods replaced", pods_deleted, **VAULT, must=MENDED),
    after("existing Secret has another password", new_login(USER, STALE), **KEPT, must=RED),
    after("existing Secret deleted", without_existing, **KEPT),
    after("existing Secret has another key", other_key, **KEPT),
    before("existing Secret has another password", new_login(USER, STALE), **KEPT, must=RED),
]

SABOTAGES = [*THE_RELAY, *THE_RELEASE, *WHILE_IT_RUNS, *THE_CA, *TRUE_CHARTS]
