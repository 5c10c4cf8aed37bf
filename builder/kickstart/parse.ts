// SPDX-License-Identifier: Apache-2.0
import { InputError, nearest } from '../../osinfo/errors.js';
import { Bodies, type OpenSection } from './bodies.js';
import { buildFields } from './build/index.js';
import { type ConflictState, checkLine, checkRepeats } from './check.js';
import { readCommand } from './command.js';
import { recogniseDialect, recogniseSection } from './dialects.js';
import { type Found, findInclude, type IncludeRules, MOST_DEPTH, MOST_INCLUDED, MOST_INCLUDES } from './include.js';
import { Issues } from './issues.js';
import { firstIndex, firstWord, isBlankOrComment } from './lines.js';
import type { At, CommandLine, Kickstart } from './model.js';
import type { Dialect } from './option-table.js';
import { parseOptions } from './options.js';
import { PackagesBuilder } from './packages.js';
import { findSection, type SectionSpec, sections } from './sections.js';
import { Source } from './source.js';
import { formatReleases, isSince, parseVersion, standing } from './versions.js';
import { splitWords, type Word } from './words.js';

/** How a kickstart is read. */
export interface ParseOptions {
  /** `RHEL9`, `F40`, `DEVEL`: only what that version knows is taken. Absent: the union of all versions. */
  readonly version?: string | undefined;
  /**
   * Gives the text of an included file by its resolved path, undefined where there is none; an InputError with a place that
   * it throws becomes an issue. Absent: nothing can be included.
   */
  readonly readInclude?: ((path: string, from: string) => string | undefined) | undefined;
  /** Files to take in place of names in `%include`: `/tmp/storage.ks` → a path that `readInclude` knows. */
  readonly defineIncludes?: Readonly<Record<string, string>> | undefined;
  /**
   * Which files are read in their place: `appends` only those of `%ksappend`, `none` leaves the lines of both unread,
   * as those want it who look at one file. Default: all.
   */
  readonly follow?: 'all' | 'appends' | 'none' | undefined;
}

/** What is remembered of a file while it is read. */
interface Included {
  readonly kind: 'include' | 'append';
  /** The section of the including file that was set aside because the included file closed it. */
  suspended: OpenSection | undefined;
  /** Included into a script, and no line with content met yet: the reference drops what comes before it. */
  leading: boolean;
}

/**
 * Read a kickstart. Pure: files come through `readInclude`. Everything wrong is found in one run and is in `issues`;
 * with an error among them the rest of the result is only good for more checks.
 *
 * @param text the whole file; a byte order mark at its beginning is passed over with a notice
 * @param file the name for messages, and what relative includes are relative to
 * @throws InputError only for a `version` that does not exist
 */
export function parseKickstart(text: string, file: string, options: ParseOptions = {}): Kickstart {
  return new Reader(file, options).read(text);
}

class Reader {
  private readonly issues = new Issues();
  private readonly dialect: Dialect;
  private readonly includeRules: IncludeRules;
  private readonly follow: NonNullable<ParseOptions['follow']>;
  private readonly source = new Source<Included>();
  private readonly packages = new PackagesBuilder(this.issues);
  private readonly bodies = new Bodies(this.issues);
  private readonly commands: CommandLine[] = [];
  private readonly includes: Kickstart['includes'][number][] = [];
  private readonly conflicts: ConflictState = { seen: new Map() };
  /** Releases before this close a section without `%end`. */
  private readonly needsEnd: boolean;
  private section: OpenSection | undefined;
  private osinfo: Kickstart['osinfo'];
  private inHeader = true;
  /** Characters included so far. */
  private included = 0;

  constructor(
    private readonly file: string,
    options: ParseOptions,
  ) {
    this.dialect = options.version === undefined ? undefined : parseVersion(options.version);
    this.needsEnd = this.dialect === undefined || isSince(this.dialect, 'F8 RHEL6');
    this.includeRules = { read: options.readInclude, defined: options.defineIncludes };
    this.follow = options.follow ?? 'all';
    this.source.onLeave = () => this.leave();
  }

  read(text: string): Kickstart {
    this.readLines(text);
    checkRepeats(this.commands, this.issues);
    return {
      file: this.file,
      osinfo: this.osinfo,
      commands: this.commands,
      ...buildFields(this.commands),
      packages: this.packages.build(),
      certificates: this.bodies.certificates,
      anaconda: this.bodies.anaconda,
      scripts: this.bodies.scripts,
      addons: this.bodies.addons,
      includes: this.includes,
      issues: this.issues.all,
    };
  }

