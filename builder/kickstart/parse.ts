// SPDX-License-Identifier: Apache-2.0
import { nearest } from '../../osinfo/errors.js';
import { buildFields } from './build/index.js';
import { normalMountpoint } from './build/storage.js';
import { type ConflictState, checkLine, checkRepeats } from './check.js';
import { commandNames, findCommand } from './commands/index.js';
import type { CommandSpec } from './commands/spec.js';
import { recogniseDialect, recogniseWord } from './dialects.js';
import { findInclude, type IncludeRules, MOST_DEPTH, MOST_INCLUDES } from './include.js';
import { Issues } from './issues.js';
import { firstCharacter, firstWord } from './lines.js';
import type { Addon, At, Certificate, CommandLine, Kickstart, Script } from './model.js';
import { type Dialect, type Finding, parseOptions } from './options.js';
import { PackagesBuilder } from './packages.js';
import { findSection, type SectionSpec, sections } from './sections.js';
import { Source, type SourceLine } from './source.js';
import { formatReleases, isSince, parseVersion, standing } from './versions.js';
import { splitWords, type Word, type Words } from './words.js';

export interface ParseOptions {
  /** `RHEL9`, `F40`, `DEVEL`: only what that version knows is taken. Absent: the union of all versions. */
  readonly version?: string | undefined;
  /** Gives the text of an included file, undefined where there is none. Absent: nothing can be included. */
  readonly readInclude?: ((path: string, from: string) => string | undefined) | undefined;
  /** Files to take in place of names in `%include`: `/tmp/storage.ks` → a path that `readInclude` knows. */
  readonly defineIncludes?: Readonly<Record<string, string>> | undefined;
}

interface OpenSection {
  readonly spec: SectionSpec | undefined;
  readonly word: string;
  readonly at: At;
  readonly depth: number;
  readonly options: CommandLine['options'];
  readonly words: readonly string[];
  readonly body: string[];
}

interface Included {
  readonly kind: 'include' | 'append';
  /** The section of the including file that was set aside because the included file closed it. */
  suspended: OpenSection | undefined;
  /** Still before the first line with content, in a script. */
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
  private readonly source = new Source<Included>();
  private readonly packages = new PackagesBuilder(this.issues);
  private readonly commands: CommandLine[] = [];
  private readonly scripts: Script[] = [];
  private readonly certificates: Certificate[] = [];
  private readonly addons: Addon[] = [];
  private readonly anaconda: Addon[] = [];
  private readonly includes: Kickstart['includes'][number][] = [];
  /** Blank bodies make no script, and their lines come before the next script of that kind, as in the reference. */
  private readonly blankBodies = new Map<string, string>();
  private readonly conflicts: ConflictState = { seen: new Map() };
  private section: OpenSection | undefined;
  private osinfo: Kickstart['osinfo'];
  private header = true;

  constructor(
    private readonly file: string,
    options: ParseOptions,
  ) {
    this.dialect = options.version === undefined ? undefined : parseVersion(options.version);
    this.includeRules = { read: options.readInclude, defined: options.defineIncludes };
    this.source.onLeave = (name, lastLine, depth, included) => this.leave(name, lastLine, depth, included);
  }

  read(text: string): Kickstart {
    let body = text;
    if (body.startsWith('\ufeff')) {
      body = body.slice(1);
      this.issues.add(
        'notice',
        'byte-order-mark',
        { file: this.file, line: 1, column: 1 },
        'the file begins with a byte order mark, which other readers refuse: save it without',
      );
    }
    const foreign = recogniseDialect(body);
    if (foreign) {
      this.issues.error('other-dialect', { file: this.file, line: foreign.line, column: 1 }, foreign.message);
    }
    if (!foreign?.whole) {
      this.source.enter(this.file, body, { kind: 'include', suspended: undefined, leading: false });
      for (let line = this.source.next(); line; line = this.source.next()) {
        if (this.section) this.sectionLine(line, this.section);
        else this.commandLevelLine(line);
      }
    }
    checkRepeats(this.commands, this.issues);
    return {
      file: this.file,
      osinfo: this.osinfo,
      commands: this.commands,
      ...buildFields(this.commands),
      packages: this.packages.build(),
      certificates: this.certificates,
      anaconda: this.anaconda,
      scripts: this.scripts,
      addons: this.addons,
      includes: this.includes,
      issues: this.issues.all,
    };
  }

