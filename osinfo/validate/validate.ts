// SPDX-License-Identifier: Apache-2.0
import { closeSync, existsSync, openSync, readFileSync, readSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { InputError, WorkError } from '../errors.js';
import { grammarFolder } from '../package-root.js';
import { readXml, XmlError } from '../xml/read.js';
import { visitDocuments } from './documents.js';
import { type Finding, findingOf } from './findings.js';
import { type CompiledGrammar, type Complaint, loadFastXml } from './libxml.js';
import { explain } from './relaxng/explain.js';
import { type Grammar, readGrammar, UnknownConstruct } from './relaxng/grammar.js';

export interface Validation {
  /** Documents that were held against the grammar. */
  readonly documents: number;
  readonly findings: readonly Finding[];
}

/**
 * The grammar of a database: `schema/osinfo.rng` in the first folder that has it.
 * @throws WorkError in the original's words where none has
 */
export function findGrammar(folders: readonly string[]): string {
  const found = folders.map((folder) => join(grammarFolder(folder), 'osinfo.rng')).find((path) => existsSync(path));
  if (found !== undefined) return found;
  throw new WorkError('validate-grammar', "Unable to locate 'schema/osinfo.rng' in any database location");
}

/**
 * The database that a file belongs to, by the layout: the folder above `os/`, `device/` … Undefined for a file that
 * lies anywhere else.
 */
export function databaseOf(file: string): string | undefined {
  const names = new Set(['os', 'platform', 'device', 'deployment', 'install-script', 'datamap']);
  for (let folder = dirname(file); folder !== dirname(folder); folder = dirname(folder)) {
    if (names.has(folder.slice(folder.lastIndexOf('/') + 1))) return dirname(folder);
  }
  return undefined;
}

/**
 * Holds every document of files and folders against a grammar, in one go, and says everything that is wrong with each.
 * libxml2 judges; what it refuses is explained by our own reading of the grammar, which knows places and near matches.
 * @param grammarFile path of a RELAX NG grammar in XML syntax
 * @param onVisit called with each file and folder that is looked at
 * @throws WorkError where a path is not there; InputError where the grammar is none
 */
export async function validatePaths(
  paths: readonly string[],
  grammarFile: string,
  onVisit: (path: string) => void = () => undefined,
): Promise<Validation> {
  const engine = await loadFastXml();
  const source = readFileSync(grammarFile);
  const grammar = engine.compile(source, grammarFile);
  const explainer = new GrammarReader(source, grammarFile);
  const findings: Finding[] = [];
  let documents = 0;
  try {
    for (const path of paths) {
      for (const visit of visitDocuments(path)) {
        onVisit(visit.path);
        if (visit.finding !== undefined) findings.push(visit.finding);
        if (visit.kind !== 'document') continue;
        documents += 1;
        checkDocument(visit.path, grammar, explainer, findings);
      }
    }
  } finally {
    grammar.dispose();
  }
  return { documents, findings };
}

function checkDocument(file: string, grammar: CompiledGrammar, explainer: GrammarReader, findings: Finding[]): void {
  try {
    const bytes = readSmall(file);
    const complaints = grammar.check(bytes, file);
    if (complaints.length > 0) findings.push(...explainer.explain(bytes, file, complaints));
  } catch (error) {
    if (error instanceof XmlError) findings.push(findingOf('xml', file, error));
    else if (error instanceof InputError) throw error;
    else
      findings.push({ severity: 'error', rule: 'unreadable', file, message: (error as Error).message.split('\n')[0]! });
  }
}

const room = Buffer.alloc(256 * 1024);

/** A file's bytes, in a buffer that the next call takes over unless the file is large: a thousand files leave no garbage. */
function readSmall(file: string): Buffer {
  const handle = openSync(file, 'r');
  try {
    const length = readSync(handle, room, 0, room.length, 0);
    return length < room.length ? room.subarray(0, length) : readFileSync(file);
  } finally {
    closeSync(handle);
  }
}

/** The grammar as we read it ourselves; only files that are not valid need it. */
class GrammarReader {
  private grammar: Grammar | 'unknown' | undefined;
  constructor(
    private readonly source: Buffer,
    private readonly file: string,
  ) {}

  explain(bytes: Buffer, file: string, complaints: readonly Complaint[]): readonly Finding[] {
    const flaws = this.flawsOf(bytes, file);
    if (flaws.length > 0) return flaws.map((flaw) => ({ severity: 'error', rule: 'grammar', file, ...flaw }));
    // A grammar with words that we do not know: libxml2's last complaint with a line comes nearest to the cause.
    const { line, message } = complaints.findLast((complaint) => complaint.line !== undefined) ?? complaints[0]!;
    return [{ severity: 'error', rule: 'grammar', file, ...(line === undefined ? {} : { line }), message }];
  }

  /** None where the grammar, or a part of it that is read only now, has words that we do not know. */
  private flawsOf(bytes: Uint8Array, file: string): ReturnType<typeof explain> {
    const grammar = this.read();
    try {
      return grammar === undefined ? [] : explain(readXml(bytes, file), grammar);
    } catch (error) {
      if (error instanceof UnknownConstruct) return [];
      throw error;
    }
  }

  private read(): Grammar | undefined {
    if (this.grammar === undefined) {
      try {
        this.grammar = readGrammar(this.source, this.file);
      } catch (error) {
        if (!(error instanceof UnknownConstruct)) throw error;
        this.grammar = 'unknown';
      }
    }
    return this.grammar === 'unknown' ? undefined : this.grammar;
  }
}
