"""`verificar`: right exports are right, what was done to one is named, and no zip makes it fail."""

import hashlib
import json
import os
import re
import subprocess
import sys
import zipfile
from base64 import b64decode

import pytest
from cryptography.hazmat.primitives import serialization
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PublicKey

from verificar.__main__ import main

from .conftest import Paquete

CARPETA = "instalacion-01"
XML, INDICE, FACTURAS = (f"{CARPETA}/000001.{fin}" for fin in ("xml", "registros.jsonl", "facturas.jsonl"))
MANIFIESTO = "manifiesto.json"


def codigos(dicho):
    return {h["codigo"] for h in dicho["hallazgos"]}


def test_a_right_export_is_right(exportada, comprobar, tmp_path):
    crudo = tmp_path / "crudo.zip"
    crudo.write_bytes(exportada.crudo)
    status, dicho = comprobar(crudo, "--clave", exportada.huella)
    assert (status, dicho["hallazgos"], dicho["clave"]) == (0, [], exportada.huella)
    assert dicho["clave_contrastada"] is True
    antes = exportada.antes.guardar(tmp_path / "antes.zip")
    assert comprobar(crudo, "--anterior", antes)[0] == 0


def test_it_runs_by_itself_and_takes_nothing_of_the_service_with_it(exportada, tmp_path):
    path = tmp_path / "e.zip"
    path.write_bytes(exportada.crudo)
    programa = (
        "import sys; from verificar.__main__ import main; status = main(sys.argv[1:]); "
        "print(sorted(set(m.split('.')[0] for m in sys.modules) & "
        "{'sqlmodel', 'sqlalchemy', 'fastapi', 'pydantic', 'contratos', 'storage', 'structlog'})); "
        "sys.exit(status)"
    )
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", programa, str(path), "--json"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    said, modulos = done.stdout.splitlines()
    assert json.loads(said)["correcta"] is True
    assert modulos == "[]"
    assert [path.name for path in tmp_path.iterdir()] == ["e.zip"]


def test_it_says_in_plain_words_what_it_finds(exportada, tmp_path, capsys):
    roto = exportada.todo.cambiado(XML, b"Revisi\xc3\xb3n", b"Ravisi\xc3\xb3n").guardar(tmp_path / "e.zip")
    assert main([str(roto)]) == 1
    out, err = capsys.readouterr()
    assert "registro_alterado" in out
    assert "sin contrastar" in out
    assert "registros en" in err


@pytest.mark.parametrize(
    ("miembro", "viejo", "nuevo", "codigo"),
    [
        (XML, b"<ImporteTotal>121.00", b"<ImporteTotal>122.00", "registro_alterado"),
        (XML, b"<Version>", b"<Version>9", "registro_alterado"),
        (XML, b"<sf:NombreRazon>", b"<sf:NombreRazon>x", "documento_alterado"),
        (INDICE, b'"secuencia":3', b'"secuencia":4', "secuencia_rota"),
        (INDICE, b'"huella":"', b'"huella":"0', "columnas_distintas"),
        (INDICE, b'"sha256":"', b'"sha256":"0', "registro_alterado"),
        (FACTURAS, b"Calle Mayor 1", b"Calle Menor 1", "factura_alterada"),
        (FACTURAS, b'"estado":"emitida"', b'"estado":"anulada"', "anulada_sin_registro"),
        (f"{CARPETA}/puntos.jsonl", b'"dia":"2026-11-24"', b'"dia":"2026-11-23"', "punto_firma_incorrecta"),
        (f"{CARPETA}/puntos.jsonl", b'"n":1', b'"n":"1"', "puntos_ilegibles"),
        (MANIFIESTO, b'"registros":', b'"registros":9', "firma_incorrecta"),
        (MANIFIESTO, b'"registros":', b'"registros":9', "cuenta_distinta"),
        ("manifiesto.firma", b'"firma":"', b'"firma":"AAAA', "firma_incorrecta"),
        ("manifiesto.firma", b'"firma"', b'"f"', "firma_ilegible"),
        ("claves.json", b'"clave"', b'"c"', "claves_ilegibles"),
        ("empresa.json", b'"codigo":"F"', b'"codigo":"G"', "miembro_alterado"),
        ("LEEME.txt", b"QU", b"Qu", "miembro_alterado"),
    ],
)
def test_what_is_changed_in_any_file_is_found(exportada, comprobar, miembro, viejo, nuevo, codigo):
    status, dicho = comprobar(exportada.todo.cambiado(miembro, viejo, nuevo))
    assert status == 1
    assert codigo in codigos(dicho)


