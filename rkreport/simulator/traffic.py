"""What has been asked of the simulator: counts, the sliding second, repeated targets. Knows no HTTP and no company."""

from collections import Counter, deque

_SECOND = 1.0


class SlidingSecond:
    """Strict sliding window: how many moments lie in the second that ends now. Moments never go backwards."""

    def __init__(self) -> None:
        """Start empty."""
        self._moments: deque[float] = deque()

    def count(self, now: float) -> int:
        """Moments after `now` - 1."""
        while self._moments and self._moments[0] <= now - _SECOND:
            self._moments.popleft()
        return len(self._moments)

    def add(self, now: float) -> None:
        """Note a moment."""
        self._moments.append(now)


class Traffic:
    """Counts of one run. `asked` is per target (method, path and query); `answered` per target answered whole."""

    def __init__(self) -> None:
        """Start at zero."""
        self.requests = 0
        self.peak_per_second = 0
        self.refused = 0
        self.by_endpoint: Counter[str] = Counter()
        self.faults: Counter[str] = Counter()
        self.asked: Counter[str] = Counter()
        self.answered: Counter[str] = Counter()
        self._arrivals = SlidingSecond()

    def arrive(self, endpoint: str, target: str, now: float) -> int:
        """Note a request; returns how often its target has been asked for, this time included."""
        self.requests += 1
        self.by_endpoint[endpoint] += 1
        self.asked[target] += 1
        self._arrivals.add(now)
        self.peak_per_second = max(self.peak_per_second, self._arrivals.count(now))
        return self.asked[target]

    def body(self, tokens_issued: int) -> dict[str, object]:
        """The answer of `/_stats`.

        `refused` is every 429, by the rate or by a fault. `repeated_targets` were asked for more than once,
        `answered_again` were also answered whole more than once; both map the target to how often.
        """
        return {
            "requests": self.requests,
            "by_endpoint": dict(self.by_endpoint),
            "peak_per_second": self.peak_per_second,
            "refused": self.refused,
            "faults": dict(self.faults),
            "tokens_issued": tokens_issued,
            "repeated_targets": {target: times for target, times in self.asked.items() if times > 1},
            "answered_again": {target: times for target, times in self.answered.items() if times > 1},
        }
