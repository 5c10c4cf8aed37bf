// SPDX-License-Identifier: Apache-2.0
import { run } from '../../osinfo/doors/process.js';
import type { Plan } from '../plan/types.js';
import { readPart } from './file-part.js';
import { findProgram, toolsFor } from './probes.js';

/** How the tools whose version can change the result are asked for it: by `--version` where nothing stands here. */
const VERSION_WORDS: Readonly<Record<string, readonly string[]>> = {
  mke2fs: ['mke2fs', '-V'],
  // Asked itself, dnf leaves a folder in an ordinary user's /var/tmp.
  dnf: ['/usr/bin/python3', '-I', '-c', 'import dnf.const; print("dnf", dnf.const.VERSION)'],
};

/** A script that loads all that it works with before it says its version, which stands at its top. */
const VERSION_INSIDE: Readonly<Record<string, RegExp>> = { mmdebstrap: /^our \$VERSION = '([\d.]+)';$/m };
const TOP_BYTES = 4096;

const VERSIONED = ['mmdebstrap', 'rpm', 'dnf', 'zypper', 'mke2fs', 'qemu-img', 'sfdisk', 'bwrap'];

/** What the tools of a plan say of their versions, in a line each, and further programs. */
export async function readToolVersions(plan: Plan, more: readonly string[] = []): Promise<Record<string, string>> {
  const needed = new Set(toolsFor(plan).map(({ program }) => program));
  const answers = await Promise.all(
    [...VERSIONED.filter((program) => needed.has(program)), ...more].map(async (program) => {
      const inside = versionInside(program);
      if (inside !== undefined) return [program, inside] as const;
      const words = VERSION_WORDS[program] ?? [program, '--version'];
      const { stdout, stderr } = await run(words, { timeoutMs: 20_000, okCodes: [0, 1] });
      return [program, (stdout || stderr).split('\n')[0]!.trim()] as const;
    }),
  );
  return Object.fromEntries(answers);
}

/** As the program would say it; nothing where its text is another than is known. */
function versionInside(program: string): string | undefined {
  const pattern = VERSION_INSIDE[program];
  const path = pattern && findProgram(program);
  const version = path && pattern.exec(readPart(path, 0, TOP_BYTES).toString('latin1'))?.[1];
  return version === undefined ? undefined : `${program} ${version}`;
}
