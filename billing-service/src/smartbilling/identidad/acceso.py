"""Logging in, going on, leaving: use cases whose transactions are their own."""

from fastapi.concurrency import run_in_threadpool

from contratos import Forbidden
from http_rules import Clock, Identity
from storage import Database

from . import sesiones
from .claves import Claves
from .firmante import VIGENCIA, Firmante
from .schemas import Tokens, normalizado
from .sesiones import Apertura, CredencialesIncorrectas


class Acceso:
    """Opens sessions, and signs the token that goes with each."""

    def __init__(self, database: Database, clock: Clock, claves: Claves, firmante: Firmante) -> None:
        self._database, self._clock = database, clock
        self._claves, self._firmante = claves, firmante

    async def entrar(self, usuario: str, clave: str, empresa_id: str | None) -> Tokens:
        """A session for who knows the password, which is checked between two transactions and in none.

        Raises CredencialesIncorrectas, Overloaded, or what `sesiones.abrir` does.
        """
        found = await run_in_threadpool(self._buscar, normalizado(usuario))
        usuario_id, cifrada = found or (None, None)
        if not await self._claves.comprobar(clave, cifrada) or usuario_id is None:
            raise CredencialesIncorrectas("El usuario o la clave no son correctos.")
        return await run_in_threadpool(self.abrir, usuario_id, empresa_id)

    def abrir(self, usuario_id: str, empresa_id: str | None) -> Tokens:
        """A session of a user who is known. Raises what `sesiones.abrir` does."""
        with self._database.unit_of_work() as session:
            apertura = sesiones.abrir(session, usuario_id, empresa_id, self._clock())
        return self._tokens(apertura)

    def cambiar_de_empresa(self, quien: Identity, empresa_id: str) -> Tokens:
        """A session of the same user in another of its companies. Raises Forbidden, NotFound.

        An API key belongs to one company: with it nobody gets into another.
        """
        if quien.clave_id is not None:
            raise Forbidden("Una clave de API es de una sola empresa: entra con usuario y clave.")
        return self.abrir(quien.sub, empresa_id)

    def renovar(self, refresh_token: str) -> Tokens:
        """The session goes on. Raises SesionTerminada; a token used twice ends it, and that is kept."""
        with self._database.unit_of_work() as session:
            apertura = sesiones.renovar(session, refresh_token, self._clock())
        if apertura is None:
            raise sesiones.sesion_terminada()
        return self._tokens(apertura)

    def salir(self, refresh_token: str) -> None:
        """End the session of the token, if it has one."""
        with self._database.unit_of_work() as session:
            sesiones.cerrar(session, refresh_token, self._clock())

    def _buscar(self, usuario: str) -> tuple[str, str] | None:
        with self._database.reading() as session:
            return sesiones.cifrada(session, usuario)

    def _tokens(self, apertura: Apertura) -> Tokens:
        return Tokens(
            access_token=self._firmante.firmar(apertura.identity, self._clock()),
            expires_in=int(VIGENCIA.total_seconds()),
            refresh_token=apertura.refresh_token,
        )
