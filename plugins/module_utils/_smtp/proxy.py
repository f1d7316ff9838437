# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A way to the relay through a proxy: SOCKS 5 (RFC 1928, 1929) or HTTP CONNECT (RFC 9110 section 9.3.6).

The proxy looks the relay's name up: often it alone can. Nothing here touches a socket.
"""

from __future__ import annotations

import re
from base64 import b64encode
from dataclasses import dataclass, field
from ipaddress import ip_address
from typing import TYPE_CHECKING

from .protocol import printable
from .secret import Secret

if TYPE_CHECKING:
    from collections.abc import Callable

_MAX_HEADER = 16384
# What fits behind a length of one byte; no host name is longer (RFC 1035 section 2.3.4).
_MAX_TEXT = 255

_STATUS = re.compile(rb"HTTP/1\.[01] ([1-5][0-9][0-9])")

# RFC 1928 section 6.
_SOCKS_REPLIES = {
    1: "general failure",
    2: "not allowed by its rules",
    3: "the network is unreachable",
    4: "the host is unreachable, or its name unknown",
    5: "the connection was refused",
    6: "the time to live expired",
    7: "the command is not supported",
    8: "the kind of address is not supported",
}
_SOCKS_DENIED = (2, 7)


class ProxyError(Exception):
    """The proxy gives no way to the relay.

    ``kind``: ``proxy-login`` (its own credentials), ``proxy-denied`` (its rules), ``proxy-relay`` (it
    does not get to the relay) or ``proxy-broken`` (what answers is no such proxy).
    """

    def __init__(self, kind: str, detail: str) -> None:
        super().__init__(f"{kind}: {detail}")
        self.kind = kind
        self.detail = detail


@dataclass(frozen=True)
class Proxy:
    """A proxy. ``scheme`` is ``socks5`` or ``http``; ``username`` empty stands for no login."""

    scheme: str
    host: str
    port: int
    username: str = ""
    password: Secret = field(default_factory=lambda: Secret(""))

    def __str__(self) -> str:
        host = f"[{self.host}]" if ":" in self.host else self.host
        return f"{self.scheme}://{host}:{self.port}"


def parse(url: str) -> Proxy:
    """Read ``socks5://[user:password@]host:port`` or ``http://…``.

    Raises ValueError that quotes nothing of it.
    """
    from urllib.parse import unquote, urlsplit  # noqa: PLC0415  # only for who has a proxy

    try:
        parts = urlsplit(url)
        host, port = parts.hostname, parts.port
    except ValueError:
        raise ValueError("is not an address of the form socks5://host:port") from None
    # With the h, curl and others let the proxy look the name up, as is always done here.
    scheme = {"socks5h": "socks5"}.get(parts.scheme, parts.scheme)
    if scheme not in ("socks5", "http"):
        raise ValueError("is neither socks5:// nor http://")
    if not host or not port or parts.path.strip("/") or parts.query:
        raise ValueError("is not an address of the form socks5://host:port")
    if not host.isascii():
        raise ValueError("has a host that is not in ASCII, as the DNS has it (xn--…)")
    username, password = unquote(parts.username or ""), unquote(parts.password or "")
    if any(len(text.encode()) > _MAX_TEXT for text in (username, password)):
        raise ValueError("has a user name or password of more than 255 bytes")
    return Proxy(scheme, host, port, username, Secret(password))


def tunnel(
    proxy: Proxy,
    host: str,
    port: int,
    send: Callable[[bytes], None],
    read: Callable[[int], bytes],
) -> None:
    """Have the proxy connect to the relay.

    ``read`` returns exactly as many bytes as it is asked for: what comes after the proxy's reply
    is the relay's. Raises ProxyError, and what ``send`` and ``read`` raise.
    """
    {"socks5": _socks5, "http": _http}[proxy.scheme](proxy, host, port, send, read)


def _socks5(
    proxy: Proxy,
    host: str,
    port: int,
    send: Callable[[bytes], None],
    read: Callable[[int], bytes],
) -> None:
    send(b"\x05\x02\x00\x02" if proxy.username else b"\x05\x01\x00")
    version, method = read(2)
    if version != 5:
        raise ProxyError("proxy-broken", f"it answered with version {version}")
    if method == 2 and proxy.username:
        user, password = proxy.username.encode(), proxy.password.reveal().encode()
        send(b"\x01" + _counted(user) + _counted(password))
        if read(2)[1] != 0:
            raise ProxyError("proxy-login", "it rejects user name and password")
    elif method != 0:
        raise ProxyError("proxy-login", "it wants a login that was not offered")
    send(b"\x05\x01\x00" + _socks_address(host) + port.to_bytes(2, "big"))
    version, reply, _reserved, kind = read(4)
    if version != 5 or kind not in (1, 3, 4):
        raise ProxyError("proxy-broken", "its reply makes no sense")
    read({1: 4, 4: 16}.get(kind) or read(1)[0])
    read(2)
    if reply != 0:
        denied = "proxy-denied" if reply in _SOCKS_DENIED else "proxy-relay"
        raise ProxyError(denied, _SOCKS_REPLIES.get(reply, f"reply {reply}"))


def _socks_address(host: str) -> bytes:
    try:
        address = ip_address(host)
    except ValueError:
        return b"\x03" + _counted(_name(host))
    return (b"\x01" if address.version == 4 else b"\x04") + address.packed


def _counted(text: bytes) -> bytes:
    return bytes([len(text)]) + text


def _http(
    proxy: Proxy,
    host: str,
    port: int,
    send: Callable[[bytes], None],
    read: Callable[[int], bytes],
) -> None:
    name = _name(host)
    target = (b"[%s]:%d" if b":" in name else b"%s:%d") % (name, port)
    lines = [b"CONNECT %s HTTP/1.1" % target, b"Host: " + target]
    if proxy.username:
        credentials = f"{proxy.username}:{proxy.password.reveal()}".encode()
        lines.append(b"Proxy-Authorization: Basic " + b64encode(credentials))
    send(b"\r\n".join(lines) + b"\r\n\r\n")
    header = bytearray()
    while not header.endswith(b"\r\n\r\n"):
        header += read(1)
        if len(header) > _MAX_HEADER:
            raise ProxyError("proxy-broken", "its reply has no end")
        # Another protocol may never send the end of a header.
        if len(header) == len(b"HTTP/1.1") and not header.startswith(b"HTTP/1."):
            raise ProxyError("proxy-broken", f"it sent '{printable(bytes(header))}'")
    match = _STATUS.match(header)
    if match is None:
        raise ProxyError("proxy-broken", "its reply has no status")
    status = int(match.group(1))
    if status // 100 == 2:
        return
    detail = printable(bytes(header.split(b"\r\n", 1)[0]))
    # 407 by the standard; tinyproxy answers a wrong login with 401.
    if status in (401, 407):
        raise ProxyError("proxy-login", detail)
    raise ProxyError("proxy-relay" if status in (500, 502, 503, 504) else "proxy-denied", detail)


def _name(host: str) -> bytes:
    name = host.encode("ascii") if host.isascii() else b""
    if not 0 < len(name) <= _MAX_TEXT:
        raise ProxyError("proxy-relay", "it is no valid host name")
    return name
