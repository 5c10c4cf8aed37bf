// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../osinfo/errors.js';
import type { InstallScript, Media, Os } from '../../osinfo/model/types.js';
import { injectionKinds, injectionMethod } from '../../osinfo/script/injection/plan.js';

/** How the answers come to the installer. */
export interface ChosenInjection {
  readonly kind: 'initrd' | 'iso';
  readonly why: string;
}

/** Installers that read no answers unless somebody in their shell tells them to. */
const BY_HAND: Readonly<Record<string, string>> = {
  alpinelinux: 'setup-alpine -e -f ANSWERS in its shell',
  archlinux: 'archinstall --config FILE --silent in its shell',
};

/**
 * Kernel and initrd of a medium that QEMU can start by itself, as paths on it; of a medium that the database does not
 * know, where other media of the OS have them.
 */
export function directBoot(
  os: Os,
  arch: string,
  media: Media | undefined,
): { readonly kernel: string; readonly initrd: string } | undefined {
  const told = media === undefined ? os.media.filter((one) => one.arch === arch && !one.live) : [media];
  for (const { kernel, initrd } of told) if (kernel !== undefined && initrd !== undefined) return { kernel, initrd };
  return undefined;
}

/**
 * Behind the initrd where the medium's kernel can be started by itself, which leaves the medium as it is and lets the
 * kernel be told; else on a disc that the installer looks for.
 * @param scripts of the profile, at least one
 * @throws InputError where no answers can be brought to it
 */
export function chooseInjection(
  os: Os,
  arch: string,
  media: Media | undefined,
  scripts: readonly InstallScript[],
): ChosenInjection {
  const name = os.name ?? os.id;
  const byHand = BY_HAND[os.distro ?? ''];
  if (byHand !== undefined)
    throw new InputError(
      'by-hand',
      `the installer of ${name} reads no answers by itself (it wants ${byHand}); say --script none, and answer on its console`,
    );
  const direct = directBoot(os, arch, media) !== undefined;
  if (direct && scripts.every((script) => takes(script, 'initrd')))
    return { kind: 'initrd', why: 'the kernel of the medium is started by itself, with the answers behind its initrd' };
  if (scripts.every((script) => takes(script, 'iso')))
    return {
      kind: 'iso',
      why: direct
        ? 'the installer looks for a disc with its answers'
        : 'the installer looks for a disc with its answers, and the entry of the medium names no kernel to be started by itself',
    };
  const can = injectionKinds.filter((kind) => scripts.every((script) => takes(script, kind))).join(', ');
  throw new InputError(
    'injection',
    `the answers for ${name} come to its installer by ${can === '' ? 'nothing' : can} alone, which is not done here; say --script none, and answer on its console`,
  );
}

function takes(script: InstallScript, kind: (typeof injectionKinds)[number]): boolean {
  try {
    injectionMethod(script, kind);
    return true;
  } catch (error) {
    if (error instanceof InputError) return false;
    throw error;
  }
}
