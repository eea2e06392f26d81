"""Judges what the backup server answered. Pure."""

from collections.abc import Iterator

from inception.doctor.check import Check, Facts, Purpose, State, privileges, writable
from inception.doctor.target import connecting
from inception.own_tables import DATABASE

_FINE, _DEGRADED, _MISSING = State.FINE, State.DEGRADED, State.MISSING
_SMALL_PACKET = 16 << 20  # bytes: a rollback statement holds a whole row, and is written in one packet


def judge(facts: Facts) -> tuple[Check, ...]:
    """Return what is to say of a backup server."""
    return (*connecting(facts), *_privileges(facts), *_settings(facts))


def _privileges(facts: Facts) -> Iterator[Check]:
    purpose = Purpose.BACKUP
    yield privileges(facts, purpose, _MISSING, "rollback can't be stored", "CREATE", "INSERT", "SELECT")
    own = f"`{DATABASE}`.*"
    missing = [each for each in ("UPDATE", "DELETE") if not _reaches(facts, each, own)]
    subject = f"UPDATE, DELETE on {own}"
    if missing:
        detail = f"{', '.join(missing)} not granted: progress can't be kept"
        yield Check(purpose, subject, _MISSING, detail, facts.grant(*missing, place=own))
    else:
        yield Check(purpose, subject, _FINE, "granted")
    narrow = "tables that older servers made can't be widened where a value does not fit"
    yield privileges(facts, purpose, _DEGRADED, narrow, "ALTER")
    yield privileges(facts, purpose, _DEGRADED, "what a failed backup left behind stays, uncounted", "DELETE")


def _reaches(facts: Facts, privilege: str, place: str) -> bool:
    return bool({"*.*", place} & set(facts.grants.where(privilege)))


def _settings(facts: Facts) -> Iterator[Check]:
    purpose = Purpose.BACKUP
    yield writable(facts, purpose, "nothing can be stored")
    size = facts.number("max_allowed_packet") or 0
    if size < _SMALL_PACKET:
        detail = f"{size >> 20} MiB: rollback of larger rows can't be stored"
        yield Check(purpose, "max_allowed_packet", _DEGRADED, detail, "SET GLOBAL max_allowed_packet = 1073741824;")
    else:
        yield Check(purpose, "max_allowed_packet", _FINE, f"{size >> 20} MiB")
    name = "innodb_flush_log_at_trx_commit"
    if (value := facts.variables.get(name)) == "1":
        yield Check(purpose, name, _FINE, "1")
    else:
        detail = f"{value}: a crash may lose progress and rollback of the last second"
        yield Check(purpose, name, _DEGRADED, detail, f"SET GLOBAL {name} = 1;")
