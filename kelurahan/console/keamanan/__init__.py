"""Who may enter and what a browser may do: passwords, sessions, roles, headers."""
