// SPDX-License-Identifier: Apache-2.0

/**
 * The devices that decisions speak of, and the ids under which a guest sees them. Read from a running QEMU 7.2
 * (`query-pci`): a virtio device shows its legacy id on a conventional PCI bus, where both old and new drivers bind, and
 * only its modern id behind a PCI Express root port.
 */
export interface DeviceModel {
  readonly name: string;
  /** The class as the database spells it; an OS that lists another device of the class has said what it drives. */
  readonly class: string;
  /** Ids on conventional PCI, ISA, USB or ACPI: the first is the true one, the others are aliases found in databases. */
  readonly ids: readonly string[];
  /** Ids behind a PCI Express root port, where they differ. */
  readonly pcieIds?: readonly string[];
}

const pci = (vendor: string, product: string): string => `http://pcisig.com/pci/${vendor}/${product}`;

/** What other hypervisors show, whose devices one driver binds to by their class. */
const pciAll = (...ids: readonly (readonly [string, string])[]): string[] =>
  ids.map(([vendor, product]) => pci(vendor, product));
const vmbus = (id: string): string => `http://microsoft.com/vmbus/${id}`;

function virtio(name: string, deviceClass: string, legacy: string, modern: string): DeviceModel {
  return { name, class: deviceClass, ids: [pci('1af4', legacy)], pcieIds: [pci('1af4', modern)] };
}

function plain(name: string, deviceClass: string, ...ids: string[]): DeviceModel {
  return { name, class: deviceClass, ids };
}

