// SPDX-License-Identifier: Apache-2.0
import type { HostDomain, HostFacts, HostGuest } from '../host/types.js';
import type { AskedOs } from './asked.js';
import type { CompatVersion } from './types.js';

/** The kind of connection that virt-install has: what it adds depends on it more than on anything else. */
export type Driver = 'qemu' | 'xen' | 'bhyve' | 'test' | 'other';

/** The machine as it grows; each rule reads what the rules before it decided. */
export interface Guest {
  readonly os: AskedOs;
  readonly version: CompatVersion;
  readonly host: HostFacts;
  readonly offer: HostGuest;
  /** Domain capabilities, where the host told any that fit. */
  readonly domain: HostDomain | undefined;
  readonly driver: Driver;
  readonly virt: string;
  readonly osType: string;
  readonly arch: string;
  machine: string | null;
  uefi: boolean;
  graphics: readonly string[];
  /** Devices of drivers that are put into the OS before its first start. */
  readonly drivers: ReadonlySet<string>;
}

type Shape = Pick<Guest, 'arch' | 'machine'>;

export const isX86 = ({ arch }: Shape): boolean => arch === 'x86_64' || arch === 'i686';
export const isQ35 = (guest: Shape): boolean => isX86(guest) && (guest.machine?.includes('q35') ?? false);
export const isArm = ({ arch }: Shape): boolean => arch === 'aarch64' || arch === 'armv7l';
export const isS390x = ({ arch }: Shape): boolean => arch === 's390x';

const hasMachine = (name: string, archs: readonly string[]) => (guest: Shape) =>
  archs.includes(guest.arch) && (guest.machine?.startsWith(name) ?? false);

export const isArmVirt = hasMachine('virt', ['aarch64', 'armv7l']);
export const isRiscvVirt = hasMachine('virt', ['riscv64', 'riscv32']);
export const isPseries = hasMachine('pseries', ['ppc64', 'ppc64le']);
export const isArmVexpress = hasMachine('vexpress-', ['armv7l', 'aarch64']);

/** virt-install knows LoongArch since version 5. */
export const isLoongarch = ({ arch, version }: Guest): boolean => version === '5' && arch === 'loongarch64';

export const isHvm = ({ osType }: Guest): boolean => osType === 'hvm';
export const isXenPv = ({ osType }: Guest): boolean => osType === 'xen' || osType === 'linux';

/** Whether its devices sit on PCI Express: then there are root ports, and the sound is of ICH9. */
export const isPcie = (guest: Guest): boolean =>
  isQ35(guest) || isArmVirt(guest) || isRiscvVirt(guest) || isLoongarch(guest);

/** Machines of which virt-install knows that virtio's small devices are good to have. */
export const isKnownForVirtio = (guest: Guest): boolean =>
  isX86(guest) || isArmVirt(guest) || isRiscvVirt(guest) || isS390x(guest) || isPseries(guest) || isLoongarch(guest);

/** Machines that have hardly anything but virtio: what the OS says is not looked at. Version 4.1 counted ARM among them. */
export const isVirtioOnly = (guest: Guest): boolean =>
  isRiscvVirt(guest) ||
  isS390x(guest) ||
  isPseries(guest) ||
  isLoongarch(guest) ||
  (guest.version === '4.1' && isArmVirt(guest));
