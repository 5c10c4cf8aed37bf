// SPDX-License-Identifier: Apache-2.0
import { formatLibvirt } from './libvirt.js';
import { formatQemuText } from './qemu.js';
import type { Format } from './types.js';

export { formatLibvirt, type LibvirtRequest } from './libvirt.js';
export { formatQemu, formatQemuText, type QemuRequest } from './qemu.js';
export type { Format } from './types.js';

/** The formats that `--format` knows besides `text` and `json`. */
export const formats: readonly Format[] = [
  { name: 'libvirt', summary: "libvirt's domain XML, for virsh define", format: formatLibvirt },
  { name: 'qemu', summary: 'a command line of QEMU 7.2 or newer', format: formatQemuText },
];
