package main

import (
	"bytes"
	"context"
	"encoding/csv"
	"encoding/json"
	"fmt"
	"image/png"
	"io"
	"math"
	"os"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/metric"
)

// shape of what a run of two epochs prints.
var output = regexp.MustCompile(`^digits: 600 pictures to train on, 1,000 to validate, 2,000 to test, drawn in \d+\.\d s

(?s:.+)     total +7,850 +7,840 *

epoch   train loss     correct   valid loss     correct   learning rate     time
  1/2 +\d\.\d{4} +\d+\.\d\d % +\d\.\d{4} +\d+\.\d\d % +0\.\d+ +\d+\.\d s
  2/2 +\d\.\d{4} +\d+\.\d\d % +\d\.\d{4} +\d+\.\d\d % +[\d.e-]+ +\d+\.\d s

on 2,000 test images \(a row for each class, a column for each answer of the net\):

       0   1   2   3   4   5   6   7   8   9   correct
(?:   \d(?:  ? ?(?:·|\d+))+ +\d+\.\d %
){10}
weights     .+/run/weights.safetensors
loss curve  .+/run/loss.png

test accuracy (\d\d\.\d\d) %
$`)

func TestTrain(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "new", "run")
	stdout := trained(t, "--model", "linear", "--limit", "600", "--epochs", "2", "--batch", "32", "--seed", "3", "--out", dir)
	require.Regexp(t, output, stdout)
	accuracy := output.FindStringSubmatch(stdout)[1]

	list, err := os.ReadDir(dir)
	require.NoError(t, err)
	var names []string
	for _, f := range list {
		names = append(names, f.Name())
	}
	require.Equal(t, []string{"checkpoints", "classes.json", "config.json", "confusion.csv", "history.csv", "loss.png", "result.json", "steps.csv", "weights.safetensors"}, names)

	// The weights are those that were tested.
	file, err := safetensors.ReadFile(filepath.Join(dir, weightsFile))
	require.NoError(t, err)
	require.Equal(t, map[string]string{"format": "pt", "model": "linear", "data": "digits", "pixels": pixels}, file.Metadata)
	model := &linear{FC: nn.NewLinear(tensor.NewRand(99), 784, 10)}
	require.NoError(t, nn.LoadState(model, file.Tensors))
	unseen := synthetic.Digits(2000, 3^0xffffffff)
	for i, ink := range tensor.Data[float32](unseen.X) {
		tensor.Data[float32](unseen.X)[i] = (ink - 0.1307) / 0.3081
	}
	var matrix metric.Confusion
	report, err := train.Evaluate(background, train.Classify(model, nn.CrossEntropy), &data.Loader[data.Batch]{Set: unseen, Batch: 7}, &metric.Accuracy{}, &matrix)
	require.NoError(t, err)
	require.Equal(t, accuracy, strconv.FormatFloat(100*report.Of("accuracy"), 'f', 2, 64))
	require.Greater(t, report.Of("accuracy"), 0.5)

	var config map[string]any
	readJSON(t, filepath.Join(dir, "config.json"), &config)
	require.Equal(t, map[string]any{
		"data": "digits", "kind": "pictures", "limit": 600.0, "model": "linear", "loss": "cross-entropy", "epochs": 2.0, "batch": 32.0, "optimizer": "adam",
		"lr": 0.003, "schedule": "cosine", "weight_decay": 0.0, "seed": 3.0,
	}, config)
	var result map[string]any
	readJSON(t, filepath.Join(dir, "result.json"), &result)
	require.Equal(t, map[string]any{"on": "test", "examples": 2000.0, "accuracy": report.Of("accuracy"), "loss": result["loss"]}, result)
	require.InDelta(t, report.Loss, result["loss"], 1e-6)

	epochs, steps, confusion := readCSV(t, dir, "history.csv"), readCSV(t, dir, "steps.csv"), readCSV(t, dir, "confusion.csv")
	require.Len(t, epochs, 1+2)
	require.Len(t, steps, 1+2*19)
	require.Len(t, confusion, 1+10)
	require.Equal(t, []string{"1", "1", "0.003", "32"}, steps[1][:4])
	for i, row := range steps[1:] { // half a cosine from 0.003 to a hundredth of it
		want := 0.00003 + (0.003-0.00003)*(1+math.Cos(math.Pi*float64(i)/38))/2
		got, err := strconv.ParseFloat(row[2], 64)
		require.NoError(t, err)
		require.InEpsilon(t, want, got, 1e-12, "step %d", i+1)
	}
	require.Equal(t, strings.Fields("label 0 1 2 3 4 5 6 7 8 9"), confusion[0])
	require.Equal(t, strconv.Itoa(matrix.Row(4)[9]), confusion[1+4][1+9])
	loss, err := strconv.ParseFloat(epochs[2][3], 64)
	require.NoError(t, err)
	require.Regexp(t, fmt.Sprintf(`\n  2/2 +%.4f `, loss), stdout)

	picture, err := os.Open(filepath.Join(dir, "loss.png"))
	require.NoError(t, err)
	defer picture.Close()
	image, err := png.Decode(picture)
	require.NoError(t, err)
	require.Greater(t, image.Bounds().Dx(), 1000)
}

