"""Which words are reserved: by which server, since which version. Pure.

MySQL: information_schema.KEYWORDS of 9.7, and the versions that the manual gives ("Keywords and Reserved Words").
MariaDB: what 10.5, 10.11 and 11.8 refuse as the name of a table or column.
"""

from functools import cache

from inception.schema.reserved import RESERVED
from inception.server import ServerVersion

# Beyond the words that servers have in common: since which version.
_MYSQL = (
    ((5, 5, 0), "ACCESSIBLE DATABASE OPTION SCHEMA"),
    ((5, 6, 4), "GET IO_AFTER_GTIDS IO_BEFORE_GTIDS"),
    ((5, 7, 6), "GENERATED OPTIMIZER_COSTS STORED VIRTUAL"),
    ((8, 0, 1), "CUBE EXCEPT FUNCTION GROUPING OF RECURSIVE"),
    (
        (8, 0, 2),
        "CUME_DIST DENSE_RANK FIRST_VALUE GROUPS LAG LAST_VALUE LEAD NTH_VALUE NTILE OVER PERCENT_RANK RANK "
        "ROW ROWS ROW_NUMBER WINDOW",
    ),
    ((8, 0, 4), "EMPTY JSON_TABLE SYSTEM"),
    ((8, 0, 14), "LATERAL"),
    ((8, 0, 31), "INTERSECT"),
    ((8, 4, 0), "QUALIFY TABLESAMPLE"),
    ((9, 2, 0), "LIBRARY"),
    ((9, 7, 0), "EXTERNAL"),
)
_MARIADB = (
    (
        (10, 5, 0),
        "ACCESSIBLE CURRENT_ROLE DELETE_DOMAIN_ID DO_DOMAIN_IDS EXCEPT IGNORE_DOMAIN_IDS INTERSECT "
        "MASTER_SSL_VERIFY_SERVER_CERT OVER "
        "PAGE_CHECKSUM PARSE_VCOL_EXPR PORTION RECURSIVE REF_SYSTEM_ID RETURNING ROWS STATS_AUTO_RECALC "
        "STATS_PERSISTENT STATS_SAMPLE_PAGES",
    ),
    ((10, 6, 0), "OFFSET"),
    ((10, 7, 0), "ROW_NUMBER"),
    ((10, 11, 0), "MASTER_DEMOTE_TO_REPLICA MASTER_DEMOTE_TO_SLAVE"),
    ((11, 7, 0), "VECTOR"),
)


def is_reserved(name: str, version: ServerVersion) -> bool:
    """Tell whether a name is a reserved word of a server: it can stand there in quotes only."""
    return name.upper() in _reserved(version)


@cache
def _reserved(version: ServerVersion) -> frozenset[str]:
    additions = _MARIADB if version.mariadb else _MYSQL
    return RESERVED.union(*(words.split() for since, words in additions if since <= version.number))
