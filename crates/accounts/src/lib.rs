//! Who you are: passwords, sessions, roles, tokens.
