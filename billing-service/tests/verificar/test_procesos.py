"""Several processes at once: what they find is what one finds."""

import json
import shutil
import subprocess
import sys

import pytest

from smartbilling.evidencia import exportacion

from ..conftest import EMPIEZA
from ..facturacion import Api, _servicio
from .conftest import Paquete

TROZOS = 9


@pytest.fixture(scope="module")
def en_trozos(plantilla_sqlite, tmp_path_factory):
    """An export of nine chunks of two records: the second has an annulment."""
    folder = tmp_path_factory.mktemp("en_trozos")
    shutil.copyfile(plantilla_sqlite, folder / "billing.db")
    for servicio in _servicio(f"sqlite:///{folder / 'billing.db'}", folder):
        servicio.reloj.ahora = EMPIEZA
        api = Api(servicio.empresa())
        tercera = [api.emitir()["id"] for _ in range(3)][2]
        api.anular(tercera)
        for _ in range(2 * TROZOS - 4):
            api.emitir()
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(exportacion, "REGISTROS_POR_TROZO", 2)
            paquete = Paquete.de(api.pedir("GET", "/api/verifactu/exportacion").content)
        assert f"instalacion-01/{TROZOS:06}.xml" in paquete.miembros
        yield paquete


def dicho(paquete, tmp_path, procesos):
    """What the program says with so many processes."""
    return dicho_de(paquete.guardar(tmp_path / "exportacion.zip"), procesos)


def dicho_de(path, procesos, stdin=None):
    done = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-m", "verificar", str(path), "--json", "--procesos", str(procesos)],
        stdin=stdin,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.stderr == ""
    return done.returncode, json.loads(done.stdout)


def trozo(n, que="xml"):
    return f"instalacion-01/{n:06}.{que}"


def sin_trozo(paquete, n):
    """With the chunks that follow the n-th in its place, and one less."""
    quedan = dict(paquete.miembros)
    for que in ("xml", "registros.jsonl", "facturas.jsonl"):
        for siguiente in range(n, TROZOS):
            quedan[trozo(siguiente, que)] = quedan[trozo(siguiente + 1, que)]
        del quedan[trozo(TROZOS, que)]
    otro = Paquete(quedan)
    manifiesto = otro.json("manifiesto.json")
    manifiesto["instalaciones"][0]["trozos"] = TROZOS - 1
    return otro.refirmado(manifiesto)


ALTERACIONES = {
    "a total of a record": (
        lambda p: p.cambiado(trozo(5), b"<ImporteTotal>121.00<", b"<ImporteTotal>121.01<"),
        "huella_incorrecta",
    ),
    "what a record says and no huella covers": (
        lambda p: p.cambiado(trozo(5), b"<ClaveRegimen>01<", b"<ClaveRegimen>02<"),
        "factura_distinta",
    ),
    "what the schema refuses": (
        lambda p: p.cambiado(trozo(5), b"<TipoHuella>01<", b"<TipoHuella>99<"),
        "xsd_invalido",
    ),
    "an invoice's figures": (
        lambda p: p.cambiado(trozo(6, "facturas.jsonl"), b'"suplidos":"0.00"', b'"suplidos":"9.00"'),
        "desglose_distinto",
    ),
    "what a chunk says of its last record": (
        lambda p: p.cambiado(trozo(3, "registros.jsonl"), b'"secuencia":6', b'"secuencia":7'),
        "secuencia_rota",
    ),
    "a chunk that is not there": (lambda p: p.con(**{trozo(4).replace("/", "__"): None}), "miembro_ausente"),
    "a chunk taken out, and signed by another": (lambda p: sin_trozo(p, 4), "enlace_roto"),
}


@pytest.mark.parametrize("procesos", [2, 3])
def test_a_sound_export_has_no_findings_with_several_processes(en_trozos, tmp_path, procesos):
    status, visto = dicho(en_trozos, tmp_path, procesos)
    assert (status, visto["hallazgos"], visto["registros"]) == (0, [], 2 * TROZOS)
    assert visto["puntos_de_control"] == 1
    assert (status, visto) == dicho(en_trozos, tmp_path, 1)


@pytest.mark.parametrize("que", ALTERACIONES)
def test_several_processes_find_what_one_finds_in_the_same_order(en_trozos, tmp_path, que):
    alterar, codigo = ALTERACIONES[que]
    alterado = alterar(en_trozos)
    solo = dicho(alterado, tmp_path, 1)
    assert codigo in {h["codigo"] for h in solo[1]["hallazgos"]}
    assert dicho(alterado, tmp_path, 3) == solo


def test_an_older_export_is_a_witness_with_several_processes_too(en_trozos, tmp_path):
    antes = en_trozos.guardar(tmp_path / "antes.zip")
    rehecho = en_trozos.cambiado(trozo(5, "facturas.jsonl"), b"Revisi", b"Revisa")
    path = rehecho.guardar(tmp_path / "despues.zip")
    dichos = [
        subprocess.run(  # noqa: S603 - our own program
            [sys.executable, "-m", "verificar", path, "--json", "--procesos", n, "--anterior", antes],
            capture_output=True,
            check=False,
        ).stdout
        for n in ("1", "3")
    ]
    assert dichos[0] == dichos[1]
    codigos = {h["codigo"] for h in json.loads(dichos[0])["hallazgos"]}
    assert "factura_rehecha" in codigos


def test_a_file_that_only_the_first_process_can_read_is_checked_by_it(en_trozos, tmp_path):
    path = en_trozos.guardar(tmp_path / "exportacion.zip")
    with path.open("rb") as file:
        assert dicho_de("/dev/stdin", 3, stdin=file) == dicho_de(path, 1)
