// SPDX-License-Identifier: Apache-2.0

/**
 * A string for PowerShell. In single quotes only the quotes themselves mean anything, and PowerShell takes the
 * typographic ones for quotes, too.
 */
export const powershellString = (value: string): string => `'${value.replace(/['\u2018-\u201b]/g, '$&$&')}'`;
