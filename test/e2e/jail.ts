// SPDX-License-Identifier: Apache-2.0

/** Devices that any program may count on; no disk, no loop device, no device-mapper, no KVM. */
const SCRIPT = `set -eu
dev=$(mktemp -d)
mount -t tmpfs -o mode=0755 dev "$dev"
for name in null zero full random urandom tty; do : >"$dev/$name"; mount --bind "/dev/$name" "$dev/$name"; done
mkdir "$dev/shm" "$dev/pts"
mount -t tmpfs -o mode=1777 shm "$dev/shm"
mount -t devpts -o newinstance,ptmxmode=0666 pts "$dev/pts"
ln -s pts/ptmx "$dev/ptmx"
ln -s /proc/self/fd "$dev/fd"
for number in 0 1 2; do ln -s "fd/$number" "$dev/std$(echo in out err | cut -d ' ' -f $((number + 1)))"; done
mount --rbind "$dev" /dev
test ! -e /dev/kvm && test ! -e /dev/mapper && test ! -e /dev/loop-control
exec "$@"
`;

/**
 * The beginning of a command that runs in user, mount and process name spaces of an ordinary user, where there are no
 * devices but the usual ones and nothing that is mounted reaches this machine.
 */
export const JAIL: readonly string[] = [
  ...['unshare', '--map-auto', '--map-root-user', '--mount', '--pid', '--fork', '--kill-child', '--mount-proc'],
  ...['sh', '-c', SCRIPT, 'jail'],
];
