"""What is counted for Prometheus, and how it is named. Not the HTTP side of it: that is serve/monitoring.py's."""

from collections.abc import Iterable, Mapping
from typing import Protocol

from prometheus_client import CollectorRegistry, Counter, Histogram, Info, disable_created_metrics
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from inception import __version__
from inception.gateway.tally import Tally

_BUCKETS = (0.01, 0.03, 0.1, 0.3, 1, 3, 10, 30, 100, 300, 1000, 3600, 14400)  # seconds: a check … a large ALTER

disable_created_metrics()  # type: ignore[no-untyped-call]


class Gauges(Protocol):
    """Whoever knows what stands now: names (without prefix) with their help and value; `…_total` only ever rises."""

    def gauges(self) -> Iterable[tuple[str, str, float]]:
        """Yield name, help and value."""


class Metrics:
    """The counters of one server. Cheap to count, safe to read from another thread."""

    def __init__(self) -> None:
        self.registry = CollectorRegistry()
        Info("inception_build", "What runs here.", registry=self.registry).info({"version": __version__})
        self._requests = self._counter("requests", "Requests that have ended.", "kind", "result")
        self._seconds = Histogram(
            "inception_request_seconds", "How long requests took.", ("kind",), registry=self.registry, buckets=_BUCKETS
        )
        self._statements = self._counter("statements", "Statements answered, by what became of them.", "result")
        self._backups = self._counter("backups", "Executed statements whose rollback was to be stored.", "result")
        self._findings = self._counter("findings", "Findings of the audit.", "rule")
        self._schema_changes = self._counter("schema_changes", "Online schema changes that have ended.", "result")
        self._rolled_back = self._counter("rolled_back_rows", "Rows that `inception rollback` changed back.")

    def _counter(self, name: str, text: str, *labels: str) -> Counter:
        return Counter(f"inception_{name}", text, labels, registry=self.registry)

    def watch(self, source: Gauges) -> None:
        """Show what this source knows, asked anew whenever the metrics are read."""
        self.registry.register(_Gauges(source))

    def refused(self, kind: str) -> None:
        """Count a request that was not begun."""
        self._requests.labels(kind, "refused").inc()

    def failed(self, kind: str, seconds: float) -> None:
        """Count a request that ended with an error in place of rows."""
        self._requests.labels(kind, "error").inc()
        self._seconds.labels(kind).observe(seconds)

    def answered(self, kind: str, seconds: float, counted: Tally, findings: Mapping[str, int]) -> None:
        """Count a request that was answered: by its highest level, its statements, and what rules found."""
        self._requests.labels(kind, ("clean", "warnings", "errors")[counted.level]).inc()
        self._seconds.labels(kind).observe(seconds)
        for result, number in counted.statements.items():
            self._statements.labels(result).inc(number)
        for result, number in counted.schema_changes.items():
            self._schema_changes.labels(result).inc(number)
        for result, number in counted.backups.items():
            self._backups.labels(result).inc(number)
        if kind == "rollback":
            self._rolled_back.inc(counted.affected_rows)
        for rule, number in findings.items():
            self._findings.labels(rule).inc(number)


class _Gauges(Collector):
    def __init__(self, source: Gauges) -> None:
        self._source = source

    def collect(self) -> Iterable[Metric]:
        """Ask for what stands now."""
        for name, text, value in self._source.gauges():
            family = CounterMetricFamily if name.endswith("_total") else GaugeMetricFamily
            yield family(f"inception_{name}", text, value=value)
