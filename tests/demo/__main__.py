# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""`make demo`: from no mail to a delivered invitation, on real parts, narrated."""

from __future__ import annotations

import secrets
import shutil
import sys
import tempfile
import textwrap
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

from tests.harness.lab import USER, WITHOUT_MAIL, Lab
from tests.harness.playbook import Played, play, write_inputs
from tests.relays.message import Message

PLAYBOOK = "mailops.smtp.configure"
WIDTH = min(shutil.get_terminal_size((100, 24)).columns, 110)


class DemoError(Exception):
    """A step did not show what it should; the text says what was seen."""


class Demo:
    """The steps share one release, and the variables that a person would edit from step to step."""

    def __init__(self, lab: Lab, folder: Path) -> None:
        self._lab = lab
        self._folder = folder
        self._release = lab.release("qualytics-demo")
        self._password = secrets.token_urlsafe(24)
        self._sent = 0
        self._warned: set[str] = set()

    def run(self) -> None:
        steps: Sequence[tuple[str, Callable[[], None]]] = (
            ("Install the application, without mail", self.install),
            ("Configure it: a login over STARTTLS", self.starttls),
            ("Run the same again: nothing changes", self.again),
            ("Rotate the password", self.rotate),
            ("Implicit TLS, with a private CA", self.implicit_tls),
            ("An anonymous relay", self.anonymous),
            ("A wrong password", self.wrong_password),
        )
        for letter, (title, step) in zip("abcdefg", steps, strict=True):
            print(f"\n({letter}) {title}\n{'-' * (len(title) + 4)}", flush=True)
            start = time.monotonic()
            step()
            print(f"    done in {time.monotonic() - start:.1f} s")

    def install(self) -> None:
        self._release.upgrade(WITHOUT_MAIL)
        self._release.wait()
        answer = self._release.invite("first.user@example.org")
        self._expect(answer.status == 409, f"the application sends already: {answer}")
        say(f"The application runs; asked to invite somebody, it answers: {answer.body['error']}.")

    def starttls(self) -> None:
        self._lab.relay.set_user(USER, self._password)
        say(f"ansible-playbook {PLAYBOOK} -i inventory.yml, with these variables:")
        self._show_variables(self._variables())
        self._play()
        self._invite()

    def again(self) -> None:
        revision, pods = self._release.revision(), self._release.pods()
        played = self._play()
        self._expect(played.changed == 0, "the second run changed something")
        self._expect(self._release.revision() == revision, "there is a new revision")
        self._expect(self._release.pods() == pods, "a pod was replaced")
        say(f"changed=0; still revision {revision}; the same pods as before.")

    def rotate(self) -> None:
        self._password = secrets.token_urlsafe(24)
        self._lab.relay.set_user(USER, self._password)
        say(
            "The relay has a new password. The Secret alone does not roll these workloads, so the "
            "playbook restarts them."
        )
        self._play()
        self._invite()

    def implicit_tls(self) -> None:
        say(
            "Port 465 speaks TLS from the first byte, and the application verifies certificates "
            "there. Its chart has no option for a CA, so the relay's is mounted beside the roots of "
            "the pod's own image, in the same roll:"
        )
        self._play(smtp_security="tls", smtp_ca_mode="auto")
        self._invite()

    def anonymous(self) -> None:
        changes: dict[str, Any] = {
            "smtp_security": "none",
            "smtp_username": None,
            "smtp_password": None,
        }
        self._play(smtp_auth="none", smtp_ca_path=None, **changes)
        seen = self._release.environ("api")
        left = [name for name in ("SMTP_SENDER_USER", "SMTP_SENDER_PASSWORD") if name in seen]
        self._expect(not left, f"still in the pod: {left}")
        say("Neither user nor password is left in the pods.")
        self._invite()

    def wrong_password(self) -> None:
        revision, pods = self._release.revision(), self._release.pods()
        self._quote(self._play(fails=True, smtp_password="not-the-password"), "credentials")
        self._expect(self._release.revision() == revision, "there is a new revision")
        self._expect(self._release.pods() == pods, "a pod was replaced")
        say(f"The release was not touched: still revision {revision}, the same pods.")

    def end(self) -> None:
        """Takes the release away, for a cluster that goes on living."""
        self._release.remove()

    def _variables(self, **changes: Any) -> dict[str, Any]:
        wanted = {"smtp_password": self._password, **changes}
        return self._lab.description(self._release, work="configure-ca", **wanted)

    def _play(self, *, fails: bool = False, **changes: Any) -> Played:
        """Runs the playbook, and shows what it says."""
        inventory, _ = write_inputs(self._folder, {self._release.name: self._variables(**changes)})
        played = play(PLAYBOOK, inventory, self._lab.kubeconfig)
        if not fails:
            for line in told(played.output):
                if line in self._warned:
                    continue
                if line.startswith("[WARNING]"):
                    self._warned.add(line)
                print(textwrap.indent(textwrap.fill(line, WIDTH - 8), "    | "), flush=True)
        self._expect((played.returncode != 0) == fails, f"it ended otherwise:\n{played.output}")
        return played

    def _invite(self) -> None:
        """Lets the application invite somebody, and shows the mail that arrives."""
        self._sent += 1
        address = f"user-{self._sent}@example.org"
        answer = self._release.invite(address)
        self._expect(answer.status == 202, f"the application could not send: {answer}")
        show_mail(self._lab.relay.wait_for_message(address))

    def _show_variables(self, variables: dict[str, Any]) -> None:
        for name, value in variables.items():
            shown = "(a secret)" if name == "smtp_password" else value
            print(f"    {name}: {shown}")

    def _quote(self, played: Played, word: str) -> None:
        """Shows the error that names `word`; Ansible says behind it where the task stands."""
        error = played.output.partition("[ERROR]")[2].partition("\nOrigin:")[0]
        self._expect(word in error, f"no error with {word}:\n{played.output}")
        for line in f"[ERROR]{error}".splitlines():
            print(textwrap.indent(textwrap.fill(line, WIDTH - 8), "    | "))

    def _expect(self, true: bool, otherwise: str) -> None:
        if not true:
            raise DemoError(otherwise)


