"""One message of a client, put to a responder."""

from __future__ import annotations

from collections.abc import Callable

from twisted.internet.defer import CancelledError, Deferred
from twisted.logger import Logger
from twisted.python.failure import Failure

from sockservice.answers import Answer, Request
from sockservice.messages.session import MessageSession

Asked = Answer | Deferred[Answer | None] | None

_log = Logger()


def request_of(command: str, data: bytes, session: MessageSession) -> Request:
    """A request of a client; its text is the message as UTF-8, with what is none of it as surrogates."""
    session.since = session.server.clock()
    return Request(command, data.decode("utf-8", "surrogateescape"), session, data=data)


def ask(respond: Callable[[Request], Answer | Deferred[Answer] | None], request: Request) -> Asked:
    """The answer, or a Deferred of it that never fails: a responder that fails answers nothing, and the log has why."""
    try:
        answer = respond(request)
    except Exception:
        _failed(Failure())  # type: ignore[no-untyped-call]
        return None
    return answer.addErrback(_failed) if isinstance(answer, Deferred) else answer


def _failed(failure: Failure) -> None:
    """One that was cancelled has not failed: nobody is there for its answer."""
    if not isinstance(failure.value, CancelledError):
        _log.failure("a responder failed", failure)
