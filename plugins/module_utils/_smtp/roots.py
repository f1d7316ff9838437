# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""The roots that this machine trusts, without reading all of them where that can be spared.

OpenSSL reads a bundle as a whole, which takes longer than a walk to a relay. In a directory with
the names that ``openssl rehash`` gives it looks up the one root that it needs.
"""

from __future__ import annotations

import os
import re
import ssl
import sys

_END = b"-----END CERTIFICATE-----"

# The hash of the subject, and a number for those that share it.
_HASHED_NAME = re.compile(r"[0-9a-f]{8}\.[0-9]+")


def trust_system(context: ssl.SSLContext) -> None:
    """Have a context trust what ``load_default_certs`` would have it trust.

    OpenSSL takes the bundle and the directory together (SSL_CERT_FILE and SSL_CERT_DIR, or its
    own): where the directory has all of the bundle, it alone is the same.
    """
    paths = ssl.get_default_verify_paths()
    # Windows has stores of its own besides.
    if sys.platform != "win32" and paths.cafile and paths.capath:
        if _holds(paths.capath, paths.cafile):
            context.load_verify_locations(capath=paths.capath)
            return
    context.load_default_certs(ssl.Purpose.SERVER_AUTH)


def forget(folder: str) -> None:
    """Have this process trust nothing in a folder that its environment names.

    A private CA that is mounted there may be about to go.
    """
    paths = ssl.get_default_verify_paths()
    for variable in (paths.openssl_cafile_env, paths.openssl_capath_env):
        named = os.environ.get(variable, "").split(os.pathsep)
        kept = [each for each in named if each and not _is_in(each, folder)]
        if variable in os.environ and len(kept) < len(named):
            del os.environ[variable]
            if kept:
                os.environ[variable] = os.pathsep.join(kept)


def _is_in(path: str, folder: str) -> bool:
    path, folder = os.path.normpath(path), os.path.normpath(folder)
    return path == folder or path.startswith(folder + os.sep)


def has_roots() -> bool:
    """Return whether this machine has anything that it trusts; minimal images have not."""
    paths = ssl.get_default_verify_paths()
    # What cannot be looked into this way is taken to be there.
    if sys.platform == "win32" or os.pathsep in os.environ.get(paths.openssl_capath_env, ""):
        return True
    try:
        in_bundle = bool(paths.cafile) and os.path.getsize(paths.cafile) > 0
        names = os.listdir(paths.capath) if paths.capath else []
    except OSError:
        return True
    return in_bundle or any(map(_HASHED_NAME.fullmatch, names))


def _holds(directory: str, bundle: str) -> bool:
    """Return whether OpenSSL finds each certificate of a bundle in a directory, by their texts."""
    try:
        wanted = _texts(bundle)
        found = {
            # Only the first of a file is looked up by the name.
            _texts(os.path.join(directory, name))[0]
            for name in os.listdir(directory)
            if _HASHED_NAME.fullmatch(name)
        }
    except OSError:
        return False
    return found.issuperset(filter(None, wanted))


def _texts(path: str) -> list[bytes]:
    """Return what is in a file before the end of each certificate, and after the last."""
    with open(path, "rb", buffering=0) as file:
        return [text.strip() for text in file.read().split(_END)]
