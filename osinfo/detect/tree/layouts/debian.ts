// SPDX-License-Identifier: Apache-2.0
import type { TreeFolder } from '../folder.js';
import { findBootFiles } from './boot-files.js';
import { layoutReading } from './reading.js';
import type { BootFiles, Layout, LayoutReading } from './types.js';

/** Fields of a `Release` file of an apt repository that tell what it is of. */
interface Release {
  readonly origin?: string;
  readonly suite?: string;
  readonly codename?: string;
  readonly version?: string;
  readonly architectures: readonly string[];
  /** The file that said so. */
  readonly file: string;
}

/** `.../dists/SUITE/main/installer-ARCH/...`: the installer of one architecture, at whatever depth. */
const installerPath = /\/dists\/([^/]+)\/main\/installer-([a-z0-9]+)((?:\/[^/]+)*)\/?$/;
const suitePath = /\/dists\/([^/]+)\/?$/;

/** Debian and what is made as it is: installation media, suites of a mirror, the netboot folders of the installer. */
export const debian: Layout = {
  name: 'Debian',
  hint: /debian|ubuntu|\/dists\/|devuan|kali/i,
  probe: async (folder) =>
    (await ofMedium(folder)) ?? (await ofInstaller(folder)) ?? (await ofSuite(folder)) ?? (await ofRepository(folder)),
};

const archWord = /\b(amd64|i386|arm64|armhf|armel|ppc64el|powerpc|s390x|riscv64|mips64el|mipsel|loong64)\b/;

/** The medium's own line: `Debian GNU/Linux 12.2.0 "Bookworm" - Official amd64 NETINST with firmware 20231007-10:28`. */
async function ofMedium(folder: TreeFolder): Promise<LayoutReading | undefined> {
  const line = (await folder.read('.disk/info'))?.split('\n')[0]?.slice(0, 300).trim();
  if (line === undefined || line === '') return undefined;
  const match = /^([A-Za-z][^"]{0,80}?) (\d[\d.]*|testing|unstable|stable)(?: [^"]{1,40})? "([^"]+)"/.exec(line);
  if (match === null) return undefined;
  const [said, name = '', version, codename] = match;
  const arch = archWord.exec(line.slice(said.length))?.[1];
  const why = `.disk/info says ${JSON.stringify(line)}`;
  return layoutReading({
    distro: distroOf(name),
    family: name,
    version,
    codename,
    arch,
    files: await onMedium(folder),
    why,
  });
}

async function onMedium(folder: TreeFolder): Promise<Pick<LayoutReading['facts'], 'kernel' | 'initrd'>> {
  const found = await findBootFiles(folder, [
    { kernel: 'install.amd/vmlinuz', initrd: 'install.amd/initrd.gz' },
    { kernel: 'install.386/vmlinuz', initrd: 'install.386/initrd.gz' },
    { kernel: 'install.a64/vmlinuz', initrd: 'install.a64/initrd.gz' },
    { kernel: 'install.amd64/vmlinuz', initrd: 'install.amd64/initrd.gz' },
    { kernel: 'install/vmlinuz', initrd: 'install/initrd.gz' },
    { kernel: 'install/vmlinux', initrd: 'install/initrd.gz' },
    {
      kernel: 'install/netboot/ubuntu-installer/amd64/linux',
      initrd: 'install/netboot/ubuntu-installer/amd64/initrd.gz',
    },
    { kernel: 'casper/vmlinuz', initrd: 'casper/initrd' },
    { kernel: 'live/vmlinuz', initrd: 'live/initrd.img' },
  ]);
  // casper's RAM disk has been called by three names.
  if (found.kernel !== 'casper/vmlinuz' || found.initrd !== undefined) return found;
  for (const initrd of ['casper/initrd.lz', 'casper/initrd.gz', 'casper/initrd.img']) {
    if (await folder.has(initrd)) return { ...found, initrd };
  }
  return found;
}

async function ofInstaller(folder: TreeFolder): Promise<LayoutReading | undefined> {
  const [, suite, arch, below = ''] = installerPath.exec(trimSlash(folder.path)) ?? [];
  if (suite === undefined || arch === undefined) return undefined;
  const segments = below.split('/').slice(1);
  const files = await findBootFiles(folder, seenFrom(installerFiles(arch), segments));
  const release = await readRelease(folder, `${'../'.repeat(segments.length + 2)}Release`);
  if (release === undefined && files.kernel === undefined) return undefined;
  const names = release ?? { suite, codename: suite, architectures: [], file: `the path …/dists/${suite}` };
  return reading(names, arch, files, folder.path);
}

async function ofSuite(folder: TreeFolder): Promise<LayoutReading | undefined> {
  if (!suitePath.test(trimSlash(folder.path))) return undefined;
  const release = await readRelease(folder, 'Release');
  return release && (await withInstaller(folder, release, ''));
}

