#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Judges every GeoTIFF of a published cube with GDAL's own validator of cloud-optimised GeoTIFFs, in full:
#
#   tests/cog/validate.sh FOLDER
#
# FOLDER  a run's folder, or the folder cube/ in it
#
# Exit code 0: all are valid and nothing lies beside them; 1: not so, or there are none; 77: the validator is not there.
set -euo pipefail

if [[ $# -ne 1 ]]; then
  echo "usage: $0 FOLDER" >&2
  exit 2
fi
folder=$1
[[ -d $folder/cube ]] && folder=$folder/cube

# Debian's package serves Debian's Python, which need not be the first on the path.
python=
for candidate in python3 /usr/bin/python3; do
  if "$candidate" -c 'import osgeo_utils.samples.validate_cloud_optimized_geotiff' 2> /dev/null; then
    python=$candidate
    break
  fi
done
if [[ -z $python ]]; then
  echo "skipped: GDAL's validator is not installed (python3-gdal)"
  exit 77
fi

mapfile -d '' -t files < <(find "$folder" -name '*.tif' -print0 | sort -z)
if ((${#files[@]} == 0)); then
  echo "no GeoTIFFs in $folder" >&2
  exit 1
fi
# One process for all: each validate() is what the program does with --full-check=yes. Its warnings count as faults,
# because it only warns of a missing overview.
status=0
printf '%s\0' "${files[@]}" | "$python" -c '
import sys
from osgeo_utils.samples.validate_cloud_optimized_geotiff import validate

files = sys.stdin.read().split("\0")[:-1]
faulty = 0
for file in files:
    try:
        warnings, errors, _ = validate(file, full_check=True)
    except Exception as problem:  # it stumbles over files that are cut off
        warnings, errors = [], [f"{type(problem).__name__}: {problem}"]
    for fault in errors + warnings:
        print(f"{file}: {fault}", file=sys.stderr)
    faulty += bool(errors or warnings)
print(f"COGs: {len(files)}\nFaulty: {faulty}")
sys.exit(1 if faulty else 0)
' || status=1

beside=$(find "$folder" \( -name '*.aux.xml' -o -name '*.ovr' -o -name '*.msk' -o -name '*.tmp' -o -name '.partial*' -o -name '*.copy.tif' \) -print)
if [[ -n $beside ]]; then
  printf 'should not be there:\n%s\n' "$beside" >&2
  status=1
fi
exit $status