  /** A file has ended: the main one, or one that was included. */
  private leave(file: string, lastLine: number, depth: number, included: Included): void {
    if (included.kind === 'append') return;
    const open = this.section;
    if (open && open.depth === depth) {
      const implicit = this.dialect !== undefined && !isSince(this.dialect, 'F8 RHEL6');
      if (!implicit) {
        this.issues.error(
          'missing-end',
          { file, line: Math.max(lastLine, 1), column: 1 },
          `${open.word} of ${place(open.at, file)} does not end with %end: add a line %end`,
        );
      }
      this.closeSection(open);
    }
    if (included.suspended) this.section = included.suspended;
  }

  private commandLevelLine(line: SourceLine): void {
    const first = firstCharacter(line.text);
    if (first === '') return;
    if (first === '#') {
      if (this.header && line.depth === 0) this.headerComment(line);
      return;
    }
    this.header = false;
    const split = splitWords(line.text);
    const column = line.text.indexOf(first) + 1;
    const at: At = { file: line.file, line: line.number, column };
    if (split.fault) {
      this.issues.error(split.fault.code, { ...at, column: split.fault.column }, split.fault.message);
      if (first === '%') this.skipSection(line, at);
      return;
    }
    const [name, ...words] = split.words;
    if (!name || name.text === '') {
      this.issues.error('unknown-command', at, 'the line begins with an empty word, which is no command: remove it');
      return;
    }
    if (name.text.startsWith('%')) this.directive(name, words, line, at);
    else this.command(name, words, split, line, at);
  }

  private headerComment(line: SourceLine): void {
    const match = /^\s*#\s*osinfo:\s*(\S+)\s*$/.exec(line.text);
    if (!match || this.osinfo) return;
    this.osinfo = {
      name: match[1]!,
      at: { file: line.file, line: line.number, column: line.text.indexOf(match[1]!, line.text.indexOf(':') + 1) + 1 },
    };
  }

  private directive(name: Word, words: readonly Word[], line: SourceLine, at: At): void {
    if (name.text === '%include' || name.text === '%ksappend') {
      this.include(name.text, words[0]?.text, at, line);
      return;
    }
    const spec = findSection(name.text);
    if (spec) {
      this.openSection(spec, words, line, at);
      return;
    }
    if (name.text === '%end') {
      this.issues.error('stray-end', at, '%end closes nothing here: remove it, or put the section header back');
      return;
    }
    const near = nearest(name.text, [...sections.map((section) => section.name), '%include', '%ksappend', '%end']);
    this.issues.error(
      'unknown-section',
      at,
      `${name.text} is no section${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`,
    );
    this.skipSection(line, at);
  }

  private skipSection(line: SourceLine, at: At): void {
    this.section = {
      spec: undefined,
      word: firstWord(line.text),
      at,
      depth: line.depth,
      options: {},
      words: [],
      body: [],
    };
  }

  private openSection(spec: SectionSpec, words: readonly Word[], line: SourceLine, at: At): void {
    let options: CommandLine['options'] = {};
    if (spec.kind !== 'verbatim') {
      const parsed = parseOptions(
        { owner: spec.name, options: spec.options, ...(spec.check ? { check: spec.check } : {}) },
        words,
        at.column,
        this.dialect,
      );
      this.report(parsed.findings, line);
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
      depth: line.depth,
      options,
      words: words.map((word) => word.text),
      body: [],
    };
  }

