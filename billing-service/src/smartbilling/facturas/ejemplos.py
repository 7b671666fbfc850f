"""The examples that the API's documentation shows: one invoice, as it is sent and as it is answered."""

from pydantic import JsonValue

NUEVA: dict[str, JsonValue] = {
    "cliente_nombre": "Talleres Ruiz, S.L.",
    "cliente_cif": "B12345674",
    "cliente_email": "pagos@talleresruiz.example",
    "cliente_direccion": "Calle Mayor 1, 28013 Madrid",
    "lineas": [
        {"descripcion": "Revisión anual", "cantidad": 1, "precio_unitario": "100.00", "tipo_iva": 21},
        {"descripcion": "Aceite", "cantidad": "4.5", "precio_unitario": "8.20", "descuento": 10},
    ],
}

EN_LISTA: dict[str, JsonValue] = {
    "id": "fac_0193e2b0c1d27f3a8b4c5d6e7f809102",
    "numero": "F-2026-000001",
    "serie": "F",
    "tipo": "F1",
    "estado": "emitida",
    "fecha_expedicion": "2026-11-24",
    "fecha_operacion": None,
    "fecha_vencimiento": "2026-12-24",
    "emitida": "2026-11-24T09:30:00+00:00",
    "descripcion": None,
    "referencia_externa": None,
    "cliente": {
        "nombre": "Talleres Ruiz, S.L.",
        "cif": "B12345674",
        "id_otro": None,
        "direccion": "Calle Mayor 1, 28013 Madrid",
        "email": "pagos@talleresruiz.example",
        "cliente_id": None,
    },
    "destinatarios": [],
    "redondeo": "por_tipo",
    "precios_con_impuestos": False,
    "descuento_global": "0",
    "retencion_irpf": None,
    "base_imponible": "133.21",
    "cuota_total": "27.97",
    "recargo_total": "0.00",
    "retencion": "0.00",
    "suplidos": "0.00",
    "total": "161.18",
    "total_a_pagar": "161.18",
    "pagado": "0.00",
    "pendiente": "161.18",
    "vencida": False,
    "rectificada_por": None,
    "verifactu": {
        "huella": "3C464DAF61ACB827C65FDA19F352A4E3BDC2C640E9E9FC4CC058073F38F12F60",
        "huella_anterior": "",
        "fecha_hora_huso": "2026-11-24T10:30:00+01:00",
        "qr_url": "https://prewww2.aeat.es/wlpl/TIKE-CONT/ValidarQR?nif=B12345674"
        "&numserie=F-2026-000001&fecha=24-11-2026&importe=161.18",
        "estado_envio": "pendiente",
        "csv": None,
    },
    "crm": {"estado": "pendiente", "cliente_id": None},
}

PUBLICA: dict[str, JsonValue] = EN_LISTA | {
    "lineas": [
        {
            "descripcion": "Revisión anual",
            "cantidad": "1",
            "precio_unitario": "100.00",
            "descuento": "0",
            "tipo_iva": "21",
            "recargo_equivalencia": None,
            "irpf": None,
            "suplido": False,
            "impuesto": "01",
            "clave_regimen": "01",
            "calificacion": "S1",
            "exencion": None,
            "importe": "100.00",
        },
        {
            "descripcion": "Aceite",
            "cantidad": "4.5",
            "precio_unitario": "8.20",
            "descuento": "10",
            "tipo_iva": "21",
            "recargo_equivalencia": None,
            "irpf": None,
            "suplido": False,
            "impuesto": "01",
            "clave_regimen": "01",
            "calificacion": "S1",
            "exencion": None,
            "importe": "33.21",
        },
    ],
    "desglose": [
        {
            "impuesto": "01",
            "clave_regimen": "01",
            "calificacion": "S1",
            "exencion": None,
            "tipo_iva": "21",
            "base": "133.21",
            "cuota": "27.97",
            "recargo_equivalencia": None,
            "recargo": "0.00",
        }
    ],
}
