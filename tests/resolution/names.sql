-- Each line is a batch. What stands before its last statement is run; the last one the server is asked about: does it
-- miss a database, table or column, or find one ambiguous? So must our audit of the whole batch. `mariadb:` and
-- `mysql:` are for one server only, `missed:` says that we leave a refusal to the server, and stay silent.

-- plain
select id, x, name from a
select ID, X, Name from a
select y from a
select a.y from a
select b.x from a
select db1.a.x from a
select other.a.x from a
select db1.a.x from db1.a
select other.c.z from other.c
select c.z from other.c
select z from c
select 1 from nothing
select 1 from nothing.a
select 1 from other.a
select * from a
select a.* from a
select b.* from a
select db1.a.* from a
select other.a.* from a
select *, y from a
select x from a where y = 1
select x from a where a.y = 1
select x from a group by y
select x from a having y = 1
select x from a having name = 1
select x from a having a.name = 1
select x from a having a.x = 1
select x from a having count(name) > 1
select x from a group by name having name = 1
select x as k from a having x = 1
select x from a having id in (select a_id from b)
select x from a having max(id) > 1 and min(y) > 1
select x as s, (select s) from a
select x as s, (select max(y) from b where b.id = s) as t from a
select x as s, s + 1 from a
select a.id, a.id from a, b order by id
select a.x as k from a, b order by x
select a.x as k from a, b order by abs(k)
select a.x as k from a, b order by abs(x)
select a.id as k, b.id as k from a, b group by k
select * from a, b order by id
select * from a, b order by name
select x from a union select x from b order by a.x
select x from a order by y
select x as y from a order by y
select x as y from a group by y
select x as y from a having y = 1
select x as y from a where y = 1
select x as y, y + 1 from a
select x from a order by name
select x + 1 as z from a order by z + 1
select x + 1 as z from a order by abs(z)
select count(*) from a having count(y) > 1
select sum(x) as s from a having s > 1
select x from a limit 1
select 1 as y union select 2 order by y
select 1 as y union select 2 order by z
select x from a union select y from a
select x from a union select y from b
select x from a union select x from b order by name
select x from a union select x from b order by x
(select x from a order by name limit 1) union (select y from b order by id)
(select x from a order by y limit 1) union (select y from b)
select distinct name from a order by x
select case when x = 1 then y end from a
select if(x, y, 1) from a
select coalesce(x, y) from a
select x between y and 1 from a
select x in (1, y) from a
select (select y) from a
select (select x) from a
select cast(y as char) from a
select convert(name using utf8mb4), convert(y using utf8mb4) from a
select date_add(now(), interval y day) from a
select extract(year from y) from a
select extract(year from name) from a
select group_concat(x order by y) from a
select group_concat(distinct x order by name separator ',') from a
select trim(both y from name) from a
select position(y in name) from a
select name collate utf8mb4_bin from a
select y collate utf8mb4_bin from a
select @y, @@version, @y := x from a
select `x` from `a`
select "x" from a
select x `y` from a order by `y`
select current_date, current_timestamp, current_user from a
select default(x) from a
select default(y) from a
select values(x) from a
select sum(x) over (partition by y) from a
select sum(x) over (partition by name order by id) from a
select sum(x) over w from a window w as (order by y)
select sum(x) over w from a window w as (order by id)
select row_number() over (order by s) from (select 1 as s) d
select match(name) against ('x') from ft
select match(y) against ('x') from ft
select timestampdiff(day, name, y) from a
select timestampdiff(day, name, x) from a
select exists (select 1 from b where b.a_id = a.id) from a
select x is null, not y from a
select -y from a
select binary name, binary y from a

-- aliases
select q.x from a q
select a.x from a q
select q.x from a as q where q.y = 1
select q.x from a as `q` where Q.x = 1
select x from a q order by q.id
select x from a q order by a.id
select a.x from b a
select a.y from b a
select db1.a.x from a q
select db1.q.x from a q
select db1.q.x from b q
select b.x from a b, b a
select b.y from a b, b a
select x from a as a1, a as a2
select a1.x from a as a1, a as a2
select 1 from a, a
select 1 from a q, b q
select 1 from a, other.a
select a.x from db1.a, other.d
select id from a, b
select name, y from a, b
select a.id, b.id as id from a, b order by id
select a.id, b.x from a, b order by x
select a.id, b.id from a, b order by id
select a.x from a, b group by x
select a.x as x from a, b group by x
select a.x as k from a, b group by k
select a.x from a, b having x > 1
select a.x, b.x from a, b having x > 1

