package main

import (
	"bytes"
	"context"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// contents returns what the files of a run hold, without what a clock measured.
func contents(t *testing.T, dir string) map[string]string {
	t.Helper()
	all := map[string]string{}
	entries, err := os.ReadDir(dir)
	require.NoError(t, err)
	for _, e := range entries {
		if e.IsDir() {
			continue
		}
		b, err := os.ReadFile(filepath.Join(dir, e.Name()))
		require.NoError(t, err)
		if e.Name() == "history.csv" {
			b = regexp.MustCompile(`(?m),[\d.]+$`).ReplaceAll(b, nil)
		}
		all[e.Name()] = string(b)
	}
	return all
}

func lastLine(s string) string {
	lines := strings.Split(strings.TrimSuffix(s, "\n"), "\n")
	return lines[len(lines)-1]
}

// A run that was interrupted, and resumed, leaves the files and the last line of
// one that was not: of every kind of data, with every net.
func TestResume(t *testing.T) {
	dir := t.TempDir()
	houses, poem := filepath.Join(dir, "houses.csv"), filepath.Join(dir, "poem.txt")
	writeHouses(t, houses, 300)
	require.NoError(t, os.WriteFile(poem, []byte(strings.Repeat("the sea is wide and I am small;\n", 60)), 0o666))
	for name, flags := range map[string][]string{
		"digits":      {"--model", "linear", "--limit", "256", "--batch", "64", "--augment", "--average", "0.9"},
		"table":       {"--data", houses, "--target", "price", "--batch", "64", "--patience", "2", "--optimizer", "sgd", "--lr", "0.01", "--accumulate", "2"},
		"transformer": {"--data", poem, "--width", "16", "--layers", "1", "--length", "16", "--batch", "30", "--workers", "2", "--accumulate", "2"},
		"lstm":        {"--data", poem, "--model", "lstm", "--width", "16", "--length", "16", "--batch", "30"},
		"gru":         {"--data", poem, "--model", "gru", "--width", "16", "--tokens", "270", "--length", "16", "--batch", "30", "--schedule", "linear"},
	} {
		whole, parts := filepath.Join(dir, name+"-whole"), filepath.Join(dir, name+"-parts")
		flags = append([]string{"train", "--epochs", "3"}, flags...)
		code, want, stderr := descent(background, append(flags, "--out", whole)...)
		require.Zero(t, code, "%s: %s", name, stderr)

		ctx, cancel := context.WithCancel(background)
		stdout := &watcher{word: "  1/3 ", cancel: cancel}
		var sentence bytes.Buffer
		require.Equal(t, exitInterrupted, run(ctx, append(flags, "--out", parts), stdout, &sentence), name)
		require.Contains(t, sentence.String(), "descent train --resume "+parts+" goes on")
		got := trained(t, "--resume", parts, "--quiet")
		require.Equal(t, lastLine(want), lastLine(got), name)
		require.Equal(t, contents(t, whole), contents(t, parts), name)
		require.Equal(t, 1, strings.Count(got, "\n"), "quiet: %s", got)
	}
}

func TestResumeErrors(t *testing.T) {
	dir := t.TempDir()
	out := filepath.Join(dir, "run")
	trained(t, "--model", "linear", "--limit", "64", "--epochs", "1", "--out", out)
	require.NoError(t, os.RemoveAll(filepath.Join(out, checkpointsFolder)))
	require.Contains(t, fails(t, dir, exitFailed, "train", "--resume", out), "there is no whole checkpoint in "+filepath.Join(out, checkpointsFolder))
	require.Contains(t, fails(t, dir, exitFailed, "train", "--resume", dir), dir+" is not the folder of a run: ")
}

// Text goes on from a prompt, the same for the same seed.
func TestText(t *testing.T) {
	dir := t.TempDir()
	poem, out := filepath.Join(dir, "poem.txt"), filepath.Join(dir, "run")
	require.NoError(t, os.WriteFile(poem, []byte(strings.Repeat("the sea is wide and I am small;\n", 100)), 0o666))
	stdout := trained(t, "--data", poem, "--model", "gru", "--epochs", "10", "--batch", "4", "--lr", "0.01", "--width", "64", "--length", "32", "--out", out)
	require.Contains(t, stdout, "poem.txt: 3,200 bytes, 15 different tokens; ")
	require.Regexp(t, `\nvalidation perplexity 1\.\d+ \(loss 0\.\d+\)\n$`, stdout)

	say := func(flags ...string) string {
		code, text, stderr := descent(background, append([]string{"predict", out, "--prompt", "the sea", "--count", "40"}, flags...)...)
		require.Zero(t, code, stderr)
		return text
	}
	require.Equal(t, "the sea is wide and I am small;\nthe sea is wide\n", say("--temperature", "0"))
	require.Equal(t, say("--seed", "1", "--temperature", "2"), say("--seed", "1", "--temperature", "2"))
	require.NotEqual(t, say("--seed", "1", "--temperature", "2"), say("--seed", "2", "--temperature", "2"))
	require.Contains(t, fails(t, dir, exitFailed, "predict", out, "--prompt", "ÄÖ"), "--prompt: ")
	require.Contains(t, fails(t, dir, exitUsage, "predict", out, poem), "a run on text takes no input")

	code, measured, stderr := descent(background, "eval", out, "--data", poem)
	require.Zero(t, code, stderr)
	require.Regexp(t, `^test perplexity 1\.\d+ `, measured)
}
