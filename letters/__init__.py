"""The e-mails' texts, and a local mailbox to read them in."""