def told(output: str) -> list[str]:
    """What a person reads in a run: warnings, progress, the summary, the recap."""
    lines = output.splitlines()
    kept = [line for line in lines if line.startswith(("[WARNING]", "smtp_release:"))]
    if "TASK [Summary]" in output:
        summary = output.partition("TASK [Summary]")[2].partition("PLAY RECAP")[0]
        kept += [
            line.strip().strip('",') for line in summary.splitlines() if line.startswith(" " * 8)
        ]
    return kept + [line for line in lines if " ok=" in line]


def show_mail(message: Message) -> None:
    """The headers that tell how the mail came."""
    say("The invitation has arrived:")
    for name in ("From", "To", "Subject", "Date", "Message-ID"):
        print(f"    {name}: {message.content[name]}")
    tls = message.tls_version or "no TLS"
    user = f"logged in as {message.sasl_user}" if message.sasl_user else "without a login"
    print(f"    (the relay took it over {tls}, {user})")


def say(text: str) -> None:
    print(textwrap.indent(textwrap.fill(text, WIDTH - 4), "  "), flush=True)


def main() -> int:
    """Runs the demo on the cluster that MAILOPS_TEST_KUBECONFIG names."""
    print("Preparing:", flush=True)
    with tempfile.TemporaryDirectory(prefix="mailops-demo-") as name:
        folder = Path(name)
        lab = Lab.open(folder, lambda text: print(f"  {text}", flush=True))
        demo = Demo(lab, folder)
        try:
            demo.run()
        except DemoError as error:
            print(f"\nThe demo stopped: {error}", file=sys.stderr)
            return 1
        finally:
            demo.end()
    print(
        "\nOn a release of your own: write the same variables into a file, with smtp_release, "
        "smtp_namespace and your relay, and run\n"
        f"  ansible-playbook {PLAYBOOK} -i 'mine,' -e @vars.yml --check --diff\n"
        "then the same without --check."
    )
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
