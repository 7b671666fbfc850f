"""What happens in the demo, and when. The same each time for the same seed and day."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import date, datetime, time, timedelta
from random import Random
from zoneinfo import ZoneInfo

from sqlmodel import Session

from contratos.crm import EstadoCliente, TipoActividad
from crm import actividades, clientes, contactos, etapas, oportunidades
from crm.auditoria import Acto
from crm.busqueda import fold
from crm.oportunidades import CambioEstado, EstadoOportunidad, OportunidadNueva

from . import words
from .seed import ClienteSemilla, Semilla

_SATURDAY = 5
_OPEN_DAYS = 40


@dataclass
class Person:
    """A client of the demo, whose id is known once it was made."""

    told: ClienteSemilla
    id: str = ""


Deed = Callable[[Session, Acto], object]


@dataclass(frozen=True)
class Fact:
    """Something that somebody does at an instant."""

    when: datetime
    deed: Deed = field(compare=False)


class Story:
    """The facts of the demo, up to the instant `now`."""

    def __init__(self, semilla: Semilla, zona: ZoneInfo, now: datetime) -> None:
        self._semilla, self._zona, self._now = semilla, zona, now
        self._random = Random(20260101)  # noqa: S311 - the same story each time is what it is for
        self._open_deals = 0

    def facts(self) -> list[Fact]:
        """All of it, in order."""
        people = [Person(told) for told in (*self._semilla.clientes, *self._prospects())]
        known = len(self._semilla.clientes)
        facts = [fact for number, person in enumerate(people) for fact in self._life(person, number, known)]
        return sorted((fact for fact in facts if fact.when <= self._now), key=lambda fact: fact.when)

    def _life(self, person: Person, number: int, known: int) -> Iterator[Fact]:
        """All that happens with one client; the first `known` buy, the others may."""
        start = person.told.alta
        yield Fact(self._at(start, 8), self._sign_up(person))
        yield from self._contacts(person, start)
        if number < known:
            yield Fact(self._after(start, 1, 12), self._become(person, EstadoCliente.ACTIVO))
            if number % 10 == 5:  # noqa: PLR2004 - one in ten
                yield Fact(self._after(start, 200, 260), self._become(person, EstadoCliente.INACTIVO))
        yield from self._contact_now_and_then(person, start)
        yield from self._agenda(person, number)
        for _ in range(self._random.choice((0, 1, 1, 2))):
            yield from self._closed_deal(person, start)
        if number % 3 == 0:
            yield from self._open_deal(person)

    def _prospects(self) -> Iterator[ClienteSemilla]:
        days = (self._semilla.hasta - self._semilla.desde).days
        for nombre, email, telefono in words.PROSPECTS:
            alta = self._semilla.hasta - timedelta(days=self._random.randint(5, max(6, days // 3)))
            yield ClienteSemilla(nombre=nombre, email=email, telefono=telefono, alta=alta)

    def _sign_up(self, person: Person) -> Deed:
        told = person.told
        labels = self._random.sample(words.LABELS, self._random.choice((0, 1, 1, 2)))
        nuevo = clientes.ClienteAlta.model_validate(
            {
                "nombre_completo": told.nombre,
                "email": told.email,
                "cif_nif": told.cif,
                "telefono": told.telefono,
                "direccion": told.direccion,
                "tipo_cliente": told.tipo,
                "etiquetas": labels,
                "limite_credito": self._random.choice((None, None, 1500, 3000, 6000)),
            }
        )

        def deed(session: Session, acto: Acto) -> None:
            cliente, _ = clientes.crear(session, acto, nuevo, forzar=True)
            person.id = cliente.id

        return deed

    def _become(self, person: Person, estado: EstadoCliente) -> Deed:
        return lambda session, acto: clientes.modificar(session, acto, person.id, {"estado": estado})

    def _contacts(self, person: Person, start: date) -> Iterator[Fact]:
        domain = (person.told.email or "").partition("@")[2] or "correo.example"
        names = self._random.sample(words.NAMES, self._random.randint(1, 3))
        for order, nombre in enumerate(names):
            nuevo = contactos.ContactoNuevo.model_validate(
                {
                    "nombre": nombre,
                    "cargo": self._random.choice(words.POSITIONS),
                    "email": f"{fold(nombre.split()[0])}@{domain}",
                    "telefono": f"+34 6{self._random.randint(10, 99)} {self._random.randint(100000, 999999)}",
                    "principal": order == 0,
                }
            )
            yield Fact(self._after(start, order * 5, order * 9 + 1), _add_contact(person, nuevo))

    def _contact_now_and_then(self, person: Person, start: date) -> Iterator[Fact]:
        day = start + timedelta(days=self._random.randint(1, 4))
        first = True
        while day <= self._semilla.hasta:
            tipo, (titulo, descripcion) = self._random.choice(
                (
                    (TipoActividad.LLAMADA, self._random.choice(words.CALLS[1:])),
                    (TipoActividad.LLAMADA, self._random.choice(words.CALLS[1:])),
                    (TipoActividad.EMAIL, self._random.choice(words.EMAILS)),
                    (TipoActividad.REUNION, self._random.choice(words.MEETINGS)),
                    (TipoActividad.NOTA, self._random.choice(words.NOTES)),
                )
            )
            if first:
                tipo, (titulo, descripcion) = TipoActividad.LLAMADA, words.CALLS[0]
            yield self._log(person, tipo, titulo, self._at(day), descripcion=descripcion, done=True)
            first = False
            day += timedelta(days=self._random.randint(25, 70))

    def _agenda(self, person: Person, number: int) -> Iterator[Fact]:
        """One in two has something to be done: overdue, for the next days, or a meeting that is fixed."""
        created = self._at(
            max(self._semilla.hasta - timedelta(days=self._random.randint(2, 12)), person.told.alta)
        )
        task = self._random.choice(words.TASKS)
        days = self._random.randint(1, 20)
        match number % 6:
            case 0:
                late = self._now - timedelta(days=min(days, 6), hours=3)
                before = late - timedelta(days=4)
                if before.date() > person.told.alta:
                    yield self._log(person, TipoActividad.TAREA, task, before, vence=late)
            case 2 | 4:
                yield self._log(
                    person, TipoActividad.TAREA, task, created, vence=self._now + timedelta(days=days)
                )
            case 3:
                titulo, _ = self._random.choice(words.MEETINGS)
                fixed = self._at((self._now + timedelta(days=days)).date())
                yield self._log(person, TipoActividad.REUNION, titulo, fixed, vence=fixed, when=created)
            case _:
                return

    def _log(  # noqa: PLR0913 - what an activity has
        self,
        person: Person,
        tipo: TipoActividad,
        titulo: str,
        fecha: datetime,
        *,
        descripcion: str | None = None,
        vence: datetime | None = None,
        done: bool = False,
        when: datetime | None = None,
    ) -> Fact:
        nueva = actividades.ActividadDada(
            tipo=tipo,
            titulo=titulo,
            descripcion=descripcion,
            fecha=fecha,
            vence=vence,
            completada=done,
            responsable=words.TEAM[len(person.told.nombre) % len(words.TEAM)],
            duracion=words.MINUTES.get(tipo),
            recordatorio=vence and vence - timedelta(hours=1),
            repeticion=words.YEARLY if titulo == words.RENEWAL else None,
        )
        return Fact(
            when or fecha,
            lambda session, acto: actividades.crear(session, acto, person.id, nueva),
        )

    def _closed_deal(self, person: Person, start: date) -> Iterator[Fact]:
        """One that goes through the stages and is won or lost, unless time runs out on it."""
        latest = max(self._semilla.hasta - timedelta(days=60), start + timedelta(days=1))
        begin = start + timedelta(days=self._random.randint(1, max(1, (latest - start).days)))
        won = self._random.random() < 0.62  # noqa: PLR2004 - most of them
        steps = len(etapas.INICIALES) if won else self._random.randint(1, len(etapas.INICIALES))
        days = [begin]
        for _ in range(steps):
            days.append(days[-1] + timedelta(days=self._random.randint(3, 12)))
        deal = self._deal(person, days[-1] + timedelta(days=self._random.randint(0, 15)))
        yield Fact(self._at(days[0]), deal.open)
        for stage, day in enumerate(days[1:-1], 1):
            yield Fact(self._at(day), deal.move_to(stage))
        estado = EstadoOportunidad.GANADA if won else EstadoOportunidad.PERDIDA
        motivo = self._random.choice(words.WON if won else words.LOST)
        yield Fact(self._at(days[-1]), deal.end(CambioEstado(estado=estado, motivo=motivo)))

    def _open_deal(self, person: Person) -> Iterator[Fact]:
        """One that stands today in a stage: each stage in its turn."""
        target = self._open_deals % len(etapas.INICIALES)
        self._open_deals += 1
        begin = max(
            self._semilla.hasta - timedelta(days=self._random.randint(20, _OPEN_DAYS)), person.told.alta
        )
        deal = self._deal(person, self._semilla.hasta + timedelta(days=self._random.randint(5, 110)))
        first = self._at(begin)
        yield Fact(first, deal.open)
        pace = max(self._now - first, timedelta()) / (target + 2)
        for stage in range(1, target + 1):
            yield Fact(first + pace * stage, deal.move_to(stage))

    def _deal(self, person: Person, close: date) -> "Deal":
        titulo, least, most = self._random.choice(words.DEALS)
        valor = self._random.randint(least // 50, most // 50) * 50
        return Deal(
            person,
            OportunidadNueva.model_validate(
                {"titulo": titulo, "valor": valor, "cierre_previsto": close.isoformat()}
            ),
        )

    def _after(self, start: date, least: int, most: int) -> datetime:
        return self._at(start + timedelta(days=self._random.randint(least, most)))

    def _at(self, day: date, hour: int | None = None) -> datetime:
        """That day at that hour or, in office hours, then or on the Monday after."""
        if hour is None:
            hour = self._random.randint(9, 17)
            if day.weekday() >= _SATURDAY:
                day += timedelta(days=7 - day.weekday())
        moment = time(hour, self._random.choice((0, 5, 10, 15, 20, 30, 40, 45, 55)))
        return datetime.combine(day, moment, self._zona)


@dataclass
class Deal:
    """An opportunity of the demo, whose id is known once it was made."""

    person: Person
    nueva: OportunidadNueva
    id: str = ""

    def open(self, session: Session, acto: Acto) -> None:
        """It begins."""
        self.id = oportunidades.crear(session, acto, self.person.id, self.nueva)[0].id

    def move_to(self, stage: int) -> Deed:
        """It comes to the stage of that number, from 0."""

        def deed(session: Session, acto: Acto) -> None:
            board = session.exec(etapas.de_empresa(acto.empresa_id)).all()
            target = min(board, key=lambda etapa: abs(etapa.posicion - 1 - stage))
            oportunidades.mover(session, acto, self.id, target.id)

        return deed

    def end(self, cambio: CambioEstado) -> Deed:
        """It is won or lost."""
        return lambda session, acto: oportunidades.cambiar_estado(session, acto, self.id, cambio)


def _add_contact(person: Person, nuevo: contactos.ContactoNuevo) -> Deed:
    return lambda session, acto: contactos.crear(session, acto, person.id, nuevo)
