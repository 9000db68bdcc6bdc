#!/usr/bin/env bash
# Mutation testing of src/OrleansMail.Smtp (docs/mutation.md).
#
#   ./mutate.sh                  the whole engine: takes hours
#   ./mutate.sh FOLDER|FILE...   only these of src/OrleansMail.Smtp, say "Addresses" or "Data/DataScanner.cs"
#
# MUTATION_CONCURRENCY test hosts run at once (default 5: tests wait more than they work). Reports: artifacts/mutation/NAME/reports.
# The exit code is not 0 when the score is below the threshold of stryker-config.json.
set -euo pipefail
cd "$(dirname "${BASH_SOURCE[0]}")"

[[ ${1-} == -h || ${1-} == --help ]] && { sed -n '2,8s/^# \{0,1\}//p' "$0"; exit 0; }

mutate=() name=all
for part in "$@"; do
    [[ -d src/OrleansMail.Smtp/$part ]] && mutate+=(--mutate "**/OrleansMail.Smtp/${part%/}/**/*.cs") || mutate+=(--mutate "**/OrleansMail.Smtp/$part")
done
[ $# -gt 0 ] && name=$(tr ' /' '__' <<<"$*") && name=${name:0:100}

# Two runs at once would share the files by which the tool talks to its test hosts.
TMPDIR=$(mktemp -d)
export TMPDIR ORLEANSMAIL_MUTATION=1 DOTNET_CLI_TELEMETRY_OPTOUT=1 DOTNET_NOLOGO=1 TESTINGPLATFORM_TELEMETRY_OPTOUT=1
trap 'rm -rf "$TMPDIR"' EXIT

dotnet tool restore >/dev/null
cd tests/OrleansMail.Smtp.Tests
# Debug, so that the Release build beside it stays what it is.
dotnet stryker --configuration Debug --concurrency "${MUTATION_CONCURRENCY:-5}" --skip-version-check \
    --output "$OLDPWD/artifacts/mutation/$name" "${mutate[@]}"
