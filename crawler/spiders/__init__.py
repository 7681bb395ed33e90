"""The one spider, its wiring to the ledger, and its manners towards servers; site files become classes of it."""
