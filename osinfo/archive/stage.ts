// SPDX-License-Identifier: Apache-2.0
import {
  chmodSync,
  closeSync,
  constants,
  copyFileSync,
  existsSync,
  futimesSync,
  lchownSync,
  linkSync,
  lstatSync,
  lutimesSync,
  mkdirSync,
  mkdtempSync,
  openSync,
  readdirSync,
  readlinkSync,
  realpathSync,
  rmSync,
  type Stats,
  statSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeSync,
} from 'node:fs';
import { dirname, join, resolve } from 'node:path';
import { makeFolders } from '../doors/folders.js';
import { start } from '../doors/process.js';
import { WorkError } from '../errors.js';
import type { ExistingFile } from './existing.js';
import { stagePrefix, swapFolders } from './swap.js';

const dayMs = 24 * 3600 * 1000;

/**
 * A database in the making, beside the one that it is to replace and on the same file system. Nothing of the old one is
 * touched before `commit`; `discard` takes everything away.
 */
export class Stage {
  private readonly folder: string;
  private readonly made = new Set<string>(['']);
  private readonly written = new Set<string>();
  private readonly old: Stats | undefined;
  private readonly isInside: boolean;
  /**
   * @param target the folder to be replaced, which may be missing; a link is followed
   * @param epoch seconds that every file of the new database carries, by which a later import knows them
   * @throws WorkError where there is no room to make it in
   */
  constructor(
    private readonly target: string,
    private readonly epoch: number,
  ) {
    this.old = statSync(target, { throwIfNoEntry: false });
    const parent = dirname(target);
    const name = stagePrefix(target);
    try {
      makeFolders(parent);
      // The root of a mount has its parent on another file system, from where nothing can be renamed.
      this.isInside = this.old !== undefined && statSync(parent).dev !== this.old.dev;
      if (!this.isInside) {
        removeLeftovers(parent, name);
        try {
          this.folder = mkdtempSync(join(parent, name));
          return;
        } catch (error) {
          if (this.old === undefined) throw error;
          this.isInside = true;
        }
      }
      removeLeftovers(target, name);
      this.folder = mkdtempSync(join(target, name));
    } catch (error) {
      throw new WorkError('import-write', `cannot write to ${target}: ${(error as Error).message}`, { cause: error });
    }
  }

  directory(path: string): void {
    if (this.made.has(path)) return;
    this.directory(parentOf(path));
    mkdirSync(join(this.folder, path));
    this.made.add(path);
  }

  /** @throws WorkError where it cannot be written: no space, above all */
  file(path: string, bytes: Buffer): void {
    this.writing(path, (to) => {
      const handle = openSync(to, 'w');
      try {
        for (let at = 0; at < bytes.length; ) at += writeSync(handle, bytes, at);
        futimesSync(handle, this.epoch, this.epoch);
      } finally {
        closeSync(handle);
      }
    });
    this.written.add(path);
  }

  /**
   * Takes over a file of the old database that the new one has too, with the same content: as a second name of it, which
   * spares writing it and, later, removing it. To be called when nothing can be refused any more, since the time of the
   * file that both share is set.
   */
  reuse(path: string): void {
    this.writing(path, (to) => {
      const from = join(this.target, path);
      // An archive may have had another content for it before.
      if (this.written.has(path)) unlinkSync(to);
      if (!(isLikeNew(lstatSync(from)) && linked(from, to))) copyFileSync(from, to, constants.COPYFILE_EXCL);
      utimesSync(to, this.epoch, this.epoch);
    });
  }

  /** Takes a file of the old database over as it is. */
  keep({ path, kind, mtimeNs }: ExistingFile): void {
    this.writing(path, (to) => {
      const from = join(this.target, path);
      const seconds = Number(mtimeNs) / 1e9;
      if (kind === 'link') {
        symlinkSync(readlinkSync(from), to);
        lutimesSync(to, seconds, seconds);
      } else if (!linked(from, to)) {
        copyFileSync(from, to, constants.COPYFILE_EXCL);
        utimesSync(to, seconds, seconds);
      }
    });
  }

  private writing(path: string, work: (to: string) => void): void {
    try {
      this.directory(parentOf(path));
      work(join(this.folder, path));
    } catch (cause) {
      const why = (cause as Error).message;
      throw new WorkError('import-write', `cannot write ${path} of ${this.target}: ${why}`, { cause });
    }
  }

  /** Brings everything to the disk and puts it in the place of the old database. */
  async commit(): Promise<void> {
    this.likeTheOld();
    utimesSync(this.folder, this.epoch, this.epoch);
    await flush(this.folder);
    await swapFolders({ folder: this.folder, isInside: this.isInside }, this.target);
  }

  discard(): void {
    rmSync(this.folder, { recursive: true, force: true });
  }

  /** Mode of the folder as it was, or as a new folder gets it; and, for root, the owner, so that it can go on writing. */
  private likeTheOld(): void {
    const mode = this.old === undefined ? 0o777 & ~process.umask() : this.old.mode & 0o7777;
    chmodSync(this.folder, mode);
    if (this.old === undefined || process.getuid?.() !== 0 || (this.old.uid === 0 && this.old.gid === 0)) return;
    for (const path of ['', ...readdirSync(this.folder, { recursive: true, encoding: 'utf8' })]) {
      lchownSync(join(this.folder, path), this.old.uid, this.old.gid);
    }
  }
}

/** The folder that a target means: links to it are followed, so that the link stays one. */
export function realTarget(target: string): string {
  return existsSync(target) ? realpathSync(target) : resolve(target);
}

/** Owner and mode are those that a new file would have. */
function isLikeNew(stats: Stats): boolean {
  return stats.isFile() && stats.uid === process.geteuid?.() && (stats.mode & 0o7777) === (0o666 & ~process.umask());
}

/** False where the file system has no second names. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch {
    return false;
  }
}

function parentOf(path: string): string {
  return path.includes('/') ? path.slice(0, path.lastIndexOf('/')) : '';
}

/** What imports have left that were killed a day ago or more; a younger one may be at work. */
function removeLeftovers(folder: string, prefix: string): void {
  for (const name of readdirSync(folder)) {
    if (!name.startsWith(prefix)) continue;
    const path = join(folder, name);
    const stats = statSync(path, { throwIfNoEntry: false });
    if (stats?.isDirectory() && Date.now() - stats.ctimeMs > dayMs) rmSync(path, { recursive: true, force: true });
  }
}

/** One call for the whole file system instead of one for each of a thousand files: after a power cut a renamed folder must not be full of empty files. */
async function flush(folder: string): Promise<void> {
  const sync = await start(['sync', '--file-system', folder], { onLine: () => undefined });
  if ((await sync.ended) !== 0)
    throw new WorkError('import-write', `the new database could not be brought to the disk of ${folder}`);
}
