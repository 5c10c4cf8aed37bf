// SPDX-License-Identifier: Apache-2.0

/** The line that says: this kind of machine runs here. */
export const READY = 'guestwright helper ready';

/** Block size of the report's disk: its first block is the header, and what the script said begins with the second. */
export const REPORT_BLOCK = 4096;

/**
 * The first script of the machine, read by sh from the first disk: no path of this machine is on a kernel's command
 * line. The second disk is a tar with the job, the third takes the report: what the script said from block 1 on, then the
 * header in block 0, so that a header that is there means a report that is whole. It is the same in every machine.
 *
 * User Mode Linux has this machine's files as its root, `/proc` and `/run` too, until others are mounted over them: those of
 * the caller's are at `/run/machine`. Its modules lie where modprobe(8) does not look for them by itself.
 */
export const START_SCRIPT = `#!/bin/sh
export PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin LC_ALL=C HOME=/tmp TZ=UTC
mount -t proc proc /proc
mount -t sysfs sysfs /sys
mount -t tmpfs -o mode=755 tmpfs /run
mount -t tmpfs -o mode=1777 tmpfs /tmp
echo '${READY}'
ln -s /proc/self/fd /dev/fd
ln -s /proc/self/fd/0 /dev/stdin
ln -s /proc/self/fd/1 /dev/stdout
ln -s /proc/self/fd/2 /dev/stderr
mkdir -p /run/lock /run/lvm /run/cryptsetup /run/mount /run/helper /run/machine /run/modules/lib
if [ -b /dev/ubda ]; then device=/dev/ubd; else device=/dev/vd; fi
if [ $device = /dev/ubd ]; then
  mount --bind / /run/machine
  ln -s /usr/lib/uml/modules /run/modules/lib/modules
  printf '%s\\n' '#!/bin/sh' 'exec modprobe --dirname /run/modules "$@"' >/run/modules/modprobe
  chmod 755 /run/modules/modprobe
  echo /run/modules/modprobe >/proc/sys/kernel/modprobe
fi
tar -xf "\${device}b" -C /run/helper
index=0
for letter in d e f g h i j k l m n o; do
  [ -b "$device$letter" ] || break
  ln -s "$device$letter" "/run/helper/disk$index"
  index=$((index + 1))
done
status=0
if [ -e /run/helper/modules ]; then
  while read -r module; do
    /run/modules/modprobe "$module" >>/run/output 2>&1 || status=125
  done </run/helper/modules
fi
if [ $status = 0 ]; then
  cd /tmp
  sh -eu /run/helper/job </dev/null >>/run/output 2>&1
  status=$?
fi
sync
dd if=/run/output of="\${device}c" bs=${REPORT_BLOCK} seek=1 conv=notrunc,fsync 2>/dev/null
echo "guestwright-helper $status $(wc -c </run/output)" >/run/header
dd if=/run/header of="\${device}c" bs=${REPORT_BLOCK} conv=notrunc,sync,fsync 2>/dev/null
sync
echo o >/proc/sysrq-trigger
sleep 20
echo b >/proc/sysrq-trigger
sleep 20
exit 1
`;
