"""Every column type, with nasty values as SQL: data of the tests."""

INTEGERS = {"tinyint": 8, "smallint": 16, "mediumint": 24, "int": 32, "bigint": 64}
TEXTS = [
    "''",
    "'a'",
    "'it''s'",
    "'back\\\\slash \\' \"quoted\" `name`'",
    "'line\\nfeed\\r\\0\\Z'",
    "' spaces '",
    "_utf8mb4 x'E5BCA0E4B889'",
    "'%_'",
]
UTF8 = ["_utf8mb4 x'F09F9880'", "_utf8mb4 x'C2A0E38080'"]
TIMES = ["'00:00:00'", "'-00:00:00.25'", "'-00:00:01.75'", "'838:59:59'", "'-838:59:59'", "'-12:34:56.789012'"]
TIMES += ["'00:00:00.000001'", "'-00:00:00.000001'", "'-00:00:59.999999'", "'23:00:00.5'"]
DATETIMES = ["'2024-02-29 23:59:59.999999'", "'0000-00-00 00:00:00'", "'2024-00-00 01:02:03.25'", "'9999-12-31'"]
DATETIMES += ["'1000-01-01 00:00:00.000001'", "'2024-02-31 10:00:00'", "'0000-01-01'", "'2023-00-17'"]
TIMESTAMPS = [
    "'1970-01-01 00:00:01'",
    "'2038-01-19 03:14:07.499999'",
    "'0000-00-00 00:00:00'",
    "'2024-10-27 00:30:00.5'",
]
FLOATS = ["0", "0e0*-1", "1.1", "-1.1", "16777216", "16777217", "1e-45", "1.17549435e-38", "3.4028234663852886e+38"]
FLOATS += ["0.1", "123456.789", "1e10", "-3.4028234663852886e+38", "8388608.5", "0.3333333333"]
DOUBLES = ["5e-324", "1.7976931348623157e308", "0.1", "1e22", "1e16", "9007199254740993", "0e0*-1", "1/3e0", "-1e-5"]
BYTES = ["''", "x'00'", "x'00FF10'", "x'FF'", "x'00FF10000000'", "'text'", "x'275C'", "x'20'", "x'000000000000'"]


def integers(bits: int) -> list[str]:
    return [str(-(2 ** (bits - 1))), str(2 ** (bits - 1) - 1), "0", "-1", "1"]


def decimals(precision: int, scale: int) -> list[str]:
    digits = ("9876543210" * 7)[:precision]
    whole, part = digits[: precision - scale], digits[precision - scale :]
    full = f"{whole or '0'}.{part or '0'}"
    return [full, "-" + full, "0", f"-0.{'0' * (scale - 1)}1" if scale else "-1", "1" if precision > scale else "0.1"]


COLUMNS: dict[str, list[str]] = {
    **{kind: integers(bits) for kind, bits in INTEGERS.items()},
    **{f"{kind} unsigned": [str(2**bits - 1), "0", str(2 ** (bits - 1))] for kind, bits in INTEGERS.items()},
    "tinyint(1)": ["0", "1", "-5"],
    "int(8) unsigned zerofill": ["42", "4294967295"],
    **{f"decimal({p},{s})": decimals(p, s) for p, s in [(65, 30), (10, 0), (10, 2), (9, 9), (18, 9), (1, 0), (5, 5)]},
    **{f"decimal({p},{s})": decimals(p, s) for p, s in [(20, 3), (19, 11), (30, 30), (38, 17), (65, 0), (11, 1)]},
    "float": FLOATS,
    "float(7,2)": ["12345.67", "-0.01", "99999.99", "8388.61"],
    "double": DOUBLES,
    "double(20,5)": ["123456789012345.12345", "-0.00001"],
    "year": ["0000", "1901", "2155", "2000", "1970"],
    "date": ["'0000-00-00'", "'2024-00-00'", "'2024-02-31'", "'9999-12-31'", "'0000-01-01'", "'2024-05-00'"],
    **{f"{kind}({fsp})": TIMES for fsp in range(7) for kind in ("time",)},
    **{f"datetime({fsp})": DATETIMES for fsp in range(7)},
    **{f"timestamp({fsp}) null": TIMESTAMPS for fsp in range(7)},
    "char(20) character set utf8mb4": TEXTS + UTF8,
    "char(255) character set utf8mb4": [*TEXTS, *UTF8, "repeat(_utf8mb4 x'F09F9880', 255)", "repeat('x', 255)"],
    "char(200) character set utf8mb3": [*TEXTS, "repeat(_utf8mb4 x'E5BCA0', 200)"],
    "char(255) character set latin1": [*TEXTS, "repeat(_latin1 x'E9', 255)"],
    "char(0)": ["''"],
    "varchar(20) character set utf8mb4": TEXTS + UTF8,
    "varchar(300) character set utf8mb3": [*TEXTS, "repeat('x', 300)", "repeat(_utf8mb4 x'E5BCA0', 300)"],
    "varchar(255) character set latin1": [*TEXTS, "_latin1 x'818D8F909DE9FF80'", "repeat('x', 255)"],
    "varchar(256) character set latin1": ["repeat('x', 256)", "''"],
    "varchar(10) character set ascii": ["'abc'", "'~\\\\'"],
    "tinytext character set utf8mb4": TEXTS + UTF8,
    "text character set latin1": [*TEXTS, "_latin1 x'00818D8F909D'", "repeat('x', 60000)"],
    "mediumtext character set utf8mb3": [*TEXTS, "repeat('x', 70000)"],
    "longtext character set utf8mb4": TEXTS + UTF8,
    "binary(6)": BYTES,
    "binary(255)": BYTES,
    "varbinary(10)": BYTES,
    "varbinary(1000)": [*BYTES, "repeat(x'00', 1000)"],
    "tinyblob": BYTES,
    "blob": [*BYTES, "repeat(x'FE00', 30000)"],
    "mediumblob": BYTES,
    "longblob": [*BYTES, "repeat(x'FE00', 40000)"],
}

