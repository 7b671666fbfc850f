"""Reading e-mail files that nobody wrote in good faith: any bytes give a message or a refusal, and soon."""

from datetime import UTC, datetime
from email.message import EmailMessage

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crm.correos.eml import CorreoInvalido, leer
from http_rules.strict import UNREADABLE

FROM = b"From: Ana <ana@ruiz.example>\n"


def read(headers=b"", body=b"hola"):
    return leer(FROM + headers + b"\n" + body)


def test_what_a_mail_program_writes_is_read():
    message = EmailMessage()
    message["From"] = "Marta Gil <Marta@Ruiz.example>"
    message["To"] = "ventas@nosotros.example, Íñigo Arana <inigo@nosotros.example>"
    message["Cc"] = "marta@ruiz.example"
    message["Subject"] = "Pedido de señales y más cosas que no caben en una sola línea de la cabecera"
    message["Date"] = "Tue, 24 Nov 2026 10:15:00 +0100"
    message["Message-ID"] = "<1@ruiz.example>"
    message.set_content("Buenos días:\n\n\n\nAdjunto el   pedido.\n")
    message.add_alternative("<p>Otra cosa</p>", subtype="html")
    message.add_attachment(b"%PDF-1.7", maintype="application", subtype="pdf", filename="Pedido año.pdf")
    mail = leer(message.as_bytes())
    assert [(each.papel, each.email, each.nombre) for each in mail.direcciones] == [
        ("from", "marta@ruiz.example", "Marta Gil"),
        ("to", "ventas@nosotros.example", None),
        ("to", "inigo@nosotros.example", "Íñigo Arana"),
    ]
    assert mail.asunto == message["Subject"]
    assert mail.texto == "Buenos días:\n\nAdjunto el pedido."
    assert mail.fecha == datetime(2026, 11, 24, 9, 15, tzinfo=UTC)
    assert mail.referencia == "<1@ruiz.example>"
    assert [(each.numero, each.nombre, each.contenido) for each in mail.partes] == [
        (1, "Pedido año.pdf", b"%PDF-1.7")
    ]


def test_of_a_page_only_the_words_are_read():
    page = "<head><title>T</title></head><style>p{}</style><!-- <b>no</b> -->"
    page += "<p>A &amp; B<br>C<script>x<y</script>"
    assert read(b"Content-Type: text/html\n", page.encode()).texto == "A & B\nC"


@pytest.mark.parametrize(
    ("headers", "body", "text"),
    [
        (b"Content-Type: text/plain; charset=latin-1\n", "año".encode("latin-1"), "año"),
        (b"Content-Type: text/plain; charset=inventado\n", "año".encode(), "año"),
        (b"Content-Type: text/plain; charset=utf-8\n", b"a\xf1o", "a\ufffdo"),
        (b"Content-Type: text/plain; charset=zlib\n", b"hola", "hola"),
        (b"Content-Type: text/plain; charset=punycode\n", b"a-" * 50_000, "a-" * 5_000),
        (b"Content-Transfer-Encoding: base64\n", b"esto no es base64 ****", None),
        (b"", b"a\0b\x1b[31m", "ab[31m"),
    ],
)
def test_broken_charsets_and_what_no_database_holds(headers, body, text):
    found = read(headers, body).texto
    assert found == text if text is not None else found is None or UNREADABLE.search(found) is None


@pytest.mark.parametrize(
    "date", [b"", b"Date: ayer\n", b"Date: Tue, 99 Nov 2026\n", b"Date: 1 Jan 1066 00:00 +0000\n"]
)
def test_a_date_that_cannot_be_read_is_none(date):
    assert read(date).fecha is None


def test_without_an_id_all_of_it_is_the_reference_and_a_long_one_is_shortened():
    assert read().referencia == read().referencia != read(body=b"otra").referencia
    assert read().referencia.startswith("sha256:")
    assert len(read(b"Message-ID: <" + b"x" * 900 + b"@x>\n").referencia) < 100


HOSTILE = {
    "nothing": b"",
    "no headers": b"\n\nhola",
    "no mail": bytes(range(256)) * 400,
    "2,000 levels of parts": FROM
    + b"".join(b"Content-Type: multipart/mixed; boundary=b%d\n\n--b%d\n" % (n, n) for n in range(2000)),
    "2,000 messages in one another": FROM + b"Content-Type: message/rfc822\n\n" * 2000,
    "10,000 parts": FROM + b"Content-Type: multipart/mixed; boundary=x\n\n" + b"--x\n\na\n" * 10_000,
    "20 million lines": FROM + b"\n" * 20_000_000,
    "400,000 headers": FROM + b"X-A: b\n" * 400_000 + b"\nhola",
    "a structure of 300,000 parameters": FROM + b"Content-Type: text/plain; " + b";" * 300_000 + b"\n\nhola",
}


@pytest.mark.parametrize("name", HOSTILE)
def test_what_nobody_sends_in_good_faith_is_refused(name):
    with pytest.raises(CorreoInvalido):
        leer(HOSTILE[name])


def test_ten_thousand_recipients_are_read_up_to_a_thousand_and_nonsense_is_none():
    many = b", ".join(b"P %d <p%d@x.example>" % (n, n) for n in range(10_000))
    assert len(read(b"To: " + many + b"\n").direcciones) == 1000
    for nonsense in (b"(" * 500_000, b"<" * 500_000, b"@" * 500_000, b"," * 500_000, b'"a" ' * 100_000):
        assert [each.email for each in read(b"To: " + nonsense + b"\n").direcciones] == ["ana@ruiz.example"]


HEADERS = st.sampled_from(
    [
        *("From", "To", "Cc", "Subject", "Date", "Message-ID", "MIME-Version"),
        *("Content-Type", "Content-Disposition", "Content-Transfer-Encoding"),
    ]
)
VALUES = st.one_of(
    st.binary(max_size=60),
    st.sampled_from(
        [
            *(
                b"multipart/mixed; boundary=x",
                b'multipart/mixed; boundary=""',
                b"message/rfc822",
                b"text/html",
            ),
            *(b"attachment; filename*=utf-8''%ff%00a", b"attachment; filename*0*=x; filename*2=y", b"base64"),
            *(
                b"=?utf-8?b?////?=",
                b"=?x?q?=zz?=",
                b"text/plain; charset*=a''b",
                b"quoted-printable",
                b"x-uuencode",
            ),
            *(b"Mon, 1 Jan 99999 25:61:61 +9999", b"a@b.example, <c@d.example>", b"message/delivery-status"),
        ]
    ),
)
BODIES = st.lists(
    st.sampled_from([b"--x\n", b"--x--\n", b"\n", b"begin 644 a\n", b"\xff\xfe\0", b"=C3=\n", b"a: b\n"])
)


@given(st.lists(st.tuples(HEADERS, VALUES), max_size=8), BODIES, st.binary(max_size=200))
def test_any_bytes_give_a_message_that_a_database_can_hold_or_a_refusal(headers, pieces, rest):
    raw = b"".join(b"%b: %b\n" % (name.encode(), value) for name, value in headers)
    try:
        mail = leer(raw + b"\n" + b"".join(pieces) + rest)
    except CorreoInvalido:
        return
    said = [mail.asunto, mail.texto, mail.referencia, *(each.nombre for each in mail.partes)]
    said += [text for each in mail.direcciones for text in (each.email, each.nombre)]
    for text in said:
        assert text is None or (text and not UNREADABLE.search(text))
        assert text is None or text.encode()
    assert len(mail.referencia) <= 200
    assert len(mail.texto or "") <= 10_000
    assert mail.fecha is None or mail.fecha.tzinfo is not None
