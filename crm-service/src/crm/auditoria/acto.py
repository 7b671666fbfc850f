"""Who does something."""

from dataclasses import dataclass
from datetime import datetime

from contratos.identidad import SERVICIO_BILLING


@dataclass(frozen=True, slots=True)
class Acto:
    """Who does something, for which company, and when: what every use case that writes is given."""

    empresa_id: str
    actor: str
    ahora: datetime

    @property
    def by_user(self) -> bool:
        """Whether a person or their key does it, and not billing on its own."""
        return self.actor != SERVICIO_BILLING
