"""POST to addresses that users enter, without giving them access to the operator's network.

1. The name is looked up once, and each address found must be public or in a network the operator allows.
2. The connection is made to the address that was checked, not to the name: a second look-up could give another.
3. Redirects are not followed, the answer has a bound, and a clock that no slow drip can wind ends the call.
"""

import http.client
import re
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from functools import partial
from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings

from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Explained, Reason

HOST = re.compile(r"[A-Za-z0-9]([A-Za-z0-9._-]{0,251}[A-Za-z0-9.])?|[0-9A-Fa-f:.]{2,45}")
PATH = re.compile(r"[!-~]*")
"""What can stand in the first line of a request without ending it."""
CONNECT_SECONDS = 5
NAT64 = ip_network("64:ff9b::/96")


class Refused(Explained):
    """The address must not be called."""


class Failed(Explained):
    """The call failed. `passing`: another attempt may succeed."""

    def __init__(self, reason: Reason, *, passing: bool, **params: Any) -> None:
        self.passing = passing
        super().__init__(reason, **params)


@dataclass(frozen=True)
class _Target:
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


def read(address: str) -> _Target:
    """The parts of an address. Raises Refused; nothing is looked up."""
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
    return _Target(secure, str(parts.hostname), port or (443 if secure else 80), path)


def host(address: str) -> str:
    """The host of an address, for the log."""
    try:
        return read(address).host
    except Refused:
        return "?"


def allowed(address: str) -> bool:
    """Whether this IP address may be called: a public one, or one of a network that the operator allows."""
    address_ = _embedded_ipv4(ip_address(address.partition("%")[0]))
    networks = [ip_network(network) for network in settings.GTCROWD_HOOK_NETWORKS]
    if any(address_ in network for network in networks if network.version == address_.version):
        return True
    return address_.is_global and not address_.is_multicast and not address_.is_reserved


def post(address: str, body: bytes, headers: Mapping[str, str], *, most: int) -> bytes:
    """POST and return the body of a 2xx response of at most `most` bytes. Raises Refused, Failed."""
    target = read(address)
    seconds = settings.GTCROWD_HOOK_SECONDS
    with _Clock(seconds) as clock:
        try:
            with _connected(target, clock) as connection:
                connection.request("POST", target.path, body, {"Host": target.host_header, **headers})
                content = _answer(connection.getresponse(), most)
            if clock.over:  # what was cut off there may look like an end
                raise Failed(Reason.HOOK_TIMEOUT, seconds=seconds, passing=True)
            return content
        except TimeoutError as error:
            raise Failed(Reason.HOOK_TIMEOUT, seconds=seconds, passing=True) from error
        except ssl.SSLCertVerificationError as error:
            raise Failed(
                Reason.HOOK_CERTIFICATE, host=target.host, detail=error.verify_message, passing=False
            ) from error
        except (OSError, http.client.HTTPException, ValueError) as error:
            if clock.over:
                raise Failed(Reason.HOOK_TIMEOUT, seconds=seconds, passing=True) from error
            detail = sql.storable_text(str(error)[:200]) or type(error).__name__
            raise Failed(Reason.HOOK_UNREACHABLE, host=target.host_header, detail=detail, passing=True) from error


def _embedded_ipv4(address: IPv4Address | IPv6Address) -> IPv4Address | IPv6Address:
    """The IPv4 address inside of an IPv6 one that stands for it, in any of the ways there are."""
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


class _Clock:
    """Ends a call after `seconds`, even if the server sends a byte now and then, which resets a socket's timeout."""

    def __init__(self, seconds: float) -> None:
        self.over = False
        self._socket: socket.socket | None = None
        self._timer = threading.Timer(seconds, self._end)
        self._timer.daemon = True

    def __enter__(self) -> "_Clock":
        self._timer.start()
        return self

    def __exit__(self, *raised: object) -> None:
        self._timer.cancel()

    def watch(self, sock: socket.socket) -> None:
        self._socket = sock
        if self.over:
            self._end()

    def _end(self) -> None:
        self.over = True
        if self._socket is not None:
            try:
                # The plain socket's: an encrypted one would first take leave of the other side.
                socket.socket.shutdown(self._socket, socket.SHUT_RDWR)
            except OSError:
                return  # it is closed already


@contextmanager
def _connected(target: _Target, clock: _Clock) -> Iterator[http.client.HTTPConnection]:
    sock = _open(target)
    try:
        clock.watch(sock)
        sock.settimeout(settings.GTCROWD_HOOK_SECONDS)
        if target.secure:
            sock = ssl.create_default_context().wrap_socket(sock, server_hostname=target.host)
            clock.watch(sock)
        connection = http.client.HTTPConnection(target.host, target.port)
        connection.sock = sock  # so that it makes none of its own
        yield connection
    finally:
        sock.close()


def _open(target: _Target) -> socket.socket:
    """A socket connected to an address of the place that was checked."""
    failed: OSError | None = None
    for family, kind, protocol, address in _allowed_addresses(target):
        sock = socket.socket(family, kind, protocol)
        sock.settimeout(CONNECT_SECONDS)
        try:
            sock.connect(address)
        except OSError as error:
            sock.close()
            failed = error
        else:
            return sock
    raise failed or OSError("no address")


def _allowed_addresses(target: _Target) -> list[tuple[Any, ...]]:
    """Resolve the target; return the addresses that may be called. Raises Refused if there are only others."""
    resolved = socket.getaddrinfo(target.host, target.port, type=socket.SOCK_STREAM)
    usable = [
        (family, kind, protocol, address)
        for family, kind, protocol, _name, address in resolved
        if allowed(str(address[0]))
    ]
    if resolved and not usable:
        raise Refused(Reason.HOOK_NETWORK, host=target.host, address=str(resolved[0][4][0]))
    return usable


def _answer(response: http.client.HTTPResponse, most: int) -> bytes:
    status = response.status
    if 300 <= status < 400:
        raise Failed(Reason.HOOK_REDIRECT, status=status, passing=False)
    if not 200 <= status < 300:
        raise Failed(Reason.HOOK_STATUS, status=status, passing=status >= 500)
    too_long = partial(Failed, Reason.HOOK_TOO_LONG, most=f"{most:,}", passing=False)
    if (response.length or 0) > most:
        raise too_long()
    content = response.read(most + 1)
    if len(content) > most:
        raise too_long()
    return content
