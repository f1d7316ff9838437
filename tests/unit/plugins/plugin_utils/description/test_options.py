# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A misspelt or unknown variable is found among all those that begin with ``smtp_``."""

from __future__ import annotations

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    ALSO_CALLED,
    OPTIONS,
    PLAYBOOK_VARIABLES,
    SAID_OTHERWISE,
    nearest,
    unknown_variables,
)


def test_every_variable_of_the_collection_is_known() -> None:
    names = [option.variable for option in OPTIONS.values()]
    assert unknown_variables([*names, *PLAYBOOK_VARIABLES]) == {}


def test_variables_of_others_do_not_count() -> None:
    assert (
        unknown_variables(["inventory_hostname", "ansible_smtp_prot", "smtp", "my_smtp_host"]) == {}
    )


@pytest.mark.parametrize(
    ("name", "near"),
    [
        ("smtp_prot", "smtp_port"),
        ("smtp_hst", "smtp_host"),
        ("smtp_pasword", "smtp_password"),
        ("smtp_user_name", "smtp_username"),
        ("smtp_user", "smtp_username"),
        ("smtp_pass", "smtp_password"),
        ("smtp_from_adress", "smtp_from_address"),
        ("smtp_name_space", "smtp_namespace"),
        ("smtp_validate_cert", "smtp_validate_certs"),
        ("smtp_ca_cert", "smtp_ca_path"),
        ("smtp_ca_file", "smtp_ca_path"),
        ("smtp_secret", "smtp_existing_secret"),
        ("smtp_use_tls", "smtp_security"),
        ("smtp_use_ssl", "smtp_security"),
        ("smtp_skip_verify", "smtp_validate_certs"),
    ],
)
def test_a_misspelt_variable_is_answered_with_the_nearest(name: str, near: str) -> None:
    assert unknown_variables([name, "smtp_port"]) == {name: near}


@pytest.mark.parametrize("name", ["smtp_", "smtp_colour", "smtp_crypt"])
def test_an_unknown_variable_has_no_nearest(name: str) -> None:
    assert unknown_variables([name]) == {name: None}


def test_all_of_them_are_found_once_and_in_order() -> None:
    assert list(unknown_variables(["smtp_zz", "smtp_prot", "smtp_prot"])) == [
        "smtp_prot",
        "smtp_zz",
    ]


def test_nearest_gives_nothing_when_nothing_is_near() -> None:
    assert nearest("qualitics", ["qualytics", "grafana"]) == "qualytics"
    assert nearest("zzz", ["qualytics"]) is None
    assert nearest("zzz", []) is None


def test_what_other_tools_call_an_option_leads_to_it() -> None:
    assert set(ALSO_CALLED.values()) <= set(OPTIONS)
    assert not set(ALSO_CALLED) & set(OPTIONS)
    assert {name for name, _value in SAID_OTHERWISE.values()} <= set(OPTIONS)
    assert not set(SAID_OTHERWISE) & (set(OPTIONS) | set(ALSO_CALLED))
    assert unknown_variables(["smtp_server"]) == {"smtp_server": "smtp_host"}
    assert unknown_variables(["smtp_from"]) == {"smtp_from": "smtp_from_address"}
