"""A :class:`wire_client.WireClient` that proves its password by any plugin, as it is asked to."""

from __future__ import annotations

from itertools import cycle

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.padding import MGF1, OAEP
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.serialization import load_pem_public_key
from wire_client import NATIVE, SHA2, WireClient, framed, handshake_response, lenenc, scramble

from sockservice import answers
from sockservice.mysql import Account, Encryption, Peer, Server

SHA256, CLEAR, ED25519 = "sha256_password", "mysql_clear_password", "client_ed25519"
PLUGINS = (SHA2, NATIVE, SHA256, CLEAR, ED25519)
PASSWORD = b"a secret of thirty-two characters"[:32]
"""32 bytes: then it is a private key of RFC 8032, too, and ``cryptography`` can sign with it."""

PLAIN = Peer("10.0.0.7", 51234)
TLS = Peer("10.0.0.7", 51234, Encryption("TLSv1.3", "TLS_AES_256_GCM_SHA384"))
UNIX = Peer("localhost", local=True)


def account(plugin, user="app", **settings):
    return Account(user, PASSWORD.decode(), plugin=plugin, **settings)


def servers_of_all_plugins(**settings):
    """A server with an account for each plugin, named after it; and one of a cold cache, ``full``."""
    accounts = [account(plugin, plugin) for plugin in PLUGINS]
    return Server(accounts=[*accounts, account(SHA2, "full", full_authentication=True)], **settings)


def encrypted(password, salt, pem):
    """A password as it is sent over plain TCP."""
    masked = bytes(byte ^ mask for byte, mask in zip(password + b"\0", cycle(salt), strict=False))
    return load_pem_public_key(pem).encrypt(masked, OAEP(MGF1(SHA1()), SHA1(), None))


class ProvingClient(WireClient):
    """A client with a password.

    Args:
        server: the server to connect to.
        peer: where the client is.
        password: what it knows.
        chunk: as for :class:`wire_client.WireClient`.

    Attributes:
        heard: the payloads that the server sent, in order.
        sequence: the id of its next packet.
    """

    def __init__(self, server, peer=PLAIN, password=PASSWORD, chunk=None):
        super().__init__(server, chunk)
        self.session.peer = lambda: peer
        self.secure = peer.secure
        self.password = password
        self.salt = self.greeting.salt
        self.plugin = SHA2
        self.heard = []
        self.sequence = 1

    def first_proof(self, plugin, challenge):
        """What is sent for a challenge."""
        self.plugin = plugin
        if plugin == ED25519:
            seed = self.password if len(self.password) == 32 else bytes(32)
            return Ed25519PrivateKey.from_private_bytes(seed).sign(challenge)
        if plugin == CLEAR or (plugin == SHA256 and self.secure):
            return self.password + b"\0"
        self.salt = challenge.removesuffix(b"\0")
        if plugin == SHA256:
            return b"\1" if self.password else b"\0"
        return scramble(plugin, self.password, self.salt)

    def log_in_by(self, user, plugin=SHA2, **fields):
        """Log in as a client that thinks ``plugin`` is the one; returns the last payload."""
        auth = self.first_proof(plugin, self.greeting.salt) if plugin != ED25519 else b""
        response = handshake_response(user=user.encode(), plugin=plugin, auth=auth, **fields)
        return self.talk(response)

    def change_user(self, user, database=b"", charset=255, plugin=NATIVE, attributes=None):
        """COM_CHANGE_USER; returns the last payload."""
        block = b"".join(lenenc(key) + lenenc(value) for key, value in (attributes or {}).items())
        packet = b"\x11" + user.encode() + b"\0" + lenenc(b"x" * 20) + database + b"\0"
        packet += charset.to_bytes(2, "little") + plugin.encode() + b"\0" + lenenc(block)
        self.sequence = 0
        return self.talk(packet)

    def talk(self, payload):
        """Send a payload, then whatever is asked for, until there is an OK or an ERR."""
        while payload is not None:
            self.send(framed(payload, self.sequence))
            while (request := self.session.next_request()) is not None:
                assert request.command in ("init_db", "reset_connection")
                self.session.answer(answers.Ok())
            payload = self.next_answer(self.received())
            if self.heard[-1][0] == 0xFF:
                break
        return self.heard[-1]

    def next_answer(self, packets):
        answer = None
        for sequence, payload in packets:
            if payload[0] != 0xFF:  # an error goes on from whatever packet it is about
                assert sequence == (self.sequence + 1) % 256
            self.sequence = sequence
            self.heard.append(payload)
            answer = self.answer_to(payload)
        self.sequence = (self.sequence + 1) % 256
        return answer

    def answer_to(self, payload):
        """What a client says to one packet; None: nothing."""
        if payload[0] == 0xFE:
            name, _, challenge = payload[1:].partition(b"\0")
            return self.first_proof(name.decode(), challenge)
        if payload == b"\1\4":
            return self.password + b"\0" if self.secure else b"\2"
        if payload[0] == 1 and len(payload) > 2:
            return encrypted(self.password, self.salt, payload[1:])
        return None
