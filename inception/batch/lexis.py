"""The lexical pieces of MySQL's SQL as regular expressions: strings, quoted names, comments.

Fragments to build patterns from, for patterns compiled with FLAGS. All quantifiers are possessive, so that a scan is
linear in every text. Not a tokenizer, and it knows no keyword. Source: MySQL manual, "Language Structure".
"""

import re

FLAGS = re.ASCII | re.DOTALL | re.IGNORECASE

BLANKS = " \t\n\r\f\v"
BLANK = r"[ \t\n\r\f\v]"
# A name ends where none of these follows; MySQL allows any character from U+0080 in names.
NOT_IN_NAME = r"(?![\w$\x80-\U0010ffff])"

# "--" starts a comment only before a blank, a control character or the end of the text.
_DASHES = r"--(?=[\x00-\x20\x7f]|\Z)"
LINE_COMMENT = rf"(?:#|{_DASHES})[^\n]*+"
_BLOCK_REST = r"[^*]*+(?:\*(?!/)[^*]*+)*+\*/"
BLOCK_COMMENT = r"/\*(?!M?!)" + _BLOCK_REST
# What may stand between two words: blanks and comments, but no /*! */, whose content is SQL.
GAP = rf"(?:{BLANK}++|{LINE_COMMENT}|{BLOCK_COMMENT})"
# A slash or a dash that starts no comment.
OPERATOR = rf"(?:/(?!\*)|(?!{_DASHES})-)"


def quoted(*, ansi_quotes: bool = False, backslash_escapes: bool = True) -> str:
    """Return the pattern of one quoted text; a doubled quote reads as two texts side by side, which splits alike.

    The arguments say whether the session's sql_mode has ANSI_QUOTES and lacks NO_BACKSLASH_ESCAPES.
    """
    plain = {quote: rf"{quote}[^{quote}]*+{quote}" for quote in "'\"`"}
    escaped = {quote: rf"{quote}(?:[^{quote}\\]++|\\.)*+{quote}" for quote in "'\""}
    single = escaped["'"] if backslash_escapes else plain["'"]
    double = escaped['"'] if backslash_escapes and not ansi_quotes else plain['"']
    return f"{single}|{double}|{plain['`']}"


def version_comment(quoted_text: str) -> str:
    """Return the pattern of a /*! */ or /*M! */ comment: its end is looked for outside the quotes in it."""
    inside = rf"[^'\"`#*/-]++|{quoted_text}|{LINE_COMMENT}|/\*{_BLOCK_REST}|\*(?!/)|{OPERATOR}"
    return rf"/\*M?!(?:{inside})*+\*/"
