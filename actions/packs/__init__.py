"""Evidence packs: the evidence of a review or of an agency as one ZIP file, with an index and hashes."""
