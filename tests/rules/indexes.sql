-- names of indexes
create table t (a int, b int, key i (a), key i (b))
create table t (a int, b int, key i (a), unique key I (b))
create table t (a int, b int, key a (b), key (a))
create table t (a int, key i (a)); alter table t add key i (a)
create table t (a int, key i (a)); alter table t add unique I (a)
create table t (a int, key i (a)); alter table t drop key i, add key i (a)
create table t (a int, key i (a)); create index i on t (a)
create table t (a int, key i (a)); create index j on t (a)
create table t (a int, key i (a)); alter table t rename index i to j, add key i (a)
create table t (a int, key i (a)); alter table t rename index i to j, add key j (a)
create table t (a int, key i (a), key j (a)); alter table t rename index i to j
create table t (a int, key i (a)); alter table t rename index k to j
create table t (a int, key i (a)); alter table t drop key k
create table t (a int, key i (a)); drop index k on t
create table t (a int primary key); alter table t add primary key (a)
create table t (a int primary key); alter table t drop primary key, add primary key (a)
create table t (a int primary key, b int, primary key (b))
create table t (a int, primary key (a), primary key (a))
create table t (a int); alter table t drop primary key
create table t (a int, key `PRIMARY` (a))
-- what they are on
create table t (a int, key i (b))
create table t (a int, key i (a, a))
create table t (a int, key i (a, A))
create table t (a varchar(10), key i (a(5)))
create table t (a varchar(10), key i (a(10)))
create table t (a varchar(10), key i (a(11)))
create table t (a varchar(10), key i (a(0)))
create table t (a varbinary(10), key i (a(11)))
create table t (a int, key i (a(2)))
create table t (a datetime, key i (a(2)))
create table t (a enum('x'), key i (a(1)))
create table t (a decimal(5,2), key i (a(1)))
create table t (a text, key i (a))
create table t (a text, key i (a(10)))
create table t (a text, key i (a(800)))
create table t (a blob, key i (a))
create table t (a blob, key i (a(10)))
create table t (a tinytext, key i (a(300)))
create table t (a tinyblob, key i (a(300)))
create table t (a text, unique key i (a))
create table t (a text, unique key i (a(10)))
create table t (a text, primary key (a))
create table t (a text, primary key (a(10)))
create table t (a json, key i (a))
create table t (a json, unique key i (a))
create table t (a json, key i (a(10)))
create table t (a geometry not null, key i (a))
create table t (a geometry not null, key i (a(10)))
create table t (a geometry not null, spatial key i (a))
create table t (a geometry, spatial key i (a))
create table t (a int not null, spatial key i (a))
create table t (a geometry not null, b geometry not null, spatial key i (a, b))
create table t (a geometry not null, unique key i (a))
create table t (a point not null, primary key (a))
create table t (a text, fulltext key i (a))
create table t (a text, fulltext key i (a(10)))
create table t (a int, fulltext key i (a))
create table t (a varchar(10), b char(3), fulltext key i (a, b))
create table t (a blob, fulltext key i (a))
create table t (a json, fulltext key i (a))
create table t (a bit(3), key i (a))
create table t (a int, b int as (a + 1), key i (b))
create table t (a int, b int as (a + 1) stored, primary key (b))
create table t (a int, b int as (a + 1), primary key (b))
create table t (a int, key i (a), key j (a desc))
create table t (a int); alter table t add key i (b)
create table t (a int); alter table t add column b int, add key i (b)
create table t (a int, b int); alter table t drop column b, add key i (b)
create table t (a int, b int); alter table t rename column b to c, add key i (c)
create table t (a int, b int); alter table t change b c int, add key i (b)
create table t (a int, b varchar(20), key i (b(15))); alter table t modify b varchar(10)
create table t (a int, b text, key i (b(15))); alter table t modify b int
create table t (a int, b varchar(20), key i (b)); alter table t modify b text
create table t (a int); create index i on t (b)
-- lengths
create table t (a varchar(768), key i (a))
create table t (a varchar(769), key i (a))
create table t (a varchar(769), unique key i (a))
create table t (a varchar(769) primary key)
create table t (a varchar(191), key i (a)) row_format=compact
create table t (a varchar(192), key i (a)) row_format=compact
create table t (a varchar(192), key i (a)) row_format=redundant
create table t (a varchar(192), unique key i (a)) row_format=redundant
create table t (a varchar(192), key i (a)) row_format=dynamic
create table t (a varchar(768), key i (a)) row_format=compressed
create table t (a varchar(400), b varchar(400), key i (a, b))
create table t (a varchar(400), b varchar(368), key i (a, b))
create table t (a varchar(400), b varchar(368), c int, key i (a, b, c))
create table t (a varchar(400), b varchar(368), c int, unique key i (a, b, c))
create table t (a varchar(768), b varchar(768), unique key i (a, b))
create table t (a varchar(768), b varchar(768), primary key (a, b))
create table t (a varchar(769) character set latin1, key i (a))
create table t (a varchar(3072) character set latin1, key i (a))
create table t (a varchar(3073) character set latin1, key i (a))
create table t (a varchar(255) character set utf8mb3, key i (a)) row_format=compact
create table t (a varchar(256) character set utf8mb3, key i (a)) row_format=compact
create table t (a text, key i (a(768)))
create table t (a text, key i (a(769)))
create table t (a text, unique key i (a(769)))
create table t (a varbinary(3072), key i (a))
create table t (a varbinary(3073), key i (a))
create table t (a varchar(1000), key i (a(100)))
create table t (a varchar(250), key i (a)) engine=myisam
create table t (a varchar(251), key i (a)) engine=myisam
create table t (a varchar(251), unique key i (a)) engine=myisam
create table t (a varchar(251), primary key (a)) engine=myisam
create table t (a varchar(1000)); alter table t add key i (a)
create table t (a varchar(1000)); alter table t add key i (a(768))
create table t (a varchar(1000)); create unique index i on t (a)
create table t (a varchar(100), key i (a)); alter table t modify a varchar(1000)
create table t (a varchar(100), unique key i (a)); alter table t modify a varchar(1000)
create table t (a varchar(100), key i (a)) row_format=compact; alter table t modify a varchar(200)
create table t (a varchar(200), key i (a)); alter table t row_format=compact
create table t (a varchar(1000) character set latin1, key i (a)); alter table t convert to character set utf8mb4
-- many parts and many indexes
create table t (a int, b int, c int, d int, e int, f int, g int, h int, i int, j int, k int, l int, m int, n int, o int, p int, key x (a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p))
create table t (a int, b int, c int, d int, e int, f int, g int, h int, i int, j int, k int, l int, m int, n int, o int, p int, q int, key x (a,b,c,d,e,f,g,h,i,j,k,l,m,n,o,p,q))
-- foreign keys
create table u (id int primary key); create table t (a int, constraint c foreign key (a) references u (id))
create table u (id int primary key); create table t (a int, constraint c foreign key (b) references u (id))
-- columns of the table
create table t (a int, a int)
create table t (a int, A varchar(3))
create table t (a int)
create table t (a int, b varchar(3)) select 1 as c
create table t (a int); alter table t add column a int
create table t (a int); alter table t add column if not exists a int
create table t (a int); alter table t add column b int, add column B int
create table t (a int); alter table t drop column a, add column a varchar(3)
create table t (a int, b int); alter table t drop column b, add column b varchar(3)
create table t (a int); alter table t drop column b
create table t (a int, b int); alter table t drop column b, drop column b
create table t (a int); alter table t drop column if exists b
create table t (a int); alter table t drop column a
create table t (a int, b int); alter table t change a b int
create table t (a int, b int); alter table t change a b int, change b a int
create table t (a int, b int); alter table t rename column a to b
create table t (a int, b int); alter table t rename column a to b, rename column b to a
create table t (a int, b int); alter table t rename column c to d
create table t (a int, b int); alter table t modify c int
create table t (a int, b int); alter table t modify a bigint, modify a int
create table t (a int, b int); alter table t change c d int
create table t (a int, b int); alter table t add column c int after d
create table t (a int, b int); alter table t add column c int after b, add column d int after c
create table t (a int, b int); alter table t add column c int after d, add column d int
create table t (a int, b int); alter table t modify a int after a
create table t (a int, b int); alter table t modify a int after b
create table t (a int, b int); alter table t change a c int after c
create table t (a int, b int); alter table t add column c int after b, modify b bigint after a
create table t (a int, b int); alter table t modify b bigint after a, add column c int after b
create table t (a int, b int); alter table t drop column b, add column c int after b
create table t (a int, b int); alter table t change a x int, add column c int after a
create table t (a int, b int); alter table t change a x int, add column c int after x
create table t (a int, b int); alter table t alter column c set default 1
create table t (a int, b int); alter table t alter column a drop default
create table t (a int, b int); alter table t drop column a, modify a int
create table t (a int, b int, key i (a)); alter table t drop column a, drop key i
create table t (a int, b int); alter table t drop foreign key f
create table t (a int, b int, constraint c check (a > 0)); alter table t drop check c
create table t (a int, b int, constraint c check (a > 0)); alter table t drop constraint c
create table t (a int, b int, constraint c check (a > 0)); alter table t drop constraint d
create table t (a int, b int, constraint c check (a > 0)); alter table t add constraint c check (b > 0)
create table u (id int primary key); create table t (a int, constraint c foreign key (a) references u (id)); alter table t add constraint c foreign key (a) references u (id)
create table u (id int primary key); create table t (a int, constraint c foreign key (a) references u (id)); alter table t drop foreign key c
create table u (id int primary key); create table t (a int, constraint c foreign key (a) references u (id)); alter table t drop foreign key d
create table t (a int); create table u (a int); alter table t rename to u
create table t (a int); alter table t rename to v
create table t (a int); create table u (a int); rename table t to u
create table t (a int); create table u (a int); rename table t to x, u to t, x to u
create table t (a int, b int); alter table t comment 'x', engine=InnoDB
-- size of the row
create table t (a varchar(16000), b varchar(384))
create table t (a varchar(16000), b varchar(379))
create table t (a varchar(16000), b varchar(380))
create table t (a varchar(16000), b varchar(381))
create table t (a varchar(16000), b varchar(382))
create table t (a varchar(16383) not null)
create table t (a varchar(16000), b varchar(370), c bigint, d bigint, e int)
create table t (a varchar(16000), b text, c text)
create table t (a varchar(16383), b text)
create table t (a varchar(8000)); alter table t add column b varchar(9000)
create table t (a varchar(8000)); alter table t add column b varchar(8000)
create table t (a varbinary(65532))
create table t (a varbinary(65533) not null)
create table t (a varbinary(30000), b varbinary(30000), c decimal(65,30), d datetime(6), e enum('a'), f set('a','b'), g bit(64), h char(255), i char(255), j char(255))
create table t (a varbinary(30000), b varbinary(30000), c decimal(65,30), d datetime(6), e enum('a'), f set('a','b'), g bit(64), h char(255), i char(255), j char(255), k char(255), l char(255))
-- temporary tables, partitions, LIKE
create temporary table tmp_t (a int)
create table t (a int) partition by hash (a) partitions 2
create table u (a int); create table t like u
create table t like u
create table t (a int, b int); alter table t add column c int after b, modify b bigint after a
create table t (a int, b int); alter table t add column c int after b, change b x bigint after a
create table t (a int, b int); alter table t add column c int after x, change b x bigint after a
create table t (a int, b int); alter table t modify a int after b, modify b bigint first
create table t (a int, b int); alter table t modify a int after b, modify b bigint after a
create table t (a int, b int); alter table t modify a int after a
create table t (a int, b int); alter table t change a x int after x
create table t (a int, b int); alter table t change a x int after a
