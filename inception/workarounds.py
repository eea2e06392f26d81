"""What to do about an error of a target: a sentence by its code, where one can be given. Pure."""

_GRANT = "Give the account the missing privilege: `inception doctor` prints the GRANT."
_AGAIN = "Wait until whoever holds the lock has ended (look at the target's process list), then"
_SENTENCES = {
    1044: _GRANT,
    1045: "Check user and password of the source comment or of the source.",
    1062: "Remove or change the row that is there already, or the one that is added;",
    1064: "Correct the statement;",
    1114: "Make room on the target's disk;",
    1142: _GRANT,
    1143: _GRANT,
    1205: _AGAIN,
    1206: "Change fewer rows at once;",
    1213: "Another transaction was in the way; it was undone whole:",
    1227: _GRANT,
    1317: "It was killed:",
    1451: "Rows of another table refer to these: change those first;",
    1452: "The row that this one refers to is missing: add that first;",
    1290: "The target is read-only: make sure that it is the right server;",
    2003: "Check that the target runs and can be reached from here;",
    2013: "The connection broke: see outcome and reason;",
    3024: "The statement took longer than max_execution_time allows;",
}


def workaround(errno: int, then: str = "") -> str:
    """Return what to do about an error, and what `then`; '' where there is nothing to say."""
    sentence = _SENTENCES.get(errno, "")
    return " ".join(each for each in (sentence, then) if each) if then else sentence.rstrip(";:")
