// SPDX-License-Identifier: Apache-2.0
import type { At } from '../kickstart/model.js';
import type { FstabEntry } from './storage/types.js';

/** What the system is told about itself: names, language, clock, accounts, connections, protection, services, mounts. */
export interface SystemPlan {
  readonly hostname: string;
  readonly language?: string;
  /** Locales to be made, the language's own first, in glibc's spelling: `de_DE.UTF-8`. */
  readonly locales?: { readonly at: At; readonly names: readonly string[] };
  readonly keyboard?: KeyboardPlan;
  readonly timezone?: { readonly zone: string; readonly utc: boolean };
  readonly time?: TimePlan;
  readonly rootPassword?: {
    readonly password?: string;
    readonly crypted: boolean;
    readonly lock: boolean;
    /** Root may log in over ssh by password. */
    readonly allowSsh: boolean;
  };
  readonly groups: readonly { readonly name: string; readonly gid?: number; readonly at: At }[];
  readonly users: readonly UserPlan[];
  readonly sshKeys: readonly { readonly username: string; readonly key: string; readonly at: At }[];
  readonly network: readonly NetworkPlan[];
  readonly firewall?: FirewallPlan;
  readonly selinux?: { readonly at: At; readonly mode: 'enforcing' | 'permissive' | 'disabled' };
  readonly certificates: readonly CertificatePlan[];
  /** What is started in the end: a desktop's log-in, or the consoles. Absent: as the packages have it. */
  readonly target?: 'graphical' | 'multi-user';
  /** `xconfig --defaultdesktop`. */
  readonly desktop?: { readonly at: At; readonly name: string };
  /** Whether an assistant asks questions at the first boot. */
  readonly firstboot?: { readonly at: At; readonly state: 'enable' | 'disable' | 'reconfig' };
  /** The words of an `authselect` line, run where the system has that program. */
  readonly authselect?: { readonly at: At; readonly words: readonly string[] };
  /** What the machine is for, as Red Hat's subscriptions have it. */
  readonly purpose?: {
    readonly at: At;
    readonly role: string;
    readonly sla: string;
    readonly usage: string;
    readonly addons: readonly string[];
  };
  readonly servicesEnabled: readonly { readonly name: string; readonly at: At }[];
  readonly servicesDisabled: readonly { readonly name: string; readonly at: At }[];
  readonly fstab: readonly FstabEntry[];
  /** Commands that the user accepts to be without effect, where the system has nothing that could do them. */
  readonly allowIgnored: readonly string[];
}

export interface KeyboardPlan {
  readonly layout: string;
  /** Whether `layout` was said to be a console's keymap, which has other names than X's layouts. */
  readonly console: boolean;
  readonly xLayouts: readonly string[];
  readonly options: readonly string[];
}

/** Where the clock is set from. No servers: those of the packages. */
export interface TimePlan {
  readonly at: At;
  readonly enabled: boolean;
  readonly servers: readonly { readonly host: string; readonly pool: boolean; readonly nts: boolean }[];
}

export interface UserPlan {
  readonly at: At;
  readonly name: string;
  readonly password?: string;
  readonly crypted: boolean;
  readonly lock: boolean;
  readonly groups: readonly { readonly name: string; readonly gid?: number }[];
  readonly uid?: number;
  readonly gid?: number;
  readonly home?: string;
  readonly shell?: string;
  readonly gecos?: string;
}

export interface FirewallPlan {
  readonly at: At;
  readonly mode: 'enabled' | 'disabled' | 'system-defaults';
  readonly services: readonly string[];
  readonly removedServices: readonly string[];
  /** `port` is a number, a range, or a name of /etc/services. */
  readonly ports: readonly { readonly port: string; readonly protocol: 'tcp' | 'udp' | 'sctp' | 'dccp' }[];
  /** Interfaces from which everything is let in. */
  readonly trusts: readonly string[];
}

export interface CertificatePlan {
  readonly at: At;
  readonly filename: string;
  readonly dir?: string;
  /** The system trusts it as an authority. */
  readonly anchor: boolean;
  readonly body: string;
}

/** One connection. */
export interface NetworkPlan {
  readonly at: At;
  /** Its name: an interface's, or `wired` and a number. */
  readonly name: string;
  readonly link: LinkPlan;
  /** An interface name; absent: any wired one, or the one with `mac`. */
  readonly device?: string;
  /** Hardware address of the device that is meant, `52:54:00:…`. */
  readonly mac?: string;
  readonly ipv4: AddressPlan;
  readonly ipv6: AddressPlan;
  readonly nameservers: readonly string[];
  /** Whether the route to everywhere may go here. */
  readonly defaultRoute: boolean;
  /** Whether it is brought up when the system starts. */
  readonly onBoot: boolean;
  readonly mtu?: number;
  readonly dhcpClass?: string;
  readonly ethernet?: { readonly speed?: number; readonly duplex?: 'half' | 'full'; readonly autoneg?: boolean };
}

/** What kind of link a connection makes. Devices of a bond, bridge or team get connections of their own. */
export type LinkPlan =
  | { readonly kind: 'ethernet' }
  | {
      readonly kind: 'bond';
      readonly ports: readonly string[];
      readonly options: readonly (readonly [string, string])[];
    }
  | {
      readonly kind: 'bridge';
      readonly ports: readonly string[];
      readonly options: readonly (readonly [string, string])[];
    }
  | {
      readonly kind: 'team';
      /** Each device, with its own settings as JSON. */
      readonly ports: readonly { readonly device: string; readonly config?: string }[];
      readonly config?: string;
    }
  | { readonly kind: 'vlan'; readonly parent: string; readonly id: number }
  | { readonly kind: 'wifi'; readonly ssid: string; readonly key?: string };

/** How a connection gets addresses of one family. `auto` is DHCP for IPv4, router advertisements for IPv6. */
export interface AddressPlan {
  readonly method: 'auto' | 'dhcp' | 'static' | 'none';
  readonly address?: string;
  readonly prefix?: number;
  readonly gateway?: string;
  readonly search: readonly string[];
  readonly ignoreAutoDns: boolean;
}
