"""The smallest benchmark: one row for each number of tosses."""

from dataclasses import dataclass

from gtcrowd.bench import report
from gtcrowd.bench.registry import argument, benchmark
from gtcrowd.bench.report import Report


@dataclass(frozen=True)
class Tossed:
    tosses: int
    heads: int

    @property
    def ratio(self) -> float:
        return self.heads / self.tosses


@benchmark(
    "coin", argument("--tosses", nargs="+", type=int, default=[10], help="numbers of tosses"), help="toss a coin"
)
def run(*, tosses: list[int]) -> Report:
    return report.of_rows(
        [Tossed(n, n // 2) for n in report.each(tosses)],
        {"tosses": lambda r: f"{r.tosses:,}", "heads": lambda r: str(r.heads)},
    )
