// SPDX-License-Identifier: Apache-2.0

export { type BootTestOptions, type BootTestResult, bootTest, type InsideOptions } from './boot-test/boot-test.js';
export { type ExpectedInside, expectedInside } from './boot-test/inside.js';
export { type ConvertOptions, runConversion, type WrittenFile } from './convert/convert.js';
export { type ConvertPlan, type ConvertRequest, planConversion } from './convert/plan.js';
export { readSource, type Source } from './convert/source.js';
export { type DeployOptions, deployToLibvirt, undeployFromLibvirt } from './deploy/to-libvirt.js';
export { describeMachine, type InstallRecord } from './install/describe-machine.js';
export { type FetchedMedium, type FetchOptions, fetchMedium } from './install/fetch-medium.js';
export { type FoundInstaller, findInstaller } from './install/find-installer.js';
export {
  type InstalledSystem,
  installSystem,
  type PreparedInstallation,
  prepareInstallation,
  type SystemOptions,
  type SystemRequest,
} from './install/install.js';
export { makeAnswers } from './install/make-answers.js';
export { type InstallPlan, type InstallWishes, planInstall } from './install/plan-install.js';
export { type Answers, type PreparedMedia, prepareMedia } from './install/prepare-media.js';
export { InstallationError, runInstallation } from './install/run-installation.js';
export { type Kickstart, type ReadOptions, readKickstart } from './kickstart/index.js';
export { LibvirtError, Virsh } from './libvirt/virsh.js';
export type { Volume } from './libvirt/volumes.js';
export { planAppliance } from './plan/appliance.js';
export { readHostFacts } from './plan/host.js';
export type * from './plan/types.js';
export { type BuildOptions, type BuildResult, buildAppliance } from './run/build.js';
export { type ImageFormat, type ImageSizes, imageSizes, type SizesOptions } from './sizes/index.js';
export { type InstallOptions, installMachine } from './virt-image/install-machine.js';
export { askMachineHost } from './virt-image/machine-host.js';
export type * from './virt-image/machine-request.js';
export { type MachineHost, type MachinePlan, planMachine } from './virt-image/plan-machine.js';
export { readVirtImage } from './virt-image/read.js';
