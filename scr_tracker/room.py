"""Room in Python's stack for work that calls deeply (docs/adr/0031-make-room-in-pythons-stack.md)."""

from functools import wraps

#: In words of eight bytes; Python takes twice as much, and pages and documents need about a tenth of it.
WORDS = 16_000


def with_room(function):
    """Return the function so that Python makes room in its stack, once, for all that it calls.

    The frame from which it is called says that it needs far more of the stack than it does, so that Python takes one
    piece that is large enough for everything below, and not another small one whenever the last is full.
    """

    @wraps(function, updated=())
    def call(*args, **kwargs):
        return function(*args, **kwargs)

    call.__code__ = call.__code__.replace(co_stacksize=WORDS)
    return call