// No picture to test with, or to validate, is one to train on, whatever the
// seed, and each is standardised.
func TestSetsAreApart(t *testing.T) {
	for _, seed := range []uint64{0, 1, 0xffffffff, 1 << 63, 1<<64 - 1} {
		src := drawDigits(seed)
		require.Equal(t, []int{10_000, 1_000, 2_000}, []int{src.train.Len(), src.valid.Len(), src.test.Len()})
		seen := map[[200]float32]bool{} // the middle of a picture
		add := func(s *data.Examples) (twice int) {
			x := tensor.Data[float32](s.X)
			for i := range s.Len() {
				key := [200]float32(x[i*784+300:])
				if seen[key] {
					twice++
				}
				seen[key] = true
			}
			return twice
		}
		require.Zero(t, add(src.train.Slice(0, 2_000)))
		require.Zero(t, add(src.valid))
		require.Zero(t, add(src.test))
		require.Zero(t, src.test.X.At(0, 0, 0, 0)) // paper
	}
}

// The largest values of the flags are allowed.
func TestUpperLimits(t *testing.T) {
	c := trainCommand{settings: settings{Data: "digits", Epochs: 1_000_000, Batch: 1, LR: math.MaxFloat64}, Keep: 1, threadsFlag: threadsFlag{1024}}
	require.NoError(t, c.check())
}

// A tired context is done when it has been asked some times.
type tired struct {
	context.Context
	left int
}

func (c *tired) Err() error {
	if c.left--; c.left < 0 {
		return context.Canceled
	}
	return nil
}

func TestInterruptInsideTheFirstEpoch(t *testing.T) {
	out := filepath.Join(t.TempDir(), "run")
	c := trainCommand{settings: settings{Data: "digits", Limit: 320, Model: "linear", Epochs: 2, Batch: 32, LR: 0.003}, Keep: 2, Every: 30, Out: out}
	err := c.Run(&tired{background, 5}, newConsole(io.Discard, io.Discard, nil))
	require.EqualError(t, err, "interrupted in epoch 1 after step 4; the weights are in "+filepath.Join(out, weightsFile)+", and descent train --resume "+out+" goes on")
	require.Len(t, readCSV(t, out, "steps.csv"), 1+4)
	require.Len(t, readCSV(t, out, "history.csv"), 1)
	require.FileExists(t, filepath.Join(out, curveFile))
	require.NoFileExists(t, filepath.Join(out, "result.json"))
}

func readJSON(t *testing.T, path string, to any) {
	t.Helper()
	b, err := os.ReadFile(path)
	require.NoError(t, err)
	require.NoError(t, json.Unmarshal(b, to))
}

func readCSV(t *testing.T, dir, name string) [][]string {
	t.Helper()
	b, err := os.ReadFile(filepath.Join(dir, name))
	require.NoError(t, err)
	rows, err := csv.NewReader(bytes.NewReader(b)).ReadAll()
	require.NoError(t, err)
	return rows
}

