"""Plans become rows: bound to what a database holds, written, noted in the ledger; and removed again."""

from __future__ import annotations
