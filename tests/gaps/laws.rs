//! What holds whatever the numbers are.
