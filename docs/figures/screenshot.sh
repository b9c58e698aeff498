#!/usr/bin/env bash
# The picture in docs/index.md: the top of a run's report, by headless Chromium. Usage: screenshot.sh RUN
set -euo pipefail
report=$(realpath "$1/report.html")
out=$(cd "$(dirname "$0")" && pwd)/report.png
profile=$(mktemp -d)
trap 'rm -rf "$profile"' EXIT
chromium --headless --no-sandbox --disable-gpu --disable-background-networking --disable-component-update \
    --disable-sync --no-first-run --hide-scrollbars --user-data-dir="$profile" \
    --window-size=1200,1080 --screenshot="$out" "file://$report"
