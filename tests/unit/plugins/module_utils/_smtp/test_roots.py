# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The system's roots are trusted all the same where the bundle need not be read."""

from __future__ import annotations

import os
import shutil
import ssl
import subprocess
from pathlib import Path

import pytest

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.roots import (
    forget,
    has_roots,
    trust_system,
)
from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.certificates import (
    Issuer,
)

HOST = "relay.example.org"


class System:
    """A machine with a bundle and a directory of roots."""

    def __init__(self, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
        self.bundle = folder / "bundle.pem"
        self.directory = folder / "certs"
        self.directory.mkdir()
        monkeypatch.setenv("SSL_CERT_FILE", str(self.bundle))
        monkeypatch.setenv("SSL_CERT_DIR", str(self.directory))

    def has(self, *, bundle: tuple[Issuer, ...], directory: tuple[Issuer, ...]) -> None:
        self.bundle.write_text("".join(issuer.pem for issuer in bundle))
        for number, issuer in enumerate(directory):
            (self.directory / f"{number}.pem").write_text(issuer.pem)
        subprocess.run(["openssl", "rehash", self.directory], check=True, capture_output=True)

    def context(self) -> ssl.SSLContext:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
        trust_system(context)
        return context

    def trusts(self, issuer: Issuer) -> bool:
        return shakes_hands(self.context(), issuer.context(HOST))


@pytest.fixture
def system(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> System:
    return System(tmp_path, monkeypatch)


def shakes_hands(ours: ssl.SSLContext, theirs: ssl.SSLContext) -> bool:
    """Return whether a client with one context trusts a server with the other, in memory."""
    to_server, to_client = ssl.MemoryBIO(), ssl.MemoryBIO()
    server = theirs.wrap_bio(to_server, to_client, server_side=True)
    client = ours.wrap_bio(to_client, to_server, server_hostname=HOST)
    for _round in range(2):
        for end in (client, server):
            try:
                end.do_handshake()
            except ssl.SSLWantReadError:
                continue
            except ssl.SSLCertVerificationError:
                return False
    return client.version() is not None


FIRST, SECOND, OWN = (Issuer.new(name) for name in ("first", "second", "the company's own"))
PUBLIC = (FIRST, SECOND)


def test_a_directory_that_has_all_of_the_bundle_spares_reading_it(system: System) -> None:
    system.has(bundle=PUBLIC, directory=PUBLIC)
    assert system.context().get_ca_certs() == []
    assert [system.trusts(each) for each in (*PUBLIC, OWN)] == [True, True, False]


def test_a_root_that_was_appended_to_the_bundle_alone_is_trusted(system: System) -> None:
    system.has(bundle=(*PUBLIC, OWN), directory=PUBLIC)
    assert all(system.trusts(each) for each in (*PUBLIC, OWN))


def test_a_root_in_the_place_of_another_of_the_bundle_is_trusted(system: System) -> None:
    system.has(bundle=(FIRST, OWN), directory=PUBLIC)
    assert all(system.trusts(each) for each in (*PUBLIC, OWN))


def test_a_root_of_the_directory_alone_is_trusted(system: System) -> None:
    system.has(bundle=PUBLIC, directory=(*PUBLIC, OWN))
    assert all(system.trusts(each) for each in (*PUBLIC, OWN))


def test_roots_of_one_name_are_each_in_the_directory(system: System) -> None:
    both = (FIRST, Issuer.new("first"))
    system.has(bundle=both, directory=both)
    assert system.context().get_ca_certs() == []


def test_a_directory_without_hashed_names_does_not_count(system: System) -> None:
    system.has(bundle=PUBLIC, directory=())
    for number, issuer in enumerate(PUBLIC):
        (system.directory / f"{number}.pem").write_text(issuer.pem)
    assert all(system.trusts(each) for each in PUBLIC)


def test_a_second_certificate_in_a_file_is_not_where_it_is_looked_for(system: System) -> None:
    system.has(bundle=PUBLIC, directory=(FIRST,))
    file = system.directory / "0.pem"
    file.write_text(FIRST.pem + SECOND.pem)
    assert system.trusts(SECOND)


@pytest.mark.parametrize("missing", ["bundle", "directory", "a file of the directory"])
def test_what_is_missing_leaves_the_rest(system: System, missing: str) -> None:
    system.has(bundle=PUBLIC, directory=PUBLIC)
    if missing == "bundle":
        system.bundle.unlink()
    elif missing == "directory":
        shutil.rmtree(system.directory)
    else:
        (system.directory / "0.pem").unlink()
    assert all(system.trusts(each) for each in PUBLIC)


def test_a_machine_has_roots_by_its_bundle_or_its_directory(system: System) -> None:
    assert not has_roots()
    system.has(bundle=(), directory=())
    assert not has_roots()
    system.has(bundle=(), directory=PUBLIC)
    assert has_roots()
    shutil.rmtree(system.directory)
    assert not has_roots()
    system.bundle.write_text(FIRST.pem)
    assert has_roots()


def test_several_directories_are_searched_as_openssl_does(
    system: System, monkeypatch: pytest.MonkeyPatch
) -> None:
    system.has(bundle=(FIRST,), directory=(SECOND,))
    monkeypatch.setenv("SSL_CERT_DIR", f"/nowhere:{system.directory}")
    assert all(system.trusts(each) for each in PUBLIC)


class TestAPrivateCaThatMayGo:
    """Is mounted in a folder of its own, and named by the environment."""

    def test_is_forgotten_and_the_roots_of_the_image_stay(
        self, system: System, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        system.has(bundle=(*PUBLIC, OWN), directory=PUBLIC)
        assert system.trusts(OWN)
        forget(str(system.bundle.parent))
        assert "SSL_CERT_FILE" not in os.environ
        assert "SSL_CERT_DIR" not in os.environ

    def test_leaves_the_other_folders_that_are_named(
        self, system: System, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        own = tmp_path / "own"
        monkeypatch.setenv("SSL_CERT_DIR", f"{system.directory}:{own}")
        monkeypatch.setenv("SSL_CERT_FILE", str(own / "api.pem"))
        forget(str(own))
        assert os.environ["SSL_CERT_DIR"] == str(system.directory)
        assert "SSL_CERT_FILE" not in os.environ

    def test_is_told_from_a_folder_whose_name_begins_alike(
        self, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
    ) -> None:
        other = str(tmp_path / "own-roots" / "ca.pem")
        monkeypatch.setenv("SSL_CERT_FILE", other)
        forget(str(tmp_path / "own"))
        assert os.environ["SSL_CERT_FILE"] == other
