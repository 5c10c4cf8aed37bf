// SPDX-License-Identifier: Apache-2.0
import type { Issues } from './issues.js';
import type { Addon, At, Certificate, CommandLine, Script } from './model.js';
import type { SectionSpec } from './sections.js';

/** A section that has begun: its header read, its lines collected. */
export interface OpenSection {
  /** Undefined for a section that is not in the language: its lines are passed over. */
  readonly spec: SectionSpec | undefined;
  /** `%post`, as it stands. */
  readonly word: string;
  readonly at: At;
  /** How deep the file is included that it stands in. */
  readonly depth: number;
  readonly options: CommandLine['options'];
  /** The words after the first, for sections whose words are not read. */
  readonly words: readonly string[];
  readonly body: string[];
}

/** What the closed sections come to. */
export class Bodies {
  readonly scripts: Script[] = [];
  readonly certificates: Certificate[] = [];
  readonly addons: Addon[] = [];
  readonly anaconda: Addon[] = [];
  /** Blank bodies make no script, and their lines come before the next script of that kind, as in the reference. */
  private readonly blank = new Map<string, string>();

  constructor(private readonly issues: Issues) {}

  close({ spec, at, options, words, body }: OpenSection): void {
    const text = body.join('');
    switch (spec?.kind) {
      case 'script':
        this.closeScript(spec.name, at, options, text);
        return;
      case 'certificate':
        if (text.trim() === '')
          this.issues.error('empty-certificate', at, '%certificate holds no certificate: add its lines');
        this.certificates.push({
          at,
          filename: textOf(options.filename) ?? '',
          dir: textOf(options.dir),
          type: textOf(options.type),
          body: text.trim(),
        });
        return;
      case 'verbatim': {
        const [name, ...args] = words;
        (spec.name === '%addon' ? this.addons : this.anaconda).push({ name: name ?? '', args, at, body: text });
        return;
      }
      default:
    }
  }

  private closeScript(name: string, at: At, options: CommandLine['options'], text: string): void {
    const body = (this.blank.get(name) ?? '') + text;
    if (body.trim() === '') {
      this.blank.set(name, body);
      return;
    }
    this.blank.delete(name);
    this.scripts.push({
      type: name.slice(1) as Script['type'],
      at,
      interpreter: textOf(options.interpreter) ?? '/bin/sh',
      chroot: name === '%post' && options.nochroot !== true,
      errorOnFail: options.erroronfail === true,
      log: textOf(options.log),
      body,
    });
  }
}

function textOf(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}
