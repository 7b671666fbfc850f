"""What people are called, say and do in the demo."""

from contratos.crm import TipoActividad
from crm.actividades import Cada, Repeticion

NAMES = (
    *("Marta Gil", "Javier Ortega", "Lucía Peña", "Andrés Molina", "Carmen Vidal", "Íñigo Arana"),
    *("Núria Soler", "Pablo Cano", "Elena Bravo", "Raúl Iglesias", "Sofía Marín", "Óscar Prieto"),
    *("Beatriz Lozano", "Tomás Herrero", "Ainhoa Etxeberria", "Rubén Castaño", "Paula Nieto", "Xoán Castro"),
)
TEAM = ("Lucía Ferrer", "Marcos Rey", "Ane Otxoa")
POSITIONS = ("Compras", "Dirección", "Administración", "Operaciones", "Contabilidad", "Gerencia")
LABELS = ("mantenimiento", "mayorista", "preferente", "zona norte", "zona centro", "a plazos", "web")

PROSPECTS = (
    ("Panadería La Espiga", "hola@laespiga.example", "+34 944 120 331"),
    ("Hotel Costa Serena, S.L.", "reservas@costaserena.example", "+34 952 448 120"),
    ("Clínica Dental Arce", "recepcion@clinicaarce.example", "+34 915 553 018"),
    ("Bodegas Valdeolmos", "ventas@valdeolmos.example", "+34 941 227 645"),
    ("Academia Políglota", "info@poliglota.example", "+34 933 014 422"),
    ("Gimnasio Impulso", "contacto@impulso.example", "+34 961 330 905"),
    ("Muñoz e Hijas, S.L.", "muñoz@munozehijas.example", "+34 954 610 277"),
)

CALLS = (
    ("Llamada de bienvenida", "Contenta con el trato; pide que le avisemos de las novedades."),
    ("Llamada de seguimiento", "Todo en orden. Volver a llamar dentro de un mes."),
    ("Consulta sobre una factura", "Aclarado el desglose del IVA."),
    ("Llamada por un retraso", "Se le explica el motivo y queda conforme."),
)
EMAILS = (
    ("Tarifas nuevas", "Enviadas las tarifas del trimestre."),
    ("Documentación", "Enviado el contrato firmado por las dos partes."),
    ("Agradecimiento", "Responde que está satisfecho con la entrega."),
)
MEETINGS = (
    ("Reunión en sus oficinas", "Revisamos el año y lo que necesitarán en el próximo."),
    ("Videollamada con compras", "Piden mejorar el plazo de entrega."),
    ("Visita comercial", "Enseñado el catálogo; interés en el servicio de mantenimiento."),
)
NOTES = (
    ("Prefiere que le llamen por la tarde", None),
    ("Cierra en agosto", "No programar entregas entre el 1 y el 25."),
    ("Paga por transferencia a 30 días", None),
)
MINUTES = {TipoActividad.LLAMADA: 10, TipoActividad.REUNION: 60}
YEARLY = Repeticion(cada=Cada.ANIO)
RENEWAL = "Preparar la renovación"
TASKS = (
    "Enviar presupuesto",
    RENEWAL,
    "Confirmar la fecha de entrega",
    "Pedir los datos bancarios",
    "Revisar las condiciones",
)

DEALS = (
    ("Renovación del mantenimiento anual", 2400, 9600),
    ("Ampliación del servicio", 1200, 6400),
    ("Proyecto de puesta en marcha", 3500, 18000),
    ("Formación del equipo", 600, 2400),
    ("Suministro trimestral", 1800, 7200),
)
WON = ("Mejor plazo de entrega", "Precio ajustado", "Confianza de otros trabajos", "Propuesta más completa")
LOST = ("Presupuesto por encima de lo previsto", "Eligen a su proveedor de siempre", "Aplazan el proyecto")
