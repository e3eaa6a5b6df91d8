// Recovery damages a trained net, its files and its training in each way that
// happens: a bit that flips, a file that ends too early, a process that is killed, a
// disk that is full, a thief. It measures what each costs, and what helps.
//
//	go run ./examples/recovery [-out folder]
package main

import (
	"bytes"
	"context"
	"crypto/aes"
	"crypto/cipher"
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"io"
	"math"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"syscall"
	"time"

	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/data/synthetic"
	"github.com/descent-ml/descent/examples/internal/course"
	"github.com/descent-ml/descent/nn"
	"github.com/descent-ml/descent/optim"
	"github.com/descent-ml/descent/tensor"
	"github.com/descent-ml/descent/train"
	"github.com/descent-ml/descent/train/checkpoint"
)

func main() {
	if dir := os.Getenv("RECOVERY_VICTIM"); dir != "" { // see killed
		victim(dir)
		return
	}
	course.Main("recovery", run)
}

func newNet(seed uint64) nn.Layer {
	r := tensor.NewRand(seed)
	return nn.Sequential{nn.NewLinear(r, 2, 24), nn.Tanh{}, nn.NewLinear(r, 24, 24), nn.Tanh{}, nn.NewLinear(r, 24, 2)}
}

func moons(seed uint64, n int) *data.Examples { return synthetic.Moons(n, 0.15, tensor.NewRand(seed)) }

// fitOf returns the training of a net, which saves itself into a folder after every
// twentieth step. Without a folder it saves nothing.
func fitOf(model nn.Layer, seed uint64, dir string) *train.Fit[data.Batch] {
	f := &train.Fit[data.Batch]{Model: model, Objective: train.Classify(model, nn.CrossEntropy), Opt: optim.NewAdam(nn.Params(model), optim.Adam{LR: 0.01}),
		Train: &data.Loader[data.Batch]{Set: moons(seed, 512), Batch: 32, Shuffle: tensor.NewRand(seed)}, Epochs: 20}
	if dir != "" {
		f.Checkpoints = &train.Checkpoints{Dir: dir, Steps: 20, Keep: 3}
	}
	return f
}

// trained returns a net that has been trained for 20 epochs.
func trained(seed uint64) (nn.Layer, error) {
	model := newNet(seed)
	_, err := fitOf(model, seed, "").Run(context.Background())
	return model, err
}

// raw returns the weights as bytes, one number after another.
func raw(model nn.Layer) []byte {
	var b bytes.Buffer
	for _, p := range nn.Params(model) {
		_ = binary.Write(&b, binary.LittleEndian, tensor.Data[float32](p.Value)) // memory has no errors
	}
	return b.Bytes()
}

// setRaw sets the weights to those in b, as far as it goes.
func setRaw(model nn.Layer, b []byte) {
	for _, p := range nn.Params(model) {
		w := tensor.Data[float32](p.Value)
		n := min(len(w), len(b)/4)
		_, _ = binary.Decode(b, binary.LittleEndian, w[:n])
		b = b[4*n:]
	}
}

// ofHalf returns the accuracy of nets that got the first half of the weights of a
// model and kept what they had for the rest: the mean of ten.
func ofHalf(model nn.Layer, test *data.Examples) (accuracy float64) {
	for seed := range uint64(10) {
		half := newNet(seed + 100)
		setRaw(half, raw(model)[:len(raw(model))/2])
		accuracy += course.Accuracy(half, test) / 10
	}
	return accuracy
}

func hash(model nn.Layer) string { return fmt.Sprintf("%x", sha256.Sum256(raw(model)))[:12] }

// A place is some of the 32 bits of a number.
type place struct {
	name     string
	from, to int
}

var places = []place{{"last digits", 0, 12}, {"first digits", 12, 23}, {"exponent", 23, 31}, {"sign", 31, 32}}

// flips flips a bit of a place in a weight, many times, and puts it back. It returns
// in what share of times an answer changed, and the worst accuracy.
func flips(model nn.Layer, set *data.Examples, p place, times int, r *tensor.Rand) (changed, worst float64) {
	answers := func() []int { return tensor.ArgMax(train.NewPredictor(model).Predict(set.X), 1) }
	before, params := answers(), nn.Params(model)
	worst = 1
	for range times {
		w := tensor.Data[float32](params[r.Uint64()%uint64(len(params))].Value)
		i := r.Uint64() % uint64(len(w))
		was := w[i]
		w[i] = math.Float32frombits(math.Float32bits(was) ^ 1<<(p.from+int(r.Uint64()%uint64(p.to-p.from))))
		if !slices.Equal(before, answers()) {
			changed += 1 / float64(times)
		}
		worst = min(worst, course.Accuracy(model, set))
		w[i] = was
	}
	return changed, worst
}

