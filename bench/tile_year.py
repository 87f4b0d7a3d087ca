#!/usr/bin/env python3
# SPDX-License-Identifier: Apache-2.0
"""Times a tile-year of GLAD to seasonal composites against merely decoding it, and the filling of 21 years of a tile.

    ./dev bench tile_year [--size 4004] [--threads N] [--rounds 3] [--only composite|fill] [--method tmwm]
                          [--work FOLDER] [--ecocube PROGRAM]

1. A year of 23 scenes of 8 bands (size x size pixels, LZW) is simulated once. In turn, in each round: seasonal P25, P50
   and P75 of 7 bands with counts, by `ecocube run --memory 2GB`; and GDAL decoding the files that this run read, on as
   many threads. Bars: 80 % of the speed of decoding, 2 GB.
2. 21 years x 4 seasons x 7 variables of bytes, 40 % under clouds, filled by `ecocube run --memory 2GB`. Bar: 2 GB.

Wall time; medians. `--size 1001` takes a minute instead of a quarter of an hour, and tells less: starting up counts.
What is made once (6 GB at full size) stays in the work folder for the next time; what the runs write does not.
"""
import argparse
import concurrent.futures
import glob
import json
import os
import re
import shutil
import statistics
import subprocess
import sys
import time

import numpy as np
import rasterio
from rasterio.transform import from_origin
from rasterio.windows import Window

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
DEGREES, ORIGIN, TILE = 0.00025, (5.9995, 52.0005), 4004
MEMORY, LEAST_SPEED, YEAR = 2e9, 0.8, 2018
SEASONS = ("01-15", "04-30", "08-01", "10-15")  # a day of each, of the layers to fill
FIRST_YEAR, YEARS, VARIABLES = 1998, 21, 7
ROWS = 128  # that a thread decodes at once


def arguments():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--size", type=int, default=TILE, help="rows and columns; 4004 is a whole tile")
    parser.add_argument("--threads", type=int, default=len(os.sched_getaffinity(0)))
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--only", choices=["composite", "fill"])
    parser.add_argument("--method", default="tmwm", help="of fill-gaps")
    parser.add_argument("--work", default=os.path.join(ROOT, "build", "bench", "tile-year"))
    parser.add_argument("--ecocube", default=os.path.join(ROOT, "build", "release", "ecocube"))
    chosen = parser.parse_args()
    if not 64 <= chosen.size <= TILE:
        parser.error(f"--size {chosen.size}: 64 to {TILE} pixels")
    chosen.work = os.path.join(os.path.abspath(chosen.work), str(chosen.size))
    os.makedirs(chosen.work, exist_ok=True)
    return chosen


def box_of(size):
    """West, south, east, north of the pixels in the middle of the tile."""
    first = (TILE - size) // 2
    west, north = ORIGIN[0] + first * DEGREES, ORIGIN[1] - first * DEGREES
    return [west, north - size * DEGREES, west + size * DEGREES, north]


def run(chosen, name, recipe):
    """Runs a recipe from scratch; returns seconds, peak memory in bytes and the folder it wrote."""
    path, out = (os.path.join(chosen.work, name + end) for end in (".json", "-out"))
    with open(path, "w") as text:
        json.dump(recipe, text)
    shutil.rmtree(out, ignore_errors=True)
    start = time.perf_counter()
    program = subprocess.Popen([chosen.ecocube, "run", path, "--out", out, "--memory", "2GB", "--threads",
                                str(chosen.threads), "--quiet"])
    _, status, usage = os.wait4(program.pid, 0)
    seconds = time.perf_counter() - start
    program.returncode = os.waitstatus_to_exitcode(status)
    if program.returncode:
        sys.exit(f"tile_year: ecocube run {path} failed")
    return seconds, usage.ru_maxrss * 1024, out


def notes_of(out):
    """The run log's notes about where time went, one a task."""
    found = []
    with open(os.path.join(out, "run-log.jsonl")) as log:
        for line in log:
            found += [note for note in json.loads(line).get("notes", []) if note.startswith("read ")]
    return found


