// SPDX-License-Identifier: Apache-2.0
import {
  type Guest,
  isArmVirt,
  isHvm,
  isKnownForVirtio,
  isLoongarch,
  isPcie,
  isPseries,
  isRiscvVirt,
  isX86,
} from './guest.js';
import { mayHaveVirtio, osHas, type Ruled, ruled } from './ruled.js';
import type { CompatAnswer } from './types.js';

const usb2 = ['ich9-ehci1', 'ich9-uhci1', 'ich9-uhci2', 'ich9-uhci3'];

/** The USB controllers. */
export function usb(guest: Guest): Ruled<readonly string[]> {
  if (guest.driver !== 'qemu' && guest.driver !== 'test') return ruled('usb.default', [], "libvirt's choice");
  if (isX86(guest)) {
    const usb3 = osHas(guest, 'USB 3', false);
    return usb3.yes
      ? ruled('usb.qemu-xhci', ['qemu-xhci'], 'the OS has USB 3', usb3.facts)
      : ruled('usb.ich9-ehci1', usb2, 'USB 2 for every OS of which USB 3 is not known', usb3.facts);
  }
  if (isArmVirt(guest) || isRiscvVirt(guest) || isPseries(guest) || isLoongarch(guest))
    return ruled('usb.qemu-xhci', ['qemu-xhci'], `every OS for ${guest.arch} has USB 3`);
  return ruled('usb.default', [], "libvirt's choice");
}

const agent = 'org.qemu.guest_agent.0';

/** Channels between guest and host: the agent's, and SPICE's. */
export function channels(guest: Guest): Ruled<readonly string[]> {
  const listed = osHas(guest, 'virtio-serial');
  const related = { yes: guest.os.likeRhel6, facts: [{ text: 'it is RHEL 6, or comes from it' }] };
  const serial = mayHaveVirtio(guest, 'virtio-serial', listed.yes || !related.yes ? listed : related);
  const spice =
    guest.graphics.includes('spice') && (guest.version === '4.1' || hostHas(guest.domain?.channels, 'spicevmc'));
  const names = [...(serial.yes ? [agent] : []), ...(spice ? ['com.redhat.spice.0'] : [])];
  const reason = spice ? "the agent's where the OS has virtio-serial; SPICE's always" : 'the OS has virtio-serial';
  if (names.length === 0) return ruled('channels.none', names, 'neither virtio-serial nor SPICE', serial.facts);
  return ruled(serial.yes ? 'channels.agent' : 'channels.spice', names, reason, serial.facts);
}

/** What a host that says nothing of is taken to have. */
const hostHas = (list: readonly string[] | undefined, name: string): boolean => list?.includes(name) ?? true;

/** How many USB devices of the viewer's machine may be passed through. */
export function redirections(guest: Guest): number {
  if (!guest.graphics.includes('spice') || !isX86(guest)) return 0;
  return guest.version === '4.1' || hostHas(guest.domain?.redirections, 'usb') ? 2 : 0;
}

/** Randomness of the host. */
export function rng(guest: Guest): Ruled<string | null> {
  const virtio = osHas(guest, 'virtio-rng');
  const given = guest.driver === 'qemu' && isKnownForVirtio(guest) && virtio.yes;
  return given
    ? ruled('rng.virtio', 'virtio:/dev/urandom', 'the OS has virtio-rng', virtio.facts)
    : ruled('rng.none', null, 'no virtio-rng', virtio.facts);
}

/** The balloon; without one libvirt adds its own. */
export function balloon(guest: Guest): Ruled<string | null> {
  const virtio = osHas(guest, 'virtio-balloon');
  const given = guest.driver === 'qemu' && isKnownForVirtio(guest) && virtio.yes;
  return given
    ? ruled('balloon.virtio', 'virtio', 'the OS has virtio-balloon', virtio.facts)
    : ruled('balloon.default', null, 'nothing is said, and libvirt adds one all the same', virtio.facts);
}

/** The TPM: with UEFI, where the host can emulate one. */
export function tpm(guest: Guest): Ruled<CompatAnswer['tpm']> {
  if (!guest.uefi) return ruled('tpm.none', null, 'only a machine with UEFI gets a TPM');
  const offer = guest.domain?.tpm;
  // libvirt tells of this one and refuses it when the domain is defined.
  const refused = guest.arch === 'armv7l' && offer?.models.join() === 'tpm-tis';
  if (offer === undefined || offer.models.length === 0 || !offer.backends.includes('emulator') || refused)
    return ruled('tpm.none', null, 'the host emulates none');
  const model = offer.models.includes('tpm-crb') ? 'tpm-crb' : null;
  return ruled('tpm.emulator', { model, backend: 'emulator', version: null }, 'a machine with UEFI gets a TPM');
}

/** Ports for devices of PCI Express. QEMU 6.1 fails with more than these. */
export const rootPorts = (guest: Guest): number => (isPcie(guest) ? 14 : 0);

/** The controller that a drive on SCSI needs. */
export const scsiControllers = (guest: Guest, cdrom: string | null): readonly string[] =>
  cdrom === 'scsi' && isHvm(guest) ? ['virtio-scsi'] : [];
