"""Taking captures down: `hide` them, `block` their address, or `purge` their bytes.

What was ordered is in the collection's log (notices.py), which also says what is hidden and blocked now. An order
becomes a plan (order.py, dependents.py), on the disk before anything is changed (plan.py); its steps (steps.py) can be
carried out again from any point, and whoever opens the collection for writing next does so.
"""
