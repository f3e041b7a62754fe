#!/usr/bin/env bash
# Check the service. The step fails with failures (1) and if the check could not run (2).
set -uo pipefail

if [ -z "$INPUT_URL" ]; then
  echo "::error::url must say where the service listens"
  echo "outcome=error" >> "$GITHUB_OUTPUT"
  exit 2
fi
# The options are split at white space, and quotes hold words together, as in a shell; nothing in them is run.
arguments=()
while IFS= read -r -d '' word; do arguments+=("$word"); done < <(printf '%s' "$INPUT_ARGUMENTS" | xargs -r printf '%s\0')
mockserver check ${INPUT_DOCUMENT:+"$INPUT_DOCUMENT"} --url "$INPUT_URL" --report "$INPUT_REPORT" ${arguments[@]+"${arguments[@]}"}
code=$?
case $code in
  0) outcome=success ;;
  1) outcome=failures ;;
  *) outcome=error ;;
esac
echo "outcome=$outcome" >> "$GITHUB_OUTPUT"
exit $code
