-- What operators of a database ask for every day.
create database warehouse default character set utf8mb4;
use warehouse;
set names utf8mb4;
create table stock (
  id bigint unsigned not null auto_increment comment 'key',
  code varbinary(32) not null default '' comment 'as scanned',
  place char(8) not null default 'A1' comment 'shelf',
  amount int not null default -1 comment 'pieces; -1: not counted',
  price decimal(10,4) unsigned not null default 0.0000 comment 'a piece',
  counted_at datetime not null default current_timestamp on update current_timestamp comment 'when',
  opens time not null default '08:00:00' comment 'of the place',
  deleted bool not null default false comment 'gone',
  primary key (id),
  unique key uniq_code_place (code, place),
  key idx_counted (counted_at)
) engine=innodb charset=utf8mb4 comment='what is where';
create table stock_2024 like stock;
create temporary table tmp_stock (
  id bigint not null comment 'key',
  amount int not null default 0 comment 'pieces',
  primary key (id)
) engine=InnoDB default charset=utf8mb4 comment='for one report';
alter table stock
  add column supplier_id int unsigned not null default 0 comment 'who brings it',
  modify amount bigint not null default -1 comment 'pieces; -1: not counted';
alter table stock_2024 rename to stock_archive;
insert into stock_archive (id, code, place) select id, code, place from stock where counted_at < '2025-01-01';
update stock set deleted = true, opens = '09:30:00' where id = 7 and deleted = false;
delete from stock_archive where counted_at < '2020-01-01 00:00:00';
create view open_stock as select id, code from stock where deleted = false;
drop view open_stock;
drop table stock_archive;
