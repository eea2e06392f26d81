-- Migrations as frameworks and people write them: Rails, Django, Flyway.
create table author (
  id bigint unsigned not null auto_increment primary key comment 'key',
  name varchar(120) not null default '' comment 'as printed',
  born date null default null comment 'if known',
  created_at datetime(6) not null default current_timestamp(6) comment 'when',
  updated_at datetime(6) not null default current_timestamp(6) on update current_timestamp(6) comment 'last'
) engine=InnoDB default charset=utf8mb4 collate=utf8mb4_unicode_ci comment='who writes';

create table `blog_post` (
  `id` bigint unsigned NOT NULL AUTO_INCREMENT COMMENT 'key',
  `author_id` bigint unsigned NOT NULL DEFAULT 0 COMMENT 'who',
  `slug` varchar(190) NOT NULL DEFAULT '' COMMENT 'in the address',
  `title` varchar(255) NOT NULL DEFAULT '' COMMENT 'shown',
  `body` longtext COMMENT 'markdown',
  `meta` json COMMENT 'free',
  `word_count` int GENERATED ALWAYS AS (char_length(`title`)) VIRTUAL COMMENT 'computed',
  `published` tinyint(1) NOT NULL DEFAULT '0' COMMENT 'visible',
  `score` decimal(6,3) unsigned NOT NULL DEFAULT '0.000' COMMENT 'rank',
  `seen_at` timestamp NULL DEFAULT NULL COMMENT 'last visit',
  PRIMARY KEY (`id`),
  UNIQUE KEY `uniq_blog_post_slug` (`slug`),
  KEY `idx_blog_post_author` (`author_id`,`published`),
  KEY `idx_blog_post_title` (`title`(32)),
  KEY `idx_blog_post_words` (`word_count`),
  CONSTRAINT `fk_blog_post_author` FOREIGN KEY (`author_id`) REFERENCES `author` (`id`) ON DELETE CASCADE ON UPDATE RESTRICT
) ENGINE=InnoDB AUTO_INCREMENT=1 DEFAULT CHARSET=utf8mb4 ROW_FORMAT=DYNAMIC COMMENT='articles';

create table schema_migrations (version varchar(100) not null comment 'which', primary key (version)) engine=InnoDB default charset=utf8mb4 comment='done';

insert into schema_migrations (version) values ('20240101120000'), ('20240102093000');

create table tag (id int unsigned not null auto_increment comment 'key', label varchar(40) not null default '' comment 'word',
  primary key (id), unique key uniq_tag_label (label)) engine=InnoDB default charset=utf8mb4 comment='words';

create table post_tag (
  post_id bigint unsigned not null comment 'article', tag_id int unsigned not null comment 'word',
  added_by varchar(40) not null default 'system' comment 'who',
  primary key (post_id, tag_id), key idx_post_tag_tag (tag_id),
  constraint fk_post_tag_post foreign key (post_id) references blog_post (id),
  constraint fk_post_tag_tag foreign key (tag_id) references tag (id)
) engine=InnoDB default charset=utf8mb4 comment='which words';

insert into author (id, name, born) values (1, 'Ann O''Hara', '1970-02-28'), (2, '张伟', null), (3, 'Zoë 🦊', '2000-02-29');
insert into blog_post (author_id, slug, title, body, meta) values (1, 'first', 'First', 'Hello\nworld', '{"tags": ["a", "b"], "n": 1.5}');
insert into blog_post (author_id, slug, title, body, meta) select id, concat('by-', id), name, null, json_object('name', name) from author where id > 1;
insert into tag (label) values ('sql'), ('python') on duplicate key update label = values(label);
insert ignore into post_tag (post_id, tag_id) select p.id, t.id from blog_post p cross join tag t where p.published = 0;

update blog_post set meta = json_set(meta, '$.n', 2, '$.draft', true) where json_unquote(json_extract(meta, '$.n')) = '1.5';
update blog_post p join author a on a.id = p.author_id set p.title = concat(a.name, ': ', p.title) where a.born is not null;
update blog_post set published = not published, seen_at = now() where id in (1, 2, 3);
update blog_post set score = case when published = 1 then score + 0.5 when score > 900 then 900 else score * 2 end where id between 1 and 100;
update author set name = trim(both ' ' from replace(name, '  ', ' ')) where name like '%  %' or name regexp '^ ';
delete pt from post_tag pt left join tag t on t.id = pt.tag_id where t.id is null;
delete from post_tag where post_id in (select id from blog_post where published = 0 and score < 0.1) and tag_id <> 1;
delete from author where not exists (select 1 from blog_post where blog_post.author_id = author.id) and born < '1900-01-01';
replace into schema_migrations (version) values ('20240103000000');

alter table blog_post add column language char(5) not null default 'en-GB' comment 'BCP 47' after slug,
  add column views bigint unsigned not null default 0 comment 'times read',
  add index idx_blog_post_language (language, published);
insert into blog_post (author_id, slug, title, language, views) values (2, 'zweiter', 'Zweiter', 'de-DE', 9223372036854775808);
update blog_post set views = views + 1 where slug = 'zweiter' and language = 'de-DE';

create table reading (
  day date not null comment 'of the month', sensor int unsigned not null comment 'which', value double not null default 0 comment 'as measured',
  primary key (day, sensor)
) engine=InnoDB default charset=utf8mb4 comment='measured';
insert into reading (day, sensor, value) values ('2024-02-29', 1, -1.5e3), (date('2024-03-01'), 2, 0x1F), (current_date, 3, pi());
insert into reading (day, sensor, value) select '2024-12-31', 9, avg(value) from reading where day >= '2024-01-01' having count(*) > 0;
update reading set value = round(value, 2) where day >= '2024-01-01' and day < '2024-01-01' + interval 1 year;
delete from reading where day < date_sub(curdate(), interval 3 year);

create or replace view published_post as select p.id, p.slug, a.name as author from blog_post p join author a on a.id = p.author_id where p.published = 1;
alter view published_post as select p.id, p.slug, p.language, a.name as author from blog_post p join author a on a.id = p.author_id where p.published = 1;
select count(*) as posts, max(language) as language from published_post where author <> '' group by slug having count(*) > 0;
drop view published_post;
alter table tag add column parent_id int unsigned null default null comment 'wider word', add constraint fk_tag_parent foreign key (parent_id) references tag (id) on delete set null;
update tag t left join tag parent on parent.id = t.parent_id set t.parent_id = null where parent.id is null and t.parent_id is not null;
create table archived_reading like reading;
insert into archived_reading (day, sensor, value) select day, sensor, value from reading where day < '2020-01-01';
alter table archived_reading comment = 'of years before';
