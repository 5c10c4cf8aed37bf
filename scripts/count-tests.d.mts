// SPDX-License-Identifier: Apache-2.0

export interface TestCounts {
  readonly passed: number;
  readonly failed: number;
  readonly skipped: number;
  /** What failed that is no test: a line for a person. */
  readonly said?: string;
}

export function countTests(report: string, exitCode: number | null): TestCounts;
