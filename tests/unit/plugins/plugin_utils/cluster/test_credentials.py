# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The credentials of a kubeconfig go to the API server, and into no message."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster import credentials
from ansible_collections.mailops.smtp.plugins.plugin_utils.cluster.client import Cluster
from ansible_collections.mailops.smtp.plugins.plugin_utils.errors import FindingError
from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import kubeconfig

TOKEN = "Xk9-unmistakable-Qz7"
NOBODY = "http://127.0.0.1:9"


def cluster(folder: Path, token: str = TOKEN, server: str = NOBODY) -> Cluster:
    config: dict[str, Any] = json.loads(json.dumps(kubeconfig(server, "apps")))
    config["users"] = [{"name": "user", "user": {"token": token}}]
    for each in config["contexts"]:
        each["context"]["user"] = "user"
    path = folder / "kubeconfig"
    path.write_text(json.dumps(config), encoding="utf-8")
    return Cluster(str(path), None, "apps", str(folder))


def told(error: pytest.ExceptionInfo[FindingError]) -> str:
    return str([finding.as_dict() for finding in error.value.findings])


@pytest.mark.parametrize("middle", ["\n", "\r\n", "\x00", "\x7f", "ü", "\u2028"])
def test_a_token_that_no_header_can_hold_is_told_and_not_quoted(
    tmp_path: Path, middle: str
) -> None:
    there = cluster(tmp_path, f"{TOKEN}{middle}{TOKEN}")
    asks = (
        lambda: there.secret("creds"),
        lambda: there.execute("pod", "api", ("cat", "x")),
        lambda: there.attach("pod", "api", stdin=b"x", seconds=1),
    )
    for ask in asks:
        with pytest.raises(FindingError) as caught:
            ask()
        assert [finding.code for finding in caught.value.findings] == ["cluster-not-configured"]
        assert TOKEN not in told(caught)


@pytest.mark.parametrize("end", ["\n", "\r\n", " \n"])
def test_the_line_end_of_a_file_is_not_a_part_of_the_token(end: str) -> None:
    assert credentials.header(f"Bearer {TOKEN}{end}") == f"Bearer {TOKEN}"


@pytest.mark.parametrize("login", [f"hub:{TOKEN}", f"hub:a/{TOKEN}@b", TOKEN])
def test_the_login_in_the_address_of_the_server_is_never_told(tmp_path: Path, login: str) -> None:
    there = cluster(tmp_path, server=f"http://{login}@127.0.0.1:9")
    assert TOKEN not in there.server
    with pytest.raises(FindingError) as caught:
        there.secret("creds")
    assert TOKEN not in told(caught)
    assert "http://127.0.0.1:9" in told(caught)


@pytest.mark.parametrize(
    "text",
    [
        f"users: [{{name: x, user: {{token: {TOKEN}}}}}\n",
        f"token: '{TOKEN}\n",
        f"clusters: {TOKEN}",
        f"- {TOKEN}",
        TOKEN,
        f"contexts: 3\nx: {TOKEN}",
        f"current-context: a\ncontexts: [{{name: a, context: {TOKEN}}}]",
        "[" * 5_000,
        f"\x00{TOKEN}",
    ],
)
def test_a_file_that_is_no_kubeconfig_is_told_and_not_quoted(tmp_path: Path, text: str) -> None:
    path = tmp_path / "kubeconfig"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(FindingError) as caught:
        Cluster(str(path), None, "apps", str(tmp_path))
    assert [finding.code for finding in caught.value.findings] == ["cluster-not-configured"]
    assert TOKEN not in told(caught)


@pytest.mark.parametrize(
    ("text", "clean"),
    [
        ("Get https://hub:pw@api:6443/x: refused", "Get https://********@api:6443/x: refused"),
        ("proxy http://hub:p@w/d@proxy:3128 refuses", "proxy http://********@proxy:3128 refuses"),
        ("mail to a@b.example is refused", "mail to a@b.example is refused"),
        ("see https://docs.example/x", "see https://docs.example/x"),
    ],
)
def test_logins_of_urls_are_taken_out_of_a_text(text: str, clean: str) -> None:
    assert credentials.without_logins(text) == clean
