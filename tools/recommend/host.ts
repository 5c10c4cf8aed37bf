// SPDX-License-Identifier: Apache-2.0
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type AskFor, askHost } from '../../builder/libvirt/host.js';
import { Virsh } from '../../builder/libvirt/virsh.js';
import { run } from '../../osinfo/doors/process.js';
import { InputError } from '../../osinfo/errors.js';
import { readCapabilities } from '../../osinfo/recommend/host/capabilities.js';
import { hostOfDomains, hostWith } from '../../osinfo/recommend/host/combine.js';
import { readDomainCapabilities } from '../../osinfo/recommend/host/domain-capabilities.js';
import { type FirmwareDescriptor, parseFirmwareDescriptor } from '../../osinfo/recommend/host/firmware.js';
import { qmpInput, qmpWords, readQmp } from '../../osinfo/recommend/host/qmp.js';
import type { HostFacts } from '../../osinfo/recommend/types.js';

/** Where a host is told of: files, a libvirt, or a QEMU (`qemu:` and its path). */
export interface HostSource {
  readonly host?: string;
  readonly capabilities?: string;
  readonly domcapabilities: readonly string[];
}

/**
 * The host that the command line names; undefined where it names none.
 * @throws InputError for sources that exclude each other, or documents that are none
 * @throws ToolError, MissingError where virsh or QEMU does not answer
 */
export async function openHost(source: HostSource, askFor: AskFor): Promise<HostFacts | undefined> {
  const { host, capabilities, domcapabilities } = source;
  const files = capabilities !== undefined || domcapabilities.length > 0;
  if (host === undefined) return files ? fromFiles(capabilities, domcapabilities) : undefined;
  if (files)
    throw new InputError('host-twice', 'a host is asked itself (--host) or read from files (--capabilities), not both');
  return host.startsWith('qemu:/') && !/^qemu:\/\//.test(host)
    ? fromQemu(host.slice('qemu:'.length))
    : askHost(new Virsh(host), host, askFor);
}

/** libvirt's documents of the largest hosts have some hundred KiB. */
const mostBytes = 8 * 1024 * 1024;

function readBounded(path: string): Uint8Array {
  let size: number;
  try {
    size = statSync(path).size;
    if (size <= mostBytes) return readFileSync(path);
  } catch (error) {
    throw new InputError(
      'host-file',
      `${path} cannot be read: ${(error as NodeJS.ErrnoException).code ?? (error as Error).message}`,
    );
  }
  throw new InputError(
    'host-file',
    `${path} has ${size} bytes, which is no description of a host; give the output of virsh`,
  );
}

function fromFiles(capabilities: string | undefined, domcapabilities: readonly string[]): HostFacts {
  const domains = domcapabilities.map((path) => readDomainCapabilities(readBounded(path), path));
  if (capabilities === undefined) return hostOfDomains(domcapabilities.join(', '), domains);
  return hostWith(readCapabilities(readBounded(capabilities), capabilities), domains);
}

/** Where descriptors of firmware lie, those of the administrator first (docs/interop/firmware.json of QEMU). */
const firmwareFolders = ['/etc/qemu/firmware', '/usr/share/qemu/firmware', '/usr/local/share/qemu/firmware'];
const mostDescriptors = 100;
const mostDescriptorBytes = 64 * 1024;

async function fromQemu(emulator: string): Promise<HostFacts> {
  const { stdout } = await run([emulator, ...qmpWords], { input: qmpInput, timeoutMs: 30_000 });
  return readQmp(stdout, emulator, firmwareDescriptors());
}

function firmwareDescriptors(): readonly FirmwareDescriptor[] {
  const found: FirmwareDescriptor[] = [];
  const seen = new Set<string>();
  for (const folder of firmwareFolders) {
    for (const name of listed(folder)) {
      // A file of the same name in an earlier folder takes its place.
      if (seen.has(name) || found.length >= mostDescriptors) continue;
      seen.add(name);
      const path = join(folder, name);
      if (statSync(path, { throwIfNoEntry: false })?.isFile() !== true) continue;
      if (statSync(path).size > mostDescriptorBytes) continue;
      const descriptor = parseFirmwareDescriptor(readFileSync(path, 'utf8'));
      if (descriptor) found.push(descriptor);
    }
  }
  return found;
}

function listed(folder: string): readonly string[] {
  try {
    return readdirSync(folder)
      .filter((name) => name.endsWith('.json'))
      .sort();
  } catch {
    return [];
  }
}
