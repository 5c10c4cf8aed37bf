// SPDX-License-Identifier: Apache-2.0
import { defineConfig } from 'vitest/config';

/**
 * `unit` needs only node and the tools that set-up installs; `e2e` builds and boots for real, one file at a time; `images`
 * is the long run of the same kind, which only `npm run test:images` starts; `install` lets a real installer read our answers
 * (`npm run test:install`); `libvirt` makes machines with a real libvirtd (`npm run test:libvirt`).
 */
export default defineConfig({
  test: {
    // All processors: left to itself vitest keeps one free, which is half of a machine with two.
    maxWorkers: '100%',
    projects: [
      {
        test: {
          name: 'unit',
          include: ['test/**/*.test.ts'],
          exclude: ['test/e2e/**'],
          testTimeout: 120_000,
          hookTimeout: 120_000,
          sequence: { groupOrder: 0 },
        },
      },
      {
        test: {
          name: 'e2e',
          include: ['test/e2e/**/*.test.ts'],
          testTimeout: 600_000,
          hookTimeout: 600_000,
          fileParallelism: false,
          sequence: { groupOrder: 1 },
        },
      },
      {
        test: {
          name: 'images',
          include: ['test/images/**/*.image.ts'],
          testTimeout: 1_800_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
          sequence: { groupOrder: 2 },
        },
      },
      {
        test: {
          name: 'install',
          include: ['test/install/**/*.install.ts'],
          testTimeout: 12_000_000,
          fileParallelism: false,
          sequence: { groupOrder: 3 },
        },
      },
      {
        test: {
          name: 'libvirt',
          include: ['test/libvirt/**/*.libvirt.ts'],
          testTimeout: 900_000,
          hookTimeout: 1_800_000,
          fileParallelism: false,
          sequence: { groupOrder: 4 },
        },
      },
    ],
  },
});
