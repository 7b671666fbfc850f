"""Logging in, going on, leaving: use cases whose transactions are their own."""

from collections.abc import Callable

from fastapi.concurrency import run_in_threadpool

from contratos import Forbidden, TooManyAttempts
from http_rules import Clock, Identity
from storage import Database

from . import freno, sesiones
from .claves import Claves
from .firmante import VIGENCIA, Firmante
from .freno import Intento
from .metrics import LOGINS
from .schemas import Tokens, normalizado
from .sesiones import Apertura, CredencialesIncorrectas


class Acceso:
    """Opens sessions, and signs the token that goes with each. `olvidar` is told of tokens that end early."""

    def __init__(
        self,
        database: Database,
        clock: Clock,
        claves: Claves,
        firmante: Firmante,
        olvidar: Callable[[], None],
    ) -> None:
        self._database, self._clock = database, clock
        self._claves, self._firmante, self._olvidar = claves, firmante, olvidar

    async def entrar(self, usuario: str, clave: str, empresa_id: str | None, direccion: str) -> Tokens:
        """A session for who knows the password, which is checked between two transactions and in none.

        Raises TooManyAttempts before anything slow, CredencialesIncorrectas, Overloaded, or what
        `sesiones.abrir` does.
        """
        intento = Intento(normalizado(usuario), direccion)
        try:
            found = await run_in_threadpool(self._buscar, intento)
            usuario_id, cifrada = found or (None, None)
            correcta = await self._claves.en_turno(self._probar, intento, clave, cifrada)
        except TooManyAttempts:
            LOGINS.labels("throttled").inc()
            raise
        if not correcta or usuario_id is None:
            LOGINS.labels("rejected").inc()
            raise CredencialesIncorrectas("El usuario o la clave no son correctos.")
        LOGINS.labels("accepted").inc()
        return await run_in_threadpool(self.abrir, usuario_id, empresa_id, intento)

    def abrir(self, usuario_id: str, empresa_id: str | None, intento: Intento | None = None) -> Tokens:
        """A session of a user who is known, by the login that was tried if any.

        Raises what `sesiones.abrir` does.
        """
        ahora = self._clock()
        with self._database.unit_of_work() as session:
            apertura = sesiones.abrir(session, usuario_id, empresa_id, ahora)
            if intento is not None:
                freno.acertar(session, intento, ahora)
        return self._tokens(apertura)

    def cambiar_de_empresa(self, quien: Identity, empresa_id: str) -> Tokens:
        """A session of the same user in another of its companies. Raises Forbidden, NotFound.

        An API key belongs to one company: with it nobody gets into another.
        """
        if quien.clave_id is not None:
            raise Forbidden("Una clave de API es de una sola empresa: entra con usuario y clave.")
        return self.abrir(quien.sub, empresa_id)

    def renovar(self, refresh_token: str) -> Tokens:
        """The session goes on. Raises SesionTerminada; a token used twice ends it, and that is kept.

        It was stolen, from its owner or by who uses it now: the user's access tokens end with it.
        """
        with self._database.unit_of_work() as session:
            apertura = sesiones.renovar(session, refresh_token, self._clock())
        if apertura is None:
            self._olvidar()
            raise sesiones.sesion_terminada()
        return self._tokens(apertura)

    def salir(self, refresh_token: str) -> None:
        """End the session of the token, if it has one."""
        with self._database.unit_of_work() as session:
            sesiones.cerrar(session, refresh_token, self._clock())

    def _buscar(self, intento: Intento) -> tuple[str, str] | None:
        with self._database.reading() as session:
            freno.exigir(session, intento, self._clock())
            return sesiones.cifrada(session, intento.usuario)

    def _probar(self, intento: Intento, clave: str, cifrada: str | None) -> bool:
        """Whether the password is right, in its turn to be hashed; a failure is counted before the next one.

        Those that waited meanwhile are looked at again: any number at once gets no more tries than in a row.
        """
        with self._database.reading() as session:
            freno.exigir(session, intento, self._clock())
        if self._claves.comprobar_ya(clave, cifrada):
            return True
        with self._database.unit_of_work() as session:
            freno.fallar(session, intento, self._clock())
        return False

    def _tokens(self, apertura: Apertura) -> Tokens:
        return Tokens(
            access_token=self._firmante.firmar(apertura.identity, self._clock()),
            expires_in=int(VIGENCIA.total_seconds()),
            refresh_token=apertura.refresh_token,
        )
