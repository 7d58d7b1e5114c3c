"""Computes reference values for src/analysis/statistics with other software.

    pip install numpy scipy ruptures apache-otava
    python test/reference/statistics.py > test/reference/statistics.json
"""

import itertools
import json
import math
import platform
import sys
import warnings
from importlib.metadata import version

import numpy as np
import ruptures
from otava.analysis import compute_change_points
from otava.change_point_divisive.calculator import PairDistanceCalculator
from scipy import optimize, special, stats

warnings.filterwarnings("ignore")
RANDOM = np.random.default_rng(20240229)


def listed(values, digits=6):
    return [round(float(v), digits) for v in values]


def student_t():
    return [
        {"probability": p, "freedom": df, "quantile": float(stats.t.ppf(p, df))}
        for df in (1, 2, 2.5, 3, 4, 9, 29, 120, 10_000)
        for p in (0.0005, 0.025, 0.2, 0.6, 0.9, 0.975, 0.995, 0.9999)
    ]


def student_t_cdf():
    return [
        {"t": t, "freedom": df, "cdf": float(stats.t.cdf(t, df))}
        for df in (1, 3, 7.3, 40, 5000)
        for t in (-6.0, -1.3, 0.0, 0.4, 2.776, 12.0)
    ]


def normal():
    return [
        {"x": x, "tail": float(stats.norm.sf(x))} for x in (-3.0, 0.0, 0.5, 1.96, 2.49, 2.51, 6.0, 12.0)
    ]


def mean_intervals():
    out = []
    for values in ([10.0, 12.0], [981.2, 1010.5, 995.0], listed(RANDOM.normal(500, 25, 12))):
        low, high = stats.t.interval(0.95, len(values) - 1, np.mean(values), stats.sem(values))
        out.append({"values": values, "low": float(low), "high": float(high)})
    return out


def quantile_ranks():
    out = []
    for p in (0.5, 0.95, 0.99):
        for n in (3, 5, 6, 9, 10, 12, 15, 20, 71, 72, 100, 367, 368, 1000, 5000):
            low = int(stats.binom.ppf(0.025, n, p))
            high = int(stats.binom.ppf(0.975, n, p)) + 1
            exists = low >= 1 and high <= n
            coverage = stats.binom.cdf(high - 1, n, p) - stats.binom.cdf(low - 1, n, p)
            ranks = {"low": low, "high": high, "coverage": float(coverage)} if exists else None
            out.append({"n": n, "quantile": p, "ranks": ranks})
    return out


def runs_needed():
    out = []
    for cv in (0.01, 0.02, 0.05, 0.1):
        for half in (0.01, 0.02, 0.05, 0.1):
            n = 2
            while stats.t.ppf(0.975, n - 1) * cv / math.sqrt(n) > half:
                n += 1
            out.append({"variation": cv, "halfWidth": half, "runs": n})
    return out


def theil_sen():
    series = [
        [1.0, 2.0, 4.0, 3.0, 6.0, 5.5, 9.0],
        [5.0, 5.0, 5.0, 6.0, 6.0, 5.0, 7.0, 7.0, 6.0, 8.0],
        listed(1000 - 0.8 * np.arange(60) + RANDOM.normal(0, 20, 60)),
    ]
    out = []
    for values in series:
        for confidence in (0.95, 0.99):
            slope, intercept, low, high = stats.theilslopes(values, alpha=confidence)
            out.append({"values": values, "confidence": confidence, "slope": float(slope),
                        "intercept": float(intercept), "low": float(low), "high": float(high)})
    return out


