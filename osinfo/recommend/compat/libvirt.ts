// SPDX-License-Identifier: Apache-2.0
import { checkPaths, type LibvirtRequest, node, text } from '../../formats/libvirt-nodes.js';
import { targetName } from '../../formats/request.js';
import { writeXml, type XmlNode } from '../../xml/write.js';
import type { CompatAnswer } from './types.js';

/**
 * libvirt's domain XML with virt-install's decisions and no others: what virt-install leaves to libvirt is left to it
 * here, so that both define the same machine.
 * @param request as `checkRequest` lets it through
 * @throws InputError for a path that is not absolute
 */
export function formatCompatLibvirt(answer: CompatAnswer, request: LibvirtRequest): string {
  checkPaths(request);
  const domain = node('domain', { type: request.virt ?? answer.virt_type }, [
    text('name', request.name),
    ...(request.uuid === undefined ? [] : [text('uuid', request.uuid)]),
    metadata(answer),
    text('memory', String(answer.memory_kib), { unit: 'KiB' }),
    text('currentMemory', String(answer.memory_kib), { unit: 'KiB' }),
    text('vcpu', String(answer.vcpus)),
    operatingSystem(answer),
    ...features(answer),
    ...cpu(answer),
    ...clock(answer),
    ...sleep(answer),
    node('devices', {}, devices(answer, request)),
  ]);
  return writeXml(domain, { declaration: false });
}

function metadata({ osinfo_id }: CompatAnswer): XmlNode {
  const attrs = { 'xmlns:libosinfo': 'http://libosinfo.org/xmlns/libvirt/domain/1.0' };
  return node('metadata', {}, [node('libosinfo:libosinfo', attrs, [node('libosinfo:os', { id: osinfo_id })])]);
}

function operatingSystem({ os_type, arch, machine, firmware, loader, secure_boot, boot }: CompatAnswer): XmlNode {
  const attrs: Record<string, string> = firmware === 'efi' && loader === null ? { firmware: 'efi' } : {};
  const loaded = { readonly: 'yes', ...(secure_boot === 'yes' ? { secure: 'yes' } : {}), type: 'pflash' };
  return node('os', attrs, [
    text('type', os_type, { arch, ...(machine === null ? {} : { machine }) }),
    ...(loader === null ? [] : [text('loader', loader, firmware === 'efi' ? loaded : {})]),
    ...boot.map((dev) => node('boot', { dev })),
  ]);
}

function features({ features: named, hyperv }: CompatAnswer): XmlNode[] {
  const children = named.map((one) => {
    const [name, state] = one.split('=');
    return node(name!, state === undefined ? {} : { state });
  });
  if (hyperv.length > 0) children.push(node('hyperv', { mode: 'custom' }, hyperv.map(enlightenment)));
  return children.length === 0 ? [] : [node('features', {}, children)];
}

function enlightenment(name: string): XmlNode {
  if (name === 'spinlocks') return node(name, { state: 'on', retries: '8191' });
  return node(name, { state: 'on' }, name === 'stimer' ? [node('direct', { state: 'on' })] : []);
}

function cpu({ cpu_mode, cpu_model }: CompatAnswer): XmlNode[] {
  if (cpu_mode === null) return [];
  const match: Record<string, string> = cpu_mode === 'custom' ? { match: 'exact' } : {};
  return [node('cpu', { mode: cpu_mode, ...match }, cpu_model === null ? [] : [text('model', cpu_model)])];
}

function clock({ clock: offset, timers }: CompatAnswer): XmlNode[] {
  if (offset === null) return [];
  const children = Object.entries(timers).map(([name, said]) =>
    node('timer', said.startsWith('present=') ? { name, present: said.slice(8) } : { name, tickpolicy: said }),
  );
  return [node('clock', { offset }, children)];
}

function sleep({ pm }: CompatAnswer): XmlNode[] {
  const children = Object.entries(pm).map(([name, enabled]) => node(name, { enabled }));
  return children.length === 0 ? [] : [node('pm', {}, children)];
}

function devices(answer: CompatAnswer, request: LibvirtRequest): XmlNode[] {
  return [
    ...disks(answer, request),
    ...controllers(answer),
    ...interfaces(answer, request),
    ...answer.console.map((type) => console(type, answer, request.name)),
    ...answer.channels.map(channel),
    ...answer.input.map((one) => {
      const [type, bus] = one.split('/') as [string, string];
      return node('input', { type, bus });
    }),
    ...tpm(answer),
    ...answer.graphics.map(graphics),
    ...(answer.sound === null ? [] : [node('sound', { model: answer.sound })]),
    ...(answer.video === null ? [] : [node('video', {}, [node('model', { type: answer.video })])]),
    ...Array.from({ length: answer.redirdev }, () => node('redirdev', { bus: 'usb', type: 'spicevmc' })),
    ...(answer.balloon === null ? [] : [node('memballoon', { model: answer.balloon })]),
    ...rng(answer),
  ];
}

