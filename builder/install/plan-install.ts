// SPDX-License-Identifier: Apache-2.0
import { join, resolve } from 'node:path';
import { InputError } from '../../osinfo/errors.js';
import type { InstallScript, Media, Os, Platform } from '../../osinfo/model/types.js';
import { recommend } from '../../osinfo/recommend/index.js';
import type { MediaSupport, Overrides, Recommendation } from '../../osinfo/recommend/types.js';
import { withoutPassword } from '../plan/rpm/address.js';
import { type ChosenInjection, directBoot } from './choose-injection.js';
import { consoleWords } from './kernel-words.js';
import { sumAddresses } from './published-sums.js';
import type { RecognisedMedium } from './read-medium.js';

/** What is wanted otherwise than recommended. */
export interface InstallWishes {
  readonly name?: string;
  /** The folder that the machine is put into. Default: `appliances/NAME`. */
  readonly output?: string;
  readonly memoryMiB?: number;
  readonly vcpus?: number;
  readonly diskBytes?: number;
  readonly firmware?: 'bios' | 'uefi';
}

/** Where the medium is, or comes from. */
export type MediumPlace =
  | { readonly kind: 'file'; readonly path: string }
  | { readonly kind: 'address'; readonly address: string };

export interface InstallInput {
  readonly os: Os;
  readonly arch: string;
  readonly place: MediumPlace;
  /** What was read of it; before it is fetched, what its entry says. */
  readonly medium: Pick<RecognisedMedium, 'media' | 'volumeId' | 'support' | 'why'>;
  /** The scripts of the profile, and how they come to the installer; absent: a person answers. */
  readonly answers?: {
    readonly profile: string;
    readonly scripts: readonly InstallScript[];
    readonly injection: ChosenInjection;
  };
  readonly platform: Platform;
  readonly wishes: InstallWishes;
  readonly to: 'qemu' | 'libvirt';
}

/** An installation as it would be done, in every respect but its secrets. Sizes are bytes. */
export interface InstallPlan {
  readonly format: 'guestwright/install-plan/1';
  readonly name: string;
  readonly os: { readonly id: string; readonly shortId?: string; readonly name?: string };
  readonly arch: string;
  readonly medium: {
    readonly from: MediumPlace;
    readonly volumeId?: string;
    readonly why: string;
    /** Where its checksum is looked for. */
    readonly checksums: readonly string[];
  };
  readonly answers?: {
    readonly profile: string;
    readonly scripts: readonly string[];
    readonly injection: 'initrd' | 'iso';
    readonly why: string;
  };
  /** What the machine starts: the medium's own loader, or its kernel with these words and those that the script adds. */
  readonly start:
    | { readonly by: 'medium' }
    | { readonly by: 'kernel'; readonly kernel: string; readonly initrd: string; readonly words: readonly string[] };
  /** How often the installer starts the machine anew before it is done. */
  readonly restarts: number;
  readonly disk: { readonly file: string; readonly format: 'qcow2'; readonly bytes: number };
  readonly to: 'qemu' | 'libvirt';
  /** Absolute. */
  readonly folder: string;
  readonly files: readonly string[];
  readonly machine: Recommendation;
  /** Whole sentences. */
  readonly warnings: readonly string[];
}

const MiB = 1024 ** 2;
const GiB = 1024 ** 3;
const MOST_DISK = 64 * 1024 ** 4;

/**
 * Decides everything about an installation, and does nothing.
 * @throws InputError for a name or a size that cannot be, and for a machine that cannot be
 */
