"""Each toxic of streams on one direction of a connection, to the millisecond."""

from __future__ import annotations

from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from toxic_wires import Wire, run_for, toxic

from sockservice.sockets.toxic_delays import LATENCY_ROOM
from sockservice.sockets.toxic_stage import ITEMS, ROOM


def test_without_a_toxic_all_goes_through_at_once():
    wire = Wire()
    wire.take(b"one")
    wire.end()
    assert wire.taken() == [(0, b"one"), (0, "end")]


# --- what only takes time


def test_latency_delays_each_chunk_and_the_end_comes_right_behind_them():
    wire = Wire(toxic("latency", latency=100))
    wire.take(b"one")
    wire.wait(0.03)
    wire.take(b"two")
    wire.end()
    assert wire.wait(1) == [(0.1, b"one"), (0.13, b"two"), (0.13, "end")]


def test_jitter_is_both_ways_and_never_overtakes():
    wire = Wire(toxic("latency", latency=100, jitter=50, seed=1))
    for number in range(200):
        wire.take(b"%d," % number)
        wire.wait(0.001)
    wire.wait(1)
    lone = Wire(toxic("latency", latency=100, jitter=50, seed=1))
    times = []
    for _ in range(200):
        start = lone.clock.seconds()
        lone.take(b"x")
        [(time, _)] = lone.wait(1)
        times.append(time - start)
    assert 0.05 <= min(times) < 0.06
    assert 0.14 < max(times) <= 0.15


def test_jitter_larger_than_the_latency_is_cut_at_no_delay():
    wire = Wire(toxic("latency", latency=0, jitter=10, seed=3))
    for _ in range(50):
        wire.take(b"x")
    assert len(wire.wait(0.02)) == 50


def test_bandwidth_takes_its_time_for_each_byte_in_pieces_of_a_tenth_of_a_second():
    wire = Wire(toxic("bandwidth", rate=1))  # 1000 bytes a second
    wire.take(b"x" * 250)
    wire.take(b"y" * 50)
    wire.end()
    assert wire.wait(1) == [(0.1, b"x" * 100), (0.2, b"x" * 100), (0.25, b"x" * 50), (0.3, b"y" * 50), (0.3, "end")]
    assert wire.link.full is False


def test_a_clock_that_rings_late_does_not_slow_the_line_down():
    wire = Wire(toxic("bandwidth", rate=1))
    wire.take(b"x" * 1000)
    wire.clock.advance(0.55)
    assert len(wire.bytes) == 500


def test_a_line_that_was_idle_has_no_credit():
    wire = Wire(toxic("bandwidth", rate=1))
    wire.take(b"x" * 10)
    wire.wait(5)
    wire.take(b"x" * 10)
    assert wire.wait(1) == [(5.01, b"x" * 10)]


def test_slicer_cuts_into_pieces_with_a_delay_in_microseconds():
    wire = Wire(toxic("slicer", average_size=4, delay=500))
    wire.take(b"0123456789")
    wire.end()
    assert wire.wait(1) == [(0, b"0123"), (0.0005, b"4567"), (0.001, b"89"), (0.001, "end")]


def test_slicer_varies_sizes_around_the_average():
    wire = Wire(toxic("slicer", average_size=10, size_variation=3, seed=5))
    wire.take(b"x" * 10_000)
    sizes = [len(data) for _, data in wire.wait(1)]
    assert sum(sizes) == 10_000
    assert set(sizes[:-1]) == {7, 8, 9, 10, 11, 12, 13}
    assert 9.5 < sum(sizes) / len(sizes) < 10.5


def test_slicer_without_delay_gives_each_piece_a_turn_of_the_reactor():
    wire = Wire(toxic("slicer", average_size=1))
    wire.take(b"abc")
    pieces = []
    while wire.clock.calls:  # Clock.advance would run those of later turns too
        call = wire.clock.calls.pop(0)
        call.called = 1
        call.func(*call.args)
        pieces.append([data for _, data in wire.taken()])
    assert pieces == [[b"a"], [b"b"], [b"c"]]


def test_slow_open_holds_the_first_bytes_and_those_behind_them_once():
    wire = Wire(toxic("slow_open", delay=200))
    wire.wait(1)
    wire.take(b"first")
    wire.wait(0.15)
    wire.take(b"second")
    assert wire.wait(0.5) == [(1.2, b"first"), (1.2, b"second")]
    wire.take(b"third")
    assert wire.taken() == [(1.65, b"third")]


def test_slow_close_delays_the_end_alone():
    wire = Wire(toxic("slow_close", delay=300))
    wire.take(b"x")
    wire.end()
    assert wire.taken() == [(0, b"x")]
    assert wire.wait(1) == [(0.3, "end")]


