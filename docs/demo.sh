#!/usr/bin/env bash
# Plays the offline demo in the live view: no key, no network, about five seconds. Keys work as always; ? shows them.
#   docs/demo.sh          here, in this terminal
#   docs/demo.sh replay   the last one again, at twice its pace
#   docs/demo.sh svg      renews docs/demo.svg, the picture in the README (needs tmux)
set -euo pipefail
cd "$(dirname "$0")/.."
[ -e dist/.built ] || npm run build
case "${1:-play}" in
  play) exec node bin/run.js run --config @examples/offline_demo --log-dir .massgen/demo "Why is the sky blue?" ;;
  replay) exec node bin/run.js logs replay latest --log-dir .massgen/demo --speed 2 ;;
  svg) exec node scripts/demo-svg.js docs/demo.svg ;;
  *) echo "usage: docs/demo.sh [play|replay|svg]" >&2; exit 1 ;;
esac
