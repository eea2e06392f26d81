-- What foreign keys forbid to do with the table that they refer to.
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); drop table p
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); drop table if exists nothing, p
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); drop table p, c
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); drop table c, p
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); drop table c
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); truncate table p
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); truncate table c
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); drop database judged
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); rename table p to q
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); alter table p rename to q
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); rename table p to q; drop table q
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); alter table c drop foreign key c_ibfk_1; drop table p
create table `P-ä` (id int primary key); create table `c 'x` (a int, foreign key (a) references `P-ä` (id)); drop table `P-ä`
create table p (id int primary key, a int, foreign key (a) references p (id)); drop table p
create table p (id int primary key, a int, foreign key (a) references p (id)); truncate table p
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p modify id bigint
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p modify id int unsigned
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p modify id int comment 'x'
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p change id id2 int
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p change id id2 bigint
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p modify x bigint
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p modify id int auto_increment
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p drop column id
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p drop column u
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p drop column x
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p drop key uu
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p drop key uu, add key kk (u)
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p drop primary key, add unique key ii (id)
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p engine=innodb
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p engine=myisam
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p modify id mediumint
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p modify u int
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p modify id int zerofill
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table p partition by key (id)
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table c modify a bigint
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table c modify a int not null
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table c drop foreign key f, modify a bigint
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table c engine=myisam
create table p (id int primary key, x int, u int not null, unique key uu (u)); create table c (a int, constraint f foreign key (a) references p (id), b int, constraint g foreign key (b) references p (u)); alter table c change a a2 int
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table p modify s varchar(20)
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table p modify s varchar(5)
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table p modify s varchar(300)
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table p modify s char(10)
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table p modify s varchar(10) charset utf8mb4
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table p modify s varchar(10) collate latin1_bin
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table p convert to character set utf8mb4
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table p convert to character set latin1
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table p charset utf8mb4
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table c modify a varchar(20)
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table c modify a varchar(5)
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table c modify a varchar(300)
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table c modify a char(10)
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table c modify a varchar(10) charset utf8mb4
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table c modify a varchar(10) collate latin1_bin
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table c convert to character set utf8mb4
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table c convert to character set latin1
create table p (s varchar(10) primary key) charset latin1; create table c (a varchar(10), constraint f foreign key (a) references p (s)) charset latin1; alter table c charset utf8mb4
create table p (id int primary key, a int, x int, constraint f foreign key (a) references p (id)); alter table p modify id bigint
create table p (id int primary key, a int, x int, constraint f foreign key (a) references p (id)); alter table p modify a bigint
create table p (id int primary key, a int, x int, constraint f foreign key (a) references p (id)); alter table p modify id bigint, modify a bigint
create table p (id int primary key, a int, x int, constraint f foreign key (a) references p (id)); alter table p drop foreign key f, modify id bigint
create table p (id int primary key, a int, x int, constraint f foreign key (a) references p (id)); alter table p drop column id
create table p (id int primary key, a int, x int, constraint f foreign key (a) references p (id)); alter table p drop foreign key f, drop column id
create table p (id int primary key, a int, x int, constraint f foreign key (a) references p (id)); alter table p drop foreign key f, drop primary key
create table p (id decimal(10,2) primary key); create table c (a decimal(10,2) null, constraint f foreign key (a) references p (id)); alter table p modify id decimal(12,2)
create table p (id enum('x','y') primary key); create table c (a enum('x','y') null, constraint f foreign key (a) references p (id)); alter table p modify id enum('x','y','z')
create table p (id enum('x','y') primary key); create table c (a enum('x','y') null, constraint f foreign key (a) references p (id)); alter table p modify id enum('y','x')
create table p (id binary(4) primary key); create table c (a binary(4) null, constraint f foreign key (a) references p (id)); alter table p modify id binary(5)
create table p (id timestamp(3) primary key); create table c (a timestamp(3) null, constraint f foreign key (a) references p (id)); alter table p modify id timestamp(6)
create table p (id date primary key); create table c (a date null, constraint f foreign key (a) references p (id)); alter table p modify id datetime
create table p (id bit(4) primary key); create table c (a bit(4) null, constraint f foreign key (a) references p (id)); alter table p modify id bit(5)
create table p (id varbinary(4) primary key); create table c (a varbinary(4) null, constraint f foreign key (a) references p (id)); alter table p modify id varbinary(5)
create table p (id int primary key); create table c (a int, constraint f foreign key (a) references p (id) on delete set null); alter table c modify a int not null
create table p (a int, b int, primary key (a, b)); create table c (x int, y int, constraint f foreign key (x, y) references p (a, b)); alter table p modify b bigint
create table p (id year primary key); create table c (a year, constraint f foreign key (a) references p (id)); alter table p modify id year comment 'x'
create table p (id char(36) collate utf8mb4_bin primary key); create table c (a char(36) collate utf8mb4_bin, constraint f foreign key (a) references p (id)); alter table p modify id char(36) collate utf8mb4_bin comment 'x'
create table p (id varchar(36) primary key); create table c (a varchar(36), constraint f foreign key (a) references p (id)); alter table p modify id varchar(36) not null comment 'x'
create table p (id decimal(10,2) primary key); create table c (a decimal(10,2), constraint f foreign key (a) references p (id)); alter table c modify a decimal(10,2) comment 'x'
create table p (id float primary key); create table c (a float, constraint f foreign key (a) references p (id)); alter table p modify id float comment 'x'
create table p (id decimal(10,0) primary key); create table c (a decimal(10,0), constraint f foreign key (a) references p (id)); alter table p modify id decimal(10) comment 'x'
create table p (id datetime primary key); create table c (a datetime, constraint f foreign key (a) references p (id)); alter table p modify id datetime(0) comment 'x'
create table p (id boolean primary key); create table c (a boolean, constraint f foreign key (a) references p (id)); alter table p modify id boolean comment 'x'
create table p (id binary(16) primary key); create table c (a binary(16), constraint f foreign key (a) references p (id)); alter table p modify id binary(16) comment 'x'
-- MariaDB from 10.6 on gives up the key's index with a primary key, and then refuses the rows of the child.
policy mariadb: create table p (id int primary key, x int not null, unique key u (x)); create table c (a int, foreign key (a) references p (id)); alter table p drop primary key, add primary key (x)
policy mariadb: create table p (x int, y int, primary key (x, y)); create table c (a int, b int, foreign key (a, b) references p (x, y)); alter table p drop primary key, add primary key (y, x)
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); alter table p drop primary key
create table p (id int, x int, primary key (id, x), unique key u (id)); create table c (a int, foreign key (a) references p (id)); alter table p drop primary key, add primary key (x, id)
missed mariadb: create table p (id int primary key); create table c (a int, constraint f foreign key (a) references p (id)); alter table c drop constraint f, modify a bigint
create table p (id int auto_increment primary key); create table c (a int, constraint f foreign key (a) references p (id)); alter table p modify id int
create table p (id int primary key); create table c (a int primary key, constraint f foreign key (a) references p (id)); alter table c modify a int auto_increment
create table p (id int primary key, u int, unique key k (u)); create table c (a int, constraint f foreign key (a) references p (u)); alter table p modify u int not null