def mser5():
    def cut(values):
        """Written from the definition, apart from the other implementation."""
        m = len(values) // 5
        z = np.asarray(values[: 5 * m]).reshape(m, 5).mean(axis=1)
        score = [np.var(z[d:]) / (m - d) for d in range(m // 2 + 1)]
        best = int(np.argmin(score))
        return None if best >= m // 2 else 5 * best

    seconds = np.arange(300)
    shapes = {
        "level": np.full(300, 1000.0),
        "fast ramp": 1000 * (1 - 0.7 * np.exp(-seconds / 10)),
        "slow ramp": 1000 * (1 - 0.7 * np.exp(-seconds / 60)),
        "linear": 500 + 3.0 * seconds,
        "step": np.where(seconds < 42, 600.0, 1000.0),
    }
    out = []
    for name, shape in shapes.items():
        values = listed(shape + RANDOM.normal(0, 30, 300), 3)
        out.append({"name": name, "values": values, "cutAt": cut(values)})
    return out


def stepped(levels, deviation):
    return listed(np.concatenate([RANDOM.normal(mean, deviation, n) for mean, n in levels]), 4)


def pelt():
    series = {
        "level": stepped([(100, 80)], 5),
        "one step": stepped([(100, 40), (130, 50)], 5),
        "three steps": stepped([(100, 60), (80, 60), (120, 60), (119, 60)], 4),
        "variance only": listed(np.concatenate([RANDOM.normal(50, 1, 70), RANDOM.normal(50, 8, 70)]), 4),
        "ramp": listed(np.linspace(10, 60, 100) + RANDOM.normal(0, 1, 100), 4),
    }
    out = []
    for name, values in series.items():
        signal = np.asarray(values)
        # The other side measures in units of the whole series' variance.
        signal = (signal - signal.mean()) / signal.std()
        for penalty in (20.0, 15 * math.log(len(values))):
            ends = ruptures.Pelt(model="normal", min_size=5, jump=1).fit(signal).predict(pen=penalty)
            out.append({"name": name, "values": values, "penalty": penalty, "ends": [int(e) for e in ends]})
    return out


def energy_split():
    out = []
    for values in (stepped([(10, 12), (13, 9)], 1), stepped([(5, 30)], 1), stepped([(8, 5), (2, 25), (8, 10)], 1)):
        found = PairDistanceCalculator(np.asarray(values)).get_candidate_change_point(slice(0, len(values)))
        out.append({"values": values, "at": int(found.index), "distance": float(found.qhat)})
    return out


def otava():
    series = {
        "level": stepped([(1000, 120)], 20),
        "one step": stepped([(1000, 60), (900, 60)], 15),
        "small step": stepped([(1000, 60), (985, 60)], 15),
        "two steps": stepped([(1000, 40), (850, 70), (1000, 60)], 15),
        "late step": stepped([(500, 100), (420, 12)], 8),
    }
    out = []
    for name, values in series.items():
        points, _ = compute_change_points(list(values), window_len=50, max_pvalue=0.001, min_magnitude=0.03)
        # Otava gives the places. Means and p-values are NumPy's and SciPy's on the sides so found: Otava's
        # own test divides the variance by n, and the means of a point whose right neighbour was merged
        # away stay those up to that neighbour (0.8.0: "one step" keeps [60, 114) for [60, 120)).
        edges = [0, *(p.index for p in points), len(values)]
        p_values = [
            float(stats.ttest_ind(values[a:b], values[b:c]).pvalue)
            for a, b, c in zip(edges, edges[1:], edges[2:])
        ]
        out.append({
            "name": name, "values": values, "at": [int(p.index) for p in points],
            "meansBefore": [float(np.mean(values[a:b])) for a, b in zip(edges, edges[1:-1])],
            "meansAfter": [float(np.mean(values[b:c])) for b, c in zip(edges[1:], edges[2:])],
            "pValues": p_values,
        })
    return out


def wilcoxon():
    def interval(values):
        """By enumeration of all signs: the exact distribution of the rank sum without ties."""
        n = len(values)
        sums = sorted(sum(r for r, s in zip(range(1, n + 1), signs) if s)
                      for signs in itertools.product((0, 1), repeat=n))
        walsh = sorted((values[i] + values[j]) / 2 for i in range(n) for j in range(i, n))
        k = 0
        while np.searchsorted(sums, k, side="right") / 2**n <= 0.025:
            k += 1
        return float(np.median(walsh)), (walsh[k - 1], walsh[-k]) if k else None

    def enumerated_p(values):
        ranks = stats.rankdata(np.abs(values))
        seen = min(ranks[np.asarray(values) > 0].sum(), ranks[np.asarray(values) < 0].sum())
        sums = [sum(r for r, s in zip(ranks, signs) if s) for signs in itertools.product((0, 1), repeat=len(values))]
        return min(1.0, 2 * sum(s <= seen for s in sums) / len(sums))

    out = []
    for values in ([0.3, -0.1, 0.25, 0.41, 0.07, 0.52], [0.1, 0.2, 0.3, 0.4, 0.55],
                   listed(RANDOM.normal(0.02, 0.1, 10)), listed(RANDOM.normal(0.15, 0.1, 12))):
        estimate, bounds = interval(values)
        p = float(stats.wilcoxon(values, method="exact").pvalue)
        out.append({"values": values, "pValue": p, "estimate": estimate, "bounds": bounds})
    for values in ([1.0, 1.0, -1.0, 2.0, 3.0, 3.0, -2.0, 4.0],):
        out.append({"values": values, "pValue": enumerated_p(values), "estimate": interval(values)[0], "bounds": interval(values)[1]})
    return out


def paired():
    a = listed(RANDOM.lognormal(math.log(1000), 0.05, 8), 3)
    b = listed(np.asarray(a) * RANDOM.lognormal(math.log(0.9), 0.04, 8), 3)
    logs = np.log(np.asarray(b) / np.asarray(a))
    low, high = stats.t.interval(0.95, 7, logs.mean(), stats.sem(logs))
    t = stats.ttest_1samp(logs, 0).pvalue
    above = stats.ttest_1samp(logs, math.log(0.97), alternative="greater").pvalue
    below = stats.ttest_1samp(logs, math.log(1.03), alternative="less").pvalue
    # Differences are claimed at half of five per cent, two-sided.
    detectable = (stats.t.ppf(1 - 0.025 / 2, 7) + stats.t.ppf(0.8, 7)) * logs.std(ddof=1) / math.sqrt(8)
    return {"a": a, "b": b, "ratio": math.exp(logs.mean()), "low": math.exp(low), "high": math.exp(high),
            "pValue": float(t), "equivalencePValue": float(max(above, below)),
            "riseShare": math.expm1(detectable)}


def usl():
    def law(p, n):
        return p[0] * n / (1 + p[1] * (n - 1) + p[2] * n * (n - 1))

    cases = [
        ("queueing and coherency", (900, 0.05, 0.0006), [1, 2, 4, 8, 16, 32, 64], 0.02),
        ("queueing only", (450, 0.12, 0.0), [1, 2, 4, 8, 16, 32, 64, 128], 0.01),
        ("steep fall", (2000, 0.01, 0.004), [1, 2, 4, 8, 12, 16, 24, 32], 0.03),
        ("no noise", (1000, 0.03, 0.0004), [1, 4, 8, 16, 32, 64, 128], 0.0),
        ("nearly linear", (300, 0.0, 0.00001), [1, 2, 4, 8, 16, 32], 0.01),
    ]
    out = []
    for name, true, clients, noise in cases:
        n = np.asarray(clients, float)
        x = law(true, n) * (1 + noise * RANDOM.standard_normal(len(n)))
        x = np.asarray(listed(x, 4))
        best = min(
            (optimize.least_squares(lambda p: law(p, n) / x - 1, start, bounds=([1e-9, 0, 0], np.inf),
                                    x_scale=[1000, 0.1, 0.001], xtol=1e-15, ftol=1e-15, gtol=1e-15, max_nfev=20000)
             for start in ((x[0], 0.05, 0.001), (x[0], 0.001, 0.00001), (x[0] * 1.1, 0.2, 0.0001))),
            key=lambda r: r.cost)
        out.append({"name": name, "clients": clients, "throughputTps": listed(x, 4), "loss": float(2 * best.cost),
                    "lambdaTps": float(best.x[0]), "alpha": float(best.x[1]), "beta": float(best.x[2])})
    return out


def log_gamma():
    return [{"x": x, "value": float(special.gammaln(x))} for x in (0.1, 0.5, 1.0, 2.5, 10.0, 171.5, 5000.0)]


def holm():
    p = [0.01, 0.04, 0.03, 0.005, 0.8]
    order = np.argsort(p)
    adjusted = np.empty(5)
    adjusted[order] = np.minimum(1, np.maximum.accumulate(np.asarray(p)[order] * (5 - np.arange(5))))
    return {"pValues": p, "adjusted": listed(adjusted, 12)}


json.dump(
    {
        "madeBy": "test/reference/statistics.py",
        "versions": {
            "python": platform.python_version(),
            **{name: version(name) for name in ("numpy", "scipy", "ruptures", "apache-otava")},
        },
        "studentT": student_t(), "studentTCdf": student_t_cdf(), "normal": normal(), "logGamma": log_gamma(),
        "meanIntervals": mean_intervals(), "quantileRanks": quantile_ranks(), "runsNeeded": runs_needed(),
        "theilSen": theil_sen(), "mser5": mser5(), "pelt": pelt(), "energySplit": energy_split(),
        "otava": otava(), "wilcoxon": wilcoxon(), "paired": paired(), "usl": usl(), "holm": holm(),
    },
    sys.stdout,
)
