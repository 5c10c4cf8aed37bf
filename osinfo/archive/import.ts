// SPDX-License-Identifier: Apache-2.0
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { kinds } from '../load/records.js';
import { checkScripts } from '../script/template.js';
import { type FastXml, loadFastXml } from '../validate/libxml.js';
import { compareChecksum } from './checksum.js';
import { ArchiveError, shownName } from './errors.js';
import { cameWithDatabase, checkKept, type Existing, type ExistingFile, readExisting } from './existing.js';
import { type ArchiveLimits, archiveLimits } from './limits.js';
import { type ArchiveMember, readArchive } from './read.js';
import { type ArchiveSource, hashed } from './source.js';
import { realTarget, Stage } from './stage.js';
import { putBack } from './swap.js';

export interface ImportOptions {
  readonly source: ArchiveSource;
  /** The folder of the database. It may be missing. */
  readonly target: string;
  /** The SHA-256 that the archive must have, in lower case. */
  readonly sha256?: string;
  /** Only look: nothing is written. */
  readonly dryRun?: boolean;
  /** Called for each member once it has been checked. */
  readonly onMember?: (member: ArchiveMember) => void;
  readonly limits?: ArchiveLimits;
  readonly signal?: AbortSignal;
}

/** What an import did, or would do. Paths are inside the database, sorted. */
export interface ImportReport {
  readonly target: string;
  readonly before: string | undefined;
  readonly after: string | undefined;
  readonly added: readonly string[];
  /** Files that are in both, with another content. */
  readonly replaced: readonly string[];
  readonly removed: readonly string[];
  /** Files that came with no database and stay. */
  readonly kept: readonly string[];
}

/**
 * Replaces a database by the one in an archive, all or nothing: the archive is unpacked beside the target, every member
 * checked, every XML file read, the checksum compared, the whole brought to the disk, and only then the two folders
 * change places. Whatever goes wrong before leaves the old database as it was. Files that came with the old database and
 * are not in the new one go; what somebody else put there stays (`cameWithDatabase`).
 * @throws ArchiveError naming the member that is refused
 * @throws XmlError naming member and line of a file that no loader reads
 * @throws InputError naming member and line of an install script whose template could read or write files
 * @throws WorkError where the target cannot be written
 */
export async function importDatabase(options: ImportOptions): Promise<ImportReport> {
  const target = realTarget(options.target);
  if (!options.dryRun) putBack(target);
  const existing = readExisting(target);
  const source = hashed(options.source);
  const contents = new Contents(target, existing);
  // Written in whole seconds: by this a later import knows what came with this one.
  const stage = options.dryRun ? undefined : new Stage(target, Math.floor(Date.now() / 1000));
  try {
    for await (const member of readArchive(source, options.limits ?? archiveLimits)) {
      options.signal?.throwIfAborted();
      contents.check(member);
      await contents.checkXml(member);
      const isSame = contents.add(member);
      if (member.kind === 'file' && !isSame) stage?.file(member.path, member.bytes);
      options.onMember?.(member);
    }
    contents.checkWhole(source.name);
    if (options.sha256 !== undefined) compareChecksum(source.name, options.sha256, source.sha256());
    // Only now, so that an archive of nothing but folders costs nothing before it is refused.
    for (const path of contents.directories()) stage?.directory(path);
    const kept = contents.kept();
    checkKept(target, kept);
    for (const file of kept) stage?.keep(file);
    options.signal?.throwIfAborted();
    for (const path of contents.unchanged()) stage?.reuse(path);
    await stage?.commit();
    return contents.report(kept);
  } finally {
    stage?.discard();
  }
}

/** What the archive holds, as far as it has been read, beside what is there. */
class Contents {
  private readonly kinds = new Map<string, 'file' | 'directory'>();
  private readonly same = new Set<string>();
  private readonly old: ReadonlyMap<string, ExistingFile>;
  private engine: FastXml | undefined;
  private version: string | undefined;
  constructor(
    private readonly target: string,
    private readonly existing: Existing | undefined,
  ) {
    this.old = new Map((existing?.files ?? []).map((file) => [file.path, file]));
  }

