"""What every list has in common."""

import pytest
from crm_routes import DOCUMENT

LISTS = ["clientes", "contactos", "actividades", "oportunidades", "etapas", "clientes/{}/contactos"]
LISTS += ["agenda", "recordatorios", "subtipos", "clientes/{}/notas", "clientes/{}/adjuntos"]
LISTS += ["importaciones", "webhooks"]
LISTS += ["embudos", "motivos", "campos", "clientes/{}/estados", "clientes/{}/consentimientos"]
LISTS += ["clientes/{}/actividades", "clientes/{}/oportunidades", "clientes/{}/historial"]


@pytest.fixture(scope="module")
def filled(service):
    """A company with several of everything, made at the same instant and at others, and its first client."""
    api, reloj = service.company(), service.reloj
    client = api.cliente()["id"]
    for number in range(5):
        api.cliente(nombre_completo=f"Otro {number}")
        api.contacto(client, nombre=f"Contacto {number}")
        reminded = {"recordatorio": reloj().isoformat(), "subtipo": f"Tipo {number}"}
        api.actividad(client, titulo=f"Actividad {number}", **reminded)
        api.post(f"clientes/{client}/notas", {"texto": f"Nota {number}"})
        api.adjunto(client)
        api.importacion()
        api.oportunidad(client, valor=number % 2)
        api.campo(nombre=f"Campo {number}")
        consent = {"finalidad": f"Boletín {number}", "concedido": True}
        state = ("activo", "inactivo")[number % 2]
        api.patch(f"clientes/{client}", {"estado": state, "consentimientos": [consent]})
        api.post("embudos", {"nombre": f"Embudo {number}"})
        api.post("motivos", {"nombre": f"Motivo {number}", "estado": "perdida"})
        api.post("webhooks", {"url": f"https://avisos.example/{number}"})
        if number % 2:
            reloj.advance(seconds=1)
    return api, client


@pytest.mark.parametrize("path", LISTS)
def test_a_list_has_its_rows_the_next_cursor_and_a_total(filled, path):
    api, client_id = filled
    answer = api.get(path.format(client_id), limite=2).json()
    assert set(answer) == {"datos", "siguiente", "total", "total_exacto"}
    assert (len(answer["datos"]), answer["total_exacto"]) == (2, True)
    assert api.get(path.format(client_id)).json()["siguiente"] is None


@pytest.mark.parametrize("path", LISTS)
def test_pages_follow_one_another_without_loss_in_every_order(filled, path):
    api, client_id = filled
    path = path.format(client_id)
    orders = _orders(api, path)
    assert len(orders) >= 2
    for order in orders:
        whole = api.rows(path, orden=order, limite=200)
        assert api.every_row(path, orden=order, limite=2) == whole
        opposite = order.removeprefix("-") if order.startswith("-") else f"-{order}"
        assert api.rows(path, orden=opposite, limite=200) == whole[::-1]
    default = api.rows(path)
    assert default == api.rows(path, orden=orders[0])


def _orders(api, path):
    """The closed list that the service itself answers with, its default first."""
    refusal = api.get(path, orden="inventado")
    fault = refusal.json()["errores"][0]
    assert (refusal.status_code, fault["campo"]) == (422, "orden")
    parts = path.split("/")
    route = "/api/crm/" + "/".join("{cliente_id}" if part.startswith("cli_") else part for part in parts)
    parameter = next(p for p in DOCUMENT["paths"][route]["get"]["parameters"] if p["name"] == "orden")
    default = parameter["schema"]["default"]
    return sorted(parameter["schema"]["enum"], key=lambda order: order != default)


@pytest.mark.parametrize("path", LISTS)
@pytest.mark.parametrize(
    ("params", "campo"),
    [
        ({"limite": "0"}, "limite"),
        ({"limite": "201"}, "limite"),
        ({"limite": "x"}, "limite"),
        ({"limite": "9" * 5000}, "limite"),
        ({"cursor": "inventado"}, "cursor"),
        ({"cursor": "ñ"}, "cursor"),
        ({"cursor": "eyJ9"}, "cursor"),
        ({"cursor": "x" * 2000}, "cursor"),
        ({"pagina": "2"}, "pagina"),
    ],
)
def test_bad_paging_is_refused_with_its_field(filled, path, params, campo):
    api, client_id = filled
    answer = api.get(path.format(client_id), **params)
    assert (answer.status_code, answer.json()["errores"][0]["campo"]) == (422, campo)


def test_a_cursor_of_another_list_order_or_filter_or_tampered_is_refused(filled):
    api, _ = filled
    cursor = api.get("clientes", limite=2).json()["siguiente"]
    for path, params in (
        ("contactos", {"cursor": cursor}),
        ("clientes", {"cursor": cursor, "orden": "nombre"}),
        ("clientes", {"cursor": cursor, "estado": "prospecto"}),
        ("clientes", {"cursor": cursor[:-2] + ("AA" if not cursor.endswith("AA") else "BB")}),
        ("clientes", {"cursor": cursor[4:]}),
    ):
        answer = api.get(path, **params)
        assert answer.status_code == 422
        assert answer.json()["errores"][0]["codigo"] == "cursor_invalido"


def test_a_list_is_stable_while_rows_are_added(api, reloj):
    for number in range(4):
        api.cliente(nombre_completo=f"n{number}")
        reloj.advance(seconds=1)
    first = api.get("clientes", limite=2).json()
    api.cliente(nombre_completo="nuevo")
    rest = api.get("clientes", limite=2, cursor=first["siguiente"]).json()
    names = [c["nombre_completo"] for c in first["datos"] + rest["datos"]]
    assert names == ["n3", "n2", "n1", "n0"]


def test_a_parameter_given_twice_is_refused(api):
    answer = api("GET", "clientes?limite=2&limite=3")
    assert (answer.status_code, answer.json()["errores"][0]["codigo"]) == (422, "parametro_repetido")
