// SPDX-License-Identifier: Apache-2.0
import { dirname, isAbsolute, resolve, sep } from 'node:path';
import { readSmallFile } from '../../osinfo/doors/small-file.js';
import { InputError } from '../../osinfo/errors.js';
import { MOST_NICS } from '../../osinfo/formats/request.js';
import type { Db } from '../../osinfo/model/types.js';
import type { HostFacts } from '../../osinfo/recommend/types.js';
import { probeAccelerator } from '../boot-test/accelerator.js';
import { emulatorOf, probeEmulator } from '../boot-test/emulators.js';
import { findProgram } from '../run/probes.js';
import { chooseBoot, kernelOf } from '../virt-image/choose-boot.js';
import type { HostGuestKind } from '../virt-image/host-guests.js';
import type { ReadBoot, ReadVirtImage } from '../virt-image/index.js';
import { readVirtImage } from '../virt-image/index.js';
import { recommendMachine } from '../virt-image/recommend-machine.js';
import { type FoundDisk, findDisks } from '../virt-image/storage.js';
import { hostPlatform } from './platform.js';
import type { FileDigest, RunnableAppliance } from './types.js';

const DESCRIPTOR_BYTES = 1024 * 1024;

/** What QEMU itself can switch on and off in a PC. */
const PC_FEATURES: ReadonlyMap<string, ReadonlySet<'on' | 'off'>> = new Map(
  ['acpi', 'apic', 'pae'].map((name) => [name, new Set(['on', 'off'] as const)]),
);

/**
 * The appliance of a virt-image descriptor: the first of its `boot`s that there is a QEMU for, on the machine that its
 * extension says, or that is recommended.
 * @throws InputError with file:line for a descriptor that is none, or whose disks are not there; MissingError when QEMU
 *   for its architecture is not installed
 */
export async function readDescriptorAppliance(file: string, db: Db): Promise<RunnableAppliance> {
  const text = readSmallFile(file, DESCRIPTOR_BYTES);
  if (/^\s*(?:<\?xml[^>]*>\s*)?(?:<!--[^>]*-->\s*)*<domain\b/.test(text.slice(0, 4096)))
    throw new InputError('libvirt-xml', 'this is libvirt’s XML, for virsh define; give the folder or NAME.xml', {
      file,
    });
  const image = readVirtImage(text, file);
  const name = image.name;
  if (name === undefined) throw new InputError('virt-image', 'the descriptor has no name for the machine', { file });
  const chosen = chooseBoot(image, await guestsOf(image));
  const { boot } = chosen;
  const warnings = image.warnings.map(({ line, message }) => `${file}:${line}: ${message}`);
  refuseOutside(image, boot);
  const needed = new Set(boot.drives.map(({ disk }) => disk));
  const found = findDisks(image, needed, (message) => void warnings.push(message)).filter(({ disk }) =>
    needed.has(disk),
  );
  const ordered = boot.drives.map(({ disk }) => found.find((one) => one.disk === disk)!);
  const isos = ordered.filter(({ disk }) => disk.format === 'iso');
  if (isos.length > 1) throw new InputError('virt-image', 'two ISO images are one too many here', { file });
  const recommendation = recommendMachine(
    { image, chosen, request: {}, graphics: [{ type: 'none' }], host: await hostFacts(boot.arch, db), db },
    (message) => void warnings.push(message),
  );
  return {
    name,
    recommendation,
    disks: ordered
      .filter(({ disk }) => disk.format !== 'iso')
      .map((one) => ({
        path: one.path,
        format: one.disk.format,
        ...(one.blankBytes === undefined ? {} : { blank: one }),
      })),
    ...(isos[0] ? { cdrom: isos[0].path } : {}),
    nics: Math.min(MOST_NICS, image.interfaces),
    digests: digestsOf(found),
    ...kernelOf(image, boot),
    warnings,
  };
}

/** What QEMU is here for, in the order of the document; where there is none at all, what is missing is said. */
async function guestsOf({ boots, file }: ReadVirtImage): Promise<HostGuestKind[]> {
  const archs = [...new Set(boots.filter(({ type }) => type === 'hvm').map(({ arch }) => arch))];
  if (archs.length === 0)
    throw new InputError('no-boot', 'it describes no machine of full virtualization, which QEMU runs', { file });
  const here = archs.filter((arch) => findProgram(emulatorOf(arch)) !== undefined);
  if (here.length === 0) probeEmulator(archs[0]!, 'bios');
  return await Promise.all(
    here.map(async (arch) => ({
      osType: 'hvm',
      arch,
      domainType: (await probeAccelerator(arch)) === 'kvm' ? 'kvm' : 'qemu',
      features: PC_FEATURES,
    })),
  );
}

/** This machine as a host: its QEMU in its version, of which nothing more is asked. */
async function hostFacts(arch: string, db: Db): Promise<HostFacts> {
  const { version = '' } = await hostPlatform(db, arch);
  const isPc = arch === 'x86_64' || arch === 'i686';
  const families = isPc ? { q35: 'pc-q35', pc: 'pc-i440fx', microvm: 'microvm' } : { virt: 'virt' };
  const machines = Object.entries(families).map(([name, full]) => ({ name, canonical: `${full}-${version}` }));
  const domainTypes = (await probeAccelerator(arch)) === 'kvm' ? ['qemu', 'kvm'] : ['qemu'];
  return {
    name: 'this machine',
    guests: [{ arch, osType: 'hvm', domainTypes, machines: version === '' ? [] : machines }],
    domains: [],
  };
}

/** A descriptor that came from elsewhere names no file of this machine's but those that came with it. */
function refuseOutside({ file }: ReadVirtImage, boot: ReadBoot): void {
  const folder = dirname(resolve(file));
  const named = [
    ...boot.drives.map(({ disk }) => ({ path: disk.file, line: disk.line })),
    ...[boot.kernel, boot.initrd].flatMap((path) => (path === undefined ? [] : [{ path, line: boot.line }])),
  ];
  for (const { path, line } of named) {
    if (!isAbsolute(path) && resolve(folder, path).startsWith(folder === sep ? sep : `${folder}${sep}`)) continue;
    throw new InputError('outside', `${path.slice(0, 200)} is not in the folder of the descriptor; move it there`, {
      file,
      line,
    });
  }
}

const TYPES = ['sha512', 'sha256', 'sha1'] as const;

/** The strongest digest of each disk that is there. */
function digestsOf(found: readonly FoundDisk[]): FileDigest[] {
  return found.flatMap(({ disk, path, blankBytes }) => {
    const type = TYPES.find((one) => disk.checksums[one] !== undefined);
    if (type === undefined || blankBytes !== undefined) return [];
    return [{ path, type, digest: disk.checksums[type]!.trim().toLowerCase() }];
  });
}
