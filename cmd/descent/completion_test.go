package main

import (
	"strings"
	"testing"

	"github.com/alecthomas/kong"
	"github.com/stretchr/testify/require"
)

// Each script knows all subcommands, flags and words that the help of the command
// knows.
func TestCompletionKnowsTheGrammar(t *testing.T) {
	var grammar command
	parser, err := kong.New(&grammar, kong.Name("descent"))
	require.NoError(t, err)
	for _, shell := range []string{"bash", "zsh", "fish"} {
		code, script, stderr := descent(background, "completion", shell)
		require.Zero(t, code)
		require.Empty(t, stderr)
		require.NotContains(t, script, "\t")
		for _, node := range parser.Model.Children {
			require.Contains(t, script, node.Name)
			for _, f := range node.Flags {
				name := map[bool]string{true: "-l " + f.Name, false: "--" + f.Name}[shell == "fish"]
				require.Contains(t, script, name, "%s: %s", shell, node.Name)
				if f.Enum != "" {
					require.Contains(t, script, strings.Join(f.EnumSlice(), " "))
				}
			}
		}
		require.Contains(t, script, "bash zsh fish")
		require.Contains(t, script, "matmul_64")
	}
}

func TestCompletionIsUsageError(t *testing.T) {
	require.Equal(t, `<shell> must be one of "bash","zsh","fish" but got "tcsh" (see descent completion --help)`,
		fails(t, t.TempDir(), exitUsage, "completion", "tcsh"))
	require.Equal(t, `expected "<shell>" (see descent completion --help)`, fails(t, t.TempDir(), exitUsage, "completion"))
}

// odd is a grammar whose texts mean something to shells.
type odd struct {
	Do struct {
		Kind   string  `short:"k" enum:"a,b" default:"a" help:"One of [a:b], isn't it? Yes. More."`
		File   string  `placeholder:"PATH" help:"A file \\ folder."`
		Rate   float64 `help:"A number."`
		Loud   bool    `help:"Say more."`
		Secret bool    `hidden:""`
	} `cmd:"" help:"Do it: now."`
	See struct {
		Paths []string `arg:"" help:"Files."`
	} `cmd:"" help:"See."`
	Never struct{} `cmd:"" hidden:""`
}

// What shells would take for their own language is quoted.
func TestCompletionQuotes(t *testing.T) {
	parser, err := kong.New(&odd{}, kong.Name("descent"))
	require.NoError(t, err)
	list := verbs(parser.Model)
	zsh := zshScript(list)
	for _, want := range []string{
		"        '1:command:->verb' \\\n",
		"        verbs=(\n            'do:Do it: now'\n            'see:See'\n        )\n",
		"        do)\n            _arguments \\\n" +
			"                '(-h --help)'{-h,--help}'[Show context-sensitive help]' \\\n" +
			`                '(-k --kind)'{-k+,--kind=}'[One of \[a\:b\], isn'\''t it? Yes]:kind:(a b)' \` + "\n" +
			`                '--file=[A file \\ folder]:PATH:_files' \` + "\n" +
			"                '--rate=[A number]:rate: ' \\\n" +
			"                '--loud[Say more]'\n            ;;\n",
		"                '*:paths:_files'\n            ;;\n",
	} {
		require.Contains(t, zsh, want)
	}
	require.Equal(t, `# Completion of descent for fish, from: descent completion fish

complete -c descent -f
complete -c descent -n __fish_use_subcommand -s h -l help -d 'Show context-sensitive help'

complete -c descent -n __fish_use_subcommand -a do -d 'Do it: now'
complete -c descent -n '__fish_seen_subcommand_from do' -s h -l help -d 'Show context-sensitive help'
complete -c descent -n '__fish_seen_subcommand_from do' -s k -l kind -x -a 'a b' -d 'One of [a:b], isn\'t it? Yes'
complete -c descent -n '__fish_seen_subcommand_from do' -l file -r -F -d 'A file \\ folder'
complete -c descent -n '__fish_seen_subcommand_from do' -l rate -x -d 'A number'
complete -c descent -n '__fish_seen_subcommand_from do' -l loud -d 'Say more'

complete -c descent -n __fish_use_subcommand -a see -d 'See'
complete -c descent -n '__fish_seen_subcommand_from see' -s h -l help -d 'Show context-sensitive help'
complete -c descent -n '__fish_seen_subcommand_from see' -F
`, fishScript(list))
	bash := bashScript(list)
	require.Contains(t, bash, "    do:--kind|do:-k) words='a b' ;;\n    do:--file) words='' files=1 ;;\n    do:--rate) words='' ;;\n")
	require.Contains(t, bash, "        'do') flags='--help -h --kind -k --file --rate --loud' words='' ;;\n        'see') flags='--help -h' words='' files=1 ;;\n")
	for _, script := range []string{bash, zsh} {
		require.NotContains(t, script, "secret")
		require.NotContains(t, script, "never")
	}
}
