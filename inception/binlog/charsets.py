"""The character sets of MySQL and MariaDB, as far as the binary log needs them: data, no conversion of text."""

LONGEST: dict[str, int] = {
    **dict.fromkeys(
        (
            "armscii8 ascii cp1250 cp1251 cp1256 cp1257 cp850 cp852 cp866 dec8 geostd8 greek hebrew hp8 keybcs2 koi8r "
            "koi8u latin1 latin2 latin5 latin7 macce macroman swe7 tis620"
        ).split(),
        1,
    ),
    **dict.fromkeys(("big5", "cp932", "euckr", "gb2312", "gbk", "sjis", "ucs2"), 2),
    **dict.fromkeys(("eucjpms", "ujis", "utf8", "utf8mb3"), 3),
    **dict.fromkeys(("gb18030", "utf16", "utf16le", "utf32", "utf8mb4"), 4),
}
"""Bytes of the longest character of each, by the names that servers print (MAXLEN of CHARACTER_SETS)."""

NOT_ASCII = frozenset({"swe7", "ucs2", "utf16", "utf16le", "utf32"})
"""Those in which printable ASCII has other bytes. (Of sjis the backslash has, which no plain literal of ours has.)"""


_COLLATIONS = """
    big5 1 84 1025 1108
    latin2 2 9 21 27 77 1033 1101
    dec8 3 69 1027 1093
    cp850 4 80 1028 1104
    latin1 5 8 15 31 47-49 94 1032 1071
    hp8 6 72 1030 1096
    koi8r 7 74 1031 1098
    swe7 10 82 1034 1106
    ascii 11 65 1035 1089
    ujis 12 91 1036 1115
    sjis 13 88 1037 1112
    cp1251 14 23 50-52 1074-1075
    hebrew 16 71 1040 1095
    tis620 18 89 1042 1113
    euckr 19 85 1043 1109
    latin7 20 41-42 79 1065 1103
    koi8u 22 75 1046 1099
    gb2312 24 86 1048 1110
    greek 25 70 1049 1094
    cp1250 26 34 44 66 99 1050 1090
    gbk 28 87 1052 1111
    cp1257 29 58-59 1082-1083
    latin5 30 78 1054 1102
    armscii8 32 64 1056 1088
    utf8mb3 33 76 83 192-223 576-579 1057 1107 1216-1238 2048-2247
    ucs2 35 90 128-159 640-642 1059 1114 1152-1174 2560-2759
    cp866 36 68 1060 1092
    keybcs2 37 73 1061 1097
    macce 38 43 1062 1067
    macroman 39 53 1063 1077
    cp852 40 81 1064 1105
    utf8mb4 45-46 224-247 255-323 608-611 1069-1070 1248-1270 2304-2503
    utf16 54-55 101-124 672-674 1078-1079 1125-1147 2816-3015
    utf16le 56 62 1080 1086
    cp1256 57 67 1081 1091
    utf32 60-61 160-183 736-738 1084-1085 1184-1206 3072-3271
    binary 63
    geostd8 92-93 1116-1117
    cp932 95-96 1119-1120
    eucjpms 97-98 1121-1122
    gb18030 248-250
"""


def _collations() -> dict[int, str]:
    found: dict[int, str] = {}
    for line in _COLLATIONS.split("\n")[1:-1]:
        charset, *ranges = line.split()
        for first, _, last in (part.partition("-") for part in ranges):
            found |= dict.fromkeys(range(int(first), int(last or first) + 1), charset)
    return found


CHARSET_OF_COLLATION = _collations()
"""The character set of a collation's number (COLLATIONS of MySQL 9.7, MariaDB 10.11 and 11.8)."""
