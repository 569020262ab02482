"""A session's way from its greeting to its first command, and through each change of its user.

:mod:`sockservice.mysql.login` judges the packets; here they are taken from the connection and the outcome becomes the
session's state. Where the server is told to, responders are asked before the greeting (``connect``) and once the
password is right (``auth``). The database that a client begins with is asked for before the OK packet, as ``init_db``:
a responder that refuses it refuses the login.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from sockservice.answers import Answer, Error, Ok, Request
from sockservice.answers import Login as Terms
from sockservice.errors import ProtocolError
from sockservice.mysql.answer_parts import reply_parts
from sockservice.mysql.charsets import UTF8MB4
from sockservice.mysql.disturbance_set import NOTHING_WRONG, DisturbanceSet, undisturbed
from sockservice.mysql.disturbed_payloads import disturbed
from sockservice.mysql.login import Login, Outcome
from sockservice.mysql.own_reply import NOBODY
from sockservice.mysql.results import ok_payload, sound_error_payload
from sockservice.mysql.state import State

if TYPE_CHECKING:
    from collections.abc import Callable

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
        # What responders are still to be asked: commands.
        self._questions: deque[str] = deque()
        # What is wrong with the end of the login.
        self._wrong = NOTHING_WRONG
        self._session = session
        self._login = Login(session.server, lambda: session.peer(), session.salt)

    def connect(self) -> None:
        """Greet the client; or have a responder asked before."""
        if "connect" in self._session.server.asks:
            self._questions.append("connect")
        else:
            self._greet(NOTHING_WRONG)

    def change_user(self, arguments: bytes) -> None:
        """Begin with a COM_CHANGE_USER, of which this is what follows the command's byte."""
        session = self._session
        session.packets.sequence_id = session.sequence_id
        session.packets.limit = LOGIN_PACKET_LIMIT
        self._questions.append("reset_connection")
        self._take(self._login.change_user(arguments, session.capabilities))
        self.receive()

    def start_tls(self) -> bytes:
        """TLS is started: gives out the bytes that came for it already. What comes from now on comes through it."""
        self._login.encrypted()
        return self._session.packets.rest()

    def receive(self) -> None:
        """Take the packets that are here, as far as the login goes on."""
        session = self._session
        while self._login.outcome in (Outcome.GREETED, Outcome.PROVING) and session.state is State.LOGIN:
            try:
                payload = session.packets.next_payload()
            except ProtocolError as problem:
                session.break_off(problem)
                return
            if payload is None:
                return
            self._take(self._login.receive(payload))

    def request(self) -> Request | None:
        """What a responder is to be asked or told next, of the client, the user before who is gone, or the new one."""
        due = self._login.outcome in (Outcome.MET, Outcome.ACCEPTED) and self._session.state is State.LOGIN
        if not due or not self._questions or self.asked is not None:
            return None
        self.asked = self._questions.popleft()
        return Request(self.asked, self._database if self.asked == "init_db" else "", self._session)

    def answer(self, answer: Answer | None) -> None:
        """Take the answer to the :meth:`request`; an error refuses the client."""
        asked, self.asked = self.asked, None
        if answer is None and asked == "init_db":
            answer = NOBODY
        inner, wrong = undisturbed(answer)
        if asked == "reset_connection":
            pass
        elif isinstance(inner, Error):
            self._refuse(inner, wrong, with_sqlstate=asked != "connect")
            return
        elif inner is None and (wrong.silences or asked == "init_db"):
            self._say([], wrong, self._session.close)
            return
        elif asked == "connect":
            if isinstance(inner, Terms):
                self._login.terms = inner
                self._session.certificate = inner.certificate
            self._greet(wrong)
            return
        elif asked == "init_db":
            self._session.database = self._database
        if wrong != NOTHING_WRONG:
            self._wrong = wrong
        if not self._questions:
            self._end()

    @property
    def _database(self) -> str:
        assert self._login.response is not None
        return self._login.response.database

    def _greet(self, wrong: DisturbanceSet) -> None:
        session = self._session
        self._say([self._login.greeting(session.connection_id)], wrong, self._greeted)

    def _greeted(self) -> None:
        """The client has its time from now on; what it said before is heard now."""
        session = self._session
        session.state, session.since = State.LOGIN, session.server.clock()
        session.timeouts.on_earlier()
        self.receive()

    def _take(self, payloads: list[bytes]) -> None:
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
            if "auth" in session.server.asks:
                self._questions.append("auth")
            if login.response.database:
                self._questions.append("init_db")
            if not self._questions:
                self._end()

    def _refuse(self, problem: Error, wrong: DisturbanceSet, *, with_sqlstate: bool) -> None:
        session = self._session
        charset = session.form.charset if with_sqlstate else UTF8MB4
        refusal = sound_error_payload(problem, charset, with_sqlstate=with_sqlstate)
        self._say([refusal], self._wrong if wrong == NOTHING_WRONG else wrong, session.close)

    def _end(self) -> None:
        """The user is in."""
        self._say([ok_payload(Ok(), self._session.form)], self._wrong, self._begin)

    def _begin(self) -> None:
        assert self._login.response is not None
        self._session.begin(self._login.response)

    def _say(self, payloads: list[bytes], wrong: DisturbanceSet, behind: Callable[[], None]) -> None:
        """Send packets, disturbed, and do what is to be done behind them."""
        session = self._session
        if wrong == NOTHING_WRONG:
            session.say(payloads)
            behind()
            return

        def go_on() -> None:
            session.packets.sequence_id = session.sequence_id
            behind()

        session.behind = go_on
        steps = disturbed(reply_parts(payloads), wrong, session.form)
        session.stream_disturbed(steps, wrong, session.packets.sequence_id)
