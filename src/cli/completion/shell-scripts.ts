/** For each shell: asks the program itself for candidates, and leaves files to the shell where it says so. */
export const SHELL_SCRIPTS = {
  bash: `# bash completion of tinylet: source <(tinylet completion bash)
_tinylet() {
  local line
  COMPREPLY=()
  while IFS= read -r line; do
    case $line in
      :files) compopt -o default 2>/dev/null ;;
      *) COMPREPLY+=("\${line%%$'\\t'*}") ;;
    esac
  done < <("$1" __complete -- "\${COMP_WORDS[@]:1:COMP_CWORD}" 2>/dev/null)
}
complete -F _tinylet tinylet
`,
  zsh: `#compdef tinylet
# zsh completion of tinylet: source <(tinylet completion zsh), after compinit; or this as the file _tinylet in a directory of $fpath
_tinylet() {
  local line word files
  local -a found
  while IFS= read -r line; do
    if [[ $line == :files ]]; then
      files=yes
    else
      word=\${\${line%%$'\\t'*}//:/\\\\:}
      if [[ $line == *$'\\t'* ]]; then
        found+=("$word:\${line#*$'\\t'}")
      else
        found+=("$word")
      fi
    fi
  done < <("\${words[1]}" __complete -- "\${(@)words[2,CURRENT]}" 2>/dev/null)
  (( \${#found} )) && _describe -t tinylet tinylet found
  [[ -n $files ]] && _files
}
if [[ "\${funcstack[1]}" == _tinylet ]]; then
  _tinylet "$@"
else
  compdef _tinylet tinylet
fi
`,
  fish: `# fish completion of tinylet: tinylet completion fish | source
function __tinylet_complete
    set -l before (commandline -opc)
    set -l current (commandline -ct)
    set -l program $before[1]
    set -e before[1]
    for line in ($program __complete -- $before "$current" 2>/dev/null)
        if test "$line" = :files
            __fish_complete_path "$current"
        else
            printf '%s\\n' $line
        end
    end
end
complete -c tinylet -f -a '(__tinylet_complete)'
`,
} as const;