// The same seed gives the same bytes, whatever the number of threads, and
// another seed others.
func TestSameBytesForAnyThreads(t *testing.T) {
	in := t.TempDir()
	writeMNIST(t, in, 120)
	weights := func(flags ...string) []byte {
		out := t.TempDir()
		trained(t, append([]string{"--data", "mnist", "--data-dir", in, "--batch", "50", "--out", out}, flags...)...)
		b, err := os.ReadFile(filepath.Join(out, weightsFile))
		require.NoError(t, err)
		return b
	}
	for _, model := range []string{"cnn", "mlp"} {
		all := weights("--model", model, "--seed", "7")
		for _, threads := range []string{"1", "2", "5"} {
			require.True(t, bytes.Equal(all, weights("--model", model, "--seed", "7", "--threads", threads)), "%s with %s threads", model, threads)
		}
		require.NotEqual(t, all, weights("--model", model, "--seed", "8"))
	}
}

func TestMNIST(t *testing.T) {
	in, out := t.TempDir(), t.TempDir()
	writeMNIST(t, in, 240)
	stdout := trained(t, "--data", "mnist", "--data-dir", in, "--model", "linear", "--epochs", "5", "--batch", "20", "--out", out)
	require.Contains(t, stdout, "mnist: 220 pictures to train on, 20 to validate, 60 to test, read in ")
	require.True(t, strings.HasSuffix(stdout, "\ntest accuracy 100.00 %\n"), stdout)
	require.Contains(t, trained(t, "--data", "mnist", "--data-dir", in, "--model", "linear", "--limit", "999", "--out", t.TempDir()), "mnist: 220 pictures")
}

// The short form that continuous integration runs.
func TestRealMNIST(t *testing.T) {
	dir := filepath.Join("..", "..", "..", "shared", "data", "mnist")
	if _, err := os.Stat(dir); err != nil {
		t.Skipf("the MNIST files are not at %s beside the repository: %v", filepath.Join("..", "shared", "data", "mnist"), err)
	}
	if testing.Short() {
		t.Skip("takes ten seconds")
	}
	stdout := trained(t, "--data", "mnist", "--data-dir", dir, "--epochs", "1", "--limit", "10000", "--out", t.TempDir())
	require.Contains(t, stdout, "mnist: 10,000 pictures to train on, 5,000 to validate, 10,000 to test, read in ")
	last := regexp.MustCompile(`\ntest accuracy (\d\d\.\d\d) %\n$`).FindStringSubmatch(stdout)
	require.NotNil(t, last, stdout)
	accuracy, err := strconv.ParseFloat(last[1], 64)
	require.NoError(t, err)
	require.GreaterOrEqual(t, accuracy, 95.0)
}

func TestBrokenMNIST(t *testing.T) {
	const images = "train-images-idx3-ubyte"
	for _, c := range []struct {
		want  string
		spoil func(b []byte) []byte
	}{
		{"want [40 28 28] = 31360 bytes of data, got 31344: unexpected EOF", func(b []byte) []byte { return b[:len(b)-16] }},
		{"axis 0 has length 4278190120, more than the 1073741824 bytes that are read at most", func(b []byte) []byte { b[4] = 0xff; return b }},
		{"not an IDX file: it starts with ff 00", func(b []byte) []byte { b[0] = 0xff; return b }},
		{"has 39 images, but", func(b []byte) []byte { b[7] = 39; return b[:len(b)-784] }},
		{"want a header of at least 4 bytes, got 0: unexpected EOF", func(b []byte) []byte { return nil }},
	} {
		dir := t.TempDir()
		writeMNIST(t, dir, 40)
		path := filepath.Join(dir, images)
		b, err := os.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, os.WriteFile(path, c.spoil(b), 0o666))
		got := fails(t, dir, exitFailed, "train", "--data", "mnist", "--data-dir", dir, "--out", filepath.Join(dir, "run"))
		require.Contains(t, got, path)
		require.Contains(t, got, c.want)
	}

	dir := t.TempDir()
	got := fails(t, dir, exitFailed, "train", "--data", "mnist", "--data-dir", filepath.Join(dir, "none"), "--out", filepath.Join(dir, "run"))
	require.Contains(t, got, "there is no train-images-idx3-ubyte")
	writeMNIST(t, dir, 4)
	for name, b := range map[string][]byte{"t10k-images-idx3-ubyte": idx(nil, 0, 28, 28), "t10k-labels-idx1-ubyte": idx(nil, 0)} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), b, 0o666))
	}
	require.Equal(t, "MNIST: there are only 4 pictures to train on and 0 to test with in "+dir,
		fails(t, dir, exitFailed, "train", "--data", "mnist", "--data-dir", dir, "--out", filepath.Join(dir, "run")))
}

