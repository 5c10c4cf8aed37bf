// SPDX-License-Identifier: Apache-2.0
import type { TreeFolder } from '../folder.js';
import { findBootFiles } from './boot-files.js';
import { layoutReading } from './reading.js';
import type { BootFiles, Layout, LayoutReading } from './types.js';

/** Names of Alpine's kernels, today's first. */
const flavours = ['lts', 'virt', 'rpi', 'hardened', 'vanilla', 'virthardened', 'grsec'] as const;
const archs = ['x86_64', 'aarch64', 'x86', 'armv7', 'armhf', 'ppc64le', 's390x', 'riscv64', 'loongarch64'] as const;

/** A medium of Alpine Linux, or the folder of a release on a mirror (`v3.19/releases/x86_64`). */
export const alpine: Layout = {
  name: 'Alpine',
  hint: /alpine|\/v3\.\d+\/releases|latest-stable/i,
  probe: async (folder) => (await ofMedium(folder)) ?? (await ofReleases(folder)),
};

async function ofMedium(folder: TreeFolder): Promise<LayoutReading | undefined> {
  const line = (await folder.read('.alpine-release'))?.split('\n')[0]?.slice(0, 200).trim();
  if (line === undefined) return undefined;
  const version = /(?:^|[\s-])v?(\d+\.\d+(?:\.\d+)?)\b/.exec(line)?.[1] ?? (/\bedge\b/.test(line) ? 'edge' : undefined);
  const said = archs.find((arch) => new RegExp(`(?:^|[\\s-])${arch}(?:$|[\\s.])`).test(line));
  return answer(version, said ?? (await archOfPackages(folder)), '.alpine-release', line, await boot(folder, 'boot/'));
}

async function archOfPackages(folder: TreeFolder): Promise<string | undefined> {
  for (const arch of archs) if (await folder.has(`apks/${arch}/APKINDEX.tar.gz`)) return arch;
  return undefined;
}

async function ofReleases(folder: TreeFolder): Promise<LayoutReading | undefined> {
  const text = (await folder.read('latest-releases.yaml'))?.slice(0, 16_384);
  if (text === undefined || !/^\s*flavor:\s*"?alpine/m.test(text)) return undefined;
  const value = (key: string): string | undefined =>
    new RegExp(`^[ -]*${key}: *"?([\\w.]{1,40})"?`, 'm').exec(text)?.[1];
  const version = value('version');
  return answer(version, value('arch'), 'latest-releases.yaml', `version: ${version}`, await boot(folder, 'netboot/'));
}

async function boot(folder: TreeFolder, prefix: string) {
  return await findBootFiles(
    folder,
    flavours.map((name) => ({ kernel: `${prefix}vmlinuz-${name}`, initrd: `${prefix}initramfs-${name}` })),
  );
}

function answer(
  version: string | undefined,
  arch: string | undefined,
  file: string,
  said: string,
  files: Partial<BootFiles>,
): LayoutReading {
  const why = `${file} says ${JSON.stringify(said)}`;
  return layoutReading({ distro: 'alpinelinux', family: 'Alpine Linux', version, arch, files, why });
}
