"""ALTERs that the tests run on real servers: (kind of server or '' for all, table body, actions)."""

BASE = """(id int unsigned not null auto_increment, a int default null comment 'a', b varchar(50) not null default 'x',
    c varchar(100) character set latin1, d timestamp null, e decimal(10,2) unsigned not null default 1.50,
    f enum('x','y') not null, g text,
    h datetime(3) not null default current_timestamp(3) on update current_timestamp(3),
    primary key (id), unique key u1 (a), unique key u2 (b, e), key k1 (e), key k2 (c(10), a), key k3 (f) comment 'f',
    fulltext key ft (g), constraint ck check (a < 1000)) engine=InnoDB default charset=utf8mb4 comment='base'"""
CHILD = """(id int primary key, p int, q int, key kq (q), constraint fp foreign key (p) references parent (id)
    on delete cascade, constraint fs foreign key (q) references t (id), foreign key (q) references parent (k))"""
SPREAD = """(id int not null, n int, primary key (id)) partition by range (id)
    (partition p0 values less than (10), partition p1 values less than maxvalue)"""

ON_BASE = """
add n int
add n int first
add n int after a, modify a int first
add n int after a, modify b varchar(60) first, modify a int after d
add n int not null default 3 comment 'n' after a
add column (n int, m varchar(3) not null)
add n int, add m int after id, add o int first
add n int unique
add n varchar(10) character set latin1 collate latin1_bin
add n int as (a + 1) virtual after a
add n int as (a + 1) stored, add key kn (n)
drop a
drop b, drop index u2
drop column c
drop d, drop h
drop g
drop e, drop column f, drop index u2
drop id
drop id, add n int auto_increment primary key
drop a, drop b, drop c, drop d, drop e, drop f, drop g
modify a bigint
modify a int unsigned not null default 0 comment 'changed'
modify a int first
modify g text first, modify h datetime(3) not null after id
modify b varchar(60) not null default 'y' after f
modify d timestamp not null default current_timestamp on update current_timestamp
modify f enum('x','y','z')
modify c varchar(100) character set utf8mb4
modify id bigint unsigned not null
modify id int unsigned not null
modify h datetime(3), modify e decimal(12,4)
change d dd int
change e ee bigint not null after h
change b bb varchar(50) not null default 'x', change c cc varchar(100) character set latin1 first
change b c2 varchar(50) not null default 'x', drop c
change d h2 timestamp null, drop index k1
rename column b to bb
rename column b to c, rename column c to b
alter a set default 5
alter b drop default
alter a drop default
alter column e set default 9, alter f set default 'y'
add index n1 (a, e)
add unique index n1 (e, a)
add unique (f, id), add key (f)
add fulltext index n1 (b)
add key n1 (b(5)), add unique n2 (b(7))
drop index u1
drop index u2
drop index k1
drop index k2
drop index k1, drop index k3
drop index ft
drop primary key, modify id int unsigned not null, add primary key (id, f), add key (id)
drop primary key, add unique key (id)
drop index k1, add index k1 (f)
drop index k2, add index k9 (c(10), a)
rename index k1 to kk
rename index u1 to uu, drop index u2
drop constraint ck
drop constraint ck, add constraint ck check (a < 2000)
add constraint ck2 check (e > 0)
add check (e > 1), drop constraint ck
comment 'another'
comment ''
engine=MyISAM
engine=InnoDB row_format=compact
row_format=compressed key_block_size=8
default charset latin1
default charset utf8mb4 collate utf8mb4_bin
convert to character set latin1
convert to character set utf8mb3 collate utf8mb3_bin
stats_persistent=0, stats_sample_pages=10, stats_auto_recalc=1
max_rows=10 min_rows=2 avg_row_length=5 checksum=1 delay_key_write=1 pack_keys=0
auto_increment=500
rename to t2
rename to t2, add n int not null comment 'n', add index k9 (b), drop column a
add n int
add constraint fn foreign key (a) references parent (id)
add foreign key (a) references parent (k), comment 'fk'
order by b
force
add n json, add m json not null
add n geometry, add m point not null, add spatial index (m)
add n bit(3) default b'101', add m year, add o set('a','b') default 'a,b'
add n varchar(10) default 'it''s \\\\ "x"' comment 'tab\\tnew\\nline'
add n timestamp not null default '2001-01-01 00:00:00', add m timestamp(6) null default null
add n binary(3) default 'ab', add m blob, add o varbinary(10) not null
add n int invisible
modify a int invisible
drop index k1, drop column e, drop key u2
modify f enum('y','w','x') not null
modify c varchar(300) character set latin1
modify c text character set latin1, drop index k2
modify g mediumtext
modify h datetime(6) not null default current_timestamp(6), modify d datetime
modify a int not null, modify d timestamp not null default '2001-01-01'
""".strip().splitlines()
ON_CHILD = """
drop foreign key fp
drop foreign key fp, drop index fp
drop foreign key fp, drop column p
drop foreign key fs, add constraint fs2 foreign key (q) references t (id) on delete set null
drop foreign key t_ibfk_1
add n int, add constraint fn foreign key (n) references parent (k) on update cascade
rename to t2
rename to t2, drop foreign key fp
rename to t2, drop foreign key fs
change p pp int
change q qq int, add key (qq, id)
add constraint fz foreign key (p) references parent (k), add constraint fa foreign key (q) references parent (id)
drop index kq, add key kq2 (q)
""".strip().splitlines()
ON_SPREAD = """
remove partitioning
rename to t2 remove partitioning
partition by hash (id) partitions 2
add n2 int partition by hash (id) partitions 2
rename to t2
comment 'x'
reorganize partition p1 into (partition p1 values less than (20), partition p2 values less than maxvalue)
drop n
add primary key (id, n), drop primary key
modify n bigint first
rebuild partition p0
truncate partition p0
""".strip().splitlines()
ALTERS: list[tuple[str, str, str]] = [
    *(("", BASE, actions) for actions in ON_BASE),
    *(("", CHILD, actions) for actions in ON_CHILD),
    *(("", SPREAD, actions) for actions in ON_SPREAD),
    ("", CHILD, "change p pp int, drop index kq, add key kq2 (q)"),
    ("", "(a int, b int as (a + 1) virtual, c int)", "modify b int as (a + 2) virtual"),
    ("", "(a int, b int as (a + 1) virtual, c int, key (b))", "drop b, add b int"),
    ("", "(a int, b int as (a + 1) stored, c int)", "modify b int"),
    ("", "(a int, b int as (a + 1) virtual, c int)", "drop b"),
    ("", "(a varchar(10), b varchar(10) charset utf8mb4) charset=latin1", "default charset utf8mb4"),
    ("", "(a varchar(10), b varchar(10) charset utf8mb4) charset=latin1", "convert to charset utf8mb4"),
    ("", "(a varchar(10), b text) charset=latin1", "default charset utf8mb4, add c varchar(3), modify b text"),
    ("", "(a int, b int, c int, d int, e int)", "modify e int first, modify a int after d"),
    ("", "(a int, b int, c int, d int, e int)", "drop c, drop a, drop e"),
    (
        "",
        "(a int, unique (a), b int not null, unique (b), c varchar(9) not null, unique (c(3)), unique (c))",
        "drop key b",
    ),
    (
        "",
        "(a int, b int not null, c varchar(9) not null, unique ua (a), unique uc (c(3)), key (b))",
        "add unique ub (b)",
    ),
    ("", "(a int) row_format=compressed key_block_size=8", "row_format=default key_block_size=0"),
    ("", "(a int) comment='x' stats_persistent=1", "comment='', stats_persistent=default"),
    ("", "(id int auto_increment primary key, a int)", "drop id"),
    ("", "(id int auto_increment primary key, a int)", "modify id int, drop primary key"),
    ("", "(a int, b int, primary key (a, b))", "drop primary key"),
    ("", "(a int, b int, key k (a), key l (b), key m (a, b))", "drop key l, drop key m"),
    ("", "(a int, b int, key k (a), key l (b), key m (a, b))", "drop key l, add key l (b, a)"),
    ("", "(id int primary key, n int)", "partition by hash (id) partitions 4"),
    ("", "(id int primary key, n int)", "add key (n) partition by key () partitions 2"),
    ("", "(id int primary key) partition by hash (id) partitions 4", "coalesce partition 2"),
    ("", "(id int primary key) partition by hash (id) partitions 4", "add partition partitions 2"),
    (
        "",
        "(id int primary key) partition by range (id) (partition p0 values less than (10))",
        "add partition (partition p1 values less than (20))",
    ),
    ("mysql", BASE, "drop b"),
    ("mysql", "(a int, b int, key k (a), key l (b))", "alter index k invisible"),
    ("mysql", "(a int, b int, key k (a) invisible, key l (b))", "drop index k"),
    ("mysql", "(a int, b int, key k ((a + b)), key l (b desc))", "drop index k"),
    ("mysql", "(a int, b int, constraint c1 check (a > 0) not enforced)", "alter check c1 enforced"),
    ("mysql", "(a int, b int, constraint c1 check (a > 0))", "alter check c1 not enforced"),
    ("mysql", "(a int, b int check (b > 1))", "rename to t2"),
    ("mysql", "(a int, b int check (b > 1))", "rename to t2, drop check t_chk_1"),
    ("mysql", "(a int) compression='zlib'", "compression='none'"),
    ("mysql", "(a int)", "compression='lz4'"),
    ("mysql", "(a varchar(9) character set utf8mb4 collate utf8mb4_0900_ai_ci, b varchar(9))", "modify a varchar(9)"),
    ("mysql", "(a point srid 4326 not null)", "modify a point not null"),
    ("mysql", "(a int)", "alter column a set invisible, add b int"),
    ("mysql", "(a int, b timestamp not null)", "modify b timestamp null"),
    ("mysql", BASE, "convert to character set latin1, modify g mediumtext"),
    ("mysql", BASE, "convert to character set latin1, modify c text character set latin1, drop index k2"),
    ("mysql", BASE, "convert to character set utf8mb3, modify c text character set latin1, drop index k2"),
    (
        "mysql",
        "(a int, b json, c longblob)",
        "convert to character set latin1, modify a text, modify b text, modify c blob",
    ),
    ("mariadb", BASE, "change a aa bigint not null after h"),
    ("mariadb", BASE, "modify a int first, alter a drop default"),
    ("mariadb", BASE, "add n int after a, modify b varchar(60) first, modify a int after d, alter b drop default"),
    ("mariadb", "(a int, b int, key k (a), key l (b))", "alter index k ignored"),
    ("mariadb", "(a int, b int, key k (a) ignored, key l (b))", "drop index k"),
    ("mariadb", "(a int check (a > 0), b int as (a + 1), c int default (a + 2))", "change a aa int check (aa > 0)"),
    ("mariadb", "(a int check (a > 0), b int)", "modify a int"),
    ("mariadb", "(a int, b int)", "add system versioning"),
    ("mariadb", "(a int, b int) with system versioning", "drop system versioning"),
    ("mariadb", "(a int, s date not null, e date not null)", "add period for p (s, e)"),
    ("mariadb", "(a int, s date not null, e date not null, period for p (s, e))", "drop period for p"),
    ("mariadb", "(a int) page_compressed=1", "page_compressed=0"),
    ("mariadb", "(a int)", "page_compressed=1"),
    ("mariadb", "(a varchar(10) compressed, b uuid default uuid())", "modify a varchar(10), drop b"),
    ("mariadb", "(a int, b blob default 'abc')", "modify b blob"),
    ("mariadb", "(a int)", "add b uuid default uuid(), add c varchar(36) default uuid()"),
]
