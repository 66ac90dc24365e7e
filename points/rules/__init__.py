"""What a scheme says, whether it holds together, and what changed between two versions: pure, for page, publishing and tests alike."""
