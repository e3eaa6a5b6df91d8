package main

import (
	"bytes"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/codec/wav"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/checkpoint"
)

// saveCheckpoints saves three checkpoints, of which the second is the best.
func saveCheckpoints(t *testing.T, dir string) {
	t.Helper()
	s := &checkpoint.Store{Dir: dir, Keep: 3}
	for _, state := range []string{`{"epoch": 1, "steps": 0}`, `{"epoch": 1, "steps": 1200}`, `{"epoch": 2, "steps": 2000}`} {
		require.NoError(t, s.Save(strings.Contains(state, "1200"),
			checkpoint.File{Name: "weights.safetensors", Write: func(w io.Writer) error { _, err := w.Write(someTensors(t)); return err }},
			checkpoint.File{Name: "state.json", Write: func(w io.Writer) error { _, err := io.WriteString(w, state); return err }}))
	}
}

func TestInspectCheckpoints(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "checkpoints")
	saveCheckpoints(t, dir)
	second := filepath.Join(dir, "checkpoint-000002")
	text, object := inspected(t, second)
	require.Equal(t, `X: checkpoint, 403 bytes, whole, epoch 1, 1,200 steps, the best when it was saved
  weights.safetensors    376 B
  state.json              27 B
`, text)
	require.Equal(t, 2.0, object["number"])
	require.Equal(t, true, object["best"])

	damaged := filepath.Join(dir, "checkpoint-000003")
	require.NoError(t, os.Remove(filepath.Join(damaged, "state.json")))
	text, object = inspected(t, dir)
	require.Contains(t, text, `X: checkpoints, 803 bytes, 2 whole, 1 damaged
  checkpoint         epoch  steps  files  bytes
  checkpoint-000001      1      0      2    400
  checkpoint-000002      1  1,200      2    403  best

  damaged: the checkpoint X`+string(filepath.Separator)+"checkpoint-000003 is damaged: open ")
	require.Len(t, object["checkpoints"], 2)
	require.Len(t, object["damaged"], 1)
	require.Regexp(t, `^the checkpoint .*000003 is damaged: .*state\.json`, fails(t, dir, exitFailed, "inspect", damaged))

	// A checkpoint is whole, but was not saved by package train.
	s := &checkpoint.Store{Dir: filepath.Join(t.TempDir(), "other")}
	require.NoError(t, s.Save(false, checkpoint.File{Name: "state.json", Write: func(w io.Writer) error { _, err := io.WriteString(w, "[]"); return err }}))
	require.Contains(t, fails(t, s.Dir, exitFailed, "inspect", filepath.Join(s.Dir, "checkpoint-000001")), "state.json: json: cannot unmarshal array")
}

func TestInspectRun(t *testing.T) {
	dir := t.TempDir()
	for name, content := range map[string]string{
		"config.json":         `{"model": "cnn", "epochs": 3}`,
		"result.json":         `{"loss": 0.25}`,
		"weights.safetensors": string(someTensors(t)),
		".descent.lock":       "",
	} {
		require.NoError(t, os.WriteFile(filepath.Join(dir, name), []byte(content), 0o600))
	}
	saveCheckpoints(t, filepath.Join(dir, "checkpoints"))
	text, object := inspected(t, dir)
	require.Equal(t, `X: run, 1,625 bytes

  settings
  model   "cnn"
  epochs  3

  result
  loss  0.25

  files
  checkpoints          folder    0 B
  config.json                   29 B
  result.json                   14 B
  weights.safetensors          376 B

  weights: 4 tensors, 11 parameters

  checkpoints: 3 whole, 0 damaged
  checkpoint         epoch  steps  files  bytes
  checkpoint-000001      1      0      2    400
  checkpoint-000002      1  1,200      2    403  best
  checkpoint-000003      2  2,000      2    403
`, text)
	require.Equal(t, "run", object["kind"])
	require.Len(t, object["checkpoints"].(map[string]any)["checkpoints"], 3)
	require.Equal(t, "weights.safetensors", filepath.Base(object["weights"].(map[string]any)["path"].(string)))

	require.NoError(t, os.WriteFile(filepath.Join(dir, "result.json"), []byte(`{"loss": `), 0o600))
	require.Regexp(t, `result\.json: the JSON is broken at byte 9: unexpected end`, fails(t, dir, exitFailed, "inspect", dir))
}

// What descent train leaves can be inspected.
func TestInspectWhatTrainLeaves(t *testing.T) {
	dir := filepath.Join(t.TempDir(), "run")
	trained(t, "--model", "linear", "--limit", "64", "--epochs", "1", "--out", dir)
	text, _ := inspected(t, dir)
	require.Contains(t, text, "weights: 2 tensors, 7,850 parameters\n")
	for _, path := range files(t, dir)[1:] {
		inspected(t, path)
	}
}

func TestInspectClasses(t *testing.T) {
	dir := t.TempDir()
	write := func(content []byte, names ...string) {
		for _, name := range names {
			path := filepath.Join(dir, name)
			require.NoError(t, os.MkdirAll(filepath.Dir(path), 0o700))
			require.NoError(t, os.WriteFile(path, content, 0o600))
		}
	}
	write(picture(t, "png"), "cat/1.png", "cat/2.PNG", "dog/deep/3.png")
	write([]byte("\x89PNG\r\n\x1a\nxx"), "dog/4.png")
	write(nil, "dog/notes.txt")
	text, object := inspected(t, dir)
	require.Regexp(t, `^X: pictures by class, \d+ bytes, 4 files, 2 folders of classes

  class  files   share
  cat        2  50\.0 %
  dog        2  50\.0 %

  width  height  files
      3       2      3

  skipped: 1 file of another kind

  damaged: \S*4\.png: unexpected EOF
$`, text)
	require.Equal(t, []any{map[string]any{"name": "cat", "files": 2.0}, map[string]any{"name": "dog", "files": 2.0}}, object["classes"])
	require.Equal(t, []any{map[string]any{"width": 3.0, "height": 2.0, "files": 3.0}}, object["sizes"])

	var b bytes.Buffer
	require.NoError(t, wav.Write(&b, &wav.File{SampleRate: 8000, Samples: tensor.Zeros(1, 4)}, wav.PCM8))
	dir = t.TempDir()
	write(b.Bytes(), "yes/1.wav", "no/1.wav", "no/2.wav")
	text, _ = inspected(t, dir)
	require.Contains(t, text, "X: recordings by class, 144 bytes, 3 files, 2 folders of classes\n\n  class  files   share\n  no         2  66.7 %\n")

	dir = t.TempDir()
	write(nil, "a/b", "c.txt", ".hidden")
	text, object = inspected(t, dir)
	require.Equal(t, "X: folder, 0 bytes, 2 items\n  a      folder  0 B\n  c.txt          0 B\n", text)
	require.Len(t, object["files"], 2)
}

// An interrupt ends an inspection.
func TestInspectInterrupted(t *testing.T) {
	ctx, cancel := context.WithCancel(background)
	cancel()
	code, stdout, stderr := descent(ctx, "inspect", inTemp(t, "a.txt", nil))
	require.Equal(t, exitInterrupted, code)
	require.Empty(t, stdout)
	require.Regexp(t, `^descent: interrupted before the end of .*a\.txt\n$`, stderr)
}
