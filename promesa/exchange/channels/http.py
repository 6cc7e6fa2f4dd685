"""Bringing a document by HTTP POST: no redirects, no private addresses, bounded time and answer."""

from __future__ import annotations

import contextlib
import http.client
import ipaddress
import socket
import ssl
import threading
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from urllib.parse import SplitResult, urlsplit

from django.conf import settings

from promesa.core.words import Sentence
from promesa.exchange.channels import secrets
from promesa.exchange.channels.parcel import Brought, NotBrought, Parcel

CONNECT_SECONDS, ANSWER_SECONDS, WHOLE_SECONDS = 10.0, 30.0, 60.0
# Answers after which the same request would be answered the same.
FOR_GOOD = frozenset({400, 405, 406, 411, 413, 414, 415, 422, 431, 501})
# There is nobody any more; there is, and `Retry-After` may say when to come again.
GONE, BUSY = 410, frozenset({429, 503})
Address = ipaddress.IPv4Address | ipaddress.IPv6Address


def bring(parcel: Parcel, at: datetime) -> Brought:
    """POST the bytes; any 2xx means that they are there. `Idempotency-Key` is the same for every try."""
    headers = {"Content-Type": parcel.content_type, "Idempotency-Key": parcel.message_id,
               "X-Promesa-Document": f"{parcel.kind}; {_plain(parcel.number)}"}  # fmt: skip
    if parcel.secret:
        headers["Authorization"] = f"Bearer {_plain(secrets.read(parcel.secret)[0])}"
    post(parcel.address, parcel.content, headers)
    return Brought(message_id=parcel.message_id)


def post(url: str, content: bytes, headers: Mapping[str, str]) -> int:
    """Send one request to an address that is allowed; returns the status, which is 2xx.

    :raises NotBrought: with why, if it was anything else.
    """
    return _sent(url, content, headers, 0)[0]  # the status says all: who writes long or slowly after it has it, too


def ask(url: str, content: bytes, headers: Mapping[str, str], *, most: int) -> bytes:
    """Send one request to an address that is allowed and return what it answers, which is not longer than `most` bytes.

    :raises NotBrought: with why, if there was no such answer.
    """
    status, answer = _sent(url, content, headers, most + 1)
    if len(answer) > most:
        raise NotBrought("http_refused", for_good=True, host=str(urlsplit(url).hostname), status=status)
    return answer


def _sent(url: str, content: bytes, headers: Mapping[str, str], most: int) -> tuple[int, bytes]:
    parts = _checked(url)
    host, port = str(parts.hostname), parts.port or (443 if parts.scheme == "https" else 80)
    connection = _Pinned(parts.scheme, host, port, _addresses(host, port))
    target = (parts.path or "/") + (f"?{parts.query}" if parts.query else "")
    # Each read has its own patience; whoever answers a byte at a time is cut off by this one.
    watch = threading.Timer(WHOLE_SECONDS, connection.cut_off)
    watch.daemon = True
    watch.start()
    try:
        connection.request(
            "POST", target, body=content, headers={"User-Agent": "Promesa", "Connection": "close", **headers}
        )
        answer = connection.getresponse()
        body, status = answer.read(most) if most else b"", answer.status
    except ssl.SSLError as error:
        raise NotBrought("http_certificate", host=host, problem=str(error.reason or error)[:120]) from None
    except TimeoutError:
        raise NotBrought("http_too_slow", host=host) from None
    except (OSError, http.client.HTTPException, ValueError) as error:
        raise NotBrought("http_unreachable", host=host, problem=str(error)[:120] or type(error).__name__) from None
    finally:
        watch.cancel()
        connection.close()
    if connection.is_cut_off:
        raise NotBrought("http_too_slow", host=host)
    if 200 <= status < 300:
        return status, body
    if 300 <= status < 400:
        raise NotBrought("http_redirected", for_good=True, host=host, status=status)
    if status == GONE:
        raise NotBrought("http_gone", for_good=True, host=host, status=status, closed=True)
    wait = _seconds(answer.headers.get("Retry-After", ""), answer.headers.get("Date", "")) if status in BUSY else 0
    if wait > 0:
        raise NotBrought("http_busy", wait=wait, host=host, status=status)
    raise NotBrought("http_refused", for_good=status in FOR_GOOD, host=host, status=status)


