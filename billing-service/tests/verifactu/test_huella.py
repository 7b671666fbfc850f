"""The public huella vectors."""

import json
from pathlib import Path

import pytest

from smartbilling.verifactu import huella_alta, huella_anulacion, huella_evento

VECTORES = json.loads(Path(__file__).with_name("vectors_public.json").read_text("utf-8"))["huella"]
ALTA = {
    "IDEmisorFactura": "emisor",
    "NumSerieFactura": "numero",
    "FechaExpedicionFactura": "fecha",
    "TipoFactura": "tipo_factura",
    "CuotaTotal": "cuota_total",
    "ImporteTotal": "importe_total",
    "Huella": "huella_anterior",
    "FechaHoraHusoGenRegistro": "fecha_hora_huso",
}
ANULACION = {
    "IDEmisorFacturaAnulada": "emisor",
    "NumSerieFacturaAnulada": "numero",
    "FechaExpedicionFacturaAnulada": "fecha",
    "Huella": "huella_anterior",
    "FechaHoraHusoGenRegistro": "fecha_hora_huso",
}
EVENTO = {
    "SistemaInformatico/NIF": "productor_nif",
    "ID": "productor_id",
    "IdSistemaInformatico": "id_sistema",
    "Version": "version",
    "NumeroInstalacion": "numero_instalacion",
    "ObligadoEmision/NIF": "obligado_nif",
    "TipoEvento": "tipo_evento",
    "HuellaEvento": "huella_anterior",
    "FechaHoraHusoGenEvento": "fecha_hora_huso",
}
CALCULOS = {
    "alta": (huella_alta, ALTA),
    "anulacion": (huella_anulacion, ANULACION),
    "evento": (huella_evento, EVENTO),
}


@pytest.mark.parametrize("vector", VECTORES, ids=lambda v: f"{v['kind']}-{v['huella'][:8]}")
def test_the_public_huella_vectors(vector):
    calculo, nombres = CALCULOS[vector["kind"]]
    campos = {nombres[nombre]: valor for nombre, valor in dict(vector["input"]).items()}
    assert calculo(**campos) == vector["huella"]


def test_only_outer_blanks_are_trimmed():
    campos = dict.fromkeys(ANULACION.values(), "A B")
    assert huella_anulacion(**campos) == huella_anulacion(**dict.fromkeys(ANULACION.values(), "\t A B \r\n"))
    assert huella_anulacion(**campos) != huella_anulacion(**campos | {"numero": "A\u00a0B"})
    assert huella_anulacion(**campos) != huella_anulacion(**campos | {"numero": "\u00a0A B"})