@pytest.mark.parametrize("nombre", [XML, INDICE, FACTURAS, f"{CARPETA}/puntos.jsonl", "claves.json"])
def test_a_file_that_is_missing_empty_or_another_is_found(exportada, comprobar, nombre):
    sin = exportada.todo.con(**{nombre.replace("/", "__"): None})
    assert "miembro_ausente" in codigos(comprobar(sin)[1])
    for contenido in (b"", b"\xff\xfe\x00", b"[" * 100_000, b'{"a":1e999}\n', b"9" * 5000, b"null\n" * 3):
        status, dicho = comprobar(exportada.todo.con(**{nombre.replace("/", "__"): contenido}))
        assert status == 1
        assert codigos(dicho) & {"miembro_alterado", "miembro_ilegible"}


def test_a_file_too_many_is_found(exportada, comprobar):
    status, dicho = comprobar(exportada.todo.con(**{f"{CARPETA}__000009.xml": b"<a/>"}))
    assert (status, codigos(dicho)) == (1, {"miembro_sobrante"})


@pytest.mark.parametrize(
    "nombre",
    ["../../etc/passwd", "/etc/passwd", "C:\\w.exe", "instalacion-01/../x.xml", "a\x1b[2Jb", "x" * 5000],
)
def test_names_that_lead_elsewhere_are_told_and_nothing_is_written(exportada, comprobar, tmp_path, nombre):
    path = exportada.todo.guardar(tmp_path / "exportacion.zip")
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr(zipfile.ZipInfo(nombre), b"x")
    status, dicho = comprobar(path)
    assert (status, codigos(dicho)) == (1, {"nombre_no_admitido"})
    assert [h["registro"].isprintable() for h in dicho["hallazgos"]] == [True]
    assert [each.name for each in tmp_path.iterdir()] == ["exportacion.zip"]


@pytest.mark.filterwarnings("ignore:Duplicate name")
def test_a_name_that_is_there_twice_is_told(exportada, comprobar, tmp_path):
    path = exportada.todo.guardar(tmp_path / "exportacion.zip")
    with zipfile.ZipFile(path, "a") as zipped:
        zipped.writestr(XML, b"<otro/>")
    status, dicho = comprobar(path)
    assert (status, codigos(dicho)) == (1, {"nombre_repetido"})


def test_a_bomb_is_told_and_not_read(exportada, comprobar):
    status, dicho = comprobar(exportada.todo.con(**{f"{CARPETA}__000001.xml": bytes(60 * 1024 * 1024)}))
    assert status == 1
    assert {"miembro_bomba", "miembro_ausente"} <= codigos(dicho)
    status, dicho = comprobar(exportada.todo.con(**{f"{CARPETA}__000001.xml": bytes(70 * 1024 * 1024)}))
    assert "miembro_enorme" in codigos(dicho)


def test_an_invoice_that_says_the_same_over_and_over_is_no_bomb(exportada, comprobar):
    repetida = json.dumps(
        {"lineas": [{"n": n, "descripcion": "🧾" * 500} for n in range(2_000)]}, ensure_ascii=False
    )
    _, dicho = comprobar(exportada.todo.con(**{f"{CARPETA}__000001.facturas.jsonl": repetida.encode()}))
    assert "miembro_alterado" in codigos(dicho)
    assert not codigos(dicho) & {"miembro_bomba", "miembro_enorme"}


