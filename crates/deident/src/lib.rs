//! PS3.15 Annex E: action table, UID map, dates.
