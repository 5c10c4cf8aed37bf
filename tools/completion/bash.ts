// SPDX-License-Identifier: Apache-2.0
import { shellText } from './shell-text.js';

/**
 * Completion for bash 4.3 and newer. Nothing that comes from a database is evaluated: words with other than plain
 * characters are written with backslashes, or left out where the shell would not keep those.
 */
export function bashScript(programs: readonly string[]): string {
  return shellText(
    String.raw`# SPDX-License-Identifier: Apache-2.0
# Completion of guestwright and its programs for bash: source <(guestwright completion bash)

_guestwright() {
  local line=@{COMP_LINE:0:COMP_POINT} piece index
  local -a words=()
  COMPREPLY=()
  # Bash takes words apart at = and :, too. Here they are put together as they were typed.
  for ((index = 0; index <= COMP_CWORD; index++)); do
    piece=@{COMP_WORDS[index]}
    if [[ -z $COMP_LINE ]]; then
      words+=("$piece")
      continue
    fi
    if [[ $index -gt 0 && -n $line && $line != [[:space:]]* ]]; then
      ((index == COMP_CWORD)) && piece=$line
      words[-1]+=$piece
    elif [[ $index -gt 0 && -z $line ]]; then
      # Behind an = or a : at the cursor there is an empty word, which is part of the one before.
      continue
    else
      line=@{line#"@{line%%[![:space:]]*}"}
      # Of the last word, what is before the cursor.
      ((index == COMP_CWORD)) && piece=$line
      words+=("$piece")
    fi
    line=@{line#"$piece"}
  done

  local current=@{words[-1]} quote=
  case $current in
    [\'\"]*)
      quote=@{current:0:1}
      current=@{current:1}
      ;;
  esac
  local special=$'\'"\\$\x60'
  if [[ $current == *["$special"]* ]]; then
    compopt -o default 2>/dev/null
    return 0
  fi
  words[-1]=$current

  local -a lines=() flags=()
  mapfile -t lines < <(command guestwright __complete -- "@{words[@]}" 2>/dev/null)
  read -ra flags <<<"@{lines[0]-}"

  # Readline replaces what is behind the last = or :.
  local breaks= head= prefix= value
  [[ $COMP_WORDBREAKS == *=* ]] && breaks+='='
  [[ $COMP_WORDBREAKS == *:* ]] && breaks+=':'
  [[ -z $quote && -n $breaks ]] && prefix=@{current%"@{current##*[$breaks]}"}
  [[ $current == --*=* ]] && head=@{current%%=*}=

  for value in "@{lines[@]:1}"; do
    value=@{value%%$'\t'*}
    [[ $value == "$current"* ]] || continue
    value=@{value#"$prefix"}
    if [[ $value == *[!A-Za-z0-9_.,:=+@%/-]* ]]; then
      if [[ $quote == "'" ]]; then
        # Between these everything is as it stands, but for the quote itself.
        [[ $value == *"'"* ]] && continue
      elif [[ -n $quote || " @{flags[*]} " == *' file '* ]]; then
        continue
      else
        printf -v value %q "$value"
      fi
    fi
    COMPREPLY+=("$value")
  done

  local flag offer pattern test
  for flag in "@{flags[@]}"; do
    case $flag in
      nospace) compopt -o nospace 2>/dev/null ;;
      file | folder)
        compopt -o filenames 2>/dev/null
        while IFS= read -r value; do
          test=@{value/#\~\//$HOME/}
          offer=
          [[ -d $test ]] && offer=yes
          if [[ $flag == file ]]; then
            [[ " @{flags[*]} " == *' *'* ]] || offer=yes
            for pattern in "@{flags[@]}"; do
              [[ $pattern == \** && $value == $pattern ]] && offer=yes
            done
          fi
          value=$head$value
          [[ -n $offer ]] && COMPREPLY+=("@{value#"$prefix"}")
        done < <(compgen -f -- "@{current#"$head"}")
        ;;
    esac
  done
  return 0
}

complete -F _guestwright PROGRAMS
`,
    programs,
  );
}
