// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { Ajv2020 } from 'ajv/dist/2020.js';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { InputError } from '../../../osinfo/errors.js';
import { formatRecommendation } from '../../../osinfo/formats/index.js';
import { openDb } from '../../../osinfo/open.js';
import { recommend } from '../../../osinfo/recommend/index.js';
import type { Recommendation } from '../../../osinfo/recommend/types.js';

const db = openDb({ db: 'bundled', env: {}, index: false });
const rec = (os: string, platform: string): Recommendation =>
  recommend({ os: db.os(os), platform: db.platform(platform) });
const disk = { path: '/images/x.raw', format: 'raw' };

/** The words of a command as a shell would pass them. */
const words = (text: string): string[] =>
  execFileSync('sh', ['-c', `set -- ${text}\nprintf '%s\\0' "$@"`], { encoding: 'utf8' })
    .split('\0')
    .slice(0, -1);
const valueAfter = (all: readonly string[], option: string): string | undefined => all[all.indexOf(option) + 1];

describe('cloud-hypervisor', () => {
  const debian = rec('debian12', 'cloud-hypervisor');
  const format = (more: object = {}, one: Recommendation = debian) =>
    formatRecommendation('cloud-hypervisor', one, { name: 'x', disks: [disk], ...more });

  it('says firmware, processors, memory and virtio devices', () => {
    const all = words(format().text);
    expect(all[0]).toBe('cloud-hypervisor');
    expect(valueAfter(all, '--cpus')).toBe('boot=2,topology=1:2:1:1');
    expect(valueAfter(all, '--firmware')).toBe('/usr/share/cloud-hypervisor/CLOUDHV.fd');
    expect(valueAfter(all, '--disk')).toBe('path=/images/x.raw');
  });

  it('says how memory grows, and queues', () => {
    const grown = {
      ...debian,
      memoryBytes: 1024 ** 3,
      memory: { maximumBytes: 2 * 1024 ** 3, hugepages: '2M' as const },
      nic: { ...debian.nic, queues: 4 },
      disk: { ...debian.disk, queues: 4, cache: 'none' as const },
    };
    const all = words(format({}, grown).text);
    expect(valueAfter(all, '--memory')).toBe(
      'size=1024M,hotplug_method=virtio-mem,hotplug_size=1024M,hugepages=on,hugepage_size=2M',
    );
    expect(valueAfter(all, '--net')).toBe('mac=,num_queues=8');
    expect(valueAfter(all, '--disk')).toBe('path=/images/x.raw,direct=on,num_queues=4');
  });

  it('puts a path with a comma in quotes, and refuses what its options cannot carry', () => {
    expect(valueAfter(words(format({ disks: [{ path: '/a,b', format: 'raw' }] }).text), '--disk')).toBe('path="/a,b"');
    for (const path of ['/a"b', '/a[b', '/a]b', '/a '])
      expect(() => format({ disks: [{ path, format: 'raw' }] })).toThrow(InputError);
    expect(() => format({ disks: [{ path: '/a.vmdk', format: 'vmdk' }] })).toThrow(/reads raw, qcow2/);
  });
});

describe('bhyve', () => {
  const freebsd = rec('freebsd14.3', 'bhyve');
  const format = (more: object = {}, one: Recommendation = freebsd) =>
    formatRecommendation('bhyve', one, { name: 'x', disks: [disk], ...more });

  it('gives each device a slot, in the order of the start, and ends with the name', () => {
    const all = words(format({ cdrom: '/isos/x.iso' }).text);
    const slots = all.filter((_, index) => all[index - 1] === '-s');
    expect(slots.slice(0, 4)).toEqual([
      '0,hostbridge',
      '1,virtio-blk,/images/x.raw',
      '2,ahci-cd,/isos/x.iso',
      '3,virtio-net,tap0',
    ]);
    expect(slots).toContain('31,lpc');
    expect(all).toContain('bootrom,/usr/local/share/uefi-firmware/BHYVE_UEFI.fd');
    expect(all).toContain('-u');
    expect(all.at(-1)).toBe('x');
  });

  it('wants raw images, and says how to make one', () => {
    const { text, warnings } = format({ disks: [{ path: '/images/x.qcow2', format: 'qcow2' }] });
    expect(words(text)).toContain('1,virtio-blk,/images/x.raw');
    expect(warnings).toContain('bhyve reads raw images only: qemu-img convert -O raw /images/x.qcow2 /images/x.raw');
  });

  it('refuses a comma, which would end the path', () => {
    expect(() => format({ disks: [{ path: '/a,b', format: 'raw' }] })).toThrow(/has a comma in it/);
  });
});

