"""The written pages: both languages have the same parts, links lead somewhere, what is shown can be typed."""

import re
from collections.abc import Iterator
from functools import cache
from itertools import chain, pairwise
from pathlib import Path
from urllib.parse import unquote

import click
import pytest
from markdown_it import MarkdownIt
from markdown_it.token import Token

from inception.batch.options import Mode, read_options
from inception.cli import main
from inception.commands import find
from inception.errors import BadCommand, BadOption
from tests.processes import PROJECT

_MARKDOWN = MarkdownIt("commonmark").enable("table")
_PAGES = sorted([*PROJECT.glob("docs/*.md"), *PROJECT.glob("*.md")])
_GUIDES = [PROJECT / name for name in ("README.md", "README.zh.md", "docs/guide.md", "docs/guide.zh.md")]
_COMMENT = re.compile(r"(?:^|\s{2,})# .*$", re.M)
_SOURCE = re.compile(r"/\*(--.*?)\*/")
_PLACEHOLDER = re.compile(r"<[\w.]+>|…")


@cache
def _tokens(page: Path) -> list[Token]:
    return _MARKDOWN.parse(page.read_text())


def _headings(page: Path) -> list[str]:
    tokens = _tokens(page)
    return [f"{token.tag} {after.content}" for token, after in pairwise(tokens)
            if token.type == "heading_open"]  # fmt: skip


@cache
def _anchors(page: Path) -> set[str]:
    """Return what can stand behind `#`, as GitHub makes it of headings."""
    texts = (heading.partition(" ")[2] for heading in _headings(page))
    return {re.sub(r"[^\w\- ]", "", text.lower()).replace(" ", "-") for text in texts}


def _inline(page: Path) -> Iterator[Token]:
    return chain.from_iterable(token.children or [] for token in _tokens(page))


def _links(page: Path) -> list[str]:
    return [unquote(str(token.attrs["href"])) for token in _inline(page) if token.type == "link_open"]


def _blocks(page: Path) -> list[str]:
    """Return the blocks of code without their comments."""
    blocks = (token.content for token in _tokens(page) if token.type in ("fence", "code_block"))
    return [_COMMENT.sub("", block).strip() for block in blocks]


def _shown(page: Path) -> list[str]:
    """Return every piece of code: lines of blocks, continued ones in one, and code within sentences; no drawings."""
    blocks = (re.sub(r"\\\n\s*", "", block) for block in _blocks(page) if "┌" not in block)
    lines = chain.from_iterable(map(str.splitlines, blocks))
    return [*lines, *(token.content for token in _inline(page) if token.type == "code_inline")]


def _is_typed_at_the_gateway(text: str) -> bool:
    try:
        return find(text) is not None
    except BadCommand:
        return False


def _is_typed_in_a_shell(text: str) -> bool:
    """Whether the command line knows the command, its options, and the choices among their values."""
    name, *arguments = text.split()[1:]
    command = main.commands.get(name)
    if command is None:
        return False
    context = click.Context(command, ignore_unknown_options=name in ("serve", "doctor", "purge"))
    try:
        values, _, _ = command.make_parser(context).parse_args(arguments)
        for parameter in command.params:
            if isinstance(parameter.type, click.Choice) and parameter.name in values:
                parameter.type_cast_value(context, values[parameter.name])
    except click.UsageError:
        return False
    return True


def _is_read(option: str) -> bool:
    """Whether a source comment may hold it; a target, a sequence and a mode are added where it has none."""
    filled = _PLACEHOLDER.sub("1", option)
    target = "" if re.search("--(host|source)=", filled) else "--host=1;--port=1;"
    sequence = "" if "--sequence=" in filled else "--sequence=1;"
    try:
        read_options(target + sequence + filled, Mode.EXECUTE)
    except BadOption:
        return False
    return True


@pytest.mark.parametrize(("english", "chinese"), [_GUIDES[:2], _GUIDES[2:]], ids=["README", "guide"])
def test_both_languages_have_the_same_parts(english: Path, chinese: Path) -> None:
    assert [heading.split()[0] for heading in _headings(chinese)] == [
        heading.split()[0] for heading in _headings(english)
    ]
    drawings, translated = ([block for block in _blocks(page) if "┌" in block] for page in (english, chinese))
    assert len(drawings) == len(translated)
    assert [block for block in _blocks(chinese) if "┌" not in block] == [
        block for block in _blocks(english) if "┌" not in block
    ]


@pytest.mark.parametrize("page", _PAGES, ids=lambda page: str(page.relative_to(PROJECT)))
def test_links_lead_somewhere(page: Path) -> None:
    for link in _links(page):
        if link.startswith(("https:", "http:")):
            continue
        path, _, anchor = link.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), link
        assert not anchor or anchor in _anchors(there), link


@pytest.mark.parametrize("page", _GUIDES[2:], ids=lambda page: page.name)
def test_every_command_can_be_typed(page: Path) -> None:
    bare = (re.sub(r"^\s*(?:\$|mysql>)\s", "", text).strip() for text in _shown(page))
    commands = [text for text in bare if re.match(r"(?:/\*--.*\*/ )?inception \S", text)]
    assert len(commands) > 40
    assert [text for text in commands if not _is_typed_at_the_gateway(text) and not _is_typed_in_a_shell(text)] == []


@pytest.mark.parametrize("page", _GUIDES, ids=lambda page: page.name)
def test_every_option_is_taken(page: Path) -> None:
    comments = [inside for text in _shown(page) for inside in _SOURCE.findall(text)]
    assert comments
    assert [inside for inside in comments if not _is_read(inside)] == []
    of_the_command_line = {name for command in main.commands.values() for each in command.params for name in each.opts}
    alone = [token.content for token in _inline(page) if token.type == "code_inline" and token.content[:2] == "--"]
    assert alone
    assert [text for text in alone if re.split("[= ]", text)[0] not in of_the_command_line and not _is_read(text)] == []
