// SPDX-License-Identifier: Apache-2.0
import { beginsWithPercent, splitLines } from './lines.js';

interface Frame<State> {
  readonly file: string;
  readonly lines: readonly string[];
  next: number;
  readonly state: State;
}

/** Reads lines one after the other, a file that is included in the place of its `%include`. */
export class Source<State> {
  private readonly frames: Frame<State>[] = [];
  private top: Frame<State> | undefined;
  /** Called when a file is at its end and still the current one. */
  onLeave: () => void = () => {};

  enter(file: string, text: string, state: State): void {
    this.top = { file, lines: splitLines(text), next: 0, state };
    this.frames.push(this.top);
  }

  /** The file of the line read last. */
  get file(): string {
    return this.top?.file ?? '';
  }

  /** The number of the line read last, from 1. */
  get line(): number {
    return Math.max(this.top?.next ?? 1, 1);
  }

  /** How deep the current file is included: 0 for the main one. */
  get depth(): number {
    return this.frames.length - 1;
  }

  /** What was given to `enter` for the current file. */
  get state(): State | undefined {
    return this.top?.state;
  }

  /** The files that are open, the main one first. */
  files(): string[] {
    return this.frames.map((frame) => frame.file);
  }

  /**
   * Give the next lines of the current file to `take`, up to one that begins with a percent word. A body of many
   * thousand lines goes this way, so nothing else happens for a line.
   */
  takePlain(take: (text: string, line: number) => void): void {
    const top = this.top;
    if (!top) return;
    for (; top.next < top.lines.length; top.next++) {
      const text = top.lines[top.next]!;
      if (beginsWithPercent(text)) return;
      take(text, top.next + 1);
    }
  }

  /** The next line with its line end; undefined at the end of the main file. */
  next(): string | undefined {
    while (this.top) {
      const text = this.top.lines[this.top.next];
      if (text !== undefined) {
        this.top.next++;
        return text;
      }
      this.onLeave();
      this.frames.pop();
      this.top = this.frames.at(-1);
    }
    return undefined;
  }
}
