// SPDX-License-Identifier: Apache-2.0

export { type BootTestOptions, type BootTestResult, bootTest, type InsideOptions } from './boot-test/boot-test.js';
export { type ExpectedInside, expectedInside } from './boot-test/inside.js';
export { type ConvertOptions, runConversion, type WrittenFile } from './convert/convert.js';
export { type ConvertPlan, type ConvertRequest, planConversion } from './convert/plan.js';
export { readSource, type Source } from './convert/source.js';
export { type DeployOptions, deployToLibvirt, undeployFromLibvirt } from './deploy/to-libvirt.js';
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
