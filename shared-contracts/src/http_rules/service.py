"""A web application that keeps the contract's rules: what both services are made of."""

from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import AbstractAsyncContextManager
from http import HTTPStatus
from typing import Any

import anyio.to_thread
from fastapi import APIRouter, FastAPI
from fastapi_offline import FastAPIOffline
from starlette.middleware.cors import CORSMiddleware

from storage import THREADS, Database

from . import selection
from .clock import Clock
from .guide import GUIDE
from .health import Check, faults, health_router
from .idempotency import Reread
from .identity import Authenticate, Recall, nobody
from .metrics import Figures, common_figures
from .problems import Problem, install_problems, problems
from .requests import HEADER, RequestContext
from .strict import StrictRoute

Lifespan = Callable[[FastAPI], AbstractAsyncContextManager[None]]
"""What a service starts before its first request and stops after its last."""


def api_router(prefix: str, tag: str) -> APIRouter:
    """A router whose routes read their requests strictly."""
    return APIRouter(prefix=prefix, tags=[tag], route_class=StrictRoute)


def new_app(  # noqa: PLR0913 - the list of what a service is made of, each by name
    *,
    title: str,
    version: str,
    database: Database,
    clock: Clock,
    authenticate: Authenticate,
    rereads: dict[str, Reread],
    checks: Sequence[Check],
    routers: Sequence[APIRouter],
    lifespan: Lifespan,
    recall: Recall = nobody,
    figures: Sequence[Figures] = (),
    cors_origins: Sequence[str] = (),
    tags: Sequence[dict[str, str]] = (),
    selectable: bool = False,
    moving: Collection[str] = (),
) -> FastAPI:
    """The application: problems, health, metrics, offline `/docs`, strict routes, CORS closed by default.

    `selectable`: its GET routes take `?solo=`. `moving`: the parameters of addresses whose ids may be another
    thing's now, which is answered 308.
    """
    app: FastAPI = FastAPIOffline(
        title=title,
        version=version,
        description=GUIDE,
        lifespan=lifespan,
        redoc_url=None,
        redirect_slashes=False,
        openapi_tags=list(tags),
        separate_input_output_schemas=True,
        telemetry={"tracing": False, "metrics": False, "logs": False},  # our own metrics and logs tell
    )
    app.state.database = database
    app.state.clock = clock
    app.state.authenticate = authenticate
    app.state.recall = recall
    app.state.rereads = rereads
    app.state.leaving = False
    app.state.selectable = selectable
    app.state.literal_paths = _literal_paths(routers)
    install_problems(app)
    common = common_figures(database, clock, lambda: not (app.state.leaving or faults(checks)))
    for router in (*routers, health_router(version, checks, [*common, *figures])):
        # as they are: `include_router` would make each route anew when the first request comes
        app.router.routes.extend(router.routes)
    if cors_origins:
        app.add_middleware(
            CORSMiddleware,
            allow_origins=list(cors_origins),
            allow_methods=["*"],
            allow_headers=[
                "Authorization",
                "X-API-Key",
                "Content-Type",
                "Idempotency-Key",
                "If-Match",
                HEADER,
            ],
            expose_headers=[
                "Content-Disposition",
                "ETag",
                "Idempotent-Replayed",
                "Location",
                "Retry-After",
                HEADER,
            ],
        )
    app.add_middleware(RequestContext)
    _document_problems(app, routers, moving)
    return app


def limit_threads() -> None:
    """Bound the pool that runs sync routes: more threads than this only wait for one another."""
    anyio.to_thread.current_default_thread_limiter().total_tokens = THREADS


def _literal_paths(routers: Sequence[APIRouter]) -> frozenset[str]:
    """The addresses of routes that have no parameter in them."""
    paths = {route.path for route in _strict_routes(routers)}
    return frozenset(path for path in paths if "{" not in path)


def _strict_routes(routers: Sequence[APIRouter]) -> list[StrictRoute]:
    return [route for router in routers for route in router.routes if isinstance(route, StrictRoute)]


def _document_problems(app: FastAPI, routers: Sequence[APIRouter], moving: Collection[str]) -> None:
    """In OpenAPI, put the problem's own schema where FastAPI describes its default refusals."""
    made = app.openapi
    strict = frozenset(
        (route.path, method.lower()) for route in _strict_routes(routers) for method in route.methods or ()
    )

    def openapi() -> dict[str, Any]:
        if app.openapi_schema is None:
            document = made()
            schemas = document.setdefault("components", {}).setdefault("schemas", {})
            schemas.pop("HTTPValidationError", None)
            schemas.pop("ValidationError", None)
            shape = Problem.model_json_schema(ref_template="#/components/schemas/{model}")
            schemas |= shape.pop("$defs", {}) | {"Problem": shape}
            _document_refusals(document, strict)
            _document_moves(document, moving)
            if app.state.selectable:
                _document_selection(document, routers)
            _exemplify_pages(schemas)
            app.openapi_schema = document
        return app.openapi_schema

    app.openapi = openapi  # type: ignore[method-assign]


def _document_selection(document: dict[str, Any], routers: Sequence[APIRouter]) -> None:
    """Tell of `?solo=` where a route takes it."""
    for route in _strict_routes(routers):
        if route.selectable:
            selection.document(document["paths"][route.path]["get"], route.response_model)


def _document_refusals(document: dict[str, Any], strict: frozenset[tuple[str, str]]) -> None:
    """Add to each operation the refusals that these rules give, besides those that its own route names."""
    for path, operations in document["paths"].items():
        for method, operation in operations.items():
            answers = operation["responses"]
            if "application/json" in answers.get("422", {}).get("content", {}):
                del answers["422"]
            for status, told in problems(
                *_refusals(path, operation, strict=(path, method) in strict)
            ).items():
                answers.setdefault(str(status), told)


def _refusals(path: str, operation: dict[str, Any], *, strict: bool) -> Iterator[int]:
    headers = {given["name"] for given in operation.get("parameters", []) if given["in"] == "header"}
    if strict:
        yield from (414, 422, 503)
        if "{" in path:
            yield 404
    if operation.get("security"):
        yield from (401, 403)
    if "requestBody" in operation:
        yield from (413, 415)
    if "Idempotency-Key" in headers:
        yield 409
    if "If-Match" in headers:
        yield 412


def _document_moves(document: dict[str, Any], moving: Collection[str]) -> None:
    """Tell of the 308 of each address in which an id may be another thing's now."""
    for path, operations in document["paths"].items():
        if any(f"{{{name}}}" in path for name in moving):
            for operation in operations.values():
                operation["responses"].update(_moved())


def _moved() -> dict[str, Any]:
    told = problems(HTTPStatus.PERMANENT_REDIRECT)[HTTPStatus.PERMANENT_REDIRECT]
    described = "La misma dirección, con el identificador de ahora."
    return {"308": told | {"headers": {"Location": {"schema": {"type": "string"}, "description": described}}}}


def _exemplify_pages(schemas: dict[str, Any]) -> None:
    """Give each page of a list, in OpenAPI, the example of its row."""
    for name, schema in schemas.items():
        rows = schema.get("properties", {}).get("datos", {}).get("items", {}).get("$ref", "")
        row = schemas.get(rows.rpartition("/")[2], {})
        if name.startswith("Page_") and "example" in row:
            schema["example"] = {
                "datos": [row["example"]],
                "siguiente": None,
                "total": 1,
                "total_exacto": True,
            }
