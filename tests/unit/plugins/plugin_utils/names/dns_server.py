# SPDX-FileCopyrightText: 2026 the mailops.smtp contributors
# SPDX-License-Identifier: GPL-3.0-or-later
"""A DNS server on the loopback interface, for the tests of names: real packets, by UDP and TCP."""

from __future__ import annotations

import socket
import struct
import threading
from collections.abc import Mapping, Sequence

import dns.flags
import dns.message
import dns.rcode
import dns.rdata
import dns.rdataclass
import dns.rdatatype
import dns.rrset

# What a plain UDP answer may hold (RFC 1035 section 4.2.1); a longer one is asked for by TCP.
_UDP_LIMIT = 512

Zone = Mapping[str, Mapping[str, Sequence[str]]]


class DnsServer:
    """Answers from a zone: names, types, and records in the text form of zone files.

    A name that is not in the zone does not exist. ``failing`` names get a server failure, and
    ``silent`` ones no answer. ``asked`` holds every question.
    """

    def __init__(
        self, zone: Zone, *, failing: Sequence[str] = (), silent: Sequence[str] = ()
    ) -> None:
        self._zone = {name.lower(): records for name, records in zone.items()}
        self._failing = failing
        self._silent = silent
        self.asked: list[tuple[str, str]] = []
        self.by_tcp = 0
        self._udp, self._tcp = _sockets()
        self.port: int = self._tcp.getsockname()[1]

    def __enter__(self) -> DnsServer:
        for serve in (self._serve_udp, self._serve_tcp):
            threading.Thread(target=serve, daemon=True).start()
        return self

    def __exit__(self, *exception: object) -> None:
        # close() alone does not wake a thread that waits.
        self._tcp.shutdown(socket.SHUT_RDWR)
        self._tcp.close()
        self._udp.sendto(b"", ("127.0.0.1", self.port))

    def _serve_udp(self) -> None:
        with self._udp:
            while True:
                packet, client = self._udp.recvfrom(4096)
                if not packet:
                    return
                answer = self._answer(packet)
                if answer is None:
                    continue
                wire = answer.to_wire()
                if len(wire) > _UDP_LIMIT:
                    answer.flags |= dns.flags.TC
                    answer.answer = []
                    wire = answer.to_wire()
                self._udp.sendto(wire, client)

    def _serve_tcp(self) -> None:
        while True:
            try:
                connection, _client = self._tcp.accept()
            except OSError:
                return
            with connection, connection.makefile("rb") as stream:
                size = struct.unpack("!H", stream.read(2))[0]
                answer = self._answer(stream.read(size))
                if answer is not None:
                    self.by_tcp += 1
                    wire = answer.to_wire()
                    connection.sendall(struct.pack("!H", len(wire)) + wire)

    def _answer(self, packet: bytes) -> dns.message.Message | None:
        query = dns.message.from_wire(packet)
        question = query.question[0]
        name = question.name.to_text(omit_final_dot=True).lower()
        kind = dns.rdatatype.to_text(question.rdtype)
        self.asked.append((name, kind))
        if name in self._silent:
            return None
        answer = dns.message.make_response(query)
        if name in self._failing:
            answer.set_rcode(dns.rcode.SERVFAIL)
        elif name not in self._zone:
            answer.set_rcode(dns.rcode.NXDOMAIN)
        elif texts := self._zone[name].get(kind):
            records = [
                dns.rdata.from_text(dns.rdataclass.IN, question.rdtype, text) for text in texts
            ]
            answer.answer.append(dns.rrset.from_rdata_list(question.name, 300, records))
        return answer


def _sockets() -> tuple[socket.socket, socket.socket]:
    """Sockets for UDP and TCP on one port that is free for both."""
    while True:
        tcp = socket.create_server(("127.0.0.1", 0))
        udp = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
        try:
            udp.bind(tcp.getsockname())
        except OSError:
            tcp.close()
            udp.close()
        else:
            return udp, tcp


def text(value: str) -> str:
    """A TXT record's text form: strings of at most 255 characters."""
    parts = [value[start : start + 255] for start in range(0, len(value), 255)]
    return " ".join(f'"{part}"' for part in parts)
