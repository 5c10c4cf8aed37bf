// SPDX-License-Identifier: Apache-2.0
// A whole build beside the plain tools it stands on and beside Debian's other builders, with the same packages from the
// same mirror, one after the other.
import { spawnSync } from 'node:child_process';
import { chmodSync, existsSync, mkdirSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { AS_ROOT, readCase, writeKickstarts } from './build/case.mjs';
import { compareVmdk, measureEmptyDisk } from './build/disks.mjs';
import { buildFloor } from './build/floor.mjs';
import * as mkosi from './build/mkosi.mjs';
import { detachLoops } from './build/mounts.mjs';
import { buildOne } from './build/ours.mjs';
import { comparePackages, nameAndVersion } from './build/packages.mjs';
import { printAsked, printBuilds, printVmdk } from './build/print.mjs';
import * as vmdb2 from './build/vmdb2.mjs';

export const summary = 'build an appliance, beside plain tools, mkosi and vmdb2, which want root (ten minutes)';

const PEERS = [mkosi, vmdb2];

export async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-bench-'));
  // mmdebstrap's name space has other ids than ours, and must get in.
  chmodSync(folder, 0o755);
  try {
    const kickstarts = writeKickstarts(folder);
    const what = await readCase(kickstarts.plain);
    console.log(`${what.name} (${what.os}), packages from ${what.install.sourcesWhy}; in ${folder}`);
    console.log(
      'the floor: mmdebstrap to a tar (kernel and initramfs with it), tar, configuration by hand, GRUB for BIOS and UEFI, sfdisk, mke2fs -d, qemu-img -c',
    );
    console.log('left out: debos, fai-diskimage, grml-debootstrap, diskimage-builder');
    console.log('guestwright …');
    const cold = await buildOne(kickstarts.plain, join(folder, 'cold'), { formats: 'qcow2' });
    const warm = await buildOne(kickstarts.changed, join(folder, 'warm'), { formats: 'qcow2' });
    console.log('the plain tools …');
    const floor = await inFolder(folder, 'floor', (one) => buildFloor(what, one));
    const peers = [];
    for (const peer of PEERS) {
      console.log(`${peer.name}: ${peer.left} …`);
      peers.push({
        name: peer.name,
        ...(await orWhy(() => inFolder(folder, peer.name, (one) => peer.build(what, one)))),
      });
    }
    console.log('guestwright: formats, an empty disk …');
    const vmdk = await compareVmdk(kickstarts.changed, folder);
    const empty = await measureEmptyDisk(kickstarts.data, folder);
    printBuilds({ cold, warm, floor, peers });
    printVmdk(vmdk);
    const packages = cold.manifest.packages.map(nameAndVersion);
    comparePackages(packages, 'the floor', floor.packages);
    for (const one of peers) if (one.packages !== undefined) comparePackages(packages, one.name, one.packages);
    printAsked({ cold, warm, floor, peers, vmdk, empty });
  } finally {
    remove(folder);
  }
}

/** What a build needs of the disk is given back before the next one. */
async function inFolder(parent, name, work) {
  const folder = join(parent, name);
  mkdirSync(folder);
  try {
    return await work(folder);
  } finally {
    detachLoops(folder);
    remove(folder);
  }
}

/** A peer that ends early is told of, and not counted. */
async function orWhy(work) {
  try {
    return await work();
  } catch (error) {
    return { why: error.message };
  }
}

function remove(folder) {
  if (existsSync(folder))
    spawnSync(AS_ROOT[0] ?? 'rm', [
      ...AS_ROOT.slice(1),
      ...(AS_ROOT.length > 0 ? ['rm'] : []),
      '-rf',
      '--one-file-system',
      '--',
      folder,
    ]);
}