def shares(out):
    """Per cent of the time that reading, kernels and writing took, means over the tasks."""
    numbers = [[int(one) for one in re.findall(r"(\d+) %", note)[:3]] for note in notes_of(out)]
    return "read {:.0f} %, kernels {:.0f} %, write {:.0f} %".format(*np.mean(numbers, axis=0))


# ---------------------------------------------------------------- a tile-year
def archive(chosen):
    """Simulates the year, unless that was done before."""
    world = os.path.join(chosen.work, "world")
    if not os.path.exists(os.path.join(world, "done")):
        shutil.rmtree(world, ignore_errors=True)
        west, south, east, north = box_of(chosen.size)
        extent = ["--full-tile"] if chosen.size == TILE else ["--size", f"{chosen.size}x{chosen.size}"]
        subprocess.run([chosen.ecocube, "simulate", "--out", world, *extent, "--centre",
                        f"{(west + east) / 2},{(south + north) / 2}", "--years", str(YEAR), "--missing", "0",
                        "--no-truth", "--threads", str(chosen.threads)], check=True)
        open(os.path.join(world, "done"), "w").close()
    return os.path.join(world, "archive")


def composite_recipe(chosen, scenes):
    return {"cube": {"grid": {"crs": "EPSG:4326", "pixel": DEGREES, "origin": ORIGIN, "tile": TILE},
                     "area": {"bbox": box_of(chosen.size)}, "years": YEAR},
            "sources": {"landsat": {"format": "glad", "path": scenes}},
            "steps": [{"composite": {"periods": "seasons", "statistics": ["p25", "p50", "p75"], "count": True,
                                     "min_clear": 0}}]}


def scenes_read(out):
    """The files that a run's records name."""
    found = set()
    for record in glob.glob(os.path.join(out, "records", "**", "*.json"), recursive=True):
        with open(record) as text:
            found.update(one["name"] for one in json.load(text)["inputs"])
    return sorted(found)


def decode(files, threads):
    """Seconds that GDAL takes to unpack all bands of the files, rows after rows; and the numbers unpacked."""
    def unpack(path):
        numbers = 0
        with rasterio.open(path) as scene:
            held = np.empty((scene.count, ROWS, scene.width), scene.dtypes[0])
            for row in range(0, scene.height, ROWS):
                rows = min(ROWS, scene.height - row)
                numbers += scene.read(window=Window(0, row, scene.width, rows), out=held[:, :rows]).size
        return numbers

    start = time.perf_counter()
    with concurrent.futures.ThreadPoolExecutor(threads) as pool:
        numbers = sum(pool.map(unpack, files))
    return time.perf_counter() - start, numbers


def bench_composite(chosen):
    recipe = composite_recipe(chosen, archive(chosen))
    ours, theirs, memory = [], [], 0
    for _ in range(chosen.rounds):
        seconds, peak, out = run(chosen, "composite", recipe)
        ours.append(seconds)
        memory = max(memory, peak)
        files = scenes_read(out)
        seconds, numbers = decode(files, chosen.threads)
        theirs.append(seconds)
    where = shares(out)
    shutil.rmtree(out)
    mine, peer = statistics.median(ours), statistics.median(theirs)
    print(f"tile-year: {chosen.size} x {chosen.size} pixels x 8 bands x {len(files)} scenes, {numbers / 1e9:.2f} billion "
          f"numbers, {chosen.threads} threads")
    print(f"  composite   {mine:8.2f} s ({min(ours):.2f} to {max(ours):.2f}), {memory / 1e6:.0f} MB; {where}")
    print(f"  GDAL decode {peer:8.2f} s ({min(theirs):.2f} to {max(theirs):.2f})")
    print(f"  speed       {peer / mine:8.2f} x that of decoding (bar {LEAST_SPEED} x)")
    wrong = [] if len(files) >= 23 else [f"{len(files)} scenes were read, expected 23"]
    if peer / mine < LEAST_SPEED:
        wrong.append(f"the composite runs at {peer / mine:.2f} x the speed of decoding")
    if memory >= MEMORY:
        wrong.append(f"the composite holds {memory / 1e6:.0f} MB")
    return wrong


