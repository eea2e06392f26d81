-- The backup server's account, as docs/operations.md lists it.
CREATE USER 'inception'@'%' IDENTIFIED BY 'backup-password';
GRANT CREATE, INSERT, SELECT, ALTER, DELETE ON *.* TO 'inception'@'%';
GRANT UPDATE, DELETE ON `inception`.* TO 'inception'@'%';
