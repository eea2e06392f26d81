"""Everything we raise, as one tree. Findings of the audit are data, not errors: see rule.py.

InceptionError                     errno, sqlstate, message: what an ERR packet carries
├── RequestError                   the request cannot be run at all
│   ├── NoSource            2501   no source comment, or one that is not closed
│   ├── BadOption           2502   an option that is unknown, missing or out of range
│   ├── NestedStart         2503   inception_magic_start inside a batch
│   ├── NoCommit            2504   no inception_magic_commit
│   ├── BatchTooLarge       2505
│   ├── SequenceBusy        2506   the sequence is running, or its outcome is not known
│   ├── CannotResume        2507   nothing to resume, another text, or an outcome that only the operator can tell
│   ├── TableBusy           2508   another execution changes a table of this one
│   ├── TooManyWaiting      2509   the line of those that wait for their turn is too long
│   ├── NotABatch           2576   SQL outside a batch that is no command
│   ├── BadCommand          2510   unknown or malformed command
│   ├── NotSupported        2511   not supported yet
│   ├── BadVariable         2512   unknown, read-only or out of range
│   ├── NoSuchRequest       2513   nothing runs under that id
│   ├── NoRollbackStored    2514   no rollback is stored under that id, or several are
│   ├── BadLevel            2515   no such rule, or a level that it can't have
│   ├── AuditLogFailed      2516   the audit log cannot be written
│   ├── NoSuchJob           2517   no online schema change of that name runs
│   ├── BackupMissing       2520   no backup server configured
│   ├── BackupUnreachable   2521
│   ├── CannotBackUp        2522   the target cannot be backed up
│   ├── CannotAssignGtid    2523   the target takes no GTIDs of ours
│   └── RefusedHere         2530   the login may not do this
├── ConfigError             2540   a configuration that cannot be started with
├── ServerError                    what a MySQL server answered: its own code and text
│   ├── ConnectionLost             the connection broke: the outcome of a running statement is unknown
│   ├── SchemaChangeFailed  2580   an online schema change did not succeed
│   └── GtidTaken           2581   the GTID that a statement was given has been executed, or is held
├── DefinitionError         2550   a definition we cannot read (schema/)
├── BinlogError             2560   the binary log cannot be read or decoded
│   └── DefinitionChanged          rows that were logged under another definition of their table
└── Stopped                 2570   the request was stopped (kill, shutdown, client gone)
    └── ChangeAborted              an online schema change was stopped by an order of its own

Codes from 2500 are ours; ServerError carries the server's.
"""


class InceptionError(Exception):
    """Base of all. `errno` and `sqlstate` go into the ERR packet, `message` says what to do."""

    errno = 2500
    sqlstate = "HY000"

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message

    def __reduce__(self) -> tuple[object, ...]:
        """Errors travel from workers to the gateway, whatever their constructors take."""
        return _rebuilt, (type(self), self.args, self.__dict__)


def _rebuilt(kind: type[InceptionError], args: tuple[object, ...], state: dict[str, object]) -> InceptionError:
    error = kind.__new__(kind, *args)
    error.args = args
    error.__dict__.update(state)
    return error


class RequestError(InceptionError):
    """The request cannot be run at all."""


class NoSource(RequestError):
    """No source comment in front of the batch, or one that is not closed."""

    errno = 2501


class BadOption(RequestError):
    """An option that is unknown, missing, or has an unusable value."""

    errno = 2502


class NestedStart(RequestError):
    """inception_magic_start inside a batch."""

    errno = 2503


class NoCommit(RequestError):
    """A batch without inception_magic_commit."""

    errno = 2504


class BatchTooLarge(RequestError):
    """A batch larger than the limits allow."""

    errno = 2505


class SequenceBusy(RequestError):
    """The sequence is running, or the outcome of its last statement is not known."""

    errno = 2506


class CannotResume(RequestError):
    """There is nothing to resume, it is another text, or the operator must first say what the outcome was."""

    errno = 2507


class TableBusy(RequestError):
    """Another execution changes a table that this one would change; `holder` is its connection id on the target."""

    errno = 2508

    def __init__(self, message: str, holder: int) -> None:
        super().__init__(message)
        self.holder = holder


class TooManyWaiting(RequestError):
    """Too many requests wait for their turn."""

    errno = 2509


class NotABatch(RequestError):
    """SQL outside a batch that is no command."""

    errno = 2576


class BadCommand(RequestError):
    """An unknown or malformed command; the message shows the right syntax."""

    errno = 2510
    sqlstate = "42000"


class NotSupported(RequestError):
    """A command or option that is not supported yet."""

    errno = 2511
    sqlstate = "42000"


class BadVariable(RequestError):
    """A variable that is unknown or read-only, or a value out of its range."""

    errno = 2512


class NoSuchRequest(RequestError):
    """Nothing runs under that id."""

    errno = 2513


class NoSuchJob(RequestError):
    """No online schema change of that name runs."""

    errno = 2517


class NoRollbackStored(RequestError):
    """No usable rollback is stored under that operation id, or several databases have one."""

    errno = 2514


class BadLevel(RequestError):
    """A rule that does not exist, or a level that it can't have."""

    errno = 2515


class AuditLogFailed(RequestError):
    """The audit log cannot be written, without which nothing is executed."""

    errno = 2516


class BackupMissing(RequestError):
    """Backup is wanted but no backup server is configured."""

    errno = 2520


class BackupUnreachable(RequestError):
    """The backup server cannot be reached or refuses us."""

    errno = 2521


class CannotBackUp(RequestError):
    """The target cannot be backed up as it is configured."""

    errno = 2522


class CannotAssignGtid(RequestError):
    """The target, or our account there, takes no GTIDs of ours."""

    errno = 2523


class RefusedHere(RequestError):
    """The login, or this server's configuration, does not allow it."""

    errno = 2530


class ConfigError(InceptionError):
    """A configuration that the server cannot start with."""

    errno = 2540


class ServerError(InceptionError):
    """An error that a MySQL server answered, with its own code, SQLSTATE and text."""

    def __init__(self, errno: int, message: str, sqlstate: str = "HY000") -> None:
        super().__init__(message)
        self.errno = errno
        self.sqlstate = sqlstate

    def __str__(self) -> str:
        return f"{self.message} (error {self.errno})"


class ConnectionLost(ServerError):
    """The connection broke: what became of a statement that was running is unknown."""


class SchemaChangeFailed(ServerError):
    """An online schema change did not succeed; the message is what the tool said.

    `altered`: the table has its new definition all the same.
    """

    def __init__(self, message: str, *, altered: bool = False) -> None:
        super().__init__(2580, message)
        self.altered = altered


class GtidTaken(ServerError):
    """The GTID that a statement was to be sent under is another's: executed already, or held by another session."""

    def __init__(self, gtid: str, why: str = "is in gtid_executed of the target already") -> None:
        super().__init__(2581, f"its GTID {gtid} {why}")


class DefinitionError(InceptionError):
    """A definition that we cannot read; says where."""

    errno = 2550


class BinlogError(InceptionError):
    """The binary log cannot be read or decoded."""

    errno = 2560


class DefinitionChanged(BinlogError):
    """Rows were logged under another definition of their table."""


class Stopped(InceptionError):
    """The request was stopped."""

    errno = 2570


class ChangeAborted(Stopped):
    """An online schema change was stopped by an order of its own; the message is what its row says."""
