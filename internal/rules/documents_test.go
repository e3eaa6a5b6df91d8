package rules

import (
	"encoding/json"
	"fmt"
	"os"
	"os/exec"
	"path"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// blocks returns the fenced blocks of a document in the given language.
func blocks(text, language string) []string {
	var found []string
	for {
		_, rest, ok := strings.Cut(text, "\n```"+language+"\n")
		if !ok {
			return found
		}
		block, after, _ := strings.Cut(rest, "\n```")
		found, text = append(found, block+"\n"), after
	}
}

// lines makes a program of a few lines that use descent.
func lines(text string) string {
	return "package main\n\nimport (\n\t\"fmt\"\n\n\t\"github.com/descent-ml/descent/autograd\"\n\t\"github.com/descent-ml/descent/tensor\"\n)\n\nfunc main() {\n\t" +
		strings.ReplaceAll(strings.TrimSuffix(text, "\n"), "\n", "\n\t") + "\n}\n"
}

// The programs of the README are run as they stand, and its few lines of a
// gradient within a program, from a folder that exists only for the compiler.
// The last number of a program is a test accuracy; that of the lines is the
// gradient of tanh² at 3.
func TestReadmePrograms(t *testing.T) {
	r := open(t)
	programs := blocks(r.read(t, "README.md"), "go")
	require.NotEmpty(t, programs)
	for i, text := range programs {
		least, most := 90.0, 100.0
		if !strings.HasPrefix(text, "package") {
			text, least, most = lines(text), 0.0195, 0.0197
		}
		require.NotContains(t, text, "/internal/", "a user cannot import it")
		file := filepath.Join(t.TempDir(), "main.go")
		require.NoError(t, os.WriteFile(file, []byte(text), 0o600))
		formatted, err := exec.Command("gofmt", "-l", file).CombinedOutput()
		require.NoError(t, err, "%s", formatted)
		require.Empty(t, string(formatted), "program %d of the README is not as gofmt has it", i)

		name := fmt.Sprintf("internal/readme%d", i)
		overlay, err := json.Marshal(map[string]any{"Replace": map[string]string{filepath.Join(r.root, name, "main.go"): file}})
		require.NoError(t, err)
		list := filepath.Join(t.TempDir(), "overlay.json")
		require.NoError(t, os.WriteFile(list, overlay, 0o600))
		run := exec.Command("go", "run", "-overlay", list, "./"+name)
		run.Dir = r.root
		out, err := run.CombinedOutput()
		require.NoError(t, err, "%s", out)

		numbers := regexp.MustCompile(`[0-9]+\.[0-9]+`).FindAllString(string(out), -1)
		require.NotEmpty(t, numbers, "%s", out)
		last, err := strconv.ParseFloat(numbers[len(numbers)-1], 64)
		require.NoError(t, err)
		require.Greater(t, last, least, "%s", out)
		require.LessOrEqual(t, last, most, "%s", out)
	}
}

// The commands of the documents exist: folders, scripts, subcommands and flags.
func TestCommandsInDocuments(t *testing.T) {
	r := open(t)
	descent := filepath.Join(t.TempDir(), "descent.exe")
	build := exec.Command("go", "build", "-o", descent, "./cmd/descent")
	build.Dir = r.root
	out, err := build.CombinedOutput()
	require.NoError(t, err, "%s", out)

	for _, doc := range r.markdown() {
		for _, block := range blocks(r.read(t, doc), "sh") {
			for line := range strings.Lines(block) {
				line, _, _ = strings.Cut(line, " #")
				words := strings.Fields(line)
				for len(words) > 0 && strings.Contains(words[0], "=") { // settings
					words = words[1:]
				}
				if len(words) == 0 || strings.HasPrefix(words[0], "#") {
					continue
				}
				require.NoError(t, r.check(words, descent), "%s: %s", doc, line)
			}
		}
	}
}

// check returns why a command of a document cannot be run as it stands, or
// nil. descent is the built command.
func (r *tree) check(words []string, descent string) error {
	switch words[0] {
	case "git", "cd", "gofmt":
		return nil
	case "descent":
		return understands(descent, words[1:])
	case "bash", "sh", "python":
		return r.exists(words[1])
	case "go":
		for i, w := range words {
			dir, own := strings.CutPrefix(strings.Replace(w, module+"/", "./", 1), "./")
			if !own {
				continue
			}
			dir, _, _ = strings.Cut(dir, "@")
			if err := r.exists(dir); err != nil || words[1] != "run" || dir != "cmd/descent" {
				return err
			}
			return understands(descent, words[i+1:])
		}
		return nil
	}
	return r.exists(words[0])
}

// exists returns an error when there is no such file or folder; "/..." at its
// end stands for all below.
func (r *tree) exists(name string) error {
	name = path.Clean(strings.TrimSuffix(name, "..."))
	_, err := os.Stat(filepath.Join(r.root, filepath.FromSlash(name)))
	return err
}

// understands returns an error when the descent command does not have the
// subcommand or one of the flags.
func understands(descent string, args []string) error {
	help := exec.Command(descent, "--help")
	if len(args) > 0 && !strings.HasPrefix(args[0], "-") {
		help = exec.Command(descent, args[0], "--help")
	}
	out, err := help.CombinedOutput()
	if err != nil {
		return fmt.Errorf("%w: %s", err, out)
	}
	for _, a := range args {
		flag, _, _ := strings.Cut(a, "=")
		if strings.HasPrefix(a, "-") && !strings.Contains(string(out), flag) {
			return fmt.Errorf("there is no flag %s", flag)
		}
	}
	return nil
}

var (
	link   = regexp.MustCompile(`\]\(([^)#\s]+)(#[^)]*)?\)`)
	code   = regexp.MustCompile("`[^`\n]+`")
	quoted = regexp.MustCompile("`([\\w.-]+(?:/[\\w.-]+)+/?)`")
)

// What the documents link to or name by its path is there.
func TestDocumentsNameWhatExists(t *testing.T) {
	r := open(t)
	for _, doc := range r.markdown() {
		text := r.read(t, doc)
		for _, m := range link.FindAllStringSubmatch(code.ReplaceAllString(text, ""), -1) {
			if strings.Contains(m[1], ":") {
				continue // on the web
			}
			if err := r.exists(path.Join(path.Dir(doc), m[1])); err != nil {
				t.Errorf("%s links to %s: %v", doc, m[1], err)
			}
		}
		for _, m := range quoted.FindAllStringSubmatch(text, -1) {
			first, _, _ := strings.Cut(m[1], "/")
			here := path.Dir(doc)
			isPath := r.exists(first) == nil || r.exists(path.Join(here, first)) == nil
			if isPath && r.exists(m[1]) != nil && r.exists(path.Join(here, m[1])) != nil {
				t.Errorf("%s names %s, which is not there", doc, m[1])
			}
		}
	}
}

// CONTRIBUTING.md shows code of the repository as it is.
func TestContributingQuotesCode(t *testing.T) {
	r := open(t)
	quotes := blocks(r.read(t, "CONTRIBUTING.md"), "go")
	require.NotEmpty(t, quotes)
	for _, q := range quotes {
		found := slices.ContainsFunc(r.sources, func(s source) bool {
			return strings.Contains(r.read(t, s.path), q)
		})
		if !found {
			t.Errorf("CONTRIBUTING.md shows code that stands nowhere:\n%s", q)
		}
	}
}

// Decisions are numbered without a gap, have their three parts, and are short.
func TestDecisionRecords(t *testing.T) {
	r := open(t)
	number := 0
	for _, f := range r.files {
		if path.Dir(f) != "docs/adr" {
			continue
		}
		number++
		require.Regexp(t, fmt.Sprintf(`^docs/adr/%04d-[a-z0-9-]+\.md$`, number), f)
		text := r.read(t, f)
		require.Contains(t, text, fmt.Sprintf("# %d. ", number), f)
		for _, part := range []string{"\n## Context\n", "\n## Decision\n", "\n## Cost\n"} {
			require.Contains(t, text, part, f)
		}
		require.LessOrEqual(t, strings.Count(text, "\n"), 40, f)
	}
	require.Positive(t, number)
}
