//go:build unix

package main

import (
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// Bash sources the script and asks it to complete words as they come from its
// command line. The cursor is at the end of the last one.
func TestBashCompletes(t *testing.T) {
	_, script, _ := descent(background, "completion", "bash")
	dir := t.TempDir()
	for _, name := range []string{"two words.csv", "twin.csv", "one.csv"} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), nil, 0o600))
	}
	complete := func(script string, words ...string) []string {
		cmd := exec.Command("bash", "--norc", "-c", script+`
COMP_WORDS=("$@") COMP_CWORD=$(($# - 1))
_descent
for word in "${COMPREPLY[@]}"; do echo "$word"; done`, "bash")
		cmd.Args = append(cmd.Args, words...)
		cmd.Dir = dir
		out, err := cmd.CombinedOutput()
		require.NoError(t, err, string(out))
		return strings.FieldsFunc(string(out), func(r rune) bool { return r == '\n' })
	}
	for i, c := range []struct{ words, want []string }{
		{[]string{"descent", "insp"}, []string{"inspect"}},
		{[]string{"descent", "b"}, []string{"bench"}},
		{[]string{"descent", "--h"}, []string{"--help"}},
		{[]string{"descent", "nothing"}, nil},
		{[]string{"descent", "inspect", "--j"}, []string{"--json"}},
		{[]string{"descent", "inspect", "tw"}, []string{"twin.csv", "two words.csv"}},
		{[]string{"descent", "inspect", "--json", "twin.csv", "o"}, []string{"one.csv"}},
		{[]string{"descent", "completion", ""}, []string{"bash", "zsh", "fish"}},
		{[]string{"descent", "completion", "z"}, []string{"zsh"}},
		{[]string{"descent", "bench", "matmul_51"}, []string{"matmul_512"}},
		{[]string{"descent", "bench", "--threads", ""}, nil},
		{[]string{"descent", "bench", "--threads", "=", "4"}, nil},
		{[]string{"descent", "train", "--model", "li"}, []string{"linear"}},
		{[]string{"descent", "train", "--model", "=", "li"}, []string{"linear"}},
		{[]string{"descent", "train", "--model=li"}, []string{"--model=linear"}},
		{[]string{"descent", "train", "--out", "twi"}, []string{"twin.csv"}},
		{[]string{"descent", "train", "--out", "=", "twi"}, []string{"twin.csv"}},
		{[]string{"descent", "train", "--out=twi"}, []string{"--out=twin.csv"}},
		{[]string{"descent", "train", "--data", "m"}, []string{"mnist"}},
		{[]string{"descent", "train", "--data", "tw"}, []string{"twin.csv", "two words.csv"}},
		{[]string{"descent", "train", "--data=m"}, []string{"--data=mnist"}},
		{[]string{"descent", "train", "--epo"}, []string{"--epochs"}},
	} {
		got := complete(script, c.words...)
		require.ElementsMatch(t, c.want, got, strconv.Itoa(i)+": "+strings.Join(c.words, " "))
	}
	require.Contains(t, complete(script, "descent", "train", "--model", "="), "mlp")
	require.Contains(t, complete(script, "descent", ""), "train")
	out, err := exec.Command("bash", "--norc", "-c", script+"complete -p descent").CombinedOutput()
	require.NoError(t, err)
	require.Equal(t, "complete -F _descent descent\n", string(out))
}
