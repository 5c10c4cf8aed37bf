// SPDX-License-Identifier: Apache-2.0
import { appendFileSync } from 'node:fs';
import type { BuildEvent, BuildStage } from '../../builder/run/progress.js';
import { makeLines } from './progress-lines.js';
import type { ProgressStyle } from './progress-styles.js';

export type Loudness = 'quiet' | 'normal' | 'verbose';

export interface Progress {
  event(event: BuildEvent): void;
  notice(text: string): void;
  /** Ends the display; with an error the stage that was at work is shown as failed. */
  end(error?: unknown): Promise<void>;
}

export interface ProgressOptions {
  readonly loudness: Loudness;
  readonly style?: ProgressStyle | undefined;
  /** Stages that this build does not have. */
  readonly without: readonly BuildStage[];
  /** Gets every message too, appended. */
  readonly logFile?: string | undefined;
}

const SILENT: Progress = { event: () => undefined, notice: () => undefined, end: async () => undefined };

/** Shows a build on standard error: a tree of stages on a terminal, plain lines in a log, nothing when quiet. */
export async function makeProgress(options: ProgressOptions): Promise<Progress> {
  const shown = await makeShown(options);
  const { logFile } = options;
  if (logFile === undefined) return shown;
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

async function makeShown({ loudness, style = 'auto', without }: ProgressOptions): Promise<Progress> {
  if (style === 'json') return jsonLines();
  if (loudness === 'quiet') return SILENT;
  if (isDrawn(style, loudness)) {
    const { makeTree } = await import('./progress-tree.js');
    return makeTree(without);
  }
  return makeLines(loudness, writeLine);
}

/** One display for several builds at once. */
export interface MatrixProgress {
  /** What shows one of them. */
  of(index: number): Progress;
  end(): Promise<void>;
}

/** @param labels of the builds, in their order */
export async function makeMatrixProgress(
  labels: readonly string[],
  loudness: Loudness,
  style: ProgressStyle = 'auto',
): Promise<MatrixProgress> {
  const each = (make: (label: string) => Progress): MatrixProgress => {
    const shown = labels.map(make);
    return { of: (index) => shown[index]!, end: async () => undefined };
  };
  if (style === 'json') return each(jsonLines);
  if (loudness === 'quiet') return each(() => SILENT);
  if (isDrawn(style, loudness)) {
    const { makeRows } = await import('./progress-tree.js');
    return makeRows(labels);
  }
  return each((label) => makeLines(loudness, (text) => writeLine(`[${label}] ${text}`)));
}

/** Whether there is a tree: on a terminal, where nobody asked for another style. */
function isDrawn(style: ProgressStyle, loudness: Loudness): boolean {
  return style === 'tree' || (style === 'auto' && process.stderr.isTTY && loudness === 'normal');
}

function writeLine(text: string): void {
  process.stderr.write(`${text}\n`);
}

/** Every event as it comes, with the build that it is of where there are several. */
function jsonLines(build?: string): Progress {
  const write = (event: object): void =>
    writeLine(JSON.stringify({ ...(build === undefined ? {} : { build }), ...event }));
  return {
    event: write,
    notice: (message) => write({ type: 'notice', message }),
    end: async (error) => {
      const message = error instanceof Error ? error.message : undefined;
      write({ type: 'end', ok: error === undefined, ...(message === undefined ? {} : { message }) });
    },
  };
}
