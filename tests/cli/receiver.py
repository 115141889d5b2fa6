"""A TLS receiver on loopback that keeps what it gets and misbehaves as it is told, with an authority of its own."""
import socket
import ssl
import threading
import time


class Authority:
    """A throw-away certificate authority, made with openssl."""

    def __init__(self, w, name="ca"):
        self.w, self.folder = w, w.path / f"authority-{name}"
        self.folder.mkdir()
        self.crt = self.folder / "ca.crt"
        w.run("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
              f"/CN=Receiver authority {name}", "-days", "30", "-keyout", self.folder / "ca.key", "-out", self.crt)

    def issue(self, name, names="DNS:localhost,IP:127.0.0.1,IP:::1", days=30):
        """`NAME.pem` with key and certificate, `NAME.key`, `NAME.crt`; `days` below 0: expired."""
        base = self.folder / name
        self.w.run("openssl", "req", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes", "-subj",
                   f"/CN={name}", "-addext", f"subjectAltName={names}", "-keyout", f"{base}.key", "-out", f"{base}.csr")
        when = ["-days", str(days)]
        signing = ["openssl", "x509", "-req", "-in", f"{base}.csr", "-CA", self.crt, "-CAkey", self.folder / "ca.key",
                   "-CAcreateserial", "-copy_extensions", "copyall", "-out", f"{base}.crt"]
        self.w.run(*(["faketime", "-f", "-90d"] if days < 0 else []), *signing, *(["-days", "1"] if days < 0 else when))
        (self.folder / f"{name}.pem").write_bytes((self.folder / f"{name}.key").read_bytes() +
                                                  (self.folder / f"{name}.crt").read_bytes())
        return self.folder / f"{name}.pem"


class TlsProxy:
    """A proxy for CONNECT that itself speaks TLS; keeps whither it was asked for a tunnel."""

    def __init__(self, pem):
        self.context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        self.context.load_cert_chain(pem)
        self.tunnels = []
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        threading.Thread(target=self._accept, daemon=True).start()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.listener.shutdown(socket.SHUT_RDWR)
        self.listener.close()

    def _accept(self):
        while True:
            try:
                raw, _ = self.listener.accept()
            except OSError:
                return
            threading.Thread(target=self._serve, args=(raw,), daemon=True).start()

    def _serve(self, raw):
        try:
            with self.context.wrap_socket(raw, server_side=True) as client:
                head = b""
                while b"\r\n\r\n" not in head:
                    piece = client.recv(4096)
                    if not piece:
                        return
                    head += piece
                target = head.split()[1].decode()
                self.tunnels.append(target)
                host, port = target.rsplit(":", 1)
                with socket.create_connection((host, int(port))) as server:
                    client.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
                    back = threading.Thread(target=self._copy, args=(server, client), daemon=True)
                    back.start()
                    self._copy(client, server)
                    back.join()
        except OSError:
            pass

    @staticmethod
    def _copy(source, to):
        try:
            while piece := source.recv(65536):
                to.sendall(piece)
            to.shutdown(socket.SHUT_WR)
        except OSError:
            pass


class Request:
    def __init__(self, line, headers, body):
        self.line, self.headers, self.body = line, headers, body


class Receiver:
    """Serves until closed. `script` says what becomes of the 1st, 2nd, … POST; after its end every one gets 200.

    A step is a status, a pair (status, headers), or a function that gets this receiver and the connection.
    """

    def __init__(self, pem, script=(), client_ca=None, address="127.0.0.1", tls=None, window=None):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(pem)
        if tls:
            context.maximum_version = context.minimum_version = tls
        if client_ca:
            context.load_verify_locations(client_ca)
            context.verify_mode = ssl.CERT_REQUIRED
        self.context, self.script = context, list(script)
        self.requests = []  # every request that came whole
        self.accepted = 0   # connections
        self.listener = socket.socket(socket.AF_INET6 if ":" in address else socket.AF_INET)
        self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        if window:  # so that little fits between sender and receiver
            self.listener.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, window)
        self.listener.bind((address, 0))
        self.listener.listen(50)
        self.port = self.listener.getsockname()[1]
        self.closed = False
        self.lock = threading.Lock()
        self.thread = threading.Thread(target=self._accept, daemon=True)
        self.thread.start()

    def url(self, host="localhost", path="/v1"):
        return f"https://{host}:{self.port}{path}"

    def close(self):
        self.closed = True
        # Closing alone does not wake an accept, which then could go on with the number's next owner.
        self.listener.shutdown(socket.SHUT_RDWR)
        self.thread.join()
        self.listener.close()

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    @property
    def posts(self):
        return [r for r in self.requests if r.line.startswith("POST ")]

    def bodies(self):
        return [r.body for r in self.posts]

    def _accept(self):
        while not self.closed:
            try:
                connection, _ = self.listener.accept()
            except OSError:
                return
            self.accepted += 1
            threading.Thread(target=self._serve, args=(connection,), daemon=True).start()

    def _serve(self, raw):
        try:
            raw.settimeout(60)
            with self.context.wrap_socket(raw, server_side=True) as connection:
                while self._one(connection):
                    pass
        except (OSError, ValueError):
            pass
        finally:
            raw.close()

    def _one(self, connection):
        data = b""
        while b"\r\n\r\n" not in data:
            piece = connection.recv(65536)
            if not piece:
                return False
            data += piece
        head, body = data.split(b"\r\n\r\n", 1)
        lines = head.decode().split("\r\n")
        headers = {k.lower(): v for k, v in (l.split(": ", 1) for l in lines[1:])}
        is_post = lines[0].startswith("POST ")
        with self.lock:
            step = self.script.pop(0) if is_post and self.script else 200
        if callable(step) and getattr(step, "early", False):
            step(self, connection)
            return False
        if headers.get("expect"):
            connection.sendall(b"HTTP/1.1 100 Continue\r\n\r\n")
        length = int(headers.get("content-length", 0))
        while len(body) < length:
            piece = connection.recv(65536)
            if not piece:
                return False
            body += piece
        self.requests.append(Request(lines[0], headers, body))
        if callable(step):
            step(self, connection)
            return False
        status, extra = step if isinstance(step, tuple) else (step, {})
        text = b"" if lines[0].startswith("HEAD") else b'{"status":1}'
        more = "".join(f"{k}: {v}\r\n" for k, v in extra.items())
        connection.sendall(f"HTTP/1.1 {status} X\r\n{more}Content-Length: {len(text)}\r\n\r\n".encode() + text)
        return True


def early(function):
    """A step that does not wait for the request's body."""
    function.early = True
    return function


def reset(receiver, connection):
    """The connection goes without a word, after the whole request."""
    import struct
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))


def stall(receiver, connection):
    """Never an answer."""
    while not receiver.closed:
        time.sleep(0.1)


@early
def stall_reading(receiver, connection):
    stall(receiver, connection)


def drip(receiver, connection):
    """An answer that comes a byte at a time and has no end."""
    connection.sendall(b"HTTP/1.1 200 OK\r\nX: ")
    while not receiver.closed:
        connection.sendall(b"x")
        time.sleep(0.2)


def endless_body(receiver, connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 1073741824\r\n\r\n")
    for _ in range(16384):
        connection.sendall(b"x" * 65536)


def endless_head(receiver, connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\n")
    while not receiver.closed:
        connection.sendall(b"X-More: " + b"x" * 1000 + b"\r\n")


def hang_up_after_200(receiver, connection):
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nshort")


def not_http(receiver, connection):
    connection.sendall(b"220 mail.example ESMTP\r\n")