// save saves weights as a checkpoint. With a limit, the disk is full after so many
// bytes.
func save(dir string, model nn.Layer, limit int) error {
	var b bytes.Buffer
	if err := safetensors.Write(&b, &safetensors.File{Tensors: nn.State(model)}); err != nil {
		return err
	}
	return (&checkpoint.Store{Dir: dir}).Save(false, checkpoint.File{Name: "weights.safetensors", Write: func(w io.Writer) error {
		if limit > 0 && limit < b.Len() {
			_, _ = w.Write(b.Bytes()[:limit])
			return syscall.ENOSPC
		}
		_, err := w.Write(b.Bytes())
		return err
	}})
}

// damage changes a saved file many times, by the function given, and counts how often
// a reader of its format, and the checksum of its checkpoint, refuse it.
func damage(dir string, times int, change func(i int, file []byte) []byte) (byFormat, byChecksum int, err error) {
	folder := filepath.Join(dir, "checkpoint-000001")
	path := filepath.Join(folder, "weights.safetensors")
	whole, err := os.ReadFile(path)
	if err != nil {
		return 0, 0, err
	}
	for i := range times {
		damaged := change(i, bytes.Clone(whole))
		if err := os.WriteFile(path, damaged, 0o600); err != nil {
			return 0, 0, err
		}
		if _, err := checkpoint.Open(folder); err != nil {
			byChecksum++
		}
		if _, err := safetensors.Read(bytes.NewReader(damaged)); err != nil {
			byFormat++
		}
	}
	return byFormat, byChecksum, os.WriteFile(path, whole, 0o600)
}

// victim trains in a process of its own, which somebody kills.
func victim(dir string) {
	seed, _ := strconv.ParseUint(os.Getenv("RECOVERY_SEED"), 10, 64)
	f := fitOf(newNet(seed), seed, dir)
	begin := f.Resume
	if newest, _, _ := (&checkpoint.Store{Dir: dir}).Newest(); newest == nil {
		begin = f.Run // it was killed before the first checkpoint was whole
	}
	_, err := begin(context.Background())
	if err != nil {
		panic(err)
	}
}

// killed starts the training again and again, and kills it after a random time, until
// it comes to its end. It returns how often it was killed, and the hash of the
// weights at the end.
func killed(dir string, seed uint64, least time.Duration) (kills int, end string, err error) {
	self, err := os.Executable()
	if err != nil {
		return 0, "", err
	}
	r := tensor.NewRand(seed)
	for wait := least; ; wait += wait / 4 { // longer and longer, so that it ends on any machine
		c := exec.Command(self) // which sees the environment, and calls victim
		c.Env = append(os.Environ(), "RECOVERY_VICTIM="+dir, fmt.Sprintf("RECOVERY_SEED=%d", seed))
		var said bytes.Buffer
		c.Stderr = &said
		if err := c.Start(); err != nil {
			return 0, "", err
		}
		timer := time.AfterFunc(time.Duration(float64(wait)*(0.5+r.Float64())), func() { _ = c.Process.Kill() })
		err := c.Wait()
		timer.Stop()
		if err == nil {
			break
		}
		if said.Len() > 0 {
			return kills, "", errors.New(said.String())
		}
		kills++
	}
	model := newNet(seed)
	if _, err := fitOf(model, seed, dir).Resume(context.Background()); err != nil { // at its end, it does nothing more
		return kills, "", err
	}
	return kills, hash(model), nil
}

// sealer encrypts and decrypts with a key of 32 bytes: AES-256 in Galois/counter mode.
func sealer(key []byte) cipher.AEAD {
	block, _ := aes.NewCipher(key) // it fails for another length alone
	gcm, _ := cipher.NewGCMWithRandomNonce(block)
	return gcm
}

// stolen trains another net on the answers of the first to random questions, and
// returns in what share of new questions the two agree.
func stolen(owner nn.Layer, seed uint64, questions int) (float64, error) {
	r := tensor.NewRand(seed + 100)
	ask := func(n int) *data.Examples {
		x := tensor.Zeros(n, 2)
		r.Uniform(x, -1.5, 2.5)
		return &data.Examples{X: x, Labels: tensor.ArgMax(train.NewPredictor(owner).Predict(x), 1), Classes: 2}
	}
	copied := newNet(seed + 1)
	f := fitOf(copied, seed, "")
	f.Train, f.Epochs = &data.Loader[data.Batch]{Set: ask(questions), Batch: 20, Shuffle: r}, 20_000/questions
	_, err := f.Run(context.Background())
	return course.Accuracy(copied, ask(2000)), err
}

