"""Tokens that open both services."""

import base64
import json
from datetime import UTC, datetime, timedelta

import jwt
import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric import ec, ed448, rsa
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given
from hypothesis import strategies as st

from contratos import Rol, Scope, Unauthenticated
from contratos.identidad import SERVICIO_BILLING
from http_rules import Identity
from http_rules.tokens import bearer, instant, is_void, jwk, key_id, milliseconds, public_key, sign, verify

NOW = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)
OURS, THEIRS = Ed25519PrivateKey.generate(), Ed25519PrivateKey.generate()
ANA = Identity("usr_ana", "emp_1", frozenset({Scope.CRM_LEER, Scope.FACTURAS_LEER}), Rol.LECTURA)
TRUST = {"audience": "crm", "issuer": "instalacion-1", "now": NOW}


def token(key=OURS, **changes):
    how = {
        "issuer": "instalacion-1",
        "audience": ["billing", "crm"],
        "now": NOW,
        "lifetime": timedelta(minutes=15),
    }
    return sign(key, "clave-1", ANA, **how | changes)


def with_claims(**changes):
    """A token signed with our own key, whose claims are not those that we write."""
    claims = {
        "iss": "instalacion-1", "aud": "crm", "sub": "usr_ana", "empresa_id": "emp_1", "rol": "lectura",
        "scopes": ["crm:leer"], "iat": int(NOW.timestamp()), "exp": int(NOW.timestamp()) + 900,
    } | changes  # fmt: skip
    body = json.dumps({name: value for name, value in claims.items() if value is not ...})
    return jwt.PyJWS().encode(body.encode(), OURS, algorithm="EdDSA", headers={"kid": "clave-1"})


def rejected(text, **trust):
    with pytest.raises(Unauthenticated):
        verify(text, OURS.public_key(), **TRUST | trust)


def test_a_token_says_who_it_speaks_for_to_both_services():
    for audience in ("billing", "crm"):
        assert verify(token(), OURS.public_key(), **TRUST | {"audience": audience}) == ANA
    assert key_id(token()) == "clave-1"


def test_a_token_holds_for_its_lifetime_and_half_a_minute_of_difference_between_clocks():
    for later in (timedelta(minutes=15), timedelta(minutes=15, seconds=30), -timedelta(minutes=4)):
        assert verify(token(), OURS.public_key(), **TRUST | {"now": NOW + later}) == ANA
    for later in (timedelta(minutes=15, seconds=31), timedelta(days=3650), -timedelta(minutes=6)):
        rejected(token(), now=NOW + later)


def test_an_expired_token_hears_that_it_is_so():
    with pytest.raises(Unauthenticated, match="caducado"):
        verify(token(), OURS.public_key(), **TRUST | {"now": NOW + timedelta(hours=1)})


def test_a_token_of_another_issuer_audience_or_key_is_rejected():
    rejected(token(issuer="instalacion-2"))
    rejected(token(audience="billing"))
    rejected(token(audience=[]))
    rejected(token(THEIRS))


def test_a_token_without_signature_is_rejected():
    rejected(jwt.encode(json.loads(body_of(token())), None, algorithm="none"))
    head, body, _ = token().split(".")
    rejected(f"{head}.{body}.")
    rejected(f"{head}.{body}")
    for alg in ("none", "None", "NONE", "nOnE", "", None, 1, ["EdDSA"]):
        rejected(f"{encoded({'alg': alg, 'kid': 'clave-1'})}.{body}.")


def test_our_public_key_is_no_shared_secret():
    raw = OURS.public_key().public_bytes(serialization.Encoding.Raw, serialization.PublicFormat.Raw)
    pem = OURS.public_key().public_bytes(
        serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo
    )
    hmac = jwt.algorithms.HMACAlgorithm(jwt.algorithms.HMACAlgorithm.SHA256)
    signed = f"{encoded({'alg': 'HS256', 'kid': 'clave-1'})}.{token().split('.')[1]}"
    for secret in (raw, pem, json.dumps(jwk(OURS.public_key(), "clave-1")).encode()):
        rejected(f"{signed}.{b64(hmac.sign(signed.encode(), secret))}")


def test_a_key_that_the_token_brings_along_counts_for_nothing():
    theirs = jwt.encode(
        json.loads(body_of(token())), THEIRS, algorithm="EdDSA",
        headers={"kid": "clave-1", "jwk": jwk(THEIRS.public_key(), "clave-1"),
        "jku": "https://evil.example", "x5u": "x"},
    )  # fmt: skip
    rejected(theirs)