export const models = {
  q35: plain('q35', 'chipset', 'http://qemu.org/chipset/x86/q35'),
  i440fx: plain('i440fx', 'chipset', 'http://qemu.org/chipset/x86/i440fx'),

  virtioBlock: virtio('virtio-blk', 'block', '1001', '1042'),
  virtioScsi: virtio('virtio-scsi', 'block', '1004', '1048'),
  ahci: plain('ich9-ahci', 'block', ...pciAll(['8086', '2922'], ['8086', '2829'], ['8086', '2821'], ['15ad', '07e0'])),
  ide: plain('piix3-ide', 'block', pci('8086', '7010'), pci('8086', '7111')),
  nvme: plain(
    'nvme',
    'block',
    ...pciAll(['1b36', '0010'], ['15ad', '07f0'], ['80ee', '4e56'], ['fb5d', '0a0a']),
    ...pciAll(['1d0f', '8061'], ['1ae0', '001f'], ['1414', '00a9']),
  ),
  pvscsi: plain('vmpvscsi', 'block', pci('15ad', '07c0')),
  hvScsi: plain('hv-scsi', 'block', vmbus('ba6163d9-04a1-4d29-b605-72e2ffb1dc7f')),
  xenVbd: plain('xen-vbd', 'block', 'http://xen.org/xen/vbd'),
  lsiSas: plain('lsisas1068', 'block', pci('1000', '0054')),
  lsiLogic: plain('lsilogic', 'block', pci('1000', '0012')),

  virtioNet: virtio('virtio', 'net', '1000', '1041'),
  xenVif: plain('netfront', 'net', 'http://xen.org/xen/vif'),
  vmxnet3: plain('vmxnet3', 'net', pci('15ad', '07b0')),
  hvNet: plain('hv-net', 'net', vmbus('f8615163-df3e-46c5-913f-f2d2f965ed0e')),
  ena: plain('ena', 'net', pci('1d0f', 'ec20')),
  gvnic: plain('gvnic', 'net', pci('1ae0', '0042')),
  igb: plain('igb', 'net', pci('8086', '10c9')),
  e1000e: plain('e1000e', 'net', pci('8086', '10d3')),
  e1000: plain('e1000', 'net', pci('8086', '100e')),
  e1000Server: plain('e1000-82545em', 'net', pci('8086', '100f')),
  rtl8139: plain('rtl8139', 'net', pci('10ec', '8139')),
  pcnet: plain('pcnet', 'net', pci('1022', '2000')),
  // Hyper-V's "legacy network adapter".
  dec21140: plain('dec21140', 'net', pci('1011', '0009')),
  ne2k: plain('ne2k_pci', 'net', pci('10ec', '8029')),

  virtioGpu: plain('virtio', 'video', pci('1af4', '1050')),
  vga: plain('vga', 'video', pci('1234', '1111')),
  vmwareSvga: plain('vmvga', 'video', pci('15ad', '0405')),
  vboxVga: plain('vbox', 'video', pci('80ee', 'beef')),
  hvVideo: plain('hv-video', 'video', vmbus('da0a7802-e377-4aac-8e77-0558eb1073f8')),
  cirrus: plain('cirrus', 'video', pci('1013', '00b8')),
  // bhyve's frame buffer, on which UEFI draws; libvirt and OpenStack call it by UEFI's word.
  fbuf: plain('gop', 'video', pci('fb5d', '40fb')),
  qxl: plain('qxl', 'video', pci('1b36', '0100')),

  ich9Sound: plain('ich9', 'audio', pci('8086', '293e')),
  ich6Sound: plain('ich6', 'audio', pci('8086', '2668')),
  ac97: plain('ac97', 'audio', pci('8086', '2415')),
  es1370: plain('es1370', 'audio', pci('1274', '5000')),

  // The public database has carried 1b36:0004, in truth a serial card, as QEMU's xHCI since 2018.
  xhci: plain('qemu-xhci', 'controller.usb', pci('1b36', '000d'), pci('1b36', '0004')),
  necXhci: plain('nec-xhci', 'controller.usb', pci('1033', '0194')),
  ehci: plain('ich9-ehci1', 'controller.usb', pci('8086', '293a')),
  uhci: plain('piix3-uhci', 'controller.usb', pci('8086', '7020')),
  // The public database names every USB tablet by VirtualBox's id.
  tablet: plain('usb-tablet', 'input', 'http://usb.org/usb/0627/0001', 'http://usb.org/usb/80ee/0021'),
  virtioInput: plain('virtio-input', 'input', pci('1af4', '1052')),
  ps2Mouse: plain('ps2-mouse', 'input', 'http://ibm.com/ps2/mouse'),

  virtioRng: virtio('virtio-rng', 'rng', '1005', '1044'),
  virtioBalloon: virtio('virtio-balloon', 'memory.balloon', '1002', '1045'),
  vsock: plain('vhost-vsock', 'net', pci('1af4', '1053'), pci('1af4', '1012')),
  virtioSerial: virtio('virtio-serial', 'console', '1003', '1043'),
  i6300esb: plain('i6300esb', 'watchdog', pci('8086', '25ab')),
  pvpanic: plain('pvpanic', 'panic', 'http://uefi.org/acpi/QEMU0001'),
  generationId: plain('vmgenid', 'generation-id', 'http://uefi.org/acpi/QEMUVGID'),
  tpm2: plain('tpm-2.0', 'tpm', 'http://uefi.org/acpi/MSFT0101'),
  tpm12: plain('tpm-1.2', 'tpm', 'http://uefi.org/acpi/PNP0C31'),
} as const satisfies Record<string, DeviceModel>;

export type ModelKey = keyof typeof models;

/** The ids a guest may see the model under: behind a root port, or not. */
export function idsOf(model: DeviceModel, pcie: boolean): readonly string[] {
  return pcie ? (model.pcieIds ?? model.ids) : model.ids;
}

const numbered = ['http://pcisig.com/pci/', 'http://usb.org/usb/'];

/** `1af4:1042` for a PCI or USB id, the id itself for others. */
export function shortDeviceId(id: string): string {
  const prefix = numbered.find((one) => id.startsWith(one));
  return prefix === undefined ? id : id.slice(prefix.length).replace('/', ':');
}
