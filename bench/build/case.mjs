// SPDX-License-Identifier: Apache-2.0
// What is built by all of them: the smallest kickstart of ours, with what other builders put into every Debian.
import { readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { measure, root } from '../measure.mjs';

const KICKSTART = join(root, 'kickstarts/debian-12-minimal.ks');

/** What mkosi installs, asked or not. */
const OF_EVERY_PEER = ['ca-certificates', 'usr-is-merged'];

export const GUESTWRIGHT = [process.execPath, join(root, 'dist/bin/guestwright.js')];

export const IS_ROOT = process.getuid() === 0;

/** An ordinary user is root in a user name space, as mmdebstrap makes it too. */
export const AS_ROOT = IS_ROOT ? [] : ['unshare', '--map-auto', '--map-root-user', '--'];

/** The environment of a guestwright that keeps what it keeps beside a file or folder. */
export function cacheBeside(path) {
  return { ...process.env, GUESTWRIGHT_CACHE_DIR: join(dirname(path), 'cache') };
}

/** The kickstarts: `plain`; `changed` with another `%post`; `data` with a second, empty disk of 1 GiB. */
export function writeKickstarts(folder) {
  const plain = readFileSync(KICKSTART, 'utf8').replace(/^%packages .*$/m, (line) =>
    [line, ...OF_EVERY_PEER].join('\n'),
  );
  const changed = `${plain}\n%post\necho changed >>/etc/motd\n%end\n`;
  const data = changed.replace(/^part \/ .*$/m, (line) => `${line}\npart /data --fstype=ext4 --size=1022 --ondisk=sdb`);
  const texts = { plain, changed, data };
  return Object.fromEntries(
    Object.entries(texts).map(([name, text]) => {
      const path = join(folder, `${name}.ks`);
      writeFileSync(path, text);
      return [name, path];
    }),
  );
}

/**
 * What the peers are told, from what guestwright says it will do: packages, mirror, layout of the disk. The first command of
 * any kind indexes the database, which is no part of a build: this is that one.
 */
export async function readCase(kickstart) {
  const env = cacheBeside(kickstart);
  const { stdout } = await measure([...GUESTWRIGHT, 'build', kickstart, '--dry-run', '--json'], { env });
  const plan = JSON.parse(stdout);
  const { install, disks } = plan;
  const disk = disks[0];
  const role = (name) => disk.partitions.find((one) => one.role === name);
  return {
    name: plan.name,
    os: plan.os.name,
    architecture: plan.arch.packages,
    hostname: plan.system.hostname,
    append: plan.boot.append,
    install,
    packages: install.packages.map((one) => one.name),
    suite: install.sources[0].suite,
    mirror: install.sources[0].uri,
    components: install.sources[0].components,
    sourceLines: install.sources.map(({ uri, suite, components, options }) =>
      ['deb', ...(options === undefined ? [] : [`[${options}]`]), uri, suite, ...components].join(' '),
    ),
    disk,
    bios: role('biosboot'),
    esp: role('esp'),
    root: disk.partitions.find((one) => one.mountpoint === '/'),
  };
}