@pytest.mark.parametrize("linea", [b"\n", b"{}\n", b"x\r\n"])
@pytest.mark.parametrize("nombre", [INDICE, FACTURAS])
def test_a_chunk_of_more_lines_than_any_has_is_told_and_not_taken_apart(exportada, comprobar, nombre, linea):
    largo = exportada.todo.con(**{nombre.replace("/", "__"): linea * 1_001}).refirmado()
    status, dicho = comprobar(largo)
    [hallado] = [h for h in dicho["hallazgos"] if h["codigo"] == "miembro_ilegible"]
    assert (status, hallado["registro"]) == (1, f"{CARPETA}/000001")


def test_findings_where_no_record_goes_by_are_counted_and_not_all_kept(exportada, comprobar):
    malos = {
        f"{CARPETA}/{n:06}.{fin}": b"x\n" * 1_000
        for n in range(2, 25)
        for fin in ("xml", "registros.jsonl", "facturas.jsonl")
    }
    manifiesto = exportada.todo.json(MANIFIESTO)
    manifiesto["instalaciones"][0]["trozos"] = 24
    _, dicho = comprobar(Paquete(exportada.todo.miembros | malos).refirmado(manifiesto))
    todos = len(dicho["hallazgos"]) + dicho["hallazgos_no_listados"]
    assert 20_000 < todos < 20_000 + 100


def test_a_manifest_that_tells_of_chunks_without_end_is_told_at_once(exportada, comprobar):
    manifiesto = exportada.todo.json(MANIFIESTO)
    manifiesto["instalaciones"][0]["trozos"] = 10**17
    status, dicho = comprobar(exportada.todo.refirmado(manifiesto))
    assert (status, codigos(dicho)) == (1, {"trozo_ausente"})


def test_a_folder_that_is_named_again_and_again_is_read_once(exportada, comprobar):
    manifiesto = exportada.todo.json(MANIFIESTO)
    registros = manifiesto["instalaciones"][0]["registros"]
    manifiesto["instalaciones"] *= 1_000
    status, dicho = comprobar(exportada.todo.refirmado(manifiesto))
    assert (status, codigos(dicho)) == (1, {"instalacion_repetida"})
    assert dicho["registros"] == registros


def test_what_no_installation_of_the_manifest_accounts_for_is_told(exportada, comprobar):
    manifiesto = exportada.todo.json(MANIFIESTO)
    manifiesto["instalaciones"] = []
    status, dicho = comprobar(exportada.todo.refirmado(manifiesto))
    assert (status, codigos(dicho)) == (1, {"miembro_sin_comprobar"})
    otro = exportada.todo.con(**{f"{CARPETA}__000009.xml": b"<a/>", f"{CARPETA}__0000001.xml": b"<a/>"})
    status, dicho = comprobar(otro.refirmado())
    assert (status, codigos(dicho)) == (1, {"miembro_sin_comprobar"})
    assert {h["registro"] for h in dicho["hallazgos"]} == {f"{CARPETA}/000009.xml", f"{CARPETA}/0000001.xml"}


@pytest.mark.parametrize(
    "cambios", [{"hasta_el_final": False}, {"cabeza": None}, {"anterior": "el primero"}], ids=str
)
def test_a_whole_export_that_says_to_begin_or_end_in_the_middle_is_told(exportada, comprobar, cambios):
    manifiesto = exportada.todo.json(MANIFIESTO)
    [instalacion] = manifiesto["instalaciones"]
    primero = exportada.todo.lineas(INDICE)[0]
    if "anterior" in cambios:
        claves = ("secuencia", "emisor_nif", "numero", "fecha_expedicion", "huella", "instante")
        cambios = {"anterior": {clave: primero[clave] for clave in claves}}
    instalacion |= cambios
    status, dicho = comprobar(exportada.todo.refirmado(manifiesto))
    assert status == 1
    assert "periodo_incoherente" in codigos(dicho)


@pytest.mark.parametrize("generado", ["9999-12-31T23:59:59-14:00", "0001-01-01T00:00:00+14:00"])
def test_an_instant_outside_the_calendar_cannot_be_read(exportada, comprobar, generado):
    manifiesto = exportada.todo.json(MANIFIESTO) | {"generado": generado}
    status, dicho = comprobar(exportada.todo.refirmado(manifiesto))
    assert status == 2
    assert "instante" in dicho["ilegible"]