-- joins
select a.x from a join b on a.id = b.a_id
select a.x from a join b on a.id = b.c
select a.x from a join b on id = a_id
select a.x from a join b on x = a_id
select name from a join b on name = y
select a.x from a left join b on a.id = b.a_id and b.nothing is null
select a.x from a left join b on a.id = b.a_id where y is null
select 1 from a join b on a.id = c.z join other.c on 1
select 1 from a join b join other.c on a.id = c.z and b.id = c.z
select 1 from a, b join other.c on b.id = c.z
select 1 from a, b join other.c on a.id = c.z
select 1 from (a, b) join other.c on a.id = c.z
select 1 from a join (b join other.c on b.id = c.z) on a.id = b.id
select 1 from a join (b join other.c on a.id = c.z) on a.id = b.id
select 1 from a join (b, other.c) on a.id = z
select 1 from a cross join b on a.id = b.id
select 1 from a straight_join b on a.id = b.id
select 1 from a straight_join b on a.id = b.nothing
select 1 from a inner join b inner join other.c on c.id = b.id on a.id = b.id
select 1 from a left join b left join other.c on c.id = a.id on a.id = b.id
select 1 from a right join b on a.id = b.nothing
select x from a natural join b
select id from a natural join b
select a.id, b.id from a natural join b
select y, name from a natural join b
select x, y from a natural left join b
select z from a natural join other.c
select id from a natural join b natural join other.c
select id from a join b using (id)
select x from a join b using (id)
select a.x from a join b using (id)
select x from a join b using (id, x)
select a.id from a join b using (id)
select id from a join b using (name)
select id from a join b using (y)
select id from a join b using (nothing)
select id from a join b using (id) join other.c using (id)
select id from (a join b using (id)), other.c
select id from a join b using (id), other.c
select id from a join b using (id) where id = 1 group by id having id = 1 order by id
select id from a join b on a.id = b.id join other.c using (id)
select c.id from a join b on a.id = b.id join other.c using (id)
select c.id from a join b on a.id = b.id join other.c using (z)
select id from a left join b using (id) order by b.id
select d.id from a join (select id, x as q from b) d using (id)
select q from a join (select id, x as q from b) d using (id)
select q from a join (select id, x as q from b) d using (q)
select x from a join b using (id) join (select 1 as x) d using (x)
select * from a natural join b where x = 1 and id = 1
select nothing from a natural join b

-- derived tables
select x from (select x from a) d
select y from (select x from a) d
select d.y from (select x as y from a) d
select d.x from (select x as y from a) d
select x from (select * from a) d
select y from (select * from a) d
select name from (select a.* from a, b) d
select y from (select a.* from a, b) d
select k from (select x from a) d (k)
mysql: select k from (select x from a) as d (k)
mysql: select x from (select x from a) as d (k)
select a.x from (select a.x from b) d, a
select 1 from a, (select a.x) d
select 1 from a, (select b.x from b where b.id = a.id) d
select d.s from (select x + 1 as s from a) d where s = 1
select `x + 1` from (select x + 1 from a) d
select `count(*)` from (select count(*) from a) d
missed: select nothing from (select count(*) from a) d
select q from (select 1 as q union select 2) d
select w from (select 1 as q union select 2 as w) d
select q from (select id as q from a) d join b on d.q = b.id
select q from (select id as q from a) d join b on d.id = b.id
select d.* from (select 1 as q) d
select db1.d.q from (select 1 as q) d
select D.q from (select 1 as q) d
missed mysql: with Q as (select 1 as k) select k from q
mariadb: with Q as (select 1 as k) select k from q
with q as (select 1 as k) select Q.k from q
select A.x from a
select a.x from A
select V.vx from v
select Db1.a.x from a
select e.* from (select 1 as q) d
select 1 from (select nothing from a) d
select 1 from (select x from (select x, id from a) e where e.id = 1) d
select 1 from (select x from (select x from a) e where e.id = 1) d
select x from (select x, x from a) d
select * from (select a.id, b.id from a, b) d
select d.v1 from (values (1)) d (v1)
mysql: select column_0 from (values row(1), row(2)) d
missed mysql: select column_1 from (values row(1), row(2)) d
mysql: select v1 from (values row(1)) d (v1)
mysql: select q from a, lateral (select a.x as q) d
mysql: select q from a, lateral (select a.y as q) d
mysql: select q from lateral (select a.x as q) d, a
mysql: select q from a left join lateral (select b.x as q from b where b.id = a.id) d on 1
mysql: select q from a left join lateral (select b.x as q from b where b.id = a.nothing) d on 1
mysql: select q from a, lateral (select x as q) d
mysql: select e.r from a, lateral (select a.x as q) d, lateral (select d.q as r) e
mysql: select e.r from a, lateral (select a.x as q) d, lateral (select d.w as r) e
mysql: select j.n from json_table('[1]', '$[*]' columns (n int path '$')) j
missed mysql: select j.m from json_table('[1]', '$[*]' columns (n int path '$')) j
mysql: select j.n from a, json_table(a.name, '$[*]' columns (n int path '$')) j
mysql: select j.n from a, json_table(a.nothing, '$[*]' columns (n int path '$')) j

