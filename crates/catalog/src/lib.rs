//! SQL, and the commit that carries its audit events.
