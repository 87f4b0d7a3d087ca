# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
#
# Part of ./dev: installs what packages.txt lists. Sourced from the root of the repository by a script that brings
# `say` and `complain`.

check_only=false  # true: say what is missing and change nothing

# Runs a command up to three times, for what reaches out to the network.
with_retries() {
  local pause
  for pause in 5 20 0; do
    "$@" && return
    ((pause)) || return 1
    complain "'$1' failed; trying again in $pause s"
    sleep "$pause"
  done
}

# Prints what packages.txt lists under the given sections, without comments: `name` or `name command`.
listed() {
  local name stand_in section=
  while read -r name stand_in; do
    case $name in
      "") ;;
      "["*"]") section=${name:1:-1} ;;
      *) if [[ " $* " == *" $section "* ]]; then say "$name $stand_in"; fi ;;
    esac
  done < <(sed 's/#.*//' packages.txt)
}

# Prints the packages of the given sections that are not installed.
missing_packages() {
  local name stand_in installed
  local -a wanted=()
  while read -r name stand_in; do
    if [[ -z $stand_in ]] || ! command -v "$stand_in" > /dev/null; then wanted+=("$name"); fi
  done < <(listed "$@")
  ((${#wanted[@]})) || return 0
  installed=$(dpkg-query -W -f '${db:Status-Status} ${Package}\n' "${wanted[@]}" 2> /dev/null || true)
  for name in "${wanted[@]}"; do
    [[ $'\n'$installed$'\n' == *$'\n'"installed $name"$'\n'* ]] || say "$name"
  done
}

# Makes sure that the Debian packages of the given sections are installed.
need() {
  if ! command -v dpkg-query > /dev/null; then
    complain "this is no Debian system: install what packages.txt lists by hand (known to work: Debian 12)"
    return 1
  fi
  local -a packages=()
  mapfile -t packages < <(missing_packages "$@")
  ((${#packages[@]})) || return 0
  if $check_only || ((EUID != 0)); then
    complain "missing Debian packages: ${#packages[@]}. To install them:"
    complain "  sudo apt-get update && sudo apt-get install -y --no-install-recommends ${packages[*]}"
    return 1
  fi

  local -a get=(apt-get -o Acquire::Retries=3 -o DPkg::Lock::Timeout=300)
  export DEBIAN_FRONTEND=noninteractive
  say "installing ${packages[*]}"
  with_retries "${get[@]}" update
  # What fails without the network (no such package, held back) is no better the third time.
  "${get[@]}" install --simulate --no-install-recommends "${packages[@]}" > /dev/null
  with_retries "${get[@]}" install -y --no-install-recommends "${packages[@]}"
}

# Makes sure that the npm folders of packages.txt hold what their lock files say now.
need_npm_folders() {
  local folder
  while read -r folder; do
    if cmp -s "$folder/package-lock.json" "$folder/node_modules/.installed-from"; then continue; fi
    if $check_only; then
      complain "the npm packages of $folder are missing; to install them: ./dev setup"
      return 1
    fi
    say "installing the npm packages of $folder"
    (cd "$folder" && with_retries npm ci --ignore-scripts --no-audit --no-fund < /dev/null)
    cp "$folder/package-lock.json" "$folder/node_modules/.installed-from"
  done < <(listed npm-folders)
}
