// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { FilesystemPlan, FilesystemType } from '../../../../builder/plan/types.js';
import type { StageContext } from '../../../../builder/run/context.js';
import { runHelper } from '../../../../builder/run/helper/index.js';
import { findProgram } from '../../../../builder/run/probes.js';
import type { WorkerEvent } from '../../../../builder/run/protocol.js';
import type { Place } from '../../../../builder/stages/place.js';
import { cleanEnvironment, run } from '../../../../osinfo/doors/process.js';
import { newFolder } from '../../../osinfo/load/folders.js';
import { LISTING, LISTING_PROGRAMS, MIB } from './everything.js';

/** A reason that the tests cannot run here, for their title; empty where they can. */
export function whyNot(...programs: string[]): string {
  const missing = programs.filter((name) => findProgram(name) === undefined);
  if (missing.length > 0) return ` (skipped: ${missing.join(', ')} not installed)`;
  return process.getuid?.() === 0 ? '' : ' (skipped: files of other owners need root)';
}

export interface Making extends StageContext {
  readonly events: WorkerEvent[];
}

/** As much of a stage's context as makers of file systems use. */
export function makeContext(epoch?: number): Making {
  const scratch = mkdtempSync(join(newFolder(), 'scratch-'));
  const env = cleanEnvironment({
    HOME: scratch,
    TMPDIR: scratch,
    ...(epoch === undefined ? {} : { SOURCE_DATE_EPOCH: String(epoch), E2FSPROGS_FAKE_TIME: String(epoch) }),
  });
  const events: WorkerEvent[] = [];
  const context: Pick<Making, 'scratch' | 'tree' | 'events' | 'emit' | 'tool' | 'detail'> & { plan: unknown } = {
    plan: { outputs: { sourceDateEpoch: epoch } },
    scratch,
    tree: scratch,
    events,
    emit: (event) => void events.push(event),
    detail: () => undefined,
    tool: (words, options = {}) => run(words, { ...options, env: { ...env, ...options.env } }),
  };
  return context as Making;
}

/** A place in a new file, behind what is not to be touched. */
export function newPlace(mib: number, offsetMib = 1): Place {
  const file = join(newFolder(), 'disk.raw');
  writeFileSync(file, Buffer.alloc(MIB * Math.min(offsetMib, 1), 'before '));
  truncateSync(file, (offsetMib + mib) * MIB);
  return { file, offsetBytes: offsetMib * MIB, sizeBytes: mib * MIB };
}

export function planOf(type: FilesystemType, more: Partial<FilesystemPlan> = {}): FilesystemPlan {
  const uuid = type === 'vfat' ? '1234-ABCD' : '7a3f6b1e-1111-4222-8333-abcdefabcdef';
  return { type, uuid, mountOptions: 'defaults', mkfsOptions: [], extendedOptions: [], ...more };
}

export interface Mounted {
  readonly files: readonly string[];
  /** As `mount -t` takes it. */
  readonly type: string;
  /** The folders in it that are listed. */
  readonly folders: readonly string[];
}

/** Mounts file systems in the helper machine and lists what is in their folders: a listing for each. */
export async function listImages(context: Making, images: readonly Mounted[]): Promise<string[][]> {
  const disks = images.flatMap(({ files }) => files);
  let index = 0;
  const lines = images.map(({ files, type, folders }) => {
    const own = files.map(() => `$(readlink /run/helper/disk${index++})`);
    const options = type === 'btrfs' ? ['ro', ...own.map((device) => `device=${device}`)] : ['ro'];
    const mount = `mount -t ${type} -o "${options.join(',')}" "${own[0]}" /tmp/image`;
    const list = folders.map((folder) => `sh -eu /tmp/listing "/tmp/image/${folder}"; echo ====`);
    return [mount, ...list, 'umount /tmp/image'].join('\n');
  });
  const result = await runHelper(context, {
    purpose: 'a listing',
    script: ['mkdir /tmp/image', 'cp /run/helper/values/listing /tmp/listing', ...lines, ''].join('\n'),
    disks: disks.map((file) => ({ file, readOnly: true })),
    values: { listing: LISTING },
    modules: [...new Set(images.map(({ type }) => type))],
    programs: LISTING_PROGRAMS,
    timeoutSeconds: 90,
  });
  const listings = result.lines.join('\n').split('\n====');
  return listings.slice(0, -1).map((text) => text.trim().split('\n'));
}
