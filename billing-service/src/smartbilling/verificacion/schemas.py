"""The shape of a verification."""

from contratos import Salida


class HallazgoPublico(Salida):
    """Something that is wrong: with which record, or which invoice where it has none."""

    registro: str
    codigo: str
    mensaje: str


class Verificacion(Salida):
    """`GET /api/verifactu/verificacion`; only the first thousand findings are listed."""

    correcta: bool
    registros: int
    hallazgos: list[HallazgoPublico]
