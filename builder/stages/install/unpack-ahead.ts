// SPDX-License-Identifier: Apache-2.0
import {
  lstatSync,
  readdirSync,
  readFileSync,
  realpathSync,
  renameSync,
  rmSync,
  statfsSync,
  symlinkSync,
} from 'node:fs';
import { join } from 'node:path';
import { setTimeout as pause } from 'node:timers/promises';
import type { StageContext } from '../../run/context.js';
import { availableMemoryBytes, isInMemory } from '../../run/memory.js';
import { APT_ARCHIVES } from './prefetch.js';
import { mostUnpackedBytes, writeUnpacked } from './unpacked-deb.js';

/** Where the unpacked packages lie, below the same folder: links from one to the other hold inside and outside of the tree. */
const AHEAD = 'var/cache/guestwright';
/** The packages that are installed next, a name a line: nobody looks at their length or their sum again. */
const NEXT = 'next';
/** Smaller packages are unpacked before a program could be started for them. */
const WORTH_BYTES = 100 * 1024;
/** What is left for the packages themselves. */
const MEMORY_FOR_INSTALL = 3 * 1024 ** 3;
const EVERY_MS = 100;

/** apt(1) says with a line of each package's path, before dpkg is started, what it is given. */
const HOOK = `cd /${AHEAD} || exit 0
while read -r path; do
  name=\${path##*/}
  echo "$name" >>${NEXT}
  [ ! -f "$name" ] || ln -sf "../../guestwright/$name" "/${APT_ARCHIVES}/$name"
done
exit 0
`;

export interface UnpackingAhead {
  /** What mmdebstrap is told for it. */
  readonly words: readonly string[];
  /** What apt has fetched by now is not looked at by apt again: it may be replaced. */
  free(): void;
  /** Ends it, and takes away what it wrote. Never rejects. */
  end(): Promise<void>;
}

/**
 * Unpacks the files of packages that are fetched but not yet installed, beside an installation, which keeps one processor
 * busy. dpkg gets those packages that are ready, and the others as they came. Only in a tree that lies in memory, as long
 * as there is room.
 * @param file writes a text into a file of the build's own, and says where
 */
export function unpackAhead(
  context: Pick<StageContext, 'tree' | 'tool'>,
  file: (name: string, text: string) => string,
): UnpackingAhead {
  const { tree } = context;
  if (!isInMemory(tree)) return { words: [], free: () => {}, end: async () => {} };
  const seen = new Set<string>();
  const ready = new Set<string>();
  const freed = new Set<string>();
  let ended = false;
  const place = (name: string): void => {
    const path = join(tree, APT_ARCHIVES, name);
    const link = join(tree, AHEAD, `${name}.link`);
    try {
      if (!lstatSync(path).isFile()) return;
      symlinkSync(`../../guestwright/${name}`, link);
      renameSync(link, path);
    } catch {
      // It stays as it came, or is installed already.
    }
  };
  const step = async (): Promise<boolean> => {
    if (!isInside(tree, APT_ARCHIVES) || !isInside(tree, AHEAD)) return false;
    const name = largest(join(tree, APT_ARCHIVES), seen);
    if (name === undefined) return false;
    seen.add(name);
    const from = join(tree, APT_ARCHIVES, name);
    if (mostUnpackedBytes(from) + MEMORY_FOR_INSTALL > roomIn(tree)) return true;
    const part = join(tree, AHEAD, `${name}.part`);
    if (!(await writeUnpacked(context, from, part))) return true;
    renameSync(part, join(tree, AHEAD, name));
    ready.add(name);
    // After it lies there: the hook either finds it, or had named it before.
    if (freed.has(name) || namedNext(tree).has(name)) place(name);
    return true;
  };
  const loop = async (): Promise<void> => {
    // A package that cannot be unpacked here is dpkg's to complain of.
    while (!ended) if (!(await step().catch(() => true))) await pause(EVERY_MS);
  };
  const done = loop();
  return {
    words: [
      `--setup-hook=mkdir -p "$1/${AHEAD}"`,
      `--setup-hook=upload ${file('unpack-ahead', HOOK)} /${AHEAD}/hook`,
      // mmdebstrap lets apt list the essential packages by such a hook outside of the tree, where there is none of ours.
      `--aptopt=DPkg::Pre-Install-Pkgs:: "[ ! -f /${AHEAD}/hook ] || sh /${AHEAD}/hook"`,
    ],
    free: () => {
      if (!isInside(tree, APT_ARCHIVES)) return;
      for (const name of packages(join(tree, APT_ARCHIVES))) {
        freed.add(name);
        if (ready.has(name)) place(name);
      }
    },
    end: async () => {
      ended = true;
      await done;
      if (isInside(tree, AHEAD)) rmSync(join(tree, AHEAD), { recursive: true, force: true });
    },
  };
}

/** A `%pre-install` may have made any folder of the tree a link, which could lead into this machine. */
function isInside(tree: string, path: string): boolean {
  try {
    return realpathSync(join(tree, path)) === join(realpathSync(tree), path);
  } catch {
    return false;
  }
}

function packages(folder: string): string[] {
  return readdirSync(folder).filter((name) => name.endsWith('.deb'));
}

function largest(folder: string, seen: ReadonlySet<string>): string | undefined {
  const sized = packages(folder)
    .filter((name) => !seen.has(name))
    .map((name) => ({ name, stat: lstatSync(join(folder, name), { throwIfNoEntry: false }) }))
    .flatMap(({ name, stat }) => (stat?.isFile() && stat.size >= WORTH_BYTES ? [{ name, bytes: stat.size }] : []));
  return sized.sort((a, b) => b.bytes - a.bytes)[0]?.name;
}

function namedNext(tree: string): Set<string> {
  const path = join(tree, AHEAD, NEXT);
  return new Set(lstatSync(path, { throwIfNoEntry: false })?.isFile() ? readFileSync(path, 'utf8').split('\n') : []);
}

/** Bytes that can be written there without taking memory that others need. */
function roomIn(folder: string): number {
  const { bavail, bsize } = statfsSync(folder);
  return Math.min(bavail * bsize, availableMemoryBytes());
}
