// SPDX-License-Identifier: Apache-2.0
import { readXml, type XmlElement } from '../../../osinfo/xml/read.js';
import type { RpmGroupPlan } from '../../plan/types.js';

export type MemberType = 'mandatory' | 'default' | 'conditional' | 'optional';

export interface CompsGroup {
  readonly id: string;
  readonly name: string;
  readonly members: readonly { readonly name: string; readonly type: MemberType; readonly requires?: string }[];
}

export interface CompsEnvironment {
  readonly id: string;
  readonly name: string;
  /** Groups that belong to it; those that only may are not among them. */
  readonly groups: readonly string[];
}

/** What repositories say of groups (comps.xml), put together: a group of the same id in two of them is one. */
export interface Comps {
  readonly groups: ReadonlyMap<string, CompsGroup>;
  readonly environments: ReadonlyMap<string, CompsEnvironment>;
}

/** Fedora's has translations of every name: some 3 MB, 40,000 elements. */
const LIMITS = { maxBytes: 64 * 1024 * 1024, maxElements: 2_000_000 };

/**
 * Reads files of groups (comps.dtd of the createrepo project).
 * @throws XmlError for a file that is no XML
 */
export function parseComps(files: readonly { readonly name: string; readonly text: string | Uint8Array }[]): Comps {
  const groups = new Map<string, CompsGroup>();
  const environments = new Map<string, CompsEnvironment>();
  for (const { name, text } of files) {
    for (const element of readXml(text, name, LIMITS).children) {
      if (element.name === 'group') addGroup(groups, element);
      else if (element.name === 'environment') addEnvironment(environments, element);
    }
  }
  return { groups, environments };
}

function addGroup(groups: Map<string, CompsGroup>, element: XmlElement): void {
  const id = textOf(element, 'id');
  if (id === undefined) return;
  const before = groups.get(id);
  const members = (element.child('packagelist')?.children ?? [])
    .filter((one) => one.name === 'packagereq' && one.text.trim() !== '')
    .map((one) => {
      const requires = one.attrs.get('requires');
      return {
        name: one.text.trim(),
        type: memberType(one.attrs.get('type')),
        ...(requires === undefined ? {} : { requires }),
      };
    });
  groups.set(id, {
    id,
    name: before?.name ?? textOf(element, 'name') ?? id,
    members: [
      ...(before?.members ?? []),
      ...members.filter((one) => !before?.members.some((old) => old.name === one.name)),
    ],
  });
}

function addEnvironment(environments: Map<string, CompsEnvironment>, element: XmlElement): void {
  const id = textOf(element, 'id');
  if (id === undefined) return;
  const before = environments.get(id);
  const groups = (element.child('grouplist')?.children ?? []).map((one) => one.text.trim());
  environments.set(id, {
    id,
    name: before?.name ?? textOf(element, 'name') ?? id,
    groups: [...new Set([...(before?.groups ?? []), ...groups])],
  });
}

/** The element without a language: the others are translations. */
function textOf(element: XmlElement, name: string): string | undefined {
  return element.children.find((one) => one.name === name && !one.attrs.has('xml:lang'))?.text.trim();
}

function memberType(text: string | undefined): MemberType {
  return text === 'default' || text === 'conditional' || text === 'optional' ? text : 'mandatory';
}

/** What dnf is asked for in place of the plan's groups. */
export interface ResolvedGroups {
  /** Groups and environments by their ids. */
  readonly ids: readonly string[];
  /** Which members of every one of them. */
  readonly types: readonly MemberType[];
  /** Members that only some of the groups bring: dnf knows one answer for all groups. */
  readonly members: readonly string[];
  /** Conditional members of these come where their package does. */
  readonly unknown: readonly RpmGroupPlan[];
  /** Every member that is wanted, with the group that names it: to find those that no repository has. */
  readonly wanted: readonly { readonly group: string; readonly name: string }[];
}

/** Which members an installation takes, by what the kickstart says of the group (as Anaconda does). */
const TYPES: Readonly<Record<RpmGroupPlan['members'], readonly MemberType[]>> = {
  mandatory: ['mandatory', 'conditional'],
  default: ['mandatory', 'default', 'conditional'],
  all: ['mandatory', 'default', 'conditional', 'optional'],
};

/**
 * Turns the plan's groups into what dnf can be asked: `--nodefaults` and `--optional` are a kickstart's for each group,
 * and dnf's for all together, so where they differ the least is asked of all, and the rest by name. An environment of
 * which a group is left out becomes its other groups.
 */
export function resolveGroups(
  plans: readonly RpmGroupPlan[],
  comps: Comps,
  without: readonly { readonly name: string }[],
): ResolvedGroups {
  const left = new Set(without.map(({ name }) => findGroup(comps, name)?.id ?? name));
  const found: { group: CompsGroup; members: RpmGroupPlan['members'] }[] = [];
  const ids = new Set<string>();
  const unknown: RpmGroupPlan[] = [];
  for (const plan of plans) {
    const environment = findEnvironment(comps, plan.name);
    const group = plan.kind === 'group' ? findGroup(comps, plan.name) : undefined;
    if (group) {
      if (left.has(group.id)) continue;
      found.push({ group, members: plan.members });
      ids.add(group.id);
    } else if (environment) {
      const groups = environment.groups.flatMap((id) => comps.groups.get(id) ?? []);
      const kept = groups.filter((one) => !left.has(one.id));
      for (const one of kept) found.push({ group: one, members: plan.members });
      for (const id of kept.length === groups.length ? [environment.id] : kept.map((one) => one.id)) ids.add(id);
    } else {
      unknown.push(plan);
    }
  }
  const types = leastOf(found.map((one) => one.members));
  const rest = found.flatMap(({ group, members }) =>
    group.members
      .filter((one) => TYPES[members].includes(one.type) && !types.includes(one.type) && one.type !== 'conditional')
      .map((one) => one.name),
  );
  return {
    ids: [...ids],
    types,
    members: [...new Set(rest)],
    unknown,
    wanted: found.flatMap(({ group, members }) =>
      group.members
        .filter((one) => one.type !== 'conditional' && TYPES[members].includes(one.type))
        .map((one) => ({ group: group.id, name: one.name })),
    ),
  };
}

function leastOf(members: readonly RpmGroupPlan['members'][]): readonly MemberType[] {
  const least = (['mandatory', 'default', 'all'] as const).find((one) => members.includes(one));
  return TYPES[least ?? 'default'];
}

function findGroup(comps: Comps, name: string): CompsGroup | undefined {
  return byName(comps.groups, name);
}

function findEnvironment(comps: Comps, name: string): CompsEnvironment | undefined {
  return byName(comps.environments, name);
}

/** By its id, else by its name for people, in any case of letters. */
function byName<T extends { readonly id: string; readonly name: string }>(
  all: ReadonlyMap<string, T>,
  name: string,
): T | undefined {
  const wanted = name.toLowerCase();
  return all.get(name) ?? [...all.values()].find((one) => one.name.toLowerCase() === wanted);
}
