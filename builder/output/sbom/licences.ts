// SPDX-License-Identifier: Apache-2.0

/** What packages say of their licence, as bills of materials take it. */
export type Licence =
  /** An expression of SPDX identifiers only. */
  | { readonly kind: 'expression'; readonly expression: string }
  /** A text of the package's own that says it in other words. */
  | { readonly kind: 'text'; readonly text: string };

/** Licences that Linux systems consist of, by SPDX's identifiers. What is not here stays a text. */
const SPDX_IDS: ReadonlySet<string> = new Set(
  `0BSD AFL-2.0 AFL-2.1 AFL-3.0 AGPL-3.0-only AGPL-3.0-or-later Apache-1.0 Apache-1.1 Apache-2.0 Artistic-1.0
  Artistic-1.0-Perl Artistic-2.0 Beerware Bitstream-Vera BlueOak-1.0.0 BSD-1-Clause BSD-2-Clause BSD-2-Clause-Patent
  BSD-2-Clause-Views BSD-3-Clause BSD-3-Clause-LBNL BSD-3-Clause-Modification BSD-4-Clause BSD-4-Clause-UC
  BSD-Source-Code BSL-1.0 bzip2-1.0.6 CC-BY-3.0 CC-BY-4.0 CC-BY-SA-3.0 CC-BY-SA-4.0 CC0-1.0 CDDL-1.0 CDDL-1.1
  CECILL-2.1 CPL-1.0 curl dtoa EFL-2.0 EPL-1.0 EPL-2.0 EUPL-1.1 EUPL-1.2 FSFAP FSFUL FSFULLR FSFULLRWD FTL
  GFDL-1.1-only GFDL-1.1-or-later GFDL-1.2-only GFDL-1.2-or-later GFDL-1.2-no-invariants-only
  GFDL-1.2-no-invariants-or-later GFDL-1.3-only GFDL-1.3-or-later GFDL-1.3-no-invariants-only
  GFDL-1.3-no-invariants-or-later GPL-1.0-only GPL-1.0-or-later GPL-2.0-only GPL-2.0-or-later GPL-3.0-only
  GPL-3.0-or-later HPND HPND-sell-variant ICU IJG Inner-Net-2.0 IPL-1.0 ISC ISC-Veillard JasPer-2.0 Latex2e
  LGPL-2.0-only LGPL-2.0-or-later LGPL-2.1-only LGPL-2.1-or-later LGPL-3.0-only LGPL-3.0-or-later Libpng libtiff
  Linux-man-pages-copyleft LPPL-1.3a LPPL-1.3c MIT MIT-0 MIT-CMU MIT-Modern-Variant MPL-1.0 MPL-1.1 MPL-2.0 MS-PL
  NAIST-2003 NCSA NTP OFL-1.0 OFL-1.1 OLDAP-2.8 OpenSSL OpenSSL-standalone OPL-1.0 PHP-3.01 PostgreSQL PSF-2.0
  Python-2.0 Python-2.0.1 QPL-1.0 Ruby SGI-B-2.0 Sleepycat SMLNJ Spencer-86 Spencer-94 Spencer-99 SSH-OpenSSH
  SSH-short SSLeay-standalone SunPro TCL TCP-wrappers Unicode-3.0 Unicode-DFS-2015 Unicode-DFS-2016 Unlicense
  UPL-1.0 Vim W3C WTFPL X11 X11-distribute-modifications-variant Xerox XFree86-1.1 Zlib zlib-acknowledgement ZPL-2.1`
    .trim()
    .split(/\s+/),
);

const SPDX_EXCEPTIONS: ReadonlySet<string> = new Set(
  `Autoconf-exception-2.0 Autoconf-exception-3.0 Bison-exception-2.2 Classpath-exception-2.0 Font-exception-2.0
  GCC-exception-2.0 GCC-exception-3.1 Libtool-exception Linux-syscall-note LLVM-exception OpenSSL-exception
  openvpn-openssl-exception u-boot-exception-2.0 x11vnc-openssl-exception cryptsetup-OpenSSL-exception
  LGPL-3.0-linking-exception`
    .trim()
    .split(/\s+/),
);

/**
 * Debian's short names that mean one text (copyright-format 1.0, "License specification"), in lower case; those of the GNU
 * licences are rules. `MIT`, `Artistic` and `public-domain` stand for several texts there and are left out.
 */
