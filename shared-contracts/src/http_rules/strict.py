"""Strict JSON in, before anything else looks at a request.

What is wrong with a body or a query is noticed here but said later, by `raise_faults`: whoever asks without
credentials hears 401 first and learns nothing else.
"""

import hashlib
import json
import re
from collections.abc import Callable, Coroutine
from decimal import Context, Decimal, InvalidOperation
from typing import Any, ClassVar

from fastapi import Request, Response
from fastapi.dependencies.models import Dependant
from fastapi.routing import APIRoute
from pydantic import BaseModel
from starlette.requests import ClientDisconnect
from starlette.routing import Match
from starlette.types import Scope

from contratos import DomainError, Fault, InvalidData, NotFound

from . import selection

MAX_BODY = 1024 * 1024
_MAX_QUERY = 16 * 1024
_MAX_DEPTH = 64
_MAX_DIGITS = 60
_BODY_METHODS = frozenset({"POST", "PUT", "PATCH", "DELETE"})
_EXACT = Context(prec=2 * _MAX_DIGITS)
_CONTAINERS = (dict, list)
UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ud800-\udfff\ufffe\uffff]")
"""Characters that no document and no database can hold: control characters, lone surrogates."""

_ESCAPED = re.compile(r"\\(?:[bf]|u(?:00[01]|[dD][89a-fA-F]|[fF]{3}[eEfF]))")
"""How JSON may write one of them with a backslash; what it finds may also be a harmless text."""


class JsonInvalido(DomainError):
    """The body is not JSON that can be read, or not JSON that means one thing only."""

    code = "json_invalido"
    campo = "cuerpo"


class TipoNoAdmitido(DomainError):
    """The body is not declared as JSON."""

    code = "tipo_de_contenido_no_admitido"
    status = 415


class CuerpoDemasiadoGrande(DomainError):
    """The body is larger than this route takes."""

    code = "cuerpo_demasiado_grande"
    status = 413


class DireccionDemasiadoLarga(DomainError):
    """The query string is longer than any that this service could understand."""

    code = "direccion_demasiado_larga"
    status = 414


class StrictRoute(APIRoute):
    """A route whose body is read by these rules. Numbers with a point arrive as Decimal, never as float.

    One that takes more than `max_body` is made by `large_router`.
    """

    max_body: ClassVar[int] = MAX_BODY

    def __init__(self, path: str, endpoint: Callable[..., Any], **how: Any) -> None:
        super().__init__(path, endpoint, **how | {"generate_unique_id_function": _operation_id})

    async def read(self, request: Request) -> bytes:
        """The body, declared as JSON, or nothing. Raises what `read_body` does."""
        return await read_body(request, self.max_body)

    async def parse(self, raw: bytes) -> Any:
        """The JSON value of a body. Raises what `parse` does."""
        return parse(raw)

    def matches(self, scope: Scope) -> tuple[Match, Scope]:
        """Starlette's, but that no id is spelled like another route's last step: `lote`, `upsert`."""
        match, inner = super().matches(scope)
        if match is not Match.NONE and self.param_convertors:
            literal = scope["path"] in scope["app"].state.literal_paths
            return (Match.NONE, {}) if literal else (match, inner)
        return match, inner

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """The handler of FastAPI, given a request that was read strictly."""
        answer = super().get_route_handler()
        names = _query_names(self.dependant)

        async def strict(request: Request) -> Response:
            known = names | ({selection.PARAMETER} if self._selects(request.app) else set())
            request.state.fault = _path_fault(request) or _query_fault(request, known)
            chosen = self._chosen(request) if request.state.fault is None else None
            if request.method in _BODY_METHODS:
                raw, body = b"", None
                try:
                    raw = await self.read(request)
                    body = await self.parse(raw) if raw else None
                except DomainError as fault:
                    raw, request.state.fault = b"", fault
                request.state.body = body
                request._body = raw  # noqa: SLF001 - Starlette's own cache of what was read
                request._json = body  # noqa: SLF001
            response = await answer(request)
            return response if chosen is None else selection.selected(response, chosen)

        return strict

    @property
    def selectable(self) -> bool:
        """Whether it answers fields, of which some may be asked for."""
        return self.response_model is not None and self.methods == {"GET"}

    def _selects(self, app: Any) -> bool:
        return self.selectable and bool(app.state.selectable)

    def _chosen(self, request: Request) -> selection.Wanted | None:
        """The fields that are asked for, if only some are; what is wrong with them is said later."""
        text = request.query_params.get(selection.PARAMETER) if self._selects(request.app) else None
        if text is None:
            return None
        try:
            return selection.wanted(self.response_model, text)
        except InvalidData as fault:
            request.state.fault = fault
            return None


