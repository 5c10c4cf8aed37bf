// SPDX-License-Identifier: Apache-2.0
import type { XmlElement } from '../../osinfo/xml/read.js';
import type { LostFact } from './types.js';

/** What is read, or is libvirt's own bookkeeping that every hypervisor makes anew. */
const NOTHING = '';

/**
 * Children of elements of domain XML: what is lost with each, in words; empty for what is read elsewhere or is nobody's
 * loss. What stands in no table is told by its name, so that nothing goes in silence.
 * @see https://libvirt.org/formatdomain.html
 */
const DOMAIN: Readonly<Record<string, string>> = {
  name: NOTHING,
  uuid: NOTHING,
  title: NOTHING,
  metadata: NOTHING,
  memory: NOTHING,
  currentMemory: NOTHING,
  maxMemory: 'slots for memory that is plugged in',
  memoryBacking: 'how its memory is backed',
  vcpu: NOTHING,
  os: NOTHING,
  features: NOTHING,
  cpu: NOTHING,
  clock: NOTHING,
  devices: NOTHING,
  on_poweroff: NOTHING,
  on_reboot: NOTHING,
  on_crash: NOTHING,
  pm: NOTHING,
  genid: 'the generation id, which is made anew',
  description: 'the description',
  cputune: 'pinning and shares of processors',
  vcpus: 'the list of single processors',
  numatune: 'NUMA placement',
  memtune: 'limits of memory',
  blkiotune: 'limits of input and output',
  iothreads: NOTHING,
  iothreadids: 'numbers of I/O threads',
  resource: 'its resource group',
  sysinfo: 'SMBIOS tables',
  seclabel: 'security labels',
  launchSecurity: 'encrypted memory (SEV, TDX)',
  keywrap: 'key wrapping',
  idmap: 'the map of ids',
  perf: 'performance events',
  commandline: "words of QEMU's own command line",
  capabilities: "QEMU's capabilities by hand",
  override: "settings of QEMU's devices by hand",
  deprecation: NOTHING,
  bootloader: 'the boot loader that the host runs',
  bootloader_args: NOTHING,
  throttlegroups: 'throttle groups',
};

const OS: Readonly<Record<string, string>> = {
  type: NOTHING,
  boot: NOTHING,
  firmware: NOTHING,
  loader: NOTHING,
  nvram: "the firmware's variables (boot entries, enrolled keys): a new set is made",
  kernel: 'the kernel that the host starts it with: it has to start from its disk',
  initrd: NOTHING,
  cmdline: NOTHING,
  dtb: 'the device tree',
  bootmenu: NOTHING,
  smbios: 'SMBIOS tables',
  bios: NOTHING,
  acpi: 'ACPI tables',
  init: 'the program of a container',
};

const DEVICES: Readonly<Record<string, string>> = {
  emulator: NOTHING,
  disk: NOTHING,
  controller: NOTHING,
  interface: NOTHING,
  graphics: NOTHING,
  video: NOTHING,
  input: NOTHING,
  serial: NOTHING,
  console: NOTHING,
  channel: NOTHING,
  memballoon: NOTHING,
  rng: NOTHING,
  tpm: NOTHING,
  sound: NOTHING,
  audio: NOTHING,
  watchdog: NOTHING,
  panic: NOTHING,
  vsock: NOTHING,
  hub: NOTHING,
  hostdev: "a device of the host's that is passed through",
  filesystem: 'a folder that is shared with the host',
  redirdev: NOTHING,
  redirfilter: NOTHING,
  smartcard: 'a smart card',
  parallel: 'a parallel port',
  shmem: 'memory that is shared with others',
  memory: 'a memory module that is plugged in',
  iommu: 'an IOMMU',
  nvram: NOTHING,
  lease: 'a lease of a lock manager',
  crypto: 'a crypto device',
  pstore: 'a store for crash logs',
};

const DISK: Readonly<Record<string, string>> = {
  driver: NOTHING,
  source: NOTHING,
  target: NOTHING,
  boot: NOTHING,
  alias: NOTHING,
  address: NOTHING,
  readonly: NOTHING,
  backingStore: NOTHING,
  geometry: 'its geometry',
  blockio: 'its sizes of blocks',
  iotune: 'its limits of input and output',
  throttlefilters: 'its limits of input and output',
  encryption: NOTHING,
  serial: 'its serial number',
  wwn: 'its world wide name',
  vendor: 'its vendor',
  product: 'its product',
  shareable: 'that others write to it too',
  transient: 'that changes are thrown away',
  mirror: 'a copy that was under way',
  auth: 'its login',
};

const INTERFACE: Readonly<Record<string, string>> = {
  mac: NOTHING,
  source: NOTHING,
  model: NOTHING,
  target: NOTHING,
  boot: NOTHING,
  alias: NOTHING,
  address: NOTHING,
  driver: NOTHING,
  guest: NOTHING,
  script: 'its script',
  filterref: 'its packet filter',
  bandwidth: 'its limits of bandwidth',
  vlan: 'its VLAN',
  virtualport: 'its virtual port',
  mtu: 'its MTU',
  link: 'that its cable is pulled',
  rom: 'its boot ROM',
  port: 'its isolation',
  coalesce: 'its coalescing',
  tune: 'its buffers',
  backend: NOTHING,
  ip: 'its addresses',
  route: 'its routes',
  portForward: 'ports that are forwarded to it',
  teaming: 'its team',
};

const SCOPES = { domain: DOMAIN, os: OS, devices: DEVICES, disk: DISK, interface: INTERFACE } as const;

/**
 * A sentence for each child of an element of domain XML that nothing is made of.
 * @param whose begins the sentence: `disk vda: `; empty for the machine itself
 */
export function lostChildren(element: XmlElement, scope: keyof typeof SCOPES, whose = ''): LostFact[] {
  const table: Readonly<Record<string, string>> = SCOPES[scope];
  return element.children.flatMap((child) => {
    const words = Object.hasOwn(table, child.name) ? table[child.name]! : `<${child.name}>, which is not known here`;
    return words === NOTHING ? [] : [{ line: child.line, text: `${whose}${words}` }];
  });
}
