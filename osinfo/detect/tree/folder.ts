// SPDX-License-Identifier: Apache-2.0
import { constants } from 'node:fs';
import { open, readdir, realpath, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { fetchBytes } from '../../doors/http.js';
import { InputError, WorkError } from '../../errors.js';

/** A tree as it is looked at: small files, and whether others are there. Nothing is read twice. */
export interface TreeFolder {
  /** As it was given. */
  readonly location: string;
  /** Its path or address, where a name of a release or an architecture may stand; a link's target. */
  readonly path: string;
  /** A small file's text; undefined where there is none. `../` may lead up to the release that the tree belongs to. */
  read(path: string): Promise<string | undefined>;
  has(path: string): Promise<boolean>;
  /** Names in a folder, sorted, links left out; none where the tree is remote, for an address cannot be listed. */
  list(path: string): Promise<readonly string[]>;
}

/** The most that is read of any file of a tree. */
const mostBytes = 1024 * 1024;
const timeoutMs = 20_000;

/**
 * Opens a tree: a folder by its path or `file://`, or an http or https address. Nothing is read yet but where it is.
 * @throws InputError for a folder that is not there, or an address of another kind
 */
export async function openFolder(location: string): Promise<TreeFolder> {
  if (/^https?:/i.test(location)) return remote(location);
  if (/^[a-z][a-z0-9+.-]*:\/\//i.test(location) && !/^file:/i.test(location)) {
    throw new InputError('tree-location', `${location}: a tree is a folder, or a file, http or https address`);
  }
  return await local(location);
}

async function local(location: string): Promise<TreeFolder> {
  const given = /^file:/i.test(location) ? pathOf(location) : resolve(location);
  let root: string;
  try {
    root = await realpath(given);
    if (!(await stat(root)).isDirectory()) throw new InputError('tree-location', `${location}: is not a folder`);
  } catch (error) {
    if (error instanceof InputError) throw error;
    throw new InputError('tree-location', `${location}: ${faultOf(error)}`, undefined, { cause: error });
  }
  return remembering({
    location,
    path: root,
    read: async (path) => await readLocal(join(root, path)),
    has: async (path) => {
      try {
        return (await stat(join(root, path))).isFile();
      } catch {
        return false;
      }
    },
    list: async (path) => {
      try {
        const entries = await readdir(join(root, path), { withFileTypes: true });
        return entries
          .filter((entry) => !entry.isSymbolicLink())
          .map((entry) => entry.name)
          .sort();
      } catch {
        return [];
      }
    },
  });
}

function pathOf(address: string): string {
  try {
    return fileURLToPath(address);
  } catch (error) {
    throw new InputError('tree-location', `${address}: ${(error as Error).message}`, undefined, { cause: error });
  }
}

/** A regular file's text, at most `mostBytes` of it. A pipe must not make us wait, nor a device feed us. */
async function readLocal(path: string): Promise<string | undefined> {
  let file: Awaited<ReturnType<typeof open>>;
  try {
    file = await open(path, constants.O_RDONLY | constants.O_NONBLOCK);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    if (code === 'ENOENT' || code === 'ENOTDIR' || code === 'ELOOP' || code === 'ENXIO') return undefined;
    throw new WorkError('tree-unreadable', `${path}: ${faultOf(error)}`, { cause: error });
  }
  try {
    const info = await file.stat();
    if (!info.isFile()) return undefined;
    if (info.size > mostBytes) throw tooLarge(path);
    // Files of /proc and the like have no size of their own.
    const buffer = Buffer.alloc(Math.min(mostBytes, Math.max(info.size, 65_536)));
    let length = 0;
    for (;;) {
      const { bytesRead } = await file.read(buffer, length, buffer.length - length, length);
      length += bytesRead;
      if (bytesRead === 0 || length === buffer.length) break;
    }
    return buffer.toString('utf8', 0, length);
  } finally {
    await file.close();
  }
}

function tooLarge(path: string): InputError {
  return new InputError('tree-file-too-large', `${path}: is larger than ${mostBytes} bytes; no tree has such a file`);
}

function remote(location: string): TreeFolder {
  if (!URL.canParse(location)) throw new InputError('tree-location', `${location}: is no address`);
  const base = new URL(location);
  base.hash = '';
  base.search = '';
  if (!base.pathname.endsWith('/')) base.pathname += '/';
  const address = (path: string): string =>
    new URL(path.split('/').map(encodeURIComponent).join('/').replace(/^/, './'), base).href;
  const fetch = async (path: string, maxBytes: number): Promise<Buffer | undefined> => {
    try {
      return await fetchBytes(address(path), { maxBytes, timeoutMs });
    } catch (error) {
      if (isMissing(error)) return undefined;
      throw error;
    }
  };
  const answers = async (path: string): Promise<boolean> => {
    try {
      // The first byte tells it; the rest of a kernel is not waited for.
      return (await fetch(path, 0)) !== undefined;
    } catch (error) {
      if ((error as { code?: unknown }).code === 'http-too-large') return true;
      throw error;
    }
  };
  // Some servers have a page for whatever is asked: then nothing is known to be there.
  let honest: Promise<boolean> | undefined;
  const isHonest = (): Promise<boolean> => {
    honest ??= answers('guestwright-asks-for-what-is-not-there').then((there) => !there);
    return honest;
  };
  return remembering({
    location,
    path: decoded(base.pathname),
    read: async (path) => {
      const bytes = await fetch(path, mostBytes);
      return bytes === undefined || isPage(bytes) ? undefined : bytes.toString('utf8');
    },
    has: async (path) => (await answers(path)) && (await isHonest()),
    list: async () => [],
  });
}

/** The page with which some servers say, with 200, that there is nothing. */
function isPage(bytes: Buffer): boolean {
  return /^\s*<(!doctype|html)/i.test(bytes.toString('latin1', 0, 100));
}

/** A server that says that there is no such file, or that it is not to be seen; others may be. */
function isMissing(error: unknown): boolean {
  if (!(error instanceof WorkError)) return false;
  const status = (error.cause as { response?: { statusCode?: number } } | undefined)?.response?.statusCode;
  return error.code === 'http-not-found' || status === 403 || status === 410;
}

function decoded(path: string): string {
  try {
    return decodeURIComponent(path);
  } catch {
    return path;
  }
}

/** Layouts ask for some of the same files. */
function remembering(folder: TreeFolder): TreeFolder {
  const texts = new Map<string, Promise<string | undefined>>();
  const seen = new Map<string, Promise<boolean>>();
  const once = <T>(known: Map<string, Promise<T>>, path: string, ask: () => Promise<T>): Promise<T> => {
    let answer = known.get(path);
    if (answer === undefined) {
      answer = ask();
      known.set(path, answer);
    }
    return answer;
  };
  return {
    location: folder.location,
    path: folder.path,
    read: (path) => once(texts, path, () => folder.read(path)),
    has: (path) => once(seen, path, () => folder.has(path)),
    list: (path) => folder.list(path),
  };
}

function faultOf(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code === 'ENOENT' ? 'there is no such folder' : code === 'EACCES' ? 'it may not be read' : message;
}
