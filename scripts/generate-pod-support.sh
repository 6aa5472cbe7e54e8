#!/bin/bash
# Writes docs/pod-support.md from the table of fates (src/manifest/fates). A test notices when the file is stale.
. "$(dirname "${BASH_SOURCE[0]}")/paths.sh"
scripts/build.sh
mkdir -p docs
node dist/main.js support --output markdown >docs/pod-support.md
