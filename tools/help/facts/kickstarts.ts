// SPDX-License-Identifier: Apache-2.0
import { debugVariable } from './common.js';
import type { CommandFacts } from './types.js';

export const kickstartFacts: Readonly<Record<string, CommandFacts>> = {
  'guestwright-ks': {
    about: [
      'Errors name file, line and column, all of them in one run. An included file is read where it is named. What any version of the language knows is taken, unless --ks-version names one.',
      'format and upgrade work on one file each: comments, the order of lines and %include stay, and not a byte of a script is changed.',
    ],
    exitStatus: [
      ['0', 'it is done, and nothing is wrong'],
      ['1', 'upgrade: something is left that a person has to rewrite'],
      ['2', 'a kickstart, or the command line, is wrong'],
    ],
    environment: [debugVariable],
    files: [],
    examples: [
      ['guestwright ks check *.ks', 'all that is wrong in them'],
      ['guestwright ks check --sarif *.ks > ks.sarif', 'for a service that shows findings at the lines of a change'],
      ['guestwright ks format --write *.ks', 'all in the same form'],
      ['guestwright ks upgrade --to RHEL10 old.ks > new.ks', 'what was renamed and removed since'],
      ['guestwright ks explain server.ks', 'what it does to an image, command by command'],
    ],
    seeAlso: ['guestwright-build(1)', 'ksvalidator(1)', 'ksflatten(1)'],
  },
  ksvalidator: {
    about: [
      'Options, frame and exit codes are those of pykickstart; the sentences are our own, and all errors are found in one run. A long option may be shortened as far as it stays unique. guestwright ks check says more: columns, warnings, JSON.',
    ],
    exitStatus: [
      ['0', 'nothing is wrong'],
      ['1', 'an error at which the original stops, or no file was given'],
      ['N', 'so many errors'],
      ['2', 'the command line is wrong; also two errors'],
    ],
    environment: [debugVariable],
    files: [],
    examples: [
      ['ksvalidator server.ks', 'against the newest Fedora'],
      ['ksvalidator -i -v RHEL9 server.ks', 'against RHEL 9, with what it includes'],
    ],
    seeAlso: ['guestwright-ks(1)', 'ksflatten(1)'],
  },
  ksflatten: {
    about: [
      'Options and exit codes are those of pykickstart. Commands stay in their order; the text reads back to the same in the version that it was read in, which its first line names.',
    ],
    exitStatus: [
      ['0', 'it is done'],
      ['1', 'the kickstart cannot be read or is wrong, or the output cannot be written'],
      ['2', 'the command line is wrong'],
    ],
    environment: [debugVariable],
    files: [],
    examples: [
      ['ksflatten -c live.ks -o flat.ks', 'one file of several'],
      ['ksflatten -c live.ks -v RHEL9', 'as RHEL 9 knows it'],
    ],
    seeAlso: ['guestwright-ks(1)', 'ksvalidator(1)'],
  },
};
