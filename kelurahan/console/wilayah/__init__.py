"""RT, RW and their officers."""
