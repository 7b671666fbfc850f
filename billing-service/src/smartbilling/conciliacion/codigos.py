"""How a difference is named, and what is said of it."""

from enum import StrEnum


class Codigo(StrEnum):
    """What is not as the facts say: in the CRM, in the messages for it, in how their delivery stands."""

    FALTA_EN_CRM = "falta_en_crm"
    RECHAZADA = "rechazada_por_crm"
    SOBRA_EN_CRM = "sobra_en_crm"
    REPETIDA_EN_CRM = "repetida_en_crm"
    ALTERADA_EN_CRM = "alterada_en_crm"
    FALTA_AVISO = "falta_aviso"
    AVISO_REPETIDO = "aviso_repetido"
    AVISO_ALTERADO = "aviso_alterado"
    SOBRA_AVISO = "sobra_aviso"
    FALTA_ENTREGA = "falta_entrega"
    ENTREGA_ALTERADA = "entrega_alterada"
    FALTA_DESTINO = "falta_destino"
    DESTINO_ALTERADO = "destino_alterado"
    DESTINO_PARADO = "destino_parado"


EN_EL_CRM = frozenset({Codigo.FALTA_EN_CRM, Codigo.REPETIDA_EN_CRM, Codigo.ALTERADA_EN_CRM, Codigo.RECHAZADA})
"""What is mended by telling the CRM again."""

MENSAJES = {
    Codigo.FALTA_EN_CRM: "El CRM no tiene esta actividad, o está archivada: se le volverá a enviar.",
    Codigo.RECHAZADA: "El CRM rechazó esta actividad: corrige la causa y se le volverá a enviar.",
    Codigo.SOBRA_EN_CRM: "El CRM tiene una actividad de un hecho que no existe aquí: se archivará.",
    Codigo.REPETIDA_EN_CRM: "El CRM tiene esta actividad más de una vez: se dejará una.",
    Codigo.ALTERADA_EN_CRM: "El CRM dice de este hecho otra cosa: se le volverá a decir lo que pasó.",
    Codigo.FALTA_AVISO: "Se ha perdido el aviso de este hecho: se volverá a escribir.",
    Codigo.AVISO_REPETIDO: "El aviso de este hecho está escrito más de una vez: se dejará uno.",
    Codigo.AVISO_ALTERADO: "El aviso de este hecho no dice lo que pasó: se volverá a escribir.",
    Codigo.SOBRA_AVISO: "Hay un aviso de un hecho que no existe: se borrará.",
    Codigo.FALTA_ENTREGA: "Se ha perdido cómo va la entrega de esta factura: se volverá a escribir.",
    Codigo.ENTREGA_ALTERADA: "Cómo va la entrega de esta factura no es lo que consta: se corregirá.",
    Codigo.FALTA_DESTINO: "Se ha perdido a qué cliente del CRM se avisa: se volverá a escribir.",
    Codigo.DESTINO_ALTERADO: "Consta otro cliente del CRM que el avisado: se corregirá.",
    Codigo.DESTINO_PARADO: "Hay avisos pendientes que nadie iba a entregar: se reanudará su entrega.",
}