func TestUnusableOut(t *testing.T) {
	dir := t.TempDir()
	file := filepath.Join(dir, "file")
	require.NoError(t, os.WriteFile(file, []byte("mine"), 0o666))
	start := "the run folder cannot be used: "
	for _, out := range []string{file, filepath.Join(file, "a", "b"), dir, filepath.Join(dir, "a\x00b")} {
		got := fails(t, dir, exitFailed, "train", "--model", "linear", "--out", out)
		require.True(t, strings.HasPrefix(got, start), got)
		require.True(t, strings.HasSuffix(got, "; choose another with --out"), got)
	}
	require.Equal(t, start+dir+" is not empty, and a run never writes over what is there; choose another with --out",
		fails(t, dir, exitFailed, "train", "--out", dir))
}

func TestNaNNamesTheOperation(t *testing.T) {
	dir := t.TempDir()
	got := fails(t, t.TempDir(), exitFailed, "train", "--lr", "1e30", "--limit", "100", "--batch", "64", "--out", filepath.Join(dir, "run"))
	require.Regexp(t, `^training stopped in epoch 1 after step 1 because conv2d made (Inf|NaN) of \[36 8 14 14\] in \[.+\] and .+; try a smaller --lr than 1e\+30 \(checkpoints from before are in .+\)$`, got)
	require.NotContains(t, got, ".go")
}

// The only step, and the last of several, is looked at as every other.
func TestLastStepIsChecked(t *testing.T) {
	for _, c := range []struct{ lr, pictures, want string }{
		{"1e38", "32", `^training stopped in epoch 1 after step 1 because the optimizer made Inf of the parameter fc\.weight \[10 784\]; try a smaller --lr than 1e\+38 `},
		{"1e39", "64", `^training stopped in epoch 1 after step [12] because .+; try a smaller --lr than 1e\+39 `},
		{"1e36", "32", `^training ended with a validation loss of NaN; the weights were not saved, try a smaller --lr than 1e\+36$`},
	} {
		dir := t.TempDir()
		got := fails(t, t.TempDir(), exitFailed, "train", "--limit", c.pictures, "--epochs", "1", "--lr", c.lr, "--model", "linear", "--out", filepath.Join(dir, "run"))
		require.Regexp(t, c.want, got)
	}
}

// A watcher cancels when something has been written.
type watcher struct {
	bytes.Buffer
	word   string
	cancel context.CancelFunc
}

func (w *watcher) Write(b []byte) (int, error) {
	n, err := w.Buffer.Write(b)
	if strings.Contains(w.String(), w.word) {
		w.cancel()
	}
	return n, err
}

func TestInterrupt(t *testing.T) {
	for _, c := range []struct {
		word, want string
		files      int
	}{
		{"digits: ", "interrupted before the first step; nothing was saved", 0},
		{"  1/3 ", "interrupted in epoch 1 after step 4; the weights are in %, and descent train --resume # goes on", 6},
		{"  2/3 ", "interrupted in epoch 2 after step 8; the weights are in %, and descent train --resume # goes on", 6},
		{"  3/3 ", "interrupted while testing; training is complete and the weights are in %", 6},
	} {
		ctx, cancel := context.WithCancel(background)
		stdout := &watcher{word: c.word, cancel: cancel}
		dir := filepath.Join(t.TempDir(), "run")
		var stderr bytes.Buffer
		code := run(ctx, []string{"train", "--model", "linear", "--limit", "256", "--batch", "64", "--out", dir}, stdout, &stderr)
		require.Equal(t, exitInterrupted, code)
		path := filepath.Join(dir, weightsFile)
		require.Equal(t, "descent: "+strings.NewReplacer("%", path, "#", dir).Replace(c.want)+"\n", stderr.String())
		require.NotContains(t, stdout.String(), "test accuracy")
		if c.files == 0 {
			require.NoDirExists(t, dir)
			continue
		}
		list, err := os.ReadDir(dir)
		require.NoError(t, err)
		require.Len(t, list, 1+c.files) // and checkpoints
		file, err := safetensors.ReadFile(path)
		require.NoError(t, err)
		require.NoError(t, nn.LoadState(&linear{FC: nn.NewLinear(tensor.NewRand(0), 784, 10)}, file.Tensors))
	}
}
