"""`inception doctor`: whether servers have what checks, executions, backups and online schema changes need.

look.py asks a server and writes nothing there; target.py and backup_server.py judge what it answered.
"""
