# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from the mail settings may be made; of everything else the cause and the way out is told."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.cause import causes
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.explain import explanation
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.judge import (
    Sorted,
    Verdict,
    judge,
    sort,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import Write
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.guard.things import (
    EVIDENCE,
    NAMESPACE,
    changes,
    config_map,
    deployment,
    made,
    patched,
    refused,
    removed,
    secret,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision

IMMUTABLE = "spec.selector: Invalid value: field is immutable"
FORBIDDEN = 'deployments.apps "x" is forbidden: User "u" cannot patch resource "deployments"'
NO_DRY_RUN = 'admission webhook "w" does not support dry run'


def sorted_(*writes: Write, allowed: Sequence[str] = ()) -> Sorted:
    objects = [deployment(), *(write.answer for write in writes if not write.refused)]
    return sort(changes(*writes), explanation([EVIDENCE], objects), allowed)


def judged(
    *writes: Write,
    allowed: Sequence[str] = (),
    stored: str = "",
    again: str | None = None,
    wanted: str | None = None,
    values: tuple[Mapping[str, Any], Mapping[str, Any]] = ({}, {}),
) -> Verdict:
    """The verdict on some writes.

    :param stored: what the release was rendered to; :param again: what it would be rendered to now;
        :param wanted: the same with the new values.
    :param values: those in use, and the new ones.
    """
    again = stored if again is None else again
    now = again if wanted is None else wanted
    old, new = values
    before, same = (revision(manifest=each, config=old) for each in (stored, again))
    after = revision(manifest=now, config=new)
    known = causes(before, same, after, NAMESPACE)
    found = sorted_(*writes, allowed=allowed)
    facts = {"release": "hub", "chart": "hub 1"}
    return judge(found, known, lambda text: text.replace("hunter2", "*"), facts)


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


def by_settings(before: Mapping[str, Any], after: Mapping[str, Any]) -> Verdict:
    """The verdict on a change of an object that another relay makes."""
    return judged(
        patched(before, after),
        stored=json.dumps(before),
        wanted=json.dumps(after),
        values=({"mail": {"host": "old"}}, {"mail": {"host": "relay"}}),
    )


def config_map_of(**data: str) -> dict[str, Any]:
    return config_map(data=data)


def container_of(thing: Mapping[str, Any]) -> dict[str, Any]:
    """The container of a Deployment."""
    container: dict[str, Any] = thing["spec"]["template"]["spec"]["containers"][0]
    return container


SERVICE = "kind: Service\nmetadata: {name: hub}\nspec: {port: %d}\n"


def service(port: int) -> dict[str, object]:
    return {
        "kind": "Service",
        "metadata": {"name": "hub", "namespace": NAMESPACE},
        "spec": {"port": port},
    }


class TestWhatFollowsFromTheSettings:
    def test_variables_keys_lines_and_checksums_of_mail_pass(self) -> None:
        line = "[mail]\nhost = relay\nport = 587\n"
        verdict = judged(
            patched(deployment(host="old"), deployment(annotations={"checksum/config": "1"})),
            patched(secret(password="old"), secret(password="new")),
            patched(
                config_map(data={"app.ini": line.replace("relay", "old")}),
                config_map(data={"app.ini": line}),
            ),
        )
        assert codes(verdict) == []
        assert len(verdict.ours) == 4

    def test_another_line_of_the_same_file_does_not(self) -> None:
        before = config_map(data={"app.ini": "host = old\nthreads = 4\n"})
        after = config_map(data={"app.ini": "host = relay\nthreads = 8\n"})
        assert codes(judged(patched(before, after))) == ["upgrade-undoes-drift"]

    def test_a_checksum_alone_does_not(self) -> None:
        verdict = judged(patched(deployment(), deployment(annotations={"checksum/config": "1"})))
        assert codes(verdict) == ["upgrade-undoes-drift"]

    def test_variables_of_mail_may_vanish_and_others_may_come_and_say_another_setting(self) -> None:
        before = deployment(env={"MAIL_URL": "smtp://old:25"})
        after = deployment(env={"MAIL_URL": "smtp://relay:25", "MAIL_NEW": "c"})
        env = after["spec"]["template"]["spec"]["containers"][0]["env"]
        env.remove(next(entry for entry in env if entry["name"] == "MAIL_PASSWORD"))
        verdict = by_settings(before, after)
        assert codes(verdict) == []
        assert len(verdict.ours) == 3

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ({"smtp.yml": "host: old\ntls: no"}, {}),
            ({"app.conf": "mode = 1\nurl = //old"}, {"app.conf": "mode = 1\nurl = //relay"}),
            ({"app.conf": "mode = 1"}, {"app.conf": "mode = 1\n[mail]\nsends = yes"}),
            ({"app.conf": "[mail]\nmailer = log"}, {"app.conf": "[mail]\nmailer = relay"}),
            ({"empty": ""}, {}),
        ],
        ids=["a key", "a line", "new lines", "another word", "nothing"],
    )
    def test_an_entry_that_says_another_setting_passes_without_evidence(
        self, before: Mapping[str, str], after: Mapping[str, str]
    ) -> None:
        assert codes(by_settings(config_map(data=before), config_map(data=after))) == []
        assert codes(by_settings(secret(**before), secret(**after))) == []

    def test_what_refers_to_an_object_of_mail_goes_with_it(self) -> None:
        before, after = deployment(), deployment()
        container_of(before)["envFrom"] = [{"secretRef": {"name": "hub-mail"}}]
        login = secret(password="old")
        verdict = judged(
            patched(before, after),
            removed(login),
            stored=f"{json.dumps(before)}\n---\n{json.dumps(login)}",
            wanted=json.dumps(after),
        )
        assert codes(verdict) == []


