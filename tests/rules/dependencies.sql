-- What a table's columns, indexes and foreign keys need of each other.
create table t (id int primary key, a int, b int, check (a > b)); alter table t drop column a
create table t (id int primary key, a int, b int, check (a > 1)); alter table t drop column a
create table t (id int primary key, a int check (a > 1), b int); alter table t drop column a
create table t (id int primary key, a int, b int as (a + 1)); alter table t drop column a
create table t (id int primary key, a int, b int as (a + 1) stored); alter table t drop column a
create table t (id int primary key, a int, b int as (a + 1)); alter table t drop column a, drop column b
create table t (id int primary key, a int, b int as (a + 1)); alter table t drop column b
create table t (id int primary key, a int, b int, check (a > b)); alter table t drop column a, drop column b
create table t (id int primary key, a int, b int, constraint k check (a > b)); alter table t drop constraint k, drop column a
create table t (id int primary key, a int, b int default (a + 1)); alter table t drop column a
create table p (id int primary key); create table t (id int primary key, a int, foreign key (a) references p (id)); alter table t drop column a
create table p (id int primary key); create table t (id int primary key, a int, constraint f foreign key (a) references p (id)); alter table t drop column a, drop foreign key f
create table t (id int, a int, primary key (id, a)) partition by hash (a) partitions 2; alter table t drop column a
create table t (id int primary key, a int, b int, unique key u (a, b)); alter table t drop column a
create table t (id int primary key, a int, b int, key u (a, b)); alter table t drop column a
create table t (id int primary key, a int, b int, unique key u (a, b)); alter table t drop column a, drop column b
create table t (id int primary key, a int, b int, unique key u (a, b)); alter table t drop column a, drop key u
create table t (id int primary key, a int, b int, unique key u (a)); alter table t drop column a
create table p (id int primary key); create table t (id int primary key, a int, key k (a), constraint f foreign key (a) references p (id)); alter table t drop key k
create table p (id int primary key); create table t (id int primary key, a int, key k (a), key l (a, id), constraint f foreign key (a) references p (id)); alter table t drop key k
create table p (id int primary key); create table t (id int primary key, a int, key k (a), constraint f foreign key (a) references p (id)); alter table t drop key k, add key m (a, id)
create table p (id int primary key); create table t (id int primary key, a int, key k (a), constraint f foreign key (a) references p (id)); alter table t drop key k, add key m (id, a)
create table p (id int primary key); create table t (id int primary key, a int, key k (a), constraint f foreign key (a) references p (id)); alter table t drop key k, drop foreign key f
create table p (id int primary key); create table t (id int primary key, a int, key k (a), constraint f foreign key (a) references p (id)); drop index k on t
create table t (id int primary key, a int, unique key u (a), b int, key k (b), constraint f foreign key (b) references t (a)); alter table t drop key u
create table t (id int primary key, a int, unique key u (a), b int, key k (b), constraint f foreign key (b) references t (a)); alter table t drop key u, drop foreign key f
create table t (id int primary key, a int check (a > 1), b int); alter table t rename column a to c
create table t (id int primary key, a int, b int, constraint k check (a > b)); alter table t change a c int
create table t (id int primary key, a int, b int, constraint k check (a > b)); alter table t drop constraint k, rename column a to c
create table t (id int primary key, a int, b int, constraint k check (a > b)); alter table t change a A bigint
create table t (id int primary key, a int, b int as (a + 1)); alter table t rename column a to c
create table t (id int primary key, a int, b int as (a + 1)); alter table t rename column a to c, drop column b
create table t (id int primary key, a int, b int as (a + 1)); alter table t change b c int as (a + 1)
create table t (id int primary key, a int, b int default (a + 1)); alter table t rename column a to c
create table t (id int primary key, a int, b int default (a + 1)); alter table t rename column b to c
create table t (id int, a int, primary key (id, a)) partition by hash (a) partitions 2; alter table t rename column a to c
create table t (id int, a int, primary key (id, a)) partition by range columns (a) (partition p0 values less than (5)); alter table t rename column a to c
create table p (id int primary key); create table t (id int primary key, a int, foreign key (a) references p (id)); alter table t rename column a to c
create table t (id int primary key, a int, unique key u (a)); alter table t rename column a to c