# ---------------------------------------------------------------- 21 years to fill
def write_layers(path, size, seed=11):
    """One file with a band a season: a rough ground with seasons and noise, 0 under clouds of 16 pixels."""
    draw = np.random.default_rng(seed)
    coarse = -(-size // 16)
    spread = lambda field: field.repeat(16, axis=0).repeat(16, axis=1)[:size, :size]
    ground = spread(draw.normal(110, 30, (coarse, coarse)).astype(np.float32))
    profile = {"driver": "GTiff", "width": size, "height": size, "count": 4 * YEARS, "dtype": "uint8", "nodata": 0,
               "crs": "EPSG:4326", "transform": from_origin(*[box_of(size)[side] for side in (0, 3)], DEGREES, DEGREES),
               "interleave": "band", "tiled": True, "blockxsize": 256, "blockysize": 128, "compress": "zstd",
               "zstd_level": 1, "num_threads": "all_cpus", "bigtiff": "if_safer"}
    with rasterio.open(path + ".part", "w", **profile) as raster:
        for band in range(4 * YEARS):
            noise = draw.integers(-8, 9, (size, size), dtype=np.int8)
            values = np.clip(ground + 25 * np.sin(np.pi * (band % 4) / 2) + noise, 1, 255).astype(np.uint8)
            values[spread(draw.random((coarse, coarse)) < 0.4)] = 0
            raster.write(values, band + 1)
            raster.set_band_description(band + 1, f"{FIRST_YEAR + band // 4}-{SEASONS[band % 4]}")
    os.rename(path + ".part", path)


def layers(chosen):
    """The folder of the variables' files, which all are the same one."""
    folder = os.path.join(chosen.work, "layers")
    os.makedirs(folder, exist_ok=True)
    one = os.path.join(folder, "band1.tif")
    if not os.path.exists(one):
        write_layers(one, chosen.size)
    for number in range(2, VARIABLES + 1):
        other = os.path.join(folder, f"band{number}.tif")
        if not os.path.exists(other):
            os.link(one, other)
    return folder


def bench_fill(chosen):
    recipe = {"cube": {"grid": {"crs": "EPSG:4326", "pixel": DEGREES, "origin": ORIGIN, "tile": TILE},
                       "area": {"bbox": box_of(chosen.size)}, "years": f"{FIRST_YEAR}..{FIRST_YEAR + YEARS}"},
              "sources": {"layers": {"format": "rasters", "path": os.path.join(layers(chosen), "{variable}.tif"),
                                     "dates": "bands", "periods": "seasons"}},
              "steps": [{"fill-gaps": {"method": chosen.method}}]}
    seconds, memory, out = run(chosen, "fill", recipe)
    where, kernel = shares(out), notes_of(out)[0].split("; ")[-1]
    shutil.rmtree(out)
    cells = 4 * YEARS * VARIABLES * chosen.size ** 2
    print(f"filling by {chosen.method}: {YEARS} years x 4 seasons x {VARIABLES} variables of {chosen.size} x "
          f"{chosen.size} pixels, {chosen.threads} threads")
    print(f"  {seconds:.1f} s, {memory / 1e6:.0f} MB; {where}")
    print(f"  {cells / seconds / chosen.threads / 1e6:.1f} million px·dates per second and core in all; {kernel}")
    return [f"filling holds {memory / 1e6:.0f} MB"] if memory >= MEMORY else []


def main():
    chosen = arguments()
    if not os.path.exists(chosen.ecocube):
        sys.exit(f"tile_year: {chosen.ecocube} is not there, nothing is measured")
    wrong = []
    if chosen.only != "fill":
        wrong += bench_composite(chosen)
    if chosen.only != "composite":
        wrong += bench_fill(chosen)
    for line in wrong:
        print("WRONG:", line)
    sys.exit(1 if wrong else 0)


if __name__ == "__main__":
    main()
