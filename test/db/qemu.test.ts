// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { run } from '../../osinfo/doors/process.js';
import type { XmlElement } from '../../osinfo/xml/read.js';
import { childrenOf, has, readEntries } from './places.js';

const QEMU = 'qemu-system-x86_64';

/** QEMU's devices for what the entry of 7.2 claims, beside what the machines have built in. */
const DEVICES = `
  virtio-blk-pci,drive=d0 virtio-net-pci virtio-scsi-pci virtio-serial-pci virtio-rng-pci virtio-balloon-pci
  virtio-9p-pci,fsdev=f0,mount_tag=t virtio-gpu-pci virtio-tablet-pci virtio-crypto-pci,cryptodev=c0 virtio-iommu-pci
  virtio-mem-pci,memdev=m0 virtio-pmem-pci,memdev=m1
  nvme,drive=d1,serial=s ich9-ahci piix4-ide pvscsi mptsas1068 megasas megasas-gen2 lsi53c895a lsi53c810 am53c974 sdhci-pci
  e1000e e1000 e1000-82544gc e1000-82545em vmxnet3 rtl8139 pcnet ne2k_pci i82551 i82557a tulip
  qxl secondary-vga ich9-intel-hda intel-hda AC97 ES1370
  qemu-xhci nec-usb-xhci ich9-usb-ehci1 ich9-usb-ehci2 ich9-usb-uhci1 ich9-usb-uhci2 ich9-usb-uhci3 ich9-usb-uhci4
  ich9-usb-uhci5 ich9-usb-uhci6 usb-ehci piix3-usb-uhci piix4-usb-uhci pci-ohci
  i6300esb pvpanic-pci pci-serial pci-serial-2x pcie-pci-bridge pci-bridge,chassis_nr=9 ivshmem-plain,memdev=m2
  ati-vga i82801 i82801b11-bridge ioh3420,chassis=90,slot=90 x3130-upstream xio3130-downstream,chassis=91,slot=91
  pxb-pcie,bus_nr=200`
  .trim()
  .split(/\s+/);

/** Those that show another id behind a PCI Express port. */
const BEHIND_PORTS = `
  virtio-blk-pci,drive=d0 virtio-net-pci virtio-scsi-pci virtio-serial-pci virtio-rng-pci virtio-balloon-pci
  virtio-9p-pci,fsdev=f0,mount_tag=t`
  .trim()
  .split(/\s+/);

const BACKENDS = `
  -m 128,slots=4,maxmem=2G
  -drive if=none,id=d0,driver=null-co,size=1M -drive if=none,id=d1,driver=null-co,size=1M
  -fsdev local,id=f0,path=/usr,security_model=none -object cryptodev-backend-builtin,id=c0
  -object memory-backend-ram,id=m0,size=128M,share=on -object memory-backend-ram,id=m1,size=128M,share=on
  -object memory-backend-ram,id=m2,size=128M,share=on`
  .trim()
  .split(/\s+/);

/** Starts QEMU, stopped, and asks it one question. */
async function ask(execute: string, args: object, words: readonly string[]): Promise<unknown> {
  const commands = [{ execute: 'qmp_capabilities' }, { execute, arguments: args }, { execute: 'quit' }];
  const line = [QEMU, '-nodefaults', '-display', 'none', '-S', '-qmp', 'stdio', '-accel', 'tcg', ...words];
  const { stdout } = await run(line, { input: commands.map((one) => JSON.stringify(one)).join(''), timeoutMs: 60_000 });
  return JSON.parse(stdout.trim().split('\n')[2]!).return;
}

/** Ids of all PCI devices of a machine; the tree shows those behind ports too, which `query-pci` does not know before firmware ran. */
async function pciIds(words: readonly string[]): Promise<readonly string[]> {
  const tree = String(await ask('human-monitor-command', { 'command-line': 'info qtree' }, words));
  return [...tree.matchAll(/pci id ([0-9a-f]{4}):([0-9a-f]{4})/g)].map(
    ([, vendor, device]) => `http://pcisig.com/pci/${vendor}/${device}`,
  );
}

const version = has(QEMU) ? (await run([QEMU, '--version'])).stdout : '';
const entries = new Map(readEntries().map(({ id, element }) => [id, element]));
const entry = entries.get('http://qemu.org/qemu/7.2')!;

/** Devices of an entry and of the releases before it, which it inherits. */
function devicesOf(element: XmlElement): readonly string[] {
  const own = childrenOf(element, 'devices').flatMap((one) => childrenOf(one, 'device'));
  const before = childrenOf(element, 'upgrades').flatMap((one) => devicesOf(entries.get(one.attrs.get('id')!)!));
  return [...own.map((one) => one.attrs.get('id')!), ...before];
}

describe.skipIf(!version.includes('version 7.2'))(
  'the platform entry of QEMU 7.2 and the QEMU 7.2 of this machine',
  () => {
    it('claims exactly the PCI devices that can be started, with the ids they show', async () => {
      // Four functions a slot: more devices than slots.
      const plain = DEVICES.flatMap((device, index) => {
        const place = `addr=0x${(2 + (index >> 2)).toString(16)}.${index & 3}${(index & 3) === 0 ? ',multifunction=on' : ''}`;
        return ['-device', `${device},${place}`];
      });
      const ports = BEHIND_PORTS.flatMap((device, index) => [
        ...['-device', `pcie-root-port,id=p${index},chassis=${index + 1},slot=${index + 1}`],
        ...['-device', `${device},bus=p${index}`],
      ]);
      const [onBus, behindPorts, classic, cirrus, vmware] = await Promise.all([
        pciIds(['-machine', 'q35', ...BACKENDS, ...plain]),
        pciIds(['-machine', 'q35', ...BACKENDS, ...ports]),
        pciIds(['-machine', 'pc']),
        pciIds(['-machine', 'pc', '-vga', 'cirrus']),
        pciIds(['-machine', 'pc', '-vga', 'vmware']),
      ]);
      const shown = new Set([...onBus, ...behindPorts, ...classic, ...cirrus, ...vmware]);
      const claimed = devicesOf(entry);
      // Aliases are not shown; vsock and virtio-fs need the host's kernel and a daemon to start.
      const unseen = ['1b36/0004', '15ad/0710', '1af4/1053', '1af4/105a'].map((id) => `http://pcisig.com/pci/${id}`);
      const pci = claimed.filter((id) => id.includes('/pci/') && !unseen.includes(id));
      expect(pci.filter((id) => !shown.has(id))).toEqual([]);
      // Host bridges, ISA and power management belong to the chipset, not to a list of devices.
      const chipset = ['29c0', '2918', '2930', '1237', '7000', '7113'].map((id) => `http://pcisig.com/pci/8086/${id}`);
      expect([...shown].filter((id) => !claimed.includes(id) && !chipset.includes(id))).toEqual([]);
    });

    it('names machine types that exist, with the CPUs they can have', async () => {
      const words = ['-machine', 'none'];
      const known = (await ask('query-machines', {}, words)) as readonly {
        readonly name: string;
        readonly 'cpu-max': number;
      }[];
      const machines = childrenOf(entry.child('facts')!, 'machine').map((one) => one.attrs);
      const ours = machines
        .filter((one) => one.get('arch') === 'x86_64')
        .map((one) => [one.get('version'), Number(one.get('max-cpus'))]);
      expect(ours.length).toBe(2);
      for (const [name, cpus] of ours)
        expect(known.find((one) => one.name === name)?.['cpu-max'], String(name)).toBe(cpus);
    });
  },
);
