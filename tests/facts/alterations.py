"""What ALTER TABLEs are tried: tables by name, and for each the actions, one ALTER a line.

A line that begins with `?` need not be foreseen on every server; what is said of it must be true all the same. With
`~` the server may do better than what is foreseen, which is then what is sure.
"""

TABLES = {
    "every": """(id int not null auto_increment, a int, b varchar(10), c varchar(300),
        d varchar(30) character set utf8mb3, e enum('x','y'), f datetime, g text, nn int not null default 1, u int,
        x varchar(10) not null default 'x', dd varchar(20) character set utf8mb3, tt text character set utf8mb3,
        cc char(10) character set utf8mb3, ee enum('p','q') character set utf8mb3,
        l varchar(20) character set latin1, vb varbinary(50), de decimal(10,2), s set('p','q'),
        w varchar(50), ch char(10), ts timestamp not null default current_timestamp,
        primary key (id), key ka (a), key kb (b), key kd (dd), unique key uq (nn, a))
        engine=InnoDB default charset=utf8mb4""",
    "full_text": """(id int not null auto_increment primary key, a int, b varchar(50), g text, h text, fulltext key ft (g))
        engine=InnoDB""",
    "compressed": "(id int not null auto_increment primary key, a int, b varchar(50)) engine=InnoDB row_format=compressed",
    "redundant": """(id int not null auto_increment primary key, a int not null default 1, b varchar(50) not null default '')
        engine=InnoDB row_format=redundant""",
    "bare": "(a int, b varchar(50)) engine=InnoDB",
    "not_null": "(a int not null default 1, b varchar(20), unique key ua (a)) engine=InnoDB",
    "point": "(id int primary key, p point not null, a int, spatial index sp (p)) engine=InnoDB",
    "virtual": "(id int not null primary key auto_increment, a int, b int, v int as (a + 1) virtual, c int) engine=InnoDB",
    "indexed": """(id int not null primary key auto_increment, a int, b int, v int as (a + 1) virtual, c int, key kv (v))
        engine=InnoDB""",
    "stored": "(id int not null primary key auto_increment, a int, b int, st int as (a + 1) stored, c int) engine=InnoDB",
    "child": """(id int not null primary key, a int, b int, key ka (a), key kb (b),
        constraint fa foreign key (a) references parent (id) on delete cascade) engine=InnoDB""",
    "checked": "(id int not null primary key, a int, constraint ck check (a > 0)) engine=InnoDB",
    "by_range": """(id int not null, a int, b varchar(50), primary key (id)) engine=InnoDB partition by range (id)
        (partition p0 values less than (10), partition p1 values less than (20))""",
    "by_hash": "(id int not null, a int, primary key (id)) engine=InnoDB partition by hash (id) partitions 2",
    "myisam": "(a int, b varchar(20)) engine=MyISAM",
}
ACTIONS = {
    "every": """
add n int
add n int first
add n int after a
add n int not null default 5
add n timestamp not null default current_timestamp on update current_timestamp
add n varchar(36) default (uuid())
? add n int default (1 + 2)
add n int as (a + 1) virtual
add n int as (a + 1) virtual, add key kn (n)
add n int as (a + 1) virtual, add key kn (u)
? add n int as (a + 1) virtual, comment 'x'
? add n int as (a + 1) virtual, add m int
add n int as (a + 1) stored
add n int, add key kn (n)
add n int, add key kn (u)
add n int, drop key ka
? add n int, drop key ka, add key kz (a)
? add n int, comment 'x'
add n int unique
add n int, force
add n int check (n > 0)
? modify u int check (u > 0)
drop u
drop u, add n int
drop u, drop key ka
drop u, add key kz (f)
drop b
drop b, drop key kb
? drop nn
rename column u to uu
~ rename column a to aa
? ~ rename column a to aa, add n int
rename column u to f, rename column f to u
rename column b to bb, add key kz (bb)
modify u int first
modify u int after x
modify u int after nn
? modify u int first, add n int
modify u int first, add key kz (f)
alter u set default 5
alter x drop default
alter u set default 5, add n int
alter u set default 5, add key kz (f)
modify u int default 7 comment 'x'
modify f datetime default current_timestamp on update current_timestamp
modify u bigint
modify u int unsigned
modify u int(5)
modify nn bigint not null default 1
modify de decimal(12,2)
modify f datetime(6)
modify f date
modify g mediumtext
modify c text
modify ch char(20)
modify ch char(5)
modify b varchar(5)
modify b varchar(31)
modify b varchar(63)
modify b varchar(64)
modify w varchar(60)
modify w varchar(300)
modify c varchar(400)
modify x varchar(300) not null
modify x varchar(60) not null default 'z' comment 'q'
modify x varchar(60) not null, add n int
modify x varchar(60) not null, add key kz (x)
modify x varchar(60)
modify vb varbinary(100)
modify vb varbinary(300)
modify d varchar(30) character set utf8mb4
modify d varchar(100) character set utf8mb4
modify d varchar(30) character set utf8mb3 collate utf8mb3_bin
? modify dd varchar(20) character set utf8mb4
? modify dd varchar(30) character set utf8mb3
? modify b varchar(10) collate utf8mb4_bin
? modify tt text character set utf8mb4
modify cc char(10) character set utf8mb4
? modify ee enum('p','q') character set utf8mb4
modify l varchar(20) character set utf8mb4
modify l varchar(30) character set latin1
? modify l varbinary(20)
modify nn int
modify nn int default 1
modify ts timestamp null
modify id int not null
modify id bigint not null auto_increment
modify e enum('x','y','z')
modify e enum('z','x','y')
modify e enum('x')
modify s set('p','q','r')
modify s set('p','q','r','1','2','3','4','5','6')
modify u int invisible
add key kz (u)
add unique key kz (u)
add key kz (u), add key ky (nn)
add key kz (u), drop key ka
add key kz ((u + 1))
add key kz (u desc)
drop key ka
drop key ka, drop key kb
? drop key ka, add key ka2 (a)
rename index ka to kk
rename index ka to kk, add n int
alter index ka invisible
alter index ka ignored
add fulltext key kz (g)
add fulltext key kz (g), add key ky (u)
add fulltext key kz (g), add n int
? add fulltext key kz (g), add fulltext key ky (c)
drop primary key, add primary key (id, nn)
? drop primary key, add primary key (id)
? drop primary key, add unique key (id)
? drop primary key, modify id int not null
comment 'x'
comment 'x', add key kz (u)
? comment 'x', rename column u to uu
auto_increment=500
stats_persistent=1
max_rows=100
default charset latin1
? convert to character set utf8mb4
convert to character set utf8mb4 collate utf8mb4_bin
row_format=dynamic
row_format=compressed
key_block_size=8
engine=InnoDB
engine=MyISAM
force
order by u
rename to t2
rename to t2, add n int
rename to t2, add key kz (u)
add constraint fz foreign key (u) references parent (id)
add constraint ck check (u > 0)
partition by key (id) partitions 2
""",
    "full_text": """
add n int
drop a
drop g
rename column a to aa
add key kz (a)
add fulltext key kz (h)
drop key ft
alter a set default 3
modify b varchar(60)
modify a int first
modify a bigint
add n int as (a + 1) virtual
comment 'x'
force
""",
    "compressed": """
add n int
drop a
rename column a to aa
add key kz (a)
modify b varchar(60)
modify a int first
comment 'x'
""",
    "redundant": """
add n int
drop a
modify a int null default 1
? modify a int null default 1, add n int
modify b varchar(60) not null
modify b varchar(300) not null
modify a bigint not null
""",
    "bare": """
add primary key (a)
add n int not null auto_increment primary key
add unique key ua (a)
add n int
add fulltext key ft (b)
modify b varchar(50) character set latin1
""",
    "not_null": """
drop key ua
? add primary key (a)
? drop key ua, add primary key (a)
drop a
add unique key ub (b)
? add unique key uz (a, b)
""",
    "point": """
drop key sp
add n int
force
""",
    "virtual": """
add n int
? add n int first
drop v
? drop v, drop b
? drop v, add n int
drop v, add key kz (b)
add key kz (v)
? modify v int as (a + 2) virtual
? modify c int first
rename column b to bb
modify b bigint
modify b int default 7
force
""",
    "indexed": """
? add n int
drop v
drop key kv
rename column b to bb
add key kz (b)
? force
""",
    "stored": """
add n int first
drop st
drop c
modify c int first
add key kz (st)
? modify st int as (a + 2) stored
""",
    "child": """
drop foreign key fa
drop foreign key fa, drop key ka
drop foreign key fa, add n int
drop foreign key fa, add key kz (b)
add constraint fb foreign key (b) references parent (id)
~ rename column a to aa
drop b
add n int
""",
    "checked": """
drop constraint ck
drop constraint ck, add n int
drop constraint ck, add key kz (a)
add check (a > 5)
alter check ck not enforced
add constraint cn check (a < 9) not enforced
""",
    "by_range": """
add n int
drop a
add key kz (a)
force
rename to t2
modify a bigint
modify b varchar(60)
add n int, add key kz (n)
add partition (partition p2 values less than (30))
drop partition p0
truncate partition p0
reorganize partition p0, p1 into (partition px values less than (20))
rebuild partition p0
remove partitioning
? analyze partition p0
""",
    "by_hash": """
add n int
add partition partitions 1
coalesce partition 1
""",
    "myisam": """
add n int
drop a
add key kz (a)
alter a set default 3
comment 'x'
rename column a to aa
rename to t2
engine=InnoDB
""",
}
