"""The shape of a verification."""

from pydantic import ConfigDict

from contratos import Salida


class HallazgoPublico(Salida):
    """Something that is wrong: with which record, or which invoice where it has none."""

    registro: str
    codigo: str
    mensaje: str


class Verificacion(Salida):
    """`GET /api/verifactu/verificacion`; only the first thousand findings are listed."""

    model_config = ConfigDict(
        json_schema_extra={
            "example": {
                "correcta": False,
                "registros": 128,
                "hallazgos": [
                    {
                        "registro": "reg_0193e2b0c1d27f3a8b4c5d6e7f809102",
                        "codigo": "huella_incorrecta",
                        "mensaje": "La huella del registro de F-2026-000042 no es la de su contenido: se ha "
                        "alterado.",
                    }
                ],
            }
        }
    )

    correcta: bool
    registros: int
    hallazgos: list[HallazgoPublico]
