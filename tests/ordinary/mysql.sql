-- What MySQL alone has, from 8.0 on.
create table reservation (
  id bigint unsigned not null auto_increment comment 'key',
  guest varchar(80) not null default '' comment 'who',
  details json not null default (json_object()) comment 'free',
  room int generated always as (json_extract(details, '$.room')) virtual comment 'from the details',
  token binary(16) not null default (uuid_to_bin(uuid())) comment 'public key',
  nights smallint not null default 1 comment 'how many',
  hidden_note varchar(20) not null default '' comment 'internal' invisible,
  primary key (id),
  key idx_reservation_guest ((lower(guest))),
  key idx_reservation_nights (nights desc) invisible,
  key idx_reservation_tags ((cast(details->'$.tags' as char(20) array))),
  constraint chk_nights check (nights > 0)
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_0900_ai_ci comment='booked';
insert into reservation (guest, details) values ('Ann', '{"room": 12, "tags": ["late", "cot"]}'), ('Bob', json_object('room', 7));
insert into reservation (guest, nights) values ('Cid', 3) as new on duplicate key update nights = new.nights;
update reservation set details = json_set(details, '$.room', 14) where details->>'$.room' = '12';
select guest, row_number() over w as place, lag(nights, 1, 0) over w as before_that from reservation where 'cot' member of (details->'$.tags') window w as (partition by guest order by id);
with recursive nights (n) as (select 1 union all select n + 1 from nights where n < 7) select n, count(r.id) as booked from nights left join reservation r on r.nights = n where n > 0 group by n;
select r.guest, j.tag from reservation r, json_table(r.details, '$.tags[*]' columns (tag varchar(20) path '$')) j where j.tag <> '';
delete from reservation where nights > 30 and id in (select id from (select id from reservation where guest = 'Bob') old);
alter table reservation rename column token to public_token, alter column guest set default 'nobody';
insert into reservation (guest, nights) select guest, nights from reservation where id = 1 for share;
