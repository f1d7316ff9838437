# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is written for people says what the code does."""

from __future__ import annotations

from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.description import model
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import OPTIONS, Kind
from ansible_collections.mailops.smtp.plugins.plugin_utils.probe import options as probe
from ansible_collections.mailops.smtp.plugins.plugin_utils.profile.load import shipped
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import decide
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import RAW
from tools import docs

DOCUMENTED = docs.documented_options()
TYPES = {
    Kind.TEXT: {"str", "path"},
    Kind.SECRET: {"str"},
    Kind.INTEGER: {"int"},
    Kind.BOOLEAN: {"bool"},
    Kind.TEXTS: {"list"},
    Kind.DICTIONARY: {"dict", "raw"},
    Kind.DICTIONARIES: {"list"},
}


def test_the_generated_pages_are_up_to_date(capsys: pytest.CaptureFixture[str]) -> None:
    assert docs.main(["--check"]) == 0, capsys.readouterr().err


def test_exactly_the_options_are_documented_in_their_order() -> None:
    assert list(DOCUMENTED) == list(OPTIONS)


@pytest.mark.parametrize("name", OPTIONS)
def test_the_documented_type_is_what_the_option_is_converted_to(name: str) -> None:
    assert DOCUMENTED[name]["type"] in TYPES[OPTIONS[name].kind]


@pytest.mark.parametrize(
    ("name", "choices"),
    [
        ("security", model.SECURITIES),
        ("auth", model.AUTHS),
        ("tls_min_version", model.TLS_VERSIONS),
        ("restart", plan.RESTARTS),
        ("test_mail", plan.TEST_MAILS),
        ("ca_mode", decide.MODES),
        ("probe_from", probe.PLACES),
        ("probe_until", probe.UNTIL),
        ("probe_security", probe.DETECTIONS),
    ],
)
def test_the_documented_choices_are_those_of_the_code(name: str, choices: tuple[str, ...]) -> None:
    assert set(DOCUMENTED[name]["choices"]) == set(choices)


def test_no_other_option_has_documented_choices() -> None:
    assert {name for name, entry in DOCUMENTED.items() if "choices" in entry} == {
        "security",
        "auth",
        "tls_min_version",
        "ca_mode",
        "restart",
        "test_mail",
        "probe_from",
        "probe_until",
        "probe_security",
    }


def test_the_documented_defaults_are_those_of_the_code() -> None:
    made = plan.make({**RAW, "application": "qualytics", "release": "qua", "namespace": "apps"})
    in_code: dict[str, Any] = {**vars(made.description), **vars(made.target), **vars(made.run)}
    in_code |= {f"probe_{name.rstrip('_')}": value for name, value in vars(made.run.probe).items()}
    documented = {
        name: entry["default"] for name, entry in DOCUMENTED.items() if "default" in entry
    }
    assert documented == {name: in_code[name] for name in documented}


def test_what_is_documented_as_required_is() -> None:
    required = [name for name, entry in DOCUMENTED.items() if entry.get("required")]
    assert required == ["application"]


@pytest.mark.parametrize("role", docs.ROLES)
def test_a_role_takes_only_known_variables_and_requires_and_converts_none(role: str) -> None:
    path = docs.ROOT / "roles" / role / "meta" / "argument_specs.yml"
    spec = yaml.safe_load(path.read_text(encoding="utf-8"))["argument_specs"]["main"]["options"]
    assert set(spec) <= {option.variable for option in OPTIONS.values()}
    for entry in spec.values():
        assert entry.keys() == {"type", "description"}
        assert entry["type"] == "raw"


def test_every_role_has_its_tasks_and_its_specification() -> None:
    assert {path.name for path in (docs.ROOT / "roles").iterdir()} == set(docs.ROLES)


def test_every_shipped_profile_shares_values_that_it_writes_by_variables_that_exist() -> None:
    variables = {option.variable for option in OPTIONS.values()}
    for name in shipped():
        text = (docs.ROOT / "profiles" / f"{name}.yml").read_text(encoding="utf-8")
        profile = yaml.safe_load(text)
        for key, entry in profile.get("shared", {}).items():
            inner = profile["values"]
            for part in key.split("."):
                inner = inner[part]
            assert entry["variable"] in variables
