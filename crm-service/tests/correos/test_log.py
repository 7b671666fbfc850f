"""An e-mail is logged with its client by uploading it, once, and its files are kept by choice."""

import hashlib
from email.message import EmailMessage

import pytest

PDF = b"%PDF-1.7\n" + b"0" * 5000
OURS = "ventas@nosotros.example"


def eml(**changes):
    """An e-mail of Marta's to us with two files and a program; None takes a header away."""
    headers = {"From": "Marta Gil <marta@ruiz.example>", "To": OURS, "Subject": "Pedido"}
    headers |= {"Date": "Mon, 23 Nov 2026 10:15:00 +0100", "Message-ID": "<1@ruiz.example>"}
    message = EmailMessage()
    for name, value in (headers | {name.replace("_", "-"): v for name, v in changes.items()}).items():
        if value is not None:
            message[name] = value
    message.set_content("Adjunto el pedido.")
    for content, name in (
        (PDF, "Pedido.pdf"),
        (b"MZ\0\0", "virus.exe"),
        (b"\x89PNG\r\n\x1a\n", "../plano.png"),
    ):
        message.add_attachment(content, maintype="application", subtype="octet-stream", filename=name)
    return message.as_bytes()


@pytest.fixture
def log(api):
    """Uploads an e-mail."""

    def post(content, kind="message/rfc822", **params):
        return api("POST", "correos", params=params, content=content, headers={"Content-Type": kind})

    return post


@pytest.fixture
def marta(api):
    """A client and the contact that writes."""
    client = api.cliente(email="info@ruiz.example")["id"]
    return client, api.contacto(client, nombre="Marta Gil", email="Marta@ruiz.example")["id"]


def test_it_is_logged_with_the_client_of_whoever_wrote_it(api, log, marta):
    client, contact = marta
    answer = log(eml(Cc="Luis <luis@otra.example>"))
    assert answer.status_code == 201
    activity = answer.json()["actividad"]
    assert answer.headers["location"] == f"/api/crm/actividades/{activity['id']}"
    assert api.get(f"actividades/{activity['id']}").json() == activity
    assert {name: activity[name] for name in ("tipo", "titulo", "descripcion", "fecha", "completada_en")} == {
        "tipo": "email",
        "titulo": "Pedido",
        "descripcion": "Adjunto el pedido.",
        "fecha": "2026-11-23T09:15:00+00:00",
        "completada_en": "2026-11-23T09:15:00+00:00",
    }
    assert (activity["cliente_id"], activity["contacto_id"]) == (client, contact)
    assert activity["participantes"] == [
        {"contacto_id": contact, "email": "Marta@ruiz.example", "nombre": "Marta Gil"},
        {"contacto_id": None, "email": OURS, "nombre": None},
        {"contacto_id": None, "email": "luis@otra.example", "nombre": "Luis"},
    ]
    assert [row["recurso"]["id"] for row in api.rows(f"clientes/{client}/historial", tipo="email")] == [
        activity["id"]
    ]


def test_files_are_kept_by_choice_also_later_and_never_twice(api, log, marta):
    client, _ = marta
    seen = log(eml()).json()["ficheros"]
    assert [(each["numero"], each["nombre"], each["tipo"], each["adjunto_id"]) for each in seen] == [
        (1, "Pedido.pdf", "application/pdf", None),
        (2, "virus.exe", None, None),
        (3, "plano.png", "image/png", None),
    ]
    again = log(eml(), adjuntos="1")
    assert (again.status_code, [bool(each["adjunto_id"]) for each in again.json()["ficheros"]]) == (
        200,
        [True, False, False],
    )
    everything = [log(eml(), adjuntos="todos").json() for _ in range(2)]
    assert everything[0] == everything[1]
    kept = api.rows(f"clientes/{client}/adjuntos", orden="creado")
    assert [(row["nombre"], row["actividad_id"]) for row in kept] == [
        (name, everything[0]["actividad"]["id"]) for name in ("Pedido.pdf", "plano.png")
    ]
    assert kept[0]["sha256"] == hashlib.sha256(PDF).hexdigest()
    assert api.get(f"adjuntos/{kept[0]['id']}/contenido").content == PDF
    program = log(eml(), adjuntos="2")
    assert (program.status_code, program.json()["codigo"]) == (422, "adjunto_no_admitido")
    for wrong in ("9", "0", "algunos", "1,", ""):
        assert log(eml(), adjuntos=wrong).json()["errores"][0]["campo"] == "adjuntos"


