# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The file of certificates: read back by the TLS library, and by us."""

from __future__ import annotations

import ssl

from ansible_collections.mailops.smtp.plugins.plugin_utils.trust import bundle
from ansible_collections.mailops.smtp.plugins.plugin_utils.trust.bundle import Roots
from tests.relays.authority import Authority
from tools.application_pages import PRIVATE_CA

ROOTS = Authority().certificate


def loaded(text: str) -> int:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    context.load_verify_locations(cadata=text)
    return len(context.get_ca_certs())


def test_the_tls_library_reads_the_roots_and_the_private_ca() -> None:
    assert loaded(bundle.text(PRIVATE_CA, Roots("app:1", ROOTS))) == 2
    assert loaded(bundle.text(PRIVATE_CA)) == 1


def test_the_roots_come_first_and_are_read_back_with_their_image() -> None:
    roots = Roots("registry.example.com/app:1@sha256:00", ROOTS)
    text = bundle.text(PRIVATE_CA, roots)
    assert text.index(ROOTS) < text.index(PRIVATE_CA)
    assert bundle.roots_in(text) == roots


def test_an_image_without_roots_is_told_from_a_file_that_adds_to_them() -> None:
    assert bundle.roots_in(bundle.text(PRIVATE_CA, Roots("app:1", ""))) == Roots("app:1", "")
    assert bundle.roots_in(bundle.text(PRIVATE_CA)) is None
    assert bundle.roots_in("") is None


def test_each_certificate_is_known_by_a_line_of_its_own() -> None:
    marks = bundle.marks(ROOTS + PRIVATE_CA)
    assert len(set(marks)) == 2
    assert all(mark in (ROOTS + PRIVATE_CA).splitlines() for mark in marks)
    assert not any(mark.startswith("-----") for mark in marks)


def test_any_other_content_makes_another_digest() -> None:
    first = bundle.digest({"api.pem": bundle.text(PRIVATE_CA, Roots("app:1", ROOTS))})
    renamed = bundle.digest({"api.pem": bundle.text(PRIVATE_CA, Roots("app:2", ROOTS))})
    other = bundle.digest({"api.pem": bundle.text(ROOTS, Roots("app:1", ROOTS))})
    assert len({first, renamed, other}) == 3
    assert bundle.digest({"cmd.pem": "a"}) != bundle.digest({"api.pem": "a"})
