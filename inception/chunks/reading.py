"""What in the text of a row change makes it another one when it is run range by range.

Words are read, not trees: a tree has forgotten what was a function and what a keyword. What is not known is refused.
"""

from collections.abc import Iterator, Sequence
from itertools import pairwise

from inception.lexer import Kind, Token
from inception.schema.model import Table

_CLAUSES = {
    "LIMIT": "it has LIMIT",
    "ORDER": "it has ORDER BY",
    "RETURNING": "it has RETURNING",
    "PORTION": "it is for a portion of a period",
    "HISTORY": "it deletes history",
    "JOIN": "it names several tables",
    "USING": "it names several tables",
}
_SUBQUERIES = frozenset(("SELECT", "WITH", "TABLE", "VALUES"))
_BY_ITSELF = frozenset(
    "CURRENT_TIMESTAMP CURRENT_DATE CURRENT_TIME LOCALTIME LOCALTIMESTAMP UTC_DATE UTC_TIME UTC_TIMESTAMP SYSDATE "
    "CURRENT_USER CURRENT_ROLE ROWNUM DEFAULT NEXTVAL LASTVAL".split()
)
_KEYWORDS = frozenset(
    "WHERE AND OR XOR NOT IN BETWEEN LIKE RLIKE REGEXP SOUNDS IS SET CASE WHEN THEN ELSE DIV MOD ESCAPE INTERVAL "
    "BINARY PARTITION INDEX KEY AS ON ALL COLLATE FROM CHAR CHARACTER NCHAR VARCHAR DECIMAL DATETIME TIME SIGNED "
    "UNSIGNED FLOAT DOUBLE".split()
)
_FUNCTIONS = frozenset(
    "ABS ACOS ADDDATE ADDTIME AES_DECRYPT AES_ENCRYPT ASCII ASIN ATAN ATAN2 BIN BIT_COUNT BIT_LENGTH CAST CEIL "
    "CEILING CHAR CHAR_LENGTH CHARACTER_LENGTH CHARSET COALESCE COERCIBILITY COLLATION COMPRESS CONCAT CONCAT_WS CONV "
    "CONVERT CONVERT_TZ COS COT CRC32 DATE DATEDIFF DATE_ADD DATE_FORMAT DATE_SUB DAY DAYNAME DAYOFMONTH DAYOFWEEK "
    "DAYOFYEAR DEGREES ELT EXP EXPORT_SET EXTRACT FIELD FIND_IN_SET FLOOR FORMAT FROM_BASE64 FROM_DAYS FROM_UNIXTIME "
    "GREATEST HEX HOUR IF IFNULL INET6_ATON INET6_NTOA INET_ATON INET_NTOA INSERT INSTR ISNULL IS_IPV4 IS_IPV6 "
    "JSON_ARRAY JSON_ARRAY_APPEND JSON_ARRAY_INSERT JSON_CONTAINS JSON_CONTAINS_PATH JSON_DEPTH JSON_EXTRACT "
    "JSON_INSERT JSON_KEYS JSON_LENGTH JSON_MERGE_PATCH JSON_MERGE_PRESERVE JSON_OBJECT JSON_OVERLAPS JSON_PRETTY "
    "JSON_QUOTE JSON_REMOVE JSON_REPLACE JSON_SEARCH JSON_SET JSON_TYPE JSON_UNQUOTE JSON_VALID JSON_VALUE LAST_DAY "
    "LCASE LEAST LEFT LENGTH LN LOCATE LOG LOG10 LOG2 LOWER LPAD LTRIM MAKEDATE MAKETIME MAKE_SET MD5 MICROSECOND MID "
    "MINUTE MOD MONTH MONTHNAME NULLIF OCT OCTET_LENGTH ORD PERIOD_ADD PERIOD_DIFF PI POSITION POW POWER QUARTER "
    "QUOTE RADIANS REGEXP_INSTR REGEXP_LIKE REGEXP_REPLACE REGEXP_SUBSTR REPEAT REPLACE REVERSE RIGHT ROUND RPAD "
    "RTRIM SECOND SEC_TO_TIME SHA SHA1 SHA2 SIGN SIN SOUNDEX SPACE SQRT STRCMP STR_TO_DATE SUBDATE SUBSTR SUBSTRING "
    "SUBSTRING_INDEX SUBTIME TAN TIME TIMEDIFF TIMESTAMP TIMESTAMPADD TIMESTAMPDIFF TIME_FORMAT TIME_TO_SEC TO_BASE64 "
    "TO_DAYS TO_SECONDS TRIM TRUNCATE UCASE UNCOMPRESS UNCOMPRESSED_LENGTH UNHEX UNIX_TIMESTAMP UPPER WEEK WEEKDAY "
    "WEEKOFYEAR YEAR YEARWEEK".split()
)
# With a blank before the bracket these are names, of stored functions (manual: "Function Name Parsing and Resolution").
_BY_THEIR_BRACKET = frozenset(
    "ADDDATE CAST DATE_ADD DATE_SUB EXTRACT MID POSITION SUBDATE SUBSTR SUBSTRING TRIM".split()
)
_DATED = frozenset(("date", "datetime", "timestamp"))