  /** Members that cannot stand together, or that would have to go through a link of the target. */
  check({ name, path, kind }: ArchiveMember): void {
    const refuse = (why: string): never => {
      throw new ArchiveError('archive-member', `${shownName(name)}: ${why}`, name);
    };
    const parts = path === '' ? [] : path.split('/');
    const folders = parts.map((_, index) => parts.slice(0, index + 1).join('/'));
    if (kind === 'file') folders.pop();
    for (const folder of folders) {
      if (this.kinds.get(folder) === 'file') refuse('the archive has a file in the place of this folder');
      if (this.existing?.links.has(folder)) refuse(`${join(this.target, folder)} is a link; remove it first`);
    }
    if (kind === 'file' && this.kinds.get(path) === 'directory')
      refuse('the archive has a folder in the place of this file');
  }

  /**
   * C's loader stops at the first file that is no XML, or no database; such a database is not put in place. Nor is one with
   * an install script that no libosinfo tool should be given.
   */
  async checkXml({ name, path, kind, bytes }: ArchiveMember): Promise<void> {
    if (kind !== 'file' || !path.endsWith('.xml') || bytes.length === 0) return;
    this.engine ??= await loadFastXml();
    const root = this.engine.rootOf(bytes, shownName(name));
    if (root === 'libosinfo' && bytes.includes('<install-script')) checkScripts(bytes, shownName(name));
    if (root === 'libosinfo' || path.startsWith('schema/')) return;
    throw new ArchiveError(
      'archive-content',
      `${shownName(name)}: the root element is <${root}>, not <libosinfo>`,
      name,
    );
  }

  /** @returns whether it is a file that is there already, with the same content, and is taken over */
  add({ path, kind, bytes }: ArchiveMember): boolean {
    for (let at = path.indexOf('/'); at > 0; at = path.indexOf('/', at + 1))
      this.kinds.set(path.slice(0, at), 'directory');
    this.kinds.set(path, kind);
    if (kind === 'directory') return false;
    if (path === 'VERSION') this.version = bytes.toString('utf8', 0, 200).split('\n')[0]!.trim() || undefined;
    const isSame = this.old.get(path)?.kind === 'file' && holds(join(this.target, path), bytes);
    if (isSame) this.same.add(path);
    else this.same.delete(path);
    // VERSION is always written anew: by its time the files of a database are known.
    return isSame && path !== 'VERSION';
  }

  /** Files that are taken over as they are. */
  unchanged(): readonly string[] {
    return [...this.same].filter((path) => path !== 'VERSION');
  }

  /** An archive of something else must not take the place of a database. */
  checkWhole(what: string): void {
    const isData = (path: string): boolean =>
      path.endsWith('.xml') && kinds.some((kind) => path.startsWith(`${kind}/`));
    if ([...this.kinds].some(([path, kind]) => kind === 'file' && isData(path))) return;
    throw new ArchiveError(
      'archive-content',
      `${what}: it holds no database: none of ${kinds.join('/, ')}/ is in its first folder`,
    );
  }

  directories(): readonly string[] {
    return [...this.kinds].filter(([, kind]) => kind === 'directory').map(([path]) => path);
  }

  kept(): readonly ExistingFile[] {
    const { existing } = this;
    if (existing === undefined) return [];
    return existing.files.filter((file) => {
      if (this.kinds.has(file.path) || cameWithDatabase(file, existing)) return false;
      // A file of the archive can stand where a folder was.
      const parts = file.path.split('/');
      return !parts.some((_, index) => this.kinds.get(parts.slice(0, index).join('/')) === 'file');
    });
  }

  report(kept: readonly ExistingFile[]): ImportReport {
    const files = [...this.kinds]
      .filter(([, kind]) => kind === 'file')
      .map(([path]) => path)
      .sort();
    const staying = new Set(kept.map(({ path }) => path));
    return {
      target: this.target,
      before: this.existing?.version,
      after: this.version,
      added: files.filter((path) => !this.old.has(path)),
      replaced: files.filter((path) => this.old.has(path) && !this.same.has(path)),
      removed: [...this.old.keys()].filter((path) => !this.kinds.has(path) && !staying.has(path)),
      kept: [...staying],
    };
  }
}

function holds(file: string, bytes: Buffer): boolean {
  try {
    return readFileSync(file).equals(bytes);
  } catch {
    // What cannot be read is replaced all the same.
    return false;
  }
}
