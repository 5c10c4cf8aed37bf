// SPDX-License-Identifier: Apache-2.0
import {
  type Guest,
  isArmVirt,
  isHvm,
  isLoongarch,
  isPcie,
  isPseries,
  isRiscvVirt,
  isS390x,
  isX86,
  isXenPv,
} from './guest.js';
import { osHas, type Ruled, ruled } from './ruled.js';

const isNewer = ({ version }: Guest): boolean => version === '5';

/** How a person sees the machine: SPICE where the host has it, else VNC; nothing where there is no screen. */
export function graphics(guest: Guest): Ruled<readonly string[]> {
  const hasScreen =
    isX86(guest) ||
    isPseries(guest) ||
    isLoongarch(guest) ||
    (isNewer(guest) && (isArmVirt(guest) || isRiscvVirt(guest)));
  if (!hasScreen) return ruled('graphics.none', [], `virt-install gives ${guest.machine ?? guest.arch} no screen`);
  if (guest.driver === 'xen') return ruled('graphics.vnc', ['vnc'], 'on Xen it takes VNC');
  return hostHasSpice(guest)
    ? ruled('graphics.spice', ['spice'], 'its default, and the host has it')
    : ruled('graphics.vnc', ['vnc'], 'the host has no SPICE');
}

/** A host that tells nothing of graphics is taken to have SPICE where it is a PC with QEMU. */
function hostHasSpice({ domain, host, driver }: Guest): boolean {
  if (domain?.graphics !== undefined) return domain.graphics.includes('spice');
  return (driver === 'qemu' || driver === 'test') && ['x86_64', 'i686'].includes(host.arch ?? '');
}

const hasSpice = (guest: Guest): boolean => guest.graphics.includes('spice');

/** The graphics card. */
export function video(guest: Guest): Ruled<string | null> {
  if (guest.graphics.length === 0) return ruled('video.none', null, 'there is no screen');
  if (!isHvm(guest)) return ruled('video.default', null, "libvirt's choice");
  if (isPseries(guest)) return ruled('video.vga', 'vga', 'the card of pseries');
  const always = isLoongarch(guest) || isRiscvVirt(guest) || isS390x(guest) || (!isNewer(guest) && isArmVirt(guest));
  if (always) return ruled('video.virtio', 'virtio', `every OS for ${guest.arch} is new enough`);
  const cards = guest.domain?.video;
  const virtio = osHas(guest, 'virtio-gpu', false);
  if (cards?.includes('virtio') && virtio.yes)
    return ruled('video.virtio', 'virtio', 'host and OS have it', virtio.facts);
  // Hosts that tell no cards are older than telling them, not than QXL.
  const hasQxl = cards === undefined ? hostHasSpice(guest) : cards.includes('qxl');
  if (isX86(guest) && hasSpice(guest) && hasQxl)
    return ruled('video.qxl', 'qxl', "SPICE's card, whatever the OS has", virtio.facts);
  if (guest.uefi && isNewer(guest) && isArmVirt(guest) && cards?.includes('ramfb'))
    return ruled('video.ramfb', 'ramfb', 'what UEFI on ARM draws on', virtio.facts);
  const drawsBochs = guest.uefi && (isX86(guest) || !isNewer(guest)) && cards?.includes('bochs');
  if (drawsBochs) return ruled('video.bochs', 'bochs', 'what UEFI draws on', virtio.facts);
  return ruled('video.vga', 'vga', 'the card of last resort', virtio.facts);
}

/** The sound card, of SPICE's machines alone. */
export function sound(guest: Guest): Ruled<string | null> {
  if (!hasSpice(guest)) return ruled('sound.none', null, 'only with SPICE is there sound');
  if (!isHvm(guest)) return ruled('sound.none', null, 'only a whole machine has sound');
  const model = isPcie(guest) ? 'ich9' : 'ich6';
  return ruled(`sound.${model}`, model, 'by the machine; the sound cards of the entry are not asked for');
}

/** Pointer and keyboard. */
export function inputs(guest: Guest): Ruled<readonly string[]> {
  if (guest.graphics.length === 0) return ruled('inputs.none', [], 'there is no screen');
  if (isXenPv(guest)) return ruled('inputs.none', [], 'a paravirtual guest has its own');
  if (isS390x(guest)) {
    const virtio = osHas(guest, 'virtio-input');
    return virtio.yes
      ? ruled('inputs.virtio', ['tablet/virtio', 'keyboard/virtio'], 'the OS has virtio-input', virtio.facts)
      : ruled('inputs.none', [], 'a mainframe has no USB', virtio.facts);
  }
  if (isX86(guest)) return ruled('inputs.tablet', ['tablet/usb'], 'every PC gets a USB tablet, whatever the OS has');
  if (isNewer(guest) || isArmVirt(guest) || isRiscvVirt(guest) || isPseries(guest))
    return ruled('inputs.both', ['tablet/usb', 'keyboard/usb'], 'a machine without PS/2');
  return ruled('inputs.none', [], `nothing is known of ${guest.machine ?? guest.arch}`);
}
