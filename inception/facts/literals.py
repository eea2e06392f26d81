"""What a literal in a DEFAULT clause stands for: a text, a number or bytes. Pure."""

from dataclasses import dataclass
from decimal import Decimal

from inception.lexer import Kind, Syntax, Token, UnreadableSql, string_value, tokenize


@dataclass(frozen=True)
class Literal:
    """A literal's value; `text` is what it is as a text. `hexadecimal` is true for x'…', false for 0x…."""

    value: str | Decimal | bytes
    hexadecimal: bool = False

    @property
    def text(self) -> str:
        """The literal as a text."""
        if isinstance(self.value, bytes):
            return self.value.decode("utf-8", "surrogateescape")
        return self.value if isinstance(self.value, str) else f"{self.value:f}"

    @property
    def number(self) -> Decimal | None:
        """The literal as a number; None for a text."""
        if isinstance(self.value, bytes):
            return Decimal(int.from_bytes(self.value))
        return None if isinstance(self.value, str) else self.value


def read_literal(source: str, syntax: Syntax) -> Literal | None:
    """Return the value of a literal's SQL source; None for NULL and for what is not understood (DATE'…')."""
    try:
        tokens = tokenize(source, syntax)[:-1]
    except UnreadableSql:
        return None
    sign = 1
    if tokens and tokens[0].word in ("+", "-"):
        sign = -1 if tokens[0].word == "-" else 1
        tokens = tokens[1:]
    if tokens and tokens[0].kind is Kind.WORD and tokens[0].text.startswith("_"):
        tokens = tokens[1:]
    if not tokens:
        return None
    if all(token.kind is Kind.STRING for token in tokens):
        return Literal("".join(string_value(token.text, syntax.backslash_escapes) for token in tokens))
    return _single(tokens[0], sign) if len(tokens) == 1 else None


def _single(token: Token, sign: int) -> Literal | None:
    if token.kind is Kind.NUMBER:
        return Literal(sign * Decimal(token.text))
    if token.word in ("TRUE", "FALSE"):
        return Literal(Decimal(token.word == "TRUE"))
    if token.kind is Kind.BINARY:
        return Literal(_bytes(token.text), token.text[:1] in "xX")
    return None


def _bytes(text: str) -> bytes:
    digits = text[2:].rstrip("'")
    if text[0] in "xX" or text[1] in "xX":
        return bytes.fromhex(digits if len(digits) % 2 == 0 else f"0{digits}")
    return int(digits or "0", 2).to_bytes((len(digits) + 7) // 8)
