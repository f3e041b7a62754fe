#!/usr/bin/env bash
# Install this repository into an environment of its own, with what the command needs, and put it on the path.
set -euo pipefail

case "$INPUT_COMMAND" in
  check) extra='[check]' ;;
  serve) extra='' ;;
  *) echo "::error::command must be check or serve, not '$INPUT_COMMAND'"; exit 2 ;;
esac
home="${RUNNER_TEMP:?}/mockserver"
"$INPUT_PYTHON" -m venv "$home"
"$home/bin/pip" install --quiet --disable-pip-version-check "$GITHUB_ACTION_PATH$extra"
echo "$home/bin" >> "$GITHUB_PATH"
