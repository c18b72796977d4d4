"""A small identity provider on loopback: it signs what the test tells it to say, and checks PKCE as a real one does."""

import base64
import hashlib
import json
import threading
import time
from http.server import BaseHTTPRequestHandler, HTTPServer
from urllib.parse import parse_qs, urlsplit

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

KEY = rsa.generate_private_key(public_exponent=65537, key_size=2048)


class Provider:
    """said: what it says of the person. challenge: what the authorization asked for. issuer_said: another issuer than it is."""

    def __init__(self):
        self.said: dict = {}
        self.userinfo: dict | None = None
        self.issuer_said = ""
        self.challenge = ""
        self.checked = False
        provider = self

        class Handler(BaseHTTPRequestHandler):
            def do_GET(self):
                path = urlsplit(self.path).path
                answers = {"/.well-known/openid-configuration": provider.configuration, "/jwks": provider.keys, "/userinfo": provider.info}
                self._answer(answers[path]() if path in answers else {})

            def do_POST(self):
                body = parse_qs(self.rfile.read(int(self.headers["Content-Length"])).decode())
                self._answer(provider.token(body))

            def _answer(self, data: dict):
                self.send_response(200 if data else 400)
                self.send_header("Content-Type", "application/json")
                self.end_headers()
                self.wfile.write(json.dumps(data).encode())

            def log_message(self, *args):
                pass

        self.server = HTTPServer(("127.0.0.1", 0), Handler)
        self.issuer = f"http://127.0.0.1:{self.server.server_port}"
        threading.Thread(target=self.server.serve_forever, daemon=True).start()

    def configuration(self) -> dict:
        return {
            "issuer": self.issuer_said or self.issuer, "authorization_endpoint": f"{self.issuer}/authorize", "token_endpoint": f"{self.issuer}/token",
            "userinfo_endpoint": f"{self.issuer}/userinfo", "jwks_uri": f"{self.issuer}/jwks", "token_endpoint_auth_methods_supported": ["client_secret_post"],
        }  # fmt: skip

    def keys(self) -> dict:
        return {"keys": [{**json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(KEY.public_key())), "kid": "1", "alg": "RS256", "use": "sig"}]}

    def info(self) -> dict:
        return self.said if self.userinfo is None else self.userinfo

    def token(self, body: dict) -> dict:
        verifier = body.get("code_verifier", [""])[0]
        challenge = base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()
        if not self.challenge or challenge != self.challenge:
            return {}
        self.checked = True
        claims = {"iss": self.issuer_said or self.issuer, "aud": "gegma", "iat": int(time.time()), "exp": int(time.time()) + 300, **self.said}
        return {"access_token": "a", "token_type": "Bearer", "expires_in": 300, "id_token": jwt.encode(claims, KEY, "RS256", {"kid": "1"})}

    def close(self):
        self.server.shutdown()
        self.server.server_close()
