"""An app for the tests of removing and of the ledger: links by content type, and keys of rare classes."""