with q as (select a.id, b.id from a, b) select 1 from q
with q (p, r) as (select a.id, b.id from a, b) select p, r from q
mysql: select 1 from (select 1 as k, 2 as k) d
select x + 1 as k, x + 2 as k from a order by k
select x as k, x + 2 as k from a order by k

-- subqueries
select x from a where exists (select 1 from b where b.a_id = a.id)
select x from a where exists (select 1 from b where b.a_id = a.nothing)
select x from a where exists (select 1 from b where a_id = name)
select x from a where exists (select 1 from b where y = nothing)
select x from a where id in (select a_id from b)
select x from a where id in (select name from b)
select x from a where id in (select nothing from b)
select x from a where (id, x) in (select a_id, y from b)
select x from a where (id, q) in (select a_id, y from b)
select x from a where x = (select max(y) from b where b.id = a.id and b.x = a.x)
select x from a where x = any (select y from b where b.id = q.id)
select x from a q where x = any (select y from b where b.id = q.id)
select x from a where id in (select id from b where id in (select a.id from other.c))
select x from a where id in (select id from b where id in (select e.id from other.c))
select (select y from b where b.id = a.id limit 1) as s from a order by s
select (select y from b where b.id = s limit 1) as s from a
select (select b.y from b order by a.x limit 1) from a
select x from a order by (select y from b where b.id = a.id limit 1)
select x from a order by (select y from b where b.id = a.nothing limit 1)
select x as s from a group by s having (select max(y) from b where b.id = s) > 1
select x as s from a having (select max(y) from b where b.id = s) > 1
select x as s from a where (select max(y) from b where b.id = s) > 1
select 1 from a join b on a.id = (select z from other.c where c.id = b.id)
select 1 from a join b on a.id = (select z from other.c where c.id = b.nothing)
select x from a where exists (select 1 from b, (select 1 as k) d where d.k = a.x)
select x from a where exists (select 1 from (select a.x) d)
select x from a where exists (select * from (select 1 as k from b where b.id = a.id) d)
select x from a where x in (select x from b where x = id)
select 1 where exists (select 1 from a where id = 1)
select (select id) from a, b
select (select x from dual) from a
select x from a where id = (select id from a as i where i.id = a.id)
select x from a where id = (select id from a as i where i.id = o.id)
select x from a where exists (select 1 from a where a.y = 1)
select x from b where exists (select 1 from a where y = 1)
select x from b where exists (select 1 from a where b.y = 1)
select name from a where id > all (select id from b union select z from other.c where c.id = a.id)
select name from a where id > all (select id from b union select z from other.c where c.id = a.nothing)

