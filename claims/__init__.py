"""The domain, pure: what a claim is and what becomes of it. Knows no engine, network, file or clock."""
