-- What MariaDB alone has.
create table price (
  id int unsigned not null auto_increment comment 'key',
  sku varchar(40) not null default '' comment 'article',
  cents int not null default 0 comment 'gross',
  net int as (cents * 100 div 119) persistent comment 'computed',
  address inet6 default null comment 'whence',
  token uuid not null default uuid() comment 'public key',
  note varchar(200) not null default concat('n', 1) comment 'free',
  primary key (id),
  unique key uniq_price_sku (sku),
  key idx_price_cents (cents desc) ignored,
  check (cents >= 0)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_uca1400_ai_ci comment='with history' with system versioning;
insert into price (sku, cents) values ('a-1', 100), ('a-2', 250) returning id, sku;
update price set cents = cents + 1 where sku = 'a-1';
delete from price where sku = 'a-2' returning id;
select sku, cents from price for system_time as of now() - interval 1 day where cents > 0;
select sku, median(cents) over (partition by sku) as middle from price where cents > 0;
alter table price add index if not exists idx_price_stamp (sku, cents);
create table stock (sku varchar(40) not null default '' comment 'article', n int not null default 0 comment 'left', primary key (sku)) engine=InnoDB default charset=utf8mb4 comment='left';
alter table stock add column if not exists place varchar(20) not null default '' comment 'shelf';
insert into price (sku, cents) values ('a-3', 5) on duplicate key update cents = value(cents);
update price set cents = 1 where sku = 'a-3';
