"""The SQL in MariaDB's own test scripts (*.test, *.inc): what `mysqltest` would send to a server.

Follows mysqltest's reading: lines that begin with `--` and mysqltest's own commands are no SQL, the delimiter can be
changed, quotes hide delimiters, blocks of other languages end at their mark. Not an interpreter: branches are not
followed, and what needs a variable of the script is left out. Source: MariaDB, "mysqltest Commands".
"""

import re
from collections.abc import Iterator

_COMMANDS = frozenset(
    """append_file assert break cat_file change_user character_set chmod connect connection continue copy_file
    copy_files_wildcard dec die diff_files dirty_close disconnect echo end end_timer error eval_result evalp exec
    exec_in_background execw exit file_exists horizontal_results if inc let list_files list_files_append_file
    list_files_write_file lowercase_result mkdir move_file optimizer_trace output perl ping query_get_value real_sleep
    reap record remove_file remove_files_wildcard replace_column replace_numeric_round replace_regex replace_result
    require reset_connection result result_format rmdir save_master_pos send_quit send_shutdown shutdown_server skip
    sleep sorted_result source start_timer sync_slave_with_master sync_with_master system timer vertical_results
    wait_for_slave_to_stop while write_file write_line""".split()
)
_SWITCH = re.compile(r"(?:en|dis)able_\w+")
_CARRIER = re.compile(r"(?:(?:query|query_vertical|query_horizontal|send|eval|send_eval)\b\s*)++", re.I)
_WORD = re.compile(r"[A-Za-z_][\w-]*+")
_BLOCK = re.compile(r"(?:perl|write_file|append_file)\b", re.I)
_BLANKS = re.compile(r"[\s}]*+")
_HEAD_OF_BLOCK = re.compile(r"(?:if|while)\b[^{\n]*+(?:\n\s*+)?\{?", re.I)
_MORE_THAN_A_FEW = 200_000  # characters: what is longer is made to be long, not to be read


class _Script:
    """A place in a script."""

    def __init__(self, text: str) -> None:
        self.text, self.at, self.delimiter = text, 0, ";"

    def statements(self) -> Iterator[str]:
        while self._next():
            if self.text.startswith("#", self.at):
                self._line()
            elif self.text.startswith("--", self.at):
                self._command(self._line()[2:].strip())
            elif head := _HEAD_OF_BLOCK.match(self.text, self.at):
                self.at = head.end()
            else:
                query = self._query().strip()
                carrier = _CARRIER.match(query)
                evaluated = carrier is not None and "eval" in carrier[0].lower() and "$" in query
                query = query[carrier.end() :] if carrier else query
                if not self._command(query) and query and not evaluated and len(query) < _MORE_THAN_A_FEW:
                    yield query

    def _next(self) -> bool:
        """Step over blanks and closing braces; tell whether anything follows."""
        blanks = _BLANKS.match(self.text, self.at)
        self.at = blanks.end() if blanks else self.at
        return self.at < len(self.text)

    def _line(self) -> str:
        end = self.text.find("\n", self.at)
        end = len(self.text) if end < 0 else end
        line, self.at = self.text[self.at : end], end + 1
        return line

    def _query(self) -> str:
        """Return the text up to the delimiter, and step over it."""
        begin = place = self.at
        mark = re.compile(rf"['\"`]|{re.escape(self.delimiter)}")
        while found := mark.search(self.text, place):
            if found[0] == self.delimiter:
                self.at = found.end()
                return self.text[begin : found.start()]
            place = self._end_of_quote(found)
        self.at = len(self.text)
        return self.text[begin:]

    def _end_of_quote(self, opened: re.Match[str]) -> int:
        closed = re.compile(rf"(?:[^\\{opened[0]}]++|\\.)*+{opened[0]}", re.S).match(self.text, opened.end())
        return closed.end() if closed else len(self.text)

    def _command(self, text: str) -> bool:
        """Follow a command of mysqltest; tell whether the text is one."""
        word = _WORD.match(text)
        name = word[0].lower() if word else ""
        if name == "delimiter":
            self.delimiter = text.split(None, 1)[1].strip() if " " in text else ";"
        elif _BLOCK.match(text):
            self._skip_block(text)
        return name == "delimiter" or name in _COMMANDS or _SWITCH.fullmatch(name) is not None

    def _skip_block(self, command: str) -> None:
        """Step over the lines of another language, up to the mark that the command names, or EOF."""
        words = command.split()
        named = len(words) > (1 if words[0].lower() == "perl" else 2)
        mark = words[-1] if named else "EOF"
        end = re.compile(rf"^{re.escape(mark)}[;\s]*$", re.M).search(self.text, self.at)
        self.at = end.end() if end else len(self.text)


def statements(script: str) -> Iterator[str]:
    """Yield the SQL statements of a script, in order, without their delimiters."""
    yield from _Script(script).statements()
