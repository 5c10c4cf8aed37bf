// SPDX-License-Identifier: Apache-2.0
import { Listr } from 'listr2';
import { type BuildStage, STAGES } from '../../builder/run/progress.js';
import type { MatrixProgress, Progress } from './progress.js';
import { formatDone, formatHelper, formatRate, seconds, titleOf } from './progress-lines.js';

interface Row {
  readonly finish: (failed?: unknown) => void;
  output: (text: string) => void;
  title: (text: string) => void;
}

/** Rows that listr2 draws: each of its tasks waits until the row is finished. */
function makeListr(titles: readonly string[]): { readonly rows: readonly Row[]; readonly drawn: Promise<unknown> } {
  const made = titles.map((title) => {
    let finish: (failed?: unknown) => void = () => undefined;
    const done = new Promise<void>((resolve, reject) => {
      finish = (failed) => (failed === undefined ? resolve() : reject(failed));
    });
    done.catch(() => undefined);
    const row: Row = { finish: (failed) => finish(failed), output: () => undefined, title: () => undefined };
    return { title, done, row };
  });
  const list = new Listr(
    made.map(({ title, done, row }) => ({
      title,
      task: async (_context: unknown, task: { output: string; title: string }) => {
        row.output = (text) => {
          task.output = text;
        };
        row.title = (text) => {
          task.title = text;
        };
        await done;
      },
    })),
    {
      concurrent: true,
      exitOnError: false,
      rendererOptions: { collapseErrors: false, showErrorMessage: false },
      fallbackRenderer: 'simple',
    },
  );
  return { rows: made.map(({ row }) => row), drawn: list.run().catch(() => undefined) };
}

/** A row a stage: its time and size when it is done; what it is at, or the last line of `%post`, while it runs. */
export function makeTree(without: readonly BuildStage[]): Progress {
  const shown = STAGES.filter(({ name }) => !without.includes(name));
  const { rows, drawn } = makeListr(shown.map(({ title }) => title));
  const rowOf = (stage: BuildStage): Row | undefined => rows[shown.findIndex(({ name }) => name === stage)];
  const notices: string[] = [];
  let running: BuildStage | undefined;
  let detail = '';
  return {
    event(event) {
      if (event.type === 'notice') notices.push(event.message);
      else if (event.type === 'helper') rowOf('disks')?.output(formatHelper(event));
      else if (event.type === 'rate') rowOf(event.stage)?.output(`${detail}  ${formatRate(event)}`);
      else if (event.type === 'detail') {
        detail = event.text;
        rowOf(event.stage)?.output(event.text);
      } else if (event.status === 'start') running = event.stage;
      else {
        rowOf(event.stage)?.title(`${titleOf(event.stage)}  ${formatDone(event)}`);
        rowOf(event.stage)?.finish();
      }
    },
    notice: (text) => void notices.push(text),
    async end(error) {
      if (error !== undefined && running !== undefined) rowOf(running)?.finish(error);
      for (const row of rows) row.finish();
      await drawn;
      for (const text of notices) process.stderr.write(`note: ${text}\n`);
    },
  };
}

/** A row a build: the stage that it is in, and what that is at. Notices come when all is done. */
export function makeRows(labels: readonly string[]): MatrixProgress {
  const { rows, drawn } = makeListr(labels);
  const notices: string[] = [];
  const progressOf = (label: string, row: Row): Progress => {
    let stage = '';
    let ms = 0;
    return {
      event(event) {
        if (event.type === 'notice') notices.push(`${label}: ${event.message}`);
        else if (event.type === 'helper') row.output(`${stage}: ${formatHelper(event)}`);
        else if (event.type === 'rate') row.output(`${stage}: ${formatRate(event)}`);
        else if (event.type === 'detail') row.output(`${stage}: ${event.text}`);
        else if (event.status === 'start') {
          stage = titleOf(event.stage);
          row.output(stage);
        } else {
          ms += event.ms ?? 0;
          row.title(`${label}  ${seconds(ms)}`);
        }
      },
      notice: (text) => void notices.push(`${label}: ${text}`),
      end: async (error) => row.finish(error),
    };
  };
  const each = labels.map((label, index) => progressOf(label, rows[index]!));
  return {
    of: (index) => each[index]!,
    async end() {
      for (const row of rows) row.finish();
      await drawn;
      for (const text of notices) process.stderr.write(`note: ${text}\n`);
    },
  };
}
