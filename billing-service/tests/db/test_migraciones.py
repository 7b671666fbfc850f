"""A database of an earlier release is brought up to date, and what it kept goes on working."""

from datetime import UTC, datetime, timedelta
from uuid import uuid4

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from fastapi.testclient import TestClient
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from smartbilling import empresas, evidencia, facturas
from smartbilling.app import create_app
from smartbilling.db import FROZEN, HEAD, SCRIPTS
from smartbilling.settings import Settings
from storage import Database, migrations

TABLAS = ("mensajes_crm", "destinos_crm")
EMPIEZA = datetime(2026, 11, 24, 9, 30, tzinfo=UTC)


@pytest.fixture(params=["sqlite", "postgresql"])
def vacia(request, tmp_path):
    """The URL of a database without tables."""
    if request.param == "sqlite":
        yield f"sqlite:///{tmp_path}/vacia.db"
        return
    server, name = request.getfixturevalue("servidor_postgresql"), f"vacia_{uuid4().hex}"
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(f"CREATE DATABASE {name}")
        yield server.get_uri(name)
        connection.execute(f"DROP DATABASE {name} WITH (FORCE)")


def en_revision(database, revision):
    """Bring an empty database to an earlier revision."""
    config = Config()
    config.set_main_option("script_location", SCRIPTS)
    with database.unit_of_work() as session:
        config.attributes["connection"] = session.connection()
        command.upgrade(config, revision)


def insertar(database, table, **values):
    names, marks = ", ".join(values), ", ".join(f":{name}" for name in values)
    with database.unit_of_work() as session:
        session.execute(text(f"INSERT INTO {table} ({names}) VALUES ({marks})"), values)


def instante(database):
    """09:30 UTC of that day, as each database keeps it."""
    return "2026-11-24 09:30:00+00:00" if database.dialect == "postgresql" else "2026-11-24 09:30:00.000000"


def insertar_empresa(database, ident, ahora):
    """A company of the first release, with what every release has of one."""
    insertar(
        database,
        "empresas",
        id=ident,
        nombre="La de antes, S.L.",
        nif="B12345674",
        direccion="Calle Mayor 1",
        zona_horaria="Europe/Madrid",
        dias_pago=30,
        limite_simplificada=40000,
        creada=ahora,
        version=1,
    )


def insertar_instalacion(database, empresa_id, ahora):
    insertar(
        database,
        "instalaciones",
        empresa_id=empresa_id,
        id="ins_1",
        numero="1",
        modo="verifactu",
        entorno="pruebas",
        creada=ahora,
    )


def test_messages_and_leases_of_before_the_outbox_was_watched_are_found_and_delivered_on(vacia):
    settings = Settings(database_url=vacia)
    database = Database(settings.url)
    en_revision(database, "0002")
    ahora = instante(database)
    insertar(
        database,
        "destinos_crm",
        empresa_id="emp_1",
        clave="nif:B12345674",
        orden=1,
        proximo=ahora,
        arrendado_por="rep_antes",
        arrendado_hasta=ahora,
    )
    insertar(
        database,
        "mensajes_crm",
        empresa_id="emp_1",
        id="msj_1",
        destino="nif:B12345674",
        orden=1,
        factura_id="fac_1",
        actividad='{"tipo": "venta"}',
        estado="pendiente",
        intentos=0,
        creado=ahora,
    )
    database.close()
    with TestClient(create_app(settings, lambda: EMPIEZA + timedelta(minutes=2), migrate=True)) as http:
        told = http.get("/metrics").text
    assert "crm_messages_pending 1.0" in told
    assert "crm_oldest_pending_seconds 120.0" in told
    database = Database(settings.url)
    names = {index["name"] for table in TABLAS for index in inspect(database.engine).get_indexes(table)}
    database.close()
    assert names >= {"idx_mensajes_antiguos", "idx_destinos_arrendados"}