# -- what needs more than a number or ASCII ----------------------------------------------------------------------

_SAMPLE = "_utf8mb4 x'E5BCA0E4B88941E282ACC3A9D0B6E38182'"  # 张三A€éжあ
_SINGLE = (
    "armscii8 cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 dec8 geostd8 greek hebrew hp8 keybcs2 koi8r koi8u "
    "latin1 latin2 latin5 latin7 macce macroman swe7 tis620"
).split()
_HIGH = bytes(range(0x80, 0x100)).hex()
_LOW = bytes(range(0x80)).hex()
_DOUBLE = {
    "big5": ["_big5 x'A55CA544'"],
    "cp932": ["_cp932 x'835C8160FA54'"],
    "euckr": ["_euckr x'B0A1'"],
    "gb2312": ["_gb2312 x'B0A1'"],
    "gbk": ["_gbk x'815C8140'", "_gbk x'BF5C27'"],
    "sjis": ["_sjis x'835C8160'", "_sjis x'5C7E'"],
    "eucjpms": ["_eucjpms x'8FA2C3A4A2'"],
    "ujis": ["_ujis x'8FA2C3A4A2'"],
    "ucs2": ["_ucs2 x'4E2D0041'", "'plain'"],
    "utf16": ["_utf16 x'D83DDE000041'", "'it''s'", "_utf16 x'0000000A'"],
    "utf16le": ["_utf16le x'3DD800DE4100'"],
    "utf32": ["_utf32 x'0001F60000000041'"],
    "utf8mb4": ["_utf8mb4 x'F09F9880'"],
    "utf8mb3": ["_utf8mb4 x'E5BCA0'"],
}


def _texts(charset: str) -> list[str]:
    if charset in _SINGLE:
        more = [] if charset == "swe7" else [f"_{charset} x'{_HIGH}'"]
        return ["'a'", "''", *more, f"_{charset} x'{_LOW}'", f"_{charset} x'5b7e40'"]
    return ["'a'", "''", f"CONVERT({_SAMPLE} USING {charset})", *_DOUBLE[charset]]


