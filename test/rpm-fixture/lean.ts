// SPDX-License-Identifier: Apache-2.0
import { mkdirSync, readFileSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { type Addition, convertDebs } from './convert.js';
import { closeOver, describeDebs, fetchDebs, kernelBehind } from './debs.js';
import { program } from './program.js';
import { buildPackages, indexPackages, keep, textOf } from './repository.js';
import type { Distribution } from './tiny.js';

const FILES = join(import.meta.dirname, 'lean');

/** What is converted, with all that it depends on. */
const WANTED = [
  ...[
    'bash',
    'coreutils',
    'dash',
    'findutils',
    'grep',
    'gzip',
    'hostname',
    'libc-bin',
    'mawk',
    'sed',
    'tar',
    'zstd',
    'cpio',
  ],
  ...['systemd', 'systemd-sysv', 'udev', 'dbus', 'kmod', 'procps', 'util-linux', 'mount', 'e2fsprogs', 'dracut-core'],
  ...['login', 'passwd', 'libpam-modules', 'dosfstools', 'ncurses-base', 'tzdata'],
];

/** Debian's own ways of installing, and what only they need. */
const NOT_CONVERTED =
  /^(?:adduser|base-files|base-passwd|debconf|dpkg|gcc-12-base|init-system-helpers|kpartx|libpam-runtime|usrmerge|perl.*|lib.*-perl|libperl.*|libgdbm.*)$/;

const NOT_REQUIRED = { libc6: ['libgcc-s1', 'libcrypt1'] };

const ADDITIONS: Readonly<Record<string, Addition>> = {
  dash: { provides: ['/bin/sh', '/usr/bin/sh'] },
  bash: { provides: ['/bin/bash', '/usr/bin/bash'] },
  mawk: { links: { '/usr/bin/awk': 'mawk' } },
  'libc-bin': { scripts: '%transfiletriggerin -n libc-bin -- /usr/lib\nldconfig\n' },
  login: { requires: ['pam-config'] },
  passwd: { requires: ['login', 'pam-config'] },
  'dracut-core': {
    provides: ['dracut'],
    requires: [
      'bash',
      'coreutils',
      'findutils',
      'grep',
      'gzip',
      'mawk',
      'mount',
      'sed',
      'util-linux',
      'zstd',
      'libc-bin',
    ],
  },
  systemd: {
    requires: ['dash', 'coreutils', 'grep', 'libc-bin', 'passwd', 'fixture-release'],
    scripts: [
      '%post -n systemd',
      'systemctl preset-all',
      ': >/etc/machine-id',
      '%transfiletriggerin -n systemd -- /usr/lib/sysusers.d',
      'systemd-sysusers',
      '',
    ].join('\n'),
  },
};

/**
 * The lean distribution: about a hundred packages that were Debian's, with systemd, dracut, PAM and shadow as they are, and
 * six of its own. Made in a minute or two, and kept for as long as no package of the archive changes.
 */
export async function leanDistribution(): Promise<Distribution> {
  const kernel = await kernelBehind('linux-image-cloud-amd64');
  const names = (await closeOver(WANTED)).filter((name) => !NOT_CONVERTED.test(name)).sort();
  const debs = await describeDebs(names);
  const own = await describeDebs(['base-passwd', kernel]);
  const kernelVersion = kernel.replace('linux-image-', '');
  const parts = [
    textOf(FILES),
    ...['lean.ts', 'convert.ts', 'repository.ts'].map((name) => readFileSync(join(import.meta.dirname, name), 'utf8')),
    ...[...debs, ...own].map((deb) => `${deb.name} ${deb.version} ${deb.sha256}`),
    await program(['rpm', '--version']),
  ];
  const place = await keep('lean', parts, async (folder) => {
    const downloads = join(folder, 'debs');
    for (const name of ['debs', 'repository']) mkdirSync(join(folder, name));
    const files = await fetchDebs([...names, 'base-passwd', kernel], downloads);
    for (const name of ['base-passwd', kernel])
      await program(['dpkg-deb', '-x', files.get(name)!, join(downloads, name)]);
    await buildPackages(join(FILES, 'lean.spec'), folder, {
      base_passwd: join(downloads, 'base-passwd'),
      kernel_root: join(downloads, kernel),
      kernel_version: kernelVersion,
      here: FILES,
    });
    await convertDebs(folder, { debs, files, additions: ADDITIONS, notRequired: NOT_REQUIRED, shared: readShared() });
    await indexPackages(join(folder, 'repository'), join(FILES, 'comps.xml'));
    rmSync(downloads, { recursive: true });
  });
  return { repository: join(place, 'repository'), kernelVersion };
}

/** The folders that the package `filesystem` owns: no other is to change their modes. */
function readShared(): Set<string> {
  const text = readFileSync(join(FILES, 'lean.spec'), 'utf8');
  return new Set([...text.matchAll(/^%dir (?:%attr\(.*?\) )?(\/\S*)$/gm)].map((match) => match[1]!));
}
