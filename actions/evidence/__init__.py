"""Evidence on its way in and out: what may come in, where it is kept, who opened it."""
