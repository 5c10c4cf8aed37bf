// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { expect, describe as group, it } from 'vitest';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import { writeContainerDisk } from '../../../builder/output/bundles/container-disk.js';
import { type DescribeInput, describe } from '../../../builder/output/describe.js';
import { planAppliance } from '../../../builder/plan/appliance.js';
import { OUTPUTS } from '../../../builder/plan/outputs.js';
import type { Plan, PlanOptions } from '../../../builder/plan/types.js';
import type { JobResult } from '../../../builder/run/protocol.js';
import { findNonconformance } from '../../../builder/virt-image/conform.js';
import { readVirtImage } from '../../../builder/virt-image/index.js';
import { openDb } from '../../../osinfo/index.js';
import { packageRoot } from '../../../osinfo/package-root.js';
import { readXml } from '../../../osinfo/xml/read.js';
import { newFolder } from '../../osinfo/load/folders.js';

const db = openDb({ db: 'bundled' });
const validate = new Ajv({ strict: true, allowUnionTypes: true }).compile(
  JSON.parse(readFileSync(join(packageRoot(), 'schema/manifest.schema.json'), 'utf8')),
);

const KICKSTART = `# osinfo: debian12
part / --size=900 --ondisk=sda
part /srv --size=100 --ondisk=sdb
`;

function planOf(options: Partial<PlanOptions>, kickstart = KICKSTART, file = 'web.ks'): Plan {
  return planAppliance({
    kickstart: parseKickstart(kickstart, file),
    text: kickstart,
    db,
    platform: db.platform('qemu-7.2'),
    host: { distro: undefined, codename: undefined, arch: 'x86_64', aptSources: [], aptOptions: [], keyrings: [] },
    options: { name: 'web', formats: ['raw'], compress: true, checksum: false, ...options },
  });
}

const packages: JobResult['packages'] = [
  { name: 'zlib1g', version: '1.2.13', arch: 'amd64', source: { name: 'zlib', version: '1.2.13' } },
  { name: 'bash', version: '5.2', arch: 'amd64', dependsOn: ['zlib1g:amd64'] },
];

/** What the worker leaves of a build, small. */
function built(images: JobResult['images']): { folder: string; result: JobResult } {
  const folder = newFolder();
  for (const { file } of images) writeFileSync(join(folder, file), Buffer.alloc(1024, file));
  return { folder, result: { packages, images, bundles: [] } };
}

function input(plan: Plan, more: Partial<DescribeInput> = {}): DescribeInput {
  const format = plan.outputs.formats[0] as 'raw';
  const made = built(plan.disks.map(({ name }) => ({ disk: name, format, file: `${plan.name}-${name}.${format}` })));
  return { plan, ...made, outputFolder: '/srv/out', stages: [], helpers: [], toolVersions: {}, ...more };
}

const check = (folder: string, program: string, file: string): string =>
  execFileSync(program, ['--check', '--strict', '--quiet', file], { cwd: folder, encoding: 'utf8' });