class TestWhatDoesNot:
    @pytest.mark.parametrize(
        ("manifests", "code"),
        [
            ((80, 80, 80), "upgrade-undoes-drift"),
            ((80, 80, 25), "upgrade-changes-other"),
            ((80, 90, 90), "chart-not-the-same"),
            ((80, 90, 95), "upgrade-changes-random"),
        ],
        ids=["drift", "settings", "another chart", "random"],
    )
    def test_is_told_by_its_cause(self, manifests: tuple[int, int, int], code: str) -> None:
        stored, again, wanted = (SERVICE % port for port in manifests)
        verdict = judged(
            patched(service(70), service(25)), stored=stored, again=again, wanted=wanted
        )
        assert codes(verdict) == [code]
        assert verdict.findings[0].where == "Service/hub"
        assert "spec.port" in verdict.findings[0].message
        assert "Service/hub:spec.port" in verdict.findings[0].fix

    @pytest.mark.parametrize("left", [True, False])
    def test_a_variable_of_somebody_else_that_vanishes_is_told_also_when_the_settings_are_why(
        self, left: bool
    ) -> None:
        before, after = deployment(env={"LDAP_HOST": "ldap"}), deployment()
        if not left:
            del after["spec"]["template"]["spec"]["containers"][0]["env"]
        verdict = by_settings(before, after)
        assert codes(verdict) == ["upgrade-changes-other"]
        assert verdict.findings[0].where == "Deployment/hub-app"

    @pytest.mark.parametrize(
        ("field", "before", "after"),
        [
            ("env", [{"name": "A", "value": "1"}] * 2 + [{"name": "LDAP", "value": "x"}],
             [{"name": "A", "value": "1"}] * 2),
            ("env", [{"name": "LDAP", "value": "x"}], [{"name": "LDAP", "value": ""}]),
            ("envFrom", [{"secretRef": {"name": "ldap"}}], []),
            ("envFrom", [{"secretRef": {"name": "ldap"}}], [{"secretRef": {"name": "smtp"}}]),
            ("volumeMounts", [{"name": "v", "mountPath": "/a"}, {"name": "v", "mountPath": "/b"}],
             [{"name": "v", "mountPath": "/a"}]),
            ("args", ["--ldap", "--quick"], ["--quick"]),
        ],
        ids=["beside one that stands twice", "emptied", "source", "other source", "mount", "word"],
    )  # fmt: skip
    def test_nor_does_anything_else_of_a_container_give_way_to_the_settings(
        self, field: str, before: list[Any], after: list[Any]
    ) -> None:
        was, becomes = deployment(), deployment()
        container_of(was)[field], container_of(becomes)[field] = before, after
        assert codes(by_settings(was, becomes)) == ["upgrade-changes-other"]

    def test_nor_a_volume(self) -> None:
        was, becomes = deployment(), deployment()
        was["spec"]["template"]["spec"]["volumes"].append({"name": "ldap", "emptyDir": {}})
        verdict = by_settings(was, becomes)
        assert codes(verdict) == ["upgrade-changes-other"]
        assert "volumes[ldap] of Deployment/hub-app" in verdict.findings[0].message

    @pytest.mark.parametrize(
        ("before", "after"),
        [
            ({"ldap.yml": "host: ldap"}, {}),
            ({"threads": "4"}, {"threads": "8"}),
            (
                {"app.conf": "ldap = x\nmode = 1\nhost = old"},
                {"app.conf": "mode = 1\nhost = relay"},
            ),
            ({"app.conf": "host = older"}, {"app.conf": "host = relayed"}),
        ],
        ids=["a key", "its value", "a line", "a longer word"],
    )
    def test_nor_an_entry_of_a_config_map_or_a_secret(
        self, before: Mapping[str, str], after: Mapping[str, str]
    ) -> None:
        for thing in (secret, config_map_of):
            verdict = by_settings(thing(**before), thing(**after))
            assert codes(verdict) == ["upgrade-changes-other"]

    def test_an_annotation_of_somebody_else_does_not_give_way_either(self) -> None:
        was, becomes = deployment(annotations={"inject": "yes"}), deployment()
        assert codes(by_settings(was, becomes)) == ["upgrade-changes-other"]

    def test_a_deletion_and_a_new_object_are_told_as_such(self) -> None:
        assert codes(judged(removed(service(80)))) == ["upgrade-deletes"]
        assert codes(judged(made(service(80)), wanted=SERVICE % 80)) == ["upgrade-creates"]

    @pytest.mark.parametrize(
        ("status", "words", "code"),
        [
            (422, IMMUTABLE, "upgrade-immutable"),
            (403, FORBIDDEN, "upgrade-right-missing"),
            (403, "denied by policy", "upgrade-refused"),
            (400, NO_DRY_RUN, "upgrade-not-tried"),
        ],
    )
    def test_a_refusal_is_told_in_the_words_of_the_api_server(
        self, status: int, words: str, code: str
    ) -> None:
        verdict = judged(refused(status, f"{words} hunter2"))
        assert codes(verdict) == [code]
        assert f"{words} *" in verdict.findings[0].message

    def test_a_conflict_names_the_field_and_who_owns_it(self) -> None:
        cause = {
            "reason": "FieldManagerConflict",
            "message": 'conflict with "kubectl"',
            "field": ".spec.replicas",
        }
        verdict = judged(refused(409, "conflict", cause))
        assert codes(verdict) == ["upgrade-conflicts"]
        assert 'spec.replicas of Deployment/hub-app: conflict with "kubectl"' in (
            verdict.findings[0].message
        )

    def test_what_only_tells_a_tool_who_made_an_object_is_a_warning(self) -> None:
        before, after = (deployment(labels={"helm.sh/chart": f"hub-{n}"}) for n in (1, 2))
        verdict = judged(patched(before, after))
        assert [(each.code, each.severity) for each in verdict.findings] == [
            ("upgrade-undoes-labels", "warning")
        ]


