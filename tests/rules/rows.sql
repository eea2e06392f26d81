-- Row changes and queries: one line, one case, as in columns.sql.
-- NULL for NOT NULL columns
create table t (id int primary key, n int not null); insert into t values (1, null)
create table t (id int primary key, n int not null); insert into t values (1, 1), (2, null)
create table t (id int primary key, n int not null); insert ignore into t values (1, null)
create table t (id int primary key, n int not null); insert ignore into t values (1, 1), (2, null)
create table t (id int primary key, n int not null); replace into t values (1, null)
create table t (id int primary key, n int not null); replace into t values (2, 2), (1, null)
create table t (id int primary key, n int not null); insert into t set id = 1, n = null
create table t (id int primary key, n int not null default 5); insert into t values (1, null)
create table t (id int primary key, n int not null default 5); insert into t values (1, default)
create table t (id int primary key, n int not null); insert into t values (1, default)
create table t (id int auto_increment primary key, n int); insert into t values (null, 1)
create table t (id int auto_increment primary key, n int); insert into t values (null, null), (null, null)
create table t (id int primary key, n timestamp not null default current_timestamp); insert into t values (1, null)
policy: create table t (id int primary key, n int not null); insert into t values (1, 1) on duplicate key update n = null
create table t (id int primary key, n int not null); insert into t values (1, 1); insert into t values (1, 1) on duplicate key update n = null
create table t (id int primary key, n int not null); insert into t values (1, 1); update t set n = null
create table t (id int primary key, n int not null); insert into t values (1, 1); update ignore t set n = null
create table t (id int primary key, n int not null); insert into t values (1, 1); update t set n = null where id = 1
create table t (id int auto_increment primary key, n int not null); insert into t values (1, 1); update t set id = null
create table t (id int primary key, n int not null); create table u (id int primary key, m int); insert into t values (1, 1); insert into u values (1, 1); update t join u on t.id = u.id set t.n = null
create table t (id int primary key, n int not null); create table u (id int primary key, n int); insert into t values (1, 1); insert into u values (1, 1); update t join u on t.id = u.id set u.n = null
create table t (id int primary key, n int, c int as (n + 1)); insert into t (id, n, c) values (1, 1, default)
create table t (id int primary key, n int, c int as (n + 1)); insert into t values (1, 1, default)
create table t (id int primary key, n int, c int as (n + 1)); insert into t (id, n, c) values (1, 1, 2)
create table t (id int primary key, n int, c int as (n + 1)); insert into t (id, n) values (1, 1); update t set c = 3
create table t (id int primary key, n int, c int as (n + 1)); insert into t (id, n) values (1, 1); update t set c = default
-- columns left out
create table t (id int primary key, n int not null); insert into t (id) values (1)
create table t (id int primary key, n int not null); insert ignore into t (id) values (1)
create table t (id int primary key, n int not null); insert into t (id) select 1
create table t (id int primary key, n int); insert into t (n) values (1)
create table t (id int primary key, n enum('a','b') not null); insert into t (id) values (1)
create table t (id int primary key, n set('a','b') not null); insert into t (id) values (1)
create table t (id int primary key, n text not null); insert into t (id) values (1)
create table t (id int primary key, n int not null); insert into t () values ()
create table t (id int auto_increment primary key, n int); insert into t () values ()
create table t (id int auto_increment primary key, n int); insert into t values ()
create table t (id int auto_increment primary key, n int); insert into t values (), ()
-- counts
create table t (a int, b int); insert into t values (1)
create table t (a int, b int); insert into t values (1, 2, 3)
create table t (a int, b int); insert into t values (1, 2), (3)
create table t (a int, b int); insert into t (a) values (1, 2)
create table t (a int, b int); insert into t (a, b) select 1
create table t (a int, b int); insert into t select * from t
create table t (a int, b int); insert into t (a) select * from t
create table t (a int, b int); insert into t (a, b) select t.*, 1 from t
create table t (a int, b int); insert into t (a, b) (select 1, 2) union all (select 3, 4)
create table t (a int, b int); insert into t select a, b from t union select a from t
create table t (a int, b int); insert into t with c as (select 1 x, 2 y) select * from c
create table t (a int, b int); insert into t with c (x) as (select 1) select * from c
create table t (a int, b int); create table u (a int, c int); insert into t select * from t join u using (a)
create table t (a int, b int); create table u (a int, b int); insert into t select * from t natural join u
create table t (a int, b int); create table u (a int, b int); insert into t select * from t join u on t.a = u.a
mysql: create table t (a int, b int invisible, c int); insert into t values (1, 2)
create table t (a int, b int); insert into t (a, a) values (1, 1)
create table t (a int, b int); insert into t (a, A) values (1, 1)
create table t (a int, b int); insert into t (t.a, b) values (1, 1)
create table t (a int, b int); insert into t (a, c) values (1, 1)
create table t (a int, b int); insert into t set a = 1, a = 2
create table t (a int, b int); insert into t set a = 1, c = 2
-- names
create table t (a int, b int); update t set c = 1
create table t (a int, b int); update t set a = c
create table t (a int, b int); update t set a = 1 where c = 2
create table t (a int, b int); update t set a = 1 order by c
create table t (a int, b int); update t x set t.a = 1
create table t (a int, b int); update t x set x.a = 1
create table t (a int, b int); delete from t where c = 1
create table t (a int, b int); delete from t order by c limit 1
create table t (a int, b int); delete x from t x
create table t (a int, b int); delete t from t x
create table t (a int, b int); delete x from t
create table t (a int, b int); create table u (a int, b int); update t, u set a = 1
create table t (a int, b int); create table u (a int, c int); update t, u set t.a = 1, c = 2
create table t (a int, b int); create table u (a int, c int); update t join u using (a) set a = 1
create table t (a int, b int); create table u (a int, c int); delete from t, u using t join u on t.a = u.a
create table t (a int, b int); create table u (a int, c int); delete u from t
create table t (a int, b int); create table u (a int, c int); select a from t, u
create table t (a int, b int); create table u (a int, c int); select a from t join u using (a)
create table t (a int, b int); create table u (a int, c int); select a from t natural join u
create table t (a int, b int); create table u (a int, c int); select t.c from t natural join u
create table t (a int, b int); select a as x from t where x = 1
create table t (a int, b int); select a as x from t having x = 1
create table t (a int, b int); select a as x from t group by x order by x
create table t (a int, b int); select a from t having b = 1
create table t (a int, b int); select (select a from t limit 1) from (select b from t) d where a = 1
create table t (a int, b int); select * from (select a from t) d where b = 1
create table t (a int, b int); select * from (select a, a from t) d
create table t (a int, b int); select * from (select a from t)
create table t (a int, b int); select d.a from t d, t d
create table t (a int, b int); select 1 from t where exists (select 1 from t u where u.a = t.b)
create table t (a int, b int); select 1 from t where exists (select 1 from t u where u.c = t.b)
create table t (a int, b int); select t.a from t as x
create table t (a int, b int); with c as (select a from t) select b from c
create table t (a int, b int); with recursive c as (select 1 n union all select n + 1 from c where n < 5) select n from c join t on t.a = c.n
create table t (a int, b int); with recursive c (n) as (select 1 union all select m + 1 from c where n < 5) select n from c
create table t (a int, b int); with c as (select 1) select * from d
create table t (a int, b int); select a from t union select b from t order by a
create table t (a int, b int); select a from t union select b from t order by b
create table t (a int, b int); select sum(a) over w from t window w as (partition by b)
create table t (a int, b int); select sum(a) over w from t
create table t (a int, b int); insert into t (a, b) values (1, 2) on duplicate key update a = values(a), b = values(c)
create table t (a int, b int); insert into t (a, b) values (1, 2) on duplicate key update c = 1
create table t (a int, b int); insert into t (a, b) values (1, a)
create table t (a int, b int); insert into t (a, b) values (1, c)
create table t (a int, b int); create table u (c int); insert into t (a, b) select c, 1 from u on duplicate key update a = u.c
create table t (a int, b int); create table u (c int); insert into t (a, b) select c, 1 from u on duplicate key update a = c
create table t (a int, b int); update t set a = (select max(a) from u)
create table t (a int, b int); create view v as select a from t; select b from v
create table t (a int, b int); create view v as select a from t; insert into v (a) values (1)
create table t (a int, b int); create view v (x, y) as select a, b from t; update v set x = 1 where y = 2
create table t (a int, b int); create view v (x, y) as select a, b from t; update v set a = 1
create table t (a int, b int); create view v as select a, c from t
create table t (a int, b int); create view v (x) as select a, b from t
create table t (a int, b int); create view v as select a, a from t
create table t (a int, b int); create view t as select 1
create table t (a int, b int); create or replace view t as select 1
create table t (a int, b int); create table u as select a, c from t
create table t (a int, b int); create table u (a int) as select b from t
create table t (a int, b int); create table u as select a, b as a from t
create table t (a int, b int); create table u like t
create table t (a int, b int); create table t like t
create table t (a int, b int); truncate table u
create table t (a int, b int); rename table t to t
create table t (a int, b int); create table u (a int); rename table t to u
create table t (a int, b int); create table u (a int); rename table t to x, u to t, x to u
create table t (a int, b int); create table u (a int); rename table t to x, t to u
create table t (a int, b int); drop table t, u
create table t (a int, b int); drop table if exists t, u
create table t (a int, b int); drop view t
create table t (a int, b int); create view v as select 1; drop table v
create table t (a int, b int); create index i on t (c)
create table t (a int, b int); create index i on t (a, a)
create table t (a int, b int); drop index i on t
create table t (a int, key i (a)); create index i on t (a)
-- values
missed: create table t (a json); insert into t values ('{')
create table t (a int); insert into t values (1) returning a
create table t (a int, b int); select a, count(*) from t
create table t (a int, b int); select a, b from t group by b
create table t (a int primary key, b int); select a, b from t group by a
create table t (a int, b int); select a from t where count(*) > 1
create table t (a int, b int); select sum(sum(a)) from t
create table t (a int, b int); update t set a = (select max(a) from t)
create table t (a int, b int); delete from t where a in (select a from t)
create table t (a int, b int); delete from t where a in (select a from (select a from t) d)
create table t (a int, b int); insert into t (a, b) select a, b from t
create table t (a int, b int); insert into t (a) values ((select max(b) from t))
create table t (a int, b int); select (select a, b from t) from t
create table t (a int, b int); select * from t where (a, b) = (1, 2, 3)
create table t (a int, b int); select * from t where (a, b) in ((1, 2), (3))
create table t (a int, b int); select * from t where a in (select a, b from t)
create table t (a int, b int); select * from t where a in (select a from t limit 1)
create table t (a int, b int); select nofunc(1)
create table t (a int, b int); update t set a = nofunc(b)
create table t (a int, b int); select abs()
create table t (a int, b int); select date_format(now())
create table t (a int, b int); select json_extract('{}')
create table t (a int, b int); create table u (a int); update t join u on t.a = u.a set t.a = 1 limit 1
create table t (a int, b int); create table u (a int); update t join u on t.a = u.a set t.a = 1 order by t.a
create table t (a int, b int); select * from t force index (nope)
create table t (a int, b int); update t force index (nope) set a = 1
create table t (a int, b int); select * from t partition (p0)
create table t (a int, b int); delete from t partition (p0)
missed mariadb: create table t (a int, b varchar(9)); select match(b) against ('x') from t
missed mariadb: create table t (a int, b varchar(9)); select match(a) against ('x') from t
create table t (a int, b int); create view v as select sum(a) x from t; update v set x = 1
create table t (a int, b int); create view v as select sum(a) x from t; delete from v
create table t (a int, b int); create view v as select sum(a) x from t; insert into v (x) values (1)
missed mariadb: create table t (a int, b int); create view v as select a + 1 x, b from t; update v set x = 1
create table t (a int, b int); create view v as select a + 1 x, b from t; update v set b = 1
create table t (a int, b int); create table u (c int); create view v as select a, c from t, u; delete from v
create table t (a int, b int); create table u (c int); create view v as select a, c from t, u; insert into v (a) values (1)
create table t (a int, b int); create table u (c int); create view v as select a, c from t, u; insert into v values (1, 2)
create table t (a int, b int); select a from t union select a, b from t
create table t (a int, b int); select a from t order by 3
create table t (a int, b int); select a from t group by 3
create table t (a int, b int); select a as x, b as x from t order by x
create table t (a int, b int); select *
create table t (a int, b int); select a from t group by sum(b)
create table t (a int, b int); select a collate nonexist from t
create table t (a int, b int); select 'a' collate latin1_bin
create table t (a int, b int); with c as (select 1 a), c as (select 2 b) select * from c
create table t (a int, b int); with c (x, y) as (select 1) select * from c
create table t (a int, b int); with recursive c as (select * from c) select * from c
create table t (a int, b int); select row_number() from t
create table t (a int, b int); select a from t where row_number() over () > 1
create table t (a int, b int); select a from t limit 1.5
create table t (a int, b int); select a from t limit -1
create table t (a int, b int); select cast(a as int) from t
create table t (a int, b int); select convert(a using nonexist) from t
create table t (a int, b int); select @@nonexist
create table t (a int, b int); select a into outfile '/tmp/x' from t limit 0 into @a
create table t (a int, b int); update t set a = default(c)
create table t (a int, b int); update t set a = default(b)
create table t (a int not null, b int); update t set a = default
create table t (a int, b int); select values(a) from t
create table t (a int, b int); insert into t (a) values (row(1, 2))
create table t (a int, b int); insert into t (a) values (1) on duplicate key update a = (select max(b) from t)
create table t (a int, b int); select group_concat(distinct a order by c) from t
create table t (a int, b int); select count(distinct) from t
create table t (a int, b int); select a from t having count(*) > 1 and b > 1
create table t (a int, b int); select a from t where a = any (1, 2)
create table t (a int, b int); select interval 1 day + a from t
create table t (a int, b int); select a from nowhere.t
create table t (a int, b int); select t.a from judged.t x
create table t (a int, b int); delete judged.t from judged.t
create table t (a int, b int); delete from judged.t as x where x.a = 1
create table t (a int, b int); create table u (a int); delete x, u from t x, u where x.a = u.a
create table t (a int, b int); select 1 from dual where a = 1
create table t (a int, b int); select `a ` from t
create table t (a int, b int); select "a" from t
create table t (a int, b int); update t set "a" = 1
create table t (a int, b int); update t set a = 1, a = 2
create table t (a int, b int); replace into t set a = b + 1
create table t (a int, b int); insert into t set a = 1, b = a + 1
create table t (a int, b int); insert into t () values (1, 2)
create table t (a int, b int); insert into t values (1, 2), ()
create table t (a int, b int); create temporary table tmp_x as select a from t
create table t (a int, b int); alter view t as select 1
create table t (a int, b int); alter view v as select 1
create table t (a int, b int); drop view v
create table t (a int, b int); drop view if exists v
create table t (a int, b int); create view v as select a from t; create view v as select b from t
create table t (a int, b int); create view v as select a from t; alter table v add c int
create table t (a int, b int); create view v as select a from t; truncate table v
create table t (a int, b int); create view v as select a from t; create index i on v (a)
create table t (a int, b int); create view v as select a from t; rename table v to w
create table t (a int, b int); create view v as select a from t; create table x like v
missed: create table t (a int, b int); create view v as select a from t; drop table t; select * from v
create table t (a int, b int); create table x (a int) select 1 as a, 2 as b
create table t (a int, b int); create table x (a int, key (c)) select 1 as c
create table t (a int, b int); create table x (primary key (a)) select a from t
create table t (a int, b int); create database judged
create table t (a int, b int); create database if not exists judged
create table t (a int, b int); drop database nope
create table t (a int, b int); drop database if exists nope
create table t (a int, b int); alter database nope character set utf8mb4
create table t (a int, b int); create table nope.t (a int)
create table t (a int, b int); drop table nope.t
create table t (a int, b int); rename table t to nope.t
create table t (a int, b int); alter table t rename to nope.t
create table t (a int, b int); alter table t rename to t
-- what is a view and what a table
create view v as select 1 as a; drop table if exists v
create table t (a int); drop view if exists t
create table t (a int); create view v as select 1 as a; drop view v, t
create view v as select 1 as a; alter table v rename to w
create view v as select 1 as a; alter table v comment 'x'
create view v as select 1 as a; drop index i on v
create table t (a int); create or replace view v as select a from t
create view v as select 1 as a; create or replace view v as select 2 as a
create view v as select 1 as a; alter view v as select 2 as a
mariadb: create view v as select 1 as a; create or replace table v (a int)
create view v as select 1 as a; create table v (a int)
create view v as select 1 as a; create table if not exists v (a int)
create table t (a int); create view if not exists t as select 1
create table t (a int, b int); insert into t values (), (1, 2)
create table t (id int primary key, n enum('a','b') not null); insert into t values (1, default)
create table t (id int primary key, n text not null); insert into t values (1, default)
create table t (id int primary key, n timestamp not null); insert into t values (1, default)
create table g (id int primary key, n int, c int as (n + 1)); insert into g values (1, 1, null)
create table g (id int primary key, n int, c int as (n + 1)); insert ignore into g (id, n, c) values (3, 1, 5)
create table g (id int primary key, n int, c int as (n + 1)); insert into g select 7, 1, 5
create table g (id int primary key, n int, c int as (n + 1)); insert into g (id, n) values (1, 1); insert into g (id, n) values (1, 1) on duplicate key update c = 5
create table g (id int primary key, n int, c int as (n + 1)); insert into g (id, n) values (1, 1); update g set c = null
