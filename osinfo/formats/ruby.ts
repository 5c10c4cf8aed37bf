// SPDX-License-Identifier: Apache-2.0

/** A string of Ruby's in single quotes, in which only the quote and the backslash mean anything. */
export const rubyString = (value: string): string => `'${value.replace(/['\\]/g, '\\$&')}'`;
