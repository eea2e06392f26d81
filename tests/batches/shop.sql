--- given
create table goods (id int unsigned not null auto_increment, name varchar(40) not null default '', price decimal(10,2) not null default 0, primary key (id)) engine=InnoDB default charset=utf8mb4;
insert into goods (name, price) values ('pen', 1.50), ('ink', 7.25), ('纸', 0.10)
--- batch --enable-check
use {db};
create table orders (
  id int, -- no comment; no key
  goods_id int unsigned comment 'what'
);
insert into orders (id, goods_id) values (1, 1), (2);
update goods set prise = 2 where id = 1;
delete from goods;
alter table goods add index name (name);
selec * from goods;
create tabel x (id int);
insert into missing values (1);
set autocommit = 0;
/*!40101 set names utf8mb4 */;
drop table goods; insert into goods (name) values ('again');
--- batch --enable-execute;--ignore-warnings
use {db};
update goods set price = price + 1 where name in ('pen', '纸');
insert into goods (id, name, price) values (1, 'pen', 2) on duplicate key update price = 99.99;
replace into goods (id, name) values (2, 'ink; black'), (9, 'quote '' and \\ backslash');
delete from goods where id = 3;
update goods set price = 0 where id = 12345;
--- batch --enable-execute;--ignore-warnings;--force
use {db};
insert into goods (id, name) values (1, 'twice');
alter table goods comment 'what we sell', add column stock int not null default 0 comment 'how many' after name;
