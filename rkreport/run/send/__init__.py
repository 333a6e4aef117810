"""From an edition to messages that are sent, each once, and what became of each."""