/** What Firecracker's API description says of the parts that are written. */
const firecrackerSchema = {
  type: 'object',
  additionalProperties: false,
  required: ['boot-source', 'drives', 'machine-config', 'network-interfaces'],
  properties: {
    'boot-source': {
      type: 'object',
      additionalProperties: false,
      required: ['kernel_image_path'],
      properties: {
        kernel_image_path: { type: 'string' },
        boot_args: { type: 'string' },
        initrd_path: { type: 'string' },
      },
    },
    drives: {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['drive_id', 'is_root_device'],
        properties: {
          drive_id: { type: 'string', pattern: '^[A-Za-z0-9_]+$' },
          path_on_host: { type: 'string' },
          is_root_device: { type: 'boolean' },
          is_read_only: { type: 'boolean' },
          cache_type: { enum: ['Unsafe', 'Writeback'] },
          io_engine: { enum: ['Sync', 'Async'] },
        },
      },
    },
    'machine-config': {
      type: 'object',
      additionalProperties: false,
      required: ['vcpu_count', 'mem_size_mib'],
      properties: {
        vcpu_count: { type: 'integer', minimum: 1, maximum: 32 },
        mem_size_mib: { type: 'integer', minimum: 1 },
        smt: { type: 'boolean' },
        huge_pages: { enum: ['None', '2M'] },
      },
    },
    'network-interfaces': {
      type: 'array',
      items: {
        type: 'object',
        additionalProperties: false,
        required: ['iface_id', 'host_dev_name'],
        properties: { iface_id: { type: 'string' }, host_dev_name: { type: 'string' } },
      },
    },
    balloon: {
      type: 'object',
      additionalProperties: false,
      required: ['amount_mib', 'deflate_on_oom'],
      properties: {
        amount_mib: { type: 'integer' },
        deflate_on_oom: { type: 'boolean' },
        free_page_reporting: { type: 'boolean' },
      },
    },
    vsock: {
      type: 'object',
      additionalProperties: false,
      required: ['guest_cid', 'uds_path'],
      properties: { guest_cid: { type: 'integer', minimum: 3 }, uds_path: { type: 'string' } },
    },
    entropy: { type: 'object', additionalProperties: false },
  },
};

describe('firecracker', () => {
  const debian = rec('debian12', 'firecracker');
  const format = (more: object = {}, one: Recommendation = debian) =>
    formatRecommendation('firecracker', one, { name: 'x', disks: [disk], ...more });

  it('is what the API takes, for every Linux', () => {
    const validate = new Ajv2020({ strict: false }).compile(firecrackerSchema);
    let count = 0;
    for (const os of db.oses().filter(({ family }) => family === 'linux')) {
      let one: Recommendation;
      try {
        one = recommend({ os, platform: db.platform('firecracker') });
      } catch {
        continue;
      }
      const config: unknown = JSON.parse(format({}, one).text);
      expect(validate(config), JSON.stringify(validate.errors)).toBe(true);
      count++;
    }
    expect(count).toBeGreaterThan(300);
  });

  it('gives an even number of processors, 32 at most', () => {
    const cpus = (count: number) => ({ ...debian, cpu: { ...debian.cpu, count } });
    expect(JSON.parse(format({}, cpus(3)).text)['machine-config'].vcpu_count).toBe(4);
    expect(() => format({}, cpus(33))).toThrow(/has 32 at most/);
  });

  it('refuses what is no Linux', () => {
    expect(() => format({}, rec('freebsd14.3', 'firecracker'))).toThrow(/starts Linux kernels only/);
  });
});

