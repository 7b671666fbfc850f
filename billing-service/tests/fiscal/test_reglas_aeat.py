"""Every rule of the AEAT that the fiscal check applies: its code, an invoice refused by it and one accepted.

A case is what its lines say (one, or a list) and what the invoice says. The texts of the codes are those of
the AEAT's own list, "errores.properties", in few words.
"""

import ast
import re
from datetime import date
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import pytest

import smartbilling.fiscal
from smartbilling.fiscal import (
    Destinatario,
    EmitidaPor,
    FacturaCitada,
    IdOtro,
    Rectificacion,
    aprobar,
    comprobar,
    faltas_de_formato,
)

OTRA = Destinatario("Otra SA", "A58818501")
CITADA = FacturaCitada("F-2026-000001", date(2026, 11, 1))
TIQUE = FacturaCitada("T-2026-000001", date(2026, 11, 1))
SIN_NOMBRAR = {"cliente_cif": None}
ENTE = {"cliente_cif": "P2807900B", "fecha_operacion": "2027-06-01"}
EN_2022 = {"fecha_operacion": "2022-07-01"}
EN_2023 = {"fecha_operacion": "2023-06-01"}
EN_OTONO_DE_2024 = {"fecha_operacion": "2024-10-01"}
A_COSTE = {"clave_regimen": "06", "base_a_coste": "80.00"}
POR_LINEA = {"redondeo": "por_linea"}
BRUTA_POR_LINEA = POR_LINEA | {"precios_con_impuestos": True}
DE_TRES_MIL = {"tipo": "F2", "cliente_cif": None, "limite_simplificada": "3000"}
TERCERO = EmitidaPor("T", "Gestoría SL", "B76543214")

# each line of 0.12 € with recargo leaves 1.1 cents too much as cuota: 22 € in 2,000 lines
DESVIADAS = [{"precio_unitario": "0.12", "recargo_equivalencia": "5.2"}] * 2000
# 3 × 0.02 pays no tax; −0.05 gives back 0.01: base 0.01, cuota −0.01
DE_SIGNO_CAMBIADO = [
    *[{"precio_unitario": "0.02"}] * 3,
    {"precio_unitario": "0.05", "cantidad": "-1"},
    {"exencion": "E1"},
]
DE_SIGNO_CAMBIADO_A_COSTE = [
    *[A_COSTE | {"base_a_coste": "0.02"}] * 3,
    A_COSTE | {"base_a_coste": "-0.05"},
]


def otro(tipo, numero, pais=None):
    return {"cliente_cif": None, "cliente_id_otro": IdOtro(tipo, numero, pais)}


def rectifica(tipo="R1", metodo="I", facturas=(CITADA,), importes=(), **cambios):
    dicho = Rectificacion(metodo, "Devolución", tuple(facturas), *(Decimal(n) for n in importes))
    return {"tipo": tipo, "rectificacion": dicho} | cambios


def tercero(**cambios):
    valores = {"quien": "T", "nombre": "Gestoría SL", "nif": None, "id_otro": None} | cambios
    return {"emitida_por": EmitidaPor(**valores)}


FRANCES = otro("02", "FR12345678901")
R5 = rectifica("R5", facturas=(TIQUE,), cliente_cif=None)
F3 = {"tipo": "F3", "sustituidas": (TIQUE,)}


class Regla(NamedTuple):
    """A code, what it says, and a case (lines, invoice) on each side of it."""

    codigo: str
    dice: str
    rechazada: tuple
    aceptada: tuple


