// SPDX-License-Identifier: Apache-2.0
import type { AnyRule } from '../engine.js';
import { balloonRule } from './balloon.js';
import { bootRule } from './boot.js';
import { cdromRule } from './cdrom.js';
import { channelsRule } from './channels.js';
import { clockOffsetRule, timersRule } from './clock.js';
import { cpuBaselineRule, cpuModelRule, cpuModeRule } from './cpu.js';
import { diskRule } from './disk.js';
import { cacheRule, discardRule, diskQueuesRule, ioRule, iothreadRule, nicQueuesRule } from './disk-use.js';
import { firmwareRule } from './firmware.js';
import { freePagesRule } from './free-pages.js';
import { generationIdRule } from './generation-id.js';
import { graphicsRule } from './graphics.js';
import { guestAgentRule } from './guest-agent.js';
import { hypervRule } from './hyperv.js';
import { inputsRule } from './inputs.js';
import { machineRule } from './machine.js';
import { machineVersionRule } from './machine-version.js';
import { hugepagesRule, maximumMemoryRule } from './memory-more.js';
import { nicRule } from './nic.js';
import { panicRule } from './panic.js';
import { rngRule } from './rng.js';
import { secureBootRule } from './secure-boot.js';
import { serialConsoleRule } from './serial-console.js';
import { cpuCountRule, memoryRule, storageRule } from './sizes.js';
import { soundRule } from './sound.js';
import { topologyRule } from './topology.js';
import { tpmRule } from './tpm.js';
import { usbRule } from './usb.js';
import { videoRule } from './video.js';
import { vsockRule } from './vsock.js';
import { watchdogRule } from './watchdog.js';

/** All decisions, in the order in which they are taken: each sees those above it. */
export const rules: readonly AnyRule[] = [
  machineRule,
  machineVersionRule,
  firmwareRule,
  secureBootRule,
  cpuBaselineRule,
  cpuModeRule,
  cpuModelRule,
  cpuCountRule,
  topologyRule,
  memoryRule,
  storageRule,
  diskRule,
  discardRule,
  cacheRule,
  ioRule,
  iothreadRule,
  diskQueuesRule,
  cdromRule,
  nicRule,
  nicQueuesRule,
  graphicsRule,
  videoRule,
  soundRule,
  usbRule,
  inputsRule,
  rngRule,
  balloonRule,
  freePagesRule,
  maximumMemoryRule,
  hugepagesRule,
  vsockRule,
  channelsRule,
  guestAgentRule,
  tpmRule,
  watchdogRule,
  hypervRule,
  panicRule,
  generationIdRule,
  serialConsoleRule,
  clockOffsetRule,
  timersRule,
  bootRule,
];
