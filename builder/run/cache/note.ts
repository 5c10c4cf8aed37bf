// SPDX-License-Identifier: Apache-2.0
import { readFileSync, statSync } from 'node:fs';
import type { runClean } from '../../stages/clean.js';
import type { KeptStage } from './keys.js';

/** Most bytes of a note that are read: a list of packages is among it. */
const MAX_NOTE_BYTES = 32 * 1024 * 1024;

export type CleanResult = Awaited<ReturnType<typeof runClean>>;

/** What is written beside a kept tree: what it is of, and what the stages that made it said. */
export interface TreeNote {
  readonly format: 'guestwright/kept-tree/1';
  readonly stage: KeptStage;
  /** For people: whose tree it is. */
  readonly of: { readonly name: string; readonly os: string; readonly arch: string };
  /** Notices of the stages up to this one: a build that takes the tree says them too. */
  readonly notices: readonly string[];
  /** What cleaning found out of the tree; of the last stage only. */
  readonly result?: CleanResult;
}

/** @throws where it is missing or is none of ours */
export function readNote(path: string, stage: KeptStage): TreeNote {
  if (statSync(path).size > MAX_NOTE_BYTES) throw new Error('too long');
  const note = JSON.parse(readFileSync(path, 'utf8')) as TreeNote;
  if (note.format !== 'guestwright/kept-tree/1' || note.stage !== stage || !Array.isArray(note.notices))
    throw new Error('no note of a tree');
  if (stage === 'clean' && !Array.isArray(note.result?.packages)) throw new Error('no list of packages');
  return note;
}
