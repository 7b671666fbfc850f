"""Opportunities of the release before another program could name them go on, and can be named."""

import pytest
from old_schema import at_revision, insert
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from crm.db.schema import is_current, migrate
from storage import Database

MOMENT = {"sqlite": "2026-11-24 09:30:00.000000", "postgresql": "2026-11-24 09:30:00+00:00"}


def test_opportunities_that_were_there_have_no_reference_and_each_reference_is_of_one(empty):
    database = Database(empty)
    at_revision(database, "0011")
    moment = MOMENT[database.dialect]
    insert(database, "empresas", id="emp_1", zona_horaria="Europe/Madrid", creada=moment)
    row = {"empresa_id": "emp_1", "version": 1, "creado": moment, "actualizado": moment}
    of_client = {"nombre_completo": "Ruiz", "nombre_orden": "ruiz", "etiquetas": "[]", "estado": "activo"}
    insert(database, "clientes", **row, **of_client, id="cli_1", tipo_cliente="empresa", archivado=False)
    kept = {"nombre": "Ventas", "posicion": 1, "archivado": False, "predeterminado": True}
    insert(database, "embudos", **row, **kept, id="emb_1")
    placed = {"embudo_id": "emb_1", "posicion": 1, "probabilidad": 10}
    insert(database, "etapas", **row, **placed, id="eta_1", nombre="Nueva", campos_obligatorios="[]")
    deal = {"cliente_id": "cli_1", "etapa_id": "eta_1", "embudo_id": "emb_1", "titulo": "Una", "valor": 100}
    deal |= {"estado": "abierta", "archivado": False, "origen": "Feria"} | row
    for number in range(2):
        insert(database, "oportunidades", **deal, id=f"opo_{number}")
    migrate(database)
    assert is_current(database)
    with database.reading() as session:
        found = session.execute(text("SELECT referencia_externa FROM oportunidades")).scalars().all()
    assert found == [None, None]
    insert(database, "oportunidades", **deal, id="opo_2", referencia_externa="1")
    with pytest.raises(IntegrityError):
        insert(database, "oportunidades", **deal, id="opo_3", referencia_externa="1")
    database.close()
