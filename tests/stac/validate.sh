#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
#
# Validates every STAC document of a published cube, without the network:
#
#   tests/stac/validate.sh FOLDER [SCHEMAS]
#
# FOLDER   a run's folder, or the folder cube/ in it
# SCHEMAS  JSON schemas: v1.1.0/ (STAC core), extensions/NAME-vX.Y.Z.json, geojson/; else ECOCUBE_STAC_SCHEMAS,
#          else ../shared/schemas beside the checkout
#
# Exit code 0: all are valid, their links lead to files and the files have the size and checksum that is said of them;
# 1: not so, or there are no documents; 77: the validator or the schemas are not there.
set -euo pipefail

here=$(cd "$(dirname "${BASH_SOURCE[0]}")" && pwd)
if [[ $# -lt 1 || $# -gt 2 ]]; then
  echo "usage: $0 FOLDER [SCHEMAS]" >&2
  exit 2
fi
folder=$1
schemas=${2:-${ECOCUBE_STAC_SCHEMAS:-$here/../../../shared/schemas}}

skip() {
  echo "skipped: $*"
  exit 77
}
[[ -d $schemas/v1.1.0 && -d $schemas/extensions ]] || skip "no STAC schemas in $schemas"
command -v node > /dev/null || skip "node is not installed"
[[ -d $here/node_modules/stac-node-validator ]] || skip "the validator is not installed (npm ci --ignore-scripts in tests/stac)"

[[ -f $folder/cube/catalog.json ]] && folder=$folder/cube
if [[ ! -f $folder/catalog.json ]]; then
  echo "no catalog.json in $folder" >&2
  exit 1
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
# The validator wants STAC's own folders, and anything of the network is to fail at once.
for part in catalog collection item; do
  mkdir -p "$work/core/$part-spec/json-schema"
  cp "$schemas"/v1.1.0/*.json "$work/core/$part-spec/json-schema/"
done
export HTTP_PROXY=http://127.0.0.1:9 HTTPS_PROXY=http://127.0.0.1:9 http_proxy=http://127.0.0.1:9 https_proxy=http://127.0.0.1:9
unset NO_PROXY no_proxy

node "$here/config.js" "$folder" "$schemas" "$work/core" > "$work/config.json"
node "$here/node_modules/stac-node-validator/bin/cli.js" --config "$work/config.json" > "$work/report.txt" 2>&1 || {
  cat "$work/report.txt"
  echo "there are invalid STAC documents in $folder" >&2
  exit 1
}
tail -n 3 "$work/report.txt"
node "$here/check_files.js" "$folder"
