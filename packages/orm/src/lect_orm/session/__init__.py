"""Sessions: membership of objects, transactions, engines, and what is asked of them."""
