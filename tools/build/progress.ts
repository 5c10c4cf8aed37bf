// SPDX-License-Identifier: Apache-2.0
import { appendFileSync } from 'node:fs';
import type { BuildEvent, BuildStage, HelperShare } from '../../builder/run/progress.js';
import { STAGES } from '../../builder/run/progress.js';

export type Loudness = 'quiet' | 'normal' | 'verbose';

export interface Progress {
  event(event: BuildEvent): void;
  notice(text: string): void;
  /** Ends the display; with an error the stage that was at work is shown as failed. */
  end(error?: unknown): Promise<void>;
}

/** Shows a build on standard error: a tree of stages on a terminal, plain lines in a log, nothing when quiet. */
export async function makeProgress(loudness: Loudness, bootTest: boolean, logFile?: string): Promise<Progress> {
  if (logFile === undefined) return await makeShown(loudness, bootTest);
  const shown = await makeShown(loudness, bootTest);
  const logged = makeLines('verbose', (text) => appendFileSync(logFile, `${text}\n`));
  return {
    event(event) {
      shown.event(event);
      logged.event(event);
    },
    notice(text) {
      shown.notice(text);
      logged.notice(text);
    },
    end: async (error) => await shown.end(error),
  };
}

async function makeShown(loudness: Loudness, bootTest: boolean): Promise<Progress> {
  if (loudness === 'quiet') return { event: () => undefined, notice: () => undefined, end: async () => undefined };
  if (process.stderr.isTTY && loudness === 'normal') return await makeTree(bootTest);
  return makeLines(loudness);
}

function seconds(ms: number | undefined): string {
  return `${((ms ?? 0) / 1000).toFixed(1)} s`;
}

/** `helper machine (User Mode Linux) for xfs on /: 9.1 s`. */
export function formatHelper({ purpose, machine, ms }: HelperShare): string {
  return `helper machine (${machine === 'uml' ? 'User Mode Linux' : 'QEMU'}) for ${purpose}: ${seconds(ms)}`;
}

function titleOf(stage: BuildStage): string {
  return STAGES.find((one) => one.name === stage)!.title;
}

function makeLines(
  loudness: Loudness,
  write: (text: string) => void = (text) => void process.stderr.write(`${text}\n`),
): Progress {
  return {
    event(event) {
      if (event.type === 'notice') write(`note: ${event.message}`);
      else if (event.type === 'helper') write(`  disks: ${formatHelper(event)}`);
      else if (event.type === 'detail') {
        if (loudness === 'verbose') write(`  ${event.stage}: ${event.text}`);
      } else if (event.status === 'start') write(`${titleOf(event.stage)} …`);
      else
        write(
          `${titleOf(event.stage)}: ${event.status === 'cached' ? 'kept from before' : 'done'}, ${seconds(event.ms)}`,
        );
    },
    notice: (text) => write(`note: ${text}`),
    end: async () => undefined,
  };
}

interface Row {
  readonly finish: (failed?: unknown) => void;
  readonly done: Promise<void>;
  output: (text: string) => void;
  title: (text: string) => void;
}

/** listr2 draws; each of its tasks waits for the events of one stage. */
async function makeTree(bootTest: boolean): Promise<Progress> {
  const { Listr } = await import('listr2');
  const rows = new Map<BuildStage, Row>();
  for (const { name } of STAGES) {
    let finish: (failed?: unknown) => void = () => undefined;
    const done = new Promise<void>((resolve, reject) => {
      finish = (failed) => (failed === undefined ? resolve() : reject(failed));
    });
    done.catch(() => undefined);
    rows.set(name, { finish, done, output: () => undefined, title: () => undefined });
  }
  const shown = STAGES.filter(({ name }) => name !== 'boot-test' || bootTest);
  const notices: string[] = [];
  let running: BuildStage | undefined;
  const list = new Listr(
    shown.map(({ name, title }) => ({
      title,
      task: async (_context: unknown, task: { output: string; title: string }) => {
        const row = rows.get(name)!;
        row.output = (text) => {
          task.output = text;
        };
        row.title = (text) => {
          task.title = text;
        };
        await row.done;
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      rendererOptions: { collapseErrors: false, showErrorMessage: false },
      fallbackRenderer: 'simple',
    },
  );
  const drawn = list.run().catch(() => undefined);
  return {
    event(event) {
      if (event.type === 'notice') {
        notices.push(event.message);
        return;
      }
      if (event.type === 'helper') {
        rows.get('disks')!.output(formatHelper(event));
        return;
      }
      const row = rows.get(event.stage)!;
      if (event.type === 'detail') row.output(event.text);
      else if (event.status === 'start') running = event.stage;
      else {
        row.title(
          `${titleOf(event.stage)}  ${event.status === 'cached' ? 'kept from before, ' : ''}${seconds(event.ms)}`,
        );
        row.finish();
      }
    },
    notice: (text) => void notices.push(text),
    async end(error) {
      if (error !== undefined && running !== undefined) rows.get(running)!.finish(error);
      for (const row of rows.values()) row.finish();
      await drawn;
      for (const text of notices) process.stderr.write(`note: ${text}\n`);
    },
  };
}