def with_container(**fields: Any) -> dict[str, Any]:
    made = deployment()
    container_of(made).update(fields)
    return made


def with_pod(**fields: Any) -> dict[str, Any]:
    made = deployment()
    made["spec"]["template"]["spec"].update(fields)
    return made


def with_mount(path: str, source: Mapping[str, Any]) -> dict[str, Any]:
    made = deployment()
    container_of(made)["volumeMounts"].append({"name": "new", "mountPath": path})
    made["spec"]["template"]["spec"]["volumes"].append({"name": "new", **source})
    return made


OWN = {"configMap": {"name": "hub-config"}}


def coming(after: Mapping[str, Any]) -> Verdict:
    """The verdict on what comes with another relay, from a chart that has a ConfigMap of its own."""
    before, config = deployment(), json.dumps(config_map(data={"a": "b"}))
    return judged(
        patched(before, after),
        stored=f"{json.dumps(before)}\n---\n{config}",
        wanted=f"{json.dumps(after)}\n---\n{config}",
        values=({"mail": {"host": "old", "port": 25}}, {"mail": {"host": "relay", "port": 587}}),
    )


class TestWhatAForgedChartLetsFollowTheSettings:
    @pytest.mark.parametrize(
        "after",
        [
            with_pod(hostNetwork=True),
            with_pod(serviceAccountName="relay"),
            with_pod(securityContext={"runAsUser": 587}),
            with_pod(initContainers=[{"name": "smtp", "image": "relay"}]),
            with_container(image="relay"),
            with_container(command=["relay"]),
            with_container(securityContext={"privileged": True}),
            with_container(args=["sh", "-c", "evil relay"]),
            with_container(args=["--eval=evil(587)"]),
            with_container(envFrom=[{"secretRef": {"name": "of-others"}}]),
            deployment(env={"NODE_OPTIONS": "--require /etc/mail/relay"}),
            deployment(env={"LD_PRELOAD": "relay"}),
            deployment(env={"JAVA_TOOL_OPTIONS": "relay"}),
            deployment(env={"OTHER": "evil"}),
            deployment(annotations={"vault.hashicorp.com/agent-inject": "relay"}),
            deployment(annotations={"sidecar/inject": "relay"}),
            with_mount("/mail", {"hostPath": {"path": "/relay"}}),
            with_mount("/mail", {"secret": {"secretName": "of-others"}}),
            with_mount(
                "/mail", {"projected": {"sources": [{"configMap": {"name": "hub-config"}}]}}
            ),
            with_mount("/mail", {"persistentVolumeClaim": {"claimName": "relay"}}),
            with_mount("/usr/lib/node_modules/app", OWN),
            with_mount("/etc/app/plugins", OWN),
            with_mount("/etc", OWN),
            with_mount("/mail/../usr/bin", OWN),
        ],
    )
    def test_is_no_mail_when_it_is_code_or_gives_something(self, after: dict[str, Any]) -> None:
        assert codes(coming(after)) == ["upgrade-changes-other"]

    @pytest.mark.parametrize(
        "after",
        [
            deployment(env={"SMTP_MODE": "strict"}),
            deployment(env={"GREETING": "hello relay"}),
            with_container(args=["--smtp-host=relay", "587"]),
            with_mount("/mail", OWN),
            with_mount("/mail", {"secret": {"secretName": "relay"}}),
        ],
        ids=["a name", "a text", "words", "a ConfigMap", "a Secret that the settings name"],
    )
    def test_is_mail_where_it_can_be_nothing_else(self, after: dict[str, Any]) -> None:
        assert codes(coming(after)) == []

    def test_a_volume_that_was_there_does_not_become_another(self) -> None:
        after = with_pod(volumes=[{"name": "config", "hostPath": {"path": "/relay"}}])
        assert codes(coming(after)) == ["upgrade-changes-other"]

    def test_an_entry_that_a_runtime_takes_for_code_does_not_come_with_a_config_map(self) -> None:
        names = (
            "NODE_OPTIONS",
            "LD_PRELOAD",
            "OPENSSL_CONF",
            "GUNICORN_CMD_ARGS",
            "AWS_CONFIG_FILE",
        )
        for after in ({name: "relay"} for name in names):
            verdict = by_settings(config_map(data={}), config_map(data=after))
            assert codes(verdict) == ["upgrade-changes-other"]
            new = config_map("new", data=after)
            assert codes(judged(made(new), wanted=json.dumps(new))) == ["upgrade-creates"]


