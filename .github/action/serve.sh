#!/usr/bin/env bash
# Start the mock in the background and wait until it is ready. It ends with the job.
set -euo pipefail

arguments=()
while IFS= read -r -d '' word; do arguments+=("$word"); done < <(printf '%s' "$INPUT_ARGUMENTS" | xargs -r printf '%s\0')
nohup mockserver serve ${INPUT_DOCUMENT:+"$INPUT_DOCUMENT"} --port "$INPUT_PORT" ${arguments[@]+"${arguments[@]}"} > mockserver.log 2>&1 &
server=$!
for _ in $(seq 300); do
  if grep -q '^Press Ctrl-C to stop' mockserver.log; then
    cat mockserver.log
    echo "MOCKSERVER_URL=http://127.0.0.1:$INPUT_PORT" >> "$GITHUB_ENV"
    echo "MOCKSERVER_PID=$server" >> "$GITHUB_ENV"
    exit 0
  fi
  kill -0 "$server" 2>/dev/null || break
  sleep 0.1
done
tail -20 mockserver.log
echo "::error::the mock did not start; its last lines are above"
exit 2
