"""What is generated of the documents is up to date."""

import pytest

from tests.docs import DOCS, PAGES


@pytest.mark.parametrize("name", PAGES)
def test_generated_page(name: str) -> None:
    assert (DOCS / name).read_text() == PAGES[name](), "run `python -m tests.docs`"
