"""What a recall today could not reach: machines without owner, owners without address, fittings without batch."""
