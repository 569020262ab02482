"""A session's way from its greeting to its first command, and through each change of its user.

:mod:`sockservice.mysql.login` judges the packets; here they are taken from the connection and the outcome becomes the
session's state. The database that a client begins with is asked for before the OK packet, as ``init_db``:
a responder that refuses it refuses the login.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from sockservice.answers import Answer, Error, Ok, Request
from sockservice.errors import ProtocolError
from sockservice.mysql.login import Login, Outcome
from sockservice.mysql.packets import packet
from sockservice.mysql.results import error_payload, ok_payload

if TYPE_CHECKING:
    from sockservice.mysql.session import Session

LOGIN_PACKET_LIMIT: Final = 64 * 1024
"""The longest packet before login, in bytes: connection attributes are the longest part, and MySQL takes 64 KiB."""


class ConnectionPhase:
    """The login of a session, from its first packet to its last.

    Args:
        session: who logs in.

    Attributes:
        asked: the command that a responder was asked about, while the answer is due; else None.
    """

    def __init__(self, session: Session) -> None:
        self.asked: str | None = None
        # What responders are still to be asked once the password is right: commands.
        self._questions = deque(["init_db"])
        self._session = session
        self._login = Login(session.server, lambda: session.peer(), session.salt)

    def greet(self) -> bytes:
        """The greeting's packet."""
        session = self._session
        session.packets.sequence_id = 1
        return packet(self._login.greeting(session.connection_id), 0)

    def change_user(self, arguments: bytes) -> None:
        """Begin with a COM_CHANGE_USER, of which this is what follows the command's byte."""
        session = self._session
        session.packets.sequence_id = session.sequence_id
        session.packets.limit = LOGIN_PACKET_LIMIT
        self._questions.appendleft("reset_connection")
        self._say(self._login.change_user(arguments, session.capabilities))
        self.receive()

    def start_tls(self) -> bytes:
        """TLS is started: gives out the bytes that came for it already. What comes from now on comes through it."""
        self._login.encrypted()
        return self._session.packets.rest()

    def receive(self) -> None:
        """Take the packets that are here, as far as the login goes on."""
        session = self._session
        while self._login.outcome in (Outcome.GREETED, Outcome.PROVING):
            try:
                payload = session.packets.next_payload()
            except ProtocolError as problem:
                session.break_off(problem)
                return
            if payload is None:
                return
            self._say(self._login.receive(payload))

    def request(self) -> Request | None:
        """What a responder is to be asked or told next: of the user before who is gone, of the database."""
        login = self._login
        if login.outcome is not Outcome.ACCEPTED or self.asked is not None:
            return None
        assert login.response is not None
        self.asked = self._questions.popleft()
        return Request(self.asked, login.response.database if self.asked == "init_db" else "", self._session)

    def answer(self, answer: Answer) -> None:
        """Take the answer to the :meth:`request`: an error says that the database is not to be had."""
        login, session = self._login, self._session
        assert login.response is not None
        asked, self.asked = self.asked, None
        if asked == "init_db" and isinstance(answer, Error):
            session.say([error_payload(answer, session.form.charset)])
            session.close()
            return
        if asked == "init_db":
            session.database = login.response.database
        if not self._questions:
            self._end()

    def _say(self, payloads: list[bytes]) -> None:
        """Send what the login says, and act on its outcome."""
        login, session = self._login, self._session
        session.say(payloads)
        session.wants_tls = login.outcome is Outcome.ENCRYPTING
        if login.outcome is Outcome.REFUSED:
            session.close()
        elif login.outcome is Outcome.ACCEPTED:
            assert login.response is not None
            assert login.account is not None
            session.identify(login.response, login.account, login.peer)
            if not login.response.database:
                self._questions.remove("init_db")
            if not self._questions:
                self._end()

    def _end(self) -> None:
        """The user is in."""
        assert self._login.response is not None
        session = self._session
        session.say([ok_payload(Ok(), session.form)])
        session.begin(self._login.response)
