"""The server side of the MySQL protocol, and nothing else."""
