"""The audit of records by `verifactu-lint`, a program of others."""

import verifactu_lint.registros
import verifactu_lint.reglas


def auditoria(carpeta, *registros):
    """What it finds in `registros`, XML bytes, as one chain in this order."""
    documento = carpeta / "registros.xml"
    documento.write_bytes(b"<registros>" + b"".join(registros) + b"</registros>")
    return verifactu_lint.reglas.audita(verifactu_lint.registros.lee(documento))
