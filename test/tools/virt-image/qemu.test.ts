// SPDX-License-Identifier: Apache-2.0
import { existsSync, readFileSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { hidden } from '../../osinfo/formats/real-libvirt.js';
import { newFolder } from '../../osinfo/load/folders.js';
import { appliance, call, hasVirsh, hvmBoot } from './calls.js';

const hasQemu = hasVirsh && existsSync('/usr/bin/qemu-system-x86_64') && process.getuid?.() === 0;
const without = hasQemu ? '' : ' (left out: no virsh here, no QEMU, or not root)';

describe.skipIf(!hasQemu)(`a machine of QEMU's${without}`, () => {
  const root = newFolder();
  const embedded = (...words: readonly string[]) =>
    call(['--connect', `qemu:///embed?root=${root}`, ...words], {}, hidden(root));
  const pc = hvmBoot.replace('i686', 'x86_64');

  it('is recommended for its OS, with what the descriptor says in its place', async () => {
    const { file, folder } = appliance({ boots: pc, disks: "<disk file='root.raw' use='system'/>" });
    truncateSync(join(folder, 'root.raw'), 1024 * 1024);
    const { exitCode, stdout } = await embedded('-p', '--os-variant', 'debian12', file);
    expect(exitCode).toBe(0);
    // Old descriptors know BIOS alone; their names of drives stay, whatever the bus.
    expect(stdout).not.toContain('firmware="efi"');
    expect(stdout).toContain('<target dev="hda" bus="virtio"/>');
    expect(stdout).toContain('<memory unit="KiB">262144</memory>');
    expect(stdout).toContain('<model type="virtio"/>');
    expect(stdout).toContain('<libosinfo:os id="http://debian.org/debian/12"/>');
  });

  it('has what every system drives where nothing is known of its OS, and with none what the original made', async () => {
    const { file } = appliance({ boots: pc, disks: "<disk file='root.raw' use='system'/>" });
    const unknown = (await embedded('-p', file)).stdout;
    expect(unknown).toMatch(/machine="pc-i440fx-[\d.]+"/);
    expect(unknown).toContain('<target dev="hda" bus="ide"/>');
    expect(unknown).toContain('<model type="e1000"/>');
    const plain = (await embedded('-p', '--os-variant', 'none', file)).stdout;
    expect(plain).toContain('<type arch="x86_64">hvm</type>\n    <boot dev="hd"/>');
    expect(plain).not.toContain('e1000');
  });

  it('is what the extension says, and the memory is recommended where nobody says it', async () => {
    const own = `xmlns:gw='urn:guestwright:virt-image:1'`;
    const { file } = appliance({
      boots: pc.replace("target='hda'", `${own} gw:bus='virtio' target='hda'`),
      devices: '<vcpu>3</vcpu><interface/>',
      disks: "<disk file='root.raw' use='system'/>",
    });
    const block = `<gw:appliance ${own}><gw:os id='http://debian.org/debian/12'/><gw:deployment boot='0'><gw:machine type='q35'/><gw:firmware type='uefi'/><gw:video model='vga'/></gw:deployment></gw:appliance>`;
    writeFileSync(file, readFileSync(file, 'utf8').replace('</image>', `${block}</image>`));
    const { exitCode, stdout, stderr } = await embedded('-p', file);
    expect({ exitCode, stderr }).toEqual({ exitCode: 0, stderr: '' });
    expect(stdout).toMatch(/<os firmware="efi">\n {4}<type arch="x86_64" machine="pc-q35-/);
    expect(stdout).toContain('<target dev="vda" bus="virtio"/>');
    expect(stdout).toContain('<video>\n      <model type="vga"/>');
    expect(stdout).toContain('<vcpu placement="static">3</vcpu>');
    expect(stdout).toContain('<memory unit="KiB">2097152</memory>');
    expect(stdout).not.toContain('<serial');
  });

  it('an OS that nobody knows is one line', async () => {
    const { file } = appliance({ boots: pc, disks: "<disk file='root.raw' use='system'/>" });
    const { exitCode, stderr } = await embedded('-p', '--os-variant', 'debain12', file);
    expect(exitCode).toBe(1);
    expect(stderr).toMatch(/^ERROR {4}[^\n]*debain12[^\n]*did you mean [^\n]*debian12[^\n]*\n$/);
  });
});
