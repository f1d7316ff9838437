# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""From what a person wrote to a complete description, or to every finding that stands in its way.

Reads the variables and the layers, merges them, and describes the result (describe.py). All problems
are collected, so that one run names them all.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from ansible_collections.mailops.smtp.plugins.module_utils._smtp.finding import Finding
from ansible_collections.mailops.smtp.plugins.module_utils._smtp.secret import Secret
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.describe import describe
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.layers import (
    NEAREST,
    Layer,
    Layers,
    Merged,
    merged,
    read_layers,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.model import Description
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.options import (
    DESCRIPTION,
    LAYER,
    PREFIX,
    hint,
    nearest,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.read import (
    UNUSABLE,
    Field,
    collecting,
    read,
    secrets,
)
from ansible_collections.mailops.smtp.plugins.plugin_utils.description.work import (
    ReadFile,
    Work,
    located,
)

ABOUT_VALUES = frozenset({"key-unknown", "secret-not-text", "value-invalid"})
"""Complaints about layers that leave open what builds on what."""
OF_A_LAYER = frozenset(option.name for option in LAYER)


@dataclass(frozen=True)
class Resolved:
    """What the input means.

    :param description: fit for use only when no finding is an error.
    :param provenance: for every field the layer that it comes from (``variables`` for the options
        beside the layers), ``preset NAME``, ``default``, or what it follows from.
    :param effective: for every layer what it comes to by itself: ``description`` (without secrets),
        ``provenance`` and ``findings``, as plain data.
    :param places: for every setting that is given where it stands, such as ``smtp_layers[1].host``.
    :param secrets: every secret that was given, also by layers that are not wanted now.
    """

    description: Description
    findings: tuple[Finding, ...] = ()
    provenance: Mapping[str, str] = field(default_factory=dict)
    effective: Mapping[str, Mapping[str, Any]] = field(default_factory=dict)
    places: Mapping[str, str] = field(default_factory=dict)
    secrets: tuple[Secret, ...] = ()

    def located(self, finding: Finding) -> Finding:
        """A finding about this description with each variable named by the place where it stands."""
        return located(finding, lambda name: self.places.get(name, PREFIX + name))


def read_text(path: str) -> str:
    """The text of a file on the controller.

    :raises OSError: when it cannot be read; :raises UnicodeDecodeError: when it is not text.
    """
    with open(path, encoding="utf-8") as stream:
        return stream.read()


def resolve(raw: Mapping[str, Any], read_file: ReadFile = read_text) -> Resolved:
    """The description that `raw` means, and every finding about it.

    :param raw: option name (without prefix) to the value as given; tagged strings, empty text and
        null are all welcome. Other keys are left alone.
    :param read_file: how a file on the controller is read.
    """
    findings: list[Finding] = []
    given = read(DESCRIPTION, raw, PREFIX, NEAREST, collecting(findings))
    if "enabled" in given and given["enabled"].value is False:
        # Nothing else counts, and so nothing else is wrong.
        return Resolved(Description(enabled=False), provenance={"enabled": NEAREST})
    entries, wanted = given.pop("layers", None), given.pop("layer", None)
    layers = _layers(entries, findings)
    base = None if layers is None else _base(layers, wanted, findings)
    if layers is None or base is None:
        return Resolved(Description(), tuple(findings))

    settings = merged(base, given, "block", collecting(findings))
    work = Work(settings, PREFIX.__add__, read_file, findings)
    description = describe(work)
    if not description.enabled:
        return Resolved(description, provenance=work.provenance)
    of_layers = [secret for layer in layers for secret in secrets(layer.fields)]
    return Resolved(
        description,
        findings=tuple(errors(findings) or findings),
        provenance=work.provenance,
        effective={layer.name: _effective(layers, layer, read_file) for layer in layers},
        places={name: entry.place for name, entry in settings.fields.items()},
        secrets=(*description.secrets(), *secrets(given), *of_layers),
    )


def _layers(entries: Field | None, findings: list[Finding]) -> Layers | None:
    """The layers; `None` when their structure is not sound."""
    if entries is None:
        return Layers([])
    if entries.value is UNUSABLE:
        return None
    problems: list[Finding] = []
    layers = Layers(read_layers(entries.value, entries.place, collecting(problems)))
    layers.check(collecting(problems))
    findings += problems
    return layers if all(problem.code in ABOUT_VALUES for problem in problems) else None


def _base(layers: Layers, wanted: Field | None, findings: list[Finding]) -> Merged | None:
    """What the wanted layer comes to, by default the last one; `None` when there is no such layer."""
    names = [layer.name for layer in layers]
    if wanted is None:
        return layers.merged(names[-1], collecting(findings)) if names else Merged({})
    if wanted.value is UNUSABLE:
        return None
    if wanted.value in names:
        return layers.merged(wanted.value, collecting(findings))
    collecting(findings)(
        "layer-unknown",
        wanted.place,
        value=wanted.value,
        hint=hint(nearest(wanted.value, names)),
        choices=", ".join(names) or "(smtp_layers is not given)",
    )
    return None


def _effective(layers: Layers, layer: Layer, read_file: ReadFile) -> dict[str, Any]:
    """What a layer comes to by itself, as plain data without secrets."""
    findings: list[Finding] = []

    def place_of(name: str) -> str:
        return f"{layer.place}.{name}" if name in OF_A_LAYER else PREFIX + name

    work = Work(layers.merged(layer.name, collecting(findings)), place_of, read_file, findings)
    description = describe(work)
    told = [] if not description.enabled else errors(findings) or findings
    return {
        "description": description.redacted(),
        "provenance": work.provenance,
        "findings": [finding.as_dict() for finding in told],
    }


def errors(findings: Sequence[Finding]) -> list[Finding]:
    """Only those findings that forbid to go on."""
    return [finding for finding in findings if finding.severity == "error"]
