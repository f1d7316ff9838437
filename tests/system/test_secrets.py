# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The password is nowhere but in the Secret, Helm's own record and the process that logs in."""

from __future__ import annotations

import base64
import json
import os
import shutil
import signal
import subprocess
import tempfile
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, quote_plus

import pytest
import yaml

from ansible_collections.mailops.smtp.plugins.plugin_utils.guard.proxy import RECORD_TYPE
from tests.apps.brittle.release import let_lease_expire
from tests.apps.invitations.image import INVITATIONS
from tests.apps.invitations.release import CHART, Release
from tests.cluster.kubectl import Kubectl
from tests.harness.audit import Audit
from tests.harness.door import Door, Write
from tests.harness.lab import RELAY_HOST, USER, WITHOUT_MAIL, Lab
from tests.harness.leaks import AWKWARD, Leak, Search, Watch, descendants, password
from tests.harness.runner import Watched, watch
from tests.hosts.ssh import deploy
from tests.system.conftest import PLAYBOOK
from tests.system.test_private_ca import verified

pytestmark = pytest.mark.node

MASK = "********"
RECIPIENT = "leaks@example.org"

FORMS: Mapping[str, Callable[[str], str]] = {
    "plain": str,
    "base64": lambda text: base64.b64encode(text.encode()).decode(),
    "base64 from the second byte": lambda text: base64.b64encode(b"." + text.encode()).decode(),
    "base64 from the third byte": lambda text: base64.b64encode(b".." + text.encode()).decode(),
    "base64 in lines": lambda text: base64.encodebytes(b"." * 32 + text.encode()).decode(),
    "hexadecimal": lambda text: text.encode().hex(),
    "hexadecimal in capitals": lambda text: text.encode().hex().upper(),
    "base64 for URLs": lambda text: base64.urlsafe_b64encode(text.encode()).decode(),
    "URL-encoded": lambda text: quote(text, safe=""),
    "form-encoded": quote_plus,
    "JSON": json.dumps,
    "JSON in JSON": lambda text: json.dumps(json.dumps(text, ensure_ascii=False)),
    "YAML": lambda text: yaml.safe_dump({"password": text}, width=20),
    "the first half": lambda text: text[: len(text) // 2],
    "the second half": lambda text: text[len(text) // 2 :],
}


@dataclass
class Flow:
    """Runs of the playbook on one release; remembers every password that they were given."""

    lab: Lab
    release: Release
    folder: Path
    passwords: dict[str, str] = field(default_factory=dict)

    def password(self, name: str, awkward: str = AWKWARD) -> str:
        """A new password, to be searched for from now on."""
        self.passwords[name] = password(awkward)
        return self.passwords[name]

    def run(
        self,
        options: str = "",
        *,
        playbook: str = PLAYBOOK,
        extra: str = "",
        known: bool = True,
        **changes: Any,
    ) -> Watched:
        """One run, in a folder of its own.

        :param known: whether the relay gets to know the user with the password that is given.
        """
        if known:
            self.lab.relay.set_user(USER, changes["smtp_password"])
        folder = self.folder / f"run-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        return watch(
            playbook,
            {self.release.name: self.lab.description(self.release, **changes)},
            self.search,
            folder=folder,
            kubeconfig=self.lab.kubeconfig,
            options=options,
            extra=extra,
        )

    @property
    def search(self) -> Search:
        return Search(self.passwords)

    def cluster(self) -> set[Leak]:
        """The leaks in every object of the namespace, in the release's history, and in the API's requests."""
        found = self.search.text(
            "history", self.release.run_helm("history", self.release.name, "--output=json")
        )
        for thing in self._objects():
            found |= self.search.text(thing["kind"], json.dumps(thing, ensure_ascii=False))
        return found | self.search.text("requests", Audit.of(self.lab.kubeconfig).requests())

    def _objects(self) -> Iterator[dict[str, Any]]:
        """Each in full, but for what a Secret holds that is there to hold the password."""
        kinds = self.lab.kubectl.run(
            "api-resources", "--namespaced", "--verbs=list", "--output=name"
        ).split()
        found = self.lab.kubectl.json(
            "-n", self.release.namespace, "get", ",".join(kinds), "--show-managed-fields"
        )
        for thing in found["items"]:
            of_chart = "meta.helm.sh/release-name" in thing["metadata"].get("annotations", {})
            if thing["kind"] == "Secret" and (of_chart or thing["type"] == RECORD_TYPE):
                del thing["data"]
            yield thing

    @contextmanager
    def watched(self, kind: str) -> Iterator[set[Leak]]:
        """The leaks in the objects of a kind, as they are at first and as often as they change.

        :param kind: one of which there are objects.
        """
        found: set[Leak] = set()
        command = ["kubectl", f"--kubeconfig={self.lab.kubeconfig}", f"-n{self.release.namespace}"]
        with (
            tempfile.TemporaryFile() as seen,
            subprocess.Popen(
                [*command, "get", kind, "--watch", "--output=json", "--show-managed-fields"],
                stdout=seen,
            ) as watching,
        ):
            deadline = time.monotonic() + 20
            while os.fstat(seen.fileno()).st_size == 0:
                assert time.monotonic() < deadline, f"there are no {kind}"
                time.sleep(0.05)
            yield found
            watching.terminate()
            watching.wait()
            seen.seek(0)
            found |= self.search.text(kind, seen.read().decode())


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name leaves room for ansible-core's socket in it: 107 bytes for all (unix(7)).

    pytest's own is named for the test.
    """
    with tempfile.TemporaryDirectory(prefix="mailops-") as name:
        yield Path(name)


@pytest.fixture
def installed(lab: Lab, tmp_path: Path, short_path: Path) -> Iterator[Callable[..., Flow]]:
    """Installs the application without mail, some files of its chart replaced."""
    releases = []

    def install(files: Mapping[str, str], helm: str = "helm") -> Flow:
        chart = tmp_path / "chart"
        shutil.copytree(CHART, chart)
        for name, text in files.items():
            (chart / name).write_text(text)
        release = replace(lab.release(helm=helm), chart=chart)
        releases.append(release)
        release.upgrade(WITHOUT_MAIL)
        release.wait()
        return Flow(lab, release, short_path)

    yield install
    for release in releases:
        release.remove()


@pytest.fixture(scope="module")
def flow(lab: Lab, tmp_path_factory: pytest.TempPathFactory, release: Release) -> Flow:
    """The runs on the release that the tests of a life share."""
    return Flow(lab, release, tmp_path_factory.mktemp("flow"))


class TestOneReleaseOverItsLife:
    """The steps build on each other; every password stays in the search to the end."""

    def test_the_first_configuration_shows_no_password(self, flow: Flow) -> None:
        run = flow.run(smtp_password=flow.password("first"))
        assert run.returncode == 0, run.output
        assert "+secrets.smtp.smtp_sender_password: (secret, new value)" in run.output
        assert run.leaks == set()
        assert flow.cluster() == set()
        # What is judged has been looked at: Helm's process, and the chart that lives as long as it.
        assert "helm" in run.programs
        assert [path for path in run.files if "/chart-" in str(path)]
        assert run.events()

    def test_a_rotation_shows_neither_the_old_nor_the_new_one(self, flow: Flow) -> None:
        run = flow.run(smtp_password=flow.password("second"), smtp_test_recipients=RECIPIENT)
        assert run.returncode == 0, run.output
        mail = flow.lab.relay.wait_for_message(RECIPIENT)
        assert flow.search.text("test mail", mail.content.as_string()) == set()
        assert "-secrets.smtp.smtp_sender_password: (secret, old value)" in run.output
        assert flow.release.secret()["smtp_sender_password"] == flow.passwords["second"]
        assert run.leaks | flow.cluster() == set()

    def test_the_same_again_shows_no_password(self, flow: Flow) -> None:
        run = flow.run(smtp_password=flow.passwords["second"])
        assert "nothing to change" in run.output
        assert run.leaks | flow.cluster() == set()

    def test_a_private_ca_comes_and_goes_without_a_password(self, flow: Flow) -> None:
        for mode in (None, "none"):
            run = flow.run(
                "--tags=deploy,verify",
                smtp_password=flow.passwords["second"],
                **verified(flow.lab, smtp_ca_mode=mode),
            )
            assert run.returncode == 0, run.output
            assert run.leaks | flow.cluster() == set()

    @pytest.mark.parametrize("place", ["ephemeral", "job"])
    def test_a_probe_in_a_container_of_its_own_is_handed_the_password_unseen(
        self, flow: Flow, place: str
    ) -> None:
        with flow.watched("pods") as pods, flow.watched("events") as events:
            run = flow.run(
                "--tags=probe",
                work=f"probe-{place}",
                smtp_password=flow.passwords["second"],
                smtp_probe_from=place,
                smtp_probe_image=INVITATIONS.name,
            )
        assert run.returncode == 0, run.output
        assert run.leaks | pods | events | flow.cluster() == set()

    def test_a_managed_host_that_keeps_what_ansible_brings_gets_no_file(
        self, flow: Flow, tmp_path: Path
    ) -> None:
        lab = flow.lab
        host = deploy(
            lab.kubectl, lab.node, name="far", namespace=flow.release.namespace, folder=tmp_path
        )
        host.run("touch", "/root/before")
        run = flow.run(
            "--tags=probe",
            work="probe",
            smtp_password=flow.passwords["second"],
            smtp_probe_from="host",
            **host.variables,
        )
        assert run.returncode == 0, run.output
        assert host.files(since="/root/before") == []
        assert run.leaks | flow.cluster() == set()

    def test_check_mode_and_the_values_file_show_no_password(self, flow: Flow) -> None:
        path = flow.folder / "values.yaml"
        run = flow.run("--check", smtp_password=flow.password("third"))
        rendered = flow.run(
            "--tags=render", smtp_password=flow.passwords["third"], smtp_values_dest=str(path)
        )
        assert "would be upgraded" in run.output
        assert RELAY_HOST in path.read_text()
        assert run.leaks | rendered.leaks | flow.search.file(path) == set()

    def test_a_wrong_password_shows_neither_itself_nor_the_right_one(self, flow: Flow) -> None:
        run = flow.run(smtp_password=flow.password("wrong"), known=False)
        assert "rejected the credentials" in run.failed
        assert run.leaks | flow.cluster() == set()

    def test_a_password_in_a_misspelt_variable_is_not_shown(self, flow: Flow) -> None:
        run = flow.run(
            known=False, smtp_password=None, smtp_passwrd=flow.password("of a misspelt variable")
        )
        assert "smtp_passwrd" in run.failed
        assert run.leaks == set()

    def test_a_password_that_ansible_takes_for_a_template_is_not_shown(self, flow: Flow) -> None:
        text = flow.password("with braces", "{{word}}")
        run = flow.run(known=False, smtp_password=None, extra=f"smtp_password: {text}\n")
        assert "!unsafe" in run.failed
        assert run.leaks == set()

    def test_the_modules_and_roles_by_themselves_show_no_password(
        self, flow: Flow, tmp_path: Path
    ) -> None:
        steps = ("config", "probe", "release", "verify")
        playbook = tmp_path / "own.yml"
        play = {
            "hosts": "all",
            "gather_facts": False,
            "roles": [{"role": "mailops.smtp.validate", "smtp_password": "{{ own_password }}"}],
            "tasks": [
                {f"mailops.smtp.smtp_{step}": {"password": "{{ own_password }}"}} for step in steps
            ],
        }
        playbook.write_text(json.dumps([play]))
        text = flow.password("of a task")
        flow.lab.relay.set_user(USER, text)
        run = flow.run(playbook=str(playbook), known=False, smtp_password=None, own_password=text)
        assert run.returncode == 0, run.output
        assert flow.release.secret()["smtp_sender_password"] == text
        assert run.leaks | flow.cluster() == set()

    @pytest.mark.faults
    def test_a_change_that_the_relay_refuses_from_the_pod_is_undone_without_a_password(
        self, flow: Flow
    ) -> None:
        unknown = flow.password("that the relay does not know")
        run = flow.run(
            known=False,
            smtp_password=unknown,
            smtp_probe_until="tls",
            smtp_test_recipients=RECIPIENT,
        )
        assert "rejected the credentials" in run.failed
        assert "The change was undone" in run.output
        assert run.leaks | flow.cluster() == set()

    def test_what_somebody_else_is_to_commit_holds_no_password(self, flow: Flow) -> None:
        values, ca = flow.folder / "values.yaml", flow.folder / "ca"
        sign = f"argocd.argoproj.io/tracking-id=hub:apps/Deployment:x/{flow.release.name}-api"
        place = ("-n", flow.release.namespace, f"deployment/{flow.release.name}-api")
        flow.lab.kubectl.run("annotate", *place, sign)
        run = flow.run(
            "--tags=render,deploy",
            smtp_password=flow.password("not to be committed"),
            **verified(flow.lab, smtp_values_dest=str(values), smtp_ca_dest=str(ca)),
        )
        assert "Argo CD" in run.failed
        assert list(ca.iterdir())
        assert run.leaks | flow.search.file(values) | flow.search.folder(ca) == set()
        assert flow.cluster() == set()


# Others quote the password: Helm what a schema refuses, the API server what it may not change.
SCHEMA = {
    "values.schema.json": json.dumps(
        {
            "properties": {
                "secrets": {
                    "properties": {
                        "smtp": {"properties": {"smtp_sender_password": {"pattern": "^[a-z_]*$"}}}
                    }
                }
            }
        }
    )
}
JOB = {
    "templates/migrate.yaml": """\
apiVersion: batch/v1
kind: Job
metadata:
  name: {{ .Release.Name }}-migrate
spec:
  template:
    spec:
      restartPolicy: Never
      containers:
        - name: migrate
          image: {{ .Values.image }}
          command: [python3, -c, ""]
          env:
            - name: PASSWORD
              value: {{ .Values.secrets.smtp.smtp_sender_password | quote }}
"""
}
TALKS = """\
import base64, json, os, signal, sys, urllib.parse
text = os.environ.get("SMTP_SENDER_PASSWORD")
if text is None:
    os.execvp("python3", ["python3", "/app/hub_api.py"])
print(text, json.dumps(text), repr(text), urllib.parse.quote(text))
print(base64.b64encode(json.dumps(dict(os.environ)).encode()).decode())
print("these are my last words", flush=True)
"""


def talking(end: str) -> dict[str, str]:
    """The chart's API workload, which prints its environment once mail is on, and ends so."""
    template = (CHART / "templates" / "api.yaml").read_text()
    command = "[python3, /app/hub_api.py]"
    assert command in template
    words = json.dumps(["python3", "-c", TALKS + end])
    return {"templates/api.yaml": template.replace(command, words)}


@pytest.mark.parametrize("helm", ["helm", "helm3"])
@pytest.mark.parametrize(
    ("chart", "awkward"), [(SCHEMA, "'+&<"), (JOB, AWKWARD)], ids=["by-helm", "by-the-api-server"]
)
def test_an_upgrade_that_would_be_refused_with_words_that_quote_the_password_shows_it_not(
    installed: Callable[..., Flow], chart: Mapping[str, str], awkward: str, helm: str
) -> None:
    flow = installed(chart, helm)
    run = flow.run(smtp_password=flow.password("refused", awkward))
    assert "would fail" in run.failed
    assert MASK in run.failed
    assert run.leaks | flow.cluster() == set()


@pytest.mark.parametrize("helm", ["helm", "helm3"])
def test_a_failed_upgrade_whose_record_quotes_the_password_is_told_without_it(
    installed: Callable[..., Flow], helm: str
) -> None:
    flow = installed(JOB, helm)
    smtp = {"smtp_sender_password": flow.password("of somebody")}
    with pytest.raises(subprocess.CalledProcessError):
        flow.release.upgrade({**WITHOUT_MAIL, "secrets": {"smtp": smtp}})
    run = flow.run(smtp_password=flow.password("another"))
    assert "has failed" in run.failed
    assert MASK in run.failed
    assert run.leaks == set()


def test_an_application_that_prints_its_environment_is_quoted_without_the_password(
    installed: Callable[..., Flow],
) -> None:
    flow = installed(talking("signal.pause()"))
    kept: dict[str, Any] = {"smtp_rollout_timeout": "4", "smtp_back_out": "no"}
    first = flow.run(smtp_password=flow.password("first"), **kept)
    second = flow.run(smtp_password=flow.password("second"), **kept)
    # Verified with a password that is not the one in use, which is what the pod prints.
    verified = flow.run("--tags=verify", smtp_password=flow.password("mistaken"), known=False)
    for run in (first, second, verified):
        assert "fails its probe" in run.failed
        assert f"{MASK} | these are my last words" in run.failed
    assert first.leaks | second.leaks | verified.leaks | flow.cluster() == set()


def test_an_application_that_prints_its_environment_and_crashes_shows_no_password(
    installed: Callable[..., Flow],
) -> None:
    flow = installed(talking("sys.exit(1)"))
    run = flow.run(smtp_password=flow.password("first"), smtp_rollout_timeout="4")
    assert "ended with exit code 1" in run.failed
    assert "The change was undone" in run.failed
    assert run.leaks | flow.cluster() == set()


def kill_all(_write: Write) -> None:
    """Ends every process that this one has started, at once and without a warning."""
    for process in list(descendants(os.getpid())):
        if process.name != str(os.getpid()):
            os.kill(int(process.name), signal.SIGKILL)


HALF_WAY = 4
"""The write after which Helm has changed the Secret, and nothing else."""


@pytest.mark.faults
def test_a_run_that_is_killed_and_the_one_that_mends_it_show_no_password(
    installed: Callable[..., Flow], tmp_path: Path
) -> None:
    flow = installed({})
    given: dict[str, Any] = {"smtp_password": flow.password("first")}
    with Door(
        flow.lab.user(flow.release).kubeconfig, tmp_path, after=HALF_WAY, then=kill_all
    ) as door:
        killed = flow.run("--tags=deploy", smtp_kubeconfig=str(door.kubeconfig), **given)
    assert killed.returncode == -signal.SIGKILL
    assert killed.leaks | flow.cluster() == set()
    let_lease_expire(flow.release)
    mended = flow.run("--tags=deploy,verify", **given)
    assert mended.returncode == 0, mended.output
    assert "was left pending-upgrade" in mended.output
    assert mended.leaks | flow.cluster() == set()


class TestTheSearchItself:
    """It finds each form in each kind of place, so that the tests above can fail."""

    @pytest.fixture
    def hidden(self) -> dict[str, str]:
        return {form: password() for form in FORMS}

    @pytest.fixture
    def shown(self, hidden: dict[str, str]) -> dict[str, str]:
        return {form: encode(hidden[form]) for form, encode in FORMS.items()}

    def test_finds_every_form_in_a_file_and_nothing_where_nothing_is(
        self, hidden: dict[str, str], shown: dict[str, str], tmp_path: Path
    ) -> None:
        leaking, clean = tmp_path / "leaking", tmp_path / "clean"
        leaking.write_text("\n".join(shown.values()))
        clean.write_text("\n".join(encode(password()) for encode in FORMS.values()))
        search = Search(hidden)
        assert search.folder(tmp_path) == {Leak(form, f"file {leaking}") for form in FORMS}
        assert search.folder(tmp_path, allowed=[leaking]) == set()

    def test_finds_every_form_in_processes_and_in_a_file_that_is_gone(
        self, hidden: dict[str, str], shown: dict[str, str], tmp_path: Path
    ) -> None:
        path = tmp_path / "short-lived"
        places = ("arguments of a process", "environment of a process", f"file {path}")
        expected = {Leak(form, place) for form in FORMS for place in places}
        environment = {**os.environ, **{f"FORM_{i}": text for i, text in enumerate(shown.values())}}
        # The grandchild ends with its input.
        command = ["sh", "-c", "sh -c 'read end' sh \"$@\"; exit 0", "sh", *shown.values()]
        with (
            subprocess.Popen(command, stdin=subprocess.PIPE, env=environment, text=True) as process,
            Watch(process, Search(hidden), [tmp_path]) as watched,
        ):
            path.write_text("\n".join(shown.values()))
            deadline = time.monotonic() + 20
            while watched.leaks != expected and time.monotonic() < deadline:
                time.sleep(0.01)
            path.unlink()
            process.communicate("end\n")
        assert watched.leaks == expected

    def test_finds_every_form_in_output_events_facts_and_log_of_a_run(
        self,
        lab: Lab,
        hidden: dict[str, str],
        shown: dict[str, str],
        tmp_path: Path,
        short_path: Path,
    ) -> None:
        playbook = tmp_path / "leaking.yml"
        tasks = [
            {"ansible.builtin.debug": {"var": "shown"}},
            {"ansible.builtin.set_fact": {"kept": "{{ shown }}", "cacheable": True}},
        ]
        playbook.write_text(json.dumps([{"hosts": "all", "gather_facts": False, "tasks": tasks}]))
        run = watch(
            str(playbook),
            {"one": {"ansible_connection": "local"}},
            Search(hidden),
            folder=short_path,
            kubeconfig=lab.kubeconfig,
            extra=json.dumps({"shown": shown}),
        )
        assert run.returncode == 0, run.output
        for place in ("output", "/stdout", "/job_events/", "/fact_cache/", "/ansible.log"):
            assert {leak.secret for leak in run.leaks if place in leak.place} == set(FORMS), place

    def test_finds_every_form_in_objects_of_each_kind_and_in_the_history(
        self, hidden: dict[str, str], shown: dict[str, str], installed: Callable[..., Flow]
    ) -> None:
        flow = installed({})
        flow.passwords.update(hidden)
        assert flow.cluster() == set()
        text = "\n".join(shown.values())
        release = flow.release
        for thing in leaking(text, release.namespace):
            flow.lab.kubectl.run("create", "--filename=-", stdin=json.dumps(thing))
        pod = next(iter(release.pods()))
        note = f"mailops.test/leak={text}"
        flow.lab.kubectl.run("-n", release.namespace, "annotate", f"pod/{pod}", note)
        release.run_helm(
            "upgrade", release.name, str(release.chart), "--reuse-values", "--description", text
        )
        user = Kubectl(flow.lab.user(release).kubeconfig)
        user.run("-n", release.namespace, "exec", pod, "--", "true", shown["plain"])
        with flow.watched("pods") as pods:
            pass  # it begins with what is there
        places = ("ConfigMap", "Lease", "Event", "Secret", "Pod", "history")
        assert flow.cluster() == {
            Leak("plain", "requests"),
            *(Leak(form, place) for form in FORMS for place in places),
        }
        assert {leak.secret for leak in pods} == set(FORMS)


def leaking(text: str, namespace: str) -> Iterator[dict[str, Any]]:
    """Objects of several kinds with a text somewhere in them."""
    metadata = {"name": "leak", "namespace": namespace}
    noted = {"metadata": {**metadata, "annotations": {"mailops.test/leak": text}}}
    yield {"apiVersion": "v1", "kind": "ConfigMap", "metadata": metadata, "data": {"leak": text}}
    yield {"apiVersion": "v1", "kind": "Secret", **noted}
    yield {"apiVersion": "coordination.k8s.io/v1", "kind": "Lease", **noted}
    about = {"kind": "Pod", "name": "none", "namespace": namespace}
    yield {"apiVersion": "v1", "kind": "Event", **noted, "involvedObject": about}