group('what lies beside the images', () => {
  it('is descriptors, manifest, package list, bills of materials and checksums of all of it', async () => {
    const one = input(planOf({}));
    const described = await describe(one);
    const own = ['SHA256SUMS', 'cdx.json', 'libvirt.xml', 'manifest.json', 'packages.txt', 'spdx.json', 'xml'];
    expect(described.files).toEqual(['web-sda.raw', 'web-sdb.raw', ...own.map((suffix) => `web.${suffix}`)]);
    expect(readdirSync(one.folder).sort()).toEqual(described.files);
    expect(validate(described.manifest), JSON.stringify(validate.errors)).toBe(true);
    check(one.folder, 'sha256sum', 'web.SHA256SUMS');
    const listed = readFileSync(join(one.folder, 'web.SHA256SUMS'), 'utf8').trim().split('\n');
    expect(listed.map((line) => line.slice(66))).toEqual(described.files.filter((file) => file !== 'web.SHA256SUMS'));
    expect(readFileSync(join(one.folder, 'web.packages.txt'), 'utf8')).toBe(
      'bash\t5.2\tamd64\nzlib1g\t1.2.13\tamd64\n',
    );
    for (const { file, lengthBytes, checksums } of described.manifest.papers!) {
      const bytes = readFileSync(join(one.folder, file));
      expect(bytes.length).toBe(lengthBytes);
      expect(createHash('sha256').update(bytes).digest('hex')).toBe(checksums.sha256);
    }
  });

  it('has SHA-512 too where checksums are asked for, in files and manifest', async () => {
    const one = input(planOf({ checksum: true }));
    const { files, manifest } = await describe(one);
    expect(files).toContain('web.SHA512SUMS');
    check(one.folder, 'sha512sum', 'web.SHA512SUMS');
    expect(Object.keys(manifest.disks[0]!.images[0]!.checksums)).toEqual(['sha256', 'sha512']);
    expect(validate(manifest)).toBe(true);
  });

  it('is the same bytes for the same build with an epoch, in another folder and from another place', async () => {
    const epoch = { sourceDateEpoch: 1_700_000_000 };
    // What remembers in the plan where it stands.
    const kickstart = `${KICKSTART}user --name=anna --password=x
network --bootproto=dhcp --device=link --hostname=web
%packages --nocore
login
%end
%pre-install
true
%end
%post --log=/root/post.log
true
%end
`;
    const one = input(planOf(epoch, kickstart, '/home/one/web.ks'), {
      outputFolder: '/home/one/out',
      stages: [{ stage: 'install', ms: 1, cached: false }],
    });
    const two = input(planOf(epoch, kickstart, 'two/web.ks'), { outputFolder: '/srv/two' });
    const files = (await describe(one)).files;
    expect((await describe(two)).files).toEqual(files);
    for (const file of files) {
      const text = readFileSync(join(two.folder, file), 'utf8');
      expect(text, file).toBe(readFileSync(join(one.folder, file), 'utf8'));
      expect(text, file).not.toMatch(/\/srv\/two|two\/web|\/home\/one/);
    }
    expect(readFileSync(join(one.folder, 'web.libvirt.xml'), 'utf8')).toContain('/var/lib/libvirt/images/web-sda.raw');
  });

  it('names bundles with their disks, sizes and digests', async () => {
    const plan = planOf({ formats: ['containerdisk'] });
    const folder = newFolder();
    const disk = join(newFolder(), 'disk');
    writeFileSync(disk, 'a disk');
    const file = 'web.containerdisk.tar';
    await writeContainerDisk(join(folder, file), { name: 'web', osName: 'Debian', arch: 'x86_64', disk, mtime: 1 });
    const bundles = [{ format: 'containerdisk' as const, file, disks: ['sda'] }];
    const { files, manifest } = await describe(input(plan, { folder, result: { packages, images: [], bundles } }));
    // Nothing that QEMU starts: no description of a machine.
    expect(files).toEqual(
      ['SHA256SUMS', 'cdx.json', 'containerdisk.tar', 'manifest.json', 'packages.txt', 'spdx.json'].map(
        (one) => `web.${one}`,
      ),
    );
    expect(validate(manifest), JSON.stringify(validate.errors)).toBe(true);
    const bytes = readFileSync(join(folder, file));
    expect(manifest.bundles).toEqual([
      {
        ...{ file, format: 'containerdisk', disks: ['sda'], capacityBytes: plan.disks[0]!.sizeBytes },
        ...{ lengthBytes: bytes.length, commitmentBytes: bytes.length, allocationBytes: expect.any(Number) },
        checksums: { sha256: createHash('sha256').update(bytes).digest('hex') },
      },
    ]);
    check(folder, 'sha256sum', 'web.SHA256SUMS');
  });
});

