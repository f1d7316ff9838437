# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""Tests that run at the same time (`pytest -n auto`): as many as there are nodes, each with its own."""

from __future__ import annotations

import os

import pytest

from tests.cluster.environment import KUBECONFIG_VARIABLE, nodes


def pytest_xdist_auto_num_workers() -> int | None:
    return len(nodes(os.environ)) if KUBECONFIG_VARIABLE in os.environ else None


def pytest_configure(config: pytest.Config) -> None:
    worker = getattr(config, "workerinput", None)
    if worker is None or KUBECONFIG_VARIABLE not in os.environ:
        return
    known, number = nodes(os.environ), int(worker["workerid"].removeprefix("gw"))
    if number >= len(known):
        raise pytest.UsageError(f"{len(known)} nodes are too few for as many workers: -n auto")
    os.environ[KUBECONFIG_VARIABLE] = known[number]
