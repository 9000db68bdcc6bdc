#!/usr/bin/env bash
# Builds Release and runs the benchmarks whose results are figures to compare: all scenarios of `compare`, `blobs` and `cost`.
#
#   ./benchmark.sh           short: two rounds, some minutes; the figures are rough
#   ./benchmark.sh --full    at least five rounds of everything, half an hour or more; for a quiet machine
#
# As root on Debian or Ubuntu it installs the peers that are missing (Postfix, aiosmtpd, node); Haraka and Azurite come from npm.
# A peer that can't be had is left out, and the report says why. Nothing but what was installed stays on the machine.
# Results: artifacts/benchmarks/benchmarks.md and, with the facts of the machine, compare.json, blobs.json and cost.json.
# TMPDIR chooses the disk that the servers keep their mail on; it needs about 20 GB.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"
# shellcheck source=tests/programs.sh
source tests/programs.sh

full=0
for argument in "$@"; do
    case $argument in
        --full) full=1 ;;
        -h | --help) sed -n '2,10s/^# \{0,1\}//p' "$0"; exit 0 ;;
        *) echo "Unknown switch $argument (known: --full)" >&2; exit 2 ;;
    esac
done

export DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1
results=$PWD/artifacts/benchmarks

install_peers() {
    install_packages "what needs them is left out" <<'PROGRAMS'
/usr/sbin/postfix postfix
/usr/lib/python3/dist-packages/aiosmtpd python3-aiosmtpd
/usr/bin/node nodejs
/usr/bin/npm npm
PROGRAMS
}

benchmark() {
    local verb=$1
    shift
    echo
    echo "== $verb"
    dotnet tests/OrleansMail.Benchmarks/bin/Release/net10.0/OrleansMail.Benchmarks.dll "$verb" \
        --append "$results/benchmarks.md" --json "$results/$verb.json" "$@"
}

if [ "$full" -eq 1 ]; then
    compare=(--rounds 5 --seconds 5)
    blobs=(--rounds 5 --seconds 20)
else
    compare=(--rounds 2 --seconds 2 --warm-up 5 --patience 5)
    blobs=(--rounds 1 --seconds 10)
fi

install_peers
dotnet build src/OrleansMail.Server -c Release --nologo -v minimal
dotnet build tests/OrleansMail.Benchmarks -c Release --nologo -v minimal

mkdir -p "$results"
rm -f "$results"/benchmarks.md "$results"/{compare,blobs,cost}.json
failed=()
benchmark compare "${compare[@]}" || failed+=(compare)
if benchmark blobs "${blobs[@]}"; then
    benchmark cost --counts "$results/blobs.json" || failed+=(cost)
else
    failed+=(blobs cost)
fi

echo
echo "Results: artifacts/benchmarks"
if [ ${#failed[@]} -gt 0 ]; then
    echo "Failed or not to be had: ${failed[*]}"
    exit 1
fi
