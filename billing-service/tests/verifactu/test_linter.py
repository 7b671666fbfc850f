"""What `verifactu-lint` would find in a record, we refuse in the invoice: rule by rule."""

import re
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest
import verifactu_lint.reglas

from smartbilling.fiscal import FacturaCitada, FacturaPropuesta, Linea, Rectificacion, comprobar
from smartbilling.verifactu import construir_alta, en_zona

from .linter import auditoria
from .surtido import CLIENTE, EMISOR, HOY, SISTEMA, datos_de

AHORA = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


class Caso(NamedTuple):
    """A rule of the linter: a sound invoice, what breaks the rule in its record, and the same in the invoice.

    `codigo` is our refusal's, with the AEAT's where there is one.
    """

    regla: str
    sana: dict
    cambio: tuple[str, str]
    rota: dict
    codigo: str


RECTIFICATIVA = {"tipo": "R1", "rectificacion": Rectificacion("I", "Devolución")}
SUSTITUTIVA = {"tipo": "F3", "sustituidas": (FacturaCitada("T-1", HOY),)}
UNA = {"descripcion": "Consultoría", "cantidad": Decimal(1), "precio_unitario": Decimal(100)}
CENTIMOS = UNA | {"precio_unitario": Decimal("0.02")}
DEVUELTOS = UNA | {"precio_unitario": Decimal("0.05"), "cantidad": Decimal(-1)}
DESVIADA = UNA | {"precio_unitario": Decimal("0.12"), "recargo_equivalencia": Decimal("5.2")}


def con(*lineas, **cambios):
    return {"lineas": tuple(Linea(**UNA | una) for una in lineas)} | cambios


REGLAS = [
    Caso(
        "RRSIF030", con({}), ("<TipoFactura>F1", "<TipoFactura>F9"), con({}, tipo="F9"), "tipo_no_valido 1106"
    ),
    Caso(
        "RRSIF031",
        con({}, **RECTIFICATIVA),
        ("<TipoRectificativa>I</TipoRectificativa>", ""),
        con({}, tipo="R1"),
        "rectificacion_obligatoria 1114",
    ),
    Caso(
        "RRSIF032",
        con({}),
        ("</TipoFactura>", "</TipoFactura><TipoRectificativa>I</TipoRectificativa>"),
        con({}, **RECTIFICATIVA | {"tipo": "F1"}),
        "rectificacion_no_admitida 1115",
    ),
    Caso(
        "RRSIF033",
        con({}, **RECTIFICATIVA),
        ("<TipoRectificativa>I", "<TipoRectificativa>S"),
        con({}, tipo="R1", rectificacion=Rectificacion("S", "Devolución")),
        "importe_obligatorio 1118",
    ),
    Caso(
        "RRSIF034",
        con({}, **SUSTITUTIVA),
        ("<FacturasSustituidas>.*</FacturasSustituidas>", ""),
        con({}, tipo="F3"),
        "sustituidas_obligatorias 1116",
    ),
    Caso("RRSIF040", con({}), ("<Desglose>.*</Desglose>", ""), con({"suplido": True}), "sin_operaciones"),
    Caso(
        "RRSIF043",
        con({}),
        ("<CuotaRepercutida>21.00", "<CuotaRepercutida>32.00"),
        con(*[DESVIADA] * 2000, redondeo="por_linea", precios_con_impuestos=True),
        "cuota_no_cuadra 1142",
    ),
    Caso(
        "RRSIF044",
        con({}),
        ("<CuotaRepercutida>21.00", "<CuotaRepercutida>-21.00"),
        con(CENTIMOS, CENTIMOS, CENTIMOS, DEVUELTOS, {"exencion": "E1"}, redondeo="por_linea"),
        "signos_distintos 1143",
    ),
    Caso(
        "RRSIF045",
        con({}),
        ("<Impuesto>01", "<Impuesto>04"),
        con({"impuesto": "04"}),
        "impuesto_no_valido 1218",
    ),
    Caso(
        "RRSIF046",
        con({"exencion": "E1"}),
        ("</OperacionExenta>", "</OperacionExenta><TipoImpositivo>21.00</TipoImpositivo>"),
        con({"exencion": "E1", "tipo_iva": Decimal(21)}),
        "tipo_iva_no_admitido 1238",
    ),
    Caso(
        "RRSIF047",
        con({"recargo_equivalencia": Decimal("5.2")}),
        ("<TipoRecargoEquivalencia>5.20", "<TipoRecargoEquivalencia>1.40"),
        con({"recargo_equivalencia": Decimal("1.4")}),
        "recargo_no_valido 1162",
    ),
    Caso(
        "RRSIF049",
        con({}),
        ("<Destinatarios>.*</Destinatarios>", ""),
        con({}, cliente_cif=None),
        "destinatario_obligatorio 1189",
    ),
]

NO_ALCANZAN = {
    **dict.fromkeys(
        ["RRSIF001", "RRSIF002", "RRSIF005"], "the record writes its own huella: see the two packages above"
    ),
    **dict.fromkeys(
        ["RRSIF003", "RRSIF004", "RRSIF014"],
        "the chain is the writer's: see test_cadena and test_verificacion",
    ),
    "RRSIF010": "numbers are given in the writer, one each, and the database holds them unique",
    **dict.fromkeys(
        ["RRSIF011", "RRSIF012", "RRSIF013"],
        "software and installation are settings, and a chain is a company's",
    ),
    **dict.fromkeys(
        [f"RRSIF{n:03}" for n in range(20, 29)],
        "records of events: they come with the mode without VERI*FACTU",
    ),
    "RRSIF035": "flags are those of a table: see test_banderas",
    **dict.fromkeys(["RRSIF041", "RRSIF042"], "the totals of a record are the sum of its rows"),
    "RRSIF048": "Macrodato is written by the record, from its own total: see test_registros",
    **dict.fromkeys(
        ["RRSIF050", "RRSIF051", "RRSIF052", "RRSIF053"],
        "elements, dates and instants are written by us: the schema",
    ),
}
"""Rules of the linter that no invoice can break by what it says, with the reason."""


def proponer(factura):
    comunes = {"emisor_nif": EMISOR, "emisor_nombre": "Emisora SL", "hoy": HOY, "fecha_expedicion": HOY}
    return FacturaPropuesta(**CLIENTE | comunes | factura)


@pytest.mark.parametrize("caso", REGLAS, ids=lambda caso: caso.regla)
def test_what_the_linter_would_find_is_refused_before(caso, tmp_path):
    sano = construir_alta(
        datos_de(proponer(caso.sana), 1), SISTEMA, None, en_zona(AHORA, "Europe/Madrid")
    ).xml
    roto = re.sub(*caso.cambio, sano.decode()).encode()
    assert caso.regla not in {h.regla for h in auditoria(tmp_path, sano).errores}
    assert caso.regla in {h.regla for h in auditoria(tmp_path, roto).errores}
    faltas = comprobar(proponer(caso.rota))
    assert caso.codigo in {" ".join(filter(None, (f.codigo, f.codigo_aeat))) for f in faltas}


def test_every_rule_of_the_linter_is_accounted_for():
    carpeta = Path(verifactu_lint.reglas.__file__).parents[1]
    suyas = {
        regla for modulo in carpeta.rglob("*.py") for regla in re.findall(r'"(RRSIF\d+)"', modulo.read_text())
    }
    assert suyas == {caso.regla for caso in REGLAS} | NO_ALCANZAN.keys()
    assert all(NO_ALCANZAN.values())
