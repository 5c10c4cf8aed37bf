// SPDX-License-Identifier: Apache-2.0
import { spawnSync } from 'node:child_process';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { packageRoot } from '../../osinfo/package-root.js';
import { compileSchemas, readSchemas } from '../../scripts/schemas.mjs';
import { folderOf, newFolder } from '../osinfo/load/folders.js';
import { bundleTool, type Program } from './bundle.js';

type Check = ((value: unknown) => boolean) & { readonly errors?: unknown };

const compiled = join(newFolder(), 'schema');
const cache = newFolder();
let program: Program;
const database = folderOf({
  VERSION: '20260101\n',
  'os/e.org/a.xml': '<os id="http://e.org/a"><short-id>a</short-id><name>A</name></os>',
});
/** A database before and after it learned more, so that another machine is recommended. */
const grown = [1, 4].map((gigabytes) =>
  folderOf({
    'os/e.org/a.xml': `<os id="http://e.org/a"><short-id>a</short-id><name>A</name>
      <resources arch="all"><recommended><ram>${gigabytes * 2 ** 30}</ram></recommended></resources></os>`,
    'platform/e.org/emu.xml':
      '<platform id="http://e.org/emu"><short-id>emu</short-id><name>Emulator</name></platform>',
  }),
);
const broken = folderOf({
  'os/e.org/a.xml': '<os id="http://e.org/a"><short-id>a</short-id><familly>x</familly></os>',
  'os/e.org/b.xml': '<os id="http://e.org/b"><short-id>b</short-id><derives-from id="http://e.org/none"/></os>',
  'os/e.org/c.xml': '<os',
});
const kickstarts = folderOf({
  'whole.ks': `# osinfo: debian12
lang de_DE.UTF-8 --addsupport=en_US.UTF-8
keyboard --vckeymap=de --xlayouts='de','us' --switch='grp:alt_shift_toggle'
timezone Europe/Berlin --utc --ntpservers=a.example.org
rootpw --iscrypted $6$x$y
user --name=me --groups=sudo --password=x --uid=1000 --gecos="A person"
group --name=us --gid=2000
sshkey --username=me "ssh-ed25519 AAAA me"
network --device=eth0 --bootproto=static --ip=10.0.0.2 --netmask=255.255.255.0 --gateway=10.0.0.1 --nameserver=10.0.0.1 --mtu=1400
services --enabled=ssh --disabled=cups
firewall --enabled --ssh --port=80:tcp --trust=eth1
selinux --permissive
bootloader --append="quiet" --timeout=3 --location=mbr
zerombr
clearpart --all --initlabel --disklabel=gpt
ignoredisk --only-use=sda,sdb
part /boot --size=512 --fstype=ext4
part pv.1 --size=1000 --grow --ondisk=sda
part raid.1 --size=500 --ondisk=sda
part raid.2 --size=500 --ondisk=sdb
part btrfs.1 --size=900
volgroup vg pv.1
logvol / --vgname=vg --name=root --size=900 --fstype=ext4
raid /srv --device=md0 --level=1 --fstype=xfs raid.1 raid.2
btrfs /data --label=d --data=single btrfs.1
btrfs /data/sub --subvol --name=sub d
url --url=http://example.org/debian
repo --name=more --baseurl=http://example.org/more --cost=5 --includepkgs=a,b
timesource --ntp-pool=pool.example.org
module --name=nodejs --stream=20
firstboot --disable
skipx
xconfig --startxonboot
authselect select sssd
reboot --eject
text
%packages --exclude-weakdeps --instLangs=en_US
@core
@^minimal
vim
-nano
%end
%post --erroronfail --log=/root/post.log
echo done
%end
%post --nochroot --interpreter=/bin/sh
true
%end
%addon com_redhat_kdump --enable --reserve-mb=128
%end
`,
  'bad.ks': 'lang a\nfrob\ninstall\npart / --siz 5\n',
});

beforeAll(async () => {
  [program] = await Promise.all([bundleTool('guestwright'), compileSchemas(compiled)]);
});
afterAll(() => program.remove());

function run(...words: string[]): string {
  const env = {
    PATH: '/usr/bin:/bin:/usr/sbin:/sbin',
    HOME: cache,
    GUESTWRIGHT_CACHE_DIR: cache,
    OSINFO_LOCAL_DIR: '/nonexistent/osinfo',
    OSINFO_USER_DIR: '/nonexistent/osinfo',
  };
  return spawnSync(process.execPath, [program.path, ...words], {
    env,
    cwd: cache,
    encoding: 'utf8',
    maxBuffer: 1 << 28,
  }).stdout;
}