@pytest.mark.parametrize("valor", [b"[[]" + b",[]" * 6_000_000 + b"]\n", b'"' + b"x" * 17_000_000 + b'"\n'])
def test_a_line_longer_than_any_invoice_is_told_and_not_taken_apart(exportada, comprobar, tmp_path, valor):
    largo = exportada.todo.con(**{f"{CARPETA}__puntos.jsonl": valor}).refirmado()
    status, dicho = comprobar(largo.guardar(tmp_path / "largo.zip", zipfile.ZIP_STORED))
    assert (status, "puntos_ilegibles" in codigos(dicho)) == (1, True)


@pytest.mark.parametrize(
    ("que", "esperado"),
    [(["--help"], 0), (["e.zip"], 0), (["e.zip", "--clave", "a" * 64], 1), (["ñoño.zip"], 2)],
)
def test_a_terminal_without_our_letters_reads_it_all_the_same(exportada, tmp_path, que, esperado):
    (tmp_path / "e.zip").write_bytes(exportada.crudo)
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "verificar", *que],
        capture_output=True,
        cwd=tmp_path,
        check=False,
        env=os.environ | {"PYTHONIOENCODING": "ascii", "PYTHONUTF8": "0"},
    )
    assert (done.returncode, b"Traceback" in done.stderr) == (esperado, False)
    assert done.stdout.isascii()


def test_who_stops_reading_it_gets_no_traceback(exportada, tmp_path):
    (tmp_path / "e.zip").write_bytes(exportada.crudo)
    lee, escribe = os.pipe()
    os.close(lee)
    done = subprocess.run(
        [sys.executable, "-m", "verificar", "e.zip"],
        stdout=escribe,
        stderr=subprocess.PIPE,
        cwd=tmp_path,
        check=False,
    )
    os.close(escribe)
    assert (done.returncode, b"Traceback" in done.stderr) == (3, False)


@pytest.mark.parametrize(
    ("byte", "valor", "codigo"), [(8, 1, "miembro_cifrado"), (10, 12, "compresion_no_admitida")]
)
def test_an_encrypted_or_strangely_packed_file_is_told(exportada, comprobar, tmp_path, byte, valor, codigo):
    path = exportada.todo.guardar(tmp_path / "exportacion.zip")
    datos = bytearray(path.read_bytes())
    entrada = datos.rfind(b"PK\x01\x02", 0, datos.rfind(XML.encode()))
    datos[entrada + byte] = valor
    path.write_bytes(datos)
    status, dicho = comprobar(path)
    assert status == 1
    assert codigo in codigos(dicho)


def test_a_cut_zip_or_none_cannot_be_read(exportada, comprobar, tmp_path):
    for n, datos in enumerate((exportada.crudo[:-30], exportada.crudo[:1000], b"", b"PK\x05\x06", b"no")):
        path = tmp_path / f"{n}.zip"
        path.write_bytes(datos)
        status, dicho = comprobar(path)
        assert (status, dicho["correcta"]) == (2, False)
        assert dicho["ilegible"]
    assert comprobar(tmp_path / "no-esta.zip")[0] == 2
    assert comprobar(tmp_path)[0] == 2


@pytest.mark.parametrize(
    "manifiesto",
    [None, b"", b"[]", b"{", b"[" * 200_000, b'{"formato":"otro"}', b"\xff", b'{"a":' + b"9" * 10_000 + b"}"],
)
def test_without_a_manifest_nothing_can_be_checked(exportada, comprobar, manifiesto):
    status, dicho = comprobar(exportada.todo.con(**{MANIFIESTO: manifiesto}))
    assert status == 2
    assert MANIFIESTO in dicho["ilegible"] or "manifiesto" in dicho["ilegible"]


@pytest.mark.parametrize("quita", ["empresa", "instalaciones", "miembros", "generado", "periodo"])
@pytest.mark.parametrize("valor", [None, 7, "x", [1], {"a": 1}])
def test_a_manifest_of_another_shape_never_makes_it_fail(exportada, comprobar, quita, valor):
    dicho = exportada.todo.json(MANIFIESTO) | {quita: valor}
    status, _ = comprobar(exportada.todo.con(**{MANIFIESTO: json.dumps(dicho).encode()}))
    assert status in {1, 2}


