// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../osinfo/package-root.js';
import { described, libvirtMachine } from '../../builder/convert/machines.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { bundleTool, type Program } from '../bundle.js';

const hasQemuImg = existsSync('/usr/bin/qemu-img');

let program: Program;
beforeAll(async () => {
  program = await bundleTool('guestwright');
});
afterAll(() => program.remove());

const home = newFolder();
function convert(...words: string[]): { status: number | null; stdout: string; stderr: string } {
  const env = { PATH: process.env['PATH'], HOME: home, OSINFO_LOCAL_DIR: home, OSINFO_USER_DIR: home };
  return spawnSync(process.execPath, [program.path, 'convert', ...words], { env, encoding: 'utf8' });
}

describe.skipIf(!hasQemuImg)(`guestwright convert${hasQemuImg ? '' : ' (left out: no qemu-img)'}`, () => {
  it('writes the folder, and tells each loss in a line with its place', async () => {
    const { file } = await libvirtMachine("<hostdev mode='subsystem' type='pci'/>");
    const out = join(newFolder(), 'web');
    const { status, stdout, stderr } = convert(file, '--to', 'vmx', '-o', out);
    expect(status).toBe(0);
    expect(readdirSync(out).sort()).toEqual(['web-1.vmdk', 'web-2.vmdk', 'web.vmx']);
    expect(stdout.split('\n').at(-2)).toBe(`${out}/ has web.vmx, web-1.vmdk, web-2.vmdk`);
    for (const line of stderr.trimEnd().split('\n')) expect(line).toMatch(/^guestwright convert: warning: /);
    expect(stderr).toContain(`${file}:14: not carried over: a device of the host's that is passed through\n`);
    expect(readFileSync(join(out, 'web.vmx'), 'utf8')).toContain('guestOS = "debian12-64"');
  });

  it('--dry-run writes nothing, and --json obeys its schema', async () => {
    const { file } = await libvirtMachine();
    const out = join(newFolder(), 'web');
    const dry = convert(file, '--to', 'libvirt', '-o', out, '--dry-run', '--json', '--os', 'debian11');
    expect([dry.status, dry.stderr]).toEqual([0, '']);
    const done = convert(file, '--to', 'qcow2', '-o', out, '--json');
    expect(readdirSync(dirname(out))).toEqual(['web']);
    const schema = JSON.parse(readFileSync(join(packageRoot(), 'schema/convert.schema.json'), 'utf8'));
    const check = new Ajv({ strict: false }).compile(schema);
    for (const text of [dry.stdout, done.stdout]) {
      check(JSON.parse(text));
      expect(check.errors).toBe(null);
    }
    expect(JSON.parse(dry.stdout)).toMatchObject({ written: false, recommendation: { os: { shortId: 'debian11' } } });
  });

  it('ends with 2 for what is wrong, in one line, and leaves nothing', async () => {
    const file = described('a.vmx', 'config.version = "8"\nscsi0:0.present = "TRUE"\nscsi0:0.fileName = "../b.vmdk"\n');
    const out = join(newFolder(), 'web');
    const wrong = convert(file, '--to', 'libvirt', '-o', out);
    expect(wrong.status).toBe(2);
    expect(wrong.stderr).toBe(
      `guestwright convert: ${file}:3: "../b.vmdk" is not in the folder of the description; move it there\n`,
    );
    expect(readdirSync(dirname(out))).toEqual([]);
    expect(convert(file, '--to', 'nothing').status).toBe(2);
    expect(convert(file).status).toBe(2);
    const { file: good } = await libvirtMachine();
    expect(convert(good, '--to', 'libvirt', '--os', 'nosuch', '-o', out).stderr).toMatch(
      /^guestwright convert: .*nosuch/,
    );
  });
});
