"""One export of a chain with every kind of record, and what somebody may do to it."""

import base64
import hashlib
import io
import json
import shutil
import zipfile
from dataclasses import dataclass

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

from smartbilling import evidencia
from verificar.__main__ import main

from ..conftest import EMPIEZA
from ..evidencia.conftest import emitir_de_todo
from ..facturacion import Api, _servicio


@dataclass
class Paquete:
    """The members of an export, to be altered and put together again."""

    miembros: dict[str, bytes]

    @classmethod
    def de(cls, datos):
        with zipfile.ZipFile(io.BytesIO(datos)) as zipped:
            return cls({name: zipped.read(name) for name in zipped.namelist()})

    def con(self, **cambios):
        """With other contents of members, named with `__` where a path has `/`; None takes one away."""
        todos = self.miembros | {name.replace("__", "/"): value for name, value in cambios.items()}
        return Paquete({name: value for name, value in todos.items() if value is not None})

    def cambiado(self, nombre, viejo, nuevo):
        """With the first `viejo` in a member put as `nuevo`."""
        assert viejo in self.miembros[nombre]
        return Paquete(self.miembros | {nombre: self.miembros[nombre].replace(viejo, nuevo, 1)})

    def json(self, nombre):
        return json.loads(self.miembros[nombre])

    def lineas(self, nombre):
        return [json.loads(linea) for linea in self.miembros[nombre].splitlines()]

    def refirmado(self, manifiesto=None):
        """Its manifest made anew for what it holds, as only who has no key of ours would: with another."""
        clave = Ed25519PrivateKey.generate()
        dicho = manifiesto or self.json("manifiesto.json")
        fuera = {"manifiesto.json", "manifiesto.firma"}
        publica = base64.b64encode(clave.public_key().public_bytes_raw()).decode()
        claves = [*self.json("claves.json"), {"kid": "evi_falsa", "clave": publica}]
        todos = self.miembros | {"claves.json": json.dumps(claves).encode()}
        dicho["miembros"] = [
            {"nombre": name, "tamano": len(value), "sha256": hashlib.sha256(value).hexdigest()}
            for name, value in todos.items()
            if name not in fuera
        ]
        texto = json.dumps(dicho).encode()
        firma = base64.b64encode(clave.sign(texto)).decode()
        todos["manifiesto.json"] = texto
        todos["manifiesto.firma"] = json.dumps({"kid": "evi_falsa", "firma": firma}).encode()
        return Paquete(todos)

    def guardar(self, path, compression=zipfile.ZIP_DEFLATED):
        with zipfile.ZipFile(path, "w", compression) as zipped:
            for name, value in self.miembros.items():
                zipped.writestr(name, value)
        return path


@dataclass(frozen=True)
class Exportada:
    """What the service exported: half of the chain first, all of it later; and its key."""

    antes: Paquete
    todo: Paquete
    crudo: bytes
    huella: str


@pytest.fixture(scope="module")
def exportada(plantilla_sqlite, tmp_path_factory):
    folder = tmp_path_factory.mktemp("exportada")
    shutil.copyfile(plantilla_sqlite, folder / "billing.db")
    for servicio in _servicio(f"sqlite:///{folder / 'billing.db'}", folder):
        servicio.reloj.ahora = EMPIEZA
        api = Api(servicio.empresa())

        def exportar(api=api):
            return api.pedir("GET", "/api/verifactu/exportacion").content

        for _ in range(3):
            api.emitir()
        evidencia.sellar(servicio.database, servicio.reloj)
        antes = exportar()
        emitir_de_todo(api)
        evidencia.sellar(servicio.database, servicio.reloj)
        api.reloj.avanzar(minutes=5)
        api.emitir()
        huella = api.pedir("GET", "/api/verifactu/clave-evidencia").json()["huella"]
        todo = exportar()
        yield Exportada(Paquete.de(antes), Paquete.de(todo), todo, huella)


@pytest.fixture
def comprobar(capsys, tmp_path):
    """Runs the program on a package or a file; its exit status and what it says."""

    def _comprobar(que, *argumentos):
        path = que.guardar(tmp_path / "exportacion.zip") if isinstance(que, Paquete) else que
        capsys.readouterr()
        status = main([str(path), "--json", *map(str, argumentos)])
        out, err = capsys.readouterr()
        assert "Traceback" not in err
        return status, json.loads(out)

    return _comprobar
