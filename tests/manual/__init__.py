"""The manual as its tests read it, and what they need to do what it says."""
