# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a profile can write besides plain values: texts of YAML, parts of lists, texts for Helm's tpl."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
import yaml
from hypothesis import given

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import (
    Description,
    OAuth,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm import values
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.model import (
    KEEP,
    OMIT,
    PRESENT,
    Application,
    Entries,
    Entry,
    Evidence,
    FileEvidence,
    SecretEvidence,
    Trap,
    Workload,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.render import (
    render,
    unescaped,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    DESCRIPTION,
    HOSTILE,
    PASSWORD,
    PASSWORDS,
    application_with,
    codes,
    findings_of,
    profile_with,
    rendered,
    the_finding,
)

ESCAPED = "{{`{{`}}"
"""An action of Helm's that yields the two braces, and has no quotes for a text around it to close."""

NO_PASSWORD = replace(DESCRIPTION, password=Secret(""))


def value_of(source: Any, description: Description = DESCRIPTION, **changes: Any) -> Any:
    [leaf] = rendered(description, values={"mail": source}, **changes).leaves
    return leaf.value


def entries(*of: Any, by: str | None = "name") -> dict[str, Any]:
    return {"$entries": {"by": by, "of": list(of)}}


SERVICE = {
    "service": {
        "host": "{{ host }}",
        "port": "{{ port }}",
        "on": "{{ enabled }}",
        "off": "off",
        "none": "{{ omit }}",
        "list": ["{{ host }}", {"a": "{{ omit }}"}],
    }
}


class TestATextOfYaml:
    def test_holds_the_tree_with_its_types(self) -> None:
        text = value_of({"$yaml": SERVICE})
        assert yaml.safe_load(text) == {
            "service": {
                "host": "mail.example.com",
                "port": 587,
                "on": True,
                "off": "off",
                "list": ["mail.example.com", {}],
            }
        }
        assert '"on": true' in text

    def test_that_holds_a_secret_is_one(self) -> None:
        text = value_of({"$yaml": {"a": {"password": "{{ password }}"}, "port": "{{ port }}"}})
        assert isinstance(text, Secret)
        assert yaml.safe_load(text.reveal()) == {"a": {"password": PASSWORD}, "port": 587}

    def test_that_could_hold_a_secret_and_holds_none_is_shown(self) -> None:
        source = {"$yaml": {"password": "{{ password }}"}}
        assert value_of(source, NO_PASSWORD) == 'password: ""\n'
        [leaf] = rendered(NO_PASSWORD, values={"mail": source}).leaves
        assert leaf.sensitive

    @given(PASSWORDS)
    def test_gives_any_password_back(self, password: str) -> None:
        description = replace(DESCRIPTION, password=Secret(password))
        text = value_of({"$yaml": {"password": "{{ password }}"}}, description)
        assert yaml.safe_load(text.reveal()) == {"password": password}

    def test_may_be_left_out_as_a_whole(self) -> None:
        assert value_of({"$yaml": "{{ omit }}"}) is OMIT
        assert value_of({"$yaml": "{{ keep }}"}) is KEEP

    def test_cannot_leave_a_part_of_itself_alone(self) -> None:
        finding = the_finding(lambda: value_of({"$yaml": {"a": "{{ keep }}"}}))
        assert finding.where == "own.yml, values.mail.$yaml.a"


class TestAPartOfAList:
    def test_is_its_entries_by_what_tells_them_from_others(self) -> None:
        source = entries(
            {"name": "HOST", "value": "{{ host }}"},
            {"name": "PASSWORD", "value": "{{ password }}"},
        )
        assert value_of(source) == Entries(
            "name",
            (
                Entry("HOST", {"name": "HOST", "value": "mail.example.com"}),
                Entry("PASSWORD", {"name": "PASSWORD", "value": Secret(PASSWORD)}, sensitive=True),
            ),
        )

    def test_may_be_plain_texts(self) -> None:
        assert value_of(entries("mail-{{ host }}", by=None)) == Entries(
            None, (Entry("mail-mail.example.com", "mail-mail.example.com"),)
        )

    @pytest.mark.parametrize(
        ("when", "there"), [("{{ not enabled }}", True), ("{{ true }}", False)]
    )
    def test_may_have_to_go(self, when: str, there: bool) -> None:
        source = entries({"$omit": when, "name": "A", "value": 1})
        [entry] = value_of(source).of
        assert entry.key == "A"
        assert (entry.value is not OMIT) is there
        [entry] = value_of(entries({"$omit": when, "$value": "text"}, by=None)).of
        assert (entry.key, entry.value is not OMIT) == ("text", there)

    def test_that_is_omitted_itself_is_not_ours(self) -> None:
        assert value_of(entries("{{ omit }}", by=None)) == Entries(None, ())

    @pytest.mark.parametrize(
        ("source", "by"),
        [
            ({"value": 1}, "name"),
            ({"name": 1}, "name"),
            ({"name": "{{ password }}"}, "name"),
            ("text", "name"),
            ({"name": "x"}, None),
            ("{{ password }}", None),
            ("{{ port }}", None),
        ],
    )
    def test_that_cannot_be_told_from_others_is_refused(self, source: Any, by: str | None) -> None:
        finding = the_finding(lambda: value_of(entries(source, by=by)))
        assert finding.where == "own.yml, values.mail.$entries.of.0"
        assert "which is no secret" in finding.message
        assert PASSWORD not in str(finding)

    def test_with_a_condition_that_is_neither_true_nor_false_is_refused(self) -> None:
        source = entries({"$omit": "{{ host }}", "name": "A"})
        finding = the_finding(lambda: value_of(source))
        assert finding.where == "own.yml, values.mail.$entries.of.0.$omit"
        assert "must yield true or false" in finding.message


class TestATextForTpl:
    @pytest.mark.parametrize("text", [*HOSTILE, "{{{{", "{{{ x }}}", '{{ "{{" }}', "{ {"])
    def test_is_escaped_so_that_helm_gives_it_back(self, text: str) -> None:
        description = replace(DESCRIPTION, username=text, password=Secret(text))
        tree = {"a": {"b": ["{{ username }}"], "p": "{{ password }}"}, "c": "{{ username }}"}
        application = application_with(values=tree, tpl=("a",))
        leaves = render(application, description, release="qua", namespace="apps").leaves
        written = values.apply({}, leaves)
        assert written["c"] == text
        assert written["a"]["p"] == written["a"]["b"][0]
        assert written["a"]["p"].replace(ESCAPED, "").count("{{") == 0
        assert unescaped(application, written) == {"a": {"b": [text], "p": text}, "c": text}

    def test_may_stand_below_a_key_with_dots_and_below_a_prefix(self) -> None:
        application = Application(
            profile_with(values={"grafana.ini": {"a": "{{ '{{' }}"}}, tpl=("grafana.ini.a",)),
            ("sub",),
        )
        written = values.apply({}, render(application, DESCRIPTION).leaves)
        assert written == {"sub": {"grafana.ini": {"a": ESCAPED}}}
        assert unescaped(application, written) == {"sub": {"grafana.ini": {"a": "{{"}}}

    def test_may_be_in_an_entry_of_a_list_or_in_a_text_of_yaml(self) -> None:
        source = entries({"name": "A", "value": "{{ '{{' }}"})
        [entry] = value_of(source, tpl=("mail",)).of
        assert entry.value["value"] == ESCAPED
        assert ESCAPED in value_of({"$yaml": {"a": "{{ '{{' }}"}}, tpl=("mail",))


class TestAFilter:
    @pytest.mark.parametrize(
        ("source", "value"),
        [
            ("{{ 'pä ss' | b64encode }}", "cMOkIHNz"),
            ("{{ 'a/b@c:d e~f-g_h.i%ä' | percent_encode }}", "a%2Fb%40c%3Ad%20e~f-g_h.i%25%C3%A4"),
            ("{{ 587 | b64encode }}", "NTg3"),
            ("{{ omit | b64encode }}", OMIT),
            ("{{ keep | percent_encode }}", KEEP),
        ],
    )
    def test_encodes_texts_and_leaves_markers_alone(self, source: str, value: Any) -> None:
        assert value_of(source) == value

    def test_of_a_secret_yields_a_secret(self) -> None:
        assert value_of("{{ password | b64encode }}") == Secret("WGs5LXVubWlzdGFrYWJsZS1Rejc=")


class TestWhatTakesASecret:
    DESCRIPTION = replace(
        DESCRIPTION,
        oauth=OAuth(token=Secret(PASSWORD), client_id="app"),
        fallbacks=(replace(DESCRIPTION, host="b.example.com", port=2525),),
    )

    @pytest.mark.parametrize(
        "source",
        [
            "{{ oauth.token }}",
            "{{ oauth['token'] }}",
            "{{ fallbacks[0].password }}",
            "{{ fallbacks | map(attribute='password') | first }}",
            "{% for entry in fallbacks %}{{ entry.password }}{% endfor %}",
            "smtp://u:{{ password | percent_encode }}@{{ address }}",
        ],
    )
    def test_is_sealed(self, source: str) -> None:
        found = value_of(source, self.DESCRIPTION)
        assert isinstance(found, Secret)
        assert PASSWORD in found.reveal()

    @pytest.mark.parametrize(
        ("source", "value"),
        [
            ("{{ oauth.client_id }}", "app"),
            ("{{ oauth is not none }}", True),
            ("{{ fallbacks | length }}", 1),
            ("{{ fallbacks | map(attribute='host') | list }}", ["b.example.com"]),
            ("{% for entry in fallbacks %}{{ entry.address }}{% endfor %}", "b.example.com:2525"),
        ],
    )
    def test_is_not_what_takes_only_other_parts(self, source: str, value: Any) -> None:
        assert value_of(source, self.DESCRIPTION) == value

    @pytest.mark.parametrize(
        "source",
        [
            "{{ oauth['tok' ~ 'en'] }}",
            "{{ fallbacks[0][('pass', 'word') | join] }}",
            "{{ oauth.items() | list | string }}",
            "{{ fallbacks | string }}",
            "{{ fallbacks | tojson }}",
            "{{ fallbacks[0].values() | list | string }}",
            "{% set password = password %}{{ password }}",
        ],
    )
    def test_cannot_be_hidden_from_the_collection(self, source: str) -> None:
        try:
            leaves = rendered(self.DESCRIPTION, values={"mail": source}).leaves
            told = f"{leaves} {values.without_secrets(leaves)}"
        except FindingError as error:
            told = f"{error} {error.findings}"
        assert PASSWORD not in told

    def test_may_hold_numbers_beside_the_sealed_text_and_is_not_shown_then(self) -> None:
        source = "{{ {'port': fallbacks[0].port, 'password': fallbacks[0].password} }}"
        leaves = rendered(self.DESCRIPTION, values={"mail": source}).leaves
        assert values.apply({}, leaves) == {"mail": {"port": 2525, "password": PASSWORD}}
        assert values.without_secrets(leaves) == {}

    @pytest.mark.parametrize("source", ["{{ password | length }}", "{{ [password | length] }}"])
    def test_cannot_yield_a_number_alone(self, source: str) -> None:
        finding = the_finding(lambda: value_of(source))
        assert "cannot be evaluated" in finding.message

    def test_is_no_secret_when_none_is_set(self) -> None:
        source = "smtp://{{ username ~ ':' ~ password ~ '@' if password else '' }}{{ host }}"
        assert value_of(source, NO_PASSWORD) == "smtp://mail.example.com"


class TestTheEvidence:
    def evidence(self, description: Description = DESCRIPTION, **parts: Any) -> Evidence:
        workload = Workload("Deployment", "{{ release }}-a", "{{ 'b' }}")
        found = rendered(description, evidence=Evidence(**parts), workloads=(workload,)).evidence
        [(named, wanted)] = found.items()
        assert (named.name, named.container) == ("qua-a", "b")
        return wanted

    def test_is_of_variables_files_and_secrets(self) -> None:
        found = self.evidence(
            env={"HOST": "{{ host }}", "NONE": "{{ omit }}", "ANY": "{{ keep }}"},
            files=(FileEvidence("/etc/{{ release }}", ("host = {{ host }}", "{{ omit }}")),),
            secrets=(SecretEvidence("{{ release }}-env", {"PASSWORD": "{{ password }}"}),),
        )
        assert found == Evidence(
            env={"HOST": "mail.example.com", "NONE": OMIT, "ANY": KEEP},
            files=(FileEvidence("/etc/qua", ("host = mail.example.com",)),),
            secrets=(SecretEvidence("qua-env", {"PASSWORD": Secret(PASSWORD)}),),
        )

    @pytest.mark.parametrize(
        "source",
        [
            "{{ present }}",
            "user={{ present }}",
            "{{ 'user=' ~ present }}",
            "{{ 'user=%s' | format(present) }}",
            "{{ present | b64encode }}",
            "{{ ('user=' ~ present) | b64encode }}",
        ],
    )
    def test_of_what_nobody_knows_is_that_it_is_there(self, source: str) -> None:
        assert self.evidence(env={"USER": source}).env == {"USER": PRESENT}

    def test_of_a_file_leaves_out_the_lines_that_nobody_knows(self) -> None:
        found = self.evidence(files=(FileEvidence("/x", ("a = {{ present }}", "b")),))
        assert found.files == (FileEvidence("/x", ("b",)),)

    def test_has_no_present_among_the_values(self) -> None:
        finding = the_finding(lambda: value_of("{{ present }}"))
        assert "present is for evidence only" in finding.message


class TestATrap:
    def traps(self, when: str, message: str = "On {host}.", fix: str = "Do.") -> Any:
        trap = Trap("own-trap", "warning", when, message, fix)
        return rendered(traps=(trap,)).findings

    def test_that_is_sprung_is_a_finding(self) -> None:
        [finding] = self.traps(
            "{{ security == 'starttls' }}", "Over {address}\nas {username}.", "{{so}}"
        )
        assert (finding.code, finding.severity) == ("own-trap", "warning")
        assert finding.where == "smtp_application"
        assert finding.message == "Over mail.example.com:587 as qualytics."
        assert finding.fix == "{so}"
        assert self.traps("{{ security == 'tls' }}") == ()

    def test_may_look_at_the_password_but_not_say_it(self) -> None:
        assert codes(self.traps("{{ password is string and 'Xk9' in password }}")) == ["own-trap"]
        finding = the_finding(lambda: self.traps("{{ true }}", "It is {password}."))
        assert finding.where == "own.yml, traps.0.message"
        assert "{password} is not known, or is a secret" in finding.message
        assert PASSWORD not in str(finding)

    @pytest.mark.parametrize(
        ("when", "message", "place", "problem"),
        [
            ("{{ host }}", "x", "traps.0.when", "must yield true or false"),
            ("{{ nosuch }}", "x", "traps.0.when", "takes nosuch, which is not known"),
            ("{{ true }}", "{nosuch}", "traps.0.message", "{nosuch} is not known"),
            ("{{ true }}", "${ .X }", "traps.0.message", "{ .X } is not known"),
            ("{{ true }}", "a }", "traps.0.message", "written twice"),
            ("{{ true }}", "{host.__class__}", "traps.0.message", "is not known"),
        ],
    )
    def test_that_is_wrong_is_told(self, when: str, message: str, place: str, problem: str) -> None:
        finding = the_finding(lambda: self.traps(when, message))
        assert finding.where == f"own.yml, {place}"
        assert problem in finding.message


def test_everything_that_is_wrong_with_a_profile_is_told_at_once() -> None:
    wrong = {"a": "{{ nosuch }}", "b": {"c": "{{ host"}, "d": ["{{ 1 / 0 }}"]}
    found = findings_of(lambda: rendered(values=wrong, evidence=Evidence({"X": "{{ no }}"})))
    places = [finding.where.rpartition(", ")[2] for finding in found]
    assert places == ["values.a", "values.b.c", "values.d.0", "evidence.env.X"]


def test_below_a_prefix_all_places_are_and_what_is_shared_too() -> None:
    application = Application(profile_with(), ("apps", "q"))
    found = render(application, DESCRIPTION, release="qua", namespace="apps")
    assert {leaf.path[:2] for leaf in found.leaves} == {("apps", "q")}
    assert list(found.shared) == ["apps.q.controlplane.egress.verifyTLSCertificates"]