-- common table expressions
with q as (select x from a) select x from q
with q as (select x from a) select y from q
with q (k) as (select x from a) select k from q
with q (k) as (select x from a) select x from q
with q as (select x from a), r as (select x as z from q) select z from r
with q as (select x from a), r as (select y as z from q) select z from r
with r as (select x as z from q), q as (select x from a) select z from r
with q as (select nothing from a) select 1 from q
with q as (select 1 as k) select q.k, a.x from q, a
with q as (select 1 as k) select db1.q.k from q
with q as (select 1 as k) select 1 from db1.q
with q as (select 1 as k) select r.k from q r
with q as (select 1 as k) select q.k from q r
with q as (select 1 as k) select * from a where x in (select k from q)
with q as (select 1 as k) select * from a where x in (select j from q)
with a as (select 1 as k) select k from a
with a as (select 1 as k) select x from a
with a as (select x as k from a) select k from a
with a as (select x as k from a) select x from a
with q as (select 1 as k) select * from (select k from q) d
with q as (select 1 as k) select k from q union select k from q
select * from (with q as (select x from a) select x from q) d
select * from (with q as (select x from a) select y from q) d
select x from a where id in (with q as (select y from b) select y from q)
select 1 from a, q where q.k = 1
with recursive q as (select 1 as n union all select n + 1 from q where n < 5) select n from q
with recursive q as (select 1 as n union all select n + 1 from q where n < 5) select m from q
with recursive q as (select 1 as n union all select m + 1 from q where n < 5) select n from q
with recursive q (n, m) as (select 1, 2 union all select n + 1, m from q where n < 5) select n, m from q
with recursive q (n) as (select 1 union all select n + 1 from q where m < 5) select n from q
with recursive q as (select id, x from a union all select b.id, q.x from b join q on b.a_id = q.id) select x from q
with recursive q as (select id, x from a union all select b.id, q.x from b join q on b.a_id = q.y) select x from q
with recursive q as (select id from a), r as (select id as i from q union all select i + 1 from r where i < 3) select i from r
with q as (select n from q) select n from q
with q as (select 1 as k), q as (select 2 as k) select 1 from q

-- views
select id, vx from v
select x from v
select v.vx from v join a on a.id = v.id
select v.name from v
update v set vx = 1 where id = 1
update v set x = 1 where id = 1
insert into v (id, vx) values (1, 2)
insert into v (id, x) values (1, 2)
delete from v where vx = 1
delete from v where x = 1

-- temporary tables
create temporary table tmp_q (k int); select k from tmp_q
create temporary table tmp_q (k int); select j from tmp_q
create temporary table a (k int); select k from a
create temporary table a (k int); select x from a
create temporary table a (k int); drop table a; select x from a
drop temporary table a
drop temporary table if exists a; select x from a
create temporary table a (k int); drop temporary table a; drop temporary table a
create temporary table a like b; select y from a
create temporary table a like b; drop table a; select y from a
create temporary table tmp_q (k int); create table tmp_q (j int); select k from tmp_q
create temporary table a (k int); drop temporary table a; select k from a
create temporary table tmp_q (k int); drop temporary table tmp_q; select k from tmp_q
create temporary table tmp_q like a; select x from tmp_q
create temporary table tmp_q select x from a; select x from tmp_q
create temporary table tmp_q (k int); alter table tmp_q add j int; select j from tmp_q
create temporary table a (k int); alter table a add j int; drop table a; select j from a

-- INSERT and REPLACE
insert into a (id, x) values (1, 2)
insert into a (id, y) values (1, 2)
insert into a set id = 1, y = 2
insert into a set id = 1, x = id + 1
insert into a set id = 1, x = y + 1
insert into a (id, x) values (1, id + 1)
insert into a (id, x) values (1, b.id)
insert into a (id, x) values (1, (select y from b where b.id = 1))
insert into a (id, x) values (1, (select nothing from b where b.id = 1))
insert into a (id, x) select id, y from b
insert into a (id, x) select id, name from b
insert into a (id, x) select b.id, a.x from b
insert into a (id, x) select a.id, a.x from a
insert into nothing values (1)
insert into nothing.a values (1)
insert into a (id) values (1) on duplicate key update x = 2
insert into a (id) values (1) on duplicate key update y = 2
insert into a (id) values (1) on duplicate key update x = x + 1
insert into a (id) values (1) on duplicate key update x = y + 1
insert into a (id) values (1) on duplicate key update x = values(x)
insert into a (id) values (1) on duplicate key update x = values(y)
insert into a (id) values (1) on duplicate key update a.x = a.x + 1
insert into a (id) values (1) on duplicate key update b.x = 1
insert into a (id) select id from b on duplicate key update x = b.y
insert into a (id) select id from b on duplicate key update x = b.nothing
insert into a (id) select id from b on duplicate key update x = y
insert into a (id) select id from b on duplicate key update x = nothing
insert into a (id) select id from b on duplicate key update name = x
insert into a (id) select d.k from (select id as k from b) d on duplicate key update x = d.k
mysql: insert into a (id) values (1) as n on duplicate key update x = n.x
mysql: insert into a (id) values (1) as n on duplicate key update x = n.y
mysql: insert into a (id, x) values (1, 2) as n (p, q) on duplicate key update x = n.q
mysql: insert into a (id, x) values (1, 2) as n (p, q) on duplicate key update x = n.x
mysql: insert into a (id, x) values (1, 2) as n (p, q) on duplicate key update x = q
mysql: insert into a (id) values (1) as n on duplicate key update x = m.x
replace into a (id, x) values (1, 2)
replace into a (id, y) values (1, 2)
replace into a set y = 1
replace into a (id, x) select id, nothing from b
insert into other.c (id, z) select id, x from a
insert into other.c (id, x) select id, x from a
mysql: insert into a (id, x) with q as (select 1 as k) select k, k from q
mysql: insert into a (id, x) with q as (select 1 as k) select k, j from q
mariadb: insert into a (id, x) with q as (select 1 as k) select k, k from q
mariadb: insert into a (id, x) values (1, 2) returning id, x
mariadb: insert into a (id, x) values (1, 2) returning y

