# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What follows from the mail settings may be made; of everything else the cause and the way out is told."""

from __future__ import annotations

import json
from collections.abc import Sequence

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
) -> Verdict:
    """The verdict on some writes.

    :param stored: what the release was rendered to; :param again: what it would be rendered to now;
        :param wanted: the same with the new values.
    """
    again = stored if again is None else again
    now = again if wanted is None else wanted
    before, same, after = (revision(manifest=each) for each in (stored, again, now))
    known = causes(before, same, after, NAMESPACE)
    found = sorted_(*writes, allowed=allowed)
    facts = {"release": "hub", "chart": "hub 1"}
    return judge(found, known, lambda text: text.replace("hunter2", "*"), facts)


def codes(verdict: Verdict) -> list[str]:
    return [finding.code for finding in verdict.findings]


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

    def test_variables_of_mail_may_vanish_and_others_may_come_and_change(self) -> None:
        before = deployment(env={"MAIL_FORM": "a"})
        after = deployment(env={"MAIL_FORM": "b", "MAIL_NEW": "c"})
        env = after["spec"]["template"]["spec"]["containers"][0]["env"]
        env.remove(next(entry for entry in env if entry["name"] == "MAIL_PASSWORD"))
        verdict = judged(
            patched(before, after), stored=json.dumps(before), wanted=json.dumps(after)
        )
        assert codes(verdict) == []
        assert len(verdict.ours) == 3


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
        verdict = judged(
            patched(before, after), stored=json.dumps(before), wanted=json.dumps(after)
        )
        assert codes(verdict) == ["upgrade-changes-other"]
        assert verdict.findings[0].where == "Deployment/hub-app"

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

    def test_an_allowed_conflict_takes_fields_over(self) -> None:
        cause = {"reason": "FieldManagerConflict", "message": "x", "field": ".spec.replicas"}
        write = refused(409, "conflict", cause)
        assert sorted_(write, allowed=["Deployment/*"]).takes_fields_over
        assert sorted_(write).has_open_conflicts