group('the descriptor of an appliance', () => {
  const descriptor = async (options: Partial<PlanOptions>, kickstart = KICKSTART): Promise<string> => {
    const one = input(planOf(options, kickstart));
    const { virtImage } = await describe(one);
    return readFileSync(join(one.folder, virtImage!), 'utf8');
  };

  it('has what the original’s has, in its order', async () => {
    const text = await descriptor({ version: '1.0', release: '2', memoryMiB: 1024, vcpus: 2 });
    const root = readXml(Buffer.from(text), 'web.xml');
    expect(root.children.map(({ name }) => name).slice(0, 3)).toEqual(['name', 'domain', 'storage']);
    const [name, domain, storage] = root.children;
    expect(text).toContain('<name version="1.0" release="2">web</name>');
    expect(Object.keys(Object.fromEntries(name!.attrs))).toEqual(['version', 'release']);
    expect(domain!.children.map((child) => child.name)).toEqual(['boot', 'devices']);
    const [boot, devices] = domain!.children;
    expect(boot!.children.map((child) => child.name)).toEqual(['guest', 'os', 'drive', 'drive']);
    expect(text).toMatch(/<drive disk="web-sda.raw" target="hda"[^>]*\/>\s*<drive disk="web-sdb.raw" target="hdb"/);
    expect(devices!.children.map((child) => child.name)).toEqual(['vcpu', 'memory', 'interface', 'graphics']);
    expect(text).toContain('<vcpu>2</vcpu>');
    expect(text).toContain('<memory>1048576</memory>');
    expect(storage!.children.map((child) => child.name)).toEqual(['disk', 'disk']);
    expect(text).toMatch(/<disk file="web-sda.raw" use="system" format="raw"/);
    expect(text).not.toMatch(/^<\?xml/);
    expect(text.endsWith('</image>\n')).toBe(true);
  });

  it('has version and release only where they were given', async () => {
    expect(await descriptor({})).toContain('<name>web</name>');
    expect(await descriptor({ release: '7' })).toContain('<name release="7">web</name>');
  });

  it('has a card for each wired connection, and one where the kickstart says nothing', async () => {
    const cards = async (lines: string): Promise<number> =>
      (await descriptor({}, `${KICKSTART}${lines}`)).split('<interface').length - 1;
    expect(await cards('')).toBe(1);
    expect(await cards('network --hostname=web.example.org\n')).toBe(1);
    const dhcp = (device: string): string => `network --bootproto=dhcp --device=${device}\n`;
    expect(await cards(dhcp('eth0') + dhcp('eth1'))).toBe(2);
  });

  it('of a packed disk names the real file with its digests, and the disk that comes out of it', async () => {
    const text = await descriptor({ formats: ['raw.xz'], checksum: true });
    expect(text).toMatch(/<disk file="web-sda.raw" use="system" format="raw"/);
    expect(text).toMatch(
      /<gw:transport file="web-sda.raw.xz">\s*<gw:checksum type="sha1">[0-9a-f]{40}<\/gw:checksum>\s*<gw:checksum type="sha256">[0-9a-f]{64}</,
    );
  });

  it.each([
    [['qcow2'], 'web-sda.qcow2', 'qcow2'],
    [['vmdk'], 'web-sda.vmdk', 'vmdk'],
    [['vdi'], 'web-sda.vdi', 'vdi'],
    [['vpc'], 'web-sda.vpc', 'vpc'],
    [['vhdx'], 'web-sda.vhdx', 'vhdx'],
    [['raw.zst'], 'web-sda.raw', 'raw'],
  ] as const)(
    'of %s, named as appliance-creator names it, is there with file and word',
    async (formats, file, word) => {
      const plan = planOf({ formats: [...formats], namedByFormat: true });
      const one = input(plan);
      // Only what the reader of sizes looks at has to be true.
      if (!OUTPUTS[formats[0]].packed)
        for (const { file: name } of one.result.images)
          execFileSync('qemu-img', ['create', '-q', '-f', word, join(one.folder, name), '64M']);
      const { virtImage, libvirt } = await describe(one);
      const path = join(one.folder, virtImage!);
      const text = readFileSync(path, 'utf8');
      expect(text).toContain(`<drive disk="${file}" target="hda"`);
      expect(text).toMatch(new RegExp(`<disk file="${file}" use="system" format="${word}"`));
      expect(readVirtImage(text, path).disks[0]).toMatchObject({ file, format: word });
      expect(await findNonconformance(path)).toEqual([]);
      // Libvirt has no word for VHDX.
      const driver = libvirt === undefined ? undefined : readFileSync(join(one.folder, libvirt), 'utf8');
      if (word === 'vhdx') expect(driver).toBeUndefined();
      else expect(driver).toMatch(new RegExp(`<driver name="qemu" type="${word}"`));
    },
  );

  it('has digests of the files as they are stored', async () => {
    const one = input(planOf({ checksum: true }));
    await describe(one);
    const text = readFileSync(join(one.folder, 'web.xml'), 'utf8');
    const bytes = readFileSync(join(one.folder, 'web-sda.raw'));
    for (const type of ['sha1', 'sha256'])
      expect(text).toContain(`type="${type}">${createHash(type).update(bytes).digest('hex')}<`);
  });
});
