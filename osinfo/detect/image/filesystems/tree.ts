// SPDX-License-Identifier: Apache-2.0
import { damaged } from '../bytes.js';
import type { FileNode, FolderEntry } from './types.js';
import { maxEntries } from './types.js';

/** Linux follows as many. */
const maxLinks = 40;
const maxParts = 256;
const maxPathBytes = 4096;

/**
 * Paths in an installed system. Links are followed inside of it only: `..` ends at its root and absolute targets begin
 * there, as after chroot.
 */
export class Tree {
  readonly #root: FileNode;
  readonly #caseless: boolean;
  readonly #folders = new WeakMap<FileNode, Map<string, FolderEntry>>();
  readonly #nodes = new WeakMap<FolderEntry, FileNode>();

  constructor(root: FileNode, caseless: boolean) {
    this.#root = root;
    this.#caseless = caseless;
  }

  /** The node at a path with links followed; undefined where there is none. @throws InputError on damage and link loops */
  find(path: string): FileNode | undefined {
    const stack: FileNode[] = [];
    let current = this.#root;
    let links = 0;
    let parts = partsOf(path);
    while (parts.length > 0) {
      if (parts.length > maxParts) throw damaged('a path with too many parts');
      const name = parts.shift()!;
      if (name === '..') {
        current = stack.pop() ?? this.#root;
        continue;
      }
      if (current.kind !== 'folder') return undefined;
      const entry = this.#entriesOf(current).get(this.#key(name));
      if (!entry) return undefined;
      const node = this.#open(entry);
      if (node.kind !== 'link') {
        stack.push(current);
        current = node;
        continue;
      }
      if (++links > maxLinks) throw damaged(`more than ${maxLinks} symbolic links on the way to ${path}`);
      const target = node.target();
      if (target.length > maxPathBytes) throw damaged('the target of a symbolic link is too long');
      if (target.startsWith('/')) {
        stack.length = 0;
        current = this.#root;
      }
      parts = [...partsOf(target), ...parts];
    }
    return current;
  }

  isFile(path: string): boolean {
    return this.find(path)?.kind === 'file';
  }

  isFolder(path: string): boolean {
    return this.find(path)?.kind === 'folder';
  }

  /** Whether there is anything with this name, also a link that leads nowhere (to another volume). */
  hasEntry(folder: string, name: string): boolean {
    const node = this.find(folder);
    return node?.kind === 'folder' && this.#entriesOf(node).has(this.#key(name));
  }

  /** The first bytes of a file; undefined where there is none. */
  readHead(path: string, bytes: number): Buffer | undefined {
    const node = this.find(path);
    return node?.kind === 'file' ? node.read(0, Math.min(bytes, node.size)) : undefined;
  }

  /** The text of a file, at most so many bytes of it; undefined where there is none. */
  readText(path: string, mostBytes = 64 * 1024): string | undefined {
    return this.readHead(path, mostBytes)?.toString('utf8');
  }

  /** Names in a folder, sorted; none where there is no such folder. */
  list(path: string): string[] {
    const node = this.find(path);
    if (node?.kind !== 'folder') return [];
    return [...this.#entriesOf(node).values()].map((entry) => entry.name).sort();
  }

  #key(name: string): string {
    return this.#caseless ? name.toLowerCase() : name;
  }

  #open(entry: FolderEntry): FileNode {
    const known = this.#nodes.get(entry);
    if (known) return known;
    const node = entry.open();
    this.#nodes.set(entry, node);
    return node;
  }

  #entriesOf(folder: FileNode): Map<string, FolderEntry> {
    const known = this.#folders.get(folder);
    if (known) return known;
    const entries = new Map<string, FolderEntry>();
    let count = 0;
    for (const entry of folder.entries()) {
      if (++count > maxEntries) throw damaged(`a folder with more than ${maxEntries} entries`);
      const key = this.#key(entry.name);
      if (!entries.has(key)) entries.set(key, entry);
    }
    this.#folders.set(folder, entries);
    return entries;
  }
}

function partsOf(path: string): string[] {
  return path.split('/').filter((name) => name !== '' && name !== '.');
}
