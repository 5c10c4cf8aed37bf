// SPDX-License-Identifier: Apache-2.0
import { readXml, type XmlElement } from '../../osinfo/xml/read.js';

/** The decisions that a domain's XML shows, by the names of `CompatAnswer`. */
export type Decisions = Readonly<Record<string, unknown>>;

const all = (element: XmlElement | undefined, name: string): XmlElement[] =>
  element?.children.filter((one) => one.name === name) ?? [];

const attr = (element: XmlElement | undefined, name: string): string | null => element?.attrs.get(name) ?? null;

/** What a domain's XML decides. What stands in no field of it (the size of the disk) is not there. */
export function decisionsOf(xml: string): Decisions {
  const domain = readXml(xml, 'domain.xml');
  const os = domain.child('os');
  const type = os?.child('type');
  const devices = domain.child('devices');
  const disks = all(devices, 'disk');
  const disk = disks.find((one) => attr(one, 'device') === 'disk');
  const cdrom = disks.find((one) => attr(one, 'device') === 'cdrom');
  const controllers = all(devices, 'controller');
  const ofType = (name: string) => controllers.filter((one) => attr(one, 'type') === name);
  const rng = devices?.child('rng');
  const tpm = devices?.child('tpm');
  const card = devices?.child('interface');
  const timers = all(domain.child('clock'), 'timer').map((timer): [string, string] => [
    attr(timer, 'name')!,
    attr(timer, 'tickpolicy') ?? `present=${attr(timer, 'present')}`,
  ]);
  const features = domain.child('features');
  const hyperv = features?.child('hyperv')?.children.filter((one) => attr(one, 'state') === 'on') ?? [];
  return {
    virt_type: attr(domain, 'type'),
    os_type: type?.text ?? null,
    arch: attr(type, 'arch'),
    machine: attr(type, 'machine'),
    memory_kib: Number(domain.child('memory')?.text),
    vcpus: Number(domain.child('vcpu')?.text),
    firmware: attr(os, 'firmware') ?? (attr(os?.child('loader'), 'type') === 'pflash' ? 'efi' : 'bios'),
    loader: os?.child('loader')?.text ?? null,
    disk_bus: attr(disk?.child('target'), 'bus'),
    disk_dev: attr(disk?.child('target'), 'dev'),
    disk_driver: Object.fromEntries(disk?.child('driver')?.attrs ?? []),
    cdrom_bus: attr(cdrom?.child('target'), 'bus'),
    nic_type: attr(card, 'type'),
    nic_model: attr(card?.child('model'), 'type'),
    video: attr(devices?.child('video')?.child('model'), 'type'),
    graphics: all(devices, 'graphics').map((one) => attr(one, 'type')),
    input: all(devices, 'input').map((one) => `${attr(one, 'type')}/${attr(one, 'bus')}`),
    sound: attr(devices?.child('sound'), 'model'),
    rng: rng ? `${attr(rng, 'model')}:${rng.child('backend')?.text}` : null,
    balloon: attr(devices?.child('memballoon'), 'model'),
    tpm: tpm
      ? {
          model: attr(tpm, 'model'),
          backend: attr(tpm.child('backend'), 'type'),
          version: attr(tpm.child('backend'), 'version'),
        }
      : null,
    watchdog: attr(devices?.child('watchdog'), 'model'),
    panic: attr(devices?.child('panic'), 'model'),
    iommu: attr(devices?.child('iommu'), 'model'),
    usb: ofType('usb').map((one) => attr(one, 'model')),
    scsi: ofType('scsi').map((one) => attr(one, 'model')),
    pcie_root_ports: ofType('pci').filter((one) => attr(one, 'model') === 'pcie-root-port').length,
    redirdev: all(devices, 'redirdev').length,
    channels: all(devices, 'channel').map((one) => attr(one.child('target'), 'name')),
    console: all(devices, 'console').map((one) => attr(one, 'type')),
    clock: attr(domain.child('clock'), 'offset'),
    timers: Object.fromEntries(timers),
    hyperv: hyperv.map((one) => one.name),
    features: (features?.children ?? [])
      .filter((one) => one.name !== 'hyperv')
      .map((one) => (one.attrs.has('state') ? `${one.name}=${attr(one, 'state')}` : one.name)),
    cpu_mode: attr(domain.child('cpu'), 'mode'),
    cpu_model: domain.child('cpu')?.child('model')?.text ?? null,
    pm: Object.fromEntries((domain.child('pm')?.children ?? []).map((one) => [one.name, attr(one, 'enabled')])),
    boot: all(os, 'boot').map((one) => attr(one, 'dev')),
  };
}