REGLAS = [
    Regla(
        "1100",
        "wrong type of a field",
        ({"impuesto": "03", "tipo_iva": "9.505"}, {}),
        ({"impuesto": "03", "tipo_iva": "9.50"}, {}),
    ),
    Regla("1102", "IDType", ({}, otro("01", "X1", "FR")), ({}, otro("06", "X1", "FR"))),
    Regla(
        "1104",
        "NumSerieFactura",
        ({}, rectifica(facturas=[FacturaCitada(" A1", date(2026, 1, 1))])),
        ({}, rectifica(facturas=[FacturaCitada("A 1", date(2026, 1, 1))])),
    ),
    Regla("1106", "TipoFactura in the list", ({}, {"tipo": "F4"}), ({}, {"tipo": "F1"})),
    Regla("1107", "TipoRectificativa S or I", ({}, rectifica(metodo="X")), ({}, rectifica(metodo="I"))),
    Regla("1111", "CodigoPais needed unless 02", ({}, otro("03", "X1")), ({}, FRANCES)),
    Regla(
        "1112",
        "issued after today",
        ({}, {"fecha_expedicion": "2026-11-25"}),
        ({}, {"fecha_expedicion": "2026-11-24"}),
    ),
    Regla("1114", "R without TipoRectificativa", ({}, {"tipo": "R1"}), ({}, rectifica())),
    Regla("1115", "TipoRectificativa without R", ({}, rectifica("F1", facturas=())), ({}, {})),
    Regla("1116", "FacturasSustituidas just in F3", ({}, {"sustituidas": (TIQUE,)}), ({}, F3)),
    Regla("1117", "FacturasRectificadas without R", ({}, rectifica("F1")), ({}, rectifica("R2"))),
    Regla(
        "1118",
        "S without ImporteRectificacion",
        ({}, rectifica(metodo="S")),
        ({}, rectifica(metodo="S", importes=("100", "21.00"))),
    ),
    Regla(
        "1119",
        "ImporteRectificacion without S",
        ({}, rectifica(importes=("100", "21"))),
        ({}, rectifica(metodo="S", importes=("100", "21", "5.20"))),
    ),
    Regla(
        "1122",
        "country of the VAT number",
        ({}, otro("02", "FR12345678901", "DE")),
        ({}, otro("02", "FR12345678901", "FR")),
    ),
    Regla("1123", "issuer's NIF", ({}, {"emisor_nif": "B12345675"}), ({}, {"emisor_nif": "B12345674"})),
    Regla("1124", "rates of IVA", ({"tipo_iva": "20"}, {}), ({"tipo_iva": "10"}, {})),
    Regla(
        "1125",
        "operation beyond next year",
        ({"clave_regimen": "15"}, {"fecha_operacion": "2028-01-01"}),
        ({"clave_regimen": "15"}, {"fecha_operacion": "2027-12-31"}),
    ),
    Regla("1126", "ES only with 03 or 07", ({}, otro("04", "X1", "ES")), ({}, otro("03", "PAA123456", "ES"))),
    Regla(
        "1127",
        "recargos in the list",
        ({"recargo_equivalencia": "5.1"}, {}),
        ({"recargo_equivalencia": "5.2"}, {}),
    ),
    Regla(
        "1131",
        "07 is a natural person",
        ({}, otro("07", "A58818501", "ES")),
        ({}, otro("07", "12345678Z", "ES")),
    ),
    Regla(
        "1134",
        "operation twenty years back",
        ({}, {"fecha_operacion": "2006-11-23"}),
        ({}, {"fecha_operacion": "2006-11-24"}),
    ),
    Regla(
        "1140",
        "sign of cuota and base at cost",
        (DE_SIGNO_CAMBIADO_A_COSTE, POR_LINEA),
        (DE_SIGNO_CAMBIADO_A_COSTE, POR_LINEA | rectifica("R2")),
    ),
    Regla(
        "1142",
        "cuota is base by rate, ±10 €",
        (DESVIADAS, BRUTA_POR_LINEA),
        (DESVIADAS, BRUTA_POR_LINEA | rectifica()),
    ),
    Regla(
        "1143",
        "sign of cuota and base",
        (DE_SIGNO_CAMBIADO, POR_LINEA),
        (DE_SIGNO_CAMBIADO, POR_LINEA | rectifica("R3")),
    ),
    Regla(
        "1146",
        "issue before the operation",
        ({}, {"fecha_expedicion": "2026-11-01", "fecha_operacion": "2026-11-02"}),
        ({"clave_regimen": "15"}, {"fecha_expedicion": "2026-11-01", "fecha_operacion": "2026-11-02"}),
    ),
    Regla(
        "1147",
        "14 falls due after issue",
        ({"clave_regimen": "14"}, ENTE | {"fecha_operacion": None}),
        ({"clave_regimen": "14"}, ENTE),
    ),
    Regla(
        "1148",
        "14 in F1, R1-R4",
        ({"clave_regimen": "14"}, ENTE | F3),
        ({"clave_regimen": "14"}, ENTE | rectifica("R4")),
    ),
    Regla(
        "1149",
        "14 for public bodies",
        ({"clave_regimen": "14"}, ENTE | {"cliente_cif": "A58818501"}),
        ({"clave_regimen": "14"}, ENTE),
    ),
    Regla(
        "1150",
        "F2 above 3,010 €",
        ({"precio_unitario": "3010.01", "exencion": "E1"}, DE_TRES_MIL),
        ({"precio_unitario": "9000", "exencion": "E1"}, DE_TRES_MIL | {"acuerdo_facturacion": "AC-1"}),
    ),
    Regla("1151", "issued by T or D", ({}, tercero(quien="E")), ({}, {"emitida_por": EmitidaPor("D")})),
    Regla(
        "1152",
        "issued before 28-10-2024",
        ({}, {"fecha_expedicion": "2024-10-27"}),
        ({}, {"fecha_expedicion": "2024-10-28"}),
    ),
    Regla(
        "1154",
        "who issued what is rectified",
        ({}, rectifica(facturas=[FacturaCitada("A1", date(2026, 1, 1), "B12345675")])),
        ({}, rectifica(facturas=[FacturaCitada("A1", date(2026, 1, 1), "B12345674")])),
    ),
    Regla("1157", "Cupon in R1, R5", ({}, rectifica("R2", cupon=True)), ({}, rectifica("R1", cupon=True))),
    Regla(
        "1158",
        "issued by a recipient that is not there",
        ({}, {"tipo": "F2", "cliente_cif": None, "emitida_por": EmitidaPor("D")}),
        ({}, {"tipo": "F2", "emitida_por": EmitidaPor("D")}),
    ),
    Regla(
        "1159",
        "Tercero though issued by the recipient",
        ({}, tercero(quien="D")),
        ({}, {"emitida_por": EmitidaPor("D")}),
    ),
    Regla(
        "1160",
        "recargo of 5 %",
        ({"tipo_iva": "5", "recargo_equivalencia": "1"}, EN_2023),
        ({"tipo_iva": "5", "recargo_equivalencia": "0.62"}, EN_2023),
    ),
    Regla(
        "1162",
        "recargo of 21 %",
        ({"recargo_equivalencia": "1.4"}, {}),
        ({"recargo_equivalencia": "1.75"}, {}),
    ),
    Regla(
        "1163",
        "recargo of 10 %",
        ({"tipo_iva": "10", "recargo_equivalencia": "5.2"}, {}),
        ({"tipo_iva": "10", "recargo_equivalencia": "1.4"}, {}),
    ),
    Regla(
        "1164",
        "recargo of 4 %",
        ({"tipo_iva": "4", "recargo_equivalencia": "0.62"}, {}),
        ({"tipo_iva": "4", "recargo_equivalencia": "0.5"}, {}),
    ),
    Regla(
        "1165",
        "recargo 0 of 0 %, in its months",
        ({"tipo_iva": "0", "recargo_equivalencia": "0"}, {}),
        ({"tipo_iva": "0", "recargo_equivalencia": "0"}, EN_2023),
    ),
    Regla(
        "1166",
        "recargo of 2 %",
        ({"tipo_iva": "2", "recargo_equivalencia": "0.5"}, EN_OTONO_DE_2024),
        ({"tipo_iva": "2", "recargo_equivalencia": "0.26"}, EN_OTONO_DE_2024),
    ),
    Regla(
        "1167",
        "recargo 0.5 of 5 %, in its months",
        ({"tipo_iva": "5", "recargo_equivalencia": "0.5"}, EN_2023),
        ({"tipo_iva": "5", "recargo_equivalencia": "0.5"}, EN_2022),
    ),
    Regla(
        "1168",
        "recargo 0.62 of 5 %, in its months",
        ({"tipo_iva": "5", "recargo_equivalencia": "0.62"}, EN_2022),
        ({"tipo_iva": "5", "recargo_equivalencia": "0.62"}, EN_2023),
    ),
    Regla(
        "1169",
        "recargo of 7.5 %",
        ({"tipo_iva": "7.5", "recargo_equivalencia": "1.4"}, EN_OTONO_DE_2024),
        ({"tipo_iva": "7.5", "recargo_equivalencia": "1"}, EN_OTONO_DE_2024),
    ),
    Regla(
        "1173",
        "operation in the future",
        ({}, {"fecha_operacion": "2026-11-25"}),
        ({"clave_regimen": "15"}, {"fecha_operacion": "2026-11-25"}),
    ),
    Regla("1178", "the third party's NIF", ({}, tercero(nif="B76543215")), ({}, tercero(nif="B76543214"))),
    Regla("1181", "CalificacionOperacion", ({"calificacion": "S3"}, {}), ({"calificacion": "S1"}, {})),
    Regla(
        "1182",
        "E7 and E8 are the IGIC's",
        ({"exencion": "E7"}, {}),
        ({"impuesto": "03", "exencion": "E7"}, {}),
    ),
    Regla(
        "1185",
        "art. 6.1.d only in F2 and R5",
        ({}, {"sin_identificar": True, "tipo": "F2"}),
        ({}, {"sin_identificar": True, "tipo": "F2", "cliente_cif": None}),
    ),
    Regla("1186", "T says who", ({}, tercero()), ({}, {"emitida_por": TERCERO})),
    Regla(
        "1188",
        "the third party is not the issuer",
        ({}, tercero(nif="B12345674")),
        ({}, tercero(nif="B76543214")),
    ),
    Regla("1189", "recipients needed", ({}, SIN_NOMBRAR), ({}, SIN_NOMBRAR | {"tipo": "F2"})),
    Regla("1190", "no recipients in R5", ({}, R5 | {"destinatarios": (OTRA,)}), ({}, R5)),
    Regla("1194", "5 %, in its months", ({"tipo_iva": "5"}, {}), ({"tipo_iva": "5"}, EN_2022)),
    Regla(
        "1196",
        "qualified or exempt, not both",
        ({"calificacion": "S1", "exencion": "E1"}, {}),
        ({"exencion": "E1"}, {}),
    ),
    Regla("1197", "S2 not in R5", ({"calificacion": "S2"}, R5), ({"calificacion": "S2"}, rectifica("R4"))),
    Regla(
        "1198",
        "S2 at 0",
        ({"calificacion": "S2", "tipo_iva": "21"}, {}),
        ({"calificacion": "S2", "tipo_iva": "0"}, {}),
    ),
    Regla(
        "1199",
        "E2, E3 not in 01",
        ({"exencion": "E2"}, {}),
        ({"exencion": "E2", "clave_regimen": "02"}, {}),
    ),
    Regla(
        "1200",
        "03 is S1 or exempt",
        ({"clave_regimen": "03", "calificacion": "S2"}, {}),
        ({"clave_regimen": "03", "exencion": "E1"}, {}),
    ),
    Regla(
        "1201",
        "04 is S2 or exempt",
        ({"clave_regimen": "04"}, {}),
        ({"clave_regimen": "04", "calificacion": "S2"}, {}),
    ),
    Regla("1202", "06 has a base at cost", ({"clave_regimen": "06"}, {}), (A_COSTE, {})),
    Regla(
        "1203",
        "07 without S2, N, E2-E5",
        ({"clave_regimen": "07", "exencion": "E4"}, {}),
        ({"clave_regimen": "07", "exencion": "E1"}, {}),
    ),
    Regla(
        "1205",
        "10 is N1, F1, NIFs",
        ({"clave_regimen": "10", "calificacion": "N1"}, FRANCES),
        ({"clave_regimen": "10", "calificacion": "N1"}, {}),
    ),
    Regla(
        "1206",
        "11 at 21 % of IVA",
        ({"clave_regimen": "11", "tipo_iva": "10"}, {}),
        ({"impuesto": "03", "clave_regimen": "11", "tipo_iva": "7"}, {}),
    ),
    Regla(
        "1207",
        "only S1 has a cuota",
        ({"impuesto": "02", "clave_regimen": "01", "calificacion": "N1", "tipo_iva": "4"}, {}),
        ({"impuesto": "02", "clave_regimen": "01", "calificacion": "N1", "tipo_iva": "0"}, {}),
    ),
    Regla("1208", "S1 has a rate", ({"impuesto": "03"}, {}), ({"impuesto": "03", "tipo_iva": "0"}, {})),
    Regla(
        "1209",
        "S1 in 06 has a rate",
        (A_COSTE | {"impuesto": "03"}, {}),
        (A_COSTE | {"impuesto": "03", "tipo_iva": "7"}, {}),
    ),
    Regla(
        "1211",
        "no third party by 07",
        ({}, tercero(id_otro=IdOtro("07", "12345678Z", "ES"))),
        ({}, tercero(id_otro=IdOtro("06", "X1", "MA"))),
    ),
    Regla("1218", "Impuesto", ({"impuesto": "04"}, {}), ({"impuesto": "05", "tipo_iva": "4"}, {})),
    Regla(
        "1232",
        "a third party of ES only by 03",
        ({}, tercero(id_otro=IdOtro("04", "X1", "ES"))),
        ({}, tercero(id_otro=IdOtro("03", "X1", "ES"))),
    ),
    Regla("1235", "2 %, in its months", ({"tipo_iva": "2"}, {}), ({"tipo_iva": "2"}, EN_OTONO_DE_2024)),
    Regla("1236", "7.5 %, in its months", ({"tipo_iva": "7.5"}, {}), ({"tipo_iva": "7.5"}, EN_OTONO_DE_2024)),
    Regla(
        "1237",
        "not subject to IVA, no rate",
        ({"calificacion": "N2", "tipo_iva": "21"}, {}),
        ({"calificacion": "N2"}, {}),
    ),
    Regla("1238", "exempt, no rate", ({"exencion": "E1", "tipo_iva": "21"}, {}), ({"exencion": "E1"}, {})),
    Regla("1239", "recipient", ({}, otro("02", "DE12345")), ({}, otro("02", "DE123456789"))),
    Regla(
        "1245",
        "regime needed, on IPSI since 2027",
        ({"impuesto": "02", "tipo_iva": "4"}, {"hoy": "2027-01-01"}),
        ({"impuesto": "02", "tipo_iva": "4", "clave_regimen": "01"}, {"hoy": "2027-01-01"}),
    ),
    Regla(
        "1246",
        "regimes of each tax",
        ({"clave_regimen": "21"}, {}),
        ({"impuesto": "03", "tipo_iva": "3", "clave_regimen": "21"}, {}),
    ),
    Regla(
        "1252",
        "08 is N2",
        ({"clave_regimen": "08"}, {}),
        ({"clave_regimen": "08", "calificacion": "N2"}, {}),
    ),
    Regla(
        "1254",
        "XI since 2021",
        ({}, otro("02", "XI123456789") | {"fecha_operacion": "2020-12-31"}),
        ({}, otro("02", "XI123456789")),
    ),
    Regla(
        "1255",
        "GB until January 2021",
        ({}, otro("02", "GB123456789")),
        ({}, otro("02", "GB123456789") | {"fecha_operacion": "2021-01-31"}),
    ),
    Regla(
        "1257",
        "base at cost in 06, IPSI, others",
        ({"base_a_coste": "80"}, {}),
        ({"impuesto": "05", "tipo_iva": "4", "base_a_coste": "80"}, {}),
    ),
    Regla(
        "1260",
        "no regime on others",
        ({"impuesto": "05", "tipo_iva": "4", "clave_regimen": "01"}, {}),
        ({"impuesto": "05", "tipo_iva": "4"}, {}),
    ),
    Regla(
        "1277",
        "recargo of 0 %",
        ({"tipo_iva": "0", "recargo_equivalencia": "0.5"}, {}),
        ({"tipo_iva": "0"}, {}),
    ),
    Regla(
        "1281",
        "recargo in S1 only",
        ({"calificacion": "S2", "recargo_equivalencia": "5.2"}, {}),
        ({"recargo_equivalencia": "5.2", "clave_regimen": "18"}, {}),
    ),
    Regla(
        "1286",
        "02 is exempt",
        ({"clave_regimen": "02"}, {}),
        ({"clave_regimen": "02", "exencion": "E2"}, {}),
    ),
    Regla(
        "1287",
        "characters of a number",
        ({}, rectifica(facturas=[FacturaCitada("A=1", date(2026, 1, 1))])),
        ({}, rectifica(facturas=[FacturaCitada("A-1", date(2026, 1, 1))])),
    ),
    Regla("1289", "E5 without NIF", ({"exencion": "E5"}, {}), ({"exencion": "E5"}, FRANCES)),
    Regla(
        "1293",
        "20 of IGIC is N2",
        ({"impuesto": "03", "tipo_iva": "7", "clave_regimen": "20"}, {}),
        ({"impuesto": "03", "calificacion": "N2", "clave_regimen": "20"}, {}),
    ),
    Regla(
        "4113",
        "sizes of the blocks",
        ({}, {"destinatarios": (OTRA,) * 1000}),
        ({}, {"destinatarios": (OTRA,) * 999}),
    ),
]

