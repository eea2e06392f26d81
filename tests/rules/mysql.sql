-- What MySQL alone has.
create table t (id int primary key, a int, key k ((a + 1))); alter table t rename column a to c
create table t (id int primary key, a int, key k ((a + 1))); alter table t rename column a to c, drop key k
