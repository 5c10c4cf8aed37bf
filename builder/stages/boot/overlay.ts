// SPDX-License-Identifier: Apache-2.0

/** Where initramfs-tools(7) runs it: the root is mounted by then, and /dev not yet moved into it. */
export const OVERLAY_SCRIPT = 'etc/initramfs-tools/scripts/local-bottom/overlay-root';

/**
 * Lays a file system in memory over a root that cannot be written to. What was mounted below the root already (a /usr of
 * its own) is moved along. Both layers stay visible to the running system below /run/overlay-root.
 */
export const OVERLAY_ROOT = `#!/bin/sh
# The root is never written to: what the system writes lies in memory, and is gone when it stops.
set -e
case "$1" in prereqs) exit 0 ;; esac
. /scripts/functions
layers=/run/overlay-root
mkdir -p $layers
mount -t tmpfs -o mode=0755 overlay-root $layers || panic "no memory for the writable layer of the root"
mkdir $layers/lower $layers/upper $layers/work
mount -n -o move "$rootmnt" $layers/lower
mount -t overlay -o lowerdir=$layers/lower,upperdir=$layers/upper,workdir=$layers/work overlay "$rootmnt" ||
  panic "no overlay over the root"
points=$(while read -r _ point _; do case "$point" in $layers/lower/*) echo "$point" ;; esac done </proc/mounts)
for point in $points; do
  mount -n -o move "$point" "$rootmnt\${point#$layers/lower}"
done
exit 0
`;
