// SPDX-License-Identifier: Apache-2.0
// What every bench needs: a command's time, memory and output, and a table.
import { spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, readlinkSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import Table from 'cli-table3';

export const root = fileURLToPath(new URL('..', import.meta.url));

/** GNU time(1): its figure is exact where sampling would miss what is short. */
const TIME = '/usr/bin/time';

/** How often the machine's memory is looked at, in milliseconds. */
const LOOK_EVERY = 200;

/**
 * Runs a command to its end.
 * @returns `seconds` of wall time; `cpuSeconds` of all its processes; `processKiB`: the most that any one of its processes
 *   had in memory; `nodeKiB`: the most that each of its processes of Node had, added; `machineKiB`: the most that the
 *   machine had less to give than before, memory file systems included (right on a quiet machine only); `stdout` and
 *   `stderr`
 */
export async function measure(words, { env = process.env, cwd = root } = {}) {
  if (!existsSync(TIME)) throw new Error('GNU time is missing; sudo apt-get install time');
  const folder = mkdtempSync(join(tmpdir(), 'guestwright-time-'));
  const report = join(folder, 'report');
  const before = availableKiB();
  let least = before;
  const peaks = new Map();
  let pid;
  const looking = setInterval(() => {
    least = Math.min(least, availableKiB());
    if (pid !== undefined) lookAtNode(pid, peaks);
  }, LOOK_EVERY);
  try {
    const started = performance.now();
    const result = await runToEnd([TIME, '--verbose', '--output', report, '--', ...words], { env, cwd }, (one) => {
      pid = one;
    });
    const seconds = (performance.now() - started) / 1000;
    if (result.code !== 0) {
      throw new Error(`${words[0]} ended with exit code ${result.code}: ${result.stderr.trim().split('\n').at(-1)}`);
    }
    const text = readFileSync(report, 'utf8');
    const figure = (label) => Number(new RegExp(`${label}: ([\\d.]+)`).exec(text)[1]);
    return {
      ...result,
      seconds,
      cpuSeconds: figure('User time \\(seconds\\)') + figure('System time \\(seconds\\)'),
      processKiB: figure('Maximum resident set size \\(kbytes\\)'),
      nodeKiB: [...peaks.values()].reduce((sum, { looks, peak }) => sum + (looks > 1 ? peak : 0), 0),
      machineKiB: before - least,
    };
  } finally {
    clearInterval(looking);
    rmSync(folder, { recursive: true, force: true });
  }
}

function runToEnd([program, ...words], options, onStart) {
  return new Promise((resolve, reject) => {
    const child = spawn(program, words, { ...options, stdio: ['ignore', 'pipe', 'pipe'] });
    onStart(child.pid);
    const chunks = { stdout: [], stderr: [] };
    child.stdout.on('data', (chunk) => chunks.stdout.push(chunk));
    child.stderr.on('data', (chunk) => chunks.stderr.push(chunk));
    child.on('error', reject);
    child.on('close', (code) =>
      resolve({ code, stdout: `${Buffer.concat(chunks.stdout)}`, stderr: `${Buffer.concat(chunks.stderr)}` }),
    );
  });
}

/**
 * Notes the peak (VmHWM, proc(5)) of each process of Node among the descendants of one. It only grows, so that a look now
 * and then misses no more than the last moment. What is seen once only may be a program that Node is about to start.
 */
function lookAtNode(pid, peaks) {
  try {
    if (readlinkSync(`/proc/${pid}/exe`) === process.execPath) {
      const peak = /^VmHWM:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, 'utf8'))?.[1];
      if (peak !== undefined) peaks.set(pid, { looks: (peaks.get(pid)?.looks ?? 0) + 1, peak: Number(peak) });
    }
    // Node's own threads start its programs too, so each thread has children.
    for (const thread of readdirSync(`/proc/${pid}/task`)) {
      const children = readFileSync(`/proc/${pid}/task/${thread}/children`, 'utf8');
      for (const child of children.split(' ').filter(Boolean)) lookAtNode(child, peaks);
    }
  } catch {
    // It has ended.
  }
}

function availableKiB() {
  return Number(/^MemAvailable:\s+(\d+)/m.exec(readFileSync('/proc/meminfo', 'utf8'))[1]);
}

export function median(values) {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
}

/** `0.53 ×` */
export function times(ratio) {
  return `${ratio.toFixed(2)} ×`;
}

export function mib(bytes) {
  return `${(bytes / 1024 / 1024).toFixed(bytes < 10 * 1024 * 1024 ? 1 : 0)} MiB`;
}

/** The first column is text, the others are figures. */
export function printTable(head, rows) {
  const table = new Table({
    head,
    colAligns: head.map((_, index) => (index === 0 ? 'left' : 'right')),
    style: { head: [], border: [], compact: true },
    chars: {
      top: '',
      'top-mid': '',
      'top-left': '',
      'top-right': '',
      bottom: '',
      'bottom-mid': '',
      'bottom-left': '',
      'bottom-right': '',
      left: '',
      'left-mid': '',
      mid: '',
      'mid-mid': '',
      right: '',
      'right-mid': '',
      middle: '  ',
    },
  });
  table.push(...rows);
  console.log(`\n${table.toString()}\n`);
}
