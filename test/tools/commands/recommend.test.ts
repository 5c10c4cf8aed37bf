// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { build } from 'esbuild';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { cleanEnvironment, run } from '../../../osinfo/doors/process.js';
import { packageRoot } from '../../../osinfo/package-root.js';

const folder = mkdtempSync(join(tmpdir(), 'guestwright-recommend-'));
const program = join(folder, 'recommend.mjs');
let out = '';
let err = '';

beforeAll(async () => {
  await build({
    stdin: {
      contents: `import { command } from './tools/commands/recommend.ts'; import { houseStyle, runCommand } from './tools/main.ts';
        await runCommand(command(), process.argv.slice(2), houseStyle('guestwright recommend'));`,
      resolveDir: packageRoot(),
    },
    bundle: true,
    platform: 'node',
    format: 'esm',
    outfile: program,
    banner: { js: "import{createRequire as __make}from'node:module';const require=__make(import.meta.url);" },
    logLevel: 'error',
  });
  // Beside the program stands what tells it where the package is.
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ name: 'guestwright' }));
  symlinkSync(join(packageRoot(), 'db'), join(folder, 'db'));
  symlinkSync(join(packageRoot(), 'schema'), join(folder, 'schema'));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** The command as a program of its own; its exit code, and what it printed in `out` and `err`. */
async function recommend(...words: readonly string[]): Promise<number> {
  const env = cleanEnvironment({ HOME: folder, XDG_CACHE_HOME: folder, NO_COLOR: '1' });
  // The reasons of a thousand machines are tens of MiB.
  const options = { env, okCodes: [0, 1, 2], keepBytes: 256 * 1024 ** 2, timeoutMs: 120_000 };
  const result = await run([process.execPath, program, ...words], options);
  out = result.stdout;
  err = result.stderr;
  return result.exitCode;
}

const schema = (name: string) => JSON.parse(readFileSync(join(packageRoot(), 'schema', name), 'utf8')) as object;

describe('guestwright recommend', () => {
  it('prints a table that fits the terminal', async () => {
    expect(await recommend('debian12')).toBe(0);
    expect(out).toMatch(/^Debian 12 on QEMU\/KVM [\d.]+, x86_64\n\n {2}machine +q35 /);
    expect(out).toMatch(/\n {2}memory +2 GiB +what its vendor recommends\n/);
    expect(out).toMatch(/\n {2}without +sound, TPM, Hyper-V\n/);
    expect(Math.max(...out.split('\n').map((line) => line.length))).toBeLessThanOrEqual(100);
    expect(err).toBe('');
  });

  it('explains with rules, facts by their place in the database, and losers', async () => {
    expect(await recommend('win11', '--explain')).toBe(0);
    expect(out).toMatch(/\nfirmware: uefi\n {4}the OS starts from nothing else\. {2}\[firmware\.required\]\n/);
    expect(out).toMatch(
      /because {2}Microsoft Windows 11 does not start from BIOS {2}\(db\/os\/microsoft\.com\/win-11\.xml:\d+\)/,
    );
    expect(out).toMatch(/inherited from http:\/\/microsoft\.com\/win\/10\)/);
    expect(out).toMatch(/\n {4}not {6}virtio: Microsoft Windows 11 lists no driver for virtio-blk/);
  });

  it('prints JSON of its schema, for one and for all', async () => {
    const ajv = new Ajv({ strict: true, allErrors: true });
    const one = ajv.compile(schema('recommendation.schema.json'));
    const all = ajv.compile(schema('recommendations.schema.json'));
    expect(await recommend('debian12', '--json')).toBe(0);
    expect(one(JSON.parse(out)), ajv.errorsText(one.errors)).toBe(true);
    expect(await recommend('--all', '--format', 'json')).toBe(0);
    const document = JSON.parse(out);
    expect(all(document), ajv.errorsText(all.errors)).toBe(true);
    expect(document.recommendations.length).toBeGreaterThan(20);
    expect(document.refused).toEqual([]);
  });

  it('prints libvirt XML and a QEMU command for the given images', async () => {
    expect(
      await recommend('debian12', '-f', 'libvirt', '--name', 'web', '--image', '/a.qcow2', '--image', '/b.raw'),
    ).toBe(0);
    expect(out).toContain('<name>web</name>');
    expect(out).toMatch(/type="qcow2".*file="\/a\.qcow2".*type="raw".*file="\/b\.raw"/s);
    expect(await recommend('debian12', '-f', 'qemu', '--virt', 'qemu', '--image', 'x.vmdk', '--firmware', 'bios')).toBe(
      0,
    );
    expect(out).toContain('format=vmdk,file=./x.vmdk');
    expect(out).not.toContain('pflash');
  });

  it('takes what is chosen, and warns', async () => {
    expect(await recommend('debian12', '--memory', '256', '--vcpus', '3', '--disk', '5', '--json')).toBe(0);
    expect(JSON.parse(out)).toMatchObject({
      memoryBytes: 256 * 1024 ** 2,
      cpu: { count: 3 },
      storageBytes: 5 * 1024 ** 3,
    });
    expect(JSON.parse(out).warnings).toHaveLength(2);
    expect(await recommend('win11', '--no-tpm', '--no-secure-boot')).toBe(0);
    expect(out).toMatch(/warning: Secure Boot is off, but Microsoft Windows 11 requires Secure Boot \(db\/os/);
    expect(out).toMatch(/warning: the machine has no TPM, but/);
  });

  it.each([
    [['debain12'], /^guestwright recommend: .*debain12.*did you mean debian12/],
    [['debian12', '--platform', 'kvn'], /^guestwright recommend: .*kvn.*did you mean kvm/],
    [[], /^guestwright recommend: name an OS/],
    [['debian12', '--all'], /^guestwright recommend: --all is for every OS/],
    [['--all', '-f', 'qemu'], /^guestwright recommend: --all prints text or JSON/],
    [['debian12', '--arch', 'vax'], /^guestwright recommend: vax is no known architecture/],
    [['debian12', '--vcpus', '9999'], /has at most \d+ CPUs/],
    [['debian12', '--memory', '0'], /whole number/],
    [['debian12', '--frob'], /unknown option '--frob'/],
  ])('refuses %j in one line, exit code 2', async (words, message) => {
    expect(await recommend(...words)).toBe(2);
    expect(out).toBe('');
    expect(err).toMatch(message);
    expect(err.trimEnd().split('\n')).toHaveLength(1);
  });
});
