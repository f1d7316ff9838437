# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Helm is called with no secret in its arguments, and its errors come back as findings without one."""

from __future__ import annotations

import json
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.redact import Redactor
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.record import Revision
from ansible_collections.mailops.smtp.plugins.plugin_utils.helm.runner import Completed, Helm, run
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.helm.records import (
    file,
    record,
    revision,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.plugin_utils.samples import (
    PASSWORD,
    the_finding,
)

VALUES = {"secrets": {"smtp_sender_password": PASSWORD}}
UMBRELLA = revision(chart={**record()["chart"], "templates": []})
DEPLOYED_CHART = {"name": "qualytics", "version": "2026.8.18"}


class Recorder:
    """A runner that writes down what it is called with, and answers by subcommand."""

    def __init__(self, **answers: Completed) -> None:
        self.calls: list[tuple[list[str], str]] = []
        self.charts: list[set[str]] = []
        self._answers = answers

    def __call__(
        self,
        argv: Sequence[str],
        stdin: str,
        environment: Mapping[str, str],
        seconds: float | None,
    ) -> Completed:
        self.calls.append((list(argv), stdin))
        if argv[1] == "upgrade" and Path(argv[3]).is_dir():
            folder = Path(argv[3])
            assert folder.stat().st_mode & 0o077 == 0
            self.charts.append({str(p.relative_to(folder)) for p in folder.rglob("*.*")})
        return self._answers.get(argv[1], Completed(0, "", ""))


def upgrade(runner: Any, deployed: Revision | None = None, **changes: Any) -> None:
    arguments: dict[str, Any] = {"source": None, "command": "helm", **changes}
    helm = Helm(arguments["command"], "qua", "apps", "/tmp", "/kube/config", "test", runner)
    in_use = deployed or revision()
    with helm.chart(in_use, helm.source(in_use, arguments["source"])) as chart:
        helm.upgrade(
            chart,
            VALUES,
            description="SMTP settings",
            redactor=Redactor([Secret(PASSWORD)]),
            flags=arguments.get("flags", ()),
        )


def shown(**chart: Any) -> Completed:
    return Completed(0, yaml.safe_dump({**DEPLOYED_CHART, **chart}), "")


class TestAnUpgrade:
    def test_gives_the_complete_values_on_standard_input_and_none_as_argument(self) -> None:
        runner = Recorder()
        upgrade(runner)
        [(argv, stdin)] = runner.calls
        folder = argv.pop(3)
        assert argv == [
            "helm",
            "upgrade",
            "qua",
            "--reset-values",
            "--values",
            "-",
            "--description",
            "SMTP settings",
            "--disable-openapi-validation",
            "--namespace",
            "apps",
            "--kubeconfig",
            "/kube/config",
            "--kube-context",
            "test",
        ]
        assert json.loads(stdin) == VALUES
        assert not Path(folder).exists()

    def test_takes_the_chart_of_the_record_in_a_folder_of_this_user_alone(self) -> None:
        runner = Recorder()
        upgrade(runner)
        assert runner.charts == [
            {"Chart.yaml", "values.yaml", "README.md", "templates/api.yaml"},
        ]

    def test_leaves_out_kubeconfig_and_context_that_are_not_given(self) -> None:
        runner = Recorder()
        Helm("helm", "qua", "apps", "/tmp", runner=runner).upgrade(
            ["chart"], {}, description="x", redactor=Redactor(())
        )
        [(argv, _stdin)] = runner.calls
        assert argv[-2:] == ["--namespace", "apps"]

    def test_takes_more_options(self) -> None:
        runner = Recorder()
        upgrade(runner, flags=["--no-hooks"])
        assert "--no-hooks" in runner.calls[0][0]

    @pytest.mark.parametrize("deployed", [revision(), UMBRELLA], ids=["whole", "not whole"])
    def test_takes_a_given_chart_of_the_deployed_version(self, deployed: Revision) -> None:
        runner = Recorder(show=shown())
        upgrade(runner, deployed, source="oci://charts.example/qualytics")
        show, done = (argv for argv, _stdin in runner.calls)
        source = ["oci://charts.example/qualytics", "--version", "2026.8.18"]
        assert show[1:6] == ["show", "chart", *source]
        assert done[3:6] == source
        assert runner.calls[0][1] == ""

    def test_takes_a_given_folder_by_its_full_path(self, tmp_path: Path) -> None:
        runner = Recorder(show=shown())
        upgrade(runner, UMBRELLA, source=str(tmp_path))
        assert runner.calls[1][0][3:5] == [str(tmp_path), "--reset-values"]


class TestAFailure:
    def test_for_want_of_the_chart_names_it_and_calls_nothing(self) -> None:
        runner = Recorder()
        finding = the_finding(lambda: upgrade(runner, UMBRELLA))
        assert finding.code == "chart-needed"
        assert "qualytics 2026.8.18" in finding.fix
        assert runner.calls == []

    def test_for_want_of_subcharts_names_them(self) -> None:
        manifest = "# Source: qualytics/charts/ingress-nginx/templates/x.yaml\n"
        finding = the_finding(lambda: upgrade(Recorder(), revision(manifest=manifest)))
        assert "(ingress-nginx is missing)" in finding.message

    @pytest.mark.parametrize("other", [{"version": "2026.9.1"}, {"name": "grafana"}])
    def test_by_another_chart_changes_nothing(self, other: dict[str, str]) -> None:
        runner = Recorder(show=shown(**other))
        finding = the_finding(lambda: upgrade(runner, UMBRELLA, source="repo/chart"))
        assert finding.code == "chart-differs"
        assert "runs qualytics 2026.8.18" in finding.message
        assert [argv[1] for argv, _stdin in runner.calls] == ["show"]

    @pytest.mark.parametrize("source", ["--post-renderer=/tmp/x", "-f", "-"])
    def test_by_a_chart_that_helm_would_take_for_an_option_calls_nothing(self, source: str) -> None:
        runner = Recorder(show=shown())
        finding = the_finding(lambda: upgrade(runner, UMBRELLA, source=source))
        assert (finding.code, finding.where) == ("chart-name-invalid", "smtp_chart")
        assert runner.calls == []

    @pytest.mark.parametrize("text", ["", "[]", "just a text", "a: [", "- a\n- b"])
    def test_by_something_that_is_no_chart_is_told_as_another_chart(self, text: str) -> None:
        runner = Recorder(show=Completed(0, text, ""))
        finding = the_finding(lambda: upgrade(runner, UMBRELLA, source="repo/chart"))
        assert finding.code == "chart-differs"

    def test_by_a_chart_that_cannot_be_had_gives_helms_words(self) -> None:
        runner = Recorder(show=Completed(1, "", "Error: repo repo not found\n"))
        finding = the_finding(lambda: upgrade(runner, UMBRELLA, source="repo/chart"))
        assert finding.code == "chart-not-found"
        assert finding.message.endswith("Helm can read: Error: repo repo not found")
        assert "Release qua in namespace apps is as it was." in finding.fix

    @pytest.mark.parametrize("returncode", [-9, 137])
    def test_of_a_helm_that_was_killed_says_so(self, returncode: int) -> None:
        runner = Recorder(upgrade=Completed(returncode, "", ""))
        message = the_finding(lambda: upgrade(runner)).message
        assert "it was killed (signal 9); the usual reason is that memory ran out" in message
        assert "it said nothing" not in message

    def test_of_a_helm_that_was_ended_keeps_its_words(self) -> None:
        runner = Recorder(upgrade=Completed(-15, "", "Release is being upgraded"))
        message = the_finding(lambda: upgrade(runner)).message
        assert message.endswith("was ended by signal 15. It said: Release is being upgraded")

    def test_of_helm_is_told_without_the_password(self) -> None:
        text = f"Error: cannot parse {PASSWORD!r}"
        runner = Recorder(upgrade=Completed(1, "ignored", text))
        finding = the_finding(lambda: upgrade(runner))
        assert finding.code == "helm-failed"
        assert finding.where == "release qua"
        assert finding.message == "helm upgrade failed: Error: cannot parse '********'"
        assert "helm history qua --namespace apps" in finding.fix

    def test_without_error_text_gives_what_helm_printed(self) -> None:
        runner = Recorder(upgrade=Completed(1, "something\n", " \n"))
        assert the_finding(lambda: upgrade(runner)).message == "helm upgrade failed: something"

    def test_for_want_of_helm_names_the_command(self, tmp_path: Path) -> None:
        missing = str(tmp_path / "helm")
        finding = the_finding(lambda: upgrade(run, command=missing))
        assert finding.code == "helm-missing"
        assert missing in finding.message
        assert "No such file or directory" in finding.message

    def test_for_want_of_the_right_to_run_helm_names_it_too(self, tmp_path: Path) -> None:
        forbidden = tmp_path / "helm"
        forbidden.write_text("no program")
        finding = the_finding(lambda: upgrade(run, command=str(forbidden)))
        assert finding.code == "helm-missing"
        assert "Permission denied" in finding.message

    def test_for_a_record_that_leads_outside_of_its_chart_is_told_as_unreadable(self) -> None:
        chart = {**record()["chart"], "files": [file("../out", "x")]}
        finding = the_finding(lambda: upgrade(Recorder(), revision(chart=chart)))
        assert finding.code == "release-unreadable"
        assert "../out" in finding.message


class TestACommand:
    def test_gets_text_on_standard_input_and_gives_both_outputs_and_its_exit_code(self) -> None:
        script = (
            "import sys; t = sys.stdin.read(); print(t); sys.stderr.write(t[::-1]); sys.exit(3)"
        )
        assert run([sys.executable, "-X", "utf8", "-c", script], "päss", {}, None) == Completed(
            3, "päss\n", "ssäp"
        )

    def test_may_print_what_is_no_text(self) -> None:
        script = "import sys; sys.stdout.buffer.write(b'a\\xff')"
        done = run([sys.executable, "-c", script], "", {}, None)
        assert done.stdout == "a\N{REPLACEMENT CHARACTER}"

    def test_gets_more_variables_and_none_that_lead_it_elsewhere(
        self, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        monkeypatch.setenv("HELM_DRIVER", "sql")
        monkeypatch.setenv("HELM_KUBECONTEXT", "other")
        names = ("HELM_DRIVER", "HELM_KUBECONTEXT", "OWN")
        script = f"import os; print(sorted(n for n in os.environ if n in {names}))"
        done = run([sys.executable, "-c", script], "", {"OWN": "x"}, None)
        assert done.stdout == "['OWN']\n"

    def test_that_does_not_end_is_killed(self) -> None:
        script = "print('secret', flush=True)\nwhile True: pass"
        with pytest.raises(TimeoutError) as caught:
            run([sys.executable, "-c", script], "", {}, 0.1)
        assert "secret" not in str(caught.value)


@pytest.mark.parametrize(
    ("said", "code", "words"),
    [
        ("", "helm-failed", "exit code 3"),
        ("Error: release: already exists", "release-changed-meanwhile", "already exists"),
        (
            "Error: UPGRADE FAILED: another operation (install/upgrade/rollback) is in progress",
            "release-changed-meanwhile",
            "in progress",
        ),
    ],
)
def test_a_failure_is_told_apart_from_somebody_elses_upgrade(
    said: str, code: str, words: str
) -> None:
    found = the_finding(lambda: upgrade(lambda *_call: Completed(3, "", said)))
    assert found.code == code
    assert words in found.message
