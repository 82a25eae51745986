import type { Command } from 'commander';
import { type Candidate, completeLine } from './completion.ts';
import type { Shell } from './completionShells.ts';
import { createOutput } from './output.ts';
import { splitLine } from './shellLine.ts';

export interface CompletionCommand {
  readonly shell: Shell;
  /** The command line so far; "": the script is asked for. */
  readonly line: string;
  readonly root: Command;
}

/**
 * What each shell is given. The scripts ask `nlscope completion SHELL -- LINE`, which prints "none", "files" or "folders"
 * (paths that the shell adds), then a line for each word: the word, a tab, what it is for.
 */
const SCRIPTS: { readonly [S in Shell]: string } = {
  bash: `# Completion of nlscope for bash. In ~/.bashrc: source <(nlscope completion bash)
_nlscope() {
  local line paths word about reply
  line=\${COMP_LINE:0:COMP_POINT}
  reply=$("\${COMP_WORDS[0]}" completion bash -- "$line" 2>/dev/null) || return
  COMPREPLY=()
  {
    IFS= read -r paths
    while IFS=$'\\t' read -r word about; do COMPREPLY+=("$word"); done
  } <<<"$reply"
  case $paths in
    files) compopt -o default -o bashdefault ;;
    folders) compopt -o dirnames ;;
  esac
  case \${COMPREPLY[0]-} in
    *[:/=.\\(\\$]) [ \${#COMPREPLY[@]} = 1 ] && compopt -o nospace ;;
  esac
}
complete -F _nlscope nlscope
`,
  zsh: `#compdef nlscope
# Completion of nlscope for zsh. In ~/.zshrc, after compinit: source <(nlscope completion zsh)
_nlscope() {
  local line reply paths
  local -a lines values shown
  line="\${(j: :)words[1,CURRENT-1]} $QIPREFIX$IPREFIX$PREFIX"
  reply=$("\${words[1]}" completion zsh -- "$line" 2>/dev/null) || return 1
  lines=("\${(@f)reply}")
  paths=$lines[1]
  shift lines
  local one
  for one in $lines; do
    values+=("\${one%%$'\\t'*}")
    if [[ $one == *$'\\t'?* ]]; then shown+=("\${one/$'\\t'/  -- }"); else shown+=("\${one%%$'\\t'*}"); fi
  done
  local -a space
  [[ $#values == 1 && $values[1] == *[:/=.\\(] ]] && space=(-S '')
  (( $#values )) && compadd $space -l -d shown -- $values
  case $paths in
    files) _files ;;
    folders) _files -/ ;;
  esac
}
if [[ \${zsh_eval_context[-1]} == loadautofunc ]]; then _nlscope "$@"; else compdef _nlscope nlscope; fi
`,
  fish: `# Completion of nlscope for fish: nlscope completion fish > ~/.config/fish/completions/nlscope.fish
function __nlscope_complete
  set -l line (commandline -cp | string collect)
  set -l reply (nlscope completion fish -- "$line" 2>/dev/null)
  or return
  for one in $reply[2..]
    echo $one
  end
  switch $reply[1]
    case files
      __fish_complete_path (commandline -ct)
    case folders
      __fish_complete_directories (commandline -ct)
  end
end
complete -c nlscope -f -a '(__nlscope_complete)'
`,
};

/** What of a word bash sees as a word of its own begins after one of these, where it stands in no quotes. */
const BASH_BREAK = /^.*[=<>:;|&(@]/s;

/** Prints the script of a shell, or what may come next on a command line. */
export async function completion({ shell, line, root }: CompletionCommand): Promise<number> {
  const output = createOutput();
  if (line === '') output.line(SCRIPTS[shell].trimEnd());
  else {
    const { candidates, paths } = await completeLine(line, root);
    const { raw } = splitLine(line).last;
    const cut = shell === 'bash' && !/['"]/.test(raw) ? (BASH_BREAK.exec(raw)?.[0].length ?? 0) : 0;
    output.line(paths);
    for (const candidate of candidates) output.line(candidateLine(candidate, cut));
  }
  output.flush();
  return 0;
}

/** What a word is for, at a length that lists of shells have room for. */
const MOST_ABOUT = 76;

function candidateLine({ text, about }: Candidate, cut: number): string {
  const line = about.replace(/\s+/g, ' ');
  return `${text.slice(cut)}\t${line.length > MOST_ABOUT ? `${line.slice(0, MOST_ABOUT - 1).trimEnd()}…` : line}`;
}
