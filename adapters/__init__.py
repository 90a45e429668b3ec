"""The edges: X12, carriers, records, letters. Everything here turns the world into values of `claims` and back."""
