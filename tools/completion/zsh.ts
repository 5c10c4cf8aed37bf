// SPDX-License-Identifier: Apache-2.0
import { shellText } from './shell-text.js';

/** Completion for zsh 5: a file `_guestwright` in fpath, or sourced. compadd writes the quotes that a word needs. */
export function zshScript(programs: readonly string[]): string {
  return shellText(
    String.raw`#compdef PROGRAMS
# SPDX-License-Identifier: Apache-2.0
# Completion of guestwright and its programs for zsh: _guestwright in a folder of fpath, or
# source <(guestwright completion zsh) behind compinit.

_guestwright() {
  emulate -L zsh
  local -a lines flags values shown ending globs
  local line value
  local -i found=1
  lines=("@{(@f)$(command guestwright __complete -- "@{(@Q)words[1,CURRENT-1]}" "@{(Q)PREFIX}" 2>/dev/null)}")
  flags=(@{=lines[1]})
  for line in "@{(@)lines[2,-1]}"; do
    value=@{line%%$'\t'*}
    values+=("$value")
    if [[ $line == *$'\t'* ]]; then
      shown+=("$value  -- @{line#*$'\t'}")
    else
      shown+=("$value")
    fi
  done
  if (( $flags[(Ie)nospace] )); then
    ending=(-S '')
  fi
  if (( $#values )); then
    compadd "@{ending[@]}" -l -d shown -a values && found=0
  fi
  if (( $flags[(Ie)folder] || $flags[(Ie)file] )); then
    [[ $PREFIX == --*=* ]] && compset -P '*='
    globs=(@{(M)flags:#\**})
    if (( $flags[(Ie)folder] )); then
      _files -/ && found=0
    elif (( $#globs )); then
      _files -g "(@{(j:|:)globs})" && found=0
    else
      _files && found=0
    fi
  fi
  return found
}

if [[ $funcstack[1] == _guestwright ]]; then
  _guestwright "$@"
else
  compdef _guestwright PROGRAMS
fi
`,
    programs,
  );
}
