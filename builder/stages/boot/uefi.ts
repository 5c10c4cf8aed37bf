// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DiskPlan } from '../../plan/types.js';
import type { StageContext } from '../../run/context.js';
import { copyToFat } from '../filesystem/fat.js';
import type { GrubCore } from './core.js';

/** Puts GRUB where firmware looks for what it starts from a disk of which it knows nothing. */
export async function writeEfiFile(
  context: StageContext,
  disk: DiskPlan,
  image: string,
  core: GrubCore,
): Promise<void> {
  const esp = disk.partitions.find((partition) => partition.role === 'esp')!;
  const top = join(context.scratch, 'grub/esp/EFI');
  const folder = join(top, 'BOOT');
  const file = join(folder, core.platform.efiFile!);
  mkdirSync(folder, { recursive: true });
  writeFileSync(file, core.bytes);
  const epoch = context.plan.outputs.sourceDateEpoch;
  if (epoch !== undefined) for (const path of [file, folder, top]) utimesSync(path, epoch, epoch);
  await copyToFat(context, { file: image, offsetBytes: esp.startBytes }, [top], '::/');
}