LABELS = "'paid','it''s','a b','café','张三','x'"
CHARSETS: dict[str, list[str]] = {
    **{f"varchar(130) character set {name}": _texts(name) for name in [*_SINGLE, *_DOUBLE]},
    **{f"char(130) character set {name}": _texts(name) for name in ("utf16", "swe7", "gbk", "koi8r", "ucs2")},
    **{f"text character set {name}": _texts(name) for name in ("utf32", "utf16le", "big5", "cp1251", "euckr")},
}
OTHERS: dict[str, list[str]] = {
    **{f"bit({bits})": ["0", "1", str(2**bits - 1), str(2 ** (bits - 1))] for bits in (1, 5, 8, 13, 16, 63, 64)},
    "enum('paid','open','x y')": ["'paid'", "'x y'", "'nonsense'", "2"],
    "enum('2','1','')": ["'1'", "'2'", "''", "1"],
    "enum('v','w','i','y')": ["'w'", "'y'"],
    f"enum({LABELS}) character set latin1": ["1", "2", "4"],
    f"enum({LABELS}) character set gbk": ["1", "2", "5", "6"],
    f"enum({LABELS}) character set utf16": ["1", "4", "5"],
    "enum(" + ",".join(f"'label {n}'" for n in range(300)) + ")": ["'label 0'", "'label 299'", "256"],
    "set('a','b','c')": ["'a,c'", "''", "'b'", "7"],
    f"set({LABELS}) character set utf8mb4": ["1", "63", "24", "0"],
    "set(" + ",".join(f"'m{n}'" for n in range(64)) + ")": ["'m63'", "18446744073709551615", "0", "'m0,m31,m32'"],
    "set(" + ",".join(f"'m{n}'" for n in range(17)) + ")": ["131071", "'m16'"],
    "geometry": [
        "ST_GeomFromText('POINT(1 2)')",
        "ST_GeomFromText('LINESTRING(0 0,1.5 80.25)', 4326)",
        "ST_GeomFromText('GEOMETRYCOLLECTION(POINT(1 1),POLYGON((0 0,1 0,1 1,0 0)))')",
    ],
    "point": ["ST_GeomFromText('POINT(-1.25 2)')", "ST_GeomFromText('POINT(10 20)', 4326)"],
    "multipolygon": ["ST_GeomFromText('MULTIPOLYGON(((0 0,1 0,1 1,0 0)))')"],
}
_ID = "00112233-4455-{}677-8899-aabbccddee{}"
MARIADB: dict[str, list[str]] = {
    "json": ['\'{"a": [1, 2.50, null, "é"]}\'', "'null'", "'  [1 ,2]'"],
    "inet6": ["'2001:db8::ff00:42:8300'", "'::'", "'::ffff:192.0.2.1'", "'ff00::'", "'::1'"],
    "varchar(300) compressed": ["''", "'short'", "repeat('ab', 150)", "_utf8mb4 x'F09F9880'"],
    "varbinary(600) compressed": ["''", "x'00'", "repeat(x'00', 600)"],
    "text compressed character set utf16": ["repeat('ab', 500)", "'a'", "''"],
    "mediumblob compressed": ["repeat(x'00FF', 70000)", "x''", "x'00'", "'a'"],
    "tinytext compressed": ["repeat('x', 200)"],
}
MARIADB_SINCE: dict[tuple[int, int, int], dict[str, list[str]]] = {
    (10, 7, 0): {"uuid": [f"'{_ID.format(version, end)}'" for version in range(9) for end in ("00", "ff")]},
    (10, 10, 0): {"inet4": ["'1.2.3.0'", "'0.0.0.0'", "'255.255.255.255'"]},
    (11, 7, 0): {
        "vector(3)": ["x'0000803f0000004000004040'", "x'000000000000000000000000'"],
        "vector(200)": ["repeat(x'0000803f', 200)"],
    },
}
DOCUMENTS = [
    "'null'",
    "'{}'",
    "'[]'",
    "'true'",
    "'-5'",
    "'9223372036854775807'",
    "'18446744073709551615'",
    "'1.1'",
    "'-0.0'",
    "'1e300'",
    "'100.0'",
    "'\"it''s \\\\\\\\ \\\\\"q\\\\\" \\\\u0000 \\\\n\"'",
    '\'{"a": [1, 2.5, null, true, "x"], "é": {"": -70000, "b": 3000000000}}\'',
    "JSON_ARRAY(1.50, CAST(5 AS DECIMAL(20,0)), CAST(-0.001 AS DECIMAL(65,30)))",
    "JSON_OBJECT('d', DATE'2024-01-02', 't', TIME'-01:02:03.25', 'dt', TIMESTAMP'2024-01-02 03:04:05.123456')",
    "JSON_OBJECT('k', x'00FF', 'n', JSON_ARRAY(x'', b'101', CAST(7 AS UNSIGNED), '张'), 'z', DATE'0000-00-00')",
    "JSON_ARRAY(TIME'838:59:59', TIME'00:00:00.000001', DATE'2024-00-00', REPEAT(x'00', 70000))",
    "CAST(18446744073709551615 AS JSON)",
    "JSON_ARRAY(REPEAT('x', 70000), REPEAT('y', 200), 'z')",
    "CAST(CONCAT('[', REPEAT('123456,', 30000), '1]') AS JSON)",
    "CAST(CONCAT(REPEAT('[', 99), '1', REPEAT(']', 99)) AS JSON)",
]
MYSQL: dict[str, list[str]] = {
    "json": DOCUMENTS,
    "vector(3)": ["x'0000803f0000004000004040'"],
    "vector": ["repeat(x'0000803f', 2048)"],
    "varchar(130) character set gb18030": ["_gb18030 x'815C8130813041'", f"CONVERT({_SAMPLE} USING gb18030)"],
}
