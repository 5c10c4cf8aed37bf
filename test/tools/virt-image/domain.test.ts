// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { appliance, hasVirsh, virtImage } from './calls.js';

describe.skipIf(!hasVirsh)(`a machine by virt-image${hasVirsh ? '' : ' (left out: no virsh here)'}`, () => {
  it('makes missing disks, defines and starts the machine, and says so', async () => {
    const { file, folder } = appliance();
    const { exitCode, stdout, stderr } = await virtImage(file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toBe(`\n\nCreating guest web...\nmade the blank disk ${join(folder, 'scratch.raw')}\n`);
    expect(readFileSync(join(folder, 'scratch.raw'))).toEqual(Buffer.alloc(1.5 * 1024 * 1024));
    expect(readdirSync(folder).sort()).toEqual(['root.raw', 'scratch.raw', 'web.xml']);
  });

  it('prints the domain and does nothing else', async () => {
    const { file, folder } = appliance();
    for (const option of ['-p', '--print', '--print-xml', '--print-x']) {
      const { exitCode, stdout, stderr } = await virtImage(option, '--boot', '1', file);
      expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
      expect(stdout).toMatch(/^<domain type="test">\n {2}<name>web<\/name>/);
      expect(stdout).toContain('<target dev="hda" bus="ide"/>');
    }
    expect(existsSync(join(folder, 'scratch.raw'))).toBe(false);
  });

  it('says with --dry-run what it would do, and checks the disks', async () => {
    const { file, folder } = appliance();
    const { exitCode, stdout } = await virtImage('--dry-run', file);
    expect(exitCode).toBe(0);
    expect(stdout).toBe(
      `boot descriptor 0 (xen, i686) fits\nwould make the blank disk ${join(folder, 'scratch.raw')}, 1572864 bytes\nwould define web, and start it\nDry run completed successfully\n`,
    );
    expect(existsSync(join(folder, 'scratch.raw'))).toBe(false);
  });

  it('has all options of the original in the domain', async () => {
    const { file } = appliance();
    const words = ['-n', 'db', '-r', '512', '-u', '00000000111122223333444444444444', '--vcpus', '2,maxvcpus=4'];
    const more = ['--cpuset', '0-1', '--cpu', 'core2duo,+vmx', '--boot', '1', '--noacpi', '--os-type', 'windows'];
    const devices = ['-w', 'network:default,model=e1000', '-w', 'user', '-m', '00:11:22:33:44:55', '-m', 'RANDOM'];
    const screens = ['--vnc', '--vncport', '5950', '--vnclisten', '1.2.3.4', '-k', 'ja', '--check-cpu', '--force'];
    const { exitCode, stdout, stderr } = await virtImage('-p', ...words, ...more, ...devices, ...screens, file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    for (const part of [
      '<name>db</name>',
      '<uuid>00000000-1111-2222-3333-444444444444</uuid>',
      '<memory unit="KiB">524288</memory>',
      '<vcpu placement="static" cpuset="0-1" current="2">4</vcpu>',
      '<model>core2duo</model>',
      '<feature policy="require" name="vmx"/>',
      '<clock offset="localtime"/>',
      '<mac address="00:11:22:33:44:55"/>\n      <source network="default"/>\n      <model type="e1000"/>',
      '<graphics type="vnc" port="5950" listen="1.2.3.4" keymap="ja"/>',
    ])
      expect(stdout).toContain(part);
    expect(stdout).not.toContain('<acpi/>');
    expect(stdout.match(/<interface /g)).toHaveLength(2);
    expect(stdout).toMatch(/<interface type="user">\n {6}<mac address="52:54:00(:[0-9a-f]{2}){3}"\/>/);
  });

  it.each([
    ['--sdl', /<graphics type="sdl"\/>/],
    ['--graphics=spice,port=5901,password=a b', /<graphics type="spice" port="5901" passwd="a b"\/>/],
    ['--memory=128,maxmemory=256', /<memory unit="KiB">262144<\/memory>\n {2}<currentMemory unit="KiB">131072</],
    ['--network=type=direct,source=eth0', /<interface type="direct">[\s\S]*<source dev="eth0" mode="vepa"\/>/],
    ['--bridge=br0', /<interface type="bridge">[\s\S]*<source bridge="br0"\/>/],
    ['--os-variant=none', /<domain type="test">/],
  ])('%s', async (option, wanted) => {
    const { exitCode, stdout } = await virtImage('-p', option, appliance().file);
    expect(exitCode).toBe(0);
    expect(stdout).toMatch(wanted);
  });

  it('has no screen where none is wanted', async () => {
    expect((await virtImage('-p', '--nographics', appliance().file)).stdout).not.toContain('<graphics');
    const silent = appliance({ devices: '<memory>262144</memory>' });
    expect((await virtImage('-p', silent.file)).stdout).not.toContain('<graphics');
  });

  it('lists what a value can have', async () => {
    const { exitCode, stdout } = await virtImage('--network=?');
    expect(exitCode).toBe(0);
    expect(stdout).toContain('  bridge\n');
  });

  it('replaces a machine of the same name', async () => {
    const { exitCode, stderr } = await virtImage('--name', 'test', '--replace', appliance().file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
  });
});
