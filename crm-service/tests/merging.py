"""Merging clients through the API, for the tests that do."""

OTHER = {"nombre_completo": "RUIZ TALLERES", "telefono": "912345678", "email": "ruiz@ruiz.example"}


def gone(api, old, path="", method="GET", **how):
    """What the old id answers, redirects not followed."""
    return api(method, f"clientes/{old}{path}", follow_redirects=False, **how)


def merge(api, stays, goes, **more):
    answer = api.post(f"clientes/{stays}/fusion", {"cliente_id": goes} | more)
    assert answer.status_code == 201, answer.text
    return answer.json()


def undo(api, merged):
    answer = api("POST", f"fusiones/{merged['id']}/deshacer")
    assert answer.status_code == 200, answer.text
    return answer.json()


def merged_and_told_apart(api):
    """A merge, and two clients that somebody said are not the same; their ids."""
    one, other, third = (api.cliente(nombre_completo=f"De más {number}")["id"] for number in range(3))
    said = api.post("duplicados/descartes", {"cliente_id": one, "otro_id": third}).json()
    return {"fusion_id": merge(api, one, other)["id"], "descarte_id": said["id"]}
