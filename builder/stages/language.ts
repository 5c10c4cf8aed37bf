// SPDX-License-Identifier: Apache-2.0
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { formatPlace, InputError } from '../../osinfo/errors.js';
import type { KeyboardPlan, SystemPlan } from '../plan/types.js';
import type { StageContext } from '../run/context.js';
import { sandboxed } from '../run/sandbox.js';
import { hasInTree, readTreeFile, writeTreeFile } from './files.js';

/**
 * The language and the locales of `lang --addsupport`: made by locale-gen where the system has it, else they have to be
 * there already, by the language's package.
 * @throws InputError with the line of a locale that this system does not know
 */
export async function setLanguage(context: StageContext, { language, locales }: SystemPlan): Promise<void> {
  if (language === undefined) return;
  const { tree } = context;
  writeTreeFile(tree, 'etc/locale.conf', `LANG=${language}\n`);
  const isDeb = context.plan.os.family === 'deb';
  if (isDeb && hasInTree(tree, 'etc/default')) writeTreeFile(tree, 'etc/default/locale', `LANG=${language}\n`);
  if (!locales || locales.names.length === 0) return;
  if (!isDeb) {
    tellMissingLocales(context, locales);
    return;
  }
  const unknown = locales.names.find((name) => !isKnown(tree, name));
  if (unknown !== undefined)
    throw new InputError('unknown-locale', `lang: this system has no locale ${unknown}`, locales.at);
  if (!hasInTree(tree, 'usr/sbin/locale-gen')) return;
  context.detail('configure', `locales ${locales.names.join(' ')}`);
  const lines = locales.names.map((name) => `${name} ${charset(name)}\n`);
  writeTreeFile(tree, 'etc/locale.gen', lines.join(''));
  await sandboxed(context, ['locale-gen']);
}

/** Of an rpm system a package has a language's locales ready made; without it programs speak as in `C`. */
function tellMissingLocales(context: StageContext, { at, names }: NonNullable<SystemPlan['locales']>): void {
  const missing = names.filter((name) => !isMade(context.tree, name));
  if (missing.length === 0) return;
  const message = `lang: no package here has the locale ${missing.join(', ')}: add its language pack to %packages (glibc-langpack-${missing[0]!.split(/[_.]/)[0]}, or glibc-locale of SUSE)`;
  context.emit({ type: 'notice', message: `${formatPlace(at)}: ${message}` });
}

function charset(name: string): string {
  return name.split('.')[1]!.replace(/@.*/, '');
}

/** A source that it is made from (`de_DE`, `ca_ES@valencia`), or a finished one (`de_DE.utf8`). */
function isKnown(tree: string, name: string): boolean {
  const source = name.replace(/\.[^@]*/, '');
  const sources = join(tree, 'usr/share/i18n/locales');
  return existsSync(sources) ? existsSync(join(sources, source)) : isMade(tree, name);
}

function isMade(tree: string, name: string): boolean {
  const made = join(tree, 'usr/lib/locale');
  if (!existsSync(made)) return false;
  const spelled = name.replace(/\.UTF-8/, '.utf8');
  return readdirSync(made).some((one) => one === spelled || one === 'locale-archive');
}

interface Layout {
  readonly layout: string;
  readonly model: string;
  readonly variant: string;
  readonly options: string;
}

/**
 * The keyboard of the console and of X. What the kickstart says of one follows for the other from the system's own table
 * (systemd's kbd-model-map), else by the rule behind most of its lines.
 */
export function writeKeyboard(context: StageContext, { keyboard }: SystemPlan): void {
  if (!keyboard) return;
  const { tree } = context;
  const table = readModelMap(tree);
  const x = xKeyboard(keyboard, table);
  const values = [
    ['XKBMODEL', x.model],
    ['XKBLAYOUT', x.layout],
    ['XKBVARIANT', x.variant],
    ['XKBOPTIONS', x.options],
  ].map(([name, value]) => `${name}="${value}"`);
  if (context.plan.os.family === 'deb' && hasInTree(tree, 'etc/default'))
    writeTreeFile(tree, 'etc/default/keyboard', `${[...values, '', 'BACKSPACE="guess"'].join('\n')}\n`);
  writeTreeFile(
    tree,
    'etc/vconsole.conf',
    `${[`KEYMAP=${consoleKeymap(keyboard, x, table)}`, ...values].join('\n')}\n`,
  );
  if (hasInTree(tree, 'etc/X11')) writeTreeFile(tree, 'etc/X11/xorg.conf.d/00-keyboard.conf', formatXorg(x));
}

function readModelMap(tree: string): Map<string, Layout> {
  const table = new Map<string, Layout>();
  if (!existsSync(join(tree, 'usr/share/systemd/kbd-model-map'))) return table;
  for (const line of readTreeFile(tree, 'usr/share/systemd/kbd-model-map').toString('utf8').split('\n')) {
    const fields = line.split(/\s+/).map((field) => (field === '-' ? '' : field));
    const [keymap, layout, model, variant, options] = fields;
    if (!keymap || keymap.startsWith('#') || !layout || fields.some((field) => /["\\]/.test(field))) continue;
    table.set(keymap, { layout, model: model ?? '', variant: variant ?? '', options: options ?? '' });
  }
  return table;
}

function xKeyboard({ layout, console, xLayouts, options }: KeyboardPlan, table: ReadonlyMap<string, Layout>): Layout {
  const known = console ? table.get(layout) : undefined;
  const said = options.join(',');
  if (xLayouts.length === 0 && known) return { ...known, options: said === '' ? known.options : said };
  // `de-nodeadkeys` of a console is `de` with the variant `nodeadkeys`; `de-latin1` is plain `de`.
  const [, base, tail = ''] = /^([^-(]+)-?(.*)$/.exec(layout) ?? ['', layout];
  const own =
    console && !/[( ]/.test(layout) ? [/^latin\d*$/.test(tail) || tail === '' ? base! : `${base} (${tail})`] : [layout];
  const layouts = (xLayouts.length > 0 ? xLayouts : own).map((one) => /^(.*?)\s*(?:\(([^)]*)\))?$/.exec(one.trim())!);
  return {
    model: 'pc105',
    layout: layouts.map((match) => match[1]).join(','),
    variant: layouts
      .map((match) => match[2] ?? '')
      .join(',')
      .replace(/^,+$/, ''),
    options: said,
  };
}

/** The console's keymap: as said, else the table's for X's first layout, else of the same name as that. */
function consoleKeymap({ layout, console }: KeyboardPlan, x: Layout, table: ReadonlyMap<string, Layout>): string {
  if (console) return layout.replace(/[\s(].*$/, '');
  const first = x.layout.split(',')[0]!;
  const variant = x.variant.split(',')[0]!;
  const fits = [...table].filter(([, one]) => one.layout === first && one.variant === variant).map(([name]) => name);
  return fits.find((name) => name === first) ?? fits[0] ?? (variant === '' ? first : `${first}-${variant}`);
}

function formatXorg({ layout, model, variant, options }: Layout): string {
  const lines = [
    ['XkbLayout', layout],
    ['XkbModel', model],
    ['XkbVariant', variant],
    ['XkbOptions', options],
  ].filter(([, value]) => value !== '');
  return [
    'Section "InputClass"',
    '    Identifier "system-keyboard"',
    '    MatchIsKeyboard "on"',
    ...lines.map(([name, value]) => `    Option "${name}" "${value}"`),
    'EndSection',
    '',
  ].join('\n');
}
