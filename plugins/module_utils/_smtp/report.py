# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The page for people on results as plain data, also on those that came over a wire."""

from __future__ import annotations

from typing import TYPE_CHECKING

from .terminal import page as lines

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from typing import Any

    from .terminal import Page


def page(result: Mapping[str, Any]) -> Page:
    """Return the page on one relay."""
    return lines((*steps(result), *advice(result["findings"])))


def steps(result: Mapping[str, Any], where: str = "") -> Iterator[str]:
    """Yield the lines on what was seen of a relay step by step, probed from ``where``."""
    head = [f"relay {result['relay']}", f"{result['security']} {result['mechanism']}".strip()]
    head.append("ok" if result["ok"] else "failed")
    head += [f"through {result['proxy']}"] if result["proxy"] else []
    head += [f"probed from {where}"] if where else []
    head += [f"the relay saw {result['relay_saw']}"] if result["relay_saw"] else []
    if result["tries"] > 1:
        head.append(f"{result['tries']} tries in {result['seconds']:.1f} s")
    yield ", ".join(filter(None, head))
    for stage in result["stages"]:
        line = f"  {stage['name']:<11} {stage['result']:<7} {stage['seconds']:7.3f} s"
        yield f"{line}  {stage['detail']}".rstrip()
    if any(recipient["result"] == "sent" for recipient in result["recipients"]):
        yield f"  test mail sent; search for {result['token']}"


def advice(findings: Iterable[Mapping[str, str]]) -> Iterator[str]:
    """Yield the lines on findings, each with its fix."""
    for finding in findings:
        yield f"{finding['severity']}: {finding['message']} [{finding['code']}]"
        yield f"  Fix: {finding['fix']}"
