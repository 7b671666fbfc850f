"""`/health/live`, `/health/ready`, `/metrics`: a dead peer never makes a service unready."""

from collections.abc import Callable, Sequence

from fastapi import APIRouter, Depends, Request, Response
from fastapi.responses import PlainTextResponse
from prometheus_client import CONTENT_TYPE_LATEST, generate_latest
from pydantic import BaseModel
from sqlalchemy.exc import SQLAlchemyError
from starlette.concurrency import run_in_threadpool

from contratos import CONTRATO
from contratos.crm import Listo

from .metrics import BUILD, Figures, refresh
from .problems import problem, problems
from .strict import StrictRoute, raise_faults

Check = Callable[[], str | None]
"""What is wrong, in a sentence, or None."""

_LEAVING = "El servicio se está parando: usa otro."


class Vivo(BaseModel):
    """The process answers."""

    vivo: bool = True


def faults(checks: Sequence[Check]) -> list[str]:
    """What is wrong, a sentence each."""
    try:
        return [fault for check in checks if (fault := check())]
    except SQLAlchemyError:
        return ["La base de datos no responde."]


def health_router(version: str, checks: Sequence[Check], figures: Sequence[Figures]) -> APIRouter:
    """The health routes of a service that is ready when no check finds anything wrong and it is not leaving.

    Whether it lives or leaves, and its figures, are told without a thread of the pool: it may be full.
    """
    BUILD.labels(version, CONTRATO).set(1)
    router = APIRouter(tags=["Salud"], route_class=StrictRoute, dependencies=[Depends(_sound)])

    @router.get("/health/live")
    async def live() -> Vivo:
        """Responde mientras el proceso vive."""
        return Vivo()

    @router.get("/health/ready", response_model=Listo, responses=problems(503))
    async def ready(request: Request) -> Listo | Response:
        """Responde 200 cuando el servicio puede trabajar: base de datos, migraciones y escritor propios."""
        wrong = [_LEAVING] if request.app.state.leaving else await run_in_threadpool(faults, checks)
        if wrong:
            return problem(request, 503, "no_listo", " ".join(wrong), listo=False)
        return Listo(listo=True, version=version, contrato=CONTRATO)

    @router.get("/metrics", response_class=PlainTextResponse)
    async def metrics() -> Response:
        """Métricas en el formato de Prometheus."""
        await refresh(figures)
        return Response(generate_latest(), media_type=CONTENT_TYPE_LATEST)

    return router


async def _sound(request: Request) -> None:
    raise_faults(request)
