// SPDX-License-Identifier: Apache-2.0
import { commonArch } from '../../arch-names.js';

/** What one of QEMU's firmware descriptors (`/usr/share/qemu/firmware/*.json`) says, as far as it matters here. */
export interface FirmwareDescriptor {
  /** `uefi`, `bios`, `openfirmware`… */
  readonly interfaces: readonly string[];
  readonly targets: readonly { readonly arch: string; readonly machines: readonly string[] }[];
  /** `secure-boot`, `enrolled-keys`, `requires-smm`… */
  readonly features: readonly string[];
}

/**
 * Reads a descriptor; undefined for what is none, since one bad file must not hide the others.
 * @see docs/interop/firmware.json of QEMU
 */
export function parseFirmwareDescriptor(text: string): FirmwareDescriptor | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (!isRecord(value) || !Array.isArray(value['targets'])) return undefined;
  return {
    interfaces: strings(value['interface-types']),
    targets: value['targets'].filter(isRecord).map((target) => ({
      arch: typeof target['architecture'] === 'string' ? commonArch(target['architecture']) : '',
      machines: strings(target['machines']),
    })),
    features: strings(value['features']),
  };
}

/** The descriptor is for the machine: its patterns are shell patterns of which only a closing `*` is in use. */
export function firmwareFits({ targets }: FirmwareDescriptor, arch: string, machine: string): boolean {
  const fits = (pattern: string): boolean =>
    pattern.endsWith('*') ? machine.startsWith(pattern.slice(0, -1)) : machine === pattern;
  return targets.some((target) => target.arch === arch && target.machines.some(fits));
}

export const isRecord = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

export const strings = (value: unknown): readonly string[] =>
  Array.isArray(value) ? value.filter((one): one is string => typeof one === 'string') : [];
