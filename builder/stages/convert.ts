// SPDX-License-Identifier: Apache-2.0
import { rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { diskFormats } from '../plan/outputs.js';
import type { DiskFormat } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import type { ImageResult } from '../run/protocol.js';
import { rawPath } from './disks/places.js';

/** How qemu-img is told to write each format; `compressed` where the kickstart's user did not switch it off. */
const FORMATS: Readonly<
  Record<Exclude<DiskFormat, 'raw.xz'>, { readonly plain: readonly string[]; readonly compressed: readonly string[] }>
> = {
  raw: { plain: ['-O', 'raw'], compressed: ['-O', 'raw'] },
  // zstd is written five times as fast as zlib and is smaller; QEMU 5.1 (2020) and newer read it.
  qcow2: { plain: ['-O', 'qcow2'], compressed: ['-c', '-O', 'qcow2', '-o', 'compression_type=zstd'] },
  vmdk: {
    plain: ['-O', 'vmdk', '-o', 'subformat=monolithicSparse'],
    compressed: ['-O', 'vmdk', '-o', 'subformat=streamOptimized,adapter_type=lsilogic'],
  },
};

/** Writes every disk in every format, all at the same time: they read one raw file, and the slow ones do not wait. */
export async function runConvert(context: StageContext): Promise<ImageResult[]> {
  const { plan } = context;
  const jobs = plan.disks.flatMap((disk) => diskFormats(plan.outputs).map((format) => ({ disk, format })));
  return await Promise.all(
    jobs.map(async ({ disk, format }) => {
      const file = `${plan.name}-${disk.name}.${format}`;
      if (format === 'raw.xz') {
        await packRaw(context, rawPath(context, disk), join(context.outFolder, file));
        return { disk: disk.name, format, file };
      }
      const options = FORMATS[format][plan.outputs.compress ? 'compressed' : 'plain'];
      // Writing out of order is faster and gives other bytes each time.
      const order = plan.outputs.sourceDateEpoch === undefined && format !== 'vmdk' ? ['-W', '-m', '4'] : ['-m', '4'];
      await context.tool(
        [
          'qemu-img',
          'convert',
          '-f',
          'raw',
          ...order,
          ...options,
          rawPath(context, disk),
          join(context.outFolder, file),
        ],
        { timeoutMs: 3_600_000 },
      );
      context.detail('convert', `${file} done`);
      return { disk: disk.name, format, file };
    }),
  );
}

/** xz in blocks of 16 MiB, as the original appliance-creator writes it: a reader can unpack from any block on. */
async function packRaw(context: StageContext, raw: string, target: string): Promise<void> {
  const link = target.replace(/\.xz$/, '');
  symlinkSync(raw, link);
  await context.tool(['xz', '--force', '--keep', '--threads=0', '--block-size=16MiB', '-1', '--', link], {
    timeoutMs: 3_600_000,
  });
  rmSync(link);
}
