// SPDX-License-Identifier: Apache-2.0

/** What a file with a kickstart's name really is. */
export interface Foreign {
  readonly line: number;
  readonly message: string;
}

interface Mark {
  /** Matched against one line. */
  readonly pattern: RegExp;
  readonly message: string;
  /** Only the first line with content tells. */
  readonly first?: true;
}

/** Whole files of other formats, known by a line near their beginning. */
const FORMATS: readonly Mark[] = [
  {
    pattern: /^#cloud-config\b/,
    message: 'this is a cloud-init or Ubuntu autoinstall file, not a kickstart: give a kickstart',
  },
  {
    pattern:
      /^\s*(?:d-i|debconf|tasksel)\s+[a-z0-9-]+\/\S+\s+(?:string|boolean|select|multiselect|password|note|seen)\b/,
    message: 'this is a preseed file of debian-installer, not a kickstart: give a kickstart',
  },
  {
    pattern: /^(?:autoinstall|identity|variant|ignition):/,
    message: 'this is YAML for another installer, not a kickstart: give a kickstart',
    first: true,
  },
  {
    pattern: /^[{[]\s*(?:"|$)/,
    message: 'this is JSON, not a kickstart: give a kickstart',
    first: true,
  },
  {
    pattern: /^(?:<%#|\{#)/,
    message: 'this is a template that was not filled in: give the kickstart that is made from it',
    first: true,
  },
  {
    pattern: /^<\?xml\b|^<!DOCTYPE\b|^<html\b/i,
    message: 'this is XML or a web page, not a kickstart: give a kickstart',
  },
  {
    pattern: /^#!\s*\/\S*(?:sh|python[0-9.]*|perl|env)\b/,
    message: 'this is a script, not a kickstart: give the kickstart that it belongs to',
  },
];

/** How far into a file its format shows. */
const LOOK_AT_LINES = 60;

/**
 * Recognise files of other formats that travel under the name of a kickstart.
 * @returns undefined for what may be a kickstart
 */
export function recogniseDialect(text: string): Foreign | undefined {
  if (text.includes('\0')) {
    const line = text.slice(0, text.indexOf('\0')).split('\n').length;
    return { line, message: 'there is a NUL character: this is no text file' };
  }
  let isFirst = true;
  for (const [index, line] of text.split('\n', LOOK_AT_LINES).entries()) {
    if (line.startsWith('%')) break;
    const found = FORMATS.find(({ pattern, first }) => {
      if (line.startsWith('#!') ? index > 0 : first && !isFirst) return false;
      return pattern.test(line);
    });
    if (found) return { line: index + 1, message: found.message };
    if (/^\s*[^\s#]/.test(line)) isFirst = false;
  }
  return undefined;
}

/** Words at command level that belong to another language, or to a template nobody has filled in. */
const WORDS: readonly Mark[] = [
  {
    pattern: /^\$\{?[A-Za-z_(]|^\$SNIPPET/,
    message: 'is a mark of a template that was not filled in: fill the template in first',
  },
  { pattern: /^\{[{%]/, message: 'is a mark of a template that was not filled in: fill the template in first' },
  {
    pattern: /^<%|^<[A-Za-z]/,
    message: 'is a mark of a template that was not filled in, or of markup: fill the template in first',
  },
  {
    pattern: /^@[A-Za-z0-9_]+@$/,
    message: 'is a mark of a template that was not filled in: fill the template in first',
  },
  {
    pattern: /^preseed$/,
    message:
      "is a command of Debian's old Kickseed, not of kickstart: put it into %addon org_guestwright_deb, or do it in %post",
  },
  { pattern: /^d-i$/, message: 'begins a preseed line: put it into %addon org_guestwright_deb, or do it in %post' },
  {
    pattern: /^(?:vmaccepteula|accepteula|dryrun|esx[a-z]*|vmserialnum|installorupgrade|paranoid)$/,
    message: 'is a command of VMware ESXi, which has a language of its own: give a kickstart for Linux',
  },
  {
    pattern:
      /^(?:if|then|else|elif|fi|for|do|done|while|case|esac|echo|cat|set|export|function|cp|mv|rm|mkdir|sed|grep|systemctl|dnf|yum|apt|apt-get|EOF)$/,
    message: 'is a word of a shell script: put it between %post and %end',
  },
];

/** Sections of another language. */
const SECTIONS: readonly Mark[] = [
  {
    pattern: /^%firstboot$/,
    message: 'is a section of VMware ESXi, which has a language of its own: give a kickstart for Linux',
  },
  {
    pattern: /^%\{?[A-Z_]{2,}[%}]|^%\{/,
    message: 'is a mark of a template that was not filled in: fill the template in first',
  },
];

/** A sentence about a word with a percent sign that is no section, where it is known from elsewhere. */
export function recogniseSection(word: string): string | undefined {
  const mark = SECTIONS.find(({ pattern }) => pattern.test(word));
  return mark && `${word} ${mark.message}`;
}

/** A mark in a value that a template engine, or a person, was to fill in. */
const UNFILLED = /\$\{|\$SNIPPET|\{\{|\{%|<%|^@@?[A-Za-z][A-Za-z0-9_]*@@?$|^%[A-Z_]{2,}%$/;

/** What to add to a sentence about a value that does not fit, where it was never filled in; else ''. */
export function unfilledHint(value: string): string {
  return UNFILLED.test(value) ? '; it looks like a mark of a template: fill the template in first' : '';
}

/** A sentence about a word that begins a line and is no kickstart command, where it is known from elsewhere. */
export function recogniseWord(word: string): string | undefined {
  const mark = WORDS.find(({ pattern }) => pattern.test(word));
  return mark && `${JSON.stringify(word)} ${mark.message}`;
}

/** Options of commands that another language shares with kickstart in name only. */
const OPTIONS: readonly (Mark & { readonly owner: string })[] = [
  {
    owner: 'user',
    pattern: /^--(?:fullname|disabled)$/,
    message: 'belongs to Debian\'s old Kickseed: write user --name=NAME --gecos="Full Name" --password=…',
  },
  { owner: 'rootpw', pattern: /^--disabled$/, message: "belongs to Debian's old Kickseed: write rootpw --lock" },
  {
    owner: 'repo',
    pattern: /^--(?:distribution|components|source|key)$/,
    message:
      'belongs to Debian\'s old Kickseed: write the suite and the components after the URL, --baseurl="URL SUITE COMPONENTS"',
  },
  {
    owner: '',
    pattern: /^--(?:firstdisk|overwritevmfs|preservevmfs|addvmportgroup|novmfsondisk)$/,
    message: 'belongs to VMware ESXi, which has a language of its own: give a kickstart for Linux',
  },
];

/** What is known of an option that no version of the command has, to follow its name in a sentence. */
export function recogniseOption(owner: string, spelled: string): string | undefined {
  return OPTIONS.find((mark) => (mark.owner === '' || mark.owner === owner) && mark.pattern.test(spelled))?.message;
}
