"""Runs commands in turn, and says what they cost beside one another."""
import dataclasses
import json
import math
import os
import statistics
import subprocess

# What is measured of a run, and how a number of it is written.
QUANTITIES = {"cpu": ("CPU", 1000, "ms"), "wall": ("wall", 1000, "ms"), "kib": ("memory", 1 / 1024, "MiB"),
              "each": ("CPU each", 1e6, "µs")}


@dataclasses.dataclass
class Goal:
    """How many times its peer's cost a line may have; for lines without a peer, the cost itself in the quantity's unit."""
    reach: float
    aim: float

    def judge(self, found):
        return "aim" if found <= self.aim else "reach" if found <= self.reach else "missed"


@dataclasses.dataclass
class Row:
    """One line of the table: one quantity of ours, and of the peer if there is one, in each round."""
    line: str
    what: str
    quantity: str
    ours: list
    peer: list = dataclasses.field(default_factory=list)
    goal: Goal = None

    @property
    def found(self):
        """Ours as a multiple of the peer's, from the rounds in which both ran one after the other."""
        if self.peer:
            return statistics.median(a / b for a, b in zip(self.ours, self.peer))
        return statistics.median(self.ours) * QUANTITIES[self.quantity][1]

    @property
    def verdict(self):
        return self.goal.judge(self.found) if self.goal else ""

    def cells(self):
        name, _, unit = QUANTITIES[self.quantity]
        goal = f"{factor(self.goal.reach)}, {factor(self.goal.aim)}" if self.goal else ""
        if goal and not self.peer:
            goal += f" {unit}"
        return [f"{self.what}: {name}", spread(self.ours, self.quantity), spread(self.peer, self.quantity) if self.peer else "",
                factor(self.found) if self.peer else "", goal, self.verdict]

    def as_json(self):
        return {"line": self.line, "what": self.what, "quantity": self.quantity, "ours": self.ours, "peer": self.peer,
                "found": self.found, "goal": dataclasses.asdict(self.goal) if self.goal else None, "verdict": self.verdict}


def factor(value):
    """As the goals are written: 1/6, 0.83, 15."""
    if value < 0.5:
        return f"1/{1 / value:.3g}"
    return f"{value:.3g}"


def number(value):
    return f"{value:.0f}" if value >= 100 else f"{value:.3g}"


def spread(values, quantity):
    """The median, and between which values half of the rounds were."""
    _, scale, unit = QUANTITIES[quantity]
    low, middle, high = quartiles([v * scale for v in values])
    return f"{number(middle)} {unit}" + (f" ({number(low)}–{number(high)})" if len(values) > 1 else "")


def quartiles(values):
    if len(values) == 1:
        return values * 3
    return statistics.quantiles(values, n=4, method="inclusive")


def growth(what, sizes, sides):
    """How CPU and memory grow: the exponents of the size for each of the sides, from the last size but one to the last.
    A side has, for each size, the runs."""
    sides = list(sides)
    for quantity in ("cpu", "kib"):
        exponents = []
        for side in sides:
            before, last = (statistics.median(run[quantity] for run in runs) for runs in side[-2:])
            exponents.append(f"size^{math.log(last / before) / math.log(sizes[-1] / sizes[-2]):.2f}")
        yield f"{what}: {QUANTITIES[quantity][0]} grows with {' and with '.join(exponents)}"


class Runner:
    """Runs whole commands with `measured`, which counts all processes that a command waits for."""

    def __init__(self, measured):
        self.measured = str(measured)
        self.environment = {k: v for k, v in os.environ.items() if not k.startswith("AIRLOCK_")}

    def __call__(self, *command, codes=(0,)):
        done = subprocess.run([self.measured, *map(str, command)], stdin=subprocess.DEVNULL, capture_output=True,
                              env=self.environment, check=False)
        if done.returncode not in codes:
            raise RuntimeError(f"{' '.join(map(str, command))}: exit {done.returncode}\n{done.stderr.decode()[-2000:]}")
        return json.loads(done.stdout)

    def alternately(self, rounds, *works):
        """What each of the functions measured in each round; the first round, which warms up, does not count."""
        for work in works:
            work()
        found = [[] for _ in works]
        for _ in range(rounds):
            for work, runs in zip(works, found):
                runs.append(work())
        return found


def rows(line, what, ours, peer, **goals):
    """A row for each quantity named in `goals`, from whole runs; `None` is a quantity without a goal."""
    return [Row(line, what, quantity, [run[quantity] for run in ours], [run[quantity] for run in peer] if peer else [], goal)
            for quantity, goal in goals.items()]
