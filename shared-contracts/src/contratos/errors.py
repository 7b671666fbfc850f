"""The family of business refusals. `http_rules.problems` turns all of it into RFC 9457."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import ClassVar

Fact = str | int | Decimal | Sequence[str] | Mapping[str, str] | None
"""What a problem may carry besides its sentence: figures, names, what is allowed."""


class DomainError(Exception):
    """A rule of the business said no. What a subclass adds in `facts` travels in the problem.

    `campo` is the field that a refusal with 422 is about, if it is about one.
    """

    code: ClassVar[str]
    status: ClassVar[int] = 422
    campo: ClassVar[str] = ""

    def __init__(self, detail: str, **facts: Fact) -> None:
        super().__init__(detail)
        self.detail = detail
        self.facts = facts


class NotFound(DomainError):
    """There is no such thing in this company. Another company's thing reads exactly the same."""

    code = "no_encontrado"
    status = 404


class Moved(NotFound):
    """What had the id `antes` is another thing now, `ahora`, which stands at `direccion`: 308.

    A request for an address that has the old id in it is told the same address with the new one.
    """

    code = "trasladado"
    status = 308

    def __init__(self, detail: str, *, antes: str, ahora: str, direccion: str, **facts: Fact) -> None:
        super().__init__(detail, **facts)
        self.antes, self.ahora, self.direccion = antes, ahora, direccion


class Forbidden(DomainError):
    """Who asks is known, and may not do this."""

    code = "sin_permiso"
    status = 403


class Unauthenticated(DomainError):
    """No credentials, or none that can be trusted."""

    code = "no_autenticado"
    status = 401


class StaleVersion(DomainError):
    """`If-Match` names a version that is no longer the last."""

    code = "version_obsoleta"
    status = 412


class Overloaded(DomainError):
    """A bounded queue is full; nothing was done. `retry_after` seconds later it may fit."""

    code = "sobrecarga"
    status = 503
    retry_after: ClassVar[int] = 2


class TooManyAttempts(DomainError):
    """Somebody failed too often; nothing was tried. `retry_after` seconds later it may be tried again."""

    code = "demasiados_intentos"
    status = 429

    def __init__(self, detail: str, retry_after: int) -> None:
        super().__init__(detail)
        self.retry_after = retry_after


@dataclass(frozen=True, slots=True)
class Fault:
    """One row of a problem's `errores`: which field, a stable code, what to do about it."""

    campo: str
    codigo: str
    mensaje: str
    codigo_aeat: str | None = None


class InvalidData(DomainError):
    """The data break one or more rules: all of them, at once, in `faults`."""

    code = "datos_invalidos"

    def __init__(self, faults: Iterable[Fault], detail: str = "Revisa los campos indicados.") -> None:
        super().__init__(detail)
        self.faults = tuple(faults)


def invalid(campo: str, codigo: str, mensaje: str) -> InvalidData:
    """A refusal of one single field."""
    return InvalidData([Fault(campo, codigo, mensaje)])