-- UPDATE
update a set x = 1 where id = 1
update a set y = 1 where id = 1
update a set x = y where id = 1
update a set x = 1 where y = 1
update a set x = 1 order by y limit 1
update a set x = 1 order by id limit 1
update a q set q.x = 1 where q.id = 1
update a q set a.x = 1 where q.id = 1
update a q set x = 1 where a.id = 1
update a set a.x = a.x + 1 where a.id = 1
update a set db1.a.x = 1 where db1.a.id = 1
update a set other.a.x = 1
update a set x = (select max(y) from b where b.id = a.id) where id = 1
update a set x = (select max(y) from b where b.id = a.nothing) where id = 1
update a join b on a.id = b.a_id set a.x = b.y where b.id = 1
update a join b on a.id = b.a_id set a.x = b.name where b.id = 1
update a join b on a.id = b.nothing set a.x = b.y
update a, b set a.x = b.y where a.id = b.a_id
update a, b set x = 1 where a.id = b.a_id
update a, b set name = 1 where a.id = b.a_id
update a, b set name = y where id = 1
update a, b set a.nothing = 1
update a join b using (id) set a.x = 1 where id = 1
update a join b using (id) set x = 1 where id = 1
update a p join b q on p.id = q.id set p.x = q.y
update a p join b q on p.id = q.id set a.x = q.y
update a join (select id as k from b) d on d.k = a.id set a.x = d.k
update a join (select id as k from b) d on d.id = a.id set a.x = d.k
update a left join b on a.id = b.id set a.x = 1 where b.id is null
update nothing set x = 1
update a, nothing set a.x = 1
update a set x = default(x)
update a set x = default
mysql: with q as (select 1 as k) update a, q set a.x = q.k where a.id = q.k
mysql: with q as (select 1 as k) update a, q set a.x = q.j where a.id = q.k
mysql: with q as (select 1 as k) update a set x = (select k from q) where id = 1
mysql: with q as (select 1 as k) update a set x = (select j from q) where id = 1
update a set x = 1 where id in (select a_id from b)
update a set x = 1 where id in (select nothing from b)

-- DELETE
delete from a where id = 1
delete from a where y = 1
delete from a where a.id = 1
delete from a where b.id = 1
delete from a where id = 1 order by y
delete from a where id = 1 order by x limit 1
mysql: delete from a as q where q.id = 1
mysql: delete from a as q where a.id = 1
delete a from a join b on a.id = b.a_id where b.id = 1
delete a from a join b on a.id = b.nothing
delete a, b from a join b on a.id = b.a_id
delete q from a q where q.id = 1
delete a from a q where q.id = 1
delete q from a as q join b on q.id = b.id where b.y = 1
delete q from a as q join b on q.id = b.id where a.x = 1
delete q.* from a q where q.id = 1
delete b from a where id = 1
delete db1.a from a where id = 1
delete other.a from a where id = 1
delete from a using a join b on a.id = b.id
delete from a using a join b on a.id = b.nothing
delete from q using a as q join b on q.id = b.id
delete from a using a as q join b on q.id = b.id
delete from b using a
delete a from a, (select id as k from b) d where a.id = d.k
delete a from a, (select id as k from b) d where a.id = d.j
delete a from a left join other.c on c.id = a.id where c.z is null
delete other.c from other.c join a on a.id = c.id
delete c from other.c join a on a.id = c.id
delete from nothing where id = 1
delete a from a, nothing where a.id = 1
delete from a where id in (select a_id from b where b.x = a.x)
delete from a where id in (select a_id from b where b.x = a.nothing)
mysql: with q as (select 1 as k) delete from a where id in (select k from q)
mysql: with q as (select 1 as k) delete from a where id in (select j from q)
mariadb: delete from a where id = 1 returning id, x
mariadb: delete from a where id = 1 returning y

