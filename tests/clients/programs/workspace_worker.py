"""Some tests in processes of their own, each in its workspace: steers it, asks, and looks whether all is its own.

Arguments: the server's host and port, the first number, how many. Each number is a process and a workspace. Prints what
went wrong; the exit status is how many processes found something.
"""

from __future__ import annotations

import os
import sys
import traceback

import pymysql


def work(host: str, port: int, number: int) -> None:
    name = f"w{number}"
    how = [{"user": f"app@{name}"}, {"user": "app", "database": f"shop@{name}"}][number % 2]
    connection = pymysql.connect(host=host, port=port, autocommit=True, **how)
    cursor = connection.cursor()

    def ask(sql: str, *arguments: object) -> tuple[tuple[object, ...], ...]:
        cursor.execute(sql, arguments or None)
        return tuple(cursor.fetchall())

    stub = f'{{name: {name}, when: {{sql: "SELECT whose"}}, then: {{rows: [{{whose: {name}}}]}}}}'
    ask("CALL sockservice.stub(%s)", stub)
    ask("CALL sockservice.set_state('owner', %s)", name)
    for step in range(20):
        assert ask("SELECT whose") == ((name,),)
        assert ask("SELECT %s", f"{name} {step}") == ((f"{name} {step}",),)
    assert ask("SELECT scenario, state FROM sockservice.states") == (("owner", name),)
    assert ask("SELECT name FROM sockservice.stubs") == ((name,),)
    assert ask("SELECT name FROM sockservice.workspace") == ((name,),)
    assert ask("SELECT DISTINCT connection FROM sockservice.journal") == ((connection.thread_id(),),)
    assert ask("SELECT COUNT(*) FROM sockservice.journal WHERE name = %s", name) == ((20,),)
    assert ask("SELECT sockservice.verify(%s, 'exactly', 20)", '{sql: "SELECT whose"}') == ((1,),)
    assert ask("SELECT sockservice.verify(%s, 'exactly', 20)", "{regex: \"SELECT 'w\\\\d+ \\\\d+'\"}") == ((1,),)
    ask("CALL sockservice.reset()")
    assert ask("SELECT COUNT(*) FROM sockservice.stubs") == ((0,),)
    connection.close()


def main(host: str, port: str, first: str, count: str) -> int:
    children = []
    for number in range(int(first), int(first) + int(count)):
        child = os.fork()
        if child == 0:
            status = 1
            try:
                work(host, int(port), number)
                status = 0
            except BaseException:
                traceback.print_exc()
            finally:
                sys.stderr.flush()
                os._exit(status)
        children.append(child)
    return sum(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) != 0 for child in children)


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
