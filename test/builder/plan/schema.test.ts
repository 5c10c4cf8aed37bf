// SPDX-License-Identifier: Apache-2.0
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Ajv } from 'ajv';
import { afterAll, describe, expect, it } from 'vitest';
import { readKickstart } from '../../../builder/kickstart/index.js';
import { planAppliance } from '../../../builder/plan/appliance.js';
import type { HostFacts, Plan } from '../../../builder/plan/types.js';
import { openDb } from '../../../osinfo/index.js';
import { packageRoot } from '../../../osinfo/package-root.js';

const kickstarts = join(packageRoot(), 'kickstarts');
const folder = mkdtempSync(join(tmpdir(), 'guestwright-plan-schema-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const schemaOf = (name: string) =>
  JSON.parse(readFileSync(join(packageRoot(), 'schema', `${name}.schema.json`), 'utf8'));
const validate = new Ajv({ strict: true, strictRequired: false, allErrors: true })
  .addSchema(schemaOf('recommendation'))
  .compile(schemaOf('plan'));
const db = openDb({ index: false });

const host: HostFacts = {
  distro: 'debian',
  codename: 'bookworm',
  arch: 'x86_64',
  aptSources: [{ uri: 'http://mirror.example/debian', suite: 'bookworm', components: ['main'] }],
  aptOptions: ['Acquire::Check-Valid-Until "false"'],
  keyrings: ['/usr/share/keyrings/debian-archive-keyring.gpg'],
};

/** What the rest of the world gets: the plan after JSON, where absent and undefined are the same. */
function planOf(file: string, on: HostFacts = host): Plan {
  const plan = planAppliance({
    kickstart: readKickstart(file),
    text: readFileSync(file, 'utf8'),
    db,
    platform: db.platform('kvm'),
    host: on,
    options: { name: 'web', version: '1.0', formats: ['qcow2', 'vmdk'], compress: true, checksum: false },
  });
  return JSON.parse(JSON.stringify(plan)) as Plan;
}

function faultsOf(plan: unknown): string[] {
  validate(plan);
  return (validate.errors ?? []).map((error) => `${error.instancePath} ${error.message}`);
}

/** A copy of a plan with one value changed, by its path; undefined takes it out. */
function damaged(plan: Plan, path: readonly (string | number)[], value: unknown): unknown {
  const copy = structuredClone(plan);
  let inner = copy as unknown as Record<string | number, unknown>;
  for (const step of path.slice(0, -1)) inner = inner[step] as Record<string | number, unknown>;
  if (value === undefined) delete inner[path.at(-1)!];
  else inner[path.at(-1)!] = value;
  return copy;
}

/** Every part of the plan that a kickstart can fill. */
const EVERYTHING = `# osinfo: debian12
lang de_DE.UTF-8
keyboard --vckeymap=de --xlayouts='de (nodeadkeys)','us' --switch='grp:alt_shift_toggle'
timezone Europe/Berlin --utc
network --bootproto=dhcp --device=link --hostname=web.example.org
network --bootproto=static --device=enp2s0 --ip=192.0.2.7 --netmask=255.255.255.0 --gateway=192.0.2.1 --nameserver=192.0.2.2 --mtu=1400
network --device=bond0 --bondslaves=eth1,eth2 --bondopts=mode=1 --vlanid=7 --bootproto=dhcp --nodns
network --device=br0 --bridgeslaves=eth3 --bridgeopts=stp=yes --noipv4 --ipv6=2001:db8::2/64 --ipv6gateway=2001:db8::1
network --device=team0 --teamslaves="eth4'{\\"prio\\": 1}'" --teamconfig="{\\"a\\": 1}" --onboot=no
network --device=wlan0 --essid="a b" --wpakey="secret key" --ethtool="speed 100" --dhcpclass=x
firewall --enabled --service=http --port=8080:tcp --trust=eth9 --remove-service=ssh
selinux --permissive
timesource --ntp-server=ntp.example.org --nts
xconfig --startxonboot --defaultdesktop=GNOME
firstboot --reconfig
authselect select sssd
syspurpose --role=x --addon=y
rootpw --lock --allow-ssh
group --name=ops --gid=1500
user --name=anna --groups=ops,sudo --uid=1600 --gid=1601 --homedir=/srv/anna --shell=/bin/sh --gecos="Anna A." --password=x --plaintext
user --name=bert
sshkey --username=anna "ssh-ed25519 AAAA anna"
services --enabled=ssh --disabled=cron
repo --name=own --baseurl="[signed-by=/usr/share/keyrings/own.gpg] http://own.example/apt stable main" --cost=500 --excludepkgs=vim*
clearpart --all --initlabel
part /boot --fstype=ext2 --size=200 --label=boot
part swap --size=128
part / --size=2000 --mkfsoptions="-m 1" --fsoptions=noatime
part /data --fstype=vfat --size=64 --ondisk=sdb
bootloader --append="quiet" --timeout=5 --password="x y"
%packages --nocore --exclude-weakdeps --excludedocs --instLangs=de:en --ignoremissing
openssh-server
nftables
selinux-basics
cron=3*
-nano
%end
%certificate --filename=ca.pem --type=anchor
-----BEGIN CERTIFICATE-----
AAAA
-----END CERTIFICATE-----
%end
%addon org_guestwright_deb
debconf tzdata tzdata/Areas select Europe
%end
%pre-install
true
%end
%post --nochroot --erroronfail --log=/root/post.log --interpreter=/bin/bash
true
%end
%post
true
%end
`;

describe('the schema of a plan', () => {
  const files = readdirSync(kickstarts).filter((name) => name.endsWith('.ks'));

  it.each(files)('is obeyed by the plan of %s', (name) => {
    expect(faultsOf(planOf(join(kickstarts, name)))).toEqual([]);
  });

  it('is obeyed by a plan with everything in it, and one without a boot loader', () => {
    const file = join(folder, 'everything.ks');
    writeFileSync(file, EVERYTHING);
    const plan = planOf(file, { ...host, distro: undefined, codename: undefined, aptSources: [], keyrings: [] });
    expect(faultsOf(plan)).toEqual([]);
    // So that this test cannot pass on an empty plan.
    expect(plan.system.users[0]).toMatchObject({ uid: 1600, gid: 1601, home: '/srv/anna', gecos: 'Anna A.' });
    expect(plan.system.network[1]).toMatchObject({ ipv4: { address: '192.0.2.7', prefix: 24 }, mtu: 1400 });
    expect(plan.system.network.map((one) => one.link.kind)).toEqual([
      'ethernet',
      'ethernet',
      'bond',
      'vlan',
      'bridge',
      'team',
      'wifi',
    ]);
    expect(plan.boot.password).toEqual({ value: 'x y', crypted: false });
    expect(plan.install).toMatchObject({ docs: false, languages: ['de', 'en'], ignoreMissing: true });
    expect(plan.notices.length).toBeGreaterThan(0);

    writeFileSync(file, '# osinfo: debian12\nbootloader --disabled\npart / --size=900\n');
    expect(faultsOf(planOf(file))).toEqual([]);
  });

  it.each<[string, (string | number)[], unknown, RegExp]>([
    ['another format', ['format'], 'guestwright/plan/2', /^\/format /m],
    ['no disks', ['disks'], [], /^\/disks must NOT have fewer/m],
    ['a size that is text', ['disks', 0, 'sizeBytes'], '2G', /^\/disks\/0\/sizeBytes must be integer/m],
    ['a negative offset', ['disks', 0, 'partitions', 1, 'startBytes'], -1, /startBytes must be >= 0/m],
    ['a file system nobody makes', ['disks', 0, 'partitions', 2, 'filesystem', 'type'], 'zfs', /filesystem\/type /m],
    ['a partition without its type', ['disks', 0, 'partitions', 0, 'typeGuid'], undefined, /property 'typeGuid'/m],
    ['a GUID that is none', ['disks', 0, 'diskGuid'], 'x', /diskGuid must match pattern/m],
    ['a property nobody knows', ['install', 'mirror'], 'http://x.example', /^\/install must NOT have additional/m],
    ['no sources', ['install', 'sources'], [], /^\/install\/sources must NOT have fewer/m],
    ['a package without a reason', ['install', 'packages', 0], { name: 'vim' }, /^\/install\/packages\/0 must have/m],
    ['a firmware nobody has', ['boot', 'firmware'], ['openboot'], /^\/boot\/firmware\/0 /m],
    [
      'a static network without an address',
      ['system', 'network', 0, 'ipv4', 'method'],
      'static',
      /property 'address'/m,
    ],
    ['a link nobody knows', ['system', 'network', 0, 'link'], { kind: 'ring' }, /network\/0\/link must match/m],
    ['a key of two lines', ['system', 'sshKeys'], [{ username: 'a', key: 'b\nc', at: {} }], /key must match pattern/m],
    ['an image format nobody writes', ['outputs', 'formats'], ['iso'], /^\/outputs\/formats\/0 /m],
    ['a script without a place', ['scripts', 0, 'at'], undefined, /^\/scripts\/0 must have required property 'at'/m],
    ['no recommendation', ['recommendation'], {}, /^\/recommendation must have required/m],
  ])('refuses %s', (_what, path, value, fault) => {
    const plan = planOf(join(kickstarts, 'debian-12-minimal.ks'));
    expect(faultsOf(damaged(plan, path, value)).join('\n')).toMatch(fault);
  });
});

describe('every property of the schema', () => {
  it('has a description, its own or that of what it refers to', () => {
    const schema = schemaOf('plan');
    const bare: string[] = [];
    const look = (node: unknown, path: string): void => {
      if (typeof node !== 'object' || node === null) return;
      for (const [key, inner] of Object.entries(node)) {
        if (key === 'properties' && !/if\/?$/.test(path)) {
          for (const [name, property] of Object.entries(inner as Record<string, Record<string, unknown>>)) {
            const target = String(property['$ref'] ?? '')
              .split('/')
              .at(-1)!;
            const described = property['description'] ?? schema.definitions[target]?.description ?? property['const'];
            // A place, an issue and a part with properties of its own speak for themselves.
            if (described === undefined && !['at', 'filesystem'].includes(name)) bare.push(`${path}/${name}`);
          }
        }
        look(inner, `${path}/${key}`);
      }
    };
    look(schema, '');
    expect(bare).toEqual([]);
  });
});