def test_the_same_message_is_logged_once_whatever_else_it_says(api, log, marta):
    first, second = log(eml()), log(eml(Subject="Otro asunto"))
    assert (first.status_code, second.status_code) == (201, 200)
    assert second.json()["actividad"] == first.json()["actividad"]
    assert log(eml(Message_ID="<2@ruiz.example>")).status_code == 201
    nameless = eml(Message_ID=None)
    assert [log(nameless).status_code for _ in range(2)] == [201, 200]
    assert api.get(f"clientes/{marta[0]}/actividades").json()["total"] == 3


def test_the_client_is_that_of_the_first_address_known_or_the_one_named(api, log, marta):
    other = api.cliente(nombre_completo="Otro", email="otro@otro.example")["id"]
    answer = log(eml(From=OURS, To="OTRO@otro.example", Cc="marta@ruiz.example")).json()
    assert (answer["actividad"]["cliente_id"], answer["otros_clientes"]) == (other, [marta[0]])
    named = log(eml(Message_ID="<2@x>", To="otro@otro.example"), cliente_id=other).json()
    assert (named["actividad"]["cliente_id"], named["actividad"]["contacto_id"]) == (other, None)
    stranger = log(eml(Message_ID="<3@x>", From="nadie@nadie.example"))
    fault = stranger.json()
    assert (stranger.status_code, fault["codigo"]) == (422, "cliente_desconocido")
    assert fault["direcciones"] == ["nadie@nadie.example", OURS]
    api.delete(f"clientes/{other}")
    assert log(eml(Message_ID="<4@x>", From="otro@otro.example")).status_code == 422


def test_an_address_of_several_clients_asks_which(api, log):
    first = api.cliente(email="grupo@x.example")["id"]
    second = api(
        "POST", "clientes?forzar=true", json={"nombre_completo": "B", "email": "grupo@x.example"}
    ).json()
    answer = log(eml(From="grupo@x.example"))
    assert (answer.status_code, answer.json()["codigo"]) == (409, "cliente_ambiguo")
    assert answer.json()["clientes"] == sorted([first, second["id"]])
    assert log(eml(From="grupo@x.example"), cliente_id=first).status_code == 201


@pytest.mark.usefixtures("marta")
def test_another_companys_client_contacts_and_messages_are_not_there(service, log):
    other = service.company()
    theirs = other.cliente(email="marta@ruiz.example")["id"]
    assert log(eml()).json()["otros_clientes"] == []
    assert log(eml(Message_ID="<2@x>"), cliente_id=theirs).status_code == 404
    sent = other("POST", "correos", content=eml(), headers={"Content-Type": "message/rfc822"})
    assert (sent.status_code, sent.json()["actividad"]["cliente_id"]) == (201, theirs)


@pytest.mark.parametrize(
    "date", [None, "nunca", "Fri, 1 Jan 2100 00:00:00 +0000", "1 Jan 1066 00:00:00 +0000"]
)
@pytest.mark.usefixtures("marta")
def test_a_date_that_nobody_believes_is_now(log, reloj, date):
    assert log(eml(Date=date)).json()["actividad"]["fecha"] == reloj.now.isoformat()


@pytest.mark.usefixtures("marta")
def test_ten_thousand_recipients_are_logged_and_two_hundred_told(log):
    crowd = ", ".join(f"p{number}@x.example" for number in range(10_000))
    raw = eml().replace(f"To: {OURS}".encode(), f"To: {crowd}".encode())
    answer = log(raw)
    assert answer.status_code == 201
    assert len(answer.json()["actividad"]["participantes"]) == 200


@pytest.mark.parametrize(
    ("content", "kind", "status", "codigo"),
    [
        (b"", "message/rfc822", 422, "correo_invalido"),
        (b"\0" * 1000, "message/rfc822", 422, "correo_invalido"),
        (eml(), "text/plain", 415, "tipo_de_contenido_no_admitido"),
        (eml() + b"x" * 25 * 2**20, "message/rfc822", 413, "cuerpo_demasiado_grande"),
    ],
)
def test_what_is_no_email_is_refused(log, content, kind, status, codigo):
    answer = log(content, kind)
    assert (answer.status_code, answer.json()["codigo"]) == (status, codigo)


@pytest.mark.usefixtures("marta")
def test_a_mail_of_ten_mebibytes_is_logged(log):
    message = eml().replace(b"Adjunto el pedido.", b"Adjunto el pedido.\n" * 500_000)
    answer = log(message)
    assert (answer.status_code, len(answer.json()["actividad"]["descripcion"])) == (201, 10_000)