def test_keys_users_and_sessions_of_the_first_release_go_on_working(vacia):
    settings = Settings(database_url=vacia)
    database = Database(settings.url)
    en_revision(database, "0001")
    pem = Ed25519PrivateKey.generate().private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    ahora = instante(database)
    insertar(database, "despliegue", id=1, emisor="urn:smartbilling:la-de-antes", creado=ahora)
    insertar(
        database,
        "claves_firma",
        kid="fir_antes",
        privada=pem.decode(),
        activa=True,
        creada=ahora,
        retirada=None,
    )
    insertar(database, "usuarios", id="usr_1", usuario="ana", clave_hash="x", plataforma=False, creado=ahora)
    assert not migrations.is_current(database, HEAD)
    database.close()
    with TestClient(create_app(settings, lambda: EMPIEZA, migrate=True)) as http:
        document = http.get("/.well-known/jwks.json").json()
        login = http.post("/api/auth/login", json={"usuario": "luis", "clave": "una que no es"})
        assert http.get("/health/ready").status_code == 200
    assert (document["issuer"], document["revocaciones"]) == ("urn:smartbilling:la-de-antes", {})
    assert [key["kid"] for key in document["keys"]] == ["fir_antes"]
    assert login.status_code == 401


def test_invoices_of_before_rectifications_speak_of_no_other_owe_what_they_owed_and_stay_frozen(vacia):
    settings = Settings(database_url=vacia)
    database = Database(settings.url)
    en_revision(database, "0004")
    ahora = instante(database)
    suya = {"empresa_id": "emp_1"}
    hoy = {"fecha_expedicion": "2026-11-24"}
    huella = {"huella": "H", "huella_anterior": "", "fecha_hora_huso": "2026-11-24T10:30:00+01:00"}
    insertar_empresa(database, "emp_1", ahora)
    insertar_instalacion(database, "emp_1", ahora)
    insertar(
        database,
        "series",
        codigo="F",
        formato="{codigo}-{numero}",
        instalacion="ins_1",
        rectificativas=False,
        reinicio="nunca",
        primer_numero=1,
        creada=ahora,
        version=1,
        **suya,
    )
    insertar(
        database,
        "registros",
        id="reg_1",
        instalacion="ins_1",
        secuencia=1,
        tipo="alta",
        factura_id="fac_1",
        emisor_nif="B12345674",
        numero="F-1",
        instante=ahora,
        xml=b"<RegistroAlta/>",
        **suya | hoy | huella,
    )
    insertar(
        database,
        "facturas",
        id="fac_1",
        serie="F",
        anio=0,
        secuencia=1,
        numero="F-1",
        tipo="F1",
        instante=ahora,
        fecha_vencimiento="2026-12-24",
        redondeo="por_tipo",
        precios_con_impuestos=False,
        descuento_global=0,
        emisor="{}",
        destinatarios="[]",
        base_imponible=10000,
        cuota_total=2100,
        recargo_total=0,
        retencion=0,
        suplidos=0,
        total=12100,
        total_a_pagar=12100,
        registro_id="reg_1",
        qr_url="https://aeat.example",
        **suya | hoy | huella,
    )
    insertar(
        database,
        "facturas_situacion",
        factura_id="fac_1",
        estado="emitida",
        fecha="2026-11-24",
        vencimiento="2026-12-24",
        cobrado=2100,
        pendiente=10000,
        version=1,
        **suya,
    )
    migrations.migrate(database, SCRIPTS, HEAD, FROZEN)
    with database.reading() as session:
        vista, _ = facturas.una(session, "emp_1", "fac_1", EMPIEZA.date())
    assert (str(vista.pendiente), str(vista.pagado), str(vista.compensado)) == ("100.00", "21.00", "0.00")
    assert (vista.rectificacion, vista.rectifica, vista.rectificativas, vista.avisos) == (None, [], [], [])
    with pytest.raises(DBAPIError, match="facturas"), database.unit_of_work() as session:
        session.execute(text("UPDATE facturas SET cupon = NOT cupon"))
    database.close()


