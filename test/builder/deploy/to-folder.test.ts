// SPDX-License-Identifier: Apache-2.0
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { deployTargets } from '../../../builder/deploy/targets.js';
import { type FolderRequest, type WrittenFolder, writeDeployFolder } from '../../../builder/deploy/to-folder.js';
import { imageSizes } from '../../../builder/sizes/index.js';
import { readVirtImage } from '../../../builder/virt-image/index.js';
import { run } from '../../../osinfo/doors/process.js';
import { openDb } from '../../../osinfo/open.js';
import { newFolder } from '../../osinfo/load/folders.js';

const MiB = 1024 ** 2;
const hasQemuImg = existsSync('/usr/bin/qemu-img');

/** An appliance of two disks, one of them still to be made. */
function appliance(digest = ''): { readonly file: string; readonly folder: string } {
  const folder = newFolder();
  const file = join(folder, 'web.xml');
  writeFileSync(
    file,
    `<image xmlns:gw='urn:guestwright:virt-image:1'><name>web</name><domain>
      <boot type='hvm'><guest><arch>x86_64</arch></guest><os><loader dev='hd'/></os>
      <drive disk='web-sda.raw' target='hda'/><drive disk='web-sdb.raw' target='hdb'/></boot>
      <devices><vcpu>2</vcpu><memory>1048576</memory><interface/></devices></domain>
      <storage><disk file='web-sda.raw' use='system'>${digest}</disk><disk file='web-sdb.raw' use='user' size='8'/></storage>
      <gw:appliance><gw:os id='http://debian.org/debian/12'/><gw:deployment boot='0'><gw:firmware type='uefi'/><gw:serial-console/></gw:deployment></gw:appliance>
    </image>`,
  );
  writeFileSync(join(folder, 'web-sda.raw'), 'system');
  truncateSync(join(folder, 'web-sda.raw'), 4 * MiB);
  return { file, folder };
}

async function deploy(
  to: string,
  { file, folder }: ReturnType<typeof appliance>,
  more: Pick<FolderRequest, 'onStep' | 'signal'> = {},
): Promise<WrittenFolder> {
  const target = deployTargets.find(({ name }) => name === to)!;
  const image = readVirtImage(readFileSync(file), file);
  return await writeDeployFolder({ image, target, name: 'web', folder: join(folder, 'out'), ...more }, openDb());
}