/** The root of a repository: a medium's copy has one suite; of a mirror with many, the stable one is meant. */
async function ofRepository(folder: TreeFolder): Promise<LayoutReading | undefined> {
  const listed = await folder.list('dists');
  const suites = listed.length === 1 ? listed : ['stable'];
  for (const suite of suites) {
    const release = await readRelease(folder, `dists/${suite}/Release`);
    if (release !== undefined) return await withInstaller(folder, release, `dists/${suite}/`);
  }
  return undefined;
}

/** The installer of the first architecture that has one; the common ones first. */
async function withInstaller(folder: TreeFolder, release: Release, prefix: string): Promise<LayoutReading> {
  const order = ['amd64', 'arm64', ...release.architectures];
  const archs = [...new Set(order)].filter((arch) => release.architectures.includes(arch)).slice(0, 4);
  for (const arch of archs) {
    const root = `${prefix}main/installer-${arch}/`;
    const files = await findBootFiles(
      folder,
      installerFiles(arch).map(({ kernel, initrd }) => ({ kernel: root + kernel, initrd: `${root}${initrd}` })),
    );
    if (files.kernel !== undefined) return reading(release, arch, files, folder.path);
  }
  const only = release.architectures.filter((arch) => arch !== 'all');
  return reading(release, only.length === 1 ? only[0] : undefined, await onMedium(folder), folder.path);
}

/** Where the network installer of an architecture lies, below `installer-ARCH`. */
function installerFiles(arch: string): readonly BootFiles[] {
  const folders: readonly (readonly [folder: string, kernel: string, initrd: string])[] = [
    [`netboot/debian-installer/${arch}`, 'linux', 'initrd.gz'],
    [`netboot/ubuntu-installer/${arch}`, 'linux', 'initrd.gz'],
    [`netboot/debian-installer/${arch}`, 'vmlinux', 'initrd.gz'],
    ['netboot', 'vmlinuz', 'initrd.gz'],
    ['generic', 'kernel.debian', 'initrd.debian'],
  ];
  const stems = arch === 'amd64' || arch === 'i386' ? ['current/images', 'current/legacy-images'] : ['current/images'];
  return stems.flatMap((stem) =>
    folders.map(([folder, kernel, initrd]) => ({
      kernel: `${stem}/${folder}/${kernel}`,
      initrd: `${stem}/${folder}/${initrd}`,
    })),
  );
}

/** The same files as they are seen from a folder further down. */
function seenFrom(files: readonly BootFiles[], segments: readonly string[]): readonly BootFiles[] {
  const lower = (path: string): string => path.split('/').slice(segments.length).join('/');
  return files
    .filter(({ kernel }) => {
      const parts = kernel.split('/');
      // The first, "current", is a link to a folder named by a date, which a local path shows.
      return (
        segments.every((segment, index) => index === 0 || segment === parts[index]) && parts.length > segments.length
      );
    })
    .map(({ kernel, initrd }) => ({
      kernel: lower(kernel),
      ...(initrd === undefined ? {} : { initrd: lower(initrd) }),
    }));
}

async function readRelease(folder: TreeFolder, file: string): Promise<Release | undefined> {
  const text = await folder.read(file);
  if (text === undefined) return undefined;
  const fields = new Map<string, string>();
  for (const line of text.slice(0, 8192).split('\n')) {
    const match = /^([A-Z][A-Za-z-]{1,40}):\s?(.*)$/.exec(line);
    if (match) fields.set(match[1]!, match[2]!.trim());
  }
  const value = (name: string): string | undefined => fields.get(name) || undefined;
  const [origin, suite, codename, version] = ['Origin', 'Suite', 'Codename', 'Version'].map(value);
  if (suite === undefined && codename === undefined) return undefined;
  return {
    ...(origin === undefined ? {} : { origin }),
    ...(suite === undefined ? {} : { suite }),
    ...(codename === undefined ? {} : { codename }),
    ...(version === undefined ? {} : { version }),
    architectures: (value('Architectures') ?? '').split(/\s+/).filter((word) => /^[a-z0-9-]{2,20}$/.test(word)),
    file,
  };
}

function reading(release: Release, arch: string | undefined, files: Partial<BootFiles>, path: string): LayoutReading {
  const { suite, codename, file } = release;
  const origin = release.origin ?? (/ubuntu/i.test(path) ? 'Ubuntu' : 'Debian');
  // Debian's testing and unstable have no version, and the database calls them by their suite.
  const version = release.version ?? (suite === 'testing' || suite === 'unstable' ? suite : undefined);
  const said = [origin, version, codename].filter((word) => word !== undefined).join(' ');
  const why = `${file.replace(/^(\.\.\/)+/, '…/')} says ${JSON.stringify(said)}`;
  return layoutReading({ distro: distroOf(origin), family: origin, version, codename, arch, files, why });
}

/** Kubuntu, Xubuntu and the other flavours are Ubuntu. */
function distroOf(name: string): string {
  if (/ubuntu/i.test(name)) return 'ubuntu';
  return name
    .split(/[\s/]/)[0]!
    .toLowerCase()
    .replace(/[^a-z0-9]/g, '');
}

const trimSlash = (path: string): string => (path.endsWith('/') ? path.slice(0, -1) : path);
