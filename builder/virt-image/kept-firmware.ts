// SPDX-License-Identifier: Apache-2.0
import { existsSync } from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { node, text } from '../../osinfo/formats/libvirt-nodes.js';
import type { Recommendation } from '../../osinfo/recommend/types.js';
import type { XmlNode } from '../../osinfo/xml/write.js';
import { probeEmulator } from '../boot-test/emulators.js';
import { type Firmware, firmwareOf } from '../machine/plan-run.js';
import type { ReadVirtImage } from './model.js';

/** Whether a machine was left variables of UEFI of its own: `NAME.vars.fd` beside its descriptor. */
export function keptVariables({ name, file }: Pick<ReadVirtImage, 'name' | 'file'>): string | undefined {
  const path = join(dirname(resolve(file)), `${name ?? ''}.vars.fd`);
  return name !== undefined && name !== '' && !name.includes('/') && existsSync(path) ? path : undefined;
}

/**
 * The firmware of a machine that was left variables of its own: an installer wrote there where its loader is, and without
 * them it may not be found. The code is the one that belongs to them; undefined where the machine has no such variables, or
 * starts from no UEFI.
 * @throws MissingError where this machine has no such firmware
 */
export function keptFirmware(
  image: Pick<ReadVirtImage, 'name' | 'file'>,
  recommendation: Recommendation | undefined,
): Firmware | undefined {
  if (recommendation?.firmware.type !== 'uefi') return undefined;
  const variables = keptVariables(image);
  const uefi = variables === undefined ? undefined : probeEmulator(recommendation.arch, 'uefi');
  return variables && uefi ? { code: firmwareOf(recommendation, uefi).code, variables } : undefined;
}

/**
 * The domain with this firmware instead of one that libvirt chooses. libvirt copies the variables when the machine starts
 * for the first time (https://libvirt.org/formatdomain.html#bios-bootloader: `template`). Code of another build might not
 * read them, so it is named too, and nothing is left to libvirt's choice: with that not all versions take a template.
 */
export function withFirmware(
  domain: XmlNode,
  { code, variables }: Firmware,
  { firmware }: Pick<Recommendation, 'firmware'>,
): XmlNode {
  const secure = firmware.secureBoot ? { secure: 'yes' } : {};
  const named = [
    text('loader', code, { readonly: 'yes', ...secure, type: 'pflash' }),
    node('nvram', { template: variables }),
  ];
  const children = (domain.children ?? []).map((one) => {
    // A kernel that stands beside the descriptor is started without any.
    if (typeof one === 'string' || one.name !== 'os' || one.attrs === undefined || !('firmware' in one.attrs))
      return one;
    const kept = (one.children ?? []).filter((child) => typeof child === 'string' || child.name !== 'firmware');
    return node('os', {}, [...kept, ...named]);
  });
  return { ...domain, children };
}