def _operation_id(route: APIRoute) -> str:
    return "_".join([*(str(tag) for tag in route.tags), route.name]).lower().replace(" ", "_")


def raise_faults(request: Request) -> None:
    """Say what was wrong with the request.

    Raises NotFound (an address with unreadable text), JsonInvalido, TipoNoAdmitido, CuerpoDemasiadoGrande,
    DireccionDemasiadoLarga, or InvalidData (unknown or repeated query parameters, unreadable text).
    """
    fault: DomainError | None = request.state.fault
    if fault is not None:
        raise fault


def request_digest(request: Request) -> bytes:
    """What makes two requests the same: method, path, query and canonical JSON body. SHA-256.

    In canonical JSON the order of fields, blanks, escapes and the way to write a number make no difference.
    """
    return part_digest(request, getattr(request.state, "body", None))


def part_digest(request: Request, part: Any) -> bytes:
    """What makes parts of requests the same: where they were sent and their own canonical JSON. SHA-256."""
    canonical = json.dumps(part, sort_keys=True, separators=(",", ":"), default=_canonical_number)
    query = b"&".join(sorted(request.scope["query_string"].split(b"&")))
    head = f"{request.method}\n{request.scope['path']}\n".encode(errors="surrogatepass")
    return hashlib.sha256(b"%b%b\n%b" % (head, query, canonical.encode())).digest()


def _canonical_number(value: Any) -> int | dict[str, str]:
    """A whole number as JSON writes it; another one under a name that no field can have."""
    if not isinstance(value, Decimal):
        raise TypeError(type(value).__name__)
    whole = int(value)
    return whole if whole == value else {"\0": f"{value.normalize(_EXACT):f}"}


async def read_body(request: Request, limit: int, admit_large: Callable[[], None] | None = None) -> bytes:
    """The body, declared as JSON, or nothing; `admit_large` is asked while it is larger than `MAX_BODY`.

    Raises what `read_bytes` does, and TipoNoAdmitido.
    """
    raw = await read_bytes(request, limit, admit_large)
    if not raw.strip():
        return b""
    if media_type(request) != "application/json":
        raise TipoNoAdmitido("Envía el cuerpo como JSON, con «Content-Type: application/json».")
    return raw


async def read_bytes(request: Request, limit: int, admit_large: Callable[[], None] | None = None) -> bytes:
    """The body, whatever it is.

    Raises CuerpoDemasiadoGrande, or JsonInvalido when the caller left in the middle of it.
    """
    too_big = CuerpoDemasiadoGrande(f"El cuerpo de la petición supera el máximo de {limit // 1024} KiB.")
    if declares_more_than(request, limit):
        raise too_big
    raw = bytearray()
    try:
        async for chunk in request.stream():
            raw += chunk
            if len(raw) > limit:
                raise too_big
            if admit_large is not None and len(raw) > MAX_BODY:
                admit_large()
    except ClientDisconnect:
        raise JsonInvalido("El cuerpo no ha llegado entero.") from None
    return bytes(raw)


def declares_more_than(request: Request, limit: int) -> bool:
    """Whether a body says of itself, before it comes, that it has more than `limit` bytes."""
    declared = request.headers.get("content-length", "0")
    return declared.isdecimal() and (len(declared) > len(str(limit)) or int(declared) > limit)


def media_type(request: Request) -> str:
    """What the body is declared as, in small letters and without parameters."""
    return request.headers.get("content-type", "").split(";")[0].strip().lower()


def parse(raw: bytes) -> Any:
    """The JSON value of `raw`, decimals exact. Raises JsonInvalido, or InvalidData for unreadable text."""
    try:
        text = raw.decode()
        value = _DECODER.decode(text)
    except RecursionError:
        raise _too_deep() from None
    except UnicodeDecodeError:
        raise JsonInvalido("El cuerpo no es JSON en UTF-8.") from None
    except json.JSONDecodeError as error:
        raise JsonInvalido(
            f"El cuerpo no es JSON válido (línea {error.lineno}, columna {error.colno})."
        ) from None
    if text.count("[") + text.count("{") > _MAX_DEPTH and _depth(value) > _MAX_DEPTH:
        raise _too_deep()
    faults = list(_unreadable(value, ())) if _ESCAPED.search(text) or UNREADABLE.search(text) else []
    if faults:
        raise InvalidData(faults)
    return value


