"""A mail server with TLS and log-in, and a receiver of callbacks, both of software that others wrote: aiosmtpd and
standardwebhooks. Prints one line of JSON when both listen, and one with all that came when standard input ends."""

import datetime
import http.server
import ipaddress
import json
import socket
import ssl
import sys
import threading
from email import message_from_bytes

from aiosmtpd.controller import Controller
from aiosmtpd.smtp import AuthResult, LoginPassword
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from standardwebhooks import Webhook

folder, secret, user, password = sys.argv[1:]


def issue(subject, key, issuer, issuer_key, ca):
    now = datetime.datetime.now(datetime.timezone.utc)
    names = [x509.DNSName("localhost"), x509.IPAddress(ipaddress.ip_address("127.0.0.1"))]
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName(names), critical=False)
        .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        .sign(issuer_key, hashes.SHA256())
    )


def named(text):
    return x509.Name([x509.NameAttribute(x509.NameOID.COMMON_NAME, text)])


def certificate():
    authority, key = ec.generate_private_key(ec.SECP256R1()), ec.generate_private_key(ec.SECP256R1())
    ca = issue(named("an authority"), authority, named("an authority"), authority, True)
    leaf = issue(named("localhost"), key, named("an authority"), authority, False)
    pem = serialization.Encoding.PEM
    private = key.private_bytes(pem, serialization.PrivateFormat.PKCS8, serialization.NoEncryption())
    for name, text in [("ca.pem", ca.public_bytes(pem)), ("leaf.pem", leaf.public_bytes(pem) + private)]:
        with open(f"{folder}/{name}", "wb") as file:
            file.write(text)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(f"{folder}/leaf.pem")
    return context


def free_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


mails, callbacks = [], []


class Mailbox:
    async def handle_DATA(self, server, session, envelope):
        mail = message_from_bytes(envelope.content)
        mails.append(
            {
                "to": envelope.rcpt_tos,
                "subject": mail["Subject"],
                "text": mail.get_payload(decode=True).decode(),
                "encrypted": session.ssl is not None,
                "logged_in": bool(session.authenticated),
            }
        )
        return "250 OK"


def log_in(server, session, envelope, mechanism, data):
    right = isinstance(data, LoginPassword) and (data.login, data.password) == (user.encode(), password.encode())
    return AuthResult(success=right)


class Receiver(http.server.BaseHTTPRequestHandler):
    refused = 0

    def do_POST(self):
        body = self.rfile.read(int(self.headers["content-length"]))
        # The first one is turned away, so that it has to come again.
        if Receiver.refused == 0:
            Receiver.refused = 1
            self.send_response(503)
            self.end_headers()
            return
        # It raises where the signature is not right.
        Webhook(secret).verify(body, dict(self.headers))
        callbacks.append(json.loads(body))
        self.send_response(204)
        self.end_headers()

    def log_message(self, *_):
        pass


mail_server = Controller(
    Mailbox(),
    hostname="127.0.0.1",
    port=free_port(),
    tls_context=certificate(),
    require_starttls=True,
    auth_required=True,
    authenticator=log_in,
)
mail_server.start()
web_server = http.server.HTTPServer(("127.0.0.1", 0), Receiver)
threading.Thread(target=web_server.serve_forever, daemon=True).start()
print(json.dumps({"mail": mail_server.port, "web": web_server.server_port}), flush=True)
sys.stdin.read()
print(json.dumps({"mails": mails, "callbacks": callbacks}), flush=True)
mail_server.stop()
