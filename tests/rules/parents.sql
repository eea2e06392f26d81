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
