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
}

/** The real virt-install on its test driver with a host's files, for the OSes named or for all. */
export function runVirtInstall(host: HostFiles, names: readonly string[], more: readonly string[] = []): RealAnswer[] {
  const uri = `__virtinst_test__test://${host.node},predictable,fakeuri=qemu:///system,caps=${host.capabilities},domcaps=${host.domain}`;
  const { stdout, stderr, status } = spawnSync(
    '/usr/bin/python3',
    [join(packageRoot(), 'test/parity/virt-install.py'), uri, ...more],
    {
      input: names.join('\n'),
      encoding: 'utf8',
      maxBuffer: 64 * 1024 * 1024,
      env: { PATH: '/usr/bin:/bin', HOME: newFolder(), LANG: 'C.UTF-8' },
    },
  );
  if (status !== 0) throw new Error(`the real virt-install failed: ${stderr}`);
  return stdout
    .split('\n')
    .filter((line) => line !== '')
    .map((line) => JSON.parse(line) as RealAnswer);
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
