// SPDX-License-Identifier: Apache-2.0
import { InputError } from '../../../osinfo/errors.js';
import type { Kickstart } from '../../kickstart/model.js';
import type { SystemPlan } from '../types.js';

/** language[_TERRITORY][.charset][@modifier], as locale(7) has it. */
const LOCALE = /^([A-Za-z]{1,8})(_[A-Za-z0-9]{2,3})?(?:\.([A-Za-z0-9-]{1,16}))?(@[A-Za-z0-9]{1,16})?$/;

/**
 * A locale in glibc's spelling: UTF-8 where no charset is given, before the modifier: `ca_ES@valencia` →
 * `ca_ES.UTF-8@valencia`. Undefined where it is none.
 */
export function localeName(text: string): string | undefined {
  const match = LOCALE.exec(text);
  if (!match) return undefined;
  const [, language, territory = '', charset, modifier = ''] = match;
  if (/^(C|POSIX)$/.test(text)) return text;
  const known = charset === undefined || /^utf-?8$/i.test(charset) ? 'UTF-8' : charset;
  return `${language}${territory}.${known}${modifier}`;
}

/**
 * `lang`, with the languages of `--addsupport`.
 * @throws InputError for what is no locale
 */
export function planLanguage({ lang }: Kickstart): Pick<SystemPlan, 'language' | 'locales'> {
  if (!lang) return {};
  const names = [lang.lang, ...lang.addSupport].map((word) => {
    const name = localeName(word);
    if (name === undefined) throw new InputError('lang', `${word} is no locale; use one such as en_US.UTF-8`, lang.at);
    return name;
  });
  return {
    language: names[0]!,
    locales: { at: lang.at, names: [...new Set(names)].filter((name) => !/^(C|POSIX)(\.|$)/.test(name)) },
  };
}

/**
 * `keyboard`: the old single word is a console's keymap or X's layout, both were common.
 * @throws InputError for what is no layout
 */
export function planKeyboard({ keyboard }: Kickstart): Pick<SystemPlan, 'keyboard'> {
  if (!keyboard) return {};
  const console = keyboard.vcKeymap ?? keyboard.keymap;
  const layout = console ?? keyboard.xLayouts[0] ?? 'us';
  for (const word of [layout, ...keyboard.xLayouts, ...keyboard.switchOptions]) {
    if (!/^[A-Za-z0-9_][A-Za-z0-9_:+. ()-]{0,63}$/.test(word))
      throw new InputError('keyboard', `${word} is no keyboard layout`, keyboard.at);
  }
  return {
    keyboard: {
      layout,
      console: console !== undefined,
      xLayouts: keyboard.xLayouts,
      options: keyboard.switchOptions,
    },
  };
}
