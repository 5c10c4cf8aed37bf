// SPDX-License-Identifier: Apache-2.0

// What is asked of a machine beyond its descriptor: plain data, from the options of a command or of a program.

/** Where a network card is plugged in. */
export type NicSource =
  | { readonly type: 'user' }
  | { readonly type: 'network'; readonly network: string }
  | { readonly type: 'bridge'; readonly bridge: string }
  /** A card of the host, shared by macvtap. */
  | { readonly type: 'direct'; readonly device: string; readonly mode: string };

/** A network card. Left out: the connection's usual network, a MAC by chance, the recommended model. */
export interface NicRequest {
  readonly source?: NicSource;
  readonly mac?: string;
  readonly model?: string;
}

export interface GraphicsRequest {
  readonly type: 'vnc' | 'spice' | 'sdl' | 'none';
  readonly port?: number;
  readonly tlsPort?: number;
  readonly listen?: string;
  readonly keymap?: string;
  readonly password?: string;
  readonly passwordValidTo?: string;
}

export interface VcpuRequest {
  readonly count: number;
  /** How many there can be while it runs. */
  readonly maximum?: number;
  readonly sockets?: number;
  readonly cores?: number;
  readonly threads?: number;
  /** Processors of the host that they run on: `0-3,^2`. */
  readonly cpuset?: string;
}

export interface CpuRequest {
  /** A model, or libvirt's `host-model`, `host-passthrough`, `maximum`. */
  readonly model: string;
  readonly features: readonly { readonly name: string; readonly policy: string }[];
}

/** What is wanted of a machine; what is left out comes from the descriptor, and what that leaves out is recommended. */
export interface MachineRequest {
  readonly name?: string;
  readonly uuid?: string;
  /** Index of the `boot` that is taken, features or not. */
  readonly boot?: number;
  readonly memoryMiB?: number;
  readonly maximumMemoryMiB?: number;
  readonly vcpus?: VcpuRequest;
  readonly cpuset?: string;
  readonly cpu?: CpuRequest;
  /** States of features by name; those that the descriptor names win. */
  readonly features?: ReadonlyMap<string, boolean>;
  /** The first of these cards, in their order; there are at least as many as the descriptor has. */
  readonly nics?: readonly NicRequest[];
  readonly graphics?: readonly GraphicsRequest[];
  /** Id or short id of the OS; `none`: nothing is recommended, and the domain is what the first tool made. */
  readonly os?: string;
  /** Whether its clock shows local time, as Windows wants it. */
  readonly localTime?: boolean;
}