  private readLines(text: string): void {
    const start: At = { file: this.file, line: 1, column: 1 };
    const marked = text.startsWith('\ufeff');
    if (marked) {
      this.issues.add(
        'notice',
        'byte-order-mark',
        start,
        'the file begins with a byte order mark, which other readers refuse: save it without',
      );
    }
    const body = marked ? text.slice(1) : text;
    const foreign = recogniseDialect(body);
    if (foreign) {
      this.issues.error('other-dialect', { ...start, line: foreign.line }, foreign.message);
      return;
    }
    this.source.enter(this.file, body, { kind: 'include', suspended: undefined, leading: false });
    for (let line = this.source.next(); line !== undefined && !this.issues.isFull; line = this.source.next()) {
      if (this.section) this.sectionLine(line, this.section);
      else this.commandLevelLine(line);
    }
  }

  /** The place of a column, from 1, in the line read last. */
  private at(column: number): At {
    return { file: this.source.file, line: this.source.line, column };
  }

  /** A file has ended: the main one, or one that was included. */
  private leave(): void {
    const included = this.source.state;
    if (included?.kind === 'append') return;
    const open = this.section;
    if (open && open.depth === this.source.depth) {
      if (this.needsEnd) this.missingEnd(open, this.at(1), '');
      this.close(open);
    }
    if (included?.suspended) this.section = included.suspended;
  }

  private missingEnd(open: OpenSection, at: At, before: string): void {
    this.issues.error(
      'missing-end',
      at,
      `${open.word} of ${place(open.at, at)} does not end with %end${before}: add a line %end`,
    );
  }

  private close(open: OpenSection): void {
    this.section = undefined;
    this.bodies.close(open);
  }

  private commandLevelLine(text: string): void {
    const start = firstIndex(text);
    if (start < 0) return;
    const first = text[start];
    if (first === '#') {
      if (this.inHeader && this.source.depth === 0) this.headerComment(text);
      return;
    }
    this.inHeader = false;
    const at = this.at(start + 1);
    const split = splitWords(text);
    if (split.fault) {
      this.issues.error(split.fault.code, { ...at, column: split.fault.column }, split.fault.message);
      if (first === '%') this.skipSection(text, at);
      return;
    }
    const [name, ...words] = split.words;
    if (!name?.text) {
      this.issues.error('unknown-command', at, 'the line begins with an empty word, which is no command: remove it');
    } else if (name.text.startsWith('%')) {
      this.directive(name.text, words, text, at);
    } else {
      const command = readCommand(split, text, at, this.dialect, this.issues);
      if (!command) return;
      checkLine(command, name.text, this.conflicts, this.dialect, this.issues);
      this.commands.push(command);
    }
  }

