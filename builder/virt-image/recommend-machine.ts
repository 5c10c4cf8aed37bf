// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { Db, Os } from '../../osinfo/model/types.js';
import { deploymentFor } from '../../osinfo/recommend/deployment.js';
import { platformNames } from '../../osinfo/recommend/host/combine.js';
import { recommend } from '../../osinfo/recommend/index.js';
import type { HostFacts, Overrides, Recommendation } from '../../osinfo/recommend/types.js';
import type { ChosenBoot } from './choose-boot.js';
import type { GraphicsRequest, MachineRequest } from './machine-request.js';
import type { Deployment, ReadVirtImage } from './model.js';

/** Short id of what nothing is known of: a machine for it has what every system drives. */
const UNKNOWN = 'unknown';
const KiB = 1024;

export interface MachineQuestion {
  readonly image: ReadVirtImage;
  readonly chosen: ChosenBoot;
  readonly request: MachineRequest;
  /** The screens that it is to have, as options and descriptor say. */
  readonly graphics: readonly GraphicsRequest[];
  readonly host: HostFacts;
  readonly db: Db;
}

/**
 * The machine for a descriptor on a host: what its extension says holds, and what it leaves open is recommended for its
 * OS, or for an unknown one.
 * @param warn gets a sentence for an OS that the database does not know
 * @throws InputError (NotFoundError) for an OS that was asked for and is not known; for what contradicts the host
 */
export function recommendMachine(question: MachineQuestion, warn: (message: string) => void): Recommendation {
  const { image, chosen, request, host, db } = question;
  const os = osOf(question, warn);
  const names = platformNames(host);
  const platform = names.map((name) => db.findPlatform(name)).find((one) => one !== undefined) ?? db.platform('kvm');
  const own = deploymentOf(image, chosen.index);
  const deployment = deploymentFor(db, os, platform);
  const isPc = chosen.boot.arch === 'x86_64' || chosen.boot.arch === 'i686';
  return recommend({
    os,
    platform,
    host,
    arch: chosen.guest.arch,
    virt: chosen.guest.domainType === 'kvm' ? 'kvm' : 'qemu',
    overrides: { ...overridesOf(own), ...(own ? busesOf(image, chosen) : {}), ...wishes(question) },
    ...(deployment === undefined ? {} : { deployment }),
    // The format itself knows BIOS alone.
    ...(own?.firmware === undefined && isPc ? { image: { firmware: ['bios' as const] } } : {}),
    ...(request.os === undefined && image.modern?.minimum ? { requires: minimumOf(image) } : {}),
  });
}

/** What the extension says of the machine of a boot. */
export function deploymentOf(image: ReadVirtImage, boot: number): Deployment | undefined {
  return image.modern?.deployments.find((one) => one.boot === boot);
}

function osOf({ image, request, db }: MachineQuestion, warn: (message: string) => void): Os {
  if (request.os !== undefined) return db.os(request.os === 'generic' ? UNKNOWN : request.os);
  const told = image.modern?.os;
  if (told === undefined) return db.os(UNKNOWN);
  const known = db.findOs(told.id) ?? (told.shortId === undefined ? undefined : db.findOs(told.shortId));
  if (known) return known;
  warn(`the database does not know the OS ${told.name ?? told.id}: the machine has what every system drives`);
  return db.os(UNKNOWN);
}

function minimumOf({ modern }: ReadVirtImage): { memoryBytes?: number; cpus?: number } {
  const { memoryBytes, vcpus } = modern?.minimum ?? {};
  return {
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    ...(vcpus === undefined ? {} : { cpus: vcpus }),
  };
}

/** What the writer of the descriptor had decided; a host that cannot have it is not the host for it. */
function overridesOf(own: Deployment | undefined): Overrides {
  if (own === undefined) return {};
  const { machine, firmware, video, tpm, rng, serialConsole, clockOffset } = own;
  const type = firmware?.type;
  return {
    ...(machine === undefined ? {} : { machine }),
    ...(type === 'bios' || type === 'uefi' ? { firmware: type } : {}),
    ...(type === 'uefi' ? { secureBoot: firmware!.secureBoot } : {}),
    ...(video === undefined ? {} : { video }),
    tpm: tpm !== undefined,
    ...(tpm ? { tpmModel: tpm.model } : {}),
    ...(tpm?.version === '1.2' || tpm?.version === '2.0' ? { tpmVersion: tpm.version } : {}),
    rng,
    serialConsole,
    ...(clockOffset === undefined ? {} : { clock: clockOffset }),
  };
}

const BUSES = ['virtio', 'scsi', 'sata', 'ide', 'nvme', 'xen', 'usb'] as const;

function busesOf(image: ReadVirtImage, { boot }: ChosenBoot): Overrides {
  const wanted = boot.drives.find(({ disk, bus }) => disk.format !== 'iso' && bus !== undefined)?.bus;
  const diskBus = BUSES.find((bus) => bus === wanted);
  return {
    ...(diskBus === undefined ? {} : { diskBus }),
    ...(image.interfaceModel === undefined ? {} : { nicModel: image.interfaceModel }),
  };
}

/** What options and the unprefixed part of the descriptor say. */
function wishes({ image, chosen, request, graphics }: MachineQuestion): Overrides {
  const memoryBytes =
    request.memoryMiB === undefined
      ? image.memoryKiB === undefined
        ? undefined
        : image.memoryKiB * KiB
      : request.memoryMiB * KiB * KiB;
  if (memoryBytes !== undefined && memoryBytes <= 0)
    throw new InputError('memory', 'the memory of the machine is nothing: say how much with --ram MiB');
  const { vcpus } = request;
  const topology = vcpus && { sockets: vcpus.sockets, cores: vcpus.cores, threads: vcpus.threads };
  const said = Object.entries(topology ?? {}).filter(([, value]) => value !== undefined);
  const screen = graphics.find(({ type }) => type === 'vnc' || type === 'spice')?.type;
  return {
    ...(memoryBytes === undefined ? {} : { memoryBytes }),
    cpus: vcpus?.maximum ?? vcpus?.count ?? cpuCount(image),
    ...(said.length === 0 ? {} : { topology: Object.fromEntries(said) }),
    graphics: screen === 'vnc' || screen === 'spice' ? screen : 'none',
    ...(request.localTime ? { clock: 'localtime' as const } : {}),
    ...(chosen.boot.loaderDev === 'cdrom' ? { boot: ['cdrom', 'disk'] as const } : {}),
  };
}

/** @throws InputError for what is no number of processors */
export function cpuCount({ vcpus, file }: Pick<ReadVirtImage, 'vcpus' | 'file'>): number {
  const count = /^\s*\d{1,5}\s*$/.test(vcpus) ? Number(vcpus) : 0;
  if (count > 0) return count;
  throw new InputError('vcpus', `Error: --vcpus ${vcpus.slice(0, 40)}: it is no number of processors`, { file });
}
