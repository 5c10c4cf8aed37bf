// SPDX-License-Identifier: Apache-2.0

/**
 * The text of a shell's script from a template: TypeScript has its own use for a dollar before a brace, which is
 * written `@{` there; `PROGRAMS` stands for the names.
 */
export function shellText(template: string, programs: readonly string[]): string {
  return template.replaceAll('@{', '$' + '{').replaceAll('PROGRAMS', programs.join(' '));
}
