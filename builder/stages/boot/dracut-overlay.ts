// SPDX-License-Identifier: Apache-2.0
import { writeTreeFile } from '../files.js';

/** The name of the module, as `add_dracutmodules` has it. */
export const OVERLAY_MODULE = 'overlay-root';

const FOLDER = `usr/lib/dracut/modules.d/95${OVERLAY_MODULE}`;

/** dracut.modules(7): always there when it is asked for, and what it brings. */
const SETUP = `#!/bin/bash
# A root that is never written to, with a file system in memory over it.
check() { return 255; }
depends() { return 0; }
installkernel() { hostonly='' instmods overlay squashfs erofs; }
install() {
  inst_multiple mount mkdir
  inst_hook pre-pivot 10 "$moddir/overlay-root.sh"
}
`;

/**
 * Runs when the root is mounted and not yet entered. The root cannot be moved, as systemd shares its mounts: it is seen at
 * a second place, and the overlay comes over the first.
 */
const HOOK = `#!/bin/sh
layers=/run/overlay-root
mkdir -p $layers
mount -t tmpfs -o mode=0755 overlay-root $layers || die "no memory for the writable layer of the root"
mkdir $layers/lower $layers/upper $layers/work
mount --bind "$NEWROOT" $layers/lower || die "the root is not seen a second time"
mount -t overlay -o lowerdir=$layers/lower,upperdir=$layers/upper,workdir=$layers/work overlay "$NEWROOT" ||
  die "no overlay over the root"
`;

/** Gives the tree's dracut a module that lays memory over the root. */
export function writeOverlayModule(tree: string): void {
  writeTreeFile(tree, `${FOLDER}/module-setup.sh`, SETUP, 0o755);
  writeTreeFile(tree, `${FOLDER}/overlay-root.sh`, HOOK, 0o755);
}
