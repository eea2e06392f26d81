-- row changes: modifiers, version comments, several tables
delete a.* from t1 as a inner join (select n from t1 group by n having count(m) > 1) as b on a.n = b.n
delete t1.*, t2.* from t1, t2 where t1.a = t2.a and t1.b = (select t2.* from t2)
delete from t1.*, t2 using t1 join t2 where t1.a = 1
delete quick ignore from t1 where a = 1 order by b limit 3
delete from t1 where a = 1 order by c2 asc limit 10 returning c1, c2
delete from t1 for portion of p from 1 to 2
delete
delete from
delete t1, json_table(t1.c1, '$[*]' columns (a int path '$.a')) as jt using t1
update low_priority ignore t1 set a = default, b = default(c)
update t1 for portion of p from '2000-01-01' to '2018-01-01' set a = 5
update t1, t2 set t1.a = t2.a where t1.id = t2.id
insert /*! ignore */ into t1 values (1)
insert into t1 values (/*!50505 1 /* in */ */ + 2)
insert /*!99999 nonsense */ into t1 (a) values (1)
insert into t1 /*! (a, b) values (1, 2), (3, 4)
insert into t1 (values (1, 2), (3, 4))
insert into t1 (a, b) values (default, default(a))
insert into t1 values row(1, 2), row(3, 4)
insert high_priority ignore into t1 set a = 1, b = 'x' on duplicate key update a = values(a)
insert into (select * from t1) values (5)
insert into t1 select next value for s1
replace low_priority into t1 (id, a) select /*!99997 */ 1, 2
-- queries
select 1 /*M!50699 + 1 */
select 1 /*!80000 + 1 */
select previous value for s1, lastval(s1)
select straight_join distinct t2.a from t2
select distinct high_priority sql_no_cache t2.a from t2
select a from t1 where match (a) against (concat('"', 0x00) in boolean mode)
select a from t1 where match a, b against ("+x*" in boolean mode)
select id, a into outfile '/tmp/no' character set utf8 fields terminated by ',' enclosed by '"' lines terminated by '\n' from t1
select a from t1 into @a, @b
select a into @a from t1 for update
select a, count(*) from t1 group by a desc, b asc with rollup
select * from ( ( (values (3), (7), (1) limit 2) order by 1 desc) ) as dt
select * from (values (1, 2) union select 1, 2) as t2
values (1, 2) union select 'a', 'b'
values row(1, 2), row(3, 4) order by 1 limit 1
select * from t1 limit rows examined 5
select * from t1 limit 5 rows examined 3
select cast('::1' as inet6), cast('a' as char(10) binary), cast(1 as unsigned int)
select column_get(column_create(1, 18446744073709551615 as unsigned int), 1 as decimal(20, 0)) as x
select * from json_table('{}', '$' columns (x date path '$.x' default '2020-01-01' on empty, nested path '$.y' columns (z int path '$'))) jt
select 2 like 2 escape 3, 2 like 2 escape (3 > 4) union select * from t1
select _filename 'a', _utf8mb4 'b', n'c', x'4d', b'101', 0xff, .5, 1.e3
select next, previous, top, start, value from t1
select a from from t1
select * from t1 where
select case a when 1 then default(a) end from t1
selec 1
with x as (select 1 as a) select * from x
with x as (select 1 as a) delete from t1 where a in (select a from x)
-- joins: conditions may come later, or never
select * from t1 as a join t2 as b join t3 as c on b.x = c.x on a.y = b.y
select * from t1 as a join t2 as b join t3 as c on a.x = c.x join t4 using (z)
select * from t1 a join t1 b join t1 c join t1 d join t1 e join t1 f join t1 g join t1 h join t1 i join t1 j join t1 k join t1 l join t1 m join t1 n join t1 o join t1 p join t1 q join t1 r join t1 s join t1 t join t1 u join t1 v join t1 w join t1 x join t1 y join t1 z
insert into t1
insert into t1 (a) nonsense
