"""What each type of custom field takes and keeps."""

import json
import string
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.campos.tipos import CON_OPCIONES, TipoCampo, valor

OPTIONS = ["Norte", "Sur"]
JSON = st.recursive(
    st.none()
    | st.booleans()
    | st.integers()
    | st.decimals(allow_nan=False, allow_infinity=False)
    | st.text(),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=5), inner, max_size=3),
    max_leaves=5,
)


@pytest.mark.parametrize(
    ("tipo", "given", "kept"),
    [
        ("texto", "  hola ", "hola"),
        ("numero", 12, "12"),
        ("numero", Decimal("12.50"), "12.5"),
        ("numero", "-0.000001", "-0.000001"),
        ("fecha", "2026-11-24", "2026-11-24"),
        ("booleano", False, False),
        ("lista", "Norte", "Norte"),
        ("multiple", ["Sur", "Norte", "Sur"], ["Sur", "Norte"]),
        ("multiple", [], []),
        ("url", "www.x.example/a?b=c", "https://www.x.example/a?b=c"),
        ("email", "Ana@X.example", "Ana@x.example"),
        ("telefono", "600 123 456", "+34600123456"),
    ],
)
def test_a_value_is_kept_as_its_type_writes_it(tipo, given, kept):
    assert valor(TipoCampo(tipo), OPTIONS, given, "campos.x") == (kept, [])


@pytest.mark.parametrize(
    ("tipo", "given", "code"),
    [
        ("texto", 1, "tipo_incorrecto"),
        ("texto", "x" * 501, "demasiado_largo"),
        ("numero", "1e3", "numero_invalido"),
        ("numero", "mil", "numero_invalido"),
        ("numero", 10**15, "fuera_de_rango"),
        ("numero", "0.0000001", "demasiados_decimales"),
        ("fecha", "24/11/2026", "fecha_invalida"),
        ("fecha", "2026-02-30", "fecha_invalida"),
        ("fecha", 20261124, "fecha_invalida"),
        ("booleano", "sí", "tipo_incorrecto"),
        ("booleano", 1, "tipo_incorrecto"),
        ("lista", "Este", "opcion_desconocida"),
        ("lista", ["Norte"], "tipo_incorrecto"),
        ("multiple", "Norte", "tipo_incorrecto"),
        ("multiple", ["Norte", "Este"], "opcion_desconocida"),
        ("url", "javascript:alert(1)", "web_invalida"),
        ("url", "ftp://x.example", "web_invalida"),
        ("email", "ana", "email_invalido"),
        ("telefono", "12", "telefono_invalido"),
    ],
)
def test_a_value_of_another_type_is_refused_by_name(tipo, given, code):
    kept, faults = valor(TipoCampo(tipo), OPTIONS, given, "campos.x")
    assert kept is None
    assert {fault.codigo for fault in faults} == {code}
    assert all(fault.campo.startswith("campos.x") and fault.mensaje.isprintable() for fault in faults)


@given(st.sampled_from(TipoCampo), JSON)
def test_any_json_is_kept_or_refused_and_what_is_kept_is_kept_again(tipo, dado):
    kept, faults = valor(tipo, OPTIONS, dado, "campos.x")
    assert (kept is None) == bool(faults)
    if not faults:
        assert valor(tipo, OPTIONS, json.loads(json.dumps(kept)), "campos.x") == (kept, [])


@given(st.decimals(min_value=-(10**14), max_value=10**14, places=6))
def test_numbers_are_exact(number):
    kept, _ = valor(TipoCampo.NUMERO, [], number, "campos.x")
    assert Decimal(kept) == number


@given(st.dates(date(1900, 1, 1), date(2199, 12, 31)))
def test_days_are_written_as_everywhere(day):
    assert valor(TipoCampo.FECHA, [], day.isoformat(), "campos.x") == (day.isoformat(), [])


@given(st.lists(st.text(string.ascii_letters, min_size=1, max_size=8), min_size=1, max_size=8, unique=True))
def test_only_options_are_chosen(options):
    for tipo in CON_OPCIONES:
        several = tipo is TipoCampo.MULTIPLE
        assert valor(tipo, options, options if several else options[0], "x")[1] == []
        (fault,) = valor(tipo, options, ["-"] if several else "-", "x")[1]
        assert fault.codigo == "opcion_desconocida"