  private sectionLine(line: SourceLine, open: OpenSection): void {
    const { text } = line;
    const percent = text.indexOf('%');
    const word = percent >= 0 && text.slice(0, percent).trim() === '' ? firstWord(text) : '';
    if (word === '%end') {
      this.endLine(line, open);
      return;
    }
    const at = (): At => ({ file: line.file, line: line.number, column: percent + 1 });
    if (word === '%include' || word === '%ksappend') {
      const named = splitWords(text).words[1]?.text;
      if (word === '%include' || this.canAppend(named, line)) {
        this.include(word, named, at(), line);
        return;
      }
    }
    const inner = word === '' ? undefined : findSection(word);
    if (inner) {
      const implicit = this.dialect !== undefined && !isSince(this.dialect, 'F8 RHEL6');
      if (!implicit && open.spec) {
        this.issues.error(
          'missing-end',
          at(),
          `${open.word} of ${place(open.at, line.file)} does not end with %end before this ${word}: add a line %end`,
        );
      }
      this.closeSection(open);
      this.section = undefined;
      this.commandLevelLine(line);
      return;
    }
    if (open.spec?.kind === 'packages') this.packages.line(text, line.file, line.number);
    else open.body.push(text);
  }

  /** `%end`: closes the section of its own file. In an included file it cannot close that of the including one. */
  private endLine(line: SourceLine, open: OpenSection): void {
    const included = this.source.current;
    if (line.depth === open.depth || included?.kind !== 'include') {
      this.closeSection(open);
      return;
    }
    included.suspended = open;
    this.section = undefined;
    this.issues.add(
      'warning',
      'end-in-include',
      { file: line.file, line: line.number, column: 1 },
      `this %end stands in an included file and does not close ${open.word} of ${place(open.at, line.file)}: remove it`,
    );
  }

  private closeSection(open: OpenSection): void {
    this.section = undefined;
    const { spec, at, options } = open;
    if (!spec || spec.kind === 'packages') return;
    const body = open.body.join('');
    if (spec.kind === 'verbatim') {
      const [name, ...args] = open.words;
      (spec.name === '%addon' ? this.addons : this.anaconda).push({ name: name ?? '', args, at, body });
      return;
    }
    if (spec.kind === 'certificate') {
      if (body.trim() === '')
        this.issues.error('empty-certificate', at, '%certificate holds no certificate: add its lines');
      this.certificates.push({
        at,
        filename: String(options.filename ?? ''),
        dir: textOr(options.dir),
        type: textOr(options.type),
        body,
      });
      return;
    }
    const whole = (this.blankBodies.get(spec.name) ?? '') + body;
    if (whole.trim() === '') {
      this.blankBodies.set(spec.name, whole);
      return;
    }
    this.blankBodies.delete(spec.name);
    this.scripts.push({
      type: spec.name.slice(1) as Script['type'],
      at,
      interpreter: textOr(options.interpreter) ?? '/bin/sh',
      chroot: spec.name === '%post' && options.nochroot !== true,
      errorOnFail: options.erroronfail === true,
      log: textOr(options.log),
      body: whole,
    });
  }

  /** Whether `%ksappend` inside a section is a command; where its file is not found, it is a line like any other. */
  private canAppend(named: string | undefined, line: SourceLine): boolean {
    return (
      named !== undefined && findInclude(named, line.file, this.source.files(), this.includeRules).kind === 'found'
    );
  }

