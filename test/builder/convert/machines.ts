// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type ConvertRequest, planConversion } from '../../../builder/convert/plan.js';
import { readSource } from '../../../builder/convert/source.js';
import { run } from '../../../osinfo/doors/process.js';
import { openDb } from '../../../osinfo/open.js';
import { newFolder } from '../../osinfo/load/folders.js';

export const MiB = 1024 ** 2;

let opened: ReturnType<typeof openDb> | undefined;
/** One database for all tests of a file. */
export function db(): ReturnType<typeof openDb> {
  opened ??= openDb();
  return opened;
}

/** A libvirt machine of two disks whose paths are in `folder`. */
export const libvirtXml = (folder: string, more = ''): string => `<domain type='kvm'>
  <name>web</name>
  <metadata><l:libosinfo xmlns:l="http://libosinfo.org/xmlns/libvirt/domain/1.0"><l:os id="http://debian.org/debian/12"/></l:libosinfo></metadata>
  <memory unit='MiB'>2048</memory>
  <vcpu>3</vcpu>
  <os firmware='efi'><type arch='x86_64' machine='pc-q35-7.2'>hvm</type><firmware><feature enabled='no' name='secure-boot'/></firmware></os>
  <clock offset='utc'/>
  <devices>
    <disk type='file' device='disk'><driver name='qemu' type='qcow2'/><source file='${folder}/web.qcow2'/><target dev='vda' bus='virtio'/></disk>
    <disk type='file' device='disk'><driver name='qemu' type='raw'/><source file='${folder}/data.raw'/><target dev='vdb' bus='virtio'/></disk>
    <interface type='network'><mac address='52:54:00:12:34:56'/><source network='default'/><model type='virtio'/></interface>
    <serial type='pty'/>
    <video><model type='virtio'/></video>
    ${more}
  </devices>
</domain>
`;

export async function makeImage(path: string, format: string, size: string, ...options: string[]): Promise<void> {
  await run(['qemu-img', 'create', '-q', '-f', format, ...options, path, size]);
}

/** The machine with its disks, in a folder of its own. */
export async function libvirtMachine(more = ''): Promise<{ readonly file: string; readonly folder: string }> {
  const folder = newFolder();
  const file = join(folder, 'web.xml');
  writeFileSync(file, libvirtXml(folder, more));
  await makeImage(join(folder, 'web.qcow2'), 'qcow2', '16M');
  await run(['qemu-io', '-f', 'qcow2', '-c', 'write -P 0x5a 1M 64k', join(folder, 'web.qcow2')]);
  await makeImage(join(folder, 'data.raw'), 'raw', '4M');
  return { file, folder };
}

/** A description with files of nothing beside it. */
export function described(name: string, text: string, files: Readonly<Record<string, string>> = {}): string {
  const folder = join(newFolder(), 'machine');
  mkdirSync(folder);
  for (const [file, content] of Object.entries(files)) writeFileSync(join(folder, file), content);
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

export async function plan(file: string, request: ConvertRequest): ReturnType<typeof planConversion> {
  return await planConversion(readSource(file), { folder: join(newFolder(), 'out'), ...request }, db);
}
