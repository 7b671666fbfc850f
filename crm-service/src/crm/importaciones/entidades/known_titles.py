"""The fields of what is imported, and the titles that people and other programs give them. Pure."""

from collections.abc import Mapping

SURNAME = "apellidos"
"""The column that some tables have beside that of the name: it is no field, but the end of one."""

_SURNAMES = "apellido, last name, surname, surnames, family name"
_OWNERS = (
    "comercial, vendedor, agente, owner, propietario, asignado a, asignada a, gestor, "
    "propietario del contacto, propietario de la empresa, propietario del negocio, "
    "propietario del registro, propietario de la actividad, contact owner, "
    "company owner, deal owner, record owner, assigned to"
)
_OTHERS_IDS = "external id, ref, id externo, id de registro, record id"

DE_CLIENTES: Mapping[str, str] = {
    "id": "identificador, id cliente, client id",
    "nombre_completo": (
        "nombre, razon social, denominacion, cliente, empresa, nombre y apellidos, nombre cliente, name, "
        "full name, company, company name, customer, account name, nombre fiscal, razon, nom, titular, "
        "nombre de la empresa, nombre empresa, nombre del cliente, first name"
    ),
    SURNAME: _SURNAMES,
    "nombre_comercial": "nombre comercial, marca, trade name, alias comercial",
    "cif_nif": (
        "nif, cif, dni, nie, c i f, n i f, d n i, cif nif, nif cif, cif dni, nif dni, vat, vat number, "
        "tax id, identificacion fiscal, numero de identificacion fiscal, documento, n identificacion fiscal"
    ),
    "nif_iva": "nif iva, vat intracomunitario, nif intracomunitario, vat eu, nif operador intracomunitario",
    "email": (
        "e mail, mail, correo, correo electronico, email 1, email principal, email address, direccion de "
        "correo, correo e, c electronico"
    ),
    "telefono": (
        "tel, tlf, tfno, telf, telefono 1, telefono principal, phone, phone number, movil, mobile, "
        "telefono fijo, telefono movil, numero de telefono, tel 1, celular, mobil"
    ),
    "direccion": (
        "domicilio, direccion completa, address, direccion postal, domicilio fiscal, direccion fiscal, "
        "calle, adreca, street, direccion 1"
    ),
    "tipo_cliente": "tipo, tipo de cliente, clase, type, customer type",
    "estado": "situacion, status, estado del cliente, lifecycle",
    "motivo_estado": "motivo, motivo del estado",
    "etiquetas": "etiqueta, tags, tag, grupo, grupos, categorias, categoria, labels",
    "limite_credito": (
        "limite, credito, limite de credito, riesgo, riesgo maximo, credit limit, riesgo concedido, "
        "credito maximo"
    ),
    "telefonos": "otros telefonos, telefono 2, phone 2, tel 2, segundo telefono",
    "correos": "otros correos, email 2, correo 2, mail 2, segundo correo",
    "direcciones": "otras direcciones, direccion 2, address 2, direccion de envio",
    "web": "pagina web, sitio web, website, url, www, url del sitio web, website url",
    "idioma": "lengua, language, lang",
    "responsable": _OWNERS,
    "fuente": "procedencia, source, lead source, como nos conocio, canal",
    "origen": "sistema de origen, source system",
    "referencia_externa": (
        "referencia, codigo, codigo cliente, cod cliente, cod, n cliente, numero de cliente, "
        f"codigo de cliente, {_OTHERS_IDS}"
    ),
}

DEL_CLIENTE: Mapping[str, str] = {
    "cliente_id": "id cliente, id de cliente, client id, customer id",
    "cliente_nif": (
        "nif cliente, cif cliente, nif del cliente, cif del cliente, cliente nif, cliente cif, nif, cif, vat"
    ),
    "cliente_referencia": (
        "referencia cliente, codigo cliente, cod cliente, codigo de cliente, referencia del cliente, "
        "cliente codigo, n cliente, numero de cliente"
    ),
    "cliente_email": "email cliente, correo cliente, correo del cliente, email del cliente, cliente correo",
    "cliente": (
        "empresa, razon social, nombre cliente, nombre del cliente, cuenta, company, customer, account, "
        "client, company name, account name, organizacion, organization, cliente nombre, empresa asociada, "
        "empresa principal, nombre de la empresa, nombre empresa, associated company, organization name"
    ),
}
"""The columns that say of which client a row is; `cliente` may hold any of them."""

