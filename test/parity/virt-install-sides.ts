// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { isDeepStrictEqual } from 'node:util';
import { packageRoot } from '../../osinfo/package-root.js';
import type { CompatAnswer } from '../../osinfo/recommend/compat/index.js';
import { newFolder } from '../osinfo/load/folders.js';

export const reference = process.env.GUESTWRIGHT_REFERENCE ?? resolve(packageRoot(), '../shared/reference');
export const hasVirtInstall = existsSync('/usr/share/virt-manager/virtinst/guest.py');

/** What the runner of the real one says of an OS. */
export interface RealAnswer {
  readonly name: string;
  readonly xml?: string;
  readonly error?: string;
  readonly memory: boolean;
  readonly disk: boolean;
  readonly diskGb: number | null;
}

export interface HostFiles {
  readonly capabilities: string;
  readonly domain: string;
  /** State of libvirt's test driver: a node without machines. */
  readonly node: string;
  /** The connection that virt-install takes it for. Default `qemu:///system`. */
  readonly uri?: string;
}

/** What virt-install is asked: for a host, with options, of these OSes. */
export interface RealQuestion {
  readonly host: HostFiles;
  readonly options?: readonly string[];
  readonly names: readonly string[];
}

/** The real virt-install on its test driver with each host's files, all questions in one process. */
export function runVirtInstall(questions: readonly RealQuestion[]): readonly (readonly RealAnswer[])[] {
  const asked = questions.map(({ host, options = [], names }) => ({
    uri: `__virtinst_test__test://${host.node},predictable,fakeuri=${host.uri ?? 'qemu:///system'},caps=${host.capabilities},domcaps=${host.domain}`,
    options,
    names,
  }));
  const script = join(packageRoot(), 'test/parity/virt-install.py');
  const { stdout, stderr, status } = spawnSync('/usr/bin/python3', [script], {
    input: JSON.stringify(asked),
    encoding: 'utf8',
    maxBuffer: 64 * 1024 * 1024,
    env: { PATH: '/usr/bin:/bin', HOME: newFolder(), LANG: 'C.UTF-8' },
  });
  if (status !== 0) throw new Error(`the real virt-install failed: ${stderr}`);
  const answers = stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RealAnswer & { readonly question: number });
  return questions.map((_, number) => answers.filter(({ question }) => question === number));
}

/** Counts agreement, decision by decision. */
export class Agreement {
  readonly same = new Map<string, number>();
  readonly differences: string[] = [];

  compare(name: string, ours: Partial<CompatAnswer>, theirs: Readonly<Record<string, unknown>>): void {
    for (const [decision, wanted] of Object.entries(theirs)) {
      const given = ours[decision as keyof CompatAnswer];
      if (isDeepStrictEqual(given, wanted)) this.same.set(decision, (this.same.get(decision) ?? 0) + 1);
      else this.differences.push(`${name}: ${decision} is ${JSON.stringify(given)}, theirs ${JSON.stringify(wanted)}`);
    }
  }

  /** `machine 790` lines, for a person. */
  toString(): string {
    return [...this.same].map(([decision, count]) => `${decision} ${count}`).join(', ');
  }
}
