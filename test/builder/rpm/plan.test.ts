// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { describe, expect, it } from 'vitest';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import { planAppliance } from '../../../builder/plan/appliance.js';
import type { HostFacts, Plan, PlanOptions, RpmInstallPlan } from '../../../builder/plan/types.js';
import { openDb } from '../../../osinfo/index.js';
import { packageRoot } from '../../../osinfo/package-root.js';

const db = openDb({ index: false });
const platform = db.platform('kvm');
const schema = (name: string) => JSON.parse(readFileSync(join(packageRoot(), `schema/${name}.schema.json`), 'utf8'));
const validate = new Ajv({ strict: true, strictRequired: false })
  .addSchema(schema('recommendation'))
  .compile(schema('plan'));

/** A Debian machine: what most people build on. */
const host: HostFacts = {
  distro: 'debian',
  codename: 'bookworm',
  arch: 'x86_64',
  aptSources: [{ uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main'] }],
  aptOptions: [],
  keyrings: [],
};

const DISK = 'part / --fstype=ext4 --size=3000\nrootpw --plaintext secret\n';

function plan(text: string, options: Partial<PlanOptions> = {}): Plan & { install: RpmInstallPlan } {
  const made = planAppliance({
    kickstart: parseKickstart(text, 'test.ks'),
    text,
    db,
    platform,
    host,
    options: { name: 'web', formats: ['qcow2'], compress: false, checksum: false, ...options },
  });
  expect(validate(JSON.parse(JSON.stringify(made))) || validate.errors).toBe(true);
  if (made.install.family !== 'rpm') throw new Error('no rpm system');
  return made as Plan & { install: RpmInstallPlan };
}

const fedora = (body: string) => plan(`# osinfo: fedora41\n${DISK}${body}`).install;
const namesOf = ({ packages }: RpmInstallPlan) => packages.map(({ name }) => name);
const refusal = (text: string, options: Partial<PlanOptions> = {}) => {
  try {
    plan(text, options);
  } catch (error) {
    return (error as Error).message;
  }
  return 'planned';
};

describe('the sources of an rpm system', () => {
  it('are the database’s where the kickstart says nothing', () => {
    const { repositories, releasever, basearch, modulePlatform, tool } = fedora('%packages\n%end\n');
    expect(repositories.map(({ id, address }) => [id, address.kind])).toEqual([
      ['fedora', 'metalink'],
      ['updates', 'metalink'],
    ]);
    expect([releasever, basearch, modulePlatform, tool]).toEqual(['41', 'x86_64', 'platform:f41', 'dnf']);
  });

  it('are the url, which a Debian machine’s own mirror does not change', () => {
    const made = plan(
      `# osinfo: fedora41\n${DISK}url --url=https://mirror.example/f41/ --proxy=http://u:p@proxy.example:3128 --noverifyssl\n%packages\n%end\n`,
    );
    expect(made.install.repositories).toEqual([
      expect.objectContaining({
        id: 'install',
        address: { kind: 'baseurl', url: 'https://mirror.example/f41' },
        proxy: 'http://u:p@proxy.example:3128',
        verifySsl: false,
        gpgCheck: false,
      }),
    ]);
    expect(made.install.sourcesWhy).toBe('test.ks:4:1: url');
    expect(made.notices.map(({ code }) => code)).toContain('unsigned');
  });

  it('of RHEL 8 and later have the application stream beside the base system', () => {
    const { repositories } = plan(
      `# osinfo: rhel9.4\n${DISK}url --url=https://mirror.example/rhel9/BaseOS/x86_64/os\n%packages\n%end\n`,
    ).install;
    expect(repositories.map(({ id, address }) => [id, address.url])).toEqual([
      ['install', 'https://mirror.example/rhel9/BaseOS/x86_64/os'],
      ['appstream', 'https://mirror.example/rhel9/AppStream/x86_64/os'],
    ]);
  });

  it('are the repo lines alone where one of them is the system’s own, as appliance-creator has it', () => {
    const { repositories, imageRepositories } = fedora(
      'repo --name=fedora --mirrorlist=https://mirrors.fedoraproject.org/mirrorlist?repo=fedora-41&arch=$basearch\nrepo --name=extra --baseurl=https://extra.example/$releasever --cost=50 --includepkgs=foo,bar* --excludepkgs=baz --gpgkey=https://extra.example/key.asc --install --ignoregroups=yes\n%packages\n%end\n',
    );
    expect(repositories.map(({ id }) => id)).toEqual(['fedora', 'extra']);
    expect(repositories[1]).toMatchObject({
      cost: 50,
      includePackages: ['foo', 'bar*'],
      excludePackages: ['baz'],
      gpgCheck: true,
      keys: [{ url: 'https://extra.example/key.asc', fingerprints: [] }],
      ignoreGroups: true,
    });
    expect(imageRepositories.map(({ id }) => id)).toEqual(['extra']);
  });

  it('are the database’s and the repo lines where these only add to it', () => {
    const { repositories } = fedora('repo --name=extra --baseurl=https://extra.example/\n%packages\n%end\n');
    expect(repositories.map(({ id }) => id)).toEqual(['fedora', 'updates', 'extra']);
  });

  it('take a repo without an address from the database by its name', () => {
    const { repositories } = fedora('repo --name=updates\nrepo --name=fedora\n%packages\n%end\n');
    expect(repositories.map(({ id, address }) => [id, address.kind])).toEqual([
      ['updates', 'metalink'],
      ['fedora', 'metalink'],
    ]);
    expect(refusal(`# osinfo: fedora41\n${DISK}repo --name=mine\n%packages\n%end\n`)).toMatch(
      /test\.ks:4.*no address.*fedora, updates/,
    );
  });

  it('have to be told for an OS without public repositories', () => {
    expect(refusal(`# osinfo: rhel9.4\n${DISK}%packages\n%end\n`)).toMatch(
      /test\.ks: nothing says where packages come from.*url.*--mirror/,
    );
    const { repositories, sourcesWhy } = plan(`# osinfo: rhel9.4\n${DISK}%packages\n%end\n`, {
      mirror: 'https://mirror.example/9/BaseOS/$basearch/os/',
    }).install;
    expect(repositories.map(({ address }) => address.url)).toEqual([
      'https://mirror.example/9/BaseOS/$basearch/os',
      'https://mirror.example/9/AppStream/$basearch/os',
    ]);
    expect(sourcesWhy).toBe('--mirror');
  });

  it('are proved by the keys that the database knows, from the maker or a mirror', () => {
    const keys = [expect.objectContaining({ fingerprints: ['21CB256AE16FC54C6E652949702D426D350D275D'] })];
    const own = { gpgCheck: true, keys };
    expect(plan(`# osinfo: rocky9\n${DISK}%packages\n%end\n`).install.repositories).toMatchObject([own, own]);
    const mirror = 'https://mirror.example/rocky/9/BaseOS/x86_64/os';
    expect(plan(`# osinfo: rocky9\n${DISK}%packages\n%end\n`, { mirror }).install.repositories).toMatchObject([
      own,
      own,
    ]);
  });

  it('are said to be unproved where no key is known, whoever named them', () => {
    const unsigned = (text: string, options: Partial<PlanOptions> = {}) =>
      plan(text, options).notices.flatMap(({ code, message }) => (code === 'unsigned' ? [message] : []));
    const words = (id: string) => `signatures of the packages of ${id} are not checked`;
    expect(unsigned(`# osinfo: fedora41\n${DISK}%packages\n%end\n`)).toEqual(
      ['fedora', 'updates'].map((id) => expect.stringContaining(words(id))),
    );
    expect(unsigned(`# osinfo: rhel9.4\n${DISK}%packages\n%end\n`, { mirror: 'https://mirror.example/9' })).toEqual([
      expect.stringMatching(/packages of install are not checked: .*\(packages from --mirror\)$/),
    ]);
    expect(unsigned(`# osinfo: rocky9\n${DISK}%packages\n%end\n`)).toEqual([]);
  });

  it('are refused where they are no address', () => {
    for (const [line, words] of [
      ['url --url=ftp://mirror.example/f41', /test\.ks:4.*ftp:\/\/mirror\.example/],
      ['url --url="http://mirror.example/a b"', /test\.ks:4.*no http/],
      ['repo --name=x --baseurl=nowhere', /test\.ks:4.*repo x: nowhere/],
      ['repo --name=x --baseurl=http://u:secret@x|y/', /test\.ks:4.*http:\/\/x\|y/],
      ['repo --name=x --baseurl=http://x.example/ --gpgkey=here', /test\.ks:4.*gpgkey=here/],
    ] as const)
      expect(refusal(`# osinfo: fedora41\n${DISK}${line}\n%packages\n%end\n`)).toMatch(words);
  });
});

describe('which OS it is', () => {
  it('is seen in the address of a repository, of the maker or a mirror', () => {
    for (const [line, id] of [
      ['url --url=https://download.rockylinux.org/pub/rocky/9/BaseOS/x86_64/os/', 'rocky9'],
      ['url --url=http://mirror.example/linux/rocky/9/BaseOS/aarch64/os', 'rocky9'],
      ['url --mirrorlist=https://mirrors.fedoraproject.org/mirrorlist?repo=fedora-41&arch=x86_64', 'fedora41'],
      [
        'repo --name=fedora --metalink=https://mirrors.fedoraproject.org/metalink?repo=fedora-40&arch=$basearch',
        'fedora40',
      ],
      ['url --url=https://repo.almalinux.org/almalinux/8/BaseOS/$basearch/os', 'almalinux8'],
    ] as const)
      expect([line, plan(`${DISK}${line}\n%packages\n%end\n`).os.shortId]).toEqual([line, id]);
  });

  it('is not guessed from an address that is every release’s', () => {
    expect(
      refusal(
        `${DISK}url --mirrorlist=https://mirrors.fedoraproject.org/mirrorlist?repo=fedora-$releasever&arch=$basearch\n%packages\n%end\n`,
      ),
    ).toMatch(/nothing says which OS/);
  });
});

describe('the packages of an rpm system', () => {
  it('have the core group, a kernel, a boot loader and what the settings need', () => {
    const install = plan(
      `# osinfo: fedora41\n${DISK}lang de_DE.UTF-8\nfirewall --enabled\nselinux --enforcing\nnetwork --bootproto=dhcp\nbootloader\n%packages\nnginx\n%end\n`,
    ).install;
    expect(install.groups).toEqual([expect.objectContaining({ name: 'core', members: 'default' })]);
    expect(namesOf(install)).toEqual(
      expect.arrayContaining([
        ...[
          'nginx',
          'kernel-core',
          'grub2-pc',
          'grub2-efi-x64',
          'shim-x64',
          'dracut',
          'fedora-release-common',
          'systemd',
        ],
        ...['glibc-langpack-de', 'firewalld', 'selinux-policy-targeted', 'NetworkManager', 'shadow-utils'],
      ]),
    );
    expect(install.packages.every((one) => (one.at === undefined) !== (one.why === undefined))).toBe(true);
  });

  it('follow the storage', () => {
    const text = `# osinfo: fedora41\nrootpw x\npart /boot --fstype=ext4 --size=500\npart pv.1 --size=4000\nvolgroup vg pv.1\nlogvol / --vgname=vg --name=root --fstype=xfs --size=3000\n%packages\n%end\n`;
    const { packages } = plan(text).install;
    const optional = (name: string) => packages.find((one) => one.name === name)?.optional;
    expect([optional('lvm2'), optional('xfsprogs')]).toEqual([undefined, true]);
    expect(packages.map(({ name }) => name)).toEqual(expect.arrayContaining(['lvm2', 'xfsprogs']));
  });

  it('are those of the kickstart’s options', () => {
    const install = fedora(
      '%packages --excludedocs --exclude-weakdeps --inst-langs=de,en --multilib --timeout=7 --retries=2 --ignoremissing --ignorebroken\n@^server-product-environment\n@a --nodefaults\n@b --optional\n-@c\n-plymouth*\nfoo.i686\n/usr/bin/x\nperl(Foo::Bar)\n%end\n',
    );
    expect(install).toMatchObject({
      docs: false,
      recommends: false,
      languages: ['de', 'en'],
      multilib: true,
      timeoutSeconds: 7,
      retries: 2,
      ignoreMissing: true,
      ignoreBroken: true,
      variant: 'core',
      excludeGroups: [{ name: 'c' }],
      exclude: [{ name: 'plymouth*' }],
    });
    expect(install.groups.map(({ kind, name, members }) => [kind, name, members])).toEqual([
      ['group', 'core', 'default'],
      ['environment', 'server-product-environment', 'default'],
      ['group', 'a', 'mandatory'],
      ['group', 'b', 'all'],
    ]);
    expect(namesOf(install)).toEqual(expect.arrayContaining(['foo.i686', '/usr/bin/x', 'perl(Foo::Bar)']));
  });

  it('leave the core group out where the kickstart says so', () => {
    for (const body of ['%packages --nocore\n%end\n', '%packages\n-@core\n%end\n'])
      expect(fedora(body)).toMatchObject({ groups: [], variant: 'bare' });
  });

  it('keep a kernel that the kickstart names', () => {
    expect(namesOf(fedora('%packages\nkernel-rt\n%end\n')).filter((name) => name.startsWith('kernel'))).toEqual([
      'kernel-rt',
    ]);
  });

  it('enable, disable and install streams of modules', () => {
    const { modules } = plan(
      `# osinfo: rocky8\n${DISK}module --name=nodejs --stream=18\nmodule --name=php --disable\n%packages\n@postgresql:15/server\n%end\n`,
    ).install;
    expect(modules.map(({ action, name, stream, profile }) => [action, name, stream, profile])).toEqual([
      ['enable', 'nodejs', '18', undefined],
      ['disable', 'php', undefined, undefined],
      ['install', 'postgresql', '15', 'server'],
    ]);
  });

  it('say with the line what cannot be meant', () => {
    for (const [body, words] of [
      ['-kernel-core\n', /test\.ks:5.*-kernel-core: kernel-core is needed here/],
      ['-grub2*\n', /test\.ks:5.*-grub2\*: grub2-pc is needed here/],
      ['a;b\n', /test\.ks:5.*a;b is no name of an rpm package/],
      ['http://example.org/x.rpm\n', /test\.ks:5.*no name of an rpm package/],
      ['@bad|name\n', /test\.ks:5.*no name of a group/],
    ] as const)
      expect(refusal(`# osinfo: fedora41\n${DISK}%packages\n${body}%end\n`)).toMatch(words);
    expect(refusal(`# osinfo: fedora41\n${DISK}%packages --default\n%end\n`)).toMatch(
      /test\.ks:4.*--default.*environment/,
    );
  });
});

describe('a release', () => {
  it('has its package database where its own rpm looks for it', () => {
    const database = (id: string, more = '') =>
      plan(`# osinfo: ${id}\n${DISK}url --url=https://m.example/x\n%packages\n%end\n${more}`).install.database;
    expect(database('fedora41')).toEqual({ path: '/usr/lib/sysimage/rpm', format: 'sqlite' });
    expect(database('fedora34')).toEqual({ path: '/var/lib/rpm', format: 'sqlite' });
    expect(database('fedora30')).toEqual({ path: '/var/lib/rpm', format: 'bdb' });
    expect(database('rhel9.4')).toEqual({ path: '/var/lib/rpm', format: 'sqlite' });
    expect(database('rocky8')).toEqual({ path: '/var/lib/rpm', format: 'bdb' });
    expect(database('centos-stream10')).toEqual({ path: '/usr/lib/sysimage/rpm', format: 'sqlite' });
    expect(database('opensuse15.6')).toEqual({ path: '/usr/lib/sysimage/rpm', format: 'ndb' });
    expect(database('opensusetumbleweed')).toEqual({ path: '/usr/lib/sysimage/rpm', format: 'ndb' });
  });

  it('of SUSE is installed by zypper, with its own names of packages', () => {
    const install = plan(
      `# osinfo: opensuse15.6\nrootpw x\npart / --fstype=btrfs --size=4000\n%packages\nvim\n%end\n`,
    ).install;
    expect(install.tool).toBe('zypper');
    expect(install.groups.map(({ name }) => name)).toEqual(['minimal_base']);
    expect(namesOf(install)).toEqual(
      expect.arrayContaining([
        'vim',
        'kernel-default-base',
        'grub2-i386-pc',
        'grub2-x86_64-efi',
        'openSUSE-release',
        'btrfsprogs',
      ]),
    );
  });

  it('for another architecture has that one’s repositories and boot loader', () => {
    const made = plan(`# osinfo: fedora41\n${DISK}%packages\n%end\n`, { arch: 'aarch64' });
    expect(made.arch).toEqual({ name: 'aarch64', packages: 'aarch64' });
    expect(namesOf(made.install)).toEqual(expect.arrayContaining(['grub2-efi-aa64', 'shim-aa64']));
    expect(namesOf(made.install)).not.toContain('grub2-pc');
  });
});
