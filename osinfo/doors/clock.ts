// SPDX-License-Identifier: Apache-2.0

/** Seconds since 1970 that outputs should carry: SOURCE_DATE_EPOCH where it is set, else now. */
export function outputEpoch(env: NodeJS.ProcessEnv = process.env): number {
  const given = env['SOURCE_DATE_EPOCH'];
  if (given !== undefined && /^\d{1,12}$/.test(given)) return Number(given);
  return Math.floor(Date.now() / 1000);
}

/** Whether the caller asked for outputs that are the same bytes each time. */
export function isReproducible(env: NodeJS.ProcessEnv = process.env): boolean {
  return /^\d{1,12}$/.test(env['SOURCE_DATE_EPOCH'] ?? '');
}

/** Milliseconds of a clock that never goes back. */
export function monotonicMs(): number {
  return performance.now();
}

/** Milliseconds since 1970 by this machine's clock, to tell how old a file is. */
export function wallClockMs(): number {
  return Date.now();
}
