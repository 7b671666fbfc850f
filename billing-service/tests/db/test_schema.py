"""The schema: the migrations give what the models say, and what was issued never changes."""

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text
from sqlalchemy.exc import DBAPIError, IntegrityError

from smartbilling import evidencia
from smartbilling.db import FROZEN, HEAD, SCRIPTS, metadata
from storage import Database, frozen

from ..facturacion import linea
from ..por_detras import por_detras


@pytest.fixture
def lleno(api):
    """A company with at least a row in each frozen table."""
    hecha = api.emitir(lineas=[linea(), linea(tipo_iva=10)])["id"]
    pago = api.pagar(hecha, "1.00").json()["id"]
    api.devolver(pago)
    api.pedir("POST", f"/api/facturas/{hecha}/subsanacion", {})
    api.anular(api.emitir()["id"])
    evidencia.sellar(api.servicio.database, api.reloj)
    return api


CAMBIOS = {
    "auditoria": ("accion = 'otra'", "huella = ''"),
    "declaraciones": ("datos = '{}'", "version = '0'"),
    "desgloses": ("base = base + 1", "cuota = 0"),
    "devoluciones": ("motivo = 'otro'",),
    "facturas": ("total = 1", "cliente_nombre = 'Otro'", "numero = numero"),
    "lineas": ("descripcion = 'otra'", "importe = 0"),
    "puntos_control": ("huella = ''", "firma = firma"),
    "pagos": ("monto = 1", "fecha = '2020-01-01'"),
    "subsanaciones": ("motivo = 'otro'", "huella = ''"),
    "registros": ("xml = xml", "huella = ''", "instante = instante"),
}


def test_what_never_changes_is_what_is_listed():
    assert set(CAMBIOS) == set(FROZEN)


@pytest.mark.parametrize("tabla", CAMBIOS)
def test_the_application_s_own_connection_cannot_change_or_delete_what_was_issued(lleno, tabla):
    of_company = "empresa_id" in metadata.tables[tabla].c
    where = f"WHERE empresa_id = '{lleno.empresa.id}'" if of_company else ""
    before = lleno.filas(f"SELECT * FROM {tabla} {where}")
    assert before
    attempts = [f"UPDATE {tabla} SET {cambio}" for cambio in CAMBIOS[tabla]]
    attempts.append(f"DELETE FROM {tabla} {where}")
    if lleno.servicio.database.dialect == "postgresql":
        attempts.append(f"TRUNCATE {tabla} CASCADE")
    else:
        attempts.append(f"INSERT OR REPLACE INTO {tabla} SELECT * FROM {tabla}")
    for attempt in attempts:
        with (
            pytest.raises(DBAPIError, match=frozen.MESSAGE),
            lleno.servicio.database.unit_of_work() as session,
        ):
            session.execute(text(attempt))
    assert lleno.filas(f"SELECT * FROM {tabla} {where}") == before


def test_reads_go_through_a_door_that_changes_nothing(lleno):
    with pytest.raises(DBAPIError), lleno.servicio.database.reading() as session:
        session.execute(text("DELETE FROM palabras_facturas"))


def test_the_database_permits_one_first_record_per_installation(lleno):
    columns = [c.name for c in metadata.tables["registros"].columns]
    changed = {"id": "'reg_otro'", "secuencia": "99", "tipo": "'otra'", "huella_anterior": "''"}
    values = ", ".join(changed.get(name, name) for name in columns)
    names = ", ".join(columns)
    sql = f"INSERT INTO registros ({names}) SELECT {values} FROM registros WHERE secuencia = 1 LIMIT 1"
    said = r"uq_primer_registro|registros\.empresa_id, registros\.instalacion"
    with pytest.raises(IntegrityError, match=said), lleno.servicio.database.unit_of_work() as session:
        session.execute(text(sql))


@pytest.mark.parametrize(
    ("tabla", "igual"),
    [
        ("facturas", {"id": "'fac_otra'"}),
        ("facturas", {"id": "'fac_otra'", "numero": "'X'"}),
        ("facturas", {"id": "'fac_otra'", "secuencia": "99"}),
        ("registros", {"id": "'reg_otro'", "secuencia": "99", "huella_anterior": "'x'"}),
        ("registros", {"id": "'reg_otro'", "factura_id": "'fac_otra'", "huella_anterior": "'x'"}),
    ],
)
def test_numbers_places_and_records_are_unique_in_the_database_itself(lleno, tabla, igual):
    columns = [c.name for c in metadata.tables[tabla].columns]
    values = ", ".join(igual.get(name, name) for name in columns)
    names = ", ".join(columns)
    sql = f"INSERT INTO {tabla} ({names}) SELECT {values} FROM {tabla} WHERE empresa_id = :e LIMIT 1"
    with pytest.raises(IntegrityError), lleno.servicio.database.unit_of_work() as session:
        session.execute(text(sql), {"e": lleno.empresa.id})


