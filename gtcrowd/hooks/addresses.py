"""The addresses of hooks, which users enter, must not give access to the operator's network.

A name is looked up once, and each address found must be public or in a network that the operator allows. The connection
is made to the address that was checked, not to the name: a second look-up could give another.
"""

import re
import socket
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from gtcrowd.platform.reasons import Explained, Reason

MOST_CHARACTERS = 1024
HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9.])?|[0-9A-Fa-f:.]{2,45}")
PATH = re.compile(r"[!-~]*")
"""Characters that the first line of a request can have without ending."""
NAT64 = ip_network("64:ff9b::/96")


class Refused(Explained):
    """The address must not be called."""


@dataclass(frozen=True)
class Target:
    """The parts of a URL."""

    secure: bool
    host: str
    port: int
    path: str

    @property
    def host_header(self) -> str:
        """The value of the header Host."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == (443 if self.secure else 80) else f"{host}:{self.port}"


def read(address: str) -> Target:
    """Return the parts of an address. Raises Refused; nothing is looked up."""
    try:
        parts = urlsplit(address)
        port = parts.port
    except ValueError as error:
        raise Refused(Reason.HOOK_ADDRESS, address=address[:200]) from error
    if parts.scheme not in ("https", "http"):
        raise Refused(Reason.HOOK_SCHEME)
    if parts.scheme == "http" and not settings.GTCROWD_HOOK_HTTP:
        raise Refused(Reason.HOOK_HTTP)
    if parts.username is not None or parts.password is not None:
        raise Refused(Reason.HOOK_CREDENTIALS)
    path = f"{parts.path or '/'}{'?' if parts.query else ''}{parts.query}"
    if not HOST.fullmatch(parts.hostname or "") or not PATH.fullmatch(path) or port == 0:
        raise Refused(Reason.HOOK_ADDRESS, address=address[:200])
    secure = parts.scheme == "https"
    return Target(secure, str(parts.hostname), port or (443 if secure else 80), path)


def host(address: str) -> str:
    """Return the host of an address, for the log."""
    try:
        return read(address).host
    except Refused:
        return "?"


def allowed(address: str) -> bool:
    """Return whether this IP address may be called: it is public, or of a network that the operator allows."""
    address_ = _embedded_ipv4(ip_address(address.partition("%")[0]))
    networks = [ip_network(network) for network in settings.GTCROWD_HOOK_NETWORKS]
    if any(address_ in network for network in networks if network.version == address_.version):
        return True
    return address_.is_global and not address_.is_multicast and not address_.is_reserved


def resolve(target: Target) -> list[tuple[Any, ...]]:
    """Look the target up; return the addresses that may be called. Raises Refused if there are only others."""
    resolved = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    usable = [
        (family, kind, protocol, address)
        for family, kind, protocol, _name, address in resolved
        if allowed(str(address[0]))
    ]
    if resolved and not usable:
        raise Refused(Reason.HOOK_NETWORK, host=target.host, address=str(resolved[0][4][0]))
    return usable


def _embedded_ipv4(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """Return the IPv4 address that an IPv6 address embeds, in any of the standard ways; else the address itself."""
    if isinstance(address, IPv4Address):
        return address
    inner = address.ipv4_mapped or address.sixtofour or (address.teredo and address.teredo[1])
    if inner:
        return inner
    packed = address.packed
    # NAT64, and the retired form `::a.b.c.d`; `::` and `::1` are themselves.
    if address in NAT64 or (packed[:12] == bytes(12) and int(address) > 1):
        return IPv4Address(packed[12:])
    return address