  private include(word: '%include' | '%ksappend', named: string | undefined, at: At, line: SourceLine): void {
    if (named === undefined) {
      this.issues.error('missing-word', at, `${word} needs the path of a file`);
      return;
    }
    const found = findInclude(named, line.file, this.source.files(), this.includeRules);
    this.includes.push({ at, named, path: found.kind === 'found' ? found.path : undefined });
    if (found.kind === 'found') {
      if (this.source.depth >= MOST_DEPTH || this.includes.length > MOST_INCLUDES) {
        this.issues.error(
          'include-limit',
          at,
          `more than ${MOST_DEPTH} files deep or ${MOST_INCLUDES} files in all: include less`,
        );
        return;
      }
      const state: Included = { kind: word === '%include' ? 'include' : 'append', suspended: undefined, leading: true };
      this.source.enter(found.path, found.text, state);
      return;
    }
    // The reference reads on over an append that nobody made; whether an image can do without is the builder's word.
    const missingAppend = word === '%ksappend' && found.kind === 'missing';
    this.issues.add(
      missingAppend ? 'warning' : 'error',
      found.kind === 'cycle' ? 'include-cycle' : missingAppend ? 'append-missing' : 'include-missing',
      at,
      `${word} ${found.message}`,
    );
  }

  private command(name: Word, words: readonly Word[], split: Words, line: SourceLine, at: At): void {
    const spec = findCommand(name.text);
    const stands = spec && (this.dialect === undefined ? 'ok' : standing(spec, this.dialect));
    if (!spec || stands === 'absent') {
      this.unknownCommand(name.text, spec, at);
      return;
    }
    const instead = spec.instead ? `: ${spec.instead}` : '';
    if (stands === 'removed') {
      this.issues.error(
        'removed-command',
        at,
        `${name.text} is no longer in ${this.dialect!.name} (last in ${formatReleases(spec.until!)})${instead}`,
      );
      return;
    }
    if (stands === 'deprecated') {
      this.issues.add(
        'notice',
        'deprecated-command',
        at,
        `${name.text} is deprecated in ${this.dialect!.name}${instead}`,
      );
    } else if (this.dialect === undefined && spec.until !== undefined) {
      this.issues.add(
        'notice',
        'removed-command',
        at,
        `${name.text} was removed after ${formatReleases(spec.until)}${instead}`,
      );
    }
    if (split.cutAt !== undefined) {
      this.issues.add(
        'notice',
        'comment-in-word',
        { ...at, column: split.cutAt },
        'this # begins a comment in the middle of a word: put the word in quotes to keep it whole',
      );
    }
    if (spec.raw) {
      const rest = line.text.slice(line.text.indexOf(name.text) + name.text.length).trim();
      this.commands.push({ name: spec.name, at, options: {}, args: rest === '' ? [] : [rest] });
      return;
    }
    const parsed = parseOptions(
      {
        owner: name.text,
        options: spec.options,
        ...(spec.args ? { args: spec.args } : {}),
        ...(spec.check ? { check: spec.check } : {}),
      },
      words,
      at.column,
      this.dialect,
    );
    this.report(parsed.findings, line);
    const args = parsed.args.map((word, index) =>
      index === spec.mountpoint ? normalMountpoint(word.text) : word.text,
    );
    const command: CommandLine = { name: spec.name, at, options: parsed.options, args };
    checkLine(command, name.text, this.conflicts, this.dialect, this.issues);
    this.commands.push(command);
  }

  private unknownCommand(name: string, spec: CommandSpec | undefined, at: At): void {
    if (spec) {
      this.issues.error(
        'unknown-command',
        at,
        `${name} is not in ${this.dialect!.name} (it came with ${formatReleases(spec.since!)})`,
      );
      return;
    }
    const recognised = recogniseWord(name);
    const near = recognised ? [] : nearest(name, commandNames());
    this.issues.error(
      'unknown-command',
      at,
      recognised ??
        `${JSON.stringify(name)} is no kickstart command${near.length > 0 ? `; did you mean ${near.join(' or ')}?` : ''}`,
    );
  }

  private report(findings: readonly Finding[], line: SourceLine): void {
    for (const { severity, code, column, message } of findings) {
      this.issues.add(severity, code, { file: line.file, line: line.number, column }, message);
    }
  }
}

function textOr(value: unknown): string | undefined {
  return typeof value === 'string' ? value : undefined;
}

/** `line 3`, with the file where it is another one. */
function place(at: At, here: string): string {
  return at.file === here ? `line ${at.line}` : `${at.file}:${at.line}`;
}
