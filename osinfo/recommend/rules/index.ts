// SPDX-License-Identifier: Apache-2.0
import type { AnyRule } from '../engine.js';
import { balloonRule } from './balloon.js';
import { cdromRule } from './cdrom.js';
import { channelsRule } from './channels.js';
import { clockOffsetRule, timersRule } from './clock.js';
import { cpuBaselineRule, cpuModeRule } from './cpu.js';
import { discardRule, diskRule } from './disk.js';
import { firmwareRule } from './firmware.js';
import { generationIdRule } from './generation-id.js';
import { graphicsRule } from './graphics.js';
import { hypervRule } from './hyperv.js';
import { inputsRule } from './inputs.js';
import { machineRule } from './machine.js';
import { nicRule } from './nic.js';
import { panicRule } from './panic.js';
import { rngRule } from './rng.js';
import { secureBootRule } from './secure-boot.js';
import { serialConsoleRule } from './serial-console.js';
import { cpuCountRule, memoryRule, storageRule } from './sizes.js';
import { soundRule } from './sound.js';
import { tpmRule } from './tpm.js';
import { usbRule } from './usb.js';
import { videoRule } from './video.js';
import { watchdogRule } from './watchdog.js';

/** All decisions, in the order in which they are taken: each sees those above it. */
export const rules: readonly AnyRule[] = [
  machineRule,
  firmwareRule,
  secureBootRule,
  cpuModeRule,
  cpuBaselineRule,
  cpuCountRule,
  memoryRule,
  storageRule,
  diskRule,
  discardRule,
  cdromRule,
  nicRule,
  graphicsRule,
  videoRule,
  soundRule,
  usbRule,
  inputsRule,
  rngRule,
  balloonRule,
  channelsRule,
  tpmRule,
  watchdogRule,
  hypervRule,
  panicRule,
  generationIdRule,
  serialConsoleRule,
  clockOffsetRule,
  timersRule,
];
