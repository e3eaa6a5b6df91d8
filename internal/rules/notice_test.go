package rules

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
)

// systems are those that the command is built for; each may link other modules.
var systems = []string{"linux", "darwin", "windows"}

// licences are words of each licence that NOTICE may name, by which its text is
// known.
var licences = map[string]string{
	"MIT":          "Permission is hereby granted, free of charge",
	"BSD-3-Clause": "Redistribution and use in source and binary forms",
	"CC-BY-4.0":    "Creative Commons Attribution 4.0 International Public License",
	"FTL":          "The FreeType License",
}

// NOTICE names every module that is linked into the command, with the licence
// that the module has, and no other.
func TestNoticeNamesEveryModule(t *testing.T) {
	r := open(t)
	folders := map[string]string{}
	for _, system := range systems {
		list := exec.Command("go", "list", "-deps", "-f", "{{with .Module}}{{if not .Main}}{{.Path}} {{.Dir}}{{end}}{{end}}", "./cmd/descent")
		list.Dir = r.root
		list.Env = append(os.Environ(), "CGO_ENABLED=0", "GOARCH=amd64", "GOOS="+system)
		out, err := list.Output()
		require.NoError(t, err)
		for line := range strings.Lines(string(out)) {
			if module, dir, ok := strings.Cut(strings.TrimSpace(line), " "); ok {
				folders[module] = dir
			}
		}
	}
	require.NotEmpty(t, folders)

	named := map[string]string{}
	for line := range strings.Lines(r.read(t, "NOTICE")) {
		if module, licence, ok := strings.Cut(line, "  "); ok {
			named[module] = strings.TrimSpace(licence)
		}
	}
	for module, dir := range folders {
		licence := named[module]
		if licence == "" {
			t.Errorf("NOTICE does not name %s, which is linked into the command", module)
			continue
		}
		name, _, _ := strings.Cut(licence, " ")
		words := licences[strings.TrimSuffix(name, ";")]
		require.NotEmpty(t, words, "add to the table what %s reads like", name)
		texts, err := filepath.Glob(filepath.Join(dir, "*"))
		require.NoError(t, err)
		found := slices.ContainsFunc(texts, func(path string) bool {
			base := strings.ToUpper(filepath.Base(path))
			text, err := os.ReadFile(path)
			return err == nil && (strings.HasPrefix(base, "LICEN") || strings.HasPrefix(base, "COPYING")) && strings.Contains(string(text), words)
		})
		if !found {
			t.Errorf("NOTICE says that %s is under %s, which the files of the module do not", module, licence)
		}
	}
	for module := range named {
		if folders[module] == "" {
			t.Errorf("NOTICE names %s, which is not linked into the command", module)
		}
	}
}