# --- what breaks


def test_timeout_swallows_all_and_then_closes():
    wire = Wire(toxic("timeout", timeout=500))
    wire.take(b"gone")
    wire.wait(0.3)
    wire.take(b"gone too")
    assert wire.wait(1) == [(0.5, "close")]


def test_timeout_of_0_never_closes_but_lets_the_end_through():
    wire = Wire(toxic("timeout"))
    wire.take(b"gone")
    assert wire.wait(10_000) == []
    wire.end()
    assert wire.taken() == [(10_000, "end")]


def test_reset_peer_resets_at_the_first_byte():
    wire = Wire(toxic("reset_peer"))
    assert wire.wait(10) == []
    wire.take(b"x")
    wire.take(b"y")
    assert wire.wait(1) == [(10, "reset")]


def test_reset_peer_waits_its_timeout_from_the_first_byte_or_end():
    wire = Wire(toxic("reset_peer", timeout=250))
    wire.end()
    assert wire.wait(1) == [(0.25, "reset")]


def test_limit_data_closes_right_behind_its_last_byte():
    wire = Wire(toxic("limit_data", bytes=5))
    wire.take(b"abc")
    assert wire.taken() == [(0, b"abc")]
    wire.take(b"defg")
    assert wire.taken() == [(0, b"de"), (0, "close")]
    wire.take(b"more")
    assert wire.wait(1) == []


def test_limit_data_closes_when_the_limit_is_reached_exactly_and_at_once_where_it_is_0():
    wire = Wire(toxic("limit_data", bytes=3))
    wire.take(b"abc")
    assert wire.taken() == [(0, b"abc"), (0, "close")]
    none = Wire(toxic("limit_data", bytes=0))
    none.take(b"a")
    assert none.taken() == [(0, "close")]


def test_the_close_of_limit_data_comes_behind_what_a_later_toxic_delays():
    wire = Wire(toxic("limit_data", bytes=3), toxic("latency", latency=100))
    wire.take(b"abcd")
    assert wire.wait(1) == [(0.1, b"abc"), (0.1, "close")]


def test_corrupt_changes_about_its_share_of_the_bytes():
    wire = Wire(toxic("corrupt", rate=0.1, seed=1))
    wire.take(bytes(100_000))
    changed = sum(byte != 0 for byte in wire.bytes)
    assert len(wire.bytes) == 100_000
    assert 9_500 < changed < 10_500


@pytest.mark.parametrize(("rate", "changed"), [(0, 0), (1, 1000)])
def test_corrupt_of_none_and_of_all(rate, changed):
    wire = Wire(toxic("corrupt", rate=rate))
    wire.take(bytes(1000))
    assert sum(byte != 0 for byte in wire.bytes) == changed


@given(st.lists(st.integers(1, 400), min_size=1, max_size=20), st.sampled_from([0.001, 0.02, 0.5]))
def test_corrupt_with_a_seed_does_not_depend_on_the_chunks(sizes, rate):
    whole, cut = Wire(toxic("corrupt", rate=rate, seed=9)), Wire(toxic("corrupt", rate=rate, seed=9))
    whole.take(bytes(sum(sizes)))
    for size in sizes:
        cut.take(bytes(size))
    assert whole.bytes == cut.bytes


def test_down_resets_a_connection_that_is_there():
    assert Wire(toxic("down")).taken() == [(0, "reset")]
    assert Wire(toxic("down", toxicity=0)).taken() == []


# --- toxicity, order, change


def test_toxicity_is_the_share_of_connections_and_a_seed_repeats_it():
    hit = []
    for number in range(1000):
        wire = Wire()
        wire.number = number
        wire.have(toxic("timeout", toxicity=0.3, seed=4))
        wire.take(b"x")
        hit.append(wire.taken() == [])
    assert 250 < sum(hit) < 350
    again = []
    for number in range(50):
        wire = Wire()
        wire.number = number
        wire.have(toxic("timeout", toxicity=0.3, seed=4))
        wire.take(b"x")
        again.append(wire.taken() == [])
    assert again == hit[:50]


def test_toxics_follow_one_another_in_their_order():
    wire = Wire(toxic("latency", latency=100), toxic("slicer", average_size=2, delay=10_000))
    wire.take(b"abcd")
    assert wire.wait(1) == [(0.1, b"ab"), (0.11, b"cd")]


def test_a_new_toxic_holds_for_what_comes_from_now_on():
    wire = Wire()
    wire.take(b"a")
    wire.have(toxic("latency", latency=100))
    wire.take(b"b")
    assert wire.wait(1) == [(0, b"a"), (0.1, b"b")]


