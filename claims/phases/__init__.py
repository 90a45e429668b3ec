"""What each event does to a claim, phase by phase. `step` in claims/lifecycle.py is the only one that calls them."""
