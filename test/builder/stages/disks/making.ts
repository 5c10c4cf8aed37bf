// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { readdirSync } from 'node:fs';
import { join } from 'node:path';
import { build } from 'esbuild';
import type { Plan, StorageLayers } from '../../../../builder/plan/types.js';
import { startIsolated } from '../../../../builder/run/isolation.js';
import { newFolder } from '../../../osinfo/load/folders.js';
import { plan } from '../../plan/storage/planning.js';
import type { DisksJob } from './worker.js';

export const MIB = 1024 * 1024;

export interface MadeDisks {
  readonly storage: StorageLayers;
  readonly disks: Plan['disks'];
  /** The raw images by the names of their disks. */
  readonly raw: (disk: string) => string;
  /** All raw images. */
  readonly images: readonly string[];
  /** A partition as a file of its own. */
  readonly cut: (partition: string) => string;
  readonly folder: string;
}

let program: Promise<string> | undefined;

/** The process that makes the disks, as one file: it runs in name spaces of its own, as a build's does. */
async function buildWorker(): Promise<string> {
  const outfile = join(newFolder(), 'worker.mjs');
  await build({
    entryPoints: [join(import.meta.dirname, 'worker.ts')],
    outfile,
    bundle: true,
    platform: 'node',
    target: 'node20',
    format: 'esm',
    banner: { js: "import { createRequire as make } from 'node:module'; globalThis.require = make(import.meta.url);" },
    define: { guestwrightBuild: '""' },
    logLevel: 'error',
  });
  return outfile;
}

/** The disks of a kickstart, made by the real stage with the real tools. */
export async function makeDisks(
  kickstart: string,
  files: Readonly<Record<string, string>> = {},
  change: { readonly epoch?: number; readonly bootable?: boolean } = {},
): Promise<MadeDisks> {
  program ??= buildWorker();
  const folder = newFolder();
  const { disks, layers, firmware } = plan(kickstart, { bootable: change.bootable ?? false });
  const made = {
    disks,
    arch: { name: 'x86_64', packages: 'amd64' },
    storage: layers,
    outputs: change.epoch === undefined ? {} : { sourceDateEpoch: change.epoch },
    boot: { loader: 'none', firmware },
  } as unknown as Plan;
  const job: DisksJob = { plan: made, folder, files };
  const said: string[] = [];
  const worker = await startIsolated([process.execPath, await program], (line) => void said.push(line));
  worker.write(`${JSON.stringify(job)}\n`);
  if ((await worker.ended) !== 0) throw new Error(said.join('\n'));
  const raw = (disk: string) => join(folder, 'raw', `${disk}.raw`);
  const left = readdirSync(join(folder, 'scratch')).filter((name) => name.endsWith('.raw'));
  if (left.length > 0) throw new Error(`left in the scratch folder: ${left.join(' ')}`);
  return {
    storage: layers,
    disks,
    raw,
    images: disks.map((disk) => raw(disk.name)),
    folder,
    cut: (id) => {
      const disk = disks.find((one) => one.partitions.some((partition) => partition.id === id))!;
      const { startBytes, sizeBytes } = disk.partitions.find((one) => one.id === id)!;
      const file = join(folder, `${id}.part`);
      const place = ['bs=1M', `skip=${startBytes / MIB}`, `count=${sizeBytes / MIB}`];
      execFileSync('dd', [`if=${raw(disk.name)}`, `of=${file}`, ...place, 'conv=sparse', 'status=none']);
      return file;
    },
  };
}

/** What a tool prints. */
export function ask(...words: readonly [string, ...string[]]): string {
  const [program, ...rest] = words;
  return execFileSync(program, rest, { encoding: 'utf8', maxBuffer: 64 * MIB, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A file of a file system that GRUB finds on the disks: `(md/data)/path`. */
export function readByGrub(images: readonly string[], path: string, passphrase?: string): string {
  const crypto = passphrase === undefined ? [] : ['-C'];
  return execFileSync('grub-fstest', [...crypto, '-c', String(images.length), ...images, 'cat', path], {
    encoding: 'utf8',
    maxBuffer: 64 * MIB,
    stdio: [passphrase === undefined ? 'ignore' : 'pipe', 'pipe', 'pipe'],
    ...(passphrase === undefined ? {} : { input: `${passphrase}\n` }),
  });
}
