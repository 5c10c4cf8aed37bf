// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { arch } from 'node:os';
import { join } from 'node:path';
import { run } from '../../osinfo/doors/process.js';
import { parseDeb822Sources, parseSourcesList } from './apt-sources.js';
import type { AptSource, HostFacts } from './types.js';

/** Node's names of architectures, and the database's. */
const ARCH: Readonly<Record<string, string>> = {
  x64: 'x86_64',
  arm64: 'aarch64',
  ia32: 'i686',
  arm: 'armv7l',
  ppc64: 'ppc64le',
  s390x: 's390x',
  riscv64: 'riscv64',
  loong64: 'loongarch64',
};

/** apt settings of the host that decide whether its mirror can be read at all. */
const CARRIED =
  /^(Acquire::(?:Check-Valid-Until|Check-Date|https?::Proxy(?:::[^ ]*)?|https::(?:CaInfo|CaPath|Verify-Peer|Verify-Host)|Retries)) (".*");$/;

/** The database's name of the architecture that this program runs on. */
export function machineArch(): string {
  return ARCH[arch()] ?? arch();
}

/** What the planner wants to know about this machine. Reads files and asks `apt-config`; a host without apt has no sources. */
export async function readHostFacts(): Promise<HostFacts> {
  const release = readOsRelease();
  return {
    distro: release.get('ID'),
    codename: release.get('VERSION_CODENAME'),
    arch: machineArch(),
    aptSources: readAptSources('/etc/apt'),
    aptOptions: await readAptOptions(),
    keyrings: listFiles('/usr/share/keyrings', /\.(gpg|pgp|asc)$/),
  };
}

function readOsRelease(): Map<string, string> {
  const values = new Map<string, string>();
  const file = ['/etc/os-release', '/usr/lib/os-release'].find((path) => existsSync(path));
  if (file === undefined) return values;
  for (const line of readFileSync(file, 'utf8').split('\n')) {
    const match = /^([A-Z_]+)=(?:"([^"]*)"|'([^']*)'|(.*))$/.exec(line);
    if (match) values.set(match[1]!, match[2] ?? match[3] ?? match[4] ?? '');
  }
  return values;
}

function readAptSources(folder: string): AptSource[] {
  const lists = [join(folder, 'sources.list'), ...listFiles(join(folder, 'sources.list.d'), /\.(list|sources)$/)];
  return lists.flatMap((file) => {
    if (!existsSync(file)) return [];
    const text = readFileSync(file, 'utf8');
    return file.endsWith('.sources') ? parseDeb822Sources(text) : parseSourcesList(text);
  });
}

function listFiles(folder: string, name: RegExp): string[] {
  try {
    return readdirSync(folder)
      .filter((file) => name.test(file))
      .sort()
      .map((file) => join(folder, file));
  } catch {
    return [];
  }
}

async function readAptOptions(): Promise<string[]> {
  if (!existsSync('/usr/bin/apt-config')) return [];
  const { stdout } = await run(['apt-config', 'dump'], { timeoutMs: 20_000 });
  const options: string[] = [];
  for (const line of stdout.split('\n')) {
    const match = CARRIED.exec(line);
    if (match && match[2] !== '""') options.push(`${match[1]} ${match[2]}`);
  }
  return options;
}
