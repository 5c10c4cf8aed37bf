// SPDX-License-Identifier: Apache-2.0
import { hasErrors } from '../../builder/kickstart/issues.js';
import type { Kickstart } from '../../builder/kickstart/model.js';
import { readKickstart } from '../../builder/kickstart/read.js';
import { parseVersion } from '../../builder/kickstart/versions.js';
import { formatKickstart } from '../../builder/kickstart/write/kickstart.js';
import { InputError, WorkError } from '../../osinfo/errors.js';
import { unsupportedVersion } from './argparse.js';
import { replaceFile } from './replace-file.js';
import { framed } from './validator.js';

/** The options of `ksflatten`. */
export interface FlattenerOptions {
  readonly config: string;
  readonly version: string;
  readonly output?: string | undefined;
}

/**
 * Print one kickstart with all that it includes in its place, or write it to a file.
 * @returns the exit code
 */
export function runFlattener({ config, version, output }: FlattenerOptions): 0 | 1 {
  try {
    parseVersion(version);
  } catch {
    process.stdout.write(unsupportedVersion(version));
    return 1;
  }
  let kickstart: Kickstart;
  try {
    kickstart = readKickstart(config, { version });
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    process.stderr.write(`Failed to read kickstart file '${config}' : ${error.message}\n`);
    return 1;
  }
  if (hasErrors(kickstart.issues)) {
    for (const issue of kickstart.issues.filter(({ severity }) => severity === 'error'))
      process.stderr.write(`Failed to parse kickstart file '${config}' : ${framed(issue, kickstart.file)}\n`);
    return 1;
  }
  // The first line says which version the text is in, as readers of `#version=` expect it.
  const text = `#version=${version.toUpperCase()}\n${formatKickstart(kickstart, { version })}`;
  try {
    if (output === undefined) process.stdout.write(text);
    else replaceFile(output, text, false);
  } catch (error) {
    if (!(error instanceof WorkError)) throw error;
    process.stderr.write(`Failed to open output file '${output}' : ${error.message}\n`);
    return 1;
  }
  return 0;
}
