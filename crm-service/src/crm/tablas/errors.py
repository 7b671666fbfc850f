"""Why a file is not read as a table."""

from contratos import DomainError


class TablaIlegible(DomainError):
    """The file is no table that can be read: which kind of trouble it is, its sentence says."""

    code = "fichero_ilegible"
    campo = "cuerpo"
