// SPDX-License-Identifier: Apache-2.0
import { closeSync, ftruncateSync, mkdirSync, openSync, writeSync } from 'node:fs';
import { join } from 'node:path';
import { diskFile } from '../../../../builder/plan/outputs.js';
import type { DiskFormat, DiskPlan, OutputPlan, Plan } from '../../../../builder/plan/types.js';
import type { StageContext } from '../../../../builder/run/context.js';
import { convertDisk } from '../../../../builder/stages/convert/index.js';
import { run } from '../../../../osinfo/doors/process.js';
import { newFolder } from '../../../osinfo/load/folders.js';

export const KIB = 1024;
export const MIB = 1024 * KIB;

/** Numbers that no packer makes smaller, the same in every run (xorshift). */
export function noise(bytes: number, seed = 1): Buffer {
  const words = new Uint32Array(Math.ceil(bytes / 4));
  let state = seed;
  for (let index = 0; index < words.length; index++) {
    state ^= state << 13;
    state ^= state >>> 17;
    state ^= state << 5;
    words[index] = state;
  }
  return Buffer.from(words.buffer, 0, bytes);
}

export interface Piece {
  readonly at: number;
  readonly bytes: Buffer;
}

/** Data at the edges of grains, blocks and tables of every format: noise, text, and zeroes that are written. */
export function usualPieces(diskBytes: number): Piece[] {
  return [
    { at: 0, bytes: noise(512) },
    { at: 64 * KIB - 7, bytes: noise(20) },
    { at: 3 * MIB + 5, bytes: Buffer.from('the same again and again, '.repeat(40_000)) },
    { at: 8 * MIB, bytes: Buffer.alloc(300 * KIB) },
    // On both sides of the first grain table's end.
    { at: 32 * MIB - 100 * KIB, bytes: noise(200 * KIB, 5) },
    { at: diskBytes - 512, bytes: noise(512, 9) },
  ];
}

export interface Made {
  readonly context: StageContext;
  readonly disk: DiskPlan;
  readonly raw: string;
}

/** A finished raw disk, sparse but for its pieces, and the stage's context around it. */
export function makeDisk(bytes: number, pieces: readonly Piece[], outputs: Partial<OutputPlan> = {}): Made {
  const folder = newFolder();
  for (const name of ['raw', 'out']) mkdirSync(join(folder, name));
  const raw = join(folder, 'raw/sda.raw');
  const file = openSync(raw, 'w');
  ftruncateSync(file, bytes);
  for (const piece of pieces) writeSync(file, piece.bytes, 0, piece.bytes.length, piece.at);
  closeSync(file);
  return { ...contextOf(folder, bytes, outputs), raw };
}

/** The same disk, to be converted anew into a folder of its own. */
export function again({ context, disk }: Made, outputs: Partial<OutputPlan> = context.plan.outputs): Made {
  const folder = newFolder();
  mkdirSync(join(folder, 'out'));
  const next = contextOf(folder, disk.sizeBytes, outputs);
  return {
    ...next,
    context: { ...next.context, rawFolder: context.rawFolder },
    raw: join(context.rawFolder, 'sda.raw'),
  };
}

function contextOf(folder: string, sizeBytes: number, outputs: Partial<OutputPlan>): Omit<Made, 'raw'> {
  const disk: Partial<DiskPlan> = { name: 'sda', sizeBytes };
  const plan: Partial<Plan> = {
    name: 'web',
    kickstart: { file: 'web.ks', sha256: 'ab'.repeat(32) },
    disks: [disk as DiskPlan],
    outputs: { formats: ['raw'], compress: true, checksum: false, ...outputs },
  };
  const context: Partial<StageContext> = {
    plan: plan as Plan,
    rawFolder: join(folder, 'raw'),
    outFolder: join(folder, 'out'),
    tool: (words, options) => run(words, options),
    detail: () => undefined,
  };
  return { context: context as StageContext, disk: disk as DiskPlan };
}

/** Writes the disk in a format. @returns the file */
export async function convert({ context, disk }: Made, format: DiskFormat): Promise<string> {
  const target = join(context.outFolder, diskFile('web', disk, format, context.plan.outputs));
  await convertDisk(context, disk, format, target);
  return target;
}
