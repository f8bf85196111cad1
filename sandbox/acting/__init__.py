"""Acting as a person: what Discord's own client would let them do, and what came of it."""
