"""One host that opens many connections drives out its own, and is soon not listened to."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from underpaint_server.strangers import Failures, Strangers, network_of

NETWORKS = st.sampled_from(["10.0.0.1", "10.0.0.2", "2001:db8::/64"])


@pytest.mark.parametrize(
    ("host", "network"),
    [
        ("192.0.2.7", "192.0.2.7"),
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::/64"),
        ("2001:db8:1:2::9", "2001:db8:1:2::/64"),
        ("fe80::1%eth0", "fe80::/64"),
        ("::ffff:192.0.2.7", "192.0.2.7"),
        ("", ""),
        ("unknown", "unknown"),
    ],
)
def test_a_network_is_what_one_host_can_have(host, network):
    assert network_of(host) == network


@given(st.lists(NETWORKS, min_size=1, max_size=30), st.randoms())
def test_the_oldest_of_the_largest_network_gives_way(networks, random):
    strangers: Strangers[int] = Strangers()
    here = dict(enumerate(networks))
    for stranger, network in here.items():
        strangers.add(stranger, network)
    while here:
        assert len(strangers) == len(here)
        counts = {each: list(here.values()).count(each) for each in here.values()}
        going = strangers.first_to_go()
        assert counts[here[going]] == max(counts.values())
        assert going == min(each for each in here if here[each] == here[going])
        leaving = going if random.random() < 0.5 else random.choice(sorted(here))
        strangers.discard(leaving)
        strangers.discard(leaving)
        del here[leaving]


def test_nobody_is_there_to_go():
    with pytest.raises(ValueError, match="empty"):
        Strangers[int]().first_to_go()


def test_failures_add_up_and_fade():
    failures = Failures()
    for second in range(6):
        assert not failures.are_too_many("a", 6, second / 100)
        failures.note("a", second / 100)
    failures.note("a", 0.06)
    assert failures.are_too_many("a", 6, 0.06)
    assert not failures.are_too_many("b", 6, 0.06)
    assert not failures.are_too_many("a", 6, 30)


def test_memory_of_failures_is_bounded():
    failures = Failures()
    for number in range(10_000):
        failures.note(str(number), 0.0)
    assert failures.are_too_many("9999", 1, 0.0)
    assert not failures.are_too_many("0", 1, 0.0)