func run(out io.Writer, folder string) error {
	say := course.Printer(out)
	dir, err := os.MkdirTemp("", "recovery")
	if err != nil {
		return err
	}
	defer os.RemoveAll(dir)
	model, err := trained(1)
	if err != nil {
		return err
	}
	test, store, r := moons(2, 500), filepath.Join(dir, "store"), tensor.NewRand(1)
	if err := save(store, model, 0); err != nil {
		return err
	}
	say("The article asks twenty times how to keep data whole, safe and at hand, and says: check,")
	say("back up, encrypt. We try it on a net of %d weights, right at %.1f %% of new points.\n", len(raw(model))/4, 100*course.Accuracy(model, test))

	const times = 300
	say("1. A BIT THAT FLIPS (integrity)\n\nMemory and disks flip a bit now and then. We flip a bit of a weight, %d times for each", times)
	say("part of a float32, and ask for %d answers:\n\n    bits           some answer changes   worst accuracy", test.Len())
	share, worsts := 0.0, make([]float64, 32)
	for _, p := range places {
		changed, worst := flips(model, test, p, times, r)
		say("    %-14s %15.1f %% %15.1f %%", p.name, 100*changed, 100*worst)
		share += changed * float64(p.to-p.from) / 32
	}
	for bit := range worsts {
		_, worst := flips(model, test, place{"", bit, bit + 1}, 40, r)
		worsts[bit] = 100 * worst
	}
	format, checksum, err := damage(store, times, func(_ int, file []byte) []byte {
		file[r.Uint64()%uint64(len(file))] ^= 1 << (r.Uint64() % 8)
		return file
	})
	if err != nil {
		return err
	}
	say("\nOf all 32 bits together, %.0f %% change an answer: no test of the answers can see the", 100*share)
	say("others. The same with a saved file, %d times:\n\n    damage                  seen by the reader of the format   by SHA-256", times)
	say("    one bit flipped %40d %12d", format, checksum)
	format, checksum, err = damage(store, times, func(i int, file []byte) []byte { return file[:i*len(file)/times] })
	if err != nil {
		return err
	}
	say("    cut off, at %d lengths %32d %12d\n", times, format, checksum)
	say("2. A FILE THAT ENDS TOO EARLY (integrity)\n\nThat is the second line above. A format with lengths sees a cut. Plain numbers do not:")
	say("ten programs that read half such a file and went on were right at %.1f %%.\n", 100*ofHalf(model, test))

	say("3. A PROCESS THAT IS KILLED (reliability)\n\nWho writes over the old file has neither for a while. Fit writes a new folder, with")
	say("checksums, and renames it when it is whole. A training in a process of its own saves")
	say("after every twentieth of its 320 steps. We kill it at random moments and start it again:\n")
	victims := filepath.Join(dir, "victims")
	kills, end, err := killed(victims, 1, 60*time.Millisecond)
	if err != nil {
		return err
	}
	say("    killed %d times     SHA-256 of the weights at the end   %s…\n    never stopped       %42s…\n", kills, end, hash(model))

	say("4. A DISK THAT IS FULL (availability)\n")
	err = save(store, newNet(3), 1000)
	newest, _, _ := (&checkpoint.Store{Dir: store}).Newest()
	say("    %v\n\nThe save fails aloud, and the newest whole checkpoint is number %d, as before.\n", filepath.Base(err.Error()), newest.Number)
	last, _, _ := (&checkpoint.Store{Dir: victims}).Newest()
	cutFile, err := last.File("weights.safetensors")
	if err != nil {
		return err
	}
	if err := os.Truncate(cutFile, 10); err != nil {
		return err
	}
	again := newNet(1)
	history, err := fitOf(again, 1, victims).Resume(context.Background())
	if err != nil {
		return err
	}
	say("Old copies help when the newest is damaged. We cut off the weights of number %d, part 3,", last.Number)
	say("and go on. Resume passes it over, says why, and ends with %s… again:\n\n  %v\n", hash(again), filepath.Base(history.Damaged[0].Error()))

	key, other := make([]byte, 32), make([]byte, 32)
	_, _ = rand.Read(key) // it never fails
	sealed := sealer(key).Seal(nil, nil, raw(model), nil)
	_, wrong := sealer(other).Open(nil, nil, sealed, nil)
	opened, _ := sealer(key).Open(nil, nil, sealed, nil)
	sealed[len(sealed)/2] ^= 1
	_, flipped := sealer(key).Open(nil, nil, sealed, nil)
	say("5. A THIEF (security)\n\nEncryption (AES-256-GCM, of Go's standard library) protects a file that is stolen:\n")
	say("    size            %d bytes, %d more\n    right key       the same weights: %v", len(sealed), len(sealed)-len(opened), bytes.Equal(opened, raw(model)))
	say("    another key     %v\n    one bit flipped %v\n", wrong, flipped)
	say("It does not protect a net that answers. A thief without the key asks for the class of")
	say("random points and trains a net on the answers:\n\n    questions   agrees with ours")
	for _, questions := range []int{20, 100, 500, 2000} {
		agree, err := stolen(model, 1, questions)
		if err != nil {
			return err
		}
		say("    %9d %16.1f %%", questions, 100*agree)
	}
	picture := filepath.Join(folder, "recovery.png")
	say("\nWhat each bit can do is drawn in %s.", picture)
	chart := course.Chart{Title: "One bit of one weight flips", X: "bit of the float32 (31 is the sign)",
		Y: "accuracy with the worst of 40 weights, %", Curves: []course.Curve{{Y: worsts}}}
	return chart.Save(picture)
}