export function planInstall(input: InstallInput): InstallPlan {
  const { os, arch, place, medium, answers, wishes } = input;
  const name = wishes.name ?? os.shortId ?? 'guest';
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]{0,99}$/.test(name))
    throw new InputError(
      'name',
      `${JSON.stringify(name.slice(0, 100))} is no name for a machine: letters, digits and . _ + - are, at most 100; say another with --name`,
    );
  const machine = chooseMachine(input);
  const uefi = machine.firmware.type === 'uefi';
  const direct = directBoot(os, arch, medium.media);
  const kernel = direct !== undefined && (answers !== undefined || os.family === 'linux') ? direct : undefined;
  if (kernel !== undefined) for (const path of [kernel.kernel, kernel.initrd]) checkInnerPath(path);
  return {
    format: 'guestwright/install-plan/1',
    name,
    os: {
      id: os.id,
      ...(os.shortId === undefined ? {} : { shortId: os.shortId }),
      ...(os.name === undefined ? {} : { name: os.name }),
    },
    arch,
    medium: {
      from: shownPlace(place),
      ...(medium.volumeId === undefined ? {} : { volumeId: medium.volumeId }),
      why: medium.why,
      checksums: place.kind === 'address' ? sumAddresses(place.address, os.distro).map(withoutPassword) : [],
    },
    ...(answers === undefined
      ? {}
      : {
          answers: {
            profile: answers.profile,
            scripts: answers.scripts.map(({ id }) => id),
            injection: answers.injection.kind,
            why: answers.injection.why,
          },
        }),
    start:
      kernel === undefined
        ? { by: 'medium' }
        : { by: 'kernel', kernel: kernel.kernel, initrd: kernel.initrd, words: consoleWords(os, arch) },
    restarts: restartsOf(os, medium.media),
    disk: { file: `${name}.qcow2`, format: 'qcow2', bytes: checkDisk(wishes.diskBytes ?? machine.storageBytes) },
    to: input.to,
    folder: resolve(wishes.output ?? join('appliances', name)),
    files: filesOf(name, uefi),
    machine,
    warnings: [...machine.warnings, ...(uefi ? [bound(name)] : [])],
  };
}

/** A plan is for everybody's eyes: the address that is fetched from may have a password in it. */
const shownPlace = (place: MediumPlace): MediumPlace =>
  place.kind === 'file' ? place : { kind: 'address', address: withoutPassword(place.address) };

/** Names of the files of an installed machine. */
export const fileNames = (name: string) => ({
  disk: `${name}.qcow2`,
  variables: `${name}.vars.fd`,
  virtImage: `${name}.xml`,
  libvirt: `${name}.libvirt.xml`,
  record: `${name}.install.json`,
  sums: `${name}.SHA256SUMS`,
});

function filesOf(name: string, uefi: boolean): string[] {
  const { variables, ...rest } = fileNames(name);
  return [...Object.values(rest), ...(uefi ? [variables] : [])].sort();
}

const bound = (name: string): string =>
  `what its loader wrote into the variables of UEFI is kept in ${name}.vars.fd, which a machine elsewhere has to be given`;

/**
 * The machine that is installed on, and that the result runs on later. A disk that was installed from BIOS starts on any
 * PC by itself; from UEFI many installers leave the way to their loader in the machine's variables alone. So BIOS it is
 * where nobody says otherwise and the OS and its medium start from it.
 */
function chooseMachine({ os, arch, platform, medium, wishes }: InstallInput): Recommendation {
  const overrides: Overrides = {
    ...(wishes.memoryMiB === undefined ? {} : { memoryBytes: wishes.memoryMiB * MiB }),
    ...(wishes.vcpus === undefined ? {} : { cpus: wishes.vcpus }),
    ...(wishes.diskBytes === undefined ? {} : { storageBytes: wishes.diskBytes }),
    ...(wishes.firmware === undefined ? {} : { firmware: wishes.firmware }),
  };
  const common = { os, arch, platform, media: medium.support, overrides };
  const isPc = arch === 'x86_64' || arch === 'i686';
  if (wishes.firmware === undefined && isPc) {
    try {
      return recommend({ ...common, image: { firmware: ['bios'] } });
    } catch (error) {
      if (!(error instanceof InputError)) throw error;
    }
  }
  return recommend(common);
}

const MOST_RESTARTS = 8;

/** As the entry of the medium says; of one that is unknown, as those of other media of the OS do. */
function restartsOf(os: Os, media: Media | undefined): number {
  const told = media === undefined ? os.media.map((one) => one.installerReboots ?? 1) : [media.installerReboots ?? 1];
  return Math.min(MOST_RESTARTS, Math.max(1, ...told));
}

function checkDisk(bytes: number): number {
  if (Number.isSafeInteger(bytes) && bytes >= MiB && bytes <= MOST_DISK) return Math.ceil(bytes / MiB) * MiB;
  throw new InputError('disk-size', `a disk of ${bytes / GiB} GiB cannot be; it has 1 MiB to 64 TiB`);
}

/** A path on the medium, from the database. */
function checkInnerPath(path: string): void {
  if (!path.includes('\0') && !path.split('/').includes('..')) return;
  throw new InputError(
    'medium-path',
    `the entry of the medium names ${JSON.stringify(path.slice(0, 200))}, which is no path on it`,
  );
}

/** The support of a medium that is not here yet: what its entry says. */
export function expectedSupport(
  medium: { readonly media: NonNullable<MediaSupport['entry']> },
  arch: string,
): MediaSupport {
  return { entry: medium.media, arch, firmware: [] };
}
