#!/bin/sh
# Holds the lock of the given file on a descriptor of its own until it is killed.
exec 9>>"$1"
flock --nonblock --exclusive 9 || exit 1
echo held
read -r _
