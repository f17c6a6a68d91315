# shellcheck shell=bash
# What tools/quickstart and tools/check share, sourced by both: where builds live and how they are configured. One
# place, because a cache variable that differed between the two would rebuild everything at each change of command.
repository=$(cd "$(dirname "${BASH_SOURCE[0]}")/.." && pwd -P)
jobs=$(nproc 2>/dev/null || echo 2)

# Builds live in build/; a checkout that cannot be written to is built in the user's cache.
builds=$repository/build
if ! mkdir -p "$builds" 2>/dev/null || [[ ! -w $builds ]]; then
    builds=${XDG_CACHE_HOME:-$HOME/.cache}/lightloom
    mkdir -p "$builds"
fi

# configure PRESET [CMAKE_OPTION...]: a moved or copied checkout starts afresh, since a cache knows its source by path.
configure() {
    local preset=$1 cache=$builds/$1/CMakeCache.txt fresh=()
    shift
    if [[ -f $cache ]] && ! grep -qxF "CMAKE_HOME_DIRECTORY:INTERNAL=$repository" "$cache"; then fresh=(--fresh); fi
    (cd "$repository" && cmake --preset "$preset" -B "$builds/$preset" "${fresh[@]}" "$@" --log-level=WARNING) >&2
}

# build PRESET [TARGET...]: every target if none is named.
build() {
    local preset=$1 targets=()
    shift
    if [[ $# -gt 0 ]]; then targets=(--target "$@"); fi
    cmake --build "$builds/$preset" --parallel "$jobs" "${targets[@]}" >&2
}
