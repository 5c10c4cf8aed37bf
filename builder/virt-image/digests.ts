// SPDX-License-Identifier: Apache-2.0

/** Digests that are verified, and how many hex digits each has. The first readers looked at sha256, else at sha1. */
export const hexDigits: Readonly<Record<string, number>> = {
  sha512: 128,
  sha384: 96,
  sha256: 64,
  sha224: 56,
  sha1: 40,
  md5: 32,
};
