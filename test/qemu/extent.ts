// SPDX-License-Identifier: Apache-2.0

/** Whether every machine is tried (`npm run test:qemu`), or in `npm test` a few of each sort. */
export const all = process.env['GUESTWRIGHT_TEST_QEMU'] === 'all';

/** So many of a list, from all of its length. */
export function spread<T>(list: readonly T[], count: number): T[] {
  if (list.length <= count) return [...list];
  return Array.from({ length: count }, (_, index) => list[Math.floor((index * list.length) / count)]!);
}

/** A table on the console, for the one who waited for it. */
export function showTable(head: readonly string[], rows: readonly (readonly (string | number)[])[]): void {
  const cells = [head, ...rows].map((row) => row.map(String));
  const widths = head.map((_, column) => Math.max(...cells.map((row) => row[column]!.length)));
  const line = (row: readonly string[]): string =>
    row.map((cell, column) => (column === 0 ? cell.padEnd(widths[0]!) : cell.padStart(widths[column]!))).join('  ');
  console.log(`\n${cells.map(line).join('\n')}\n`);
}