def forbidden(text: str, tokens: Sequence[Token], table: Table) -> Iterator[str]:
    """Yield why a statement, an UPDATE or DELETE, is not the same when it is run range by range; nothing if it is."""
    yield from dict.fromkeys((*_words(tokens), *_calls(tokens), *_times(tokens, table)))
    if "/*!" in text or "/*M!" in text:
        yield "it has an executable comment"


def _words(tokens: Sequence[Token]) -> Iterator[str]:
    if tokens[0].word not in ("UPDATE", "DELETE"):
        yield "it does not begin with UPDATE or DELETE"
    for before, token, after in zip((None, *tokens), tokens, tokens[1:], strict=False):
        if before is not None and before.word == ".":
            continue  # a name
        if token.word in _CLAUSES:
            yield _CLAUSES[token.word]
        elif token.word in _SUBQUERIES:
            yield "it has a subquery"
        elif token.word in ("@", ":=") or token.kind is Kind.PARAMETER:
            yield "it has a variable"
        elif token.word in _BY_ITSELF:
            yield f"{token.word} may be another value in each range: write the value itself"
        elif token.word == "IGNORE" and after.word not in ("INDEX", "KEY"):
            yield "with IGNORE it depends on the order of the rows which of them are left out"


def _calls(tokens: Sequence[Token]) -> Iterator[str]:
    for place, (token, after) in enumerate(pairwise(tokens)):
        if after.word != "(" or token.kind not in (Kind.WORD, Kind.NAME):
            continue
        qualified = place > 0 and tokens[place - 1].word == "."
        known = token.word in _FUNCTIONS and (token.end == after.start or token.word not in _BY_THEIR_BRACKET)
        if qualified or (token.word not in _KEYWORDS and not known and token.word not in _BY_ITSELF):
            yield f"{token.text}() is not known to give the same in each range: write the value itself"
        elif token.word == "UNIX_TIMESTAMP" and tokens[place + 2].word == ")":
            yield "UNIX_TIMESTAMP() may be another value in each range: write the value itself"


def _times(tokens: Sequence[Token], table: Table) -> Iterator[str]:
    """A TIME that becomes a date does so by the day on which it does."""
    names = {token.text.strip('`"').casefold() for token in tokens if token.kind in (Kind.WORD, Kind.NAME)}
    types = {column.type for column in table.columns if column.name.casefold() in names}
    literal = any(token.word == "TIME" and after.kind is Kind.STRING for token, after in pairwise(tokens))
    called = any(token.word in _FUNCTIONS and after.word == "(" for token, after in pairwise(tokens))
    if ("time" in types or literal) and (called or types & _DATED):
        yield "a TIME in it may become a date by the day of execution"
