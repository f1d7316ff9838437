# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The probe as one program to be fed to a bare Python, such as the one in a pod.

The exec stream of Kubernetes cannot close standard input alone, so the program comes with its
length in front, and the request as a line behind it::

    <length of the program in bytes>\\n<program><request>\\n

``COMMAND`` reads that. It never varies and holds nothing worth hiding: an argument list is seen
by everybody on the node.
"""

from __future__ import annotations

import re
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from . import remote

if TYPE_CHECKING:
    from .request import ProbeRequest

COMMAND = (
    "python3",
    "-c",
    "import sys; i = sys.stdin.buffer; "
    "exec(compile(i.read(int(i.readline())), 'mailops-smtp-probe', 'exec'))",
)

# The package's name inside the program; its modules import each other relatively.
_PACKAGE = "_smtp"

# Every import of a module of the package, as its modules write it; to parse them takes 100 ms.
_IMPORT = re.compile(r"^\s*from \.(\w+) import ", re.MULTILINE)

# Without importlib.abc: a finder needs nothing of it, and its import is a sixth of the start of a Python
# without compiled modules, as images for containers have it.
_LOADER = """\
import importlib
import importlib.machinery
import sys

PACKAGE = {package!r}
SOURCES = {sources}


class Memory:
    def find_spec(self, fullname, path=None, target=None):
        if fullname == PACKAGE or fullname in SOURCES:
            return importlib.machinery.ModuleSpec(fullname, self, is_package=fullname == PACKAGE)
        return None

    def create_module(self, spec):
        return None

    def exec_module(self, module):
        name = module.__name__
        exec(compile(SOURCES.get(name, ""), name, "exec"), module.__dict__)


sys.meta_path.insert(0, Memory())
importlib.import_module(PACKAGE + "." + {entry!r}).run()
"""


def feed(request: ProbeRequest) -> bytes:
    """Return the bytes for the standard input of ``COMMAND``, **with the password**."""
    program = source().encode("ascii")
    return b"%d\n%s%s\n" % (len(program), program, request.to_wire().encode("utf-8"))


@lru_cache(maxsize=1)
def source() -> str:
    """Return the program: this package's modules that the remote edge needs, and a loader."""
    sources: dict[str, str] = {}
    waiting = [_short(remote.__name__)]
    while waiting:
        name = waiting.pop()
        if f"{_PACKAGE}.{name}" in sources:
            continue
        text = Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")
        sources[f"{_PACKAGE}.{name}"] = text
        waiting.extend(_IMPORT.findall(text))
    # In ASCII, whatever encoding the other side assumes; the only strings in it are literals.
    literal = ascii(sources)
    return _LOADER.format(package=_PACKAGE, sources=literal, entry=_short(remote.__name__))


def _short(name: str) -> str:
    return name.rpartition(".")[2]
