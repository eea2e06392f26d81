-- The target's account, as docs/operations.md lists it.
CREATE USER 'inception'@'%' IDENTIFIED BY 'target-password';
GRANT SELECT, INSERT, UPDATE, DELETE, CREATE, ALTER, DROP, INDEX, REFERENCES, CREATE VIEW, SHOW VIEW, TRIGGER ON *.* TO 'inception'@'%';
GRANT PROCESS, REPLICATION SLAVE, BINLOG MONITOR ON *.* TO 'inception'@'%';
GRANT SLAVE MONITOR ON *.* TO 'inception'@'%';
CREATE DATABASE shop DEFAULT CHARACTER SET utf8mb4;
