"""What touches the outside, one file an outside system. Every activity may run twice and leaves the same behind."""
