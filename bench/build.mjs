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
import { printAsked, printBuilds, printRounds, printVmdk } from './build/print.mjs';
import * as vmdb2 from './build/vmdb2.mjs';

export const summary =
  'build an appliance, beside plain tools, mkosi and vmdb2, which want root (a quarter of an hour)';

const PEERS = [mkosi, vmdb2];

/** A machine's speed changes within minutes: both are done again in turns, and the middle one of their ratios counts. */
const ROUNDS = 3;

export async function main() {
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-bench-'));
  // mmdebstrap's name space has other ids than ours, and must get in.
  chmodSync(folder, 0o755);
  try {
    const rounds = [];
    for (let number = 1; number <= ROUNDS; number++) rounds.push(await doRound(join(folder, String(number)), number));
    const { what, kickstarts, own } = rounds.at(-1);
    const peers = [];
    for (const peer of PEERS) {
      console.log(`${peer.name}: ${peer.left} …`);
      peers.push({
        name: peer.name,
        ...(await orWhy(() => inFolder(folder, peer.name, (one) => peer.build(what, one)))),
      });
    }
    console.log('guestwright: formats, an empty disk …');
    const vmdk = await compareVmdk(kickstarts.changed, own);
    const empty = await measureEmptyDisk(kickstarts.data, own);
    const { cold, floor } = rounds.at(-1);
    printBuilds({ ...rounds.at(-1), peers });
    printRounds(rounds);
    printVmdk(vmdk);
    const packages = cold.manifest.packages.map(nameAndVersion);
    comparePackages(packages, 'the floor', floor.packages);
    for (const one of peers) if (one.packages !== undefined) comparePackages(packages, one.name, one.packages);
    printAsked({ rounds, peers, vmdk, empty });
  } finally {
    remove(folder);
  }
}

/** Ours with nothing kept and with another `%post`, and the plain tools, in a folder that keeps what ours keeps. */
async function doRound(own, number) {
  mkdirSync(own);
  const kickstarts = writeKickstarts(own);
  const what = await readCase(kickstarts.plain);
  if (number === 1) {
    console.log(`${what.name} (${what.os}), packages from ${what.install.sourcesWhy}; in ${own}`);
    console.log(
      'the floor: mmdebstrap to a tar (kernel and initramfs with it), tar, configuration by hand, GRUB for BIOS and UEFI, sfdisk, mke2fs -d, qemu-img -c',
    );
    console.log('left out: debos, fai-diskimage, grml-debootstrap, diskimage-builder');
  }
  console.log(`round ${number} of ${ROUNDS}: guestwright …`);
  const cold = await buildOne(kickstarts.plain, join(own, 'cold'), { formats: 'qcow2' });
  const warm = await buildOne(kickstarts.changed, join(own, 'warm'), { formats: 'qcow2' });
  console.log(`round ${number} of ${ROUNDS}: the plain tools …`);
  const floor = await inFolder(own, 'floor', (one) => buildFloor(what, one));
  return { what, kickstarts, own, cold, warm, floor };
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
