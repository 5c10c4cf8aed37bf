// SPDX-License-Identifier: Apache-2.0

/** Something with bytes at places: a file, a block device, what an address has. */
export interface ByteSource {
  /** As it was given, for messages. */
  readonly name: string;
  readonly kind: 'file' | 'device' | 'http';
  /** Length in bytes, where it is known. */
  size(): number | undefined;
  /**
   * The bytes from `offset`, `length` of them; fewer, or none, at the end.
   * @throws SourceError, HttpError
   */
  read(offset: number, length: number): Promise<Uint8Array>;
  close(): Promise<void>;
}

export interface SourceOptions {
  /** Milliseconds that one answer over the network may take. Default 60 s. */
  readonly timeoutMs?: number;
}
