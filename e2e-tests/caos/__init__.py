"""A bounded, seeded, repeatable campaign of faults over the real processes: `make caos`."""
