"""`verificar exportacion.zip`: says what is wrong with it, or that all is right."""

import argparse
import io
import json
import os
import sys
import time
from collections.abc import Iterator, Sequence
from itertools import islice
from pathlib import Path

from smartbilling.verifactu import Hallazgo

from .archivo import imprimible
from .comprobacion import Cuenta, comprobar
from .errores import Ilegible
from .manifiesto import huella_esperada
from .procesos import procesadores

BIEN, CON_HALLAZGOS, ILEGIBLE, SIN_DECIR, INTERRUMPIDO = 0, 1, 2, 3, 130
_LISTADOS = 10_000
_CADA = 2.0


def main(argumentos: Sequence[str] | None = None) -> int:
    """Check the export that the arguments name. The exit status: 0 right, 1 findings, 2 cannot be read."""
    pedido = _argumentos().parse_args(argumentos)
    cuenta, avance = Cuenta(), _Avance(callado=pedido.json and not sys.stderr.isatty())
    try:
        esperada = huella_esperada(pedido.clave) if pedido.clave else None
        hallazgos = comprobar(
            pedido.exportacion,
            cuenta,
            esperada=esperada,
            anteriores=pedido.anterior,
            avance=avance,
            procesos=pedido.procesos,
        )
        listados = list(islice(hallazgos, _LISTADOS))
        mas = sum(1 for _ in hallazgos)
    except Ilegible as error:
        avance.terminar()
        _decir_ilegible(str(error), en_json=pedido.json)
        return ILEGIBLE
    avance.terminar()
    if pedido.json:
        _en_json(cuenta, listados, mas, esperada)
    else:
        _en_texto(cuenta, listados, mas, esperada)
    return CON_HALLAZGOS if listados else BIEN


def _argumentos() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="verificar",
        description="Comprueba, sin conexión y sin escribir nada, una exportación de registros VERI*FACTU.",
        epilog="Termina con 0 si todo está bien, con 1 si ha encontrado algo, con 2 si no se puede leer y "
        "con 3 si no ha podido escribir lo que encontró.",
    )
    parser.add_argument("exportacion", type=Path, help="el zip de GET /api/verifactu/exportacion")
    parser.add_argument(
        "--clave",
        metavar="HUELLA_O_FICHERO",
        help="la huella de la clave que debe haberlo firmado, o su archivo",
    )
    parser.add_argument(
        "--anterior",
        metavar="OTRO.zip",
        type=Path,
        nargs="+",
        default=[],
        help="exportaciones más antiguas que hacen de testigo",
    )
    parser.add_argument(
        "--procesos",
        metavar="N",
        type=int,
        default=procesadores(),
        help="cuántos procesos comprueban a la vez; si no se dice, tantos como procesadores",
    )
    parser.add_argument("--json", action="store_true", help="lo dice en JSON")
    return parser


class _Avance:
    """Progress on stderr, every couple of seconds."""

    def __init__(self, *, callado: bool) -> None:
        self._callado, self._empezo, self._dicho = callado, time.monotonic(), 0.0
        self._hechos = 0

    def __call__(self, hechos: int, total: int) -> None:
        self._hechos = hechos
        ahora = time.monotonic()
        if self._callado or ahora - max(self._dicho, self._empezo) < _CADA:
            return
        self._dicho = ahora
        por_ciento = f" ({100 * hechos // total} %)" if total else ""
        sys.stderr.write(f"{hechos} de {total} registros{por_ciento}\n")

    def terminar(self) -> None:
        """The rate."""
        segundos = time.monotonic() - self._empezo
        if not self._callado and self._hechos:
            ritmo = self._hechos / segundos if segundos else 0
            sys.stderr.write(f"{self._hechos} registros en {segundos:.1f} s ({ritmo:.0f} por segundo)\n")


def _en_texto(cuenta: Cuenta, listados: Sequence[Hallazgo], mas: int, esperada: str | None) -> None:
    sys.stdout.writelines(f"{linea}\n" for linea in _lineas(cuenta, listados, mas, esperada))


def _lineas(cuenta: Cuenta, listados: Sequence[Hallazgo], mas: int, esperada: str | None) -> Iterator[str]:
    for hallazgo in listados:
        yield (
            imprimible(hallazgo.codigo)
            + "  "
            + imprimible(hallazgo.registro)
            + "  "
            + _en_un_renglon(hallazgo.mensaje)
        )
    if mas:
        yield f"… y {mas} hallazgos más."
    manifiesto = cuenta.manifiesto
    if manifiesto is not None:
        desde = f"desde el {manifiesto.desde}" if manifiesto.desde else "desde el principio"
        hasta = f"hasta el {manifiesto.hasta}" if manifiesto.hasta else "hasta que se exportó"
        empresa = f"{imprimible(manifiesto.empresa_nombre)} ({imprimible(manifiesto.empresa_nif)})"
        yield f"{empresa}, {desde} {hasta}."
    yield f"{cuenta.registros} registros y {cuenta.puntos} puntos de control comprobados."
    if esperada is None:
        yield f"Clave de quien firma, sin contrastar: {cuenta.clave or 'ninguna'}."
    yield "Todo está bien." if not listados else f"{len(listados) + mas} hallazgos."


def _en_un_renglon(texto: str) -> str:
    return "".join(c if c.isprintable() else " " for c in texto[:500])


def _en_json(cuenta: Cuenta, listados: Sequence[Hallazgo], mas: int, esperada: str | None) -> None:
    manifiesto = cuenta.manifiesto
    dicho = {
        "correcta": not listados,
        "registros": cuenta.registros,
        "puntos_de_control": cuenta.puntos,
        "empresa": manifiesto.empresa_nif if manifiesto else None,
        "periodo": {"desde": manifiesto.desde, "hasta": manifiesto.hasta} if manifiesto else None,
        "clave": cuenta.clave,
        "clave_contrastada": esperada is not None and cuenta.clave == esperada,
        "hallazgos": [{"registro": h.registro, "codigo": h.codigo, "mensaje": h.mensaje} for h in listados],
        "hallazgos_no_listados": mas,
    }
    sys.stdout.write(json.dumps(dicho, ensure_ascii=True) + "\n")


def _decir_ilegible(motivo: str, *, en_json: bool) -> None:
    if en_json:
        sys.stdout.write(json.dumps({"correcta": False, "ilegible": motivo}) + "\n")
    else:
        sys.stderr.write(_en_un_renglon(motivo) + "\n")


def run() -> None:
    """The installed command: whatever the terminal can show, and whoever stops reading, no traceback."""
    for salida in (sys.stdout, sys.stderr):
        if isinstance(salida, io.TextIOWrapper):
            salida.reconfigure(errors="backslashreplace")
    try:
        status = main()
        sys.stdout.flush()
    except KeyboardInterrupt:
        status = INTERRUMPIDO
    except OSError as error:  # of writing: what is read is told by main
        # what is left unwritten goes nowhere, so that the interpreter does not fail on it once more
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        if not isinstance(error, BrokenPipeError):
            sys.stderr.write(f"No se puede escribir lo que se ha encontrado: {error}\n")
        status = SIN_DECIR
    sys.exit(status)


if __name__ == "__main__":
    run()
