// SPDX-License-Identifier: Apache-2.0
import { splitLines } from './lines.js';

export interface SourceLine {
  readonly text: string;
  readonly file: string;
  readonly number: number;
  /** 0 for the main file. */
  readonly depth: number;
}

interface Frame<State> {
  readonly file: string;
  readonly lines: readonly string[];
  next: number;
  readonly depth: number;
  readonly state: State;
}

/** Reads lines one after the other, a file that is included in the place of its `%include`. */
export class Source<State> {
  private readonly frames: Frame<State>[] = [];
  /** Called when a file is at its end, with its last line number and what was given to `enter`. */
  onLeave: (file: string, lastLine: number, depth: number, state: State) => void = () => {};

  enter(file: string, text: string, state: State): void {
    this.frames.push({ file, lines: splitLines(text), next: 0, depth: this.frames.length, state });
  }

  get depth(): number {
    return this.frames.length - 1;
  }

  /** The files that are open, the main one first. */
  files(): string[] {
    return this.frames.map((frame) => frame.file);
  }

  /** The state of the file that is being read. */
  get current(): State | undefined {
    return this.frames.at(-1)?.state;
  }

  next(): SourceLine | undefined {
    for (;;) {
      const frame = this.frames.at(-1);
      if (!frame) return undefined;
      const text = frame.lines[frame.next];
      if (text !== undefined) {
        frame.next++;
        return { text, file: frame.file, number: frame.next, depth: frame.depth };
      }
      this.onLeave(frame.file, frame.lines.length, frame.depth, frame.state);
      this.frames.pop();
    }
  }
}
