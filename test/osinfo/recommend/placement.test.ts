// SPDX-License-Identifier: Apache-2.0
import { describe, expect, it } from 'vitest';
import { decision, devices, facts, inWorld, machines, q35, world } from './world.js';

const linux = '<family>linux</family><release-date>2012-01-01</release-date>';

describe('placement of virtio', () => {
  it('puts an OS with drivers for the legacy ids only on the classic PC, where they bind', () => {
    const rec = inWorld(world(linux + devices('1af4:1000', '1af4:1001', q35)));
    expect(rec.machine.family).toBe('pc');
    expect(rec.disk).toMatchObject({ bus: 'virtio', device: 'http://pcisig.com/pci/1af4/1001' });
    expect(rec.nic).toEqual({ model: 'virtio', device: 'http://pcisig.com/pci/1af4/1000' });
    expect(decision(rec, 'machine').rule).toBe('machine.legacy-virtio');
  });

  it('puts an OS with modern drivers behind PCI Express ports, though its entry does not name Q35', () => {
    const rec = inWorld(world(linux + devices('1af4:1041', '1af4:1042')));
    expect(rec.machine.family).toBe('q35');
    expect(rec.disk.device).toBe('http://pcisig.com/pci/1af4/1042');
    expect(decision(rec, 'machine').rule).toBe('machine.modern-virtio');
  });

  it('does not give a modern-only driver a device that shows its legacy id', () => {
    const rec = inWorld(
      world(linux + devices('1af4:1042', '8086:7010'), devices('1af4:1001', '1af4:1042') + facts(machines.pc)),
    );
    expect(rec.machine.family).toBe('pc');
    expect(rec.disk.bus).toBe('ide');
    expect(decision(rec, 'disk').lost).toContainEqual({
      value: 'virtio',
      because: 'Example OS lists no driver for virtio-blk (1af4:1001)',
    });
    const guess = inWorld(world(linux + devices('1af4:1042'), devices('1af4:1001', '1af4:1042') + facts(machines.pc)));
    expect(guess.disk.bus).toBe('ide');
  });

  it('keeps a legacy-only OS off Q35 even when the platform has nothing else: AHCI then, not virtio', () => {
    const rec = inWorld(
      world(
        linux + devices('1af4:1000', '1af4:1001', q35, '8086:2922', '8086:10d3'),
        devices('1af4:1041', '1af4:1042', '8086:10d3') + facts(machines.q35),
      ),
    );
    expect(rec.machine.family).toBe('q35');
    expect(rec.disk.bus).toBe('sata');
    expect(rec.nic.model).toBe('e1000e');
  });

  it('takes the drivers that an image brings', () => {
    const windows = `<family>winnt</family><version>10.0</version>${devices(q35, '8086:2922', '8086:10d3')}`;
    const drivers = ['http://pcisig.com/pci/1af4/1042', 'http://pcisig.com/pci/1af4/1041'];
    expect(inWorld(world(windows)).disk.bus).toBe('sata');
    const rec = inWorld(world(windows), { image: { firmware: ['bios'], drivers } });
    expect([rec.disk.bus, rec.nic.model]).toEqual(['virtio', 'virtio']);
    expect(decision(rec, 'disk').facts[0]!.text).toBe('the image has a driver for virtio-blk (1af4:1042)');
  });

  it('knows the wrong id under which the public database has the xHCI controller', () => {
    const rec = inWorld(world(linux + devices('1af4:1042', '1b36:0004')));
    expect(rec.usb).toEqual({ model: 'qemu-xhci' });
    expect(decision(rec, 'usb').rule).toBe('usb.xhci');
  });

  it('ranks network cards by what they are, never by the order of the entry', () => {
    const order = ['10ec:8139', '8086:100e', '8086:10d3'];
    const one = inWorld(world(linux + devices(...order, q35)));
    const other = inWorld(world(linux + devices(...order.reverse(), q35)));
    expect([one.nic.model, other.nic.model]).toEqual(['e1000e', 'e1000e']);
  });
});
