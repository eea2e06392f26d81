import contextlib

from hypothesis import given
from hypothesis import strategies as st

from inception.spool import ReverseSpool


@given(st.lists(st.tuples(st.integers(0, 9), st.lists(st.text(max_size=30))), max_size=50), st.integers(0, 400_000))
def test_what_goes_in_comes_out_backwards(items: list[tuple[int, list[str]]], filler: int) -> None:
    items = [
        (tag, [text + "x" * filler for text in texts] if n % 3 == 0 else texts) for n, (tag, texts) in enumerate(items)
    ]
    with contextlib.closing(ReverseSpool()) as spool:
        for tag, texts in items:
            spool.append(tag, texts)
        for _ in range(2):
            assert list(spool.backwards()) == [(tag, texts[::-1]) for tag, texts in reversed(items)]


def test_lone_surrogates_are_kept() -> None:
    with contextlib.closing(ReverseSpool()) as spool:
        spool.append(1, ["\udc81" * 1_100_000])
        spool.append(2, ["almost", "end"])
        assert list(spool.backwards()) == [(2, ["end", "almost"]), (1, ["\udc81" * 1_100_000])]
