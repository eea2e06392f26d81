-- lower_case_table_names=1: names of databases, tables and aliases are compared without case.
select X from A
select a.x from A
select A.x from a
select A.y from a
select Db1.A.x from dB1.a
select Q.x from a q
select A.x from a q
select D.q from (select 1 as q) d
with Q as (select 1 as k) select q.k from q
select z from OTHER.C
select OTHER.c.z from other.C
select z from OTHER.nothing
delete A from a where A.id = 1
delete Q from a as q where q.id = 1
update A set a.x = 1 where A.id = 1
insert into A (id) values (1) on duplicate key update a.x = A.x
create table N (k int); select k from n
create table n (k int); select K from N
create table a (k int)
create table n like A; select x from N
rename table A to n; select x from a
rename table A to n; select x from N
alter table A rename to N; select x from n
drop table A; select x from a
create temporary table A (k int); select k from a
create view W as select x as K from A; select k from w
select vx from V
create database DB3; create table db3.T (k int); select k from Db3.t
drop database OTHER; select z from other.c
use OTHER; select z from C
select odd from `MIXED`
select `ODD NAME` from `MIXED`
