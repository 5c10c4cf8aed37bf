// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { outputEpoch } from '../../../osinfo/doors/clock.js';
import { bundleFiles, bundleFormats } from '../../plan/outputs.js';
import type { DiskFormat, DiskPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import type { BundleResult, ImageResult } from '../../run/protocol.js';
import { convertDisk } from '../../stages/convert/index.js';
import { networkCards } from '../network-cards.js';
import { writeContainerDisk } from './container-disk.js';
import { writeOva } from './ova.js';

/**
 * Makes what holds disks: the OVA with all of them, and a containerDisk for each, since KubeVirt takes one disk of an
 * image. Images that the build has made already are taken as they are.
 * @param images what the convert stage left in the output folder
 */
export async function runBundles(context: StageContext, images: readonly ImageResult[]): Promise<BundleResult[]> {
  const wanted = bundleFormats(context.plan.outputs);
  if (wanted.length === 0) return [];
  const scratch = join(context.job.workFolder, 'bundle');
  mkdirSync(scratch);
  const made: BundleResult[] = [];
  for (const format of wanted) {
    const disk = diskMaker(context, scratch, images);
    made.push(...(await (format === 'ova' ? makeOva(context, disk) : makeContainerDisks(context, disk))));
  }
  rmSync(scratch, { recursive: true });
  return made;
}

/** The path of a disk in a format. */
type DiskMaker = (disk: DiskPlan, format: DiskFormat) => Promise<string>;

function diskMaker(context: StageContext, scratch: string, images: readonly ImageResult[]): DiskMaker {
  return async (disk, format) => {
    // Uncompressed, a vmdk is none that VMware imports.
    const same = format !== 'vmdk' || context.plan.outputs.compress;
    const there = same ? images.find((image) => image.disk === disk.name && image.format === format) : undefined;
    if (there !== undefined) return join(context.outFolder, there.file);
    const target = join(scratch, `${context.plan.disks.indexOf(disk)}.${format}`);
    await convertDisk(packing(context), disk, format, target);
    return target;
  };
}

/** The same build with images compressed: a bundle is for transport. */
function packing(context: StageContext): StageContext {
  const { plan } = context;
  return { ...context, plan: { ...plan, outputs: { ...plan.outputs, compress: true } } };
}

async function makeOva(context: StageContext, make: DiskMaker): Promise<BundleResult[]> {
  const { plan } = context;
  const made: BundleResult[] = [];
  for (const { name, file, disks } of bundleFiles(plan.name, plan.disks, 'ova')) {
    const images = [];
    for (const disk of disks) images.push({ path: await make(disk, 'vmdk'), capacityBytes: disk.sizeBytes });
    const warnings = await writeOva(join(context.outFolder, file), {
      name,
      machine: plan.ovaMachine!,
      disks: images,
      nics: networkCards(plan),
      mtime: timeOf(context),
    });
    for (const text of warnings) context.emit({ type: 'notice', message: `${file}: ${text}` });
    made.push({ format: 'ova', file, disks: disks.map((disk) => disk.name) });
  }
  return made;
}

async function makeContainerDisks(context: StageContext, make: DiskMaker): Promise<BundleResult[]> {
  const { plan } = context;
  const made: BundleResult[] = [];
  for (const { name, file, disks } of bundleFiles(plan.name, plan.disks, 'containerdisk')) {
    await writeContainerDisk(join(context.outFolder, file), {
      name,
      ...(plan.version === undefined ? {} : { version: plan.version }),
      osName: plan.os.name,
      arch: plan.arch.name,
      disk: await make(disks[0]!, 'qcow2'),
      mtime: timeOf(context),
    });
    made.push({ format: 'containerdisk', file, disks: disks.map((disk) => disk.name) });
  }
  return made;
}

function timeOf({ plan }: StageContext): number {
  return plan.outputs.sourceDateEpoch ?? outputEpoch({});
}
