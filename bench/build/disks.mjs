// SPDX-License-Identifier: Apache-2.0
// What becomes of finished disks: the packed VMDK beside qemu-img's, alone and in a build, and what an empty disk takes.
import { join } from 'node:path';
import { measure } from '../measure.mjs';
import { GUESTWRIGHT } from './case.mjs';
import { buildOne } from './ours.mjs';
import { sizesOf } from './steps.mjs';

/**
 * The same raw disk by either writer, as whole commands; and the build in one format and in two, from the kept tree.
 * @param kickstart whose tree is kept
 */
export async function compareVmdk(kickstart, folder) {
  const at = (path) => join(folder, path);
  await buildOne(kickstart, at('raw'), { formats: 'raw' });
  const raw = at('raw/bench-sda.raw');
  const theirs = ['-f', 'raw', '-O', 'vmdk', '-o', 'subformat=streamOptimized', raw, at('qemu.vmdk')];
  const qemu = await measure(['qemu-img', 'convert', ...theirs]);
  const ours = await measure([...GUESTWRIGHT, 'convert', at('raw/bench.xml'), '--to', 'vmdk', '-q', '-o', at('vmdk')]);
  return {
    qemu: { ...qemu, image: sizesOf(at('qemu.vmdk')) },
    ours: { ...ours, image: sizesOf(at('vmdk/bench-1.vmdk')) },
    inBuild: await buildOne(kickstart, at('packed'), { formats: 'vmdk' }),
    one: await buildOne(kickstart, at('one'), { formats: 'qcow2' }),
    two: await buildOne(kickstart, at('two'), { formats: 'qcow2,vmdk' }),
  };
}

/** A build with a second disk of 1 GiB that holds an empty ext4; what its images take, in bytes. */
export async function measureEmptyDisk(kickstart, folder) {
  const { manifest, out } = await buildOne(kickstart, join(folder, 'data'), { formats: 'qcow2,vmdk' });
  const images = manifest.disks.find((disk) => disk.name === 'sdb').images;
  return Object.fromEntries(images.map(({ format, file }) => [format, sizesOf(join(out, file)).lengthBytes]));
}
