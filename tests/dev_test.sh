#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Tests ./dev: its manual, its answers to typing errors, and that a setup with nothing to do is quick.
set -uo pipefail
root=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd)
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
failures=0

# expect SENTENCE CODE PATTERN COMMAND...: the command exits with CODE and its output matches PATTERN.
expect() {
  local sentence=$1 code=$2 pattern=$3 output got=0
  shift 3
  output=$("$@" 2>&1) || got=$?
  if [[ $got == "$code" && $output =~ $pattern ]]; then
    printf 'ok      %s\n' "$sentence"
    return
  fi
  failures=$((failures + 1))
  printf 'FAILED  %s\n  exit code %s, expected %s; expected to match: %s\n%s\n' \
    "$sentence" "$got" "$code" "$pattern" "${output//$'\n'/$'\n  '}"
}

for verb in setup build test demo bench format lint sanitize docs help; do
  expect "the manual lists $verb" 0 $'\n  '"$verb " "$root/dev" help
done
expect "no verb at all shows the manual" 0 '/dev VERB' "$root/dev"
expect "an unknown verb is answered with the nearest" 2 "unknown verb 'tets' - did you mean 'test'" "$root/dev" tets
expect "a longer slip too" 2 "did you mean 'sanitize'" "$root/dev" sanitise
expect "an unknown argument is refused" 2 "unknown argument '--chekc'" "$root/dev" setup --chekc

# A copy of the runner with lists of its own.
mkdir -p "$scratch/scripts" "$scratch/web"
cp "$root/dev" "$scratch/dev"
cp "$root/scripts/packages.sh" "$scratch/scripts/"
if command -v dpkg-query > /dev/null; then
  printf '[build]\nbash # is there\nno-such-package # is not\n' > "$scratch/packages.txt"
  expect "a missing package is named with the command that installs it" 1 \
    'sudo apt-get .* install .* no-such-package' "$scratch/dev" setup --check
  printf '[build]\nno-such-package bash # its command is there\n[lint]\nno-such-linter\n' > "$scratch/packages.txt"
  expect "a command that is there stands in for its package" 0 'is installed' "$scratch/dev" setup --check
  printf '[npm-folders]\nweb\n' > "$scratch/packages.txt"
  echo one > "$scratch/web/package-lock.json"
  expect "an npm folder that was never filled is missing" 1 'npm packages of web' "$scratch/dev" setup --check
  mkdir "$scratch/web/node_modules" && echo two > "$scratch/web/node_modules/.installed-from"
  expect "an npm folder filled from an older lock file is missing" 1 'npm packages of web' "$scratch/dev" setup --check
  echo one > "$scratch/web/node_modules/.installed-from"
  expect "an npm folder filled from this lock file is there" 0 'is installed' "$scratch/dev" setup --check

  start=$(date +%s%N)
  "$root/dev" setup --check > /dev/null 2>&1
  printf 'setup --check of the checkout took %s ms\n' "$((($(date +%s%N) - start) / 1000000))"
fi

printf '%s failed\n' "$failures"
((failures == 0))
