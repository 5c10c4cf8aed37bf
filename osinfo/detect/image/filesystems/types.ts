// SPDX-License-Identifier: Apache-2.0

/** A file, folder or link of a file system inside an image. Every method throws InputError on damage. */
export interface FileNode {
  readonly kind: 'file' | 'folder' | 'link' | 'other';
  /** Bytes of a file. */
  readonly size: number;
  /** Content of a file: what there is from `offset`, at most `bytes`. */
  read(offset: number, bytes: number): Buffer;
  /** What a folder holds, without `.` and `..`. Names are as the file system has them. */
  entries(): Iterable<FolderEntry>;
  /** Where a link points to. */
  target(): string;
}

export interface FolderEntry {
  readonly name: string;
  open(): FileNode;
}

/** A file system that was recognised and can be read. */
export interface FileSystem {
  readonly type: string;
  readonly label: string;
  readonly uuid: string;
  /** Names are equal whatever their case. */
  readonly caseless: boolean;
  root(): FileNode;
  /** Other trees that may be an installed root, by name: subvolumes of btrfs. */
  subvolumes(): readonly Subvolume[];
}

export interface Subvolume {
  readonly name: string;
  root(): FileNode;
}

/** No folder that tells of an OS has as many. */
export const maxEntries = 100_000;
