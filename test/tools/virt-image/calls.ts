// SPDX-License-Identifier: Apache-2.0
// virt-image as its tests call it, and appliances for it.
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, beforeAll } from 'vitest';
import { type RunResult, run } from '../../../osinfo/doors/process.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { bundleTool, type Program } from '../bundle.js';

export const hasVirsh = existsSync('/usr/bin/virsh');

let program: Program | undefined;
beforeAll(async () => {
  program = await bundleTool('virt-image');
});
afterAll(() => program?.remove());

const home = newFolder();
export const env = { PATH: '/usr/bin:/bin', HOME: home, LC_ALL: 'C.UTF-8', GUESTWRIGHT_CACHE_DIR: join(home, 'cache') };

/** Runs virt-image, behind the words `before`; 124 is timeout's own exit code. */
export async function call(
  words: readonly string[],
  more: Readonly<Record<string, string>> = {},
  before: readonly string[] = [],
): Promise<RunResult> {
  return await run([...before, process.execPath, program!.path, ...words], {
    env: { ...env, ...more },
    okCodes: [0, 1, 2, 124, 130],
    timeoutMs: 110_000,
  });
}

/** virt-image with libvirt's test driver, whose host has one domain `test` and one network `default`. */
export const virtImage = (...words: readonly string[]): Promise<RunResult> =>
  call(['--connect', 'test:///default', ...words]);

export interface Parts {
  readonly boots?: string;
  readonly devices?: string;
  readonly disks?: string;
  readonly name?: string;
}

export const xenBoot =
  "<boot type='xen'><guest><arch>i686</arch><features><pae/></features></guest><os><loader>pygrub</loader></os><drive disk='root.raw' target='xvda'/><drive disk='scratch.raw' target='xvdc'/></boot>";
export const hvmBoot =
  "<boot type='hvm'><guest><arch>i686</arch></guest><os><loader dev='hd'/></os><drive disk='root.raw' target='hda'/></boot>";

/** A folder with a descriptor and its system disk. */
export function appliance(parts: Parts = {}): { readonly file: string; readonly folder: string } {
  const folder = newFolder();
  const file = join(folder, 'web.xml');
  const {
    boots = xenBoot + hvmBoot,
    devices = '<vcpu>2</vcpu><memory>262144</memory><interface/><graphics/>',
    disks = "<disk file='root.raw' use='system'/>\n<disk file='scratch.raw' use='scratch' size='1.5'/>",
    name = '<name>web</name>',
  } = parts;
  writeFileSync(
    file,
    `<image>${name}<domain>${boots}<devices>${devices}</devices></domain>\n<storage>\n${disks}</storage></image>`,
  );
  writeFileSync(join(folder, 'root.raw'), 'root');
  return { file, folder };
}
