// SPDX-License-Identifier: Apache-2.0
import { dirname, resolve } from 'node:path';
import { sameArch } from '../../osinfo/arch-names.js';
import { InputError } from '../../osinfo/errors.js';
import type { HostGuestKind } from './host-guests.js';
import type { ReadBoot, ReadVirtImage } from './model.js';

/** A boot descriptor, and the guest of the host that it becomes. */
export interface ChosenBoot {
  readonly index: number;
  readonly boot: ReadBoot;
  readonly guest: HostGuestKind;
}

/**
 * The first boot descriptor that the host can run, in the order of the document, which is the writer's preference: its
 * type, its architecture, and each feature that it names in the state that it wants. (The original took the state of the
 * last feature for all of them.)
 * @param wanted an index from 0, for which no features are compared
 * @throws InputError where none fits, or there is none of that index
 */
export function chooseBoot(
  image: Pick<ReadVirtImage, 'file' | 'boots'>,
  guests: readonly HostGuestKind[],
  wanted?: number,
): ChosenBoot {
  const { boots, file } = image;
  if (wanted !== undefined) {
    const boot = boots[wanted];
    if (boot === undefined)
      throw new InputError('boot-index', `The index for --boot must be between 0 and ${boots.length - 1}`);
    const guest = guests.find((one) => one.osType === boot.type && sameArch(one.arch, boot.arch));
    if (guest) return { index: wanted, boot, guest };
    throw new InputError(
      'boot-unsupported',
      `Host does not support virtualization type '${boot.type}' for arch '${boot.arch}'`,
      { file, line: boot.line },
    );
  }
  for (const [index, boot] of boots.entries()) {
    const guest = guests.find(
      (one) => one.osType === boot.type && sameArch(one.arch, boot.arch) && hasFeatures(one, boot),
    );
    if (guest) return { index, boot, guest };
  }
  throw new InputError('no-boot', 'Could not find suitable boot descriptor for this host', { file });
}

function hasFeatures(guest: HostGuestKind, boot: ReadBoot): boolean {
  return boot.features.every(({ name, state }) => guest.features.get(name)?.has(state) === true);
}

/** The files of a kernel that is started without a boot loader, where the descriptor names one: they lie beside it. */
export function kernelOf(
  { file }: Pick<ReadVirtImage, 'file'>,
  { kernel, initrd, cmdline }: ReadBoot,
): { readonly kernel?: { readonly kernel: string; readonly initrd?: string; readonly cmdline?: string } } {
  if (kernel === undefined) return {};
  const folder = dirname(resolve(file));
  return {
    kernel: {
      kernel: resolve(folder, kernel),
      ...(initrd === undefined ? {} : { initrd: resolve(folder, initrd) }),
      ...(cmdline === undefined ? {} : { cmdline }),
    },
  };
}