  /** A comment before the first command: `# osinfo: debian12` names the OS, and the first one counts. */
  private headerComment(text: string): void {
    const match = /^(\s*#\s*osinfo:\s*)(\S+)\s*$/.exec(text);
    if (match && !this.osinfo) this.osinfo = { name: match[2]!, at: this.at(match[1]!.length + 1) };
  }

  private directive(name: string, words: readonly Word[], text: string, at: At): void {
    const spec = findSection(name);
    if (spec) {
      this.openSection(spec, words, at);
    } else if (name === '%include' || name === '%ksappend') {
      this.include(name, words[0]?.text, at);
    } else if (name === '%end') {
      this.issues.error('stray-end', at, '%end closes nothing here: remove it, or put the section header back');
    } else {
      const names = sections.map((section) => section.name);
      const near = nearest(name, [...names, '%include', '%ksappend', '%end']);
      const hint = near.length > 0 ? `did you mean ${near.join(' or ')}?` : `there are ${names.join(', ')}`;
      this.issues.error('unknown-section', at, recogniseSection(name) ?? `${name} is no section; ${hint}`);
      this.skipSection(text, at);
    }
  }

  /** After a header that cannot be read: its lines are no commands, and errors about them would help nobody. */
  private skipSection(text: string, at: At): void {
    this.section = {
      spec: undefined,
      word: firstWord(text),
      at,
      depth: this.source.depth,
      options: {},
      words: [],
      body: [],
    };
  }

  private openSection(spec: SectionSpec, words: readonly Word[], at: At): void {
    let options: CommandLine['options'] = {};
    if (spec.kind !== 'verbatim') {
      const parsed = parseOptions({ ...spec, owner: spec.name }, words, at.column, this.dialect);
      for (const { severity, code, column, message } of parsed.findings)
        this.issues.add(severity, code, { ...at, column }, message);
      options = parsed.options;
    }
    if (
      spec.deprecated !== undefined &&
      (this.dialect === undefined || standing(spec, this.dialect) === 'deprecated')
    ) {
      this.issues.add(
        'notice',
        'deprecated-section',
        at,
        `${spec.name} is deprecated since ${formatReleases(spec.deprecated)}`,
      );
    }
    if (spec.kind === 'packages') this.packages.header(options, at);
    this.section = {
      spec,
      word: spec.name,
      at,
      depth: this.source.depth,
      options,
      words: words.map((word) => word.text),
      body: [],
    };
  }

  private sectionLine(text: string, open: OpenSection): void {
    const start = firstIndex(text);
    if (text[start] === '%' && this.sectionDirective(text, start, open)) return;
    const { file } = this.source;
    if (open.spec?.kind === 'packages') {
      this.packages.line(text, file, this.source.line);
      this.source.takePlain((more, line) => this.packages.line(more, file, line));
      return;
    }
    const included = this.source.state;
    if (included?.leading && this.source.depth > open.depth && open.spec?.kind === 'script') {
      if (isBlankOrComment(text)) return;
      included.leading = false;
    }
    open.body.push(text);
    this.source.takePlain((more) => open.body.push(more));
  }

  /** A line of a section that begins with a percent word; false where it is a line like any other. */
  private sectionDirective(text: string, start: number, open: OpenSection): boolean {
    const word = firstWord(text);
    const at = this.at(start + 1);
    if (word === '%end') {
      this.endLine(open, at);
      return true;
    }
    if (word === '%include' || word === '%ksappend') {
      const named = splitWords(text).words[1]?.text;
      if (word === '%ksappend' && (this.follow === 'none' || !this.canAppend(named))) return false;
      this.include(word, named, at);
      return true;
    }
    if (!findSection(word)) return false;
    if (this.needsEnd && open.spec) this.missingEnd(open, at, ` before this ${word}`);
    this.close(open);
    this.commandLevelLine(text);
    return true;
  }

  /** `%end` closes the section of its own file. In an included file it cannot close that of the including one. */
  private endLine(open: OpenSection, at: At): void {
    const included = this.source.state;
    if (this.source.depth === open.depth || included?.kind !== 'include') {
      this.close(open);
      return;
    }
    included.suspended = open;
    this.section = undefined;
    this.issues.add(
      'warning',
      'end-in-include',
      at,
      `this %end stands in an included file and does not close ${open.word} of ${place(open.at, at)}: remove it`,
    );
  }

  /** Whether `%ksappend` inside a section is a command: where its file is not found, it is a line like any other. */
  private canAppend(named: string | undefined): boolean {
    return named !== undefined && this.find(named).kind === 'found';
  }

  private find(named: string): Found {
    try {
      return findInclude(named, this.source.file, this.source.files(), this.includeRules);
    } catch (error) {
      // One file that is no text does not keep the others from being read.
      if (!(error instanceof InputError) || !error.at) throw error;
      return { kind: 'unfit', code: error.code, at: { line: 1, column: 1, ...error.at }, message: messageOf(error) };
    }
  }

  private include(word: '%include' | '%ksappend', named: string | undefined, at: At): void {
    if (named === undefined) {
      this.issues.error('missing-word', at, `${word} needs the path of a file`);
      return;
    }
    if (this.follow === 'none' || (this.follow === 'appends' && word === '%include')) {
      this.includes.push({ at, named, path: undefined });
      return;
    }
    const found = this.find(named);
    this.includes.push({ at, named, path: found.kind === 'found' ? found.path : undefined });
    if (found.kind === 'found') {
      this.included += found.text.length;
      if (this.source.depth >= MOST_DEPTH || this.includes.length > MOST_INCLUDES || this.included > MOST_INCLUDED) {
        this.issues.error(
          'include-limit',
          at,
          `more than ${MOST_DEPTH} files deep, ${MOST_INCLUDES} files or 16 MiB in all: include less`,
        );
        return;
      }
      this.source.enter(found.path, found.text, {
        kind: word === '%include' ? 'include' : 'append',
        suspended: undefined,
        leading: word === '%include',
      });
    } else if (found.kind === 'unfit') {
      this.issues.error(found.code, found.at, found.message);
    } else if (found.kind === 'missing' && word === '%ksappend') {
      // The reference reads on over an append that nobody made; whether an image can do without is the builder's word.
      this.issues.add('warning', 'append-missing', at, `%ksappend ${found.message}`);
    } else {
      this.issues.error(found.kind === 'cycle' ? 'include-cycle' : 'include-missing', at, `${word} ${found.message}`);
    }
  }
}

/** What an error says, without its place. */
function messageOf({ message }: InputError): string {
  return message.slice(message.indexOf(': ') + 2);
}

/** `line 3`, with the file where it is another one. */
function place(at: At, here: At): string {
  return at.file === here.file ? `line ${at.line}` : `${at.file}:${at.line}`;
}
