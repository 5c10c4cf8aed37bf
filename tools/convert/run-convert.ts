// SPDX-License-Identifier: Apache-2.0
import { runConversion, type WrittenFile } from '../../builder/convert/convert.js';
import { type ConvertPlan, planConversion } from '../../builder/convert/plan.js';
import { readSource } from '../../builder/convert/source.js';
import { openDb } from '../../osinfo/open.js';
import type { ConvertCommandOptions } from '../commands/convert.js';
import { whileNotInterrupted } from '../interrupt/stop.js';
import { printJson } from '../main.js';

/**
 * Does what the command line of `guestwright convert` says.
 * @throws InputError, WorkError with one line for a person
 */
export async function runConvert(file: string, options: ConvertCommandOptions): Promise<void> {
  const silent = options.quiet === true || options.json === true;
  const say = (text: string): void => {
    if (!silent) process.stdout.write(`${text}\n`);
  };
  await whileNotInterrupted('stopped: nothing was written', async (signal) => {
    const source = readSource(file);
    const request = {
      to: options.to,
      ...(options.output === undefined ? {} : { folder: options.output }),
      ...(options.format === undefined ? {} : { diskFormat: options.format }),
      ...(options.os === undefined ? {} : { os: options.os }),
    };
    const db = once(() => openDb(options.db === undefined ? {} : { db: options.db }));
    const plan = await planConversion(source, request, db);
    if (!silent)
      for (const warning of plan.warnings) process.stderr.write(`guestwright convert: warning: ${warning}\n`);
    const files = options.dryRun ? filesOf(plan) : await runConversion(plan, { onStep: say, signal });
    if (options.json) printJson(jsonOf(plan, files, options.dryRun !== true));
    else if (options.dryRun) say(`would write ${plan.folder}/ with ${names(files)}`);
    else say(`${plan.folder}/ has ${names(files)}`);
  });
}

function once<T>(make: () => T): () => T {
  let made: T | undefined;
  return () => {
    made ??= make();
    return made;
  };
}

const names = (files: readonly WrittenFile[]): string => files.map(({ file }) => file).join(', ');

/** What a plan would write. */
function filesOf({ description, disks, cdrom, target }: ConvertPlan): WrittenFile[] {
  const images = disks.map(
    ({ file, found: { capacityBytes } }): WrittenFile => ({
      file,
      kind: 'disk',
      ...(capacityBytes === undefined ? {} : { capacityBytes }),
    }),
  );
  return [
    ...(description === undefined ? [] : [{ file: description, kind: 'description' as const }]),
    ...(target.name === 'ova' ? [] : images),
    ...(cdrom === undefined ? [] : [{ file: cdrom.file, kind: 'cdrom' as const }]),
  ];
}

function jsonOf(plan: ConvertPlan, files: readonly WrittenFile[], written: boolean): object {
  const { source, target, name, folder, recommendation, warnings } = plan;
  return {
    format: 'guestwright/convert/1',
    source: { file: source.machine.file, kind: source.machine.kind },
    to: target.name,
    name,
    folder,
    written,
    ...(recommendation === undefined ? {} : { recommendation }),
    files,
    warnings,
  };
}
