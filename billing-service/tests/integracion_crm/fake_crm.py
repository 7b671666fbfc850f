"""A CRM that keeps the contract's promises, behind a real socket, and misbehaves when it is told to."""

import asyncio
import json
import re
import socket
import threading
from collections import Counter, defaultdict, deque
from dataclasses import dataclass, field
from typing import Any

import uvicorn

from http_rules import new_id

_ACTIVITIES = re.compile(r"/api/crm/clientes/(cli_[0-9a-f]{32})/actividades$")
_CLIENT = re.compile(r"/api/crm/clientes/(cli_[0-9a-f]{32})(?:/fusionados)?$")


@dataclass(frozen=True)
class Answers:
    """Answer this instead of doing what is asked."""

    status: int
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)


@dataclass(frozen=True)
class Hangs:
    """Never answer."""


@dataclass(frozen=True)
class LosesTheAnswer:
    """Do what is asked and close the connection in the middle of the answer."""


@dataclass(frozen=True)
class Babbles:
    """Do what is asked and answer something that is not JSON."""


def problem(status, codigo, detail="El CRM dice que no.", errores=(), **headers):
    """An answer that refuses."""
    body = {"status": status, "codigo": codigo, "detail": detail, "errores": list(errores)}
    return Answers(status, json.dumps(body).encode(), {"content-type": "application/problem+json"} | headers)


@dataclass
class Request:
    """What arrived."""

    kind: str
    method: str
    path: str
    query: str
    headers: dict[str, str]
    body: Any