function disks(answer: CompatAnswer, { disks: given, cdrom }: LibvirtRequest): XmlNode[] {
  const { disk_bus: bus, disk_driver: driver, cdrom_bus } = answer;
  // Version 5 gives each device its place, where 4.1 says `<boot dev>`.
  const order = (place: number): XmlNode[] => (answer.tool === '5' ? [node('boot', { order: String(place) })] : []);
  const all = given.map(({ path, format, readonly }, index) =>
    node('disk', { type: 'file', device: 'disk' }, [
      ...(driver.type === undefined ? [] : [node('driver', { ...driver, type: format })]),
      node('source', { file: path }),
      node('target', { dev: targetName(bus, index), bus }),
      ...(readonly ? [node('readonly')] : []),
      ...(index === 0 ? order(1) : []),
    ]),
  );
  if (cdrom === undefined || cdrom_bus === null) return all;
  const letters = (one: string): string => targetName(one, 0).slice(0, -1);
  const dev = targetName(cdrom_bus, letters(cdrom_bus) === letters(bus) ? given.length : 0);
  const drive = node('disk', { type: 'file', device: 'cdrom' }, [
    ...(driver.name === undefined ? [] : [node('driver', { name: driver.name, type: 'raw' })]),
    node('source', { file: cdrom }),
    node('target', { dev, bus: cdrom_bus }),
    node('readonly'),
    ...order(given.length > 0 ? 2 : 1),
  ]);
  return [...all, drive];
}

function controllers({ usb, scsi, pcie_root_ports }: CompatAnswer): XmlNode[] {
  const all = usb.map((model, index) => {
    const ports: Record<string, string> = model === 'qemu-xhci' ? { ports: '15' } : {};
    // Companions of USB 2 carry its slow devices, two ports each.
    const master = index === 0 ? [] : [node('master', { startport: String((index - 1) * 2) })];
    return node('controller', { type: 'usb', index: '0', model, ...ports }, master);
  });
  for (const model of scsi) all.push(node('controller', { type: 'scsi', model }));
  if (pcie_root_ports > 0) all.push(node('controller', { type: 'pci', model: 'pcie-root' }));
  for (let port = 0; port < pcie_root_ports; port++)
    all.push(node('controller', { type: 'pci', model: 'pcie-root-port' }));
  return all;
}

function interfaces(
  { nic_type, nic_model }: CompatAnswer,
  { network = 'default', nics = 1 }: LibvirtRequest,
): XmlNode[] {
  if (network === 'none') return [];
  const model = nic_model === null ? [] : [node('model', { type: nic_model })];
  const own = network === 'user' || nic_type === 'user';
  return Array.from({ length: nics }, () =>
    own
      ? node('interface', { type: 'user' }, model)
      : node('interface', { type: 'network' }, [node('source', { network }), ...model]),
  );
}

function console(type: string, { arch }: CompatAnswer, name: string): XmlNode {
  // bhyve's console is a pair of devices, joined by their name.
  const pair = { master: `/dev/nmdm${name}A`, slave: `/dev/nmdm${name}B` };
  if (type === 'nmdm') return node('console', { type }, [node('source', pair)]);
  return node('console', { type }, arch === 's390x' ? [node('target', { type: 'sclp' })] : []);
}

const channel = (name: string): XmlNode =>
  name.startsWith('com.redhat.spice')
    ? node('channel', { type: 'spicevmc' }, [node('target', { type: 'virtio', name })])
    : node('channel', { type: 'unix' }, [node('source', { mode: 'bind' }), node('target', { type: 'virtio', name })]);

function tpm({ tpm: given }: CompatAnswer): XmlNode[] {
  if (given === null) return [];
  const backend = node('backend', {
    type: given.backend,
    ...(given.version === null ? {} : { version: given.version }),
  });
  return [node('tpm', given.model === null ? {} : { model: given.model }, [backend])];
}

const graphics = (type: string): XmlNode =>
  type === 'spice'
    ? node('graphics', { type, port: '-1', tlsPort: '-1', autoport: 'yes' }, [node('image', { compression: 'off' })])
    : node('graphics', { type, port: '-1' });

function rng({ rng: given }: CompatAnswer): XmlNode[] {
  if (given === null) return [];
  const [model, source] = given.split(':') as [string, string];
  return [node('rng', { model }, [text('backend', source, { model: 'random' })])];
}
