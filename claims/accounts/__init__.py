"""What a guarantor owes for all claims together: the parts of claims/patient_account.py."""