class TestWhatIsAllowed:
    @pytest.mark.parametrize(
        "name",
        ["Service/hub", "Service/hub:spec.port", "Service/hub:spec", "Service/*", "*:spec.port"],
    )
    def test_passes_by_the_name_of_the_object_or_the_place(self, name: str) -> None:
        verdict = judged(patched(service(70), service(80)), allowed=[name])
        assert codes(verdict) == ["change-allowed"]
        assert len(verdict.ours) == 1

    @pytest.mark.parametrize(
        "name", ["Service/hub2", "Service/hub:spec.ports", "service/hub", "Deployment/*"]
    )
    def test_does_not_pass_by_another_name(self, name: str) -> None:
        verdict = judged(patched(service(70), service(80)), allowed=[name])
        assert codes(verdict) == ["upgrade-undoes-drift"]

    def test_what_fails_whoever_allows_it_is_not_allowed(self) -> None:
        verdict = judged(refused(422, IMMUTABLE), refused(403, FORBIDDEN), allowed=["*"])
        assert codes(verdict) == ["upgrade-immutable", "upgrade-right-missing"]

    def test_a_field_by_which_a_killed_run_has_held_a_workload_is_taken_back(self) -> None:
        cause = {"reason": "FieldManagerConflict", "message": "x", "field": ".spec.paused"}
        seen, name = explanation([EVIDENCE], [deployment()]), "Deployment/hub-app:spec.paused"
        found = sort(changes(refused(409, "conflict", cause)), seen, (), [name])
        assert (found.takes_fields_over, found.has_open_conflicts) == (True, False)
        assert found.allowed == ()  # of which a person would be told

    def test_an_allowed_conflict_takes_fields_over(self) -> None:
        cause = {"reason": "FieldManagerConflict", "message": "x", "field": ".spec.replicas"}
        write = refused(409, "conflict", cause)
        assert sorted_(write, allowed=["Deployment/*"]).takes_fields_over
        assert sorted_(write).has_open_conflicts
