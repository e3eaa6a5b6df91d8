package main

import (
	"encoding/csv"
	"fmt"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// writeHouses writes a table of n houses with a category, missing values and a
// name for each row. The price is a sum of what the row says, and noise. Its
// standard deviation is 1000.
func writeHouses(t *testing.T, path string, n int) {
	t.Helper()
	r := tensor.NewRand(1)
	var b strings.Builder
	b.WriteString("id,area,rooms,town,\"what, it is\",price\n")
	towns := map[string]float64{"Rome": 50_000, "Paris": 150_000, "Oslo": 80_000, "": 0}
	for i := range n {
		area := 40 + 160*r.Float64()
		town := []string{"Rome", "Paris", "Oslo", ""}[r.Uint32()%4]
		rooms := float64(r.Uint32()%6 + 1)
		price := 1000*area + 20_000*rooms + towns[town] + 1000*r.NormalFloat64()
		kind := "house"
		if price > 250_000 {
			kind = "a \"villa\""
		}
		fmt.Fprintf(&b, "h%d,%.1f,%g,%s,\"%s\",%.0f\n", i, area, rooms, town, strings.ReplaceAll(kind, `"`, `""`), price)
	}
	require.NoError(t, os.WriteFile(path, []byte(b.String()), 0o666))
}

func parseCSV(t *testing.T, text string) [][]string {
	t.Helper()
	rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
	require.NoError(t, err, text)
	return rows
}

// A table is learnt, measured and predicted in three commands.
func TestTable(t *testing.T) {
	dir := t.TempDir()
	houses, run := filepath.Join(dir, "houses.csv"), filepath.Join(dir, "run")
	writeHouses(t, houses, 600)
	stdout := trained(t, "--data", houses, "--target", "price", "--epochs", "60", "--out", run)
	require.Contains(t, stdout, "houses.csv: 480 rows to train on, 120 to validate\ntask regression, because ")
	require.Contains(t, stdout, "id           text      left out")
	last := regexp.MustCompile(`\nvalidation rmse (\d+) \(r² (0\.\d+)\)\n$`).FindStringSubmatch(stdout)
	require.NotNil(t, last, stdout)
	rmse, err := strconv.ParseFloat(last[1], 64)
	require.NoError(t, err)
	require.Less(t, rmse, 5000.0) // the prices are 40,000 apart

	code, evaluated, stderr := descent(background, "eval", run)
	require.Zero(t, code, stderr)
	require.Equal(t, "validation rmse "+last[1]+" (r² "+last[2]+")\n", evaluated)
	code, evaluated, stderr = descent(background, "eval", run, "--data", houses, "--json")
	require.Zero(t, code, stderr)
	require.Contains(t, evaluated, `"on":"test"`)
	require.Contains(t, evaluated, `"examples":600`)

	// The rows come back as they were, with a column more; a file without the
	// target, and with other columns and another order, gives the same.
	in, err := os.ReadFile(houses)
	require.NoError(t, err)
	code, predicted, stderr := descent(background, "predict", run, houses)
	require.Zero(t, code, stderr)
	rows, lines := parseCSV(t, predicted), strings.Split(string(in), "\n")
	require.Len(t, rows, 601)
	for i, line := range strings.Split(strings.TrimSuffix(predicted, "\n"), "\n") {
		require.True(t, strings.HasPrefix(line, lines[i]+","))
	}
	require.Equal(t, "price_predicted", rows[0][6])
	sum := 0.0
	var other strings.Builder
	other.WriteString("town;rooms;area;note;what, it is\n")
	for _, row := range rows[1:] {
		price, err := strconv.ParseFloat(row[5], 64)
		require.NoError(t, err)
		guess, err := strconv.ParseFloat(row[6], 64)
		require.NoError(t, err)
		sum += (price - guess) * (price - guess)
		fmt.Fprintf(&other, "%s;%s;%s;x;\"%s\"\n", row[3], row[2], row[1], strings.ReplaceAll(row[4], `"`, `""`))
	}
	require.Less(t, math.Sqrt(sum/600), 5000.0)
	second := filepath.Join(dir, "other.csv")
	require.NoError(t, os.WriteFile(second, []byte(other.String()), 0o666))
	code, again, stderr := descent(background, "predict", run, second)
	require.Zero(t, code, stderr)
	for i, line := range strings.Split(strings.TrimSuffix(again, "\n"), "\n") {
		require.True(t, strings.HasSuffix(line, ";"+rows[i][6]), line)
	}
}

// A class is predicted with its probability.
func TestTableOfClasses(t *testing.T) {
	dir := t.TempDir()
	houses, run := filepath.Join(dir, "houses.csv"), filepath.Join(dir, "run")
	writeHouses(t, houses, 400)
	stdout := trained(t, "--data", houses, "--target", "what, it is", "--epochs", "20", "--patience", "5", "--out", run)
	require.Contains(t, stdout, "task classification, because ")
	require.Regexp(t, `\n +a "villa" +house +correct\n`, stdout)
	require.Regexp(t, `\nvalidation accuracy (9\d|100)\.\d\d %\n$`, stdout)
	code, predicted, stderr := descent(background, "predict", run, houses)
	require.Zero(t, code, stderr)
	rows := parseCSV(t, predicted)
	require.Equal(t, []string{"what, it is_predicted", "what, it is_probability"}, rows[0][6:])
	right := 0
	for _, row := range rows[1:] {
		p, err := strconv.ParseFloat(row[7], 64)
		require.NoError(t, err)
		require.True(t, p >= 0.5 && p <= 1)
		if row[4] == row[6] {
			right++
		}
	}
	require.Greater(t, right, 360)
	require.Equal(t, []string{"label", `a "villa"`, "house"}, readCSV(t, run, "confusion.csv")[0])
}

func TestTableErrors(t *testing.T) {
	dir := t.TempDir()
	write := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.WriteFile(path, []byte(text), 0o666))
		return path
	}
	houses, run := filepath.Join(dir, "houses.csv"), filepath.Join(dir, "run")
	writeHouses(t, houses, 100)
	trained(t, "--data", houses, "--target", "price", "--epochs", "1", "--out", run)
	config, err := os.ReadFile(filepath.Join(run, configFile))
	require.NoError(t, err)
	spoilt := func(name, text string) string {
		path := filepath.Join(dir, name)
		require.NoError(t, os.CopyFS(path, os.DirFS(run)))
		require.NoError(t, os.WriteFile(filepath.Join(path, configFile), []byte(text), 0o666))
		return path
	}
	for want, args := range map[string][]string{
		`there is no column "prize"; the columns are "id"`:     {"train", "--data", houses, "--target", "prize"},
		"odd.csv: line 3: want 2 fields, got 1":                {"train", "--data", write("odd.csv", "a,b\n1,2\n3\n"), "--target", "a"},
		"only 1 rows have a value in the column b":             {"train", "--data", write("few.csv", "a,b\n1,2\n3,\n4,\n"), "--target", "b", "--task", "regression"},
		"--loss mse is not for a classification":               {"train", "--data", houses, "--target", "town", "--loss", "mse"},
		"is on tables; name what to predict":                   {"predict", run},
		"predict one CSV file at a time":                       {"predict", run, houses, houses},
		`no column "area"`:                                     {"predict", run, write("lacks.csv", "town,rooms\nRome,3\n")},
		"is not the folder of a run":                           {"predict", dir, houses},
		"unknown field":                                        {"predict", spoilt("a", `{"colour": "red"}`), houses},
		`there is no kind of data "sounds"`:                    {"eval", spoilt("d", strings.Replace(string(config), `"tables"`, `"sounds"`, 1))},
		"lacks settings that a run has decided":                {"eval", spoilt("b", `{"data": "digits"}`)},
		"--hidden must be widths from 1 to 16384, not 1000000": {"eval", spoilt("c", strings.Replace(string(config), "64", "1000000", 1))},
	} {
		code, _, stderr := descent(background, args...)
		require.NotZero(t, code, want)
		require.Contains(t, stderr, want)
		require.Equal(t, 1, strings.Count(stderr, "\n"), stderr)
	}
}
