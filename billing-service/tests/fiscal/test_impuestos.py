"""Taxes of a line: every combination that passes, and every one that the AEAT would refuse."""

import pytest

from smartbilling.fiscal import IdOtro

FRANCES = {"cliente_cif": None, "cliente_id_otro": IdOtro("02", "FR12345678901")}
ENTE = {"cliente_cif": "P2807900B", "fecha_operacion": "2027-06-01"}
TIQUE = {"tipo": "F2", "cliente_cif": None}
EN_2022 = {"fecha_operacion": "2022-07-01"}
EN_2023 = {"fecha_operacion": "2023-06-01"}
EN_OTONO_DE_2024 = {"fecha_operacion": "2024-10-01"}

A_COSTE = {"clave_regimen": "06", "base_a_coste": "80.00"}

ACEPTADOS = [
    ({"tipo_iva": "21"}, {}),
    ({"tipo_iva": "10"}, {}),
    ({"tipo_iva": "4.00"}, {}),
    ({"tipo_iva": "0"}, {}),
    ({"recargo_equivalencia": "5.2"}, {}),
    ({"recargo_equivalencia": "1.75"}, {}),
    ({"tipo_iva": "10", "recargo_equivalencia": "1.4"}, {}),
    ({"tipo_iva": "4", "recargo_equivalencia": "0.50"}, {}),
    ({"recargo_equivalencia": "5.2", "clave_regimen": "18"}, {}),
    ({"tipo_iva": "5", "recargo_equivalencia": "0.5"}, EN_2022),
    ({"tipo_iva": "5", "recargo_equivalencia": "0.62"}, EN_2023),
    ({"tipo_iva": "0", "recargo_equivalencia": "0"}, EN_2023),
    ({"tipo_iva": "7.5", "recargo_equivalencia": "1"}, EN_OTONO_DE_2024),
    ({"tipo_iva": "2", "recargo_equivalencia": "0.26"}, EN_OTONO_DE_2024),
    ({"exencion": "E1"}, {}),
    ({"exencion": "E2", "clave_regimen": "02"}, {}),
    ({"exencion": "E3", "clave_regimen": "02"}, {}),
    ({"exencion": "E4"}, {}),
    ({"exencion": "E5"}, FRANCES),
    ({"exencion": "E6"}, {}),
    ({"calificacion": "N1"}, {}),
    ({"calificacion": "N2"}, FRANCES),
    ({"calificacion": "N2", "clave_regimen": "08"}, {}),
    ({"calificacion": "S2"}, {}),
    ({"calificacion": "S2", "tipo_iva": "0"}, {}),
    ({"clave_regimen": "03"}, {}),
    ({"clave_regimen": "03", "exencion": "E1"}, {}),
    ({"clave_regimen": "04", "calificacion": "S2"}, {}),
    ({"clave_regimen": "05"}, {}),
    ({"clave_regimen": "07"}, {}),
    ({"clave_regimen": "07", "exencion": "E1"}, {}),
    ({"clave_regimen": "09"}, {}),
    ({"clave_regimen": "10", "calificacion": "N1"}, {}),
    ({"clave_regimen": "11"}, {}),
    ({"clave_regimen": "14"}, ENTE),
    ({"clave_regimen": "15"}, {"fecha_operacion": "2027-06-01"}),
    ({"clave_regimen": "17", "calificacion": "N2"}, FRANCES),
    ({"clave_regimen": "19"}, {}),
    ({"clave_regimen": "20"}, {}),
    (A_COSTE, {}),
    (A_COSTE | {"base_a_coste": "-80.00"}, {}),
    (A_COSTE | {"impuesto": "03", "tipo_iva": "7"}, {}),
    ({"impuesto": "03", "tipo_iva": "7"}, {}),
    ({"impuesto": "03", "tipo_iva": "13.5", "recargo_equivalencia": "1.30"}, {}),
    ({"impuesto": "03", "exencion": "E7"}, {}),
    ({"impuesto": "03", "exencion": "E8"}, {}),
    ({"impuesto": "03", "exencion": "E5"}, {}),
    ({"impuesto": "03", "calificacion": "N2", "clave_regimen": "20"}, {}),
    ({"impuesto": "03", "tipo_iva": "3", "clave_regimen": "21"}, {}),
    ({"impuesto": "03", "tipo_iva": "7", "clave_regimen": "11"}, {}),
    ({"impuesto": "02", "tipo_iva": "4"}, {}),
    ({"impuesto": "02", "tipo_iva": "4"}, {"hoy": "2026-12-31"}),
    ({"impuesto": "02", "tipo_iva": "4", "clave_regimen": "20"}, {}),
    ({"impuesto": "02", "tipo_iva": "10", "clave_regimen": "08", "base_a_coste": "80.00"}, {}),
    ({"impuesto": "05", "tipo_iva": "3.25"}, {}),
    ({"impuesto": "05", "calificacion": "N1", "tipo_iva": "0"}, {}),
]


