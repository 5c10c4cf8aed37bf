// SPDX-License-Identifier: Apache-2.0
import { shellText } from './shell-text.js';

/** Completion for fish 3. Fish writes the backslashes that a word needs. */
export function fishScript(programs: readonly string[]): string {
  return shellText(
    String.raw`# SPDX-License-Identifier: Apache-2.0
# Completion of guestwright and its programs for fish: guestwright completion fish | source

function __guestwright_complete
    command -q guestwright; or return
    set -l current (commandline -ct | string replace -r '^[\'"]' '')
    test (count $current) -eq 1; or set current ''
    set -l lines (command guestwright __complete -- (commandline -opc) $current 2>/dev/null)
    test (count $lines) -gt 1; and printf '%s\n' $lines[2..-1]
    set -l flags (string split ' ' -- $lines[1])
    if contains -- folder $flags
        __fish_complete_directories $current
    else if contains -- file $flags
        set -l endings (string replace -f -r '^\*' '' -- $flags)
        if test (count $endings) -eq 0
            __fish_complete_path $current
        else
            set -l ending (string escape --style=regex -- $endings | string join '|')
            __fish_complete_path $current | string match -r -- "^[^\t]*(?:/|$ending)(?:\t.*)?\$"
        end
    end
end

for program in PROGRAMS
    complete -c $program -f -a '(__guestwright_complete)'
end
`,
    programs,
  );
}
