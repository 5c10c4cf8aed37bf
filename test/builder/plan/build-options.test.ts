// SPDX-License-Identifier: Apache-2.0
import { pbkdf2Sync } from 'node:crypto';
import { describe, expect, it } from 'vitest';
import { parseKickstart } from '../../../builder/kickstart/index.js';
import type { Issue } from '../../../builder/kickstart/model.js';
import { connectionOptions } from '../../../builder/plan/apt-connection.js';
import { parseSourceAddress } from '../../../builder/plan/apt-sources.js';
import { planBootOptions } from '../../../builder/plan/boot-options.js';
import { readDebAddon, withExtras } from '../../../builder/plan/deb-addon.js';
import type { DebFacts } from '../../../builder/plan/os-facts.js';
import { formatPins, planPins, priorityOfCost } from '../../../builder/plan/pins.js';
import { planSystem } from '../../../builder/plan/system.js';
import type { AptSource } from '../../../builder/plan/types.js';
import { grubHash } from '../../../builder/stages/boot/password.js';

const parse = (text: string) => parseKickstart(text, 'a.ks');
const MAIN: AptSource[] = [{ uri: 'http://main.example/debian', suite: 'bookworm', components: ['main'] }];
const sourcesOf = (text: string) => parse(text).repos.map((repo) => parseSourceAddress(repo.baseurl!)!);

describe('a repo’s preferences', () => {
  const pins = (text: string) => planPins(parse(text).repos, sourcesOf(text), MAIN);

  it('are rules of apt, the names before the rest', () => {
    expect(
      formatPins(
        pins(
          'repo --name=x --baseurl="http://x.example/apt stable main" --includepkgs=nginx*,curl --excludepkgs=nginx-doc',
        ),
      ),
    ).toBe(
      'Package: nginx-doc\nPin: origin "x.example"\nPin-Priority: -1\n\n' +
        'Package: nginx* curl\nPin: origin "x.example"\nPin-Priority: 500\n\n' +
        'Package: *\nPin: origin "x.example"\nPin-Priority: -1\n',
    );
    expect(pins('repo --name=x --baseurl="http://main.example/debian bookworm-backports main" --cost=900')).toEqual([
      { packages: ['*'], pin: 'release n=bookworm-backports', priority: 549 },
    ]);
    expect(pins('repo --name=x --baseurl="http://x.example/apt stable main"')).toEqual([]);
  });

  it('count the other way round than costs, and never force a downgrade', () => {
    expect([0, 1, 500, 1000, 2000, 100_000].map(priorityOfCost)).toEqual([989, 989, 745, 500, 250, 101]);
  });

  it('are refused where apt could not tell the sources apart, and for what is no name', () => {
    expect(() => pins('repo --name=x --baseurl="http://main.example/debian bookworm contrib" --cost=1')).toThrow(
      /^a\.ks:1:1: repo x: apt cannot tell it/,
    );
    expect(() => pins('repo --name=x --baseurl="http://x.example/a b c" --excludepkgs="a b"')).toThrow(
      /no name of a deb package/,
    );
  });
});

describe('how a source is reached', () => {
  it('is said to apt for that host alone', () => {
    const text =
      'url --url="https://main.example/debian bookworm main" --proxy=http://u:p@proxy.example:3128\nrepo --name=x --baseurl="https://x.example/apt s m" --noverifyssl --sslcacert=file:///etc/own.pem';
    expect(connectionOptions(parse(text), MAIN, sourcesOf(text))).toEqual([
      'Acquire::http::Proxy::main.example "http://u:p@proxy.example:3128"',
      'Acquire::https::Proxy::main.example "http://u:p@proxy.example:3128"',
      'Acquire::https::x.example::Verify-Peer "false"',
      'Acquire::https::x.example::Verify-Host "false"',
      'Acquire::https::x.example::CAInfo "/etc/own.pem"',
    ]);
  });

  it.each(['--proxy="http://a\\"; evil"', '--proxy=ftp://x', '--sslcacert="/a\\";b"'])(
    'is refused with a value that is none: %s',
    (option) => {
      const text = `url --url="https://main.example/debian bookworm main" ${option}`;
      expect(() => connectionOptions(parse(text), MAIN, [])).toThrow(/^a\.ks:1:1: /);
    },
  );
});

