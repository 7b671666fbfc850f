"""What a new invoice does to those that it rectifies or replaces, in the writer's transaction."""

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from contratos import InvalidData
from http_rules import Identity, check_version
from smartbilling.cifras import Cambios
from smartbilling.emision import Caducado, Lote
from smartbilling.facturas import VinculoFactura, anotar_citada
from smartbilling.series import Serie

from .citas import Cita, Pedidas, buscar
from .compensacion import Afectada, bloqueadas, compensar
from .serie import crear_la, de_la_empresa

_HA_CAMBIADO = "Las facturas que se nombran han cambiado mientras tanto: repite la petición."


@dataclass(frozen=True, slots=True, kw_only=True)
class Enlace:
    """The invoices that a new one speaks of, as they were found before the queue.

    `serie_por_crear`: there is none for rectifying invoices yet. `if_match` is of `primera_id`, the
    invoice that the request names.
    """

    quien: Identity
    pedidas: Pedidas
    citas: tuple[Cita, ...]
    serie_por_crear: Serie | None = None
    primera_id: str | None = None
    if_match: str | None = None

    def comprobar(self, lote: Lote) -> None:
        """All of it must still hold, with the invoices locked; the series is made if there is none yet.

        Raises Caducado, StaleVersion, InvalidData.
        """
        lote.volcar()
        afectadas = self._afectadas(lote)
        if self.primera_id is not None:
            check_version(self.if_match, afectadas[self.primera_id].situacion.version)
        try:
            if buscar(lote.session, lote.empresa_id, self.pedidas) != self.citas:
                raise Caducado(_HA_CAMBIADO)
        except InvalidData as refusal:  # said better by who prepares it again
            raise Caducado(_HA_CAMBIADO) from refusal
        if self.serie_por_crear is not None:
            junto_a = self.serie_por_crear.instalacion
            if de_la_empresa(lote.session, lote.empresa_id, junto_a) is not None:
                raise Caducado(_HA_CAMBIADO)
            crear_la(lote.session, self.quien, self.serie_por_crear, lote.ahora)

    def aplicar(self, lote: Lote, nueva: dict[str, Any], total_a_pagar: Decimal) -> dict[str, Any]:
        """Settle what the new invoice takes over and leave its links; what that makes of its own balance.

        `nueva` names it: company and invoice.
        """
        cifras = Cambios()
        afectadas = self._afectadas(lote)
        ya, importes = compensar(self.pedidas.metodo, total_a_pagar, list(afectadas.values()), cifras)
        compensado: dict[str | None, Decimal] = dict(zip(afectadas, importes, strict=True))
        for dia, cambio in cifras.items():
            lote.sumar(dia, cambio)
        lote.insertar(VinculoFactura, *self._filas(nueva, compensado))
        return {"compensado": ya, "pendiente": total_a_pagar - ya}

    def vista(self) -> dict[str, Any]:
        """How the answer of the new invoice names them."""
        vista: dict[str, Any] = {}
        for fila in self._filas({}, {}):
            anotar_citada(vista, fila)
        return vista

    def _filas(
        self, nueva: Mapping[str, Any], compensado: Mapping[str | None, Decimal]
    ) -> list[dict[str, Any]]:
        return [
            {
                "empresa_id": nueva.get("empresa_id"),
                "nueva_id": nueva.get("factura_id"),
                "n": n,
                "clase": self.pedidas.clase,
                "metodo": self.pedidas.metodo,
                "otra_id": cita.otra_id,
                "numero": cita.numero,
                "fecha": cita.fecha,
                "compensado": compensado.get(cita.otra_id, Decimal("0.00")),
                "vivo": True,
            }
            for n, cita in enumerate(self.citas, 1)
        ]

    def _afectadas(self, lote: Lote) -> dict[str, Afectada]:
        ids = [cita.otra_id for cita in self.citas if cita.otra_id]
        return bloqueadas(lote.session, lote.empresa_id, ids)
