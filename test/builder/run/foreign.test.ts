// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { release, tmpdir } from 'node:os';
import { join } from 'node:path';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { machineArch } from '../../../builder/plan/host.js';
import { binfmtLine, findEmulator, isEmulated, smallestProgram } from '../../../builder/run/foreign.js';
import { startIsolated } from '../../../builder/run/isolation.js';
import { run } from '../../../osinfo/doors/process.js';

const folder = mkdtempSync(join(tmpdir(), 'guestwright-foreign-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const BUILT = ['x86_64', 'i686', 'aarch64'];
const programOf = (arch: string): string => {
  const path = join(folder, arch);
  writeFileSync(path, smallestProgram(arch), { mode: 0o755 });
  return path;
};

/** Whether name spaces have emulators of their own here: Linux 6.7 and newer. */
function ownBinfmt(): boolean {
  const [major, minor] = release().split('.').map(Number);
  return major! > 6 || (major === 6 && minor! >= 7);
}

/** What this machine itself has registered; nothing where it has no binfmt_misc. */
function registered(): string[] {
  const place = '/proc/sys/fs/binfmt_misc';
  return existsSync(place) ? readdirSync(place) : [];
}

describe('the line that tells the kernel of an emulator', () => {
  it('is a rule on the first bytes of 64-bit ARM programs, whatever system they are for', () => {
    expect(binfmtLine('aarch64', '/usr/bin/qemu-aarch64-static')).toBe(
      String.raw`:qemu-aarch64:M::\x7f\x45\x4c\x46\x02\x01\x01\x00\x00\x00\x00\x00\x00\x00\x00\x00\x02\x00\xb7\x00:\xff\xff\xff\xff\xff\xff\xff\x00\xff\xff\xff\xff\xff\xff\xff\xff\xfe\xff\xff\xff:/usr/bin/qemu-aarch64-static:OCPF`,
    );
  });

  it('is another for each architecture that is built', () => {
    const rules = BUILT.map((arch) => binfmtLine(arch, '/q').split(':')[4]);
    expect(new Set(rules).size).toBe(BUILT.length);
    // e_machine of elf(5), after the class of 32 bits.
    expect(rules[1]).toContain(String.raw`\x46\x01\x01\x01`);
    expect(rules[1]!.endsWith(String.raw`\x03\x00`)).toBe(true);
  });
});

describe('whose programs a machine runs by itself', () => {
  it('are its own, and on a 64-bit PC those of the 32-bit one', () => {
    const emulated = (machine: string) => BUILT.filter((arch) => isEmulated(arch, machine));
    expect(emulated('x86_64')).toEqual(['aarch64']);
    expect(emulated('aarch64')).toEqual(['x86_64', 'i686']);
    expect(emulated('riscv64')).toEqual(BUILT);
  });
});

describe('the smallest program', () => {
  it('is a program to those who read ELF files', async () => {
    const { stdout } = await run(['readelf', '--wide', '--file-header', '--segments', programOf('aarch64')]);
    expect(stdout).toMatch(/Machine: +AArch64/);
    expect(stdout).toMatch(/LOAD[\s\S]*R E/);
  });

  it('ends well here, emulated where it has to be', async () => {
    for (const arch of BUILT) {
      const emulator = isEmulated(arch) ? findEmulator(arch) : undefined;
      if (isEmulated(arch) && emulator === undefined) continue;
      const { exitCode } = await run([...(emulator === undefined ? [] : [emulator]), programOf(arch)]);
      expect(exitCode, arch).toBe(0);
    }
  });
});

describe('name spaces in which the programs of an architecture are to run', () => {
  const script = join(folder, 'enable.mjs');
  const enable = async (arch: string): Promise<string> => {
    const place = mkdtempSync(join(folder, 'place-'));
    const said: string[] = [];
    const started = await startIsolated([process.execPath, script, arch, place], (line) => said.push(line));
    await started.ended;
    return said.join('\n');
  };

  beforeAll(async () => {
    const entry = join(import.meta.dirname, '../../../builder/run/foreign.ts');
    await build({
      stdin: {
        contents: `import { enableForeign } from ${JSON.stringify(entry)};
          import { readdirSync } from 'node:fs';
          const [arch, place] = process.argv.slice(2);
          try { await enableForeign(arch, place); console.log('runs', ...readdirSync(place)); }
          catch (error) { console.log(error.message); }`,
        resolveDir: import.meta.dirname,
      },
      outfile: script,
      bundle: true,
      platform: 'node',
      format: 'esm',
      logLevel: 'warning',
      banner: { js: "import{createRequire as r}from'node:module';const require=r(import.meta.url);" },
    });
  });

  it('run them, or say in one line what is missing', async () => {
    const others = BUILT.filter((arch) => arch !== machineArch());
    for (const arch of others) {
      const said = await enable(arch);
      if (isEmulated(arch) && findEmulator(arch) !== undefined && ownBinfmt()) expect(said, arch).toBe('runs binfmt');
      else expect(said, arch).toMatch(/^(runs.*|this machine does not run the programs of \w+: [^\n]+)$/);
    }
  });

  it('have nothing done to them for this machine’s own', async () => {
    expect(await enable(machineArch())).toBe('runs');
  });

  it('leave nothing registered on this machine', async () => {
    const before = registered();
    await Promise.all(BUILT.map(enable));
    expect(registered()).toEqual(before);
  });
});