AVISOS = [
    Regla(
        "1191",
        "R3 by NIF or 07",
        ({}, rectifica("R3", **FRANCES)),
        ({}, rectifica("R3")),
    ),
    Regla(
        "1192",
        "R2 by NIF, 02 or 07",
        ({}, rectifica("R2", **otro("03", "X1", "US"))),
        ({}, rectifica("R2", **FRANCES)),
    ),
    Regla("1193", "the recipient is not the issuer", ({}, {"cliente_cif": "b12345674"}), ({}, {})),
    Regla("2001", "recipient not in the census", ({}, otro("07", "12345678Z", "ES")), ({}, {})),
    Regla(
        "2009",
        "IPSI without regime, until 2026",
        ({"impuesto": "02", "tipo_iva": "4"}, {"hoy": "2026-12-31"}),
        ({"impuesto": "02", "tipo_iva": "4", "clave_regimen": "01"}, {}),
    ),
]

IMPOSIBLES = {
    "1137-1139": "Macrodato is written by the record, from its own total",
    "1144": "a cuota of a base at cost is rounded from it: half a cent a line at most, 10 € in 2,000",
    "1153, 1161": "the flags of a correction are a table's, see banderas",
    "1155, 1187": "a third party is told of in the same field that says that there is one",
    "1183": "FacturaSimplificadaArt7273 is written by the record, of an F2 that names its customer",
    "1195": "a line that says no kind of operation is S1",
    "1210, 1216, 2005, 2006": "the totals are the sum of the rows, in every regime",
    "1221, 1223": "the producer is Spanish and goes by its NIF",
    "1284": "rate and amount of a recargo are written together",
}
"""Rules that no invoice of ours can break, with the reason."""

