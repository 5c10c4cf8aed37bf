// SPDX-License-Identifier: Apache-2.0
import { existsSync, mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { run } from '../doors/process.js';
import { InputError, MissingError, WorkError } from '../errors.js';
import type { InstallScript } from '../model/types.js';
import { withHashes } from './derived.js';
import { type DocumentRoot, type ScriptQuestion, scriptDocument } from './document.js';
import { checkScripts, readTemplate, type Template } from './template.js';

/** A script that an installer reads, as it stands in its file. */
export interface GeneratedScript {
  /** Name of the file, without a folder: `preseed.cfg`. */
  readonly fileName: string;
  readonly text: string;
}

/** Longer than any answer file; a template that goes on for ever ends here. */
const longestText = 4 * 1024 * 1024;
const timeoutMs = 20_000;

/** How xsltproc ends where a template refuses a value: `<xsl:message terminate="yes">`, whose text comes first on standard error. */
const stoppedByTemplate = 10;

/**
 * The script that a profile's template makes of its document.
 * @throws InputError for a template that is refused, a required parameter that is missing, an unsafe file name
 * @throws WorkError where the template cannot be applied, ToolError where it takes too long
 * @throws MissingError without xsltproc
 */
export async function generateScript(script: InstallScript, question: ScriptQuestion): Promise<GeneratedScript> {
  const fileName = safeFileName(script);
  checkRequired(script, question);
  return { fileName, text: await transform(script, question, 'install-script-config') };
}

/**
 * What the installer's kernel is to be told on its command line, trimmed; empty where the template has nothing to say.
 * @throws as `generateScript` does
 */
export async function generateCommandLine(script: InstallScript, question: ScriptQuestion): Promise<string> {
  checkRequired(script, question);
  return (await transform(script, question, 'command-line')).trim();
}

/** Parameters that the script cannot do without, and that have no value. */
export function missingParameters(script: InstallScript, { config }: Pick<ScriptQuestion, 'config'>): string[] {
  return script.configParams
    .filter(({ name, required }) => required && !(config.get(name) ?? []).some((value) => value !== ''))
    .map(({ name }) => name);
}

function checkRequired(script: InstallScript, question: ScriptQuestion): void {
  const missing = missingParameters(script, question);
  if (missing.length === 0) return;
  throw new InputError(
    'install-config',
    `${script.id} needs ${missing.join(' and ')}; give ${missing.length > 1 ? 'them' : 'it'} with --config-file${
      missing.some((name) => !/password|key/.test(name)) ? ' or --config' : ''
    }`,
  );
}

/**
 * The name of the script's file.
 * @throws InputError for one that leads out of its folder
 */
export function safeFileName(script: InstallScript): string {
  const name = script.expectedFilename ?? '';
  if (/^[\p{L}\p{N}_][\p{L}\p{N}_.+ -]{0,99}$/u.test(name)) return name;
  const [origin] = script.origins;
  throw new InputError(
    'script-name',
    `${script.id} names its file ${JSON.stringify(name)}; a name without a folder is needed`,
    origin && { file: origin.file, line: origin.line },
  );
}

async function transform(script: InstallScript, question: ScriptQuestion, root: DocumentRoot): Promise<string> {
  const { text, file } = templateOf(script);
  if (!checked(text, file).answersTo(root)) return '';
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-script-'));
  try {
    const sheet = join(folder, 'template.xsl');
    writeFileSync(sheet, text, { mode: 0o600 });
    // What the sheet cannot say by the check above it cannot do either: no network, no writing, no deep recursion.
    const flags = ['--nonet', '--nowrite', '--nomkdir', '--novalid', '--maxdepth', '1000'];
    const input = scriptDocument(script, { ...question, config: withHashes(script, question.config) }, root);
    const { stdout, stderr, exitCode } = await run(['xsltproc', ...flags, sheet, '-'], {
      input,
      timeoutMs,
      cwd: folder,
      keepBytes: longestText + 1,
      okCodes: [0, stoppedByTemplate],
    });
    if (exitCode === stoppedByTemplate) throw new InputError('install-config', stderr.split('\n', 1)[0] ?? '');
    if (stdout.length > longestText) {
      throw new WorkError(
        'script',
        `the template of ${script.id} writes more than ${longestText} bytes; mend its loop`,
      );
    }
    return stdout;
  } catch (error) {
    if (error instanceof MissingError) {
      throw new MissingError(
        'xsltproc',
        'xsltproc is missing, which applies templates; install Debian’s package xsltproc',
      );
    }
    throw error;
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** A template inside an entry is counted from its own first line: what is refused is told by the line of the file. */
function checked(text: string, file: string): Template {
  try {
    return readTemplate(text, file);
  } catch (error) {
    if (error instanceof InputError && existsSync(file)) checkScripts(readFileSync(file), file);
    throw error;
  }
}

/** A template in the entry, or one in a file beside it. */
function templateOf(script: InstallScript): { readonly text: string; readonly file: string } {
  const { template, origins } = script;
  const file = origins[0]?.file ?? script.id;
  if (template === undefined) throw new InputError('template', `${script.id} has no template`, { file });
  if ('text' in template) return { text: template.text, file };
  if (!/^file:\/\/\//.test(template.uri)) {
    throw new InputError('template', `${script.id} has its template at ${template.uri}; nothing is fetched`, { file });
  }
  const path = resolve(dirname(file), new URL(template.uri).pathname);
  if (statSync(path).size > 1024 * 1024) throw new InputError('template', 'is larger than 1 MiB', { file: path });
  return { text: readFileSync(path, 'utf8'), file: path };
}