def _seconds(text: str, there: str) -> float:
    """What `Retry-After` says, seconds or a moment (by the clock of over there, if it tells it); nothing if it says neither."""
    text = text.strip()
    if text.isascii() and text.isdecimal():
        return float(text[:9])
    moment = _moment(text)
    return (moment - (_moment(there) or datetime.now(UTC))).total_seconds() if moment is not None else 0


def _moment(text: str) -> datetime | None:
    try:
        moment = parsedate_to_datetime(text)
    except ValueError:
        return None
    return moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)


def problem_of(url: str) -> Sentence | None:
    """What is wrong with an address before anything is sent to it; nothing if it will do."""
    try:
        _checked(url)
    except NotBrought as fault:
        return Sentence(fault.code, {"address": url, **fault.params})
    return None


def _checked(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        good = parts.scheme in ("http", "https") and bool(parts.hostname) and not parts.username and parts.port != 0
    except ValueError:
        good = False
    if not good or any(character <= " " or character == "\x7f" for character in url):
        raise NotBrought("http_bad_address", for_good=True, address=url[:120])
    literal = _literal(str(parts.hostname))
    if literal is not None and not _is_allowed(literal):
        raise NotBrought("http_private_address", for_good=True, host=str(parts.hostname), address=str(literal))
    if parts.scheme == "http" and not _is_allowed_name(str(parts.hostname)):
        raise NotBrought("http_not_secret", for_good=True, address=url[:120])
    return parts


def _literal(host: str) -> Address | None:
    """The address that a host name is already; None of a name."""
    try:
        return ipaddress.ip_address(host.partition("%")[0])
    except ValueError:
        return None


def _addresses(host: str, port: int) -> list[str]:
    """The addresses of a host, all of which must be public unless the installation says otherwise."""
    try:
        found = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
    except (OSError, UnicodeError) as error:
        raise NotBrought("http_unreachable", host=host, problem=str(error)[:120]) from None
    addresses = list(dict.fromkeys(str(row[4][0]) for row in found))
    if not _is_allowed_name(host):
        for address in addresses:
            if not _is_allowed(ipaddress.ip_address(address.partition("%")[0])):
                raise NotBrought("http_private_address", for_good=True, host=host, address=address)
    return addresses


def _is_allowed(address: Address) -> bool:
    """Whether an address is out in the world, or in a network that the installation allows."""
    mapped = getattr(address, "ipv4_mapped", None) or getattr(address, "sixtofour", None)
    if mapped is not None:
        return _is_allowed(mapped)
    if address.is_global and not address.is_multicast:
        return True
    return any(address in network for network in _allowed_networks())


def _allowed() -> Sequence[str]:
    return getattr(settings, "EXCHANGE_PRIVATE_HOSTS", ())


def _is_allowed_name(host: str) -> bool:
    """Whether the installation names this host as one of its own."""
    if host.lower() in {one.lower() for one in _allowed()}:
        return True
    try:
        address = ipaddress.ip_address(host)
    except ValueError:
        return False
    return any(address in network for network in _allowed_networks())


def _allowed_networks() -> list[ipaddress.IPv4Network | ipaddress.IPv6Network]:
    networks = []
    for one in _allowed():
        try:
            networks.append(ipaddress.ip_network(one, strict=False))
        except ValueError:
            continue  # a name
    return networks


class _Pinned(http.client.HTTPConnection):
    """A connection to addresses that were looked up and checked: a second look-up could be answered otherwise."""

    def __init__(self, scheme: str, host: str, port: int, addresses: Sequence[str]) -> None:
        super().__init__(host, port, timeout=ANSWER_SECONDS)
        self.default_port = 443 if scheme == "https" else 80
        self._is_secret, self._at, self.is_cut_off = scheme == "https", addresses, False

    def connect(self) -> None:
        fault: OSError = OSError("no address")
        for address in self._at:
            try:
                self.sock = socket.create_connection((address, self.port), CONNECT_SECONDS)
                break
            except OSError as error:
                fault = error
        else:
            raise fault
        self.sock.settimeout(ANSWER_SECONDS)
        if self._is_secret:
            self.sock = ssl.create_default_context().wrap_socket(self.sock, server_hostname=self.host)

    def cut_off(self) -> None:
        """End it, whatever it waits for."""
        self.is_cut_off = True
        if self.sock is not None:
            with contextlib.suppress(OSError):
                self.sock.shutdown(socket.SHUT_RDWR)


def _plain(text: str) -> str:
    """Text that a header can hold."""
    return "".join(one if " " <= one <= "~" else "?" for one in text)[:500]