const DEBIAN_NAMES: ReadonlyMap<string, string> = new Map([
  ['expat', 'MIT'],
  ['apache-1.0', 'Apache-1.0'],
  ['apache-2', 'Apache-2.0'],
  ['apache-2.0', 'Apache-2.0'],
  ['artistic-1.0', 'Artistic-1.0'],
  ['artistic-2', 'Artistic-2.0'],
  ['artistic-2.0', 'Artistic-2.0'],
  ['bsd-2-clause', 'BSD-2-Clause'],
  ['bsd-3-clause', 'BSD-3-Clause'],
  ['bsd-4-clause', 'BSD-4-Clause'],
  ['bsl-1.0', 'BSL-1.0'],
  ['cc-by-3.0', 'CC-BY-3.0'],
  ['cc-by-4.0', 'CC-BY-4.0'],
  ['cc-by-sa-3.0', 'CC-BY-SA-3.0'],
  ['cc-by-sa-4.0', 'CC-BY-SA-4.0'],
  ['cc0-1.0', 'CC0-1.0'],
  ['cddl-1.0', 'CDDL-1.0'],
  ['cpl-1.0', 'CPL-1.0'],
  ['curl', 'curl'],
  ['efl-2.0', 'EFL-2.0'],
  ['fsfap', 'FSFAP'],
  ['fsful', 'FSFUL'],
  ['fsfullr', 'FSFULLR'],
  ['ftl', 'FTL'],
  ['isc', 'ISC'],
  ['lppl-1.3c', 'LPPL-1.3c'],
  ['mpl-1.1', 'MPL-1.1'],
  ['mpl-2.0', 'MPL-2.0'],
  ['openldap-2.8', 'OLDAP-2.8'],
  ['python-2.0', 'Python-2.0'],
  ['qpl-1.0', 'QPL-1.0'],
  ['unlicense', 'Unlicense'],
  ['zlib', 'Zlib'],
]);

/** What rpm's tag says: an SPDX expression in newer systems, words of the distribution's own in others. */
export function licenceOfRpm(statement: string): Licence {
  const expression = parseExpression(statement, (name) => (SPDX_IDS.has(name) ? name : undefined));
  return expression === undefined ? { kind: 'text', text: statement } : { kind: 'expression', expression };
}

/**
 * What a Debian copyright file says of the files of a package, all of it together. The file is of the source package: the
 * package itself may have files of fewer licences.
 * @returns undefined where one of the names does not stand for exactly one text
 */
export function licenceOfDeb(statements: readonly string[]): Licence | undefined {
  const parts = new Set<string>();
  for (const statement of statements) {
    // A comma changes what `and` and `or` bind, which SPDX has brackets for.
    const expression = statement.includes(',') ? undefined : parseExpression(statement, debianId);
    if (expression === undefined) return undefined;
    parts.add(expression);
  }
  if (parts.size === 0) return undefined;
  const inBrackets = (part: string): string => (parts.size > 1 && part.includes(' OR ') ? `(${part})` : part);
  return { kind: 'expression', expression: [...parts].sort().map(inBrackets).join(' AND ') };
}

function debianId(name: string): string | undefined {
  const gnu = /^(a?gpl|lgpl)-([1-3](?:\.[01])?)(\+?)$/i.exec(name);
  if (gnu) {
    const version = gnu[2]!.includes('.') ? gnu[2]! : `${gnu[2]}.0`;
    const id = `${gnu[1]!.toUpperCase()}-${version}-${gnu[3] === '+' ? 'or-later' : 'only'}`;
    return SPDX_IDS.has(id) ? id : undefined;
  }
  return DEBIAN_NAMES.get(name.toLowerCase());
}

const MOST_WORDS = 2000;

/**
 * Reads names that are joined by `and`, `or`, `with` and brackets, in any case, and writes them as SPDX does.
 * @param idOf the SPDX identifier of a name, if it has one
 * @returns undefined where a name has none, or the words make no expression
 * @see https://spdx.github.io/spdx-spec/v2.3/SPDX-license-expressions/
 */
function parseExpression(text: string, idOf: (name: string) => string | undefined): string | undefined {
  const words = text.split(/([()])|\s+/).filter((word): word is string => word !== undefined && word !== '');
  if (words.length === 0 || words.length > MOST_WORDS) return undefined;
  const written: string[] = [];
  let depth = 0;
  let wantsName = true;
  for (let index = 0; index < words.length; index++) {
    const word = words[index]!;
    if (word === '(' && wantsName) depth++;
    else if (word === ')' && !wantsName && depth > 0) depth--;
    else if (wantsName) {
      const id = idOf(word);
      if (id === undefined) return undefined;
      wantsName = false;
      const exception = words[index + 2];
      if (/^with$/i.test(words[index + 1] ?? '')) {
        if (exception === undefined || !SPDX_EXCEPTIONS.has(exception)) return undefined;
        written.push(`${id} WITH ${exception}`);
        index += 2;
        continue;
      }
      written.push(id);
      continue;
    } else if (/^(?:and|or)$/i.test(word)) {
      wantsName = true;
      written.push(word.toUpperCase());
      continue;
    } else return undefined;
    written.push(word);
  }
  if (wantsName || depth > 0) return undefined;
  return written.join(' ').replaceAll('( ', '(').replaceAll(' )', ')');
}
