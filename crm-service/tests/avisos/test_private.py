"""No calls to private networks unless the operator allows them, whatever a name leads to."""

import ipaddress
from contextlib import suppress

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contratos import InvalidData
from crm.avisos import Destinos, redes


@pytest.fixture(scope="module")
def more_settings():
    """As it comes: nothing private is allowed."""
    return {}


@pytest.mark.parametrize(
    "address",
    [
        *("127.0.0.1", "127.255.255.254", "10.1.2.3", "172.16.0.1", "192.168.1.1", "0.0.0.1"),
        *("169.254.169.254", "100.64.0.1", "100.127.255.255", "224.0.0.1", "239.1.1.1", "255.255.255.255"),
        *("192.0.2.1", "198.18.0.1", "203.0.113.9", "240.0.0.1", "192.0.0.1"),
        *("::1", "::", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::127.0.0.1", "fe80::1", "fe80::1%eth0"),
        *("fc00::1", "fd12:3456::1", "fec0::1", "ff02::1", "2001:db8::1", "64:ff9b::7f00:1", "2002:7f00:1::"),
        *("2002:a00:1::", "64:ff9b:1::1", "4000::1", "2001:0:0:0:0:0:f5ff:fffe"),
    ],
)
def test_a_private_address_is_not_called(address):
    assert not Destinos().admite(address)


@pytest.mark.parametrize("address", ["8.8.8.8", "2606:4700::1111", "::ffff:8.8.8.8", "64:ff9b::808:808"])
def test_a_public_address_is(address):
    assert Destinos().admite(address)


@given(st.ip_addresses(v=4))
def test_an_address_is_no_safer_wrapped_in_another(address):
    """Mapped, translated, 6to4: each is what it wraps."""
    plain = Destinos().admite(str(address))
    wrapped = [int(address) | 0xFFFF << 32, int(address) | int(ipaddress.IPv6Address("64:ff9b::"))]
    wrapped.append(0x2002 << 112 | int(address) << 80)
    for each in wrapped:
        assert Destinos().admite(str(ipaddress.IPv6Address(each))) == plain


@given(st.ip_addresses())
def test_only_what_the_operator_names_is_allowed_besides(address):
    allowed = Destinos(redes("10.0.0.0/8, fd00::/8"))
    named = address in ipaddress.ip_network("10.0.0.0/8" if address.version == 4 else "fd00::/8")
    if named or Destinos().admite(str(address)):
        assert allowed.admite(str(address))


@pytest.mark.parametrize(
    ("text", "many"),
    [("", 0), ("no", 0), ("0", 0), ("1", 2), ("todas", 2), ("10.0.0.0/8", 1), ("10.1.2.3", 1)],
)
def test_networks_are_read(text, many):
    assert len(redes(text)) == many


@pytest.mark.parametrize(
    ("url", "codigo"),
    [
        *[
            (f"https://{host}/", "direccion_privada")
            for host in (
                *("127.0.0.1", "10.0.0.1:8443", "[::1]", "[::ffff:127.0.0.1]", "2130706433", "0x7f000001"),
                *("127.1", "0177.0.0.1", "169.254.169.254", "0", "[fe80::1]"),
            )
        ],
        ("http://mi-servidor.example/", "url_sin_cifrar"),
        ("ftp://mi-servidor.example/", "url_sin_cifrar"),
        ("file:///etc/passwd", "url_invalida"),
        ("https://ana:clave@mi-servidor.example/", "url_con_credenciales"),
        ("https://ana@mi-servidor.example/", "url_con_credenciales"),
        ("https://mi-servidor.example/#a", "url_invalida"),
        ("https://mi-servidor.example:0/", "url_invalida"),
        ("https://mi-servidor.example:99999/", "url_invalida"),
        ("https://mi-servidor.example:a/", "url_invalida"),
        ("https:///avisos", "url_invalida"),
        ("https://mi servidor.example/", "url_invalida"),
        ("https://mi-servidor.example\\@127.0.0.1/", "url_invalida"),
        ("https://[::1", "url_invalida"),
        ("mi-servidor.example", "url_invalida"),
        ("https://ñ.example/", "url_invalida"),
    ],
)
def test_an_address_that_cannot_do_is_refused_when_it_is_given(api, url, codigo):
    answer = api.post("webhooks", {"url": url})
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, "url")
    assert answer.json()["errores"][0]["codigo"] == codigo


def test_and_when_it_is_changed(api):
    webhook = api.post("webhooks", {"url": "https://mi-servidor.example/"}).json()
    answer = api.patch(f"webhooks/{webhook['id']}", {"url": "https://10.0.0.1/"})
    assert answer.json()["errores"][0]["codigo"] == "direccion_privada"


@pytest.mark.parametrize("host", ["localhost", "LOCALHOST"])
def test_a_name_that_leads_inside_is_not_called(api, receptor, host):
    """What matters is where the name leads at the moment of the connection."""
    port = receptor.server.server_address[1]
    webhook = api.post("webhooks", {"url": f"https://{host}:{port}/"}).json()
    answer = api("POST", f"webhooks/{webhook['id']}/prueba").json()
    assert (answer["entregada"], answer["status"]) == (False, None)
    assert "red privada" in answer["error"]
    assert receptor.seen == []


@given(st.text(max_size=60))
def test_whatever_is_given_as_an_address_is_taken_or_refused(text):
    for given_url in (text, f"https://{text}"):
        with suppress(InvalidData):
            Destinos().comprobar(given_url)
