"""What pages ask that no single room below knows."""
