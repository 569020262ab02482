from __future__ import annotations

import pytest

from sockservice.plugins._loops import would_loop


@pytest.mark.parametrize("port", [7, 13, 17, 19, 37])
def test_a_sender_on_the_port_of_an_answering_service_would_loop(port):
    assert would_loop(port, 40000)


def test_a_sender_with_our_own_port_number_is_our_twin():
    assert would_loop(7007, 7007)


@pytest.mark.parametrize("port", [9, 53, 1024, 40001])
def test_other_senders_are_answered(port):
    assert not would_loop(port, 40000)
