// SPDX-License-Identifier: Apache-2.0

/** An address of a repository as it may be shown: without the user and password that it may hold. */
export function withoutPassword(address: string): string {
  return address.replace(/^([a-z][a-z0-9+.-]*:\/\/)[^/@\s]*@/i, '$1');
}

/** The same of every address in what a tool says. */
export function withoutPasswords(text: string): string {
  return text.replace(/([a-z]+:\/\/)[^/@\s]*@/g, '$1');
}

/** Fills dnf's variables in: `$releasever`, `$basearch` and `$arch`, in braces too (dnf.conf(5)). Others stay. */
export function expandVariables(
  text: string,
  { releasever, basearch }: { readonly releasever: string; readonly basearch: string },
): string {
  const [major = '', minor = ''] = releasever.split('.');
  const values: Readonly<Record<string, string>> = {
    releasever,
    releasever_major: major,
    releasever_minor: minor,
    basearch,
    arch: basearch,
  };
  return text.replace(/\$(?:\{(\w+)\}|(\w+))/g, (whole, braced: string | undefined, plain: string | undefined) => {
    const name = braced ?? plain ?? '';
    return Object.hasOwn(values, name) ? values[name]! : whole;
  });
}
