"""Calls within an answer or a document stay in one piece of Python's stack, however deep they go."""

import resource

from django.conf import settings

from scr_tracker.room import with_room

#: How deep the calls of a page go, and how often each of them is made.
DEPTH, TIMES = 300, 50


def callee(one, two, three):
    """Be called with a frame of the usual size."""
    four = five = six = one
    return [one, two, three, four, five, six]


def faults_of_calls(depth):
    """Return how many page faults it takes to call something again and again, so deep."""
    if depth:
        return faults_of_calls(depth - 1)
    before = resource.getrusage(resource.RUSAGE_SELF).ru_minflt
    for _ in range(TIMES):
        callee(1, 2, 3)
    return resource.getrusage(resource.RUSAGE_SELF).ru_minflt - before


def test_repeated_calls_take_no_new_memory_at_any_depth():
    most = with_room(lambda: max(faults_of_calls(depth) for depth in range(DEPTH)))
    assert most() < TIMES / 2


def test_everything_that_answers_is_called_from_there():
    assert settings.MIDDLEWARE[0] == "scr_tracker.middleware.RoomMiddleware"