/** What a command prints, by the schema that it names; commands that print a line a document give several. */
const outputs: readonly (readonly [schema: string, words: readonly string[], lines?: true])[] = [
  ['query', ['query', 'os', '--json']],
  ['query', ['query', 'platform', '--json', '-f', 'short-id,vendor']],
  ['query', ['query', 'os', 'short-id=none', '--json']],
  ['query', ['query', 'device', 'bus-type=virtio', '--json']],
  ['db-info', ['db', 'info', '--json']],
  ['db-info', ['db', 'info', '--json', '--db', broken]],
  ['db-diff', ['db', 'diff', '--json', database, broken]],
  ['db-diff', ['db', 'diff', '--json', ...grown, '--recommend', 'emu']],
  ['validate', ['db', 'validate', '--format', 'json', '--lint', broken]],
  ['validate', ['db', 'validate', '--format', 'json', '--dir', join(packageRoot(), 'db')]],
  ['sarif', ['db', 'validate', '--format', 'sarif', '--lint', broken]],
  ['sarif', ['db', 'validate', '--format', 'sarif', '--dir', join(packageRoot(), 'db')]],
  ['recommendation', ['recommend', 'debian12', '--json']],
  ['recommendation', ['recommend', 'win11', '--json', '--platform', 'qemu-7.2', '--explain']],
  ['recommendations', ['recommend', '--all', '--json']],
  ['virt-install', ['recommend', 'win11', '--compat', 'virt-install', '--json']],
  ['virt-install-all', ['recommend', '--all', '--compat', 'virt-install-5', '--json']],
  ['virt-install-diff', ['recommend', 'win11', '--diff', 'virt-install', '--json']],
  ['ks-check', ['ks', 'check', '--json', join(kickstarts, 'bad.ks'), join(kickstarts, 'none.ks')], true],
  ['ks-sarif', ['ks', 'check', '--sarif', join(kickstarts, 'bad.ks'), join(kickstarts, 'none.ks')]],
  ['kickstart', ['ks', 'json', join(kickstarts, 'whole.ks')]],
  ['kickstart', ['ks', 'json', join(packageRoot(), 'kickstarts/two-disks.ks')]],
  [
    'plan',
    [
      'build',
      join(packageRoot(), 'kickstarts/two-disks.ks'),
      '--mirror',
      'http://example.org/debian',
      '--dry-run',
      '--json',
    ],
  ],
  ['install-plan', ['install', 'debian12', '--arch', 'x86_64', '--dry-run', '--json']],
  ['sizes', ['sizes', '--json', join(kickstarts, 'bad.ks'), '--format', 'raw']],
];

describe('schema/*.schema.json, compiled', () => {
  const load = async (name: string) =>
    ((await import(/* @vite-ignore */ pathToFileURL(join(compiled, `${name}.js`)).href)) as { default: Check }).default;

  it('every schema compiles, has a title and an id of its own name', () => {
    const schemas = readSchemas();
    expect(schemas.size).toBeGreaterThan(12);
    for (const [name, schema] of schemas) {
      expect(schema.$id).toBe(`urn:guestwright:${name}:1`);
      expect(schema.title?.length, name).toBeGreaterThan(5);
    }
  });

  it.each(
    outputs.map(([schema, words, lines]) => ({
      schema,
      words,
      lines,
      name: words.join(' ').replaceAll(/\/\S*\//g, ''),
    })),
  )('$schema: guestwright $name', async ({ schema, words, lines }) => {
    const check = await load(schema);
    const text = run(...words);
    const documents = (lines ? text.trim().split('\n') : [text]).map(
      (one) => JSON.parse(one) as Record<string, unknown>,
    );
    for (const document of documents) {
      expect(check(document), JSON.stringify(check.errors)).toBe(true);
      // A word that no output has is refused: the schema is not just open to everything.
      expect(check({ ...document, unheardOf: 1 })).toBe(false);
    }
  });

  it('db-import: dry, done, and nothing to do', async () => {
    const check = await load('db-import');
    const archive = join(newFolder(), 'a.tar.xz');
    const target = join(newFolder(), 'place');
    run('db', 'export', '--dir', database, archive);
    const dry = JSON.parse(run('db', 'import', '--dir', target, '--dry-run', '--json', archive));
    const done = JSON.parse(run('db', 'import', '--dir', target, '--json', '-v', archive));
    const again = JSON.parse(run('db', 'import', '--dir', target, '--json', archive));
    for (const one of [dry, done, again]) expect(check(one), JSON.stringify(check.errors)).toBe(true);
    expect(dry).toEqual({ ...done, dryRun: true });
    expect(done.added).toContain('os/e.org/a.xml');
    expect(again).toMatchObject({ added: [], changed: [], removed: [], kept: [] });
  });

  it('a value that disobeys is refused, with the place', async () => {
    const check = await load('validate');
    expect(
      check({ format: 'guestwright/validate/1', valid: 'yes', documents: 0, errors: 0, warnings: 0, findings: [] }),
    ).toBe(false);
    expect(check.errors).toMatchObject([{ instancePath: '/valid' }]);
  });

  it('outputs say what they are by a word that the schema knows', () => {
    for (const [name, schema] of readSchemas()) {
      if (['sarif', 'ks-sarif', 'ks-check', 'build-event'].includes(name) || name.startsWith('detect')) continue;
      expect(JSON.stringify(schema), name).toContain(`"guestwright/${name}/1"`);
    }
  });
});
