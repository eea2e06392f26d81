"""Tables that the tests make on real servers: (name, kind of server or '' for all, body after the name)."""

TABLES: list[tuple[str, str, str]] = [
    ("bare", "", "(a int)"),
    (
        "whole",
        "",
        """(a tinyint, b smallint unsigned, c mediumint zerofill, d int(5) unsigned zerofill,
        e bigint not null default '7',
        f bool default true, g bit, h bit(7) default b'101', i serial, j integer not null, k int1,
        l int2, m int3, n int8)""",
    ),
    (
        "numbers",
        "",
        """(a decimal, b decimal(10), c decimal(65,30) default '1.5', d dec(5,2) unsigned, e numeric(3), f fixed(4,1),
        g float, h float(7,3), i float(10), j float(30), k double, l double precision, m double(10,2) unsigned,
        n real, o float4, p float8)""",
    ),
    (
        "times",
        "",
        """(a date default '2020-01-02', b time(3), c datetime,
        d datetime(6) default current_timestamp(6) on update now(6),
        e timestamp null, f timestamp not null default current_timestamp on update current_timestamp, g year,
        h timestamp(3) null default '2020-01-01 00:00:00.123', i timestamp not null default '2001-01-01 00:00:00')""",
    ),
    (
        "texts",
        "",
        """(a char, b char(3) not null default 'x', c varchar(20) default 'it''s "so" \\\\ and\\nmore',
        d text, e tinytext,
        f mediumtext not null, g longtext, h text(100), i varchar(10) character set latin1,
        j varchar(10) character set utf8mb4 collate utf8mb4_bin, k varchar(10) collate utf8mb4_unicode_ci, l long,
        m long varchar, n national char(3), o nvarchar(5), p national varchar(6), q nchar(2), r char varying(9),
        s character(4) charset ascii, t varchar(5) binary, u char(3) ascii, v char(3) unicode, w varchar(0),
        x varchar(7) charset latin1 binary, y text charset latin1 collate latin1_bin, z character varying(3))""",
    ),
    (
        "bytes",
        "",
        """(a binary, b binary(4) default 'ab', c varbinary(20) default 0x0001, d blob, e tinyblob, f mediumblob,
        g longblob, h blob(70000), i long varbinary, j char(3) byte, k varbinary(3) default x'4142')""",
    ),
    (
        "labels",
        "",
        """(a enum('x','y') default 'y', b set('a','b','c') not null default 'a,c',
        c enum('it''s','a,b','(','\\\\','é')
        character set latin1, d enum('') , e set('1','2') charset utf8mb4 collate utf8mb4_bin)""",
    ),
    ("shapes", "", "(a geometry, b point not null, c linestring, d polygon, e multipoint, f geometrycollection)"),
    ("documents", "", "(a json, b json not null)"),
    (
        "names",
        "",
        "(`select` int, `a``b` int, `c d` int, `ä` int, key `in``dex` (`select`), key `order` (`c d`)) comment='x'",
    ),
    (
        "comments",
        "",
        """(a int comment 'plain', b int comment 'it''s', c int comment 'back\\\\slash', d int comment 'new\\nline',
        e int comment '中文 ✓', f int comment '/* no */ -- no # no', index i (a) comment 'of ''index''')
        comment='table''s \\\\ "comment"'""",
    ),
    (
        "inline",
        "",
        "(id int unsigned auto_increment primary key comment 'id', u int unique, v varchar(9) not null unique key)",
    ),
    (
        "many_keys",
        "",
        """(id bigint not null auto_increment, a int, b int not null, c varchar(100), d text, e varchar(50) not null,
        primary key (id), unique u1 (a), unique key u2 (b), unique index u3 (c(10)), constraint u4 unique (e),
        key (a, b), key k2 (a), index k3 (c(5), d(7)), index k4 using btree (b), index k5 (b) using btree comment 'b',
        fulltext f1 (c), fulltext key f2 (c, d), unique u5 (e(3)), key k6 (a desc, b asc), unique (a))""",
    ),
    ("places", "", "(p point not null, q int, spatial index s1 (p), key (q))"),
    (
        "composite",
        "",
        """(a int, b int, c int, primary key (b, a), unique key (c, a)) engine=innodb row_format=dynamic
        key_block_size=0""",
    ),
    (
        "computed",
        "",
        """(a int, b int as (a + 1), c int generated always as (a * 2) virtual, d int as (a + 3) stored comment 'd',
        e varchar(20) as (concat('x', a, 'y')) stored, key (b), key (d))""",
    ),
    ("defaults", "", "(a int default (1 + 2), b varchar(36) default (uuid()), c int default -5, d double default 1e3)"),
    (
        "checks",
        "",
        """(a int check (a > 0), b int, constraint big check (b > a and b <> 7), check (b < 100))""",
    ),
    (
        "child",
        "",
        """(id int primary key, p int, q int not null, r int, s int,
        constraint fk1 foreign key (p) references parent (id) on delete cascade on update set null,
        foreign key (q) references parent (id),
        constraint fk3 foreign key ix (r) references child (id) on delete set null,
        key ks (s), constraint fk4 foreign key (s) references parent (id) on update no action)""",
    ),
    (
        "options",
        "",
        """(a int) engine=InnoDB, default character set=latin1 collate latin1_swedish_ci comment 'c' row_format=compact
        stats_persistent=1 stats_auto_recalc=0 stats_sample_pages=33 max_rows 1000 min_rows=5 avg_row_length=100
        checksum=1 pack_keys=1 delay_key_write=1""",
    ),
    ("compressed", "", "(a int) row_format=compressed key_block_size=4"),
    ("myisam", "", "(a int, b int, key (a)) engine=MyISAM delay_key_write=1 checksum=1 pack_keys=0"),
    ("memory", "", "(a int, b int, key (a) using hash, key (b) using btree) engine=memory"),
    ("counter", "", "(id int auto_increment primary key) auto_increment=1000"),
    ("by_hash", "", "(id int primary key) partition by hash (id) partitions 4"),
    ("by_key", "", "(id int primary key) partition by linear key (id) partitions 2"),
    (
        "by_range",
        "",
        """(id int, d date not null, primary key (id, d)) partition by range (to_days(d)) (partition p0 values less than
        (730000) comment = 'old', partition p1 values less than maxvalue)""",
    ),
    (
        "by_columns",
        "",
        """(id int, n varchar(10)) partition by range columns (n, id) (partition `p 0` values less than ('m', 10),
        partition p1 values less than (maxvalue, maxvalue))""",
    ),
    ("by_list", "", "(id int) partition by list (id) (partition a values in (1, 2), partition b values in (3, null))"),
    (
        "nested",
        "",
        """(id int, d date) partition by range (year(d)) subpartition by hash (to_days(d)) subpartitions 2
        (partition p0 values less than (1990), partition p1 values less than maxvalue)""",
    ),
    (
        "latin",
        "",
        "(a varchar(10), b varchar(10) charset utf8mb4, c text, d char(2) collate latin1_bin) charset=latin1",
    ),
    ("utf8mb3", "", "(a varchar(10), b varchar(10) charset utf8mb4) charset=utf8mb3"),
    ("invisible", "", "(a int, b int invisible, c int not null default 3 invisible comment 'hidden')"),
    # MySQL only
    ("m_expression", "mysql", "(a int, b varchar(10), key ((a + 1)), key k ((lower(b)) desc, a), unique ((a * 2)))"),
    ("m_index", "mysql", "(a int, b int, key i (a) invisible, key j (b) visible comment 'x')"),
    (
        "m_check",
        "mysql",
        "(a int constraint c1 check (a > 0) not enforced, b int check (b > 1), check (a < b) not enforced)",
    ),
    ("m_srid", "mysql", "(p point not null srid 4326, g geometry srid 0, spatial key (p))"),
    ("m_format", "mysql", "(a int column_format fixed storage disk, b int column_format dynamic, c geomcollection)"),
    ("m_vector", "mysql", "(v vector(5), w vector)"),
    ("m_array", "mysql", "(j json, key zips ((cast(j->'$.zip' as unsigned array))))"),
    ("m_options", "mysql", "(a int not null) autoextend_size=4m"),
    ("m_encrypt", "mysql", "(a int) compression='zlib'"),
    ("m_ngram", "mysql", "(a varchar(100), fulltext key f (a) with parser ngram)"),
    # MariaDB only
    ("x_ignored", "mariadb", "(a int, b int, key i (a) ignored, key j (b) not ignored comment 'x')"),
    ("x_defaults", "mariadb", "(a int default (b + 1), b int, c varchar(36) default uuid(), d date default curdate())"),
    ("x_types", "mariadb", "(a uuid, b inet6, c inet4, d varchar(100) compressed, e text compressed)"),
    ("x_versioned", "mariadb", "(a int, b int without system versioning) with system versioning"),
    (
        "x_period",
        "mariadb",
        """(id int, s date not null, e date not null, period for p (s, e), unique (id, p without overlaps))""",
    ),
    (
        "x_system",
        "mariadb",
        """(x int, s timestamp(6) generated always as row start, e timestamp(6) generated always as row end,
        period for system_time (s, e)) with system versioning""",
    ),
    ("x_page", "mariadb", "(a int) page_compressed=1 page_compression_level=4"),
    ("x_aria", "mariadb", "(a int) engine=aria transactional=1 page_checksum=1"),
    ("x_nulls", "mariadb", "(a int, b varchar(10) default null, c blob default 'abc', d text default 'x')"),
    ("x_persistent", "mariadb", "(a int, b int as (a) persistent, c int invisible, d int comment 'd' check (d > 1))"),
    ("x_descending", "mariadb", "(a int, b int, key (a desc, b), primary key (b desc))"),
]
PARENT = "CREATE TABLE parent (id int primary key, k int, unique key (k))"
