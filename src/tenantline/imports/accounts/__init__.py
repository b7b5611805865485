"""Files of ledger entries: charges, payments, credits and reversals of accounts that exist."""
