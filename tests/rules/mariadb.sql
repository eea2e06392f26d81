-- What MariaDB alone has.
create table t (id int primary key, a int) with system versioning; alter table t add b int
create table t (id int primary key, a int) with system versioning; alter table t modify a bigint
create table t (id int primary key, a int) with system versioning; alter table t modify a int comment 'x'
create table t (id int primary key, a int) with system versioning; alter table t modify a int first
create table t (id int primary key, a int) with system versioning; alter table t drop column a
create table t (id int primary key, a int) with system versioning; alter table t drop column if exists b
create table t (id int primary key, a int) with system versioning; alter table t rename column a to b
create table t (id int primary key, a int) with system versioning; alter table t change a b int
create table t (id int primary key, a int) with system versioning; alter table t add index (a)
missed: create table t (id int primary key, a int) with system versioning; alter table t drop primary key, add primary key (a)
create table t (id int primary key, a int) with system versioning; alter table t add b int, drop system versioning
create table t (id int primary key, a int) with system versioning; alter table t alter a set default 3
create table t (id int primary key, a int) with system versioning; alter table t add system versioning
create table t (id int primary key, a int); alter table t drop system versioning
create table t (id int primary key, a int) with system versioning; truncate table t
create table t (id int primary key, a int without system versioning) with system versioning; alter table t add b int without system versioning
create table t (id int primary key, a int) with system versioning; alter table t convert to character set latin1
create table t (id int primary key, a varchar(9)) with system versioning; alter table t convert to character set latin1
create table p (id int primary key); create table c (a int, foreign key (a) references p (id)); create or replace table p (id int primary key)
