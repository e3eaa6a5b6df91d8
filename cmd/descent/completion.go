package main

import (
	"cmp"
	"fmt"
	"reflect"
	"strings"

	"github.com/alecthomas/kong"

	"github.com/descent-ml/descent/benchmarks"
	"github.com/descent-ml/descent/internal/optable"
)

// completionCommand prints a script that makes a shell complete the words of a
// command line.
type completionCommand struct {
	Shell string `arg:"" name:"shell" enum:"bash,zsh,fish" help:"bash, zsh or fish."`
}

// Help is what descent completion --help says above the flags.
func (c *completionCommand) Help() string {
	return "The script is read when the shell starts, if it is put where the shell looks for it:\n\n" +
		"  bash   descent completion bash > ~/.local/share/bash-completion/completions/descent\n\n" +
		"  zsh    descent completion zsh > \"${fpath[1]}/_descent\"\n\n" +
		"  fish   descent completion fish > ~/.config/fish/completions/descent.fish\n\n" +
		"For the present shell alone: source <(descent completion bash), the same with zsh, or descent completion fish | source."
}

// Run prints the script, made from the grammar of the command line.
func (c *completionCommand) Run(con *console, parsed *kong.Context) error {
	write := map[string]func([]verb) string{"bash": bashScript, "zsh": zshScript, "fish": fishScript}[c.Shell]
	con.printf("%s", write(verbs(parsed.Model)))
	return nil
}

// A verb is a subcommand as scripts see it. The first of a list has no name: it
// is the command line before any subcommand.
type verb struct {
	name, help string
	flags      []choice
	args       choice // what all arguments may be; the zero value where there are none
}

// A choice is a flag, or an argument, and what it may be.
type choice struct {
	name  string // with dashes: --seed
	short string // -s, or nothing
	help  string
	value string   // what the value is called; empty for a flag without
	words []string // what the value may be
	files bool     // the value may be a file, too
}

// verbs returns the grammar of the command line.
func verbs(app *kong.Application) []verb {
	list := []verb{{flags: flagsOf(app.Node)}}
	for _, node := range app.Children {
		if node.Hidden {
			continue
		}
		v := verb{name: node.Name, help: sentence(node.Help), flags: flagsOf(node)}
		for _, p := range node.Positional {
			v.args = valueOf(p)
		}
		switch node.Target.Interface().(type) {
		case benchCommand:
			v.args = choice{value: "workload", words: workloads()}
		case gradcheckCommand:
			v.args = choice{value: "operation", words: optable.Names()}
		}
		list = append(list, v)
	}
	return list
}

// workloads returns the names of what descent bench measures.
func workloads() (names []string) {
	all, _ := benchmarks.Named() // no name is wrong
	for _, w := range all {
		names = append(names, w.Name)
	}
	return names
}

// flagsOf returns the flags that are understood after a subcommand.
func flagsOf(node *kong.Node) []choice {
	var list []choice
	for _, group := range node.AllFlags(true) {
		for _, f := range group {
			c := choice{}
			if !f.IsBool() {
				c = valueOf(f.Value)
				c.value = cmp.Or(f.PlaceHolder, f.Name)
			}
			c.name, c.help = "--"+f.Name, sentence(f.Help)
			if f.Short != 0 {
				c.short = "-" + string(f.Short)
			}
			list = append(list, c)
		}
	}
	return list
}

// valueOf returns what a value may be: the words that it is one of, a number,
// which cannot be completed, or else the name of a file, or one of the words of
// its tag complete.
func valueOf(v *kong.Value) choice {
	c := choice{value: v.Name}
	t := v.Target.Type()
	if t.Kind() == reflect.Slice {
		t = t.Elem()
	}
	switch {
	case v.Enum != "":
		c.words = v.EnumSlice()
	case t.Kind() == reflect.String:
		c.files = true
		if v.Tag.Has("complete") {
			c.words = strings.Split(v.Tag.Get("complete"), ",")
		}
	}
	return c
}

// sentence returns the first sentence of a text.
func sentence(s string) string {
	first, _, _ := strings.Cut(s, ". ")
	return strings.TrimSuffix(first, ".")
}

// single quotes s for bash and zsh.
func single(s string) string { return "'" + strings.ReplaceAll(s, "'", `'\''`) + "'" }

// bashHead takes the command line apart. It sets flag when the word at the
// cursor is the value of one. Where = separates words, as it does unless somebody
// has changed COMP_WORDBREAKS, "--seed=1" comes as three words.
const bashHead = `# Completion of descent for bash, from: descent completion bash

_descent() {
    local cur=${COMP_WORDS[COMP_CWORD]} prev=${COMP_WORDS[COMP_CWORD-1]}
    local verb='' flag='' prefix='' flags='' words='' files='' i word
    COMPREPLY=()
    for ((i = 1; i < COMP_CWORD; i++)); do
        if [[ ${COMP_WORDS[i]} != -* ]]; then
            verb=${COMP_WORDS[i]}
            break
        fi
    done
    if [[ $cur == '=' ]]; then
        flag=$prev cur=''
    elif [[ $prev == '=' ]]; then
        flag=${COMP_WORDS[COMP_CWORD-2]}
    elif [[ $cur == --*=* ]]; then
        flag=${cur%%=*} cur=${cur#*=}
        prefix=$flag=
    elif [[ $prev == -* ]]; then
        flag=$prev
    fi
    case $verb:$flag in
`

// bashTail offers the words or files.
const bashTail = `        esac
        if [[ $cur == -* || -z $words$files ]]; then
            words=$flags files=''
        fi
        ;;
    esac
    if [[ -n $files && -z $words && -z $prefix ]] && compopt -o default 2>/dev/null; then
        return # readline knows best how to complete files
    fi
    while IFS= read -r word; do
        COMPREPLY+=("$prefix$word")
    done < <(compgen -W "$words" -- "$cur"; if [[ -n $files ]]; then compgen -f -- "$cur"; fi)
}

complete -F _descent descent
`

func bashScript(list []verb) string {
	var b strings.Builder
	b.WriteString(bashHead)
	for _, v := range list {
		for _, f := range v.flags {
			if f.value == "" {
				continue
			}
			pattern := v.name + ":" + f.name
			if f.short != "" {
				pattern += "|" + v.name + ":" + f.short
			}
			fmt.Fprintf(&b, "    %s) %s ;;\n", pattern, f.bash())
		}
	}
	b.WriteString("    *)\n        case $verb in\n")
	for _, v := range list {
		var flags []string
		for _, f := range v.flags {
			flags = append(flags, f.name)
			if f.short != "" {
				flags = append(flags, f.short)
			}
		}
		args := v.args
		if v.name == "" {
			args.words = names(list)
		}
		fmt.Fprintf(&b, "        %s) flags=%s %s ;;\n", single(v.name), single(strings.Join(flags, " ")), args.bash())
	}
	b.WriteString(bashTail)
	return b.String()
}

// bash sets the variables for what the value may be.
func (c *choice) bash() string {
	set := "words=" + single(strings.Join(c.words, " "))
	if c.files {
		set += " files=1"
	}
	return set
}

// names returns the names of the subcommands.
func names(list []verb) (words []string) {
	for _, v := range list[1:] {
		words = append(words, v.name)
	}
	return words
}