def test_flipped_bytes_never_make_it_fail(exportada, comprobar, tmp_path):
    path = tmp_path / "exportacion.zip"
    for n in range(0, len(exportada.crudo), max(len(exportada.crudo) // 60, 1)):
        datos = bytearray(exportada.crudo)
        datos[n] ^= 0x55
        path.write_bytes(datos)
        status, _ = comprobar(path)
        assert status in {0, 1, 2}


@pytest.mark.parametrize("como", ["huella", "pem", "base64", "json"])
def test_the_key_is_given_by_its_fingerprint_or_in_a_file(exportada, comprobar, tmp_path, como):
    [clave] = exportada.todo.json("claves.json")
    publica = Ed25519PublicKey.from_public_bytes(b64decode(clave["clave"]))
    pem = publica.public_bytes(serialization.Encoding.PEM, serialization.PublicFormat.SubjectPublicKeyInfo)
    path = tmp_path / "clave"
    path.write_bytes(
        {"pem": pem, "base64": clave["clave"].encode(), "json": json.dumps(clave).encode()}.get(como, b"")
    )
    dada = exportada.huella.upper() if como == "huella" else path
    assert comprobar(exportada.todo, "--clave", dada)[0] == 0
    assert codigos(comprobar(exportada.todo, "--clave", "0" * 64)[1]) == {"clave_distinta"}
    assert comprobar(exportada.todo, "--clave", "no es una clave")[0] == 2


def sin_el_ultimo(paquete):
    """An export whose last record is gone without a trace, as only who makes exports could."""
    indice = paquete.miembros[INDICE].splitlines(keepends=True)
    facturas = paquete.miembros[FACTURAS].splitlines(keepends=True)
    ultima, penultima = json.loads(indice[-1]), json.loads(indice[-2])
    xml = paquete.miembros[XML]
    fin = penultima["desde"] + penultima["largo"]
    cola = xml[ultima["desde"] + ultima["largo"] :]
    manifiesto = paquete.json(MANIFIESTO)
    [parte] = manifiesto["instalaciones"]
    parte["registros"] -= 1
    parte["ultimo"] = {name: penultima[name] for name in ("secuencia", "id", "huella")}
    parte["cabeza"] = {name: penultima[name] for name in ("secuencia", "huella")}
    for cuenta in parte["ultimos_numeros"]:
        if cuenta["serie"] == "F":
            cuenta["numero"] -= 1
    otro = Paquete(
        paquete.miembros
        | {
            INDICE: b"".join(indice[:-1]),
            FACTURAS: b"".join(facturas[:-1]),
            XML: xml[:fin] + cola,
        }
    )
    return otro.refirmado(manifiesto)


def test_a_tail_cut_by_whoever_makes_exports_shows_by_checkpoints_key_and_witness(
    exportada, comprobar, tmp_path
):
    cortado = sin_el_ultimo(exportada.todo)
    testigo = exportada.todo.guardar(tmp_path / "testigo.zip")
    _, dicho = comprobar(cortado)
    assert codigos(dicho) == {"cola_cortada"}
    sin_puntos = cortado.miembros[f"{CARPETA}/puntos.jsonl"].splitlines(keepends=True)[:-1]
    callado = cortado.con(**{f"{CARPETA}__puntos.jsonl": b"".join(sin_puntos)}).refirmado()
    assert comprobar(callado)[0] == 0
    assert codigos(comprobar(callado, "--clave", exportada.huella)[1]) == {"clave_distinta"}
    assert codigos(comprobar(callado, "--anterior", testigo)[1]) == {"cola_cortada"}


def test_a_record_made_again_shows_by_a_witness(exportada, comprobar, tmp_path):
    """The description of the second record, which no huella covers; everything is signed anew."""
    testigo = exportada.antes.guardar(tmp_path / "testigo.zip")
    xml = exportada.todo.miembros[XML]
    filas = exportada.todo.lineas(INDICE)
    lugar = xml.find("Revisión".encode(), filas[1]["desde"])
    alterado = xml[:lugar] + "Ravisión".encode() + xml[lugar + len("Ravisión".encode()) :]
    paquete = Paquete(exportada.todo.miembros | {XML: alterado}).refirmado()
    _, dicho = comprobar(paquete, "--anterior", testigo)
    suyos = {h["codigo"] for h in dicho["hallazgos"] if h["registro"] == filas[1]["id"]}
    assert suyos == {"registro_alterado", "factura_distinta", "sello_roto", "registro_rehecho"}
    assert {h["registro"] for h in dicho["hallazgos"]} == {filas[1]["id"]}


def test_a_witness_of_another_company_or_broken_is_told(exportada, comprobar, tmp_path):
    roto = exportada.antes.cambiado(INDICE, b'"numero":"F', b'"numero":"G').guardar(tmp_path / "roto.zip")
    assert codigos(comprobar(exportada.todo, "--anterior", roto)[1]) == {"anterior_ilegible"}
    ajeno = exportada.antes.json(MANIFIESTO)
    ajeno["empresa"]["nif"] = "A58818501"
    otra = exportada.antes.refirmado(ajeno).guardar(tmp_path / "otra.zip")
    assert codigos(comprobar(exportada.todo, "--anterior", otra)[1]) == {
        "anterior_sin_firma",
        "anterior_de_otra_empresa",
    }
    assert comprobar(exportada.todo, "--anterior", tmp_path / "no-esta.zip")[0] == 2


def test_each_record_is_in_the_official_document_byte_by_byte(exportada):
    xml = exportada.todo.miembros[XML]
    for fila in exportada.todo.lineas(INDICE):
        uno = xml[fila["desde"] : fila["desde"] + fila["largo"]]
        assert re.match(rb"<Registro(Alta|Anulacion) ", uno)
        assert fila["huella"].encode() in uno


def test_the_way_by_hand_that_an_export_tells_of_holds(exportada):
    """What LEEME.txt says: the manifest's signature, and what a checkpoint signs and sums."""
    leeme = exportada.todo.miembros["LEEME.txt"].decode()
    [suya] = exportada.todo.json("claves.json")
    der = b64decode("MCowBQYDK2VwAyEA") + b64decode(suya["clave"])
    assert "MCowBQYDK2VwAyEA" in leeme
    assert hashlib.sha256(der[-32:]).hexdigest() == exportada.huella
    clave = serialization.load_der_public_key(der)
    firma = b64decode(exportada.todo.json("manifiesto.firma")["firma"])
    clave.verify(firma, exportada.todo.miembros[MANIFIESTO])

    [forma] = re.findall(r'(\{"punto_de_control".*?\})', leeme, re.DOTALL)
    campos = re.findall(r'"(\w+)":', forma)
    indice, facturas = exportada.todo.lineas(INDICE), exportada.todo.miembros[FACTURAS].splitlines()
    anterior = ""
    for punto in exportada.todo.lineas(f"{CARPETA}/puntos.jsonl"):
        resumenes = b64decode(punto["resumenes"])
        assert punto["anterior"] == anterior
        dicho = punto | {"punto_de_control": 1, "resumenes": hashlib.sha256(resumenes).hexdigest()}
        texto = json.dumps(
            {campo: dicho[campo] for campo in campos}, ensure_ascii=False, separators=(",", ":")
        )
        clave.verify(b64decode(punto["firma"]), texto.encode())
        anterior = hashlib.sha256(texto.encode() + b64decode(punto["firma"])).hexdigest()
        for n in range(punto["desde"], punto["secuencia"] + 1):
            fila = indice[n - 1]
            xml = exportada.todo.miembros[XML][fila["desde"] : fila["desde"] + fila["largo"]]
            contenido = b""
            if fila["factura"]:
                linea = facturas[n - 1].removeprefix(b'{"contenido":')
                contenido = linea[: fila["factura"]["largo"]]
            dos = hashlib.sha256(xml).digest() + hashlib.sha256(contenido).digest()
            lugar = 32 * (n - punto["desde"])
            assert resumenes[lugar : lugar + 32] == hashlib.sha256(dos).digest()
    assert anterior
