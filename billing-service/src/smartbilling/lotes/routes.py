"""`/api/facturas/lote`: many invoices in one request."""

from functools import partial

from fastapi import Request, Response
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import StreamingResponse

from http_rules import answer_to, large_router, problems
from smartbilling.deps import EscribeFacturas
from smartbilling.emision import ClavePorParte, EmitePorTandas
from smartbilling.expedicion import Firma

from .schemas import LoteNuevo, LotePublico
from .service import FacturaDeLote, emitir

CUERPO_MAXIMO = 16 * 1024 * 1024

router = large_router("/api/facturas", "Facturación", CUERPO_MAXIMO)


@router.post("/lote", response_model=LotePublico, responses=problems(409, 413, 422, 503))
async def emitir_lote(
    request: Request,
    lote: LoteNuevo,
    quien: EscribeFacturas,
    emite: EmitePorTandas,
    claves: ClavePorParte,
    firma: Firma,
) -> Response:
    """Emite hasta 1.000 facturas, o las guarda como borradores, cada una como si se enviara sola.

    El cuerpo llega a 16 MiB. La respuesta es 200 siempre que el lote se pueda leer, y sale según se emite:
    `resultados` dice de cada factura, en el orden del lote, su propio `status`, con la `factura` si es 201 o
    el `problema` si se rechazó. Una rechazada no gasta número ni detiene a las demás; los números de cada
    serie siguen el orden del lote.

    Con `Idempotency-Key: K`, la factura i (la primera es la 0) tiene la clave `K:i`. Repite el mismo lote con
    la misma clave tras un corte, y solo se emite lo que faltaba: lo ya hecho vuelve con su primera respuesta,
    byte a byte, y `repetida: true`; si todo estaba hecho, la respuesta lleva `Idempotent-Replayed: true`. La
    clave vale para cada factura por separado: si una cambió, solo ella es 422 `idempotencia_conflicto`; una
    rechazada se puede corregir y reenviar. Un `POST /api/facturas` con la clave `K:i` va a otra ruta, y por
    eso es otra petición: 422 `idempotencia_conflicto`. Sin clave, un lote repetido emite otra vez.

    Si el servicio no da abasto a mitad de lote, lo que queda es 503 en su resultado, con los segundos de
    `reintentar_en`. Si quien llama se va, se termina lo que estaba en curso; lo demás espera a la repetición.
    """
    facturas = await run_in_threadpool(
        lambda: [FacturaDeLote(una, claves.de(n, una), quien, firma) for n, una in enumerate(lote.facturas)]
    )
    headers = {"Idempotent-Replayed": "true"} if await emite.todas_hechas(facturas) else {}
    return StreamingResponse(
        emitir(facturas, emite, partial(answer_to, request)), headers=headers, media_type="application/json"
    )
