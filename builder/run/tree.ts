// SPDX-License-Identifier: Apache-2.0
import { join } from 'node:path';
import { monotonicMs } from '../../osinfo/doors/clock.js';
import { bootFilesState } from '../stages/boot/index.js';
import { runClean } from '../stages/clean.js';
import { runConfigure } from '../stages/configure.js';
import { settleFolder } from '../stages/filesystem/settle.js';
import { finishTree } from '../stages/finish.js';
import { runInstall } from '../stages/install/index.js';
import { runScripts } from '../stages/scripts.js';
import { KEPT_STAGES, type KeptStage, stageKeys } from './cache/keys.js';
import type { CleanResult } from './cache/note.js';
import { type Keeping, keepTree, restoreTree } from './cache/trees.js';
import type { StageContext } from './context.js';
import { whileWatched } from './measure.js';
import type { StageName } from './protocol.js';
import { stage } from './stage.js';

export interface MadeTree {
  readonly cleaned: CleanResult;
  /** Ends when the finished tree has been read to be kept; until then it must not be changed. Never rejects. */
  readonly read: Promise<void>;
  /** Ends when all trees are kept. Never rejects. */
  readonly kept: Promise<void>;
}

/** The stages that a kept tree stands for, beside the one that it is named by. */
const STANDS_FOR: Readonly<Record<KeptStage, readonly StageName[]>> = {
  install: [],
  configure: ['install'],
  clean: ['install', 'configure', 'scripts'],
};

/** The first kept tree that a stage makes anew. */
const MADE_BY = { install: 'install', configure: 'configure', scripts: 'clean' } as const;

/**
 * The finished tree: from the latest stage whose tree is kept, and the stages after it. What is kept is packed beside the
 * stages that follow.
 */
export async function makeTree(context: StageContext): Promise<MadeTree> {
  const keys = stageKeys(context);
  const notices: string[] = [];
  const heard: StageContext = {
    ...context,
    emit: (event) => {
      if (event.type === 'notice') notices.push(event.message);
      context.emit(event);
    },
  };
  const hasPost = context.plan.scripts.some((one) => one.type === 'post');
  const restored = await restoreLatest(heard, keys, hasPost);
  if (restored?.result) return { cleaned: restored.result, read: Promise.resolve(), kept: Promise.resolve() };
  const from = restored?.stage;
  const keeping: Keeping[] = [];
  const keep = (name: KeptStage, result?: CleanResult): Keeping => {
    const made = { notices: [...notices], ...(result === undefined ? {} : { result }) };
    const one = keepTree(context, name, keys[name], made);
    keeping.push(one);
    return one;
  };
  const allKept = async (): Promise<void> => void (await Promise.all(keeping.map(({ kept }) => kept)));
  try {
    if (from === undefined) {
      const install = async (): Promise<void> => {
        await whileWatched(context, downloads(context), () => runInstall(heard));
        await keep('install').read;
      };
      await stage(context, 'install', install, { folder: context.tree });
    }
    if (from !== 'configure') {
      await stage(context, 'configure', async () => {
        await runConfigure(heard);
        await keep('configure').read;
      });
    }
    const bootBefore = bootFilesState(context.tree);
    const { failed } = await stage(context, 'scripts', () => runScripts(heard), hasPost ? {} : { detail: 'none' });
    const finish = async (): Promise<CleanResult> => {
      await finishTree(heard, bootBefore);
      const result = await runClean(heard);
      await settleFolder(context, context.tree);
      return result;
    };
    const cleaned = await stage(context, 'clean', finish, { folder: context.tree });
    // Without a script the next build is done with cleaning as soon as with reading. One that failed may not the next time.
    const last = hasPost && failed === 0 ? keep('clean', cleaned).read : Promise.resolve();
    return { cleaned, read: last, kept: allKept() };
  } catch (error) {
    // The next try goes on from there.
    await allKept();
    throw error;
  }
}

/** Where package managers put what they fetch, whichever is at work. */
function downloads({ tree, job }: StageContext): string[] {
  return [join(tree, 'var/cache/apt/archives'), join(tree, 'var/lib/apt/lists'), join(job.workFolder, 'rpm-cache')];
}

/** Unpacks the tree of the latest stage that is kept and is not to be made anew, and says what its stages said. */
async function restoreLatest(
  context: StageContext,
  keys: Readonly<Record<KeptStage, string>>,
  hasPost: boolean,
): Promise<{ readonly stage: KeptStage; readonly result?: CleanResult } | undefined> {
  const { fresh } = context.job;
  const end = fresh === undefined ? KEPT_STAGES.length : KEPT_STAGES.indexOf(MADE_BY[fresh]);
  const wanted = KEPT_STAGES.slice(0, end).filter((name) => hasPost || name !== 'clean');
  for (const name of wanted.toReversed()) {
    const started = monotonicMs();
    const note = await restoreTree(context, name, keys[name]);
    if (!note) continue;
    for (const earlier of STANDS_FOR[name]) context.emit({ type: 'stage', stage: earlier, status: 'cached' });
    context.emit({ type: 'stage', stage: name, status: 'cached', ms: Math.round(monotonicMs() - started) });
    for (const message of note.notices) context.emit({ type: 'notice', message });
    return { stage: name, ...(note.result === undefined ? {} : { result: note.result }) };
  }
  return undefined;
}
