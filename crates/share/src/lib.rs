//! What is lent out, to whom, with which proof.
