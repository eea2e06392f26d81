import contextlib

from hypothesis import given
from hypothesis import strategies as st

from inception.spool import ReverseSpool


@given(st.lists(st.tuples(st.integers(0, 9), st.text(max_size=30)), max_size=50), st.integers(0, 400_000))
def test_what_goes_in_comes_out_backwards(items: list[tuple[int, str]], filler: int) -> None:
    items = [(tag, text + "x" * filler if number % 3 == 0 else text) for number, (tag, text) in enumerate(items)]
    with contextlib.closing(ReverseSpool()) as spool:
        for tag, text in items:
            spool.append(tag, text)
        assert list(spool.backwards()) == items[::-1]
        assert list(spool.backwards()) == items[::-1]


def test_lone_surrogates_are_kept() -> None:
    with contextlib.closing(ReverseSpool()) as spool:
        spool.append(1, "\udc81" * 1_100_000)
        spool.append(2, "end")
        assert list(spool.backwards()) == [(2, "end"), (1, "\udc81" * 1_100_000)]