def test_what_a_removed_toxic_holds_goes_on_at_once_and_in_order():
    wire = Wire(toxic("latency", latency=1000), toxic("bandwidth", rate=1))
    wire.take(b"a" * 10)
    wire.wait(1)
    wire.take(b"b" * 10)
    wire.have(toxic("bandwidth", rate=1))
    assert wire.wait(1) == [(1.01, b"a" * 10), (1.02, b"b" * 10)]
    wire.take(b"c")
    wire.take(b"d")
    wire.have()
    assert wire.taken() == [(2, b"c"), (2, b"d")]
    assert wire.clock.getDelayedCalls() == []


def test_what_a_removed_toxic_holds_is_not_disturbed_by_another_that_is_removed_with_it():
    wire = Wire(toxic("latency", latency=100), toxic("limit_data", bytes=0))
    wire.take(b"abc")
    wire.have()
    assert wire.taken() == [(0, b"abc")]


def test_toxics_that_stay_go_on_undisturbed():
    slow, fast = toxic("latency", latency=1000), toxic("bandwidth", rate=1000)
    wire = Wire(slow)
    wire.take(b"x")
    wire.have(slow, fast)
    assert wire.wait(0.9) == []
    assert [data for _, data in wire.wait(1)] == [b"x"]


def test_toxics_in_another_order_let_go_of_all_so_that_nothing_is_overtaken():
    one, other = toxic("latency", latency=100, name="one"), toxic("latency", latency=100, name="other")
    wire = Wire(one, other)
    wire.take(b"a")
    wire.wait(0.1)
    wire.take(b"b")
    wire.have(other, one)
    assert wire.taken() == [(0.1, b"a"), (0.1, b"b")]


def test_an_updated_limit_still_counts_what_has_passed():
    wire = Wire(toxic("limit_data", bytes=10))
    wire.take(b"abc")
    wire.have(toxic("limit_data", bytes=4))
    wire.take(b"de")
    assert wire.taken() == [(0, b"abc"), (0, b"d"), (0, "close")]


def test_an_updated_slow_open_does_not_open_again():
    wire = Wire(toxic("slow_open", delay=100))
    wire.take(b"a")
    wire.wait(1)
    wire.have(toxic("slow_open", delay=200))
    wire.take(b"b")
    assert wire.events == [(1, b"b")]


def test_an_updated_timeout_runs_anew_and_a_removed_one_closes():
    wire = Wire(toxic("timeout", timeout=500))
    wire.wait(0.4)
    wire.have(toxic("timeout", timeout=600))
    assert wire.wait(0.5) == []
    wire.have()
    assert wire.taken() == [(0.9, "close")]
    assert wire.clock.getDelayedCalls() == []


def test_a_changed_reset_that_is_under_way_stays_so_and_a_removed_one_is_done():
    wire = Wire(toxic("reset_peer", timeout=500))
    wire.take(b"x")
    wire.have(toxic("reset_peer", timeout=700))
    assert wire.wait(0.6) == []
    wire.have()
    assert wire.taken() == [(0.6, "reset")]
    idle = Wire(toxic("reset_peer"))
    idle.have()
    idle.take(b"x")
    assert idle.taken() == [(0, b"x")]


def test_another_type_under_the_same_name_takes_over_nothing():
    wire = Wire(toxic("latency", latency=100, name="it"))
    wire.take(b"a")
    wire.have(toxic("limit_data", bytes=1, name="it"))
    wire.take(b"bc")
    assert wire.taken() == [(0, b"a"), (0, b"b"), (0, "close")]


# --- room


def test_a_sender_is_paused_above_the_room_and_goes_on_at_half_of_it():
    wire = Wire(toxic("bandwidth", rate=100))  # 10,000 bytes a piece
    wire.take(b"x" * ROOM)
    assert wire.flow == []
    wire.take(b"x")
    assert wire.flow == [True]
    wire.wait((ROOM / 2) / 100_000)
    assert wire.flow == [True]
    wire.wait(0.11)
    assert wire.flow == [True, False]


def test_latency_has_room_enough_not_to_throttle():
    wire = Wire(toxic("latency", latency=100))
    wire.take(bytes(LATENCY_ROOM))
    assert wire.flow == []
    wire.take(b"x")
    assert wire.flow == [True]
    wire.wait(1)
    assert wire.flow == [True, False]


