// SPDX-License-Identifier: Apache-2.0

import type { Os } from '../../model/types.js';
import type { DecisionFact } from '../types.js';

/**
 * What a difference rests on where no entry of the database speaks of it: facts of hypervisors and of systems, by our
 * rule or its decision, with the page that tells them.
 */
const standing: Readonly<Record<string, DecisionFact>> = {
  'graphics.vnc': {
    text: 'Red Hat took SPICE and QXL out of its QEMU in RHEL 9; VNC is in every build of QEMU, Xen and bhyve',
    at: 'https://docs.redhat.com/en/documentation/red_hat_enterprise_linux/9/html/considerations_in_adopting_rhel_9/',
  },
  'sound.none': {
    text: 'virt-install goes by SPICE, and gives sound to servers and to systems without a driver of it; QEMU plays what comes out only where a viewer or the host takes it',
    at: 'https://libvirt.org/formatdomain.html#audio-backends',
  },
  'disk.detectZeroes': {
    text: 'a block of zeroes that the guest writes is given back to the host instead of kept, where discard is on',
    at: 'https://libvirt.org/formatdomain.html#hard-drives-floppy-disks-cdroms',
  },
  'cpu.topology': {
    text: 'licences of systems count sockets (Windows 10 Home runs on one, Pro on two); libvirt makes a socket of each processor where nothing is said',
    at: 'https://libvirt.org/formatdomain.html#cpu-model-and-topology',
  },
  'panic.hyperv': {
    text: 'Windows tells the hypervisor of a crash by a register of Hyper-V',
    at: 'https://libvirt.org/formatdomain.html#panic-device',
  },
  'inputs.ps2': {
    text: 'the Plug-and-Play and USB of before Windows 98 know no tablet, and QEMU has a PS/2 mouse in every PC',
    at: 'https://www.qemu.org/docs/master/system/devices/usb.html',
  },
};

/** A fact for a difference whose rules cite none: a standing one, else what the entry says the OS is. */
export function standingFact(rule: string, decision: string, os: Os): DecisionFact {
  return standing[rule] ?? standing[decision] ?? identityOf(os);
}

function identityOf(os: Os): DecisionFact {
  const said = [
    os.family === undefined ? 'its family is not said' : `family ${os.family}`,
    ...(os.version === undefined ? [] : [`version ${os.version}`]),
    ...(os.releaseDate === undefined ? [] : [`released ${os.releaseDate}`]),
  ];
  const [origin] = os.origins;
  return {
    text: `${os.name ?? os.id}: ${said.join(', ')}`,
    ...(origin === undefined ? {} : { at: `${origin.file}:${origin.line}` }),
  };
}

/** Our sentence for what no rule of ours decides, and which is the same for every system. */
const sentences: Readonly<Record<string, string>> = {
  'disk.detectZeroes': 'zeroes that the guest writes take no room in the image',
  'cpu.topology': 'processors are cores of one socket, which no licence counts twice',
};

export const standingReason = (decision: string): string =>
  sentences[decision] ?? 'it is the same for every system on this platform';
