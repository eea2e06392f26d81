"""What is generated of the documents is up to date."""

from tests.docs import PAGE, page


def test_rules_page() -> None:
    assert PAGE.read_text() == page(), "run `python -m tests.docs`"
