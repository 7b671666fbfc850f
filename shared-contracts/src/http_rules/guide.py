"""What OpenAPI says of a whole service: the rules that each of its routes keeps, for who reads it first."""

GUIDE = """\
Todo es JSON en UTF-8. Los importes son euros en textos con dos decimales (`"121.00"`), las fechas
`AAAA-MM-DD` y los instantes llevan su huso (`2026-11-24T09:30:00+01:00`).

**Quién eres.** `X-API-Key: …`, o el token de `/api/auth/login` de facturación en `Authorization: Bearer …`.
Cada uno abre una sola empresa: lo de otra responde 404, como lo que no existe.

**Listas.** `?limite=` (50, hasta 200), `?orden=` y los filtros de cada una; responden
`{"datos": […], "siguiente": "…", "total": n, "total_exacto": true}`. La página siguiente se pide con
`?cursor=` y el valor de `siguiente`, que es null en la última. `total` se cuenta hasta 10.000. Lo archivado
solo sale con `?archivados=true`.

**Errores.** `application/problem+json` con un `codigo` que no cambia y un `detail` que dice qué hacer; en un
422, `errores` nombra cada `campo`, todos a la vez. Un campo o un parámetro que no existe también es un 422.

**Repetir sin miedo.** Un POST con `Idempotency-Key` se hace una sola vez: repetido, responde lo mismo, con
`Idempotent-Replayed: true`. La misma clave con otra petición es un 422.

**No pisar a otros.** Cada recurso lleva su `ETag`. Devuélvelo en `If-Match` al cambiarlo: si alguien lo ha
cambiado antes, responde 412 y no se hace nada. Un PATCH cambia solo los campos dados, y `null` vacía uno.
"""