describe.skipIf(!hasQemuImg)(`a folder for a place to run${hasQemuImg ? '' : ' (left out: no qemu-img)'}`, () => {
  it.each([
    ['openstack', ['create.sh', 'web.openstack.json'], 'qcow2', 'openstack image create web'],
    ['kubevirt', ['web.vm.yaml'], 'qcow2', 'virtctl image-upload dv web-2 --no-create --image-path=web-2.qcow2'],
    ['proxmox', ['create.sh'], 'qcow2', 'rsync -S -a ./ root@NODE:/var/tmp/web/'],
    ['vmware', ['web.ovf'], 'vmdk', 'ovftool'],
    ['virtualbox', ['create.sh'], 'vdi', 'VBoxManage startvm web'],
    ['dir', ['start-qemu.sh', 'web.libvirt.xml'], 'raw', 'virsh define web.libvirt.xml'],
  ])('%s', async (to, files, suffix, said) => {
    const one = appliance();
    const { folder, files: written } = await deploy(to, one);
    const disks = [`web-1.${suffix}`, `web-2.${suffix}`];
    expect(written).toEqual(['README.md', ...files, ...disks].sort());
    expect(readdirSync(folder).sort()).toEqual(written);
    expect(disks.map((disk) => imageSizes(join(folder, disk)).capacityBytes)).toEqual([4 * MiB, 8 * MiB]);
    const text = ['README.md', ...files].map((file) => readFileSync(join(folder, file), 'utf8')).join('\n');
    expect(text).toContain(said);
    expect(text).toContain(disks[0]);
    // What the image boots from, and what the descriptor says of the machine.
    expect(text).toMatch(/2 processors, 1024 MiB of memory, UEFI/);
    // Nothing is left beside it, and the appliance is as it was.
    expect(readdirSync(one.folder).sort()).toEqual(['out', 'web-sda.raw', 'web.xml']);
  });

  it('has scripts that a shell reads, in the folder that they lie in', async () => {
    for (const to of ['openstack', 'proxmox', 'virtualbox', 'dir']) {
      const { folder, files } = await deploy(to, appliance());
      for (const file of files.filter((name) => name.endsWith('.sh'))) {
        await run(['sh', '-n', join(folder, file)]);
        expect(statSync(join(folder, file)).mode & 0o111, `${to}/${file}`).toBe(0o111);
      }
    }
  });

  it('is not written over, nor for disks that are not what they should be', async () => {
    const one = appliance();
    await deploy('dir', one);
    await expect(deploy('dir', one)).rejects.toThrow(/out is there already: take it away, or name another/);
    const wrong = createHash('sha256').update('other').digest('hex');
    const other = appliance(`<checksum type='sha256'>${wrong}</checksum>`);
    await expect(deploy('dir', other)).rejects.toThrow(/web\.xml:5: Disk signature for web-sda\.raw does not match/);
    expect(readdirSync(other.folder).sort()).toEqual(['web-sda.raw', 'web.xml']);
  });

  it('is not there when it was stopped at the last disk, whatever that one is made by', async () => {
    const one = appliance();
    const stop = new AbortController();
    const atBlank = (text: string): void => {
      if (text.includes('web-2')) stop.abort();
    };
    await expect(deploy('dir', one, { onStep: atBlank, signal: stop.signal })).rejects.toThrow(/abort/);
    expect(readdirSync(one.folder).sort()).toEqual(['web-sda.raw', 'web.xml']);
    // A disk that is copied as it is, and a signal that comes from outside meanwhile.
    const copied = appliance();
    const text = readFileSync(copied.file, 'utf8')
      .replace(/<(drive|disk) [^>]*web-sdb[^>]*>/g, '')
      .replace("use='system'", "use='system' format='qcow2'");
    writeFileSync(copied.file, text);
    await run(['qemu-img', 'create', '-q', '-f', 'qcow2', join(copied.folder, 'web-sda.raw'), '4M']);
    const later = new AbortController();
    const onStep = (): void => void setImmediate(() => later.abort());
    await expect(deploy('dir', copied, { onStep, signal: later.signal })).rejects.toThrow(/abort/);
    expect(readdirSync(copied.folder).sort()).toEqual(['web-sda.raw', 'web.xml']);
  });

  it('has no file of this machine that an image names: it would be read in the guest', async () => {
    const one = appliance();
    const secret = join(newFolder(), 'secret.raw');
    writeFileSync(secret, 'a secret');
    truncateSync(secret, 4 * MiB);
    const words = ['-f', 'qcow2', '-b', secret, '-F', 'raw', join(one.folder, 'web-sda.raw')];
    await run(['qemu-img', 'create', '-q', ...words]);
    writeFileSync(one.file, readFileSync(one.file, 'utf8').replace("use='system'", "use='system' format='qcow2'"));
    await expect(deploy('openstack', one)).rejects.toThrow(/it stands on .*secret.raw"; qemu-img convert/);
    expect(readdirSync(one.folder).sort()).toEqual(['web-sda.raw', 'web.xml']);
  });

  it('has disks that are whole: what one stands on would stay here', async () => {
    const one = appliance();
    await run(['qemu-img', 'create', '-q', '-f', 'qcow2', join(one.folder, 'base.qcow2'), '4M']);
    const words = ['-f', 'qcow2', '-b', 'base.qcow2', '-F', 'qcow2', join(one.folder, 'web-sda.raw')];
    await run(['qemu-img', 'create', '-q', ...words]);
    writeFileSync(one.file, readFileSync(one.file, 'utf8').replace("use='system'", "use='system' format='qcow2'"));
    await expect(deploy('openstack', one)).rejects.toThrow(/it stands on "base.qcow2"; qemu-img convert/);
    const split = join(one.folder, 'web-sda.raw');
    await run(['qemu-img', 'create', '-q', '-f', 'vmdk', '-o', 'subformat=twoGbMaxExtentSparse', split, '4M']);
    writeFileSync(one.file, readFileSync(one.file, 'utf8').replace("format='qcow2'", "format='vmdk'"));
    await expect(deploy('vmware', one)).rejects.toThrow(/it has its data in other files; qemu-img convert/);
  });

  it('does not take the place of a folder that has appeared in the meantime', async () => {
    const one = appliance();
    const onStep = (text: string): void => {
      if (text.includes('web-2')) mkdirSync(join(one.folder, 'out'));
    };
    await expect(deploy('dir', one, { onStep })).rejects.toThrow(/out has appeared in the meantime/);
    expect(readdirSync(join(one.folder, 'out'))).toEqual([]);
  });
});
