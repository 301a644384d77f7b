// Each calls `catalog complete -- WORD…`, which prints a candidate a line, with a tab before its description, or
// `:files` if the shell is to complete the name of a file. No word is evaluated.

const BASH = String.raw`
_catalog() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    if [ "$line" = :files ]; then
      compopt -o default
    else
      COMPREPLY+=("${'$'}{line%%$'\t'*}")
    fi
  done < <(catalog complete -- "${'$'}{COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _catalog catalog
`

const ZSH = String.raw`
#compdef catalog
_catalog() {
  local line
  local -a candidates
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      _files
      return
    fi
    candidates+=("${'$'}{line/$'\t'/:}")
  done < <(catalog complete -- "${'$'}{(@)words[2,CURRENT]}" 2>/dev/null)
  _describe catalog candidates
}
if [[ $funcstack[1] == _catalog ]]; then
  _catalog "$@"
else
  compdef _catalog catalog
fi
`

const FISH = `
function __catalog_complete
  set -l before (commandline -opc)
  set -l unfinished (commandline -ct)
  for line in (catalog complete -- $before[2..-1] "$unfinished" 2>/dev/null)
    if test "$line" = :files
      __fish_complete_path "$unfinished"
    else
      echo $line
    end
  end
end
complete -c catalog -f -a '(__catalog_complete)'
`

/** The scripts of `catalog completion`, by the names of the shells. */
export const SHELL_SCRIPTS: Readonly<Record<string, string>> = { bash: BASH, zsh: ZSH, fish: FISH }
