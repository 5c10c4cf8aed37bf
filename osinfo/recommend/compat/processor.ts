// SPDX-License-Identifier: Apache-2.0
import { type Guest, isArmVirt, isHvm, isLoongarch, isRiscvVirt, isX86 } from './guest.js';
import { type Ruled, ruled } from './ruled.js';
import { usualFeatures } from './usual-host.js';

/** What the clock shows when the machine starts. */
export function clock(guest: Guest): Ruled<string | null> {
  if (!isHvm(guest)) return ruled('clock.default', null, "libvirt's choice");
  const { family } = guest.os.os;
  const local = guest.os.windows || family === 'solaris';
  const facts = [{ text: `its family is ${family ?? 'not known'}` }];
  return local
    ? ruled('clock.localtime', 'localtime', 'Windows and Solaris keep local time', facts)
    : ruled('clock.utc', 'utc', 'all but Windows and Solaris', facts);
}

/** Timers of a PC on QEMU. */
export function timers(guest: Guest): Ruled<Readonly<Record<string, string>>> {
  if (!isHvm(guest) || !isX86(guest) || guest.driver !== 'qemu') return ruled('timers.default', {}, "libvirt's choice");
  const usual = { rtc: 'catchup', pit: 'delay', hpet: 'present=no' };
  if (!guest.os.windows) return ruled('timers.pc', usual, 'ticks are made up for, and there is no HPET');
  return ruled('timers.windows', { ...usual, hypervclock: 'present=yes' }, "Windows has Hyper-V's clock, any Windows");
}

/** ACPI and its like, as far as the host's capabilities name them. */
export function features(guest: Guest, secureLoader: boolean): readonly string[] {
  const names: string[] = [];
  if (isHvm(guest)) {
    const offered = guest.offer.features ?? usualFeatures(guest.arch);
    names.push(...['acpi', 'apic'].filter((name) => offered.includes(name)));
    if (offered.includes('pae') || (guest.virt === 'xen' && guest.arch === 'x86_64')) names.push('pae');
  }
  if (secureLoader) names.push('smm=on');
  if (guest.graphics.includes('spice') && isX86(guest)) names.push('vmport=off');
  return names;
}

interface Enlightenment {
  readonly name: string;
  readonly needs?: readonly string[];
  readonly when?: (guest: Guest, features: readonly string[]) => boolean;
}

const enlightenments: readonly Enlightenment[] = [
  { name: 'relaxed' },
  { name: 'vapic' },
  { name: 'spinlocks' },
  { name: 'vpindex' },
  { name: 'runtime' },
  { name: 'synic', needs: ['vpindex'] },
  // Hyper-V's timers go by its clock, which only a PC gets.
  { name: 'stimer', needs: ['vpindex', 'synic'], when: (guest) => 'hypervclock' in timers(guest).value },
  { name: 'frequencies' },
  { name: 'tlbflush', needs: ['vpindex'] },
  { name: 'ipi', needs: ['vpindex'] },
  { name: 'evmcs', needs: ['vapic'], when: ({ host }) => host.cpu?.vendor === 'Intel' },
  { name: 'avic', when: (_, features) => features.includes('apic') },
];

/** What of Hyper-V is shown to the guest. */
export function hyperv(guest: Guest, given: readonly string[]): Ruled<readonly string[]> {
  if (!isHvm(guest) || !guest.os.windows) return ruled('hyperv.none', [], 'only Windows looks for Hyper-V');
  if (guest.version === '4.1') {
    const known = guest.driver === 'qemu' || guest.driver === 'test';
    return ruled('hyperv.three', known ? ['relaxed', 'vapic', 'spinlocks'] : [], 'any Windows gets these three');
  }
  const offered = guest.domain?.hyperv ?? [];
  const names: string[] = [];
  for (const { name, needs = [], when } of enlightenments) {
    if (!offered.includes(name) || !needs.every((one) => names.includes(one))) continue;
    if (when === undefined || when(guest, given)) names.push(name);
  }
  return ruled(
    'hyperv.offered',
    names,
    'any Windows gets what the host offers, but for reset, vendor_id, reenlightenment',
  );
}

export interface CpuAnswer {
  readonly mode: string | null;
  readonly model: string | null;
}

/** The processor. The OS is not asked. */
export function processor(guest: Guest): Ruled<CpuAnswer> {
  const nothing = (reason: string) => ruled<CpuAnswer>('cpu.default', { mode: null, model: null }, reason);
  if (guest.driver !== 'qemu' && guest.driver !== 'test') return nothing("libvirt's choice");
  const whole = (mode: string, reason: string) => ruled<CpuAnswer>(`cpu.${mode}`, { mode, model: null }, reason);
  const modes = guest.domain?.cpu?.modes ?? {};
  if (isArmVirt(guest) && guest.virt === 'kvm')
    return whole('host-passthrough', "ARM's machines under KVM have the host's processor");
  const emulated = isX86(guest) || isArmVirt(guest) || isRiscvVirt(guest) || isLoongarch(guest);
  if (guest.version === '5' && guest.virt === 'qemu' && emulated && modes.maximum)
    return whole('maximum', 'an emulated machine has all that QEMU can');
  if (guest.arch === 'aarch64' && isArmVirt(guest))
    return ruled('cpu.cortex-a57', { mode: 'custom', model: 'cortex-a57' }, 'the default of this machine has 32 bits');
  if (!isX86(guest) || guest.virt !== 'kvm') return nothing("the hypervisor's choice");
  if (guest.arch !== guest.host.arch) return nothing("the guest's architecture is not the host's");
  if (modes['host-passthrough'] && guest.domain?.cpu?.passthroughMigratable?.includes('on'))
    return whole('host-passthrough', "the host's processor, and it may migrate");
  if (modes['host-model'] && guest.domain?.cpu?.hostModel?.fallback === 'forbid')
    return whole('host-model', "libvirt's likeness of the host's processor");
  return nearestModel(guest, nothing);
}

/** The host's processor by name, unless domain capabilities say that it cannot be used. */
function nearestModel(
  { host, domain, version }: Guest,
  nothing: (reason: string) => Ruled<CpuAnswer>,
): Ruled<CpuAnswer> {
  const model = host.cpu?.model;
  if (model === undefined) return nothing('the host does not name its processor');
  const known = domain?.cpu?.models.find(({ name }) => name === model);
  const unusable = version === '5' && domain?.cpu?.modes.custom !== undefined && known?.usable !== true;
  return unusable
    ? ruled('cpu.custom', { mode: 'custom', model: null }, "the host's processor by name, which it says cannot be used")
    : ruled('cpu.custom', { mode: 'custom', model }, "the host's processor by name");
}

/** A machine that puts itself to sleep is seldom meant to. */
export function sleep(guest: Guest): Readonly<Record<string, string>> {
  const known = isX86(guest) && (guest.driver === 'qemu' || guest.driver === 'test');
  return known ? { 'suspend-to-mem': 'no', 'suspend-to-disk': 'no' } : {};
}