@pytest.mark.parametrize(("de_linea", "de_factura"), ACEPTADOS)
def test_taxes_that_the_law_allows_pass(propuesta, linea, faltas, de_linea, de_factura):
    assert faltas(propuesta(linea(**de_linea), **de_factura)) == set()


RECHAZADOS = [
    ({"tipo_iva": "20"}, {}, "tipo_iva tipo_iva_no_valido 1124"),
    ({"tipo_iva": "5"}, {}, "tipo_iva tipo_iva_no_valido 1194"),
    ({"tipo_iva": "2"}, {}, "tipo_iva tipo_iva_no_valido 1235"),
    ({"tipo_iva": "7.5"}, {}, "tipo_iva tipo_iva_no_valido 1236"),
    ({"tipo_iva": "5"}, EN_OTONO_DE_2024, "tipo_iva tipo_iva_no_valido 1194"),
    ({"exencion": "E1", "tipo_iva": "21"}, {}, "tipo_iva tipo_iva_no_admitido 1238"),
    ({"calificacion": "N1", "tipo_iva": "21"}, {}, "tipo_iva tipo_iva_no_admitido 1237"),
    ({"calificacion": "N2", "tipo_iva": "4"}, {}, "tipo_iva tipo_iva_no_admitido 1237"),
    ({"calificacion": "S2", "tipo_iva": "21"}, {}, "tipo_iva tipo_iva_no_admitido 1198"),
    ({"calificacion": "S1", "exencion": "E1"}, {}, "exencion calificacion_y_exencion 1196"),
    ({"calificacion": "S3"}, {}, "calificacion calificacion_no_valida 1181"),
    ({"calificacion": "S2"}, {"tipo": "F2"}, "calificacion inversion_en_simplificada 1197"),
    ({"exencion": "E7"}, {}, "exencion exencion_no_valida 1182"),
    ({"exencion": "E8"}, {}, "exencion exencion_no_valida 1182"),
    ({"exencion": "no"}, {}, "exencion exencion_no_valida 1182"),
    ({"exencion": "E2"}, {}, "exencion exencion_incompatible 1199"),
    ({"exencion": "E3"}, {}, "exencion exencion_incompatible 1199"),
    ({"exencion": "E5"}, {}, "exencion exencion_incompatible 1289"),
    ({"exencion": "E5"}, TIQUE, "exencion exencion_incompatible 1289"),
    ({"recargo_equivalencia": "1.4"}, {}, "recargo_equivalencia recargo_no_valido 1162"),
    (
        {"tipo_iva": "10", "recargo_equivalencia": "5.2"},
        {},
        "recargo_equivalencia recargo_no_valido 1163",
    ),
    (
        {"tipo_iva": "4", "recargo_equivalencia": "0.62"},
        {},
        "recargo_equivalencia recargo_no_valido 1164",
    ),
    ({"tipo_iva": "0", "recargo_equivalencia": "0.5"}, {}, "recargo_equivalencia recargo_no_valido 1277"),
    ({"tipo_iva": "0", "recargo_equivalencia": "0"}, {}, "recargo_equivalencia recargo_no_valido 1165"),
    (
        {"tipo_iva": "7.5", "recargo_equivalencia": "1.4"},
        EN_OTONO_DE_2024,
        "recargo_equivalencia recargo_no_valido 1169",
    ),
    (
        {"tipo_iva": "2", "recargo_equivalencia": "0.5"},
        EN_OTONO_DE_2024,
        "recargo_equivalencia recargo_no_valido 1166",
    ),
    (
        {"tipo_iva": "5", "recargo_equivalencia": "0.5"},
        EN_2023,
        "recargo_equivalencia recargo_no_valido 1167",
    ),
    (
        {"tipo_iva": "5", "recargo_equivalencia": "0.62"},
        EN_2022,
        "recargo_equivalencia recargo_no_valido 1168",
    ),
    ({"tipo_iva": "5", "recargo_equivalencia": "1"}, EN_2023, "recargo_equivalencia recargo_no_valido 1160"),
    ({"exencion": "E1", "recargo_equivalencia": "5.2"}, {}, "recargo_equivalencia recargo_no_admitido 1281"),
    (
        {"calificacion": "S2", "recargo_equivalencia": "0"},
        {},
        "recargo_equivalencia recargo_no_admitido 1281",
    ),
    ({"impuesto": "99"}, {}, "impuesto impuesto_no_valido 1218"),
    ({"impuesto": "04"}, {}, "impuesto impuesto_no_valido 1218"),
    ({"impuesto": "03"}, {}, "tipo_iva tipo_obligatorio 1208"),
    (
        {"impuesto": "03", "tipo_iva": "7", "clave_regimen": "02"},
        {},
        "clave_regimen regimen_incompatible 1286",
    ),
    ({"impuesto": "03", "exencion": "E2"}, {}, "exencion exencion_incompatible 1199"),
    (
        {"impuesto": "03", "tipo_iva": "7", "clave_regimen": "20"},
        {},
        "clave_regimen regimen_incompatible 1293",
    ),
    ({"impuesto": "03", "calificacion": "N2", "tipo_iva": "7"}, {}, "tipo_iva tipo_iva_no_admitido 1207"),
    ({"impuesto": "03", "calificacion": "S2", "tipo_iva": "7"}, {}, "tipo_iva tipo_iva_no_admitido 1198"),
    ({"impuesto": "03", "exencion": "E9"}, {}, "exencion exencion_no_valida 1182"),
    ({"impuesto": "03", "tipo_iva": "9.505"}, {}, "tipo_iva tipo_con_decimales 1100"),
    ({"impuesto": "02", "tipo_iva": "4"}, {"hoy": "2027-01-01"}, "clave_regimen regimen_obligatorio 1245"),
    ({"impuesto": "02", "tipo_iva": "4", "clave_regimen": "07"}, {}, "clave_regimen regimen_no_valido 1246"),
    ({"impuesto": "02", "exencion": "E7"}, {}, "exencion exencion_no_valida 1182"),
    (
        {"impuesto": "05", "tipo_iva": "3", "clave_regimen": "01"},
        {},
        "clave_regimen regimen_no_admitido 1260",
    ),
    ({"impuesto": "05", "tipo_iva": "3.125"}, {}, "tipo_iva tipo_con_decimales 1100"),
    (
        {"impuesto": "05", "tipo_iva": "3", "recargo_equivalencia": "0.125"},
        {},
        "recargo_equivalencia tipo_con_decimales 1100",
    ),
    ({"clave_regimen": "12"}, {}, "clave_regimen regimen_no_valido 1246"),
    ({"clave_regimen": "21"}, {}, "clave_regimen regimen_no_valido 1246"),
    ({"clave_regimen": "06"}, {}, "base_a_coste base_a_coste_obligatoria 1202"),
    (A_COSTE, {"tipo": "F2"}, "clave_regimen regimen_incompatible 1202"),
    ({"base_a_coste": "80"}, {}, "base_a_coste base_a_coste_no_admitida 1257"),
    ({"impuesto": "03", "clave_regimen": "06", "base_a_coste": "80"}, {}, "tipo_iva tipo_obligatorio 1209"),
    (A_COSTE | {"base_a_coste": "80.005"}, {}, "base_a_coste fuera_de_rango"),
    (A_COSTE | {"base_a_coste": "NaN"}, {}, "base_a_coste fuera_de_rango"),
    (A_COSTE | {"base_a_coste": "1000000000000"}, {}, "base_a_coste fuera_de_rango"),
    ({"clave_regimen": "02"}, {}, "clave_regimen regimen_incompatible 1286"),
    ({"clave_regimen": "03", "calificacion": "S2"}, {}, "clave_regimen regimen_incompatible 1200"),
    ({"clave_regimen": "04"}, {}, "clave_regimen regimen_incompatible 1201"),
    ({"clave_regimen": "07", "calificacion": "S2"}, {}, "clave_regimen regimen_incompatible 1203"),
    ({"clave_regimen": "07", "exencion": "E4"}, {}, "clave_regimen regimen_incompatible 1203"),
    ({"clave_regimen": "08"}, {}, "clave_regimen regimen_incompatible 1252"),
    ({"clave_regimen": "10"}, {}, "clave_regimen regimen_incompatible 1205"),
    ({"clave_regimen": "10", "calificacion": "N1"}, FRANCES, "clave_regimen regimen_incompatible 1205"),
    ({"clave_regimen": "10", "calificacion": "N1"}, TIQUE, "clave_regimen regimen_incompatible 1205"),
    ({"clave_regimen": "11", "tipo_iva": "10"}, {}, "clave_regimen regimen_incompatible 1206"),
]


@pytest.mark.parametrize(("de_linea", "de_factura", "falta"), RECHAZADOS)
def test_taxes_that_the_aeat_would_refuse_are_named(propuesta, linea, faltas, de_linea, de_factura, falta):
    assert faltas(propuesta(linea(**de_linea), **de_factura)) == {f"lineas.0.{falta}"}


def test_public_works_need_a_later_date_an_f1_and_a_public_body(propuesta, linea, faltas):
    obra = propuesta(linea(clave_regimen="14"), linea(clave_regimen="14"), tipo="F2")
    assert faltas(obra) == {
        "fecha_operacion operacion_no_posterior 1147",
        "tipo regimen_incompatible 1148",
        "cliente_cif regimen_incompatible 1149",
    }
