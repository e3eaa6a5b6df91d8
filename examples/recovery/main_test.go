package main

import (
	"bytes"
	"errors"
	"os"
	"path/filepath"
	"regexp"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/examples/internal/course/coursetest"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train/checkpoint"
)

// The lesson starts itself as its victim; so does its test.
func TestMain(m *testing.M) {
	if dir := os.Getenv("RECOVERY_VICTIM"); dir != "" {
		victim(dir)
		return
	}
	os.Exit(m.Run())
}

func TestFlipsOfTheExponentHurtAndThoseOfLastDigitsDoNot(t *testing.T) {
	for seed := range uint64(5) {
		model, err := trained(seed)
		require.NoError(t, err)
		test := moons(seed+10, 500)
		accuracy := course.Accuracy(model, test)
		require.Greater(t, accuracy, 0.93, "seed %d", seed)
		before := hash(model)
		r := tensor.NewRand(seed)
		last, worstLast := flips(model, test, places[0], 100, r)
		first, _ := flips(model, test, places[1], 100, r)
		exponent, worst := flips(model, test, places[2], 100, r)
		require.Less(t, last, 0.05)
		require.InDelta(t, accuracy, worstLast, 0.005)
		require.Less(t, first, 0.3)
		require.Greater(t, exponent, first+0.1)
		require.Less(t, worst, 0.75)
		require.Equal(t, before, hash(model), "all bits are put back")
	}
}

func TestChecksumSeesAllDamage(t *testing.T) {
	for seed := range uint64(5) {
		dir, r := t.TempDir(), tensor.NewRand(seed)
		require.NoError(t, save(dir, newNet(seed), 0))
		format, checksum, err := damage(dir, 100, func(_ int, file []byte) []byte {
			file[r.Uint64()%uint64(len(file))] ^= 1 << (r.Uint64() % 8)
			return file
		})
		require.NoError(t, err)
		require.Equal(t, 100, checksum)
		require.Less(t, format, 40)
		require.Positive(t, format)
		format, checksum, err = damage(dir, 100, func(i int, file []byte) []byte { return file[:i*len(file)/100] })
		require.NoError(t, err)
		require.Equal(t, 100, checksum)
		require.Equal(t, 100, format)
		_, checksum, err = damage(dir, 1, func(_ int, file []byte) []byte { return file })
		require.NoError(t, err)
		require.Zero(t, checksum, "a whole file is taken")
	}
}

func TestHalfAFileIsTakenByWhoReadsNumbers(t *testing.T) {
	for seed := range uint64(5) {
		model, err := trained(seed)
		require.NoError(t, err)
		whole, test := newNet(seed+1), moons(seed+10, 500)
		setRaw(whole, raw(model))
		require.Equal(t, hash(model), hash(whole))
		require.Less(t, ofHalf(model, test), course.Accuracy(model, test)-0.03, "seed %d", seed)
	}
}

func TestKilledTrainingEndsWithTheSameBits(t *testing.T) {
	t.Parallel() // it waits for the disk
	kills := 0
	for seed := range uint64(5) {
		n, end, err := killed(filepath.Join(t.TempDir(), "victims"), seed, 40*time.Millisecond)
		require.NoError(t, err)
		model, err := trained(seed)
		require.NoError(t, err)
		require.Equal(t, hash(model), end)
		kills += n
	}
	require.Positive(t, kills)
}

func TestFullDiskLeavesTheOldCheckpoint(t *testing.T) {
	dir := t.TempDir()
	require.NoError(t, save(dir, newNet(1), 0))
	for _, limit := range []int{1, 1000, 3000} {
		require.ErrorIs(t, save(dir, newNet(2), limit), syscall.ENOSPC)
	}
	c, damaged, err := (&checkpoint.Store{Dir: dir}).Newest()
	require.NoError(t, errors.Join(append(damaged, err)...))
	require.Equal(t, 1, c.Number)
}

func TestThiefCopiesFromAnswers(t *testing.T) {
	for seed := range uint64(5) {
		model, err := trained(seed)
		require.NoError(t, err)
		few, err := stolen(model, seed, 20)
		require.NoError(t, err)
		many, err := stolen(model, seed, 1000)
		require.NoError(t, err)
		require.Greater(t, many, 0.95, "seed %d", seed)
		require.Greater(t, many, few)
	}
}

func TestSealerRefusesWhatWasChanged(t *testing.T) {
	key := bytes.Repeat([]byte{7}, 32)
	sealed := sealer(key).Seal(nil, nil, []byte("weights"), nil)
	for i := range sealed {
		changed := bytes.Clone(sealed)
		changed[i] ^= 1
		_, err := sealer(key).Open(nil, nil, changed, nil)
		require.Error(t, err)
	}
	opened, err := sealer(key).Open(nil, nil, sealed, nil)
	require.NoError(t, err)
	require.Equal(t, "weights", string(opened))
}

func TestLesson(t *testing.T) {
	t.Parallel()
	var out bytes.Buffer
	folder := t.TempDir()
	require.NoError(t, run(&out, folder))
	text := out.String()
	for _, claim := range []string{
		`one bit flipped +\d+ +300\n +cut off, at 300 lengths +300 +300\n`,
		`ends with ([0-9a-f]{12})… again:\n\n +checkpoint-\d+ is damaged: weights\.safetensors has 10 bytes`,
		`no space left on device|not enough space`,
		`the newest whole checkpoint is number 1, as before`,
		`28 more\n +right key +the same weights: true\n`,
		` 2000 +9\d\.\d %`,
	} {
		require.Regexp(t, regexp.MustCompile(claim), text)
	}
	hashes := regexp.MustCompile(`[0-9a-f]{12}…`).FindAllString(text, -1)
	require.Len(t, hashes, 3)
	require.Equal(t, hashes[0], hashes[1])
	require.Equal(t, hashes[0], hashes[2])
	coursetest.ReadsWell(t, text, folder, 90)
	require.FileExists(t, filepath.Join(folder, "recovery.png"))
	require.ErrorIs(t, run(&out, filepath.Join(folder, "missing")), os.ErrNotExist)
}