-- what the batch itself makes, changes and drops
create table n (k int); select k from n
create table n (k int); select j from n
create table n like a; select x from n
create table n like a; select y from n
create table n as select x, id as k from a; select k from n
create table n as select x, id as k from a; select id from n
create table n (j int) as select x, id as k from a; select j, k from n
create table n (j int) as select x, id as k from a; select id from n
create table n as select * from a; select name from n
create table n as select * from a; select y from n
create table n select a.*, y from a, b; select name, y from n
create table n select a.*, y from a, b; select a_id from n
create table if not exists a (k int); select x from a
create table if not exists a (k int); select k from a
drop table a; select x from a
drop table if exists a; select x from a
drop table b, a; select x from a
drop table a; create table a (k int); select k from a
drop table a; create table a (k int); select x from a
rename table a to n; select x from n
rename table a to n; select x from a
rename table a to t, b to a, t to b; select y from a
rename table a to t, b to a, t to b; select name from a
rename table a to t, b to a, t to b; select name from b
rename table a to other.a; select x from other.a
rename table a to other.a; select x from a
alter table a rename to n; select x from n
alter table a rename to n; select x from a
alter table a rename to other.n; select x from other.n
alter table a add y int; select y from a
alter table a add y int; update a set y = 1 where id = 1
alter table a drop x; select x from a
alter table a change x z int; select z from a
alter table a change x z int; select x from a
alter table a rename column x to z; select z from a
alter table a rename column x to z; select x from a
alter table a add y int, rename to n; select y from n
alter table a add column (p int, q int); select p, q from a
alter table a modify x bigint; select x from a
alter table nothing add k int
alter table a add k int; alter table a drop k; select k from a
truncate table a; select x from a
truncate table nothing
drop table nothing
drop table if exists nothing
create view w as select x as k from a; select k from w
create view w as select x as k from a; select x from w
create view w (p, q) as select id, x from a; select p, q from w
create view w (p, q) as select id, x from a; select id from w
create view w as select x from a where x > 1 with check option; select x from w
create view w as select x from a where x > 1 with cascaded check option; select y from w
create view w as select * from a; select name from w
create view w as select * from a; select y from w
create view w as select nothing from a
create view w as select x from nothing
create view w as select a.id, b.y from a join b on a.id = b.nothing
create or replace view v as select name from a; select name from v
create or replace view v as select name from a; select vx from v
alter view v as select name from a; select name from v
alter view v as select name from a; select vx from v
drop view v; select vx from v
drop view nothing
drop view if exists nothing
create database db3; create table db3.t (k int); select k from db3.t
create database db3; create table db3.t (k int); select j from db3.t
create database db3; use db3; create table t (k int); select k from t
create database db3; use db3; select x from a
create database db3; use db3; select x from db1.a
create database db3; drop database db3; select 1 from db3.t
create database db3; use db3; drop database db3; create table t (k int)
drop database other; select z from other.c
drop database nothing
drop database if exists nothing
use other; select z from c
use other; select x from a
use nothing
create table other.n (k int); use other; select k from n
create table nothing.n (k int)
create table n like nothing
create table n as select nothing from a
create table n as select x from nothing
create table n (k int); insert into n (k) select x from a
create table n (k int); insert into n (j) select x from a
create table n (k int); alter table n add j int; insert into n (k, j) values (1, 2)
create index i on a (x)
create index i on a (y)
create index i on nothing (x)
drop index i on a
drop index i on nothing
create index i on a (x); drop index i on a
alter table a add key i (x); drop index i on a
insert into `Mixed` (`ID`, `Odd Name`) values (1, 2)
select `odd name` from `Mixed` where id = 1
select oddname from `Mixed`
