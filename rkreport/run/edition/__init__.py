"""From a snapshot to an edition: judged, compared, written, reviewed."""
