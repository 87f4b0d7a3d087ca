#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times the series kernels against what a user would pick instead, each pair in turn, and prints medians and ratios.

    ./dev bench series [--runs 5] [--pixels 300000] [--yardsticks FOLDER]

The stack holds 84 dates of bytes, 0 missing, 40 % of it in coherent gaps: read as 12 quarters of 7 dates, or as 21
years of 4 seasons. Clocks wander, so only ratios of two things timed in turn count; both are processor seconds of one
thread. Results are compared too: a kernel that is fast but wrong fails the bench.
With --yardsticks the prototypes in that folder run as well (they need AVX-512).
"""
import argparse
import os
import re
import statistics
import subprocess
import sys
import tempfile
import time

os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
os.environ.setdefault("NUMBA_NUM_THREADS", "1")
import numba
import numpy as np
import rasterio
import scipy.linalg
from scipy.ndimage import gaussian_filter

TIMES, SIDE = 84, 1000


def make_stack(seed=3):
    """A field with seasons and noise, 1000 x 1000 pixels, and 40 % of each date under clouds."""
    draw = np.random.default_rng(seed)
    smooth = lambda sigma: gaussian_filter(draw.standard_normal((SIDE, SIDE)).astype(np.float32), sigma, mode="wrap")
    ground = smooth(8)
    ground /= ground.std()
    stack = np.empty((TIMES, SIDE, SIDE), np.uint8)
    for date in range(TIMES):
        values = 110 + 30 * ground + 25 * np.sin(np.pi * (date % 4) / 2) + 8 * draw.standard_normal((SIDE, SIDE))
        clouds = smooth(12)
        values = np.clip(np.rint(values), 1, 255)
        values[clouds < np.quantile(clouds[::7, ::7], 0.4)] = 0
        stack[date] = values
    return stack.reshape(TIMES, -1)


# ---------------------------------------------------------------- peers
@numba.njit(cache=False)
def peer_quarterly(series, out):
    """Insertion sort of each quarter's valid bytes; series (pixel, date)."""
    pixels, times = series.shape
    held = np.empty(7, np.uint8)
    for pixel in range(pixels):
        for quarter in range(times // 7):
            count = 0
            for date in range(7):
                value = series[pixel, quarter * 7 + date]
                if value == 0:
                    continue
                place = count
                while place > 0 and held[place - 1] > value:
                    held[place] = held[place - 1]
                    place -= 1
                held[place] = value
                count += 1
            for which in range(3):
                if count == 0:
                    out[pixel, quarter, which] = 0
                    continue
                at = (count - 1) * 0.25 * (which + 1)
                low = int(at)
                high = low + 1 if low + 1 < count else low
                out[pixel, quarter, which] = np.uint8(held[low] + (held[high] - held[low]) * (at - low) + 0.5)


@numba.njit
def median_of(held, count):
    middle = count // 2
    return float(held[middle]) if count % 2 else 0.5 * (float(held[middle - 1]) + float(held[middle]))


@numba.njit
def pool(series, pixel, season, year, half, seasons, years, held, count):
    """Sorts one season's valid values of the years around `year` into `held`."""
    for other in range(max(0, year - half), min(years - 1, year + half) + 1):
        value = series[pixel, other * seasons + season]
        if value == 0:
            continue
        place = count
        while place > 0 and held[place - 1] > value:
            held[place] = held[place - 1]
            place -= 1
        held[place] = value
        count += 1
    return count


@numba.njit(cache=False)
def peer_tmwm(series, out, seasons, window):
    """Moving window median, all three stages on pooled values, as the reference defines the corrected one."""
    pixels, times = series.shape
    years = times // seasons
    held = np.empty(2 * times, np.uint8)
    after = np.empty(2 * times, np.uint8)
    for pixel in range(pixels):
        for date in range(times):
            value = series[pixel, date]
            if value != 0:
                out[pixel, date] = value
                continue
            season, year = date % seasons, date // seasons
            found = -1.0
            width = window
            while found < 0 and (width - 1) // 2 < years - 1 + window:
                half = (width - 1) // 2
                count = pool(series, pixel, season, year, half, seasons, years, held, 0)
                if count > 0:
                    found = median_of(held, count)
                width += window
            reach = 1
            while found < 0 and reach <= (seasons + 1) // 2:
                width = window
                while found < 0 and (width - 1) // 2 < years - 1 + window:
                    half = (width - 1) // 2
                    first, second = 0, 0
                    for step in range(1, reach + 1):
                        first = pool(series, pixel, (season - step) % seasons, year, half, seasons, years, held, first)
                        second = pool(series, pixel, (season + step) % seasons, year, half, seasons, years, after, second)
                    if first > 0 and second > 0:
                        found = 0.5 * (median_of(held, first) + median_of(after, second))
                    width += window
                reach += 1
            width = window
            while found < 0 and (width - 1) // 2 < years - 1 + window:
                half = (width - 1) // 2
                count = 0
                for other in range(seasons):
                    count = pool(series, pixel, other, year, half, seasons, years, held, count)
                if count > 0:
                    found = median_of(held, count)
                width += window
            out[pixel, date] = 0 if found < 0 else np.uint8(np.floor(found + 0.5))


def swag_exact(series, seasons=4, att_seas=60.0, att_env=20.0):
    """The definition in double precision; series (date, pixel) of bytes."""
    times = series.shape[0]
    lag = np.abs(np.subtract.outer(np.arange(times), np.arange(times)))
    inside = lag % seasons
    half = seasons / 2
    shape = np.where(inside <= half, inside / half, 2 - inside / half)
    weights = 10.0 ** (-att_seas / 10 * shape - att_env / 10 * lag / times)
    known = series != 0
    values = weights @ series.astype(np.float64)
    norms = weights @ known.astype(np.float64)
    return np.where(known, series, values / norms)


def processor_seconds(work):
    start = time.process_time()
    work()
    return time.process_time() - start


class Program:
    """Our kernels, one line a run."""

    def __init__(self, path, stack):
        self.folder = tempfile.TemporaryDirectory()
        file = os.path.join(self.folder.name, "stack.bin")
        stack.tofile(file)
        self.shape = stack.shape
        self.process = subprocess.Popen([path, file, str(stack.shape[0]), str(stack.shape[1])], text=True,
                                        stdin=subprocess.PIPE, stdout=subprocess.PIPE)

    def ask(self, line):
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        answer = self.process.stdout.readline()
        if not answer:
            sys.exit(f"bench: the program stopped at '{line}'")
        return answer.strip()

    def seconds(self, kernel):
        return float(self.ask(kernel))

    def result(self, kind, dtype):
        file = os.path.join(self.folder.name, kind)
        self.ask(f"write {kind} {file}")
        return np.fromfile(file, dtype)


def in_turn(runs, ours, theirs):
    """Medians of both, run one after the other."""
    pairs = [(ours(), theirs()) for _ in range(runs)]
    return [statistics.median(side) for side in zip(*pairs)]


class Table:
    def __init__(self):
        self.failed = False
        print(f"{'kernel':34s} {'ours':>10s} {'peer':>10s}  {'ratio':>7s} {'bar':>5s}  peer, and what was compared")

    def row(self, name, ours, theirs, bar, text, pixels, right=True):
        ratio = theirs[0] / theirs[1] / (ours / pixels)
        good = right and ratio >= bar
        self.failed = self.failed or not good
        print(f"{name:34s} {1e9 * ours / pixels:7.1f} ns {1e9 * theirs[0] / theirs[1]:7.0f} ns  {ratio:6.1f}x {bar:4d}x  "
              f"{text}{'' if right else '  RESULTS DIFFER'}{'' if ratio >= bar else '  below the bar'}", flush=True)


def check_percentiles(stack, made):
    """Equal to numpy on every pixel, halves rounded up."""
    pixels = stack.shape[1]
    made = made[:36 * pixels].reshape(12, 3, pixels)
    wrong = 0
    for quarter in range(12):
        part = np.where(stack[quarter * 7:quarter * 7 + 7] == 0, np.inf, stack[quarter * 7:quarter * 7 + 7])
        part = np.sort(part.astype(np.float64), axis=0)
        count = np.isfinite(part).sum(0)
        for which, share in enumerate((0.25, 0.5, 0.75)):
            at = np.maximum(count - 1, 0) * share
            low = np.floor(at).astype(int)
            high = np.minimum(low + 1, np.maximum(count - 1, 0))
            first = np.take_along_axis(part, low[None], 0)[0]
            second = np.take_along_axis(part, high[None], 0)[0]
            with np.errstate(invalid="ignore"):
                figure = np.where(count > 0, np.floor(first + (second - first) * (at - low) + 0.5), 0)
            wrong += int((figure != made[quarter, which]).sum())
    return wrong


def kernels(options, table, stack, program):
    pixels = stack.shape[1]
    by_pixel = np.ascontiguousarray(stack.T)
    runs = options.runs

    out = np.empty((pixels, 12, 3), np.uint8)
    peer_quarterly(by_pixel[:10], out[:10])
    ours, theirs = in_turn(runs, lambda: program.seconds("quarterly"),
                           lambda: processor_seconds(lambda: peer_quarterly(by_pixel, out)))
    wrong = check_percentiles(stack, program.result("values", np.uint8))
    table.row("quarterly P25, P50, P75", ours, (theirs, pixels), 20, f"numba; {wrong} of {36 * pixels} differ from numpy",
              pixels, wrong == 0)

    some = pixels // 5
    part, filled = by_pixel[:some], np.empty((some, TIMES), np.uint8)
    peer_tmwm(part[:10], filled[:10], 4, 5)
    ours, theirs = in_turn(runs, lambda: program.seconds("tmwm"),
                           lambda: processor_seconds(lambda: peer_tmwm(part, filled, 4, 5)))
    made = program.result("values", np.uint8).reshape(TIMES, pixels)[:, :some].T
    wrong = int((made != filled).sum())
    table.row("tmwm, window 5, three stages", ours, (theirs, some), 25, f"numba; {wrong} of {filled.size} differ", pixels,
              wrong == 0)

    ours, theirs = in_turn(runs, lambda: program.seconds("swag"), lambda: program.seconds("swag-dense"))
    program.seconds("swag")
    made = program.result("values", np.uint8).reshape(TIMES, pixels)[:, :2000].astype(np.float64)
    exact = swag_exact(stack[:, :2000])
    # Stored as bytes: what rounds to the same byte, or lies within 1e-3 of the border between two, is right.
    wrong = int((np.abs(made - exact) > 0.501).sum())
    table.row("swag, both sides", ours, (theirs, pixels), 12, f"two dense Eigen products; {wrong} of {made.size} off by over 1e-3 DN",
              pixels, wrong == 0)

    some = pixels // 5
    full = np.where(stack[:, :some] == 0, 100, stack[:, :some]).astype(np.float64)
    dates = np.arange(TIMES)
    ours, theirs = in_turn(runs, lambda: program.seconds("trend"),
                           lambda: processor_seconds(lambda: np.polyfit(dates, full, 1)))
    slope = program.result("figures", np.float32)[:500]
    wanted = []
    for pixel in range(500):
        known = stack[:, pixel] != 0
        wanted.append(np.polyfit(dates[known] * 91 / 365.25, stack[known, pixel].astype(float), 1)[0])
    right = np.allclose(slope, wanted, rtol=1e-4, atol=1e-4)
    table.row("trend, with gaps", ours, (theirs, some), 10, "numpy polyfit without gaps; slopes compared", pixels, right)

    differences = np.diff(np.eye(TIMES), 2, axis=0)
    penalty = 10 * differences.T @ differences
    banded = np.zeros((3, TIMES))
    for band in range(3):
        banded[2 - band, band:] = np.diag(penalty + np.eye(TIMES), band)
    ours, theirs = in_turn(runs, lambda: program.seconds("whittaker"),
                           lambda: processor_seconds(lambda: scipy.linalg.solveh_banded(banded, full)))
    made = program.result("values", np.uint8).reshape(TIMES, pixels)[:, :500]
    wrong = 0
    for pixel in range(500):
        known = (stack[:, pixel] != 0).astype(float)
        smooth = np.linalg.solve(np.diag(known) + penalty, known * stack[:, pixel])
        wrong += int((np.abs(np.clip(smooth, 1, 255) - made[:, pixel]) > 0.501).sum())
    table.row("Whittaker, with gaps", ours, (theirs, some), 10,
              f"scipy solveh_banded, shared weights; {wrong} of {made.size} off", pixels, wrong == 0)


# ---------------------------------------------------------------- points
def make_raster(path, side=4096, bands=7):
    """Bytes in tiles of 512 pixels, as composites are kept."""
    draw = np.random.default_rng(11)
    ground = gaussian_filter(draw.standard_normal((side // 4, side // 4)).astype(np.float32), 4)
    ground = np.kron(ground / ground.std(), np.ones((4, 4), np.float32))
    profile = dict(driver="GTiff", width=side, height=side, count=bands, dtype="uint8", crs="EPSG:3035", nodata=0,
                   transform=rasterio.Affine(30, 0, 4e6, 0, -30, 3e6), tiled=True, blockxsize=512, blockysize=512,
                   compress="zstd", zstd_level=1, predictor=2, interleave="band")
    with rasterio.open(path, "w", **profile) as file:
        for band in range(bands):
            noise = 3 * draw.standard_normal((side, side)).astype(np.float32)
            file.write(np.clip(np.rint(90 + 12 * band + 30 * ground + noise), 1, 255).astype(np.uint8), band + 1)


def points(options, table, folder):
    """Both read with a warm page cache; wall seconds, ours on all threads as the step runs, the peer as it comes."""
    path = os.path.join(folder, "points.tif")
    make_raster(path)
    draw = np.random.default_rng(9)
    for count in (20000, 200000):
        places = draw.integers(0, 4096, (count, 2))
        places.tofile(os.path.join(folder, "places.bin"))
        kept = os.path.join(folder, "values.bin")
        program = subprocess.Popen([os.path.join(os.path.dirname(options.program), "ecocube_overlay_bench"), path,
                                    os.path.join(folder, "places.bin"), str(count), kept], text=True,
                                   stdin=subprocess.PIPE, stdout=subprocess.PIPE)

        def ours():
            program.stdin.write("run\n")
            program.stdin.flush()
            return float(program.stdout.readline())

        sampled = min(count, 20000)
        found = []

        def theirs():
            start = time.perf_counter()
            with rasterio.Env(GDAL_CACHEMAX=256_000_000), rasterio.open(path) as file:
                xs, ys = file.transform * (places[:sampled, 1] + 0.5, places[:sampled, 0] + 0.5)
                found[:] = list(file.sample(zip(xs, ys)))
            return time.perf_counter() - start

        ours()
        mine, other = in_turn(min(3, options.runs), ours, theirs)
        program.stdin.close()
        program.wait()
        values = np.fromfile(kept, np.float32).reshape(7, count)[:, :sampled]
        right = bool((values == np.array(found).T).all())
        bar = 30 if count > 20000 else 1
        table.row(f"overlay, {count} points x 7 bands", mine, (other, sampled), bar,
                  "rasterio.sample (wall time); nanoseconds a point", count, right)


# ---------------------------------------------------------------- prototypes
PROTOTYPES = {"Q quarterly": "quarterly", "M TMWM": "tmwm", "S recursive": "swag", "L masked": "trend", "W Whittaker": "whittaker"}


def prototypes(options, program, pixels):
    """Times the prototypes in turn with ours; they print nanoseconds a pixel themselves."""
    source = os.path.join(options.yardsticks, "proto_ts.cpp")
    if not os.path.exists(source):
        print(f"\nprototypes skipped: no {source}")
        return
    with open("/proc/cpuinfo", encoding="utf-8") as info:
        if "avx512_vbmi" not in info.read():
            print("\nprototypes skipped: this processor has no AVX-512 VBMI")
            return
    folder = program.folder.name
    os.makedirs(os.path.join(folder, "data"), exist_ok=True)
    np.save(os.path.join(folder, "data", "stack84.npy"), make_stack().reshape(TIMES, SIDE, SIDE))
    binary = os.path.join(folder, "prototypes")
    subprocess.run(["g++", "-O3", "-march=native", "-std=c++20", source, "-o", binary], check=True,
                   stderr=subprocess.DEVNULL)
    theirs, ours = {}, {}
    for _ in range(2):
        text = subprocess.run([binary], cwd=folder, check=True, capture_output=True, text=True).stdout
        for start, kernel in PROTOTYPES.items():
            found = re.search(r"^" + re.escape(start) + r".*?([0-9.]+) ns/px", text, re.M)
            theirs.setdefault(kernel, []).append(float(found.group(1)))
            ours.setdefault(kernel, []).append(1e9 * min(program.seconds(kernel) for _ in range(3)) / pixels)
    print(f"\n{'kernel':34s} {'ours':>10s} {'prototype':>10s}  ours / prototype (bar 1.5)")
    for kernel in theirs:
        mine, other = statistics.median(ours[kernel]), statistics.median(theirs[kernel])
        note = "  (the prototype has no stage of neighbour seasons)" if kernel == "tmwm" else ""
        print(f"{kernel:34s} {mine:7.1f} ns {other:7.1f} ns  {mine / other:5.2f}{note}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n", maxsplit=1)[0])
    parser.add_argument("--program", default="build/release/bench/ecocube_series_bench")
    parser.add_argument("--pixels", type=int, default=300000)
    parser.add_argument("--only", choices=["points"], help="leave the kernels out")
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--yardsticks", default="../shared/yardsticks")
    options = parser.parse_args()
    stack = np.ascontiguousarray(make_stack()[:, 300000:300000 + options.pixels])
    print(f"{TIMES} dates x {options.pixels} pixels, {100 * (stack == 0).mean():.0f} % missing; "
          f"medians of {options.runs} runs in turn, one thread\n")
    program = Program(options.program, stack)
    table = Table()
    if options.only != "points":
        kernels(options, table, stack, program)
    points(options, table, program.folder.name)
    if options.only != "points":
        prototypes(options, program, options.pixels)
    sys.exit(1 if table.failed else 0)


if __name__ == "__main__":
    main()
