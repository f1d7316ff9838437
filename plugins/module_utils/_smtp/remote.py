# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe for a program at the other end of a pipe: a request on standard input, a result on
standard output, one line of JSON each. Standard input is the only way that a password can come.
"""

from __future__ import annotations

import json
import sys
from typing import TYPE_CHECKING

from .mistake import told
from .probe import probe
from .request import ProbeRequest
from .roots import forget

if TYPE_CHECKING:
    from typing import BinaryIO, TextIO

BAD_REQUEST = 2
MISTAKE = 3


def main(requests: BinaryIO, results: TextIO) -> int:
    """Read one request, probe, write one result; return the exit code.

    0 whatever the probe found; 2 for a request that cannot be read, and 3 for a mistake of the probe,
    which may have logged in by then; with ``{"error": …}`` as the result.
    """
    try:
        request = ProbeRequest.from_wire(requests.readline().decode("utf-8"))
    except ValueError as error:
        _write(results, {"error": str(error)})
        return BAD_REQUEST
    if request.ignore_roots_in:
        forget(request.ignore_roots_in)
    try:
        result = probe(request).as_dict()
    except Exception as error:
        _write(results, {"error": told(error)})
        return MISTAKE
    _write(results, result)
    return 0


def run() -> None:
    """Be the program: standard input and output, and the exit code."""
    raise SystemExit(main(sys.stdin.buffer, sys.stdout))


def _write(results: TextIO, data: object) -> None:
    # ASCII, whatever encoding a container's locale gives to standard output.
    results.write(json.dumps(data, ensure_ascii=True) + "\n")
    results.flush()
