// SPDX-License-Identifier: Apache-2.0

/** A package's name alone, of what apt takes for one: `name:arch`, `name=version`, `name/suite` (apt-get(8)). */
export function bareName(asked: string): string {
  return asked.split(/[:=/]/)[0]!;
}
