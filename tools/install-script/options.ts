// SPDX-License-Identifier: Apache-2.0
import type { InjectionKind } from '../../osinfo/script/injection/plan.js';

/** The command line of `osinfo-install-script`. */
export interface InstallScriptOptions {
  readonly profile: string;
  readonly outputDir: string;
  readonly prefix?: string;
  readonly installationSource?: string;
  readonly config: readonly string[];
  readonly configFile?: readonly string[];
  readonly listConfig?: true;
  readonly listProfiles?: true;
  readonly listInjectionMethods?: true;
  readonly commandLine?: true;
  readonly inject?: InjectionKind;
  readonly initrd?: string;
  readonly quiet?: true;
  readonly db?: string;
}
