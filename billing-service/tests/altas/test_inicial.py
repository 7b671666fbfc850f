"""The first company of an empty deployment."""

from datetime import UTC, datetime

import pytest

from contratos.nif import is_valid_nif, nif_kind
from smartbilling.altas import crear_inicial, nif_inventado, semilla_de

AHORA = datetime(2026, 11, 24, 23, 30, tzinfo=UTC)


def test_a_made_up_nif_is_a_valid_company_s():
    made = {nif_inventado() for _ in range(50)}
    assert len(made) > 1
    assert all(is_valid_nif(nif) and nif_kind(nif) == "juridica" for nif in made)


def test_the_seed_tells_the_crm_which_company_it_is(servicio):
    with servicio.database.unit_of_work() as session:
        hecho = crear_inicial(session, "Mi Empresa", None, "…", "pruebas", AHORA)
    empresa = hecho.alta.empresa
    assert (hecho.usuario, hecho.es_nuevo) == ("admin", True)
    assert semilla_de(empresa, AHORA) == {
        "empresa": {
            "id": empresa.id,
            "nombre": "Mi Empresa",
            "nif": empresa.nif,
            "zona_horaria": "Europe/Madrid",
        },
        "clientes": [],
        "desde": "2026-11-25",
        "hasta": "2026-11-25",
    }


def test_only_an_empty_deployment_gets_a_first_company(servicio):
    servicio.empresa()
    with servicio.database.unit_of_work() as session, pytest.raises(Exception, match="Ya hay una empresa"):
        crear_inicial(session, "Mi Empresa", None, "…", "pruebas", AHORA)
