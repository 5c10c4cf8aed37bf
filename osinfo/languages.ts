// SPDX-License-Identifier: Apache-2.0

/**
 * The user's languages as the database's `xml:lang` writes them, best first: from LANGUAGE (a list), else LC_ALL, else
 * LC_MESSAGES, else LANG, each with its plainer forms (`de_AT.UTF-8@euro`, `de_AT`, `de`…). The C locale has none.
 */
export function languageNames(env: Readonly<Record<string, string | undefined>>): string[] {
  const given = env.LANGUAGE || env.LC_ALL || env.LC_MESSAGES || env.LANG || '';
  const names = given
    .slice(0, 1000)
    .split(':')
    .filter((locale) => !/^(C|POSIX)([.@]|$)/.test(locale))
    .flatMap(variants);
  return [...new Set(names)];
}

/** The forms of one locale name `language[_TERRITORY][.codeset][@modifier]`, from the fullest to the plainest. */
function variants(locale: string): string[] {
  const match = /^([^_.@]+)(_[^.@]*)?(\.[^@]*)?(@.*)?$/.exec(locale);
  if (match === null) return [];
  const [, language = '', territory, codeset, modifier] = match;
  const forms: string[] = [];
  for (const at of modifier === undefined ? [''] : [modifier, '']) {
    for (const place of territory === undefined ? [''] : [territory, '']) {
      for (const code of codeset === undefined ? [''] : [codeset, '']) forms.push(`${language}${place}${code}${at}`);
    }
  }
  return forms;
}