describe('the boot loader', () => {
  const HASH = `grub.pbkdf2.sha512.10000.${'AB'.repeat(64)}.${'CD'.repeat(64)}`;
  function boot(text: string, names: readonly string[] = []) {
    const notices: Issue[] = [];
    const kickstart = parse(text);
    const system = planSystem(kickstart, 'web', [], { names, notices });
    return { ...planBootOptions(kickstart, system, { names, notices }), notices: notices.length };
  }

  it('takes a password, clear or as GRUB’s own hash', () => {
    expect(boot('bootloader --password="a b"').password).toEqual({ value: 'a b', crypted: false });
    expect(boot(`bootloader --iscrypted --password=${HASH}`).password).toEqual({ value: HASH, crypted: true });
    expect(boot(`bootloader --password=${HASH}`).password).toEqual({ value: HASH, crypted: true });
  });

  it.each(['--iscrypted --password=$6$x$y', '--md5pass=$1$x$y', '--extlinux', '--sdboot'])(
    'refuses what GRUB has no word for, or leaves it out where the user accepts that: %s',
    (options) => {
      expect(() => boot(`bootloader ${options}`)).toThrow(/^a\.ks:1:1: bootloader .*--allow-ignored bootloader$/);
      expect(boot(`bootloader ${options}`, ['bootloader'])).toEqual({ append: '', notices: 1 });
    },
  );

  it('has the words that a kernel without SELinux by default needs', () => {
    expect(boot('bootloader --append="quiet"\nselinux --enforcing').append).toBe('quiet security=selinux selinux=1');
    expect(boot('bootloader --append="selinux=0"\nselinux --enforcing').append).toBe('selinux=0');
    expect(boot('selinux --disabled').append).toBe('');
    expect(boot('selinux --enforcing', ['selinux']).append).toBe('');
  });

  it('keeps a password as PBKDF2, as GRUB reads it', () => {
    const salt = Uint8Array.from({ length: 64 }, (_, index) => index);
    const hash = grubHash("p'w", salt);
    expect(hash).toMatch(/^grub\.pbkdf2\.sha512\.10000\.[0-9A-F]{128}\.[0-9A-F]{128}$/);
    expect(hash.split('.').at(-1)).toBe(pbkdf2Sync("p'w", salt, 10_000, 64, 'sha512').toString('hex').toUpperCase());
  });
});

describe('%addon org_guestwright_deb', () => {
  const addon = (body: string) => readDebAddon(parse(`lang C\n%addon org_guestwright_deb\n${body}\n%end\n`));

  it('says what only a Debian-family system has a word for', () => {
    const extras = addon(
      '# a comment\nsuite  trixie\ncomponents main   contrib\nkeyring /usr/share/keyrings/own.gpg\nvariant minbase\ntask ssh-server\n\ndebconf tzdata  tzdata/Areas   select Europe\ndebconf a b/c string  two  blanks ',
    );
    expect(extras).toMatchObject({
      suite: 'trixie',
      components: ['main', 'contrib'],
      keyring: '/usr/share/keyrings/own.gpg',
      variant: 'minbase',
      debconf: ['tzdata tzdata/Areas select Europe', 'a b/c string  two  blanks'],
    });
    expect(extras.tasks).toEqual([{ name: 'task-ssh-server', at: { file: 'a.ks', line: 8, column: 1 } }]);
    const deb = { suite: 'bookworm', updatesSuite: 'bookworm-updates', components: ['main'] } as unknown as DebFacts;
    expect(withExtras(deb, extras)).toMatchObject({
      suite: 'trixie',
      updatesSuite: undefined,
      components: ['main', 'contrib'],
    });
    expect(withExtras(deb, addon(''))).toEqual(deb);
  });

  it.each([
    ['colour red', /^a\.ks:3:1: .*colour is no word of it; there are suite, components/],
    ['\nsuite a b', /^a\.ks:4:1: .*suite is written like this: suite trixie/],
    ['suite a\nsuite b', /^a\.ks:4:1: .*suite is there a second time/],
    ['keyring x', /keyring is written like this/],
    ['debconf x', /debconf is written like this/],
    ['constructor x', /constructor is no word of it/],
  ])('is refused at its own line: %j', (body, message) => {
    expect(() => addon(body)).toThrow(message);
  });
});