def test_tiny_pieces_have_room_for_a_number_of_them():
    wire = Wire(toxic("latency", latency=100))
    for _ in range(ITEMS + 1):
        wire.take(b"x")
    assert wire.flow == [True]
    wire = Wire()
    wire.link.outlet.stop()
    for _ in range(ITEMS + 1):
        wire.take(b"x")
    assert wire.flow == [True]


def test_while_the_receiver_is_not_ready_all_waits_and_is_given_in_a_turn_of_its_own():
    wire = Wire()
    wire.link.outlet.stop()
    wire.take(b"a" * (ROOM + 1))
    wire.end()
    assert wire.flow == [True]
    wire.link.outlet.start()
    assert wire.taken() == []
    assert [event for _, event in wire.wait(0)] == [b"a" * (ROOM + 1), "end"]
    assert wire.flow == [True, False]


def test_a_receiver_that_writes_or_reads_on_inside_of_a_delivery_gets_nothing_inside_of_it():
    wire = Wire()
    depth = []

    def deliver(data: bytes) -> None:
        depth.append(data)
        if data == b"a":
            wire.take(b"b")
            assert depth == [b"a"]

    wire.link.outlet._deliver = deliver
    wire.take(b"a")
    assert depth == [b"a", b"b"]


def test_a_sender_whose_bytes_are_swallowed_is_paused_for_a_turn_now_and_then():
    wire = Wire(toxic("timeout"))
    wire.take(bytes(ROOM))
    assert wire.flow == []
    wire.take(b"x")
    assert wire.flow == [True]
    wire.clock.advance(0)
    assert wire.flow == [True, False]


def test_a_sender_whose_connection_is_closed_is_paused_for_good():
    wire = Wire(toxic("limit_data", bytes=1))
    wire.take(b"ab")
    assert wire.flow == [True]
    wire.wait(10)
    assert wire.flow == [True]


@pytest.mark.parametrize("type_name", ["latency", "bandwidth", "slicer", "timeout", "reset_peer"])
def test_dropped_a_link_leaves_no_clock_and_lets_nothing_out(type_name):
    attributes = {
        "latency": {"latency": 10},
        "bandwidth": {"rate": 1},
        "slicer": {"average_size": 1},
        "timeout": {"timeout": 10},
        "reset_peer": {"timeout": 10},
    }
    wire = Wire(toxic(type_name, **attributes[type_name]))
    wire.take(b"x" * 1000)
    wire.taken()
    wire.link.drop()
    wire.take(b"y" * ROOM * 2)
    assert wire.clock.getDelayedCalls() == []
    assert wire.taken() == []


# --- whatever the toxics


milliseconds = st.integers(0, 50)
harmless = st.one_of(
    st.builds(lambda latency, jitter: toxic("latency", latency=latency, jitter=jitter), milliseconds, milliseconds),
    st.builds(lambda rate: toxic("bandwidth", rate=rate), st.sampled_from([0.1, 1, 7, 1000])),
    st.builds(lambda delay: toxic("slow_open", delay=delay), milliseconds),
    st.builds(lambda delay: toxic("slow_close", delay=delay), milliseconds),
    st.builds(
        lambda size, variation, delay: toxic(
            "slicer", average_size=size, size_variation=min(variation, size - 1), delay=delay
        ),
        *(st.integers(1, 40), st.integers(0, 10), st.integers(0, 3000)),
    ),
)
chains = st.lists(harmless, max_size=4, unique_by=lambda one: one.name)
steps = st.lists(
    st.one_of(st.binary(min_size=1, max_size=300), st.floats(0, 0.1), st.sampled_from(["stop", "start"]), chains),
    max_size=25,
)


@settings(deadline=None)
@given(chains, steps)
def test_whatever_delays_the_bytes_arrive_complete_in_order_and_before_the_end(chain, steps):
    wire, sent = Wire(*chain), b""
    for step in steps:
        if isinstance(step, bytes):
            wire.take(step)
            sent += step
        elif isinstance(step, float):
            wire.clock.advance(step)
        elif isinstance(step, str):
            getattr(wire.link.outlet, step)()
        else:
            wire.have(*step)
    wire.end()
    wire.link.outlet.start()
    run_for(wire.clock, 120)
    assert wire.bytes == sent
    assert [event for _, event in wire.events].index("end") == len(wire.events) - 1
    assert wire.link.full is False


def test_chances_are_drawn_from_what_the_toxic_was_given():
    wire = Wire()
    wire.roll = lambda _toxic: Random(1)  # type: ignore[method-assign]
    wire.have(toxic("latency", latency=100, jitter=100))
    wire.take(b"x")
    [(time, _)] = wire.wait(1)
    assert time == pytest.approx(0.1 + Random(1).uniform(-0.1, 0.1), abs=1e-6)
