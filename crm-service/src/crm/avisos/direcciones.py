"""Where webhooks may lead: addresses of the public Internet, and those that the operator allows besides."""

import ipaddress
import re
import socket
from collections.abc import Iterable
from urllib.parse import SplitResult, urlsplit

from contratos import InvalidData, invalid

Ip = ipaddress.IPv4Address | ipaddress.IPv6Address
Red = ipaddress.IPv4Network | ipaddress.IPv6Network

_ALL = ("0.0.0.0/0", "::/0")
_YES = frozenset({"1", "true", "si", "sí", "todas"})
_NO = frozenset({"", "0", "false", "no", "ninguna"})
_UNICAST = ipaddress.IPv6Network("2000::/3")
_NAT64 = ipaddress.IPv6Network("64:ff9b::/96")
_LONGEST = 2_000
_LAST_PORT = 65_535
_PLAIN = re.compile(r"[!-~]+")


class DireccionProhibida(Exception):
    """A name leads to an address that webhooks may not call."""


class Destinos:
    """Which addresses webhooks may call: public ones, and those in the networks `privadas`."""

    def __init__(self, privadas: Iterable[Red] = ()) -> None:
        self._privadas = tuple(privadas)

    @property
    def sin_cifrar(self) -> bool:
        """Whether `http` will do: only where the operator has allowed a network of their own."""
        return bool(self._privadas)

    def admite(self, address: str) -> bool:
        """Whether this IP address may be called."""
        ip = _real(ipaddress.ip_address(address.partition("%")[0]))
        return _is_public(ip) or any(ip in red for red in self._privadas)

    def comprobar(self, url: str) -> None:
        """Raises InvalidData unless webhooks can be sent to `url`, as far as its text tells.

        Where its name leads is seen each time that a connection is made.
        """
        parts = _parts(url)
        schemes = ("https", "http") if self.sin_cifrar else ("https",)
        if parts.scheme not in schemes:
            raise _bad("url_sin_cifrar", "Usa una dirección «https://».")
        if parts.username is not None or parts.password is not None:
            raise _bad("url_con_credenciales", "Quita el usuario y la clave de la dirección: la firma basta.")
        if parts.fragment:
            raise _bad("url_invalida", "Quita lo que sigue a «#».")
        literal = _literal(parts.hostname or "")
        if literal is not None and not self.admite(literal):
            raise _bad(
                "direccion_privada",
                "Es una dirección de una red privada: usa una pública, o pide a quien administra el CRM que "
                "la permita en CRM_WEBHOOKS_PRIVADOS.",
            )


def redes(text: str) -> tuple[Red, ...]:
    """The networks that a setting names: separated by commas, or `1` for all. Raises ValueError."""
    given = text.strip().lower()
    if given in _NO:
        return ()
    names = _ALL if given in _YES else [part.strip() for part in given.split(",") if part.strip()]
    return tuple(ipaddress.ip_network(name, strict=False) for name in names)


def _parts(url: str) -> SplitResult:
    try:
        parts = urlsplit(url)
        port, host = parts.port, parts.hostname
    except ValueError:
        raise _bad(
            "url_invalida", "Escribe una dirección como «https://mi-servidor.example/avisos»."
        ) from None
    usable = len(url) <= _LONGEST and _PLAIN.fullmatch(url) and "\\" not in url
    if not (usable and host and (port is None or 0 < port <= _LAST_PORT)):
        raise _bad("url_invalida", "Escribe una dirección como «https://mi-servidor.example/avisos».")
    return parts


def _literal(host: str) -> str | None:
    """The IP address that a host is, however it is written (`127.1`, `0x7f000001`, `2130706433`)."""
    try:
        return str(ipaddress.ip_address(host))
    except ValueError:
        pass
    try:
        return socket.inet_ntoa(socket.inet_aton(host))
    except OSError:
        return None


def _real(ip: Ip) -> Ip:
    """The IPv4 address that an IPv6 one only wraps, if it does."""
    if isinstance(ip, ipaddress.IPv4Address):
        return ip
    if ip in _NAT64:
        return ipaddress.IPv4Address(int(ip) & 0xFFFFFFFF)
    teredo = ip.teredo
    return ip.ipv4_mapped or ip.sixtofour or (teredo[1] if teredo else ip)


def _is_public(ip: Ip) -> bool:
    if ip.is_multicast or ip.is_reserved or ip.is_unspecified or not ip.is_global:
        return False
    return isinstance(ip, ipaddress.IPv4Address) or ip in _UNICAST


def _bad(codigo: str, mensaje: str) -> InvalidData:
    return invalid("url", codigo, mensaje)