def _too_deep() -> JsonInvalido:
    return JsonInvalido(f"El JSON tiene demasiados niveles anidados: el máximo es {_MAX_DEPTH}.")


def _object(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        seen: set[str] = set()
        twice = next(name for name, _ in pairs if name in seen or seen.add(name))  # type: ignore[func-returns-value]
        raise JsonInvalido(f"El campo «{_safe(twice)}» aparece dos veces en el mismo objeto.")
    return found


def _safe(text: str) -> str:
    return UNREADABLE.sub("�", text[:60])


def _integer(digits: str) -> int:
    if len(digits) > _MAX_DIGITS and len(digits.lstrip("-")) > _MAX_DIGITS:
        raise _too_long()
    return int(digits)


def _decimal(digits: str) -> Decimal:
    try:
        number = Decimal(digits) if len(digits) <= 2 * _MAX_DIGITS else None
    except InvalidOperation:  # an exponent beyond any number
        number = None
    if number is None or len(number.as_tuple().digits) > _MAX_DIGITS or abs(number.adjusted()) > _MAX_DIGITS:
        raise _too_long()
    return number


def _too_long() -> JsonInvalido:
    return JsonInvalido(f"Hay un número de más de {_MAX_DIGITS} cifras.")


def _constant(name: str) -> None:
    raise JsonInvalido(f"«{name}» no es un número de JSON.")


_DECODER = json.JSONDecoder(
    object_pairs_hook=_object, parse_int=_integer, parse_float=_decimal, parse_constant=_constant
)


def _depth(value: Any) -> int:
    """How many levels of objects and lists are inside one another."""
    level, layer = 0, [value]
    while layer := [item for item in layer if isinstance(item, _CONTAINERS)]:
        level += 1
        if level > _MAX_DEPTH:
            break
        layer = [child for item in layer for child in (item.values() if isinstance(item, dict) else item)]
    return level


def _unreadable(value: Any, path: tuple[str, ...]) -> Any:
    """Faults of every text that no document can hold: NUL, control characters, lone surrogates."""
    if isinstance(value, str) and UNREADABLE.search(value):
        yield Fault(
            ".".join(path),
            "caracteres_no_validos",
            "El texto lleva caracteres de control o no válidos: quítalos.",
        )
    elif isinstance(value, dict):
        for name, item in value.items():
            yield from _unreadable(name, (*path, _safe(name)))
            yield from _unreadable(item, (*path, _safe(name)))
    elif isinstance(value, list):
        for index, item in enumerate(value):
            yield from _unreadable(item, (*path, str(index)))


def _query_names(dependant: Dependant) -> frozenset[str]:
    """The query parameters that a route and what it depends on take."""
    names = {name for inner in dependant.dependencies for name in _query_names(inner)}
    for parameter in dependant.query_params:
        kind = parameter.field_info.annotation
        if isinstance(kind, type) and issubclass(kind, BaseModel):
            names |= {field.alias or name for name, field in kind.model_fields.items()}
        else:
            names.add(parameter.alias)
    return frozenset(names)


def _path_fault(request: Request) -> NotFound | None:
    """No thing is called by what no database can hold."""
    unreadable = UNREADABLE.search(request.scope["path"])
    return NotFound("No hay nada con ese identificador.") if unreadable else None


def _query_fault(request: Request, names: frozenset[str]) -> DomainError | None:
    length = len(request.scope["query_string"])
    if length == 0:
        return None
    if length > _MAX_QUERY:
        return DireccionDemasiadoLarga(f"Los parámetros de la dirección pasan de {_MAX_QUERY} caracteres.")
    given = [name for name, _ in request.query_params.multi_items()]
    faults = [
        Fault(_safe(name), "parametro_desconocido", "Este parámetro no existe en esta ruta: quítalo.")
        for name in dict.fromkeys(given)
        if name not in names
    ]
    faults += [
        Fault(name, "parametro_repetido", "Este parámetro aparece más de una vez.")
        for name in dict.fromkeys(given)
        if name in names and given.count(name) > 1
    ]
    faults += [
        Fault(name, "caracteres_no_validos", "El valor lleva caracteres no válidos: quítalos.")
        for name, value in request.query_params.multi_items()
        if name in names and UNREADABLE.search(value)
    ]
    return InvalidData(faults) if faults else None
