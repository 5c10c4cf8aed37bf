// SPDX-License-Identifier: Apache-2.0
import { setFlagsFromString } from 'node:v8';
import type { RelaxNGValidator, XmlDocument } from 'libxml2-wasm';
import { InputError } from '../errors.js';
import { readXml, XmlError } from '../xml/read.js';

/** What libxml2 has against a document. Its words are for machines. */
export interface Complaint {
  readonly line: number | undefined;
  readonly message: string;
}

/** A RELAX NG grammar, compiled. Its memory is not collected: `dispose` gives it back. */
export interface CompiledGrammar {
  /**
   * Reads a document and holds it against the grammar.
   * @returns nothing where it is valid
   * @throws XmlError where it is no XML that we read
   */
  check(bytes: Uint8Array, file: string): readonly Complaint[];
  dispose(): void;
}

export interface FastXml {
  /**
   * Whether a document is what `readXml` reads, in a quarter of its time; the name of its root element.
   * @throws XmlError with file:line where it is not
   */
  rootOf(bytes: Uint8Array, file: string): string;
  /** @throws XmlError where the grammar is no XML; InputError where it is no RELAX NG */
  compile(bytes: Uint8Array, file: string): CompiledGrammar;
}

/** Bound of a document, the same as that of `readXml`. */
const maxBytes = 4 * 1024 * 1024;

/**
 * libxml2, compiled to WebAssembly: the one door to it. It has no access to files or to the network, so that neither a
 * document nor a grammar can name any.
 */
export async function loadFastXml(): Promise<FastXml> {
  tuneWebAssembly();
  const { ParseOption, RelaxNGValidator: Validator, XmlDocument: Document, XmlLibError } = await import('libxml2-wasm');
  const option = ParseOption.XML_PARSE_NONET | ParseOption.XML_PARSE_NO_XXE | ParseOption.XML_PARSE_BIG_LINES;
  const complaintsOf = (error: unknown): readonly Complaint[] => {
    if (!(error instanceof XmlLibError)) throw error;
    return error.details.map(({ line, message }) => ({
      line: line > 0 ? line : undefined,
      message: message.trim().replace(/\s+/g, ' '),
    }));
  };
  const parse = (bytes: Uint8Array, file: string): XmlDocument => {
    // What libxml2 would do with these is not what the loader does: the loader's reader has the say.
    if (
      bytes.byteLength > maxBytes ||
      Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength).includes('<!DOCTYPE')
    ) {
      readXml(bytes, file);
    }
    try {
      const document = Document.fromBuffer(bytes, { option });
      if (document.encoding !== null && !/^(utf-?8|us-ascii|ascii)$/i.test(document.encoding)) {
        document.dispose();
        readXml(bytes, file);
      }
      return document;
    } catch (error) {
      const [first] = complaintsOf(error);
      readXml(bytes, file);
      throw new XmlError('xml-malformed', first?.message ?? 'it is no XML', place(file, first));
    }
  };
  const compile = (bytes: Uint8Array, file: string): RelaxNGValidator => {
    const schema = parse(bytes, file);
    try {
      return Validator.fromDoc(schema);
    } catch (error) {
      const [first] = complaintsOf(error);
      throw new InputError(
        'grammar',
        `no RELAX NG grammar: ${first?.message ?? 'it has no rules'}`,
        place(file, first),
      );
    } finally {
      schema.dispose();
    }
  };
  return {
    rootOf: (bytes, file) => {
      const document = parse(bytes, file);
      try {
        return document.root.name;
      } finally {
        document.dispose();
      }
    },
    compile: (bytes, file) => {
      const validator = compile(bytes, file);
      return {
        check: (document, name) => {
          const parsed = parse(document, name);
          try {
            validator.validate(parsed);
            return [];
          } catch (error) {
            return complaintsOf(error);
          } finally {
            parsed.dispose();
          }
        },
        dispose: () => validator.dispose(),
      };
    },
  };
}

/**
 * A run of a thousand small files is over when the engine has just compiled everything a second time, for speed. A larger
 * budget before it does so saves a sixth of the whole run (measured with Node 20); other versions may not know the word,
 * and would print that.
 */
function tuneWebAssembly(): void {
  const major = Number(process.versions.v8.split('.')[0]);
  if (major >= 11 && major <= 13) setFlagsFromString('--wasm-tiering-budget=6000000');
}

function place(file: string, complaint: Complaint | undefined): { file: string; line?: number } {
  return complaint?.line === undefined ? { file } : { file, line: complaint.line };
}