DE_CONTACTOS: Mapping[str, str] = {
    "id": "identificador, id contacto, contact id",
    "nombre": (
        "nombre y apellidos, contacto, nombre contacto, nombre completo, persona, persona de contacto, name, "
        "full name, contact, contact name, nombre del contacto, first name"
    ),
    SURNAME: _SURNAMES,
    "cargo": "puesto, funcion, job title, title, position, departamento",
    "email": DE_CLIENTES["email"],
    "telefono": DE_CLIENTES["telefono"],
    "telefonos": DE_CLIENTES["telefonos"],
    "correos": DE_CLIENTES["correos"],
    "rol": "papel, role",
    "principal": "contacto principal, es principal, main, primary",
    "idioma": DE_CLIENTES["idioma"],
    "responsable": DE_CLIENTES["responsable"],
    "origen": "sistema de origen, source system",
    "referencia_externa": f"referencia, codigo, codigo contacto, cod contacto, {_OTHERS_IDS}",
    **DEL_CLIENTE,
}

DE_OPORTUNIDADES: Mapping[str, str] = {
    "id": "identificador, id oportunidad, deal id, opportunity id",
    "titulo": (
        "oportunidad, nombre, asunto, negocio, trato, proyecto, deal, deal name, opportunity, "
        "opportunity name, nombre de la oportunidad, nombre del negocio, nombre de la operacion, "
        "nombre del trato, titulo del negocio, title, name"
    ),
    "valor": (
        "importe, cantidad, valor estimado, amount, value, deal value, precio, presupuesto, total, "
        "importe del negocio, valor del negocio, valor del trato, importe estimado"
    ),
    "etapa": (
        "etapa nombre, fase, stage, deal stage, etapa del embudo, columna, fase del negocio, "
        "etapa del negocio, etapa del trato, fase de la oportunidad, etapa de la oportunidad"
    ),
    "etapa_id": "id etapa, stage id",
    "embudo": "embudo nombre, pipeline, canal de venta, proceso",
    "embudo_id": "id embudo, pipeline id",
    "cierre_previsto": (
        "fecha de cierre, fecha cierre, cierre, fecha prevista, fecha de cierre prevista, close date, "
        "expected close date, expected close, fecha de cierre esperada, fecha de cierre estimada, "
        "fecha estimada de cierre"
    ),
    "descripcion": "observaciones, notas, detalle, comentarios, description, notes",
    "lineas": "productos, lines",
    "responsable": DE_CLIENTES["responsable"],
    "origen": "procedencia, fuente, source, lead source, como nos conocio",
    "referencia_externa": f"referencia, codigo, codigo oportunidad, {_OTHERS_IDS}",
    "estado": "situacion, status, resultado",
    "motivo": (
        "motivo de perdida, motivo perdida, razon, lost reason, won reason, motivo del estado, "
        "motivo de cierre perdido, motivo de cierre ganado, closed lost reason, closed won reason"
    ),
    **DEL_CLIENTE,
}

DE_ACTIVIDADES: Mapping[str, str] = {
    "id": "identificador, id actividad, activity id",
    "tipo": "clase, tipo de actividad, type, activity type",
    "subtipo": "tipo propio, subtype",
    "titulo": "asunto, actividad, tarea, nombre, subject, title, name",
    "descripcion": "observaciones, notas, detalle, comentarios, texto, description, notes, body",
    "fecha": "fecha y hora, dia, cuando, inicio, date, start, fecha inicio, fecha de inicio",
    "vence": "vencimiento, fecha de vencimiento, fecha limite, plazo, due date, due, fecha vencimiento",
    "completada": "hecha, hecho, completado, terminada, realizada, done, completed, finalizada",
    "prioridad": "importancia, priority, urgencia",
    "recordatorio": "aviso, reminder, alarma",
    "responsable": DE_CLIENTES["responsable"],
    "duracion": "minutos, duration, duracion minutos, duracion en minutos",
    "resultado": "outcome, result",
    "importe": "valor, cantidad, amount, total",
    "contacto_id": "id contacto, contact id",
    "oportunidad_id": "id oportunidad, deal id, opportunity id",
    "origen": "sistema de origen, source system",
    "referencia_externa": f"referencia, codigo, codigo actividad, {_OTHERS_IDS}",
    **DEL_CLIENTE,
}