def test_every_trigger_of_the_list_is_there_and_no_other(api):
    with api.servicio.database.reading() as session:
        assert frozen.present(session.connection()) == frozen.trigger_names(FROZEN)


def test_triggers_are_put_back_after_a_migration(url):
    database = Database(
        url if url.startswith("sqlite") else url.replace("postgresql://", "postgresql+psycopg://")
    )
    with database.unit_of_work() as session:
        on = " ON facturas" if database.dialect == "postgresql" else ""
        session.execute(text(f"DROP TRIGGER inalterable_facturas_update{on}"))
        frozen.freeze(session.connection(), FROZEN)
    with database.reading() as session:
        assert frozen.present(session.connection()) == frozen.trigger_names(FROZEN)
    database.close()


def test_the_migrations_give_exactly_what_the_models_say(api):
    with api.servicio.database.engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_type": True})
        assert compare_metadata(context, metadata) == []


def test_indexes_and_constraints_are_those_of_the_models(api):
    found = inspect(api.servicio.database.engine)
    for table in metadata.sorted_tables:
        made = {
            index["name"]: (index["column_names"], bool(index["unique"]))
            for index in found.get_indexes(table.name)
        }
        said = {index.name: ([c.name for c in index.columns], bool(index.unique)) for index in table.indexes}
        assert {name: made.get(name) for name in said} == said, table.name
        assert found.get_pk_constraint(table.name)["constrained_columns"] == [
            c.name for c in table.primary_key
        ]


def test_keys_are_led_by_the_company():
    sin_empresa = {
        "usuarios",
        "empresas",
        "claves_firma",
        "despliegue",
        "familias_sesion",
        "sesiones",
        "membresias",
    }
    for table in metadata.sorted_tables:
        if "empresa_id" in table.c and table.name not in sin_empresa:
            assert next(iter(table.primary_key)).name == "empresa_id", table.name


DE_LA_PRIMERA_VERSION = {
    "facturas": "anio base_imponible cuota_total cupon descuento_global destinatarios emisor empresa_id "
    "fecha_expedicion fecha_hora_huso fecha_vencimiento huella huella_anterior id instante numero "
    "precios_con_impuestos qr_url recargo_total redondeo registro_id retencion secuencia serie "
    "sin_identificar_destinatario suplidos tipo total total_a_pagar",
    "lineas": "cantidad descripcion descuento empresa_id factura_id importe n precio_unitario suplido",
    "desgloses": "base clave_regimen cuota empresa_id factura_id impuesto n recargo",
    "registros": "emisor_nif empresa_id factura_id fecha_expedicion fecha_hora_huso huella huella_anterior "
    "id instalacion instante numero orden secuencia tipo xml",
    "subsanaciones": "avisos cambios empresa_id factura_id fecha_hora_huso huella huella_anterior instante n "
    "qr_url quien registro_id",
}
"""What must have a value in each table whose rows the signed checkpoints digest whole."""


def test_a_column_that_is_added_to_what_checkpoints_digest_is_null_in_the_rows_of_before():
    for tabla, columnas in DE_LA_PRIMERA_VERSION.items():
        obligatorias = {column.name for column in metadata.tables[tabla].columns if not column.nullable}
        assert obligatorias == set(columnas.split()), f"{tabla}: a new column would change earlier digests"


def test_there_is_one_head_of_the_migrations_and_the_code_works_with_it():
    package, folder = SCRIPTS.split(":")
    scripts = ScriptDirectory(f"{__import__(package, fromlist=['_']).__path__[0]}/{folder}")
    assert scripts.get_heads() == [HEAD]


def test_a_service_whose_schema_is_behind_is_not_ready(api_propia):
    por_detras(api_propia.servicio.database, "UPDATE alembic_version SET version_num = ?", "0000")
    ready = api_propia.servicio.http.get("/health/ready")
    assert (ready.status_code, ready.json()["codigo"]) == (503, "no_listo")
    assert "migrar" in ready.json()["detail"]


def test_dates_and_money_are_kept_whole(lleno):
    row = lleno.filas("SELECT total, cuota_total FROM facturas WHERE empresa_id = :e", e=lleno.empresa.id)[0]
    assert (row.total, row.cuota_total) == (23100, 3100)