class FakeCrm:
    """`plan[kind]` holds what to do with the next requests of a kind: upsert, actividad, ready, leer."""

    def __init__(self) -> None:
        self.reset()
        self._bound = None
        self._server = None
        self.port = _free_port()

    def reset(self) -> None:
        self.plan: dict[str, deque[Any]] = defaultdict(deque)
        self.always: dict[str, Any] = {}
        self.requests: list[Request] = []
        self.clientes: dict[tuple[str, str], dict[str, Any]] = {}
        self.actividades: dict[tuple[str, str], dict[str, Any]] = {}
        self.arrived: dict[str, list[str]] = defaultdict(list)
        self.merged: dict[str, str] = {}
        self.replies: dict[tuple[str, str], tuple[str, int, bytes]] = {}
        self.tokens: Counter[str] = Counter()
        self.at_once: Counter[str] = Counter()
        self.most_at_once = 0
        self.delay = 0.0
        self.company_of = lambda token: token.split(".")[0]

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    def token(self, empresa_id, ahora) -> str:
        self.tokens[empresa_id] += 1
        return f"{empresa_id}.{self.tokens[empresa_id]}"

    def of_kind(self, kind):
        return [request for request in self.requests if request.kind == kind]

    def start(self) -> None:
        config = uvicorn.Config(
            self,
            port=self.port,
            log_config=None,
            log_level="critical",
            lifespan="off",
            timeout_graceful_shutdown=0,
        )
        self._server = uvicorn.Server(config)
        self._thread = threading.Thread(target=self._server.run, daemon=True)
        self._thread.start()
        while not self._server.started:
            self._thread.join(0.002)

    def stop(self) -> None:
        self._server.should_exit = True
        self._server.force_exit = True
        self._thread.join(5)

    async def __call__(self, scope, receive, send):
        raw = b""
        while (message := await receive())["type"] == "http.request":
            raw += message.get("body", b"")
            if not message.get("more_body"):
                break
        headers = {name.decode(): value.decode() for name, value in scope["headers"]}
        body = json.loads(raw) if raw else None
        query = scope["query_string"].decode()
        request = Request(_kind(scope), scope["method"], scope["path"], query, headers, body)
        self.requests.append(request)
        named = request.body or {}
        key = str(named.get("cif_nif") or named.get("email") or request.path)
        self.at_once[key] += 1
        if request.kind in {"upsert", "actividad"}:
            self.most_at_once = max(self.most_at_once, self.at_once[key])
        try:
            await self._misbehave(request, send)
        finally:
            self.at_once[key] -= 1

    async def _misbehave(self, request, send):
        await asyncio.sleep(self.delay)
        todo = self.plan[request.kind]
        behaviour = todo.popleft() if todo else self.always.get(request.kind)
        if isinstance(behaviour, Hangs):
            await asyncio.sleep(60)
        if isinstance(behaviour, Answers):
            await _respond(send, behaviour.status, behaviour.body, behaviour.headers)
            return
        status, body, headers = self._do(request)
        if isinstance(behaviour, LosesTheAnswer):
            head = [(b"content-length", b"1000"), (b"content-type", b"application/json")]
            await send({"type": "http.response.start", "status": status, "headers": head})
            await send({"type": "http.response.body", "body": b"{", "more_body": False})
            return
        if isinstance(behaviour, Babbles):
            body = b"<html>Bienvenido al wifi del hotel"
        await _respond(send, status, body, {"content-type": "application/json"} | headers)

    def _do(self, request):
        """Once in effect, as the real one."""
        if request.kind == "ready":
            return 200, _json({"listo": True, "version": "1", "contrato": "1.0", "nuevo": 1}), {}
        empresa_id = self.company_of(request.headers["authorization"].removeprefix("Bearer "))
        key = (empresa_id, request.headers.get("idempotency-key", ""))
        same = f"{request.method} {request.path} {_json(request.body)}"
        if key[1] and key in self.replies:
            first, status, body = self.replies[key]
            if first != same:
                return 422, _json({"codigo": "idempotencia_conflicto", "detail": "La clave ya se usó."}), {}
            return status, body, {"idempotent-replayed": "true"}
        status, body, headers = self._write(empresa_id, request)
        if key[1] and status < 300:
            self.replies[key] = (same, status, body)
        return status, body, headers

    def _write(self, empresa_id, request):
        if request.kind == "upsert":
            return self._upsert(empresa_id, request.body)
        match = _ACTIVITIES.search(request.path) or _CLIENT.search(request.path)
        return self._figures() if match is None else self._of_client(empresa_id, match[1], request)

    def _figures(self):
        counts = ("total_clientes", "clientes_activos", "actividades_pendientes", "oportunidades_abiertas")
        figures = dict.fromkeys(counts, 3) | {"valor_oportunidades_abiertas": "10.00", "nuevo": None}
        return 200, _json(figures), {}

    def _of_client(self, empresa_id, cliente_id, request):
        if cliente_id in self.merged:
            moved = request.path.replace(cliente_id, self.merged[cliente_id])
            return 308, _json({"codigo": "cliente_fusionado", "detail": "Se fusionó."}), {"location": moved}
        if (empresa_id, cliente_id) not in self.clientes:
            return 404, _json({"codigo": "no_encontrado", "detail": "No hay ningún cliente así."}), {}
        if request.kind == "actividad":
            return self._log(empresa_id, cliente_id, request.body)
        if "fusionados" in request.path:
            merged = [{"id": old} for old, new in self.merged.items() if new == cliente_id]
            return 200, _json({"datos": merged, "siguiente": None}), {}
        if "actividades" in request.path:
            rows = [
                a
                for (e, _), a in self.actividades.items()
                if e == empresa_id and a["cliente_id"] == cliente_id
            ]
            return 200, _json({"datos": rows, "siguiente": None}), {}
        return 200, _json(self.clientes[empresa_id, cliente_id]), {}

    def _upsert(self, empresa_id, body):
        for (company, cliente_id), cliente in self.clientes.items():
            nif, email = body.get("cif_nif"), body.get("email")
            same = cliente["cif_nif"] == nif if nif else email is not None and cliente["email"] == email
            if company != empresa_id or not same:
                continue
            if cliente_id in self.merged:
                path = f"/api/crm/clientes/{self.merged[cliente_id]}"
                return (
                    308,
                    _json({"codigo": "cliente_fusionado", "detail": "Se fusionó."}),
                    {"location": path},
                )
            return 200, _json({"cliente": cliente, "creado": False}), {}
        return 201, _json({"cliente": self.make(empresa_id, **body), "creado": True}), {}

    def make(self, empresa_id, **fields):
        """A client that is there."""
        cliente = {
            "id": new_id("cli"),
            "nombre_completo": "Talleres Ruiz, S.L.",
            "email": None,
            "cif_nif": None,
            "tipo_cliente": "empresa",
            "estado": "activo",
            "telefono": None,
            "direccion": None,
            "etiquetas": [],
            "limite_credito": "0.00",
            "archivado": False,
            "creado": "2026-11-24T09:00:00+00:00",
            "actualizado": "2026-11-24T09:00:00+00:00",
            "campo_nuevo": "de una versión posterior",
        } | fields
        self.clientes[empresa_id, cliente["id"]] = cliente
        return cliente

    def _log(self, empresa_id, cliente_id, body):
        ref = body["referencia_externa"]
        if (empresa_id, ref) in self.actividades:
            return 200, _json(self.actividades[empresa_id, ref]), {}
        row = {"descripcion": None, "vence": None, "completada": False} | body
        row |= {"id": new_id("act"), "cliente_id": cliente_id, "archivado": False}
        row |= {"creado": body["fecha"], "actualizado": body["fecha"]}
        self.actividades[empresa_id, ref] = row
        self.arrived[cliente_id].append(ref)
        return 201, _json(row), {}


def _kind(scope):
    if scope["path"] == "/health/ready":
        return "ready"
    if scope["method"] == "GET":
        return "leer"
    return "upsert" if scope["method"] == "PUT" else "actividad"


async def _respond(send, status, body, headers):
    rows = [(name.encode(), value.encode()) for name, value in headers.items()]
    rows.append((b"content-length", str(len(body)).encode()))
    await send({"type": "http.response.start", "status": status, "headers": rows})
    await send({"type": "http.response.body", "body": body})


def _json(value):
    return json.dumps(value, sort_keys=True, default=str).encode()


def _free_port():
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        return sock.getsockname()[1]