def test_an_unknown_critical_header_is_rejected():
    rejected(
        jwt.encode(json.loads(body_of(token())), OURS, algorithm="EdDSA", headers={"crit": ["x"], "x": 1})
    )


@pytest.mark.parametrize("claim", ["iss", "aud", "sub", "exp", "iat", "empresa_id", "scopes"])
@pytest.mark.parametrize(
    "value", [..., None, "", [], {}, [[]], 1.5, True, -1, "x" * 10_000, [None], {"a": 1}, [1], 10**400, "NaN"]
)
def test_a_claim_that_is_missing_or_of_another_type_is_no_error_of_ours(claim, value):
    try:
        identity = verify(with_claims(**{claim: value}), OURS.public_key(), **TRUST)
    except Unauthenticated:
        return
    assert claim in {"exp", "iat", "sub", "empresa_id", "scopes"}
    assert isinstance(identity.sub, str)
    assert isinstance(identity.empresa_id, str)
    assert identity.scopes <= set(Scope)


@pytest.mark.parametrize("number", ["NaN", "Infinity", "-Infinity", "1e999", "1e308"])
@pytest.mark.parametrize("claim", ["exp", "iat"])
def test_a_time_that_is_none_is_rejected(claim, number):
    claims = body_of(with_claims(**{claim: 12345})).replace(b"12345", number.encode())
    signed = jwt.PyJWS().encode(claims, OURS, algorithm="EdDSA", headers={"kid": "clave-1"})
    if (claim, number) != ("exp", "1e308"):
        rejected(signed)


def test_a_time_is_a_number_or_the_token_is_rejected():
    soon = int(NOW.timestamp()) + 900
    assert verify(with_claims(exp=soon), OURS.public_key(), **TRUST)
    rejected(with_claims(exp=str(soon)))
    rejected(with_claims(iat=str(soon - 900)))


@pytest.mark.parametrize("scopes", ["crm:leer", "plataforma", {"crm:leer": 1}, [["crm:leer"]], None])
def test_scopes_are_a_list_or_the_token_is_rejected(scopes):
    rejected(with_claims(scopes=scopes))


def test_a_scope_of_a_newer_version_counts_for_nothing():
    read = verify(with_claims(scopes=["crm:leer", "nuevo:leer"], otro=1), OURS.public_key(), **TRUST)
    assert read.scopes == {Scope.CRM_LEER}


def test_a_role_that_is_no_text_is_rejected():
    for rol in (1, [], {"a": 1}, True):
        rejected(with_claims(rol=rol))
    assert verify(with_claims(rol=...), OURS.public_key(), **TRUST).rol is None


def encoded(value):
    return b64(json.dumps(value).encode())


def b64(raw):
    return base64.urlsafe_b64encode(raw).decode().rstrip("=")


def body_of(text):
    body = text.split(".")[1]
    return base64.urlsafe_b64decode(body + "=" * (-len(body) % 4))


HUGE = {
    "empty": "",
    "a dot": ".",
    "two dots": "..",
    "many dots": "." * 100_000,
    "a megabyte": "a" * 1_000_000,
    "a megabyte, signed": f"{encoded({'alg': 'EdDSA'})}.{'a' * 1_000_000}.{'a' * 86}",
    "not base64": "á.é.í",
    "Latin-1": "\xff.\xff.\xff",
    "NUL": "\x00.\x00.\x00",
    "a header that is no object": f"{encoded([])}.{encoded({})}.a",
    "a header without end": f"{b64(b'[' * 100_000)}.a.a",
    "a body without end": f"{encoded({'alg': 'EdDSA', 'kid': 'x'})}.{b64(b'[' * 100_000)}.a",
    "a header with a huge number": b64(b'{"alg":' + b"9" * 10_000 + b"}") + ".a.a",
    "a header that is not UTF-8": b64(b'{"alg":"\xff"}') + ".a.a",
    "an id that is no text": f"{encoded({'alg': 'EdDSA', 'kid': [1]})}.a.a",
    "no id": f"{encoded({'alg': 'EdDSA'})}.a.a",
}


@pytest.mark.parametrize("text", HUGE.values(), ids=HUGE)
def test_what_is_no_token_is_rejected_and_no_error_of_ours(text):
    rejected(text)
    with pytest.raises(Unauthenticated):
        key_id(text)


