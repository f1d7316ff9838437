# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""What can be wrong with the run itself, as data."""

from __future__ import annotations

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.catalogue import Catalogue, Entry

CATALOGUE = Catalogue(
    (
        Entry(
            code="internal-error",
            severity="error",
            meaning="The collection has a bug.",
            message="An unexpected {kind} at {place}.",
            fix="Please report it with the version of the collection and this line.",
        ),
    )
)
