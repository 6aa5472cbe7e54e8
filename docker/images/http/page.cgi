#!/bin/sh
# The page of a directory without an index.html. Computed per request, so that it needs no writable file system.
printf 'Content-Type: text/plain\r\nConnection: close\r\n\r\n'
printf '%s from pod %s\n' "${GREETING:-hello}" "${HOSTNAME:-unknown}"
