// SPDX-License-Identifier: Apache-2.0

/** Major and minor number as one that can be compared; infinite where a version says none. */
export function versionRank(version: string | undefined): number {
  const [, major, minor] = /^(\d{1,6})(?:\.(\d{1,4}))?/.exec(version ?? '') ?? [];
  return major === undefined ? Number.POSITIVE_INFINITY : Number(major) * 10_000 + Number(minor ?? 0);
}