DE_SERIES = {"1130": ("Ñ{numero}", "N{numero}")}
"""Rules of a number, which are asked of its series: a format refused and one accepted."""


@pytest.fixture
def factura(propuesta, linea):
    def hacer(lineas, de_factura):
        return propuesta(
            *[linea(**una) for una in ([lineas] if isinstance(lineas, dict) else lineas)], **de_factura
        )

    return hacer


def codigos(faltas):
    return {falta.codigo_aeat for falta in faltas}


@pytest.mark.parametrize("regla", REGLAS, ids=lambda r: f"{r.codigo}-{r.dice}")
def test_each_rule_refuses_and_accepts(factura, regla):
    faltas = comprobar(factura(*regla.rechazada))
    assert regla.codigo in codigos(faltas)
    assert all(falta.mensaje.endswith(".") and falta.campo for falta in faltas)
    assert comprobar(factura(*regla.aceptada)) == ()


@pytest.mark.parametrize("regla", AVISOS, ids=lambda r: f"{r.codigo}-{r.dice}")
def test_what_the_aeat_may_take_with_errors_is_a_warning(factura, regla):
    assert codigos(aprobar(factura(*regla.rechazada)).avisos) == {regla.codigo}
    assert aprobar(factura(*regla.aceptada)).avisos == ()


@pytest.mark.parametrize(("codigo", "formatos"), DE_SERIES.items())
def test_what_is_asked_of_a_number_is_asked_of_its_series(codigo, formatos):
    malo, bueno = formatos
    assert codigos(faltas_de_formato(malo, "F", reinicio="nunca")) == {codigo}
    assert faltas_de_formato(bueno, "F", reinicio="nunca") == ()


def test_the_table_has_every_code_that_the_rules_can_give():
    dados = set()
    for modulo in Path(smartbilling.fiscal.__file__).parent.glob("*.py"):
        for nodo in ast.walk(ast.parse(modulo.read_text())):
            if isinstance(nodo, ast.Constant) and isinstance(nodo.value, str):
                dados |= set(re.findall(r"^[124]\d{3}$", nodo.value))
    assert not dados & set(re.findall(r"\d{4}", " ".join(IMPOSIBLES)))
    assert dados == {regla.codigo for regla in REGLAS} | {aviso.codigo for aviso in AVISOS} | DE_SERIES.keys()
