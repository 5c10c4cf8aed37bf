// SPDX-License-Identifier: Apache-2.0
import { existsSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { InputError } from '../../osinfo/errors.js';
import type { InstallScript, Os } from '../../osinfo/model/types.js';
import type { GeneratedScript } from '../../osinfo/script/generate.js';
import { type InjectionKind, planInjection } from '../../osinfo/script/injection/plan.js';
import { injectionSuffix, writeInjection } from '../../osinfo/script/injection/write.js';
import type { InstallScriptOptions } from './options.js';
import { checkPlace } from './write.js';

interface Asked {
  readonly os: Os;
  /** What the program was given as its source: the installer's disc, where it is a file. */
  readonly argument: string;
  readonly options: InstallScriptOptions;
}

/**
 * Makes the medium that the installer looks for.
 * @returns the name of the file or folder, without where it is
 * @throws InputError for a place or a source that cannot be used
 */
export async function writeMedium(
  scripts: readonly (readonly [InstallScript, GeneratedScript])[],
  kind: InjectionKind,
  { os, argument, options }: Asked,
): Promise<string> {
  checkPlace(options.outputDir, options.prefix);
  if (options.initrd !== undefined && kind !== 'initrd')
    throw new InputError('injection', '--initrd goes with --inject initrd');
  const profile = options.profile.replace(/[^\w.+-]/g, '_');
  const base = `${os.shortId ?? 'os'}-${profile}${injectionSuffix[kind]}`;
  const name = options.prefix === undefined ? base : `${options.prefix}-${base}`;
  const disc = /^file:/i.test(argument) ? fileURLToPath(argument) : argument;
  await writeInjection(planInjection(scripts, kind), join(options.outputDir, name), {
    ...(existsSync(disc) && statSync(disc).isFile() ? { installer: disc } : {}),
    ...(options.initrd === undefined ? {} : { initrd: readable(options.initrd) }),
  });
  return name;
}

function readable(path: string): string {
  if (existsSync(path) && statSync(path).isFile()) return path;
  throw new InputError('initrd', `${path} is no file; give --initrd the installer's own`);
}
