"""What a session does with an answer, told as a script: bytes, pauses in seconds, and how it ends."""

from __future__ import annotations

from math import inf

STALLED = inf


def script(session):
    """Drive a session as the pump does, without waiting, until the answer is over or never will be.

    Returns:
        A list of bytes (as they came in one go, joined up to a pause), seconds of pauses (``inf`` is the last) and
        ``fin`` or ``rst`` where the connection is to be closed.
    """
    found = []
    while True:
        data = session.data_to_send()
        if data and found and isinstance(found[-1], bytes):
            found[-1] += data
        elif data:
            found.append(data)
        if session.closing:
            return [*found, "rst" if session.resets else "fin"]
        if session.pause:
            found.append(session.pause)
            if session.pause == inf:
                return found
            session.pause = 0.0
        elif not data and not session.sending:
            return found


def asked(client, payload, answer):
    """Send a command, answer its request; gives the script."""
    assert client.request(payload) is not None
    client.session.answer(answer)
    return script(client.session)


def told(steps):
    """All bytes of a script, and what else there is in it."""
    return b"".join(step for step in steps if isinstance(step, bytes)), [s for s in steps if not isinstance(s, bytes)]
