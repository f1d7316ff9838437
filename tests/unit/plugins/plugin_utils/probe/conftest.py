# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Fixtures: the scripted relays of the engine's tests, for the places of the probe."""

from __future__ import annotations

from ansible_collections.mailops.smtp.tests.unit.plugins.module_utils._smtp.conftest import (
    authority,
    run_relay,
    serve,
)

__all__ = ["authority", "run_relay", "serve"]
