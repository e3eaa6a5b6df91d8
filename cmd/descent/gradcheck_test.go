package main

import (
	"encoding/json"
	"os"
	"path/filepath"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/internal/optable"
)

func TestGradcheck(t *testing.T) {
	code, stdout, stderr := descent(background, "gradcheck", "Tanh", "Greater")
	require.Zero(t, code, stderr)
	require.Regexp(t, `(?m)^operation +cases +value gradient +deriv\. +cases +value gradient$`, stdout)
	require.Regexp(t, `(?m)^Tanh +\d+ +(0|\de-1\d) +\de-\d\d +\de-\d\d +\d+ +(0|\de-1\d) +(0|\de-1\d)$`, stdout)
	require.Regexp(t, `(?m)^Greater +\d+ +0 +· +· +0 +· +·$`, stdout)
	require.Regexp(t, `(?m)^2 operations, \d+ cases$`, stdout)

	code, stdout, stderr = descent(background, "gradcheck", "--json", "Exp")
	require.Zero(t, code, stderr)
	var line map[string]any
	require.NoError(t, json.Unmarshal([]byte(stdout), &line))
	require.Equal(t, "Exp", line["operation"])
	require.Equal(t, true, line["differentiable"])
	require.Empty(t, line["errors"])
	require.Less(t, line["gradient"], 1e-6)
	require.Greater(t, line["gradient"], 0.0)

	require.Contains(t, fails(t, t.TempDir(), exitUsage, "gradcheck", "Tang"), `there is no operation "Tang"; the operations are `)
	require.Contains(t, fails(t, t.TempDir(), exitUsage, "gradcheck", "--json", "--markdown"), "give one")
}

// The document has a line for each operation, with no large deviation. It comes
// from the command; the numbers depend on the processor.
func TestConformanceDocument(t *testing.T) {
	b, err := os.ReadFile(filepath.Join("..", "..", "docs", "conformance.md"))
	require.NoError(t, err)
	var names []string
	most := map[int]float64{2: 1e-12, 3: 1e-5, 4: 1e-5, 6: 1e-7, 7: 1e-7} // by column
	for line := range strings.Lines(string(b)) {
		cells := strings.Split(strings.Trim(line, "| \n"), " | ")
		if len(cells) != 8 || strings.Contains(line, "---") || cells[0] == "operation" {
			continue
		}
		names = append(names, cells[0])
		for i, limit := range most {
			if cells[i] != "·" {
				v, err := strconv.ParseFloat(cells[i], 64)
				require.NoError(t, err, line)
				require.LessOrEqual(t, v, limit, line)
			}
		}
	}
	require.Equal(t, optable.Names(), names, "regenerate docs/conformance.md: see its first lines")
}