def test_companies_of_before_the_chain_was_attended_are_outside_no_obligation_and_have_no_alarm(vacia):
    settings = Settings(database_url=vacia)
    database = Database(settings.url)
    en_revision(database, "0008")
    ahora = instante(database)
    insertar_empresa(database, "emp_antes", ahora)
    database.close()
    with TestClient(create_app(settings, lambda: EMPIEZA, migrate=True)) as http:
        told = http.get("/metrics").text
    assert "verifactu_alarms_open 0.0" in told
    database = Database(settings.url)
    with database.reading() as session:
        assert not session.execute(text("SELECT sii FROM empresas")).scalar_one()
        assert session.execute(text("SELECT count(*) FROM declaraciones")).scalar_one() == 1
    names = {index["name"] for index in inspect(database.engine).get_indexes("registros")}
    database.close()
    assert names >= {"idx_registros_fecha", "idx_registros_anulacion"}


def test_records_of_before_corrections_are_the_first_of_their_kind_and_take_others(vacia):
    settings = Settings(database_url=vacia)
    database = Database(settings.url)
    en_revision(database, "0005")
    ahora = instante(database)
    insertar_empresa(database, "emp_1", ahora)
    insertar_instalacion(database, "emp_1", ahora)
    registro = {
        "empresa_id": "emp_1",
        "instalacion": "ins_1",
        "tipo": "alta",
        "factura_id": "fac_1",
        "emisor_nif": "B12345674",
        "numero": "F-1",
        "fecha_expedicion": "2026-11-24",
        "huella": "H",
        "huella_anterior": "",
        "fecha_hora_huso": "2026-11-24T10:30:00+01:00",
        "instante": ahora,
        "xml": b"<RegistroAlta/>",
    }
    insertar(database, "registros", id="reg_1", secuencia=1, **registro)
    migrations.migrate(database, SCRIPTS, HEAD, FROZEN)
    registro["huella_anterior"] = "H"
    insertar(database, "registros", id="reg_2", secuencia=2, orden=2, **registro)
    with pytest.raises(IntegrityError):
        insertar(database, "registros", id="reg_3", secuencia=3, **registro)
    with database.reading() as session:
        assert session.execute(text("SELECT orden FROM registros ORDER BY id")).scalars().all() == [1, 2]
        assert session.execute(text("SELECT nombre FROM instalaciones")).scalar_one() is None
    database.close()


def test_chains_of_before_evidence_get_their_key_and_checkpoint_at_the_first_start(vacia):
    settings = Settings(database_url=vacia)
    database = Database(settings.url)
    en_revision(database, "0007")
    ahora = instante(database)
    suya = {"empresa_id": "emp_1"}
    insertar_empresa(database, "emp_1", ahora)
    insertar_instalacion(database, "emp_1", ahora)
    insertar(
        database,
        "registros",
        id="reg_1",
        instalacion="ins_1",
        secuencia=1,
        tipo="alta",
        factura_id="fac_1",
        emisor_nif="B12345674",
        numero="F-1",
        fecha_expedicion="2026-11-24",
        huella="H",
        huella_anterior="",
        fecha_hora_huso="2026-11-24T10:30:00+01:00",
        instante=ahora,
        xml=b"<RegistroAlta/>",
        **suya,
    )
    insertar(database, "cabezas", instalacion="ins_1", secuencia=1, registro_id="reg_1", **suya)
    migrations.migrate(database, SCRIPTS, HEAD, FROZEN)
    assert evidencia.sellar(database, lambda: EMPIEZA) == 1
    with database.reading() as session:
        punto = session.execute(text("SELECT n, desde, secuencia, huella FROM puntos_control")).one()
        claves = session.execute(text("SELECT count(*) FROM claves_evidencia")).scalar_one()
    assert (tuple(punto), claves) == ((1, 1, 1, "H"), 1)
    with pytest.raises(DBAPIError, match="puntos_control"), database.unit_of_work() as session:
        session.execute(text("UPDATE puntos_control SET huella = ''"))
    database.close()


def test_companies_of_before_documents_write_in_spanish_and_have_no_logo(vacia):
    settings = Settings(database_url=vacia)
    database = Database(settings.url)
    en_revision(database, "0006")
    ahora = instante(database)
    insertar_empresa(database, "emp_antes", ahora)
    migrations.migrate(database, SCRIPTS, HEAD, FROZEN)
    with database.reading() as session:
        compania = empresas.empresa(session, "emp_antes")
        assert (compania.idioma, compania.color, compania.iban) == ("es", None, None)
        assert empresas.logo(session, "emp_antes") is None
    database.close()
