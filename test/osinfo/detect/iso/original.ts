// SPDX-License-Identifier: Apache-2.0
import { execFileSync } from 'node:child_process';

const PROGRAM = `
import gi, json, sys
gi.require_version('Libosinfo', '1.0')
from gi.repository import Libosinfo, GLib
for path in sys.argv[1:]:
    try:
        m = Libosinfo.Media.create_from_location_with_flags(path, None, Libosinfo.MediaDetectFlags(0))
        print(json.dumps({
            'bootable': m.is_bootable(),
            'facts': {key: value for key, value in {
                'volumeId': m.get_volume_id(), 'systemId': m.get_system_id(), 'publisherId': m.get_publisher_id(),
                'applicationId': m.get_application_id(), 'volumeSize': m.get_volume_size()}.items() if value is not None},
        }))
    except GLib.Error as error:
        print(json.dumps({'error': error.message}))
`;

export type OriginalAnswer =
  | { readonly bootable: boolean; readonly facts: Readonly<Record<string, string | number>> }
  | { readonly error: string };

/** What libosinfo itself reads of each image. */
export function askOriginal(paths: readonly string[]): OriginalAnswer[] {
  const output = execFileSync('/usr/bin/python3', ['-c', PROGRAM, ...paths], { encoding: 'utf8' });
  return output
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line) as OriginalAnswer);
}
