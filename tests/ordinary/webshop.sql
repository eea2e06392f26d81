-- A shop as one would write it: tables, then changes, rows and queries on them.
create table customer (
  id int unsigned not null auto_increment comment 'key',
  email varchar(120) not null default '' comment 'login, unique',
  full_name varchar(80) not null default '' comment 'as on the invoice',
  country char(2) not null default 'CN' comment 'ISO 3166',
  balance decimal(12,2) not null default 0 comment 'in the currency of the country',
  is_active tinyint(1) not null default 1 comment 'may log in',
  profile json comment 'free attributes',
  notes text comment 'by the support',
  created_at timestamp not null default current_timestamp comment 'when',
  updated_at timestamp not null default current_timestamp on update current_timestamp comment 'last change',
  primary key (id),
  unique key uniq_email (email),
  key idx_country_created (country, created_at)
) engine=InnoDB default charset=utf8mb4 comment='who buys';

create table if not exists orders (
  id bigint unsigned not null auto_increment comment '主键',
  customer_id int unsigned not null default 0 comment '客户',
  status smallint not null default 0 comment '状态',
  amount decimal(12,2) not null default '0.00' comment '金额',
  weight float default null comment '重量',
  placed_on date not null default '1970-01-01' comment '下单日期',
  paid_at datetime(3) default null comment '付款时间',
  year_of_invoice year not null default 2024 comment '年份',
  ratio double not null default 1.0 comment '比率',
  payload blob comment '原始报文',
  primary key (id),
  key idx_customer_status (customer_id, status),
  key idx_placed (placed_on desc),
  constraint fk_orders_customer foreign key (customer_id) references customer (id) on delete restrict
) engine=InnoDB auto_increment=1 default charset=utf8mb4 collate=utf8mb4_general_ci comment='订单' row_format=dynamic;

create table order_line (
  order_id bigint unsigned not null comment 'of which order',
  position int not null comment 'from 1',
  sku varchar(64) not null default '' comment 'article',
  quantity int unsigned not null default 1 comment 'how many',
  total decimal(12,2) generated always as (quantity * 2) stored comment 'computed',
  primary key (order_id, position),
  key idx_sku (sku(20))
) engine=InnoDB default charset=utf8mb4 comment='lines of orders';

alter table customer
  add column phone varchar(32) not null default '' comment 'with country code' after email,
  modify full_name varchar(120) not null default '' comment 'as on the invoice';
alter table orders add key idx_paid (paid_at), drop key idx_placed, comment 'what was bought';
alter table order_line change position line_no int not null comment 'from 1', alter quantity set default 2;

insert into customer (email, phone, full_name) values ('a@x', '+86', '张三'), ('b@x', '', 'O''Brien');
insert into customer (email) values ('c@x') on duplicate key update full_name = values(full_name), balance = balance + 1;
insert ignore into customer (id, email, profile) values (null, 'd@x', '{"a": 1}');
replace into order_line (order_id, line_no, sku) values (1, 1, 'A'), (1, 2, 'B');
insert into orders (customer_id, amount, placed_on) select id, balance, current_date from customer where balance > 0;
insert into customer set email = 'e@x', full_name = 'E';
update customer set balance = balance - 1.5, notes = null where id in (1, 2, 3);
update orders o join customer c on c.id = o.customer_id set o.status = 2, o.paid_at = now(3) where c.country = 'CN';
delete from order_line where order_id = 1 and line_no between 1 and 3;
delete l from order_line l join orders o on o.id = l.order_id where o.status = 9;
select c.id, count(*) as orders, sum(o.amount) as total
  from customer as c left join orders as o on o.customer_id = c.id
  where c.country = 'CN' group by c.id having total > 10 order by total desc limit 10;
with late as (select id from orders where paid_at is null) select count(*) from late;
drop table order_line;
