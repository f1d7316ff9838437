# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What is to change in the values of a release is known before anything is changed."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.plugin_utils import plan
from ansible_collections.mailops.smtp.plugins.plugin_utils.preflight.look import wanted_changes
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import revision
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    RAW,
    the_finding,
)

CHAT = plan.make({**RAW, "application": "rocketchat", "release": "chat", "namespace": "apps"})
LDAP = {"name": "LDAP_HOST", "value": "ldap"}


def test_only_our_variables_in_a_list_change() -> None:
    keys = [each.key for each in wanted_changes(CHAT, revision(config={"extraEnv": [LDAP]}))]
    assert "extraEnv[OVERWRITE_SETTING_SMTP_Host]" in keys
    assert "extraEnv[LDAP_HOST]" not in keys


def test_variables_of_others_in_a_text_are_not_lost_but_stop_the_change() -> None:
    given = {"extraEnv": "- name: LDAP_HOST\n  value: ldap\n"}
    finding = the_finding(lambda: wanted_changes(CHAT, revision(config=given)))
    assert (finding.code, finding.where) == ("value-of-another-type", "extraEnv")