describe('hostile names and paths are themselves and nothing else', () => {
  const inert = (format: string, one: Recommendation, read: (text: string) => string[]): void => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme', maxLength: 30 }), (given) => {
        const path = `/${given.replace(/\p{Cc}/gu, '')}.raw`;
        let text: string;
        try {
          ({ text } = formatRecommendation(format, one, { name: 'x', disks: [{ path, format: 'raw' }] }));
        } catch (error) {
          expect(error).toBeInstanceOf(InputError);
          return;
        }
        expect(read(text).some((word) => word.includes(path))).toBe(true);
      }),
      { numRuns: 60 },
    );
  };

  it('cloud-hypervisor', () => inert('cloud-hypervisor', rec('debian12', 'cloud-hypervisor'), words));
  it('bhyve', () => inert('bhyve', rec('debian12', 'bhyve'), words));
  it('virt-install', () => inert('virt-install', rec('debian12', 'kvm-7.2'), words));
  it('firecracker', () =>
    inert('firecracker', rec('debian12', 'firecracker'), (text) =>
      (JSON.parse(text).drives as { path_on_host: string }[]).map((one) => one.path_on_host),
    ));
});

describe('terraform and incus', () => {
  it('terraform-libvirt says the domain in the words of its XML', () => {
    const { text } = formatRecommendation('terraform-libvirt', rec('debian12', 'kvm-7.2'), { name: 'a b', disks: [] });
    expect(text).toContain('resource "libvirt_domain" "a_b" {\n  name = "a b"\n  type = "kvm"');
    expect(text).toMatch(/type_machine = "(pc-)?q35/);
    expect(text).toContain('detect_zeros = "unmap"');
    expect(text).toContain('volume = "a b.qcow2"');
  });

  it('the older schema warns of buses and cards that it cannot choose', () => {
    const { warnings } = formatRecommendation('terraform-libvirt-0.8', rec('win11', 'kvm-7.2'), {
      name: 'x',
      disks: [],
    });
    expect(warnings.some((warning) => warning.startsWith('this provider has virtio and SCSI disks only'))).toBe(true);
    expect(warnings.some((warning) => warning.startsWith('this provider has virtio cards only'))).toBe(true);
  });

  it('terraform-proxmox names what has to lie in the storage', () => {
    const { text, warnings } = formatRecommendation('terraform-proxmox', rec('debian12', 'pve'), {
      name: 'x',
      disks: [{ path: '/images/x.qcow2', format: 'qcow2' }],
    });
    expect(text).toContain('import_from = "local:import/x.qcow2"');
    expect(warnings).toContain("/images/x.qcow2 has to be in Proxmox's storage as local:import/x.qcow2");
  });

  it('an Incus profile says Secure Boot, yes or no, and BIOS as what Incus calls it', () => {
    const debian = rec('debian12', 'incus');
    expect(formatRecommendation('incus', debian, { name: 'x', disks: [] }).text).toContain(
      `security.secureboot: "${debian.firmware.secureBoot}"`,
    );
    const bios = { ...debian, firmware: { ...debian.firmware, type: 'bios' as const, secureBoot: false } };
    expect(formatRecommendation('incus', bios, { name: 'x', disks: [] }).text).toContain('security.csm: "true"');
    expect(() =>
      formatRecommendation('incus', { ...debian, disk: { ...debian.disk, bus: 'sata' } }, { name: 'x', disks: [] }),
    ).toThrow(/has no disk bus sata/);
  });
});
