"""Every list of clients and contacts, with any one of its filters, goes by an index."""

import pytest
from asked import asked, plans


@pytest.mark.parametrize(
    ("path", "params", "index"),
    [
        ("clientes", {"responsable": "Ana"}, "idx_clientes_responsable"),
        ("clientes", {"fuente": "Feria"}, "idx_clientes_fuente_clave"),
        ("clientes", {"origen": "holded"}, "idx_clientes_origen"),
        ("clientes", {"estado": "activo"}, "idx_clientes_estado"),
        ("clientes", {"tipo_cliente": "empresa"}, "idx_clientes_tipo"),
        ("clientes", {"creado_desde": "2026-11-25"}, "idx_cliente_fecha_creacion"),
        ("clientes", {"orden": "-actualizado"}, "idx_clientes_actualizado"),
        ("clientes", {"orden": "nombre"}, "idx_clientes_nombre"),
        ("contactos", {"responsable": "Ana"}, "idx_contactos_responsable"),
        ("contactos", {"origen": "holded"}, "idx_contactos_origen"),
        ("contactos", {"orden": "nombre"}, "idx_contactos_nombre"),
        ("contactos", {"orden": "-actualizado"}, "idx_contactos_actualizado"),
        ("contactos", {"creado_desde": "2026-11-25"}, "idx_contactos_fecha_creacion"),
        ("clientes/{}/contactos", {}, "idx_contactos_clientes_cliente"),
        ("clientes/{}/consentimientos", {}, "idx_consentimientos_cliente"),
    ],
)
def test_a_list_goes_by_its_index_and_sorts_nothing(service, api, path, params, index):
    client = api.cliente()["id"]
    api.contacto(client)
    with asked() as statements:
        api.rows(path.format(client), **params)
    rows = f"FROM {path.rpartition('/')[2]}"
    listed = next(each for each in statements if rows in each.sql and "ORDER BY" in each.sql)
    (plan,) = plans(service.database, [listed], off=("seqscan", "bitmapscan", "sort"))
    assert index in plan
    assert "Sort" not in plan
    assert "TEMP B-TREE" not in plan


@pytest.mark.parametrize("path", ["contactos", "clientes/{}/contactos"])
def test_a_list_of_contacts_takes_as_many_queries_however_many_clients_they_are_at(api, path):
    client, other = api.cliente()["id"], api.cliente(nombre_completo="Otro")["id"]

    def queries():
        with asked() as statements:
            rows = api.rows(path.format(client))
        return len(rows), sum("FROM contactos" in each.sql for each in statements)

    api.contacto(client)
    _, few = queries()
    for number in range(5):
        contact = api.contacto(client, nombre=f"N{number}")["id"]
        api.post(f"contactos/{contact}/clientes", {"cliente_id": other})
    many, as_many = queries()
    assert (many, as_many) == (6, few)
