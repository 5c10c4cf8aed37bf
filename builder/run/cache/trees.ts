// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, openSync, rmSync, statfsSync, utimesSync, writeFileSync } from 'node:fs';
import { basename, join } from 'node:path';
import { makeFolders } from '../../../osinfo/doors/folders.js';
import type { StageContext } from '../context.js';
import { availableMemoryBytes, isInMemory } from '../memory.js';
import { moveFile } from '../move-file.js';
import { WHOLE_TREE } from '../tar-words.js';
import type { KeptStage } from './keys.js';
import { readNote, type TreeNote } from './note.js';

/** What an initramfs, the file systems and the images are made with while a copy is packed. */
const MEMORY_FOR_TOOLS = 3 * 1024 ** 3;

/** Ten percent larger than `-1` writes it, and packed and unpacked in two thirds of its time, which is why it is kept. */
const PACKING = ['zstd', '--fast=1', '-T2'] as const;

/** tar(1) starts it with its own niceness. */
const PACKED = [`--use-compress-program=${PACKING.join(' ')}`] as const;

/** What waits for nothing leaves the processors to what the build waits for. */
const ASIDE = ['nice', '-n', '19'] as const;

/** The paths of a kept tree: its archive, and the note beside it. */
export function treePaths(
  folder: string,
  stage: KeptStage,
  key: string,
): { readonly archive: string; readonly note: string } {
  const base = join(folder, 'stages', `${stage}-${key}`);
  return { archive: `${base}.tar.zst`, note: `${base}.json` };
}

/**
 * Unpacks the kept tree of a stage. Undefined where there is none, or it is damaged: it is then removed, with what had
 * been unpacked of it.
 */
export async function restoreTree(context: StageContext, stage: KeptStage, key: string): Promise<TreeNote | undefined> {
  const folder = context.job.cacheFolder;
  if (folder === undefined) return undefined;
  const { archive, note } = treePaths(folder, stage, key);
  if (!existsSync(archive)) return undefined;
  try {
    const kept = readNote(note, stage);
    utimesSync(archive, new Date(), new Date());
    await context.tool(['tar', '--zstd', '-xpf', archive, '-C', context.tree, ...WHOLE_TREE, '--same-owner']);
    return kept;
  } catch {
    for (const path of [archive, note]) rmSync(path, { force: true });
    await context.tool(['find', context.tree, '-mindepth', '1', '-delete']);
    return undefined;
  }
}

/** A tree that is being kept; neither promise rejects. */
export interface Keeping {
  /** Ends when the tree has been read: it may be changed again. */
  readonly read: Promise<void>;
  /** Ends when it is kept. */
  readonly kept: Promise<void>;
}

/**
 * Keeps the tree as it is now. In memory it is copied at once, and packed beside what follows; the finished one, which
 * nothing changes any more, is packed where it lies. Two builds that keep the same tree do not meet: each writes its own,
 * and renames it. A full disk here is no reason to fail a build: the tree is then not kept.
 */
export function keepTree(
  context: StageContext,
  stage: KeptStage,
  key: string,
  made: Pick<TreeNote, 'notices' | 'result'>,
): Keeping {
  let whenRead = (): void => {};
  const read = new Promise<void>((resolve) => {
    whenRead = resolve;
  });
  const kept = keep(context, stage, key, made, whenRead).finally(whenRead);
  return { read, kept };
}

async function keep(
  context: StageContext,
  stage: KeptStage,
  key: string,
  made: Pick<TreeNote, 'notices' | 'result'>,
  whenRead: () => void,
): Promise<void> {
  const { plan, job } = context;
  const folder = job.cacheFolder;
  if (folder === undefined) return;
  const { archive, note } = treePaths(folder, stage, key);
  const part = join(job.workFolder, `${stage}.tar.zst`);
  const notePart = join(job.workFolder, `${stage}.json`);
  try {
    context.detail(stage, 'keeping the tree for the next build');
    // What listened there has ended, and tar has no sockets: this build's tree is to be what the next one gets.
    await context.tool(['find', context.tree, '-xdev', '-type', 's', '-delete']);
    makeFolders(join(folder, 'stages'), 0o700);
    if (stage === 'clean') await writeTar(context, part, PACKED, ASIDE);
    else if (hasRoomForCopy(context)) await packCopy(context, join(context.scratch, `${stage}.tar`), part, whenRead);
    else await writeTar(context, part, PACKED);
    const text: TreeNote = {
      format: 'guestwright/kept-tree/1',
      stage,
      of: { name: plan.name, os: plan.os.shortId, arch: plan.arch.name },
      ...made,
    };
    writeFileSync(notePart, JSON.stringify(text), { mode: 0o600 });
    // The note first: a tree without one would be taken for damaged.
    const mark = `.${basename(job.workFolder)}`;
    moveFile(notePart, note, mark);
    moveFile(part, archive, mark);
  } catch (error) {
    for (const path of [part, notePart, ...(existsSync(archive) ? [] : [note])]) rmSync(path, { force: true });
    context.emit({ type: 'notice', message: `the tree is not kept for the next build: ${(error as Error).message}` });
  }
}

/** The tree is copied as fast as memory is, and packed while others have it again. */
async function packCopy(context: StageContext, copy: string, part: string, whenRead: () => void): Promise<void> {
  try {
    await writeTar(context, copy, []);
    whenRead();
    // The packed one has the rights of what it is made of.
    await context.tool([...ASIDE, ...PACKING, '-q', '-f', '-o', part, '--', copy], { timeoutMs: 1_800_000 });
  } finally {
    rmSync(copy, { force: true });
  }
}

async function writeTar(
  context: StageContext,
  path: string,
  packing: readonly string[],
  before: readonly string[] = [],
): Promise<void> {
  closeSync(openSync(path, 'w', 0o600));
  const words = [
    ...before,
    'tar',
    '--sort=name',
    '--sparse',
    ...WHOLE_TREE,
    ...packing,
    '-cpf',
    path,
    '-C',
    context.tree,
    '.',
  ];
  await context.tool(words, { timeoutMs: 1_800_000 });
}

/** Whether all that lies in memory now could lie there once more, with room for the tools. */
function hasRoomForCopy({ tree, scratch }: StageContext): boolean {
  if (!isInMemory(tree) || !isInMemory(scratch)) return false;
  const { blocks, bfree, bavail, bsize } = statfsSync(scratch);
  const used = (blocks - bfree) * bsize;
  return used <= bavail * bsize && used + MEMORY_FOR_TOOLS <= availableMemoryBytes();
}
