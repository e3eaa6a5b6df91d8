package main

import (
	"fmt"
	"strings"
)

// zshScript returns a script of the completion system of zsh: the function
// _arguments knows what flags are, when they are told in its language.
func zshScript(list []verb) string {
	var b strings.Builder
	b.WriteString("#compdef descent\n# Completion of descent for zsh, from: descent completion zsh\n\n" +
		"_descent() {\n    local curcontext=$curcontext state line\n    typeset -A opt_args\n    local -a verbs\n    _arguments -C \\\n")
	for i := range list[0].flags {
		fmt.Fprintf(&b, "        %s \\\n", list[0].flags[i].zsh())
	}
	b.WriteString("        '1:command:->verb' \\\n        '*::argument:->argument'\n    case $state in\n    verb)\n        verbs=(\n")
	for _, v := range list[1:] {
		fmt.Fprintf(&b, "            %s\n", single(v.name+":"+v.help))
	}
	b.WriteString("        )\n        _describe command verbs\n        ;;\n    argument)\n        case $line[1] in\n")
	for _, v := range list[1:] {
		fmt.Fprintf(&b, "        %s)\n            _arguments", v.name)
		for i := range v.flags {
			fmt.Fprintf(&b, " \\\n                %s", v.flags[i].zsh())
		}
		if v.args.value != "" {
			fmt.Fprintf(&b, " \\\n                %s", single("*:"+zshText(v.args.value)+":"+v.args.zshAction()))
		}
		b.WriteString("\n            ;;\n")
	}
	b.WriteString("        esac\n        ;;\n    esac\n}\n\n" +
		"if [[ $funcstack[1] == _descent ]]; then\n    _descent \"$@\"\nelse\n    compdef _descent descent\nfi\n")
	return b.String()
}

// zsh describes a flag.
func (c *choice) zsh() string {
	text := "[" + zshText(c.help) + "]"
	equals := ""
	if c.value != "" {
		text += ":" + zshText(c.value) + ":" + c.zshAction()
		equals = "="
	}
	if c.short == "" {
		return single(c.name + equals + text)
	}
	plus := strings.ReplaceAll(equals, "=", "+") // the value may follow -s at once, or as the next word
	return fmt.Sprintf("%s{%s%s,%s%s}%s", single("("+c.short+" "+c.name+")"), c.short, plus, c.name, equals, single(text))
}

// zshAction completes a value. A space stands for nothing.
func (c *choice) zshAction() string {
	words := "(" + strings.Join(c.words, " ") + ")"
	switch {
	case len(c.words) > 0 && c.files:
		return `{_alternative "words\:word\:` + words + `" "files\:file\:_files"}`
	case len(c.words) > 0:
		return words
	case c.files:
		return "_files"
	}
	return " "
}

// zshText keeps what has a meaning in the language of _arguments from having it.
func zshText(s string) string {
	return strings.NewReplacer(`\`, `\\`, "[", `\[`, "]", `\]`, ":", `\:`).Replace(s)
}

// fishScript returns a script for fish, a command for each word that it may
// complete.
func fishScript(list []verb) string {
	var b strings.Builder
	b.WriteString("# Completion of descent for fish, from: descent completion fish\n\ncomplete -c descent -f\n")
	for i := range list[0].flags {
		b.WriteString("complete -c descent -n __fish_use_subcommand" + list[0].flags[i].fish())
	}
	for _, v := range list[1:] {
		fmt.Fprintf(&b, "\ncomplete -c descent -n __fish_use_subcommand -a %s -d %s\n", v.name, fishText(v.help))
		when := "complete -c descent -n '__fish_seen_subcommand_from " + v.name + "'"
		for i := range v.flags {
			b.WriteString(when + v.flags[i].fish())
		}
		switch {
		case len(v.args.words) > 0:
			b.WriteString(when + " -a " + fishText(strings.Join(v.args.words, " ")) + "\n")
		case v.args.files:
			b.WriteString(when + " -F\n")
		}
	}
	return b.String()
}

// fish describes a flag.
func (c *choice) fish() string {
	s := ""
	if c.short != "" {
		s += " -s " + strings.TrimPrefix(c.short, "-")
	}
	s += " -l " + strings.TrimPrefix(c.name, "--")
	words := " -a " + fishText(strings.Join(c.words, " "))
	switch {
	case len(c.words) > 0 && c.files:
		s += " -r -F" + words
	case len(c.words) > 0:
		s += " -x" + words
	case c.files:
		s += " -r -F"
	case c.value != "":
		s += " -x"
	}
	return s + " -d " + fishText(c.help) + "\n"
}

// fishText quotes s for fish.
func fishText(s string) string {
	return "'" + strings.NewReplacer(`\`, `\\`, "'", `\'`).Replace(s) + "'"
}