@given(st.text(max_size=200))
def test_any_text_is_a_token_or_not_but_never_fails(text):
    rejected(text)
    rejected(f"{token()}{text}") if text else None


@given(st.data())
def test_one_character_changed_is_another_token(data):
    good = token()
    at = data.draw(st.integers(0, len(good) - 1))
    other = data.draw(st.characters(codec="ascii", exclude_characters=good[at]))
    changed = good[:at] + other + good[at + 1 :]
    try:
        identity = verify(changed, OURS.public_key(), **TRUST)
    except Unauthenticated:
        return
    assert identity == ANA  # only the unused bits of the last character differ
    assert at == len(good) - 1


# --- keys --------------------------------------------------------------------------------------------------


def test_a_key_goes_to_the_jwks_document_and_back():
    document = jwk(OURS.public_key(), "clave-1")
    assert document.keys() == {"kty", "crv", "x", "kid", "use", "alg"}
    assert verify(token(), public_key(document), **TRUST) == ANA


OTHER_KEYS = {
    "RSA": jwt.algorithms.RSAAlgorithm.to_jwk(
        rsa.generate_private_key(65537, 2048).public_key(), as_dict=True
    ),
    "EC": jwt.algorithms.ECAlgorithm.to_jwk(
        ec.generate_private_key(ec.SECP256R1()).public_key(), as_dict=True
    ),
    "Ed448": jwt.algorithms.OKPAlgorithm.to_jwk(ed448.Ed448PrivateKey.generate().public_key(), as_dict=True),
    "private": jwt.algorithms.OKPAlgorithm.to_jwk(OURS, as_dict=True),
    "empty": {},
    "symmetric": {"kty": "oct", "k": "AAAA"},
    "short": {"kty": "OKP", "crv": "Ed25519", "x": "AAAA"},
    "without x": {"kty": "OKP", "crv": "Ed25519"},
    "x is a number": {"kty": "OKP", "crv": "Ed25519", "x": 5},
    "x is null": {"kty": "OKP", "crv": "Ed25519", "x": None},
    "x is a list": {"kty": "OKP", "crv": "Ed25519", "x": ["a"]},
    "x is no base64": {"kty": "OKP", "crv": "Ed25519", "x": "á"},
    "crv is a list": {"kty": "OKP", "crv": [], "x": "AAAA"},
    "kty is null": {"kty": None},
}


@pytest.mark.parametrize("document", OTHER_KEYS.values(), ids=OTHER_KEYS)
def test_another_key_is_none_of_ours(document):
    with pytest.raises(ValueError, match="not an Ed25519"):
        public_key(document)


def vouched(**changes):
    """Whom our token speaks for, and when it was issued."""
    return verify(token(**changes), OURS.public_key(), **TRUST)


def test_a_token_says_to_the_millisecond_when_it_was_issued():
    moment = NOW + timedelta(milliseconds=123, microseconds=456)
    assert vouched(now=moment).emitido == NOW + timedelta(milliseconds=123)
    seconds_only = verify(with_claims(), OURS.public_key(), **TRUST)
    assert seconds_only.emitido == NOW
    for strange in (10**30, -(10**30), "ayer", 1.5, True):
        rejected(with_claims(emitido=strange))


@pytest.mark.parametrize("who", [bearer("emp_1", "usr_ana"), bearer("emp_1")])
def test_a_token_issued_until_its_bearer_was_revoked_is_void_and_a_later_one_is_not(who):
    assert is_void(vouched(), {who: NOW})
    assert not is_void(vouched(now=NOW + timedelta(milliseconds=1)), {who: NOW})


def test_nobody_else_s_token_is_void():
    others = bearer("emp_1", "usr_luis"), bearer("emp_2", "usr_ana"), bearer("emp_2"), bearer("", "usr_ana")
    assert not is_void(vouched(), dict.fromkeys(others, NOW))
    assert not is_void(vouched(), {})
    service = verify(with_claims(sub=SERVICIO_BILLING), OURS.public_key(), **TRUST)
    assert not is_void(service, {bearer("emp_1"): NOW})


@given(
    st.integers(0, 2**52).map(
        lambda micros: datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=micros)
    )
)
def test_an_instant_travels_in_whole_milliseconds(moment):
    arrived = instant(milliseconds(moment))
    assert timedelta() <= moment - arrived < timedelta(milliseconds=1)
