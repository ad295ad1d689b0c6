"""POST to the address of a hook, under a deadline.

Redirects are not followed, the answer has a bound, and a clock that no slow drip can wind ends the call. The address is
checked by `addresses`.
"""

import http.client
import socket
import ssl
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from typing import Any

from django.conf import settings

from gtcrowd.hooks import addresses
from gtcrowd.hooks.addresses import Target
from gtcrowd.platform import sql
from gtcrowd.platform.reasons import Explained, Reason

CONNECT_SECONDS = 5


class Failed(Explained):
    """The call failed. `passing`: another attempt may succeed."""

    def __init__(self, reason: Reason, *, passing: bool, **params: Any) -> None:
        self.passing = passing
        super().__init__(reason, **params)


def post(address: str, body: bytes, headers: Mapping[str, str], *, most: int) -> bytes:
    """POST and return the body of a 2xx response of at most `most` bytes. Raises addresses.Refused, Failed."""
    target = addresses.read(address)
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
def _connected(target: Target, clock: _Clock) -> Iterator[http.client.HTTPConnection]:
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


def _open(target: Target) -> socket.socket:
    """Return a socket that is connected to one of the checked addresses."""
    failed: OSError | None = None
    for family, kind, protocol, address in addresses.resolve(target):
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
