// SPDX-License-Identifier: Apache-2.0
import { chmodSync, chownSync, mkdirSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { createInterface } from 'node:readline';
import type { Plan } from '../../../../builder/plan/types.js';
import { makeContext } from '../../../../builder/run/context.js';
import type { Job } from '../../../../builder/run/protocol.js';
import { bootFilesState } from '../../../../builder/stages/boot/index.js';
import { dropTree, runDisks } from '../../../../builder/stages/disks/index.js';
import { finishTree } from '../../../../builder/stages/finish.js';

/** What the test asks of the process that makes the disks. */
export interface DisksJob {
  readonly plan: Plan;
  readonly folder: string;
  /** Files of the tree by path, with what they hold; a path that ends in / is a folder. */
  readonly files: Readonly<Record<string, string>>;
}

/** A file of the tree that the disks are to hold as it is. */
export const EPOCH = 1_600_000_000;

async function main(): Promise<void> {
  const lines = createInterface({ input: process.stdin });
  const { plan, folder, files } = JSON.parse(
    await new Promise<string>((resolve) => lines.once('line', resolve)),
  ) as DisksJob;
  // Where nothing can be written: a build may be started anywhere.
  process.chdir('/proc');
  process.env['TMPDIR'] = join(folder, 'scratch');
  const context = makeContext({ plan, workFolder: folder } as Job, folder, () => undefined);
  for (const path of [context.tree, context.scratch, context.rawFolder]) mkdirSync(path);
  for (const [path, content] of Object.entries(files)) {
    const target = join(context.tree, path);
    mkdirSync(path.endsWith('/') ? target : dirname(target), { recursive: true });
    if (!path.endsWith('/')) writeFileSync(target, content);
    chownSync(target, 5, 6);
    chmodSync(target, path.endsWith('/') ? 0o751 : 0o640);
    utimesSync(target, EPOCH, EPOCH);
  }
  await finishTree(context, bootFilesState(context.tree));
  await runDisks(context);
  await dropTree(context);
}

await main().then(
  () => process.exit(0),
  (error: Error) => {
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  },
);
