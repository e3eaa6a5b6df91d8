package data

import (
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"runtime"
	"slices"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/tensor"
)

// twice is a sampler that takes each of three examples twice, and draws from a
// generator when it has one.
type twice struct{ r *tensor.Rand }

func (twice) Len() int             { return 6 }
func (s twice) Rand() *tensor.Rand { return s.r }

func (s twice) Draw(order []int) []int {
	order = append(order, 0, 1, 2, 0, 1, 2)
	if s.r != nil {
		for i, k := range s.r.Perm(6) {
			order[i] = k % 3
		}
	}
	return order
}

// loaders returns loaders with every kind of order, in front of which ahead
// batches are made.
func loaders(ahead int) map[string]*Loader[Batch] {
	list := map[string]*Loader[Batch]{
		"in order":          {Set: counting(11), Batch: 3},
		"shuffled":          {Set: counting(11), Batch: 3, Shuffle: tensor.NewRand(9)},
		"sampled":           {Set: counting(3), Batch: 2, Sampler: twice{}},
		"sampled at random": {Set: counting(3), Batch: 2, Sampler: twice{tensor.NewRand(3)}},
	}
	for _, l := range list {
		l.Prefetch = ahead
		l.Seed = 5
		l.Transform = func(b *Batch, r *tensor.Rand) {
			for i := range b.Index {
				b.Index[i] = 1000*b.Index[i] + int(r.Uint32()%1000)
			}
		}
	}
	return list
}

// indices returns those of the batches of an epoch.
func indices(t *testing.T, s Source[Batch]) (all [][]int) {
	for b, err := range s.Epoch() {
		require.NoError(t, err)
		all = append(all, slices.Clone(b.Index))
	}
	return all
}

// The rest of three epochs is the same after a break at any batch, when another
// loader with the generator in the state of the break goes on from the position.
func TestSeek(t *testing.T) {
	for name := range loaders(0) {
		var want [][]int
		whole := loaders(0)[name]
		for range 3 {
			want = append(want, indices(t, whole)...)
		}
		for _, ahead := range []int{0, 1, 4} {
			for stop := range want {
				first, second := loaders(0)[name], loaders(ahead)[name]
				got := [][]int{}
				for len(got) < stop {
					for b := range first.Epoch() {
						got = append(got, slices.Clone(b.Index))
						if len(got) == stop {
							break
						}
					}
				}
				saved, err := json.Marshal(first.Position())
				require.NoError(t, err)
				var p Position
				require.NoError(t, json.Unmarshal(saved, &p))
				require.NoError(t, second.Seek(p))
				if r := first.Rand(); r != nil {
					*second.Rand() = *r
				}
				for second.Position().Epoch < 3 {
					got = append(got, indices(t, second)...)
				}
				require.Equal(t, want, got, "%s, stopped before batch %d, %d in advance", name, stop, ahead)
			}
		}
	}
}

func TestSeekErrors(t *testing.T) {
	l := &Loader[Batch]{Set: counting(4), Batch: 2, Shuffle: tensor.NewRand(1)}
	require.ErrorContains(t, l.Seek(Position{Batch: -1}), "is negative")
	require.ErrorContains(t, l.Seek(Position{Batch: 3}), "there are only 2 batches; the data or the batch size is another one")
	require.ErrorContains(t, l.Seek(Position{Batch: 1, State: []byte("x")}), "has no state of a generator")
	require.ErrorContains(t, (&Stream[Batch]{}).Seek(Position{Epoch: -1}), "is negative")
}

// Batches that goroutines fill in advance are the same, in the same order.
func TestPrefetch(t *testing.T) {
	defer runtime.GOMAXPROCS(runtime.GOMAXPROCS(4))
	for name, plain := range loaders(0) {
		for _, ahead := range []int{1, 2, 3, 50} {
			fetching, same := loaders(ahead)[name], loaders(0)[name]
			for range 3 {
				require.Equal(t, indices(t, same), indices(t, fetching), "%s, %d", name, ahead)
			}
		}
		require.NotEqual(t, indices(t, plain), indices(t, plain), "each epoch has its own transforms")
	}
}

// No goroutine outlives the loop, however it ends.
func TestPrefetchEnds(t *testing.T) {
	before := runtime.NumGoroutine()
	l := &Loader[Batch]{Set: counting(40), Prefetch: 5}
	for n := range 41 {
		for range l.Epoch() {
			if n--; n < 0 {
				break
			}
		}
	}
	pass(t, l)
	panicText(t, func() {
		for range l.Epoch() {
			panic(errors.New("the loop fails"))
		}
	})
	for i := 0; runtime.NumGoroutine() > before && i < 1000; i++ {
		time.Sleep(time.Millisecond) // a goroutine is counted until it has ended
	}
	require.LessOrEqual(t, runtime.NumGoroutine(), before)
}

// failing is a set whose example bad cannot be read.
type failing struct {
	*Examples
	bad   int
	panic bool
}

func (s failing) Fill(b *Batch, index []int) error {
	if slices.Contains(index, s.bad) {
		if s.panic {
			panic(fmt.Errorf("example %d is wrong", s.bad))
		}
		return fmt.Errorf("example %d cannot be read", s.bad)
	}
	return s.Examples.Fill(b, index)
}

func TestFailingSet(t *testing.T) {
	for _, ahead := range []int{0, 3} {
		l := &Loader[Batch]{Set: failing{counting(10), 5, false}, Batch: 2, Prefetch: ahead}
		for range 2 {
			n := 0
			for b, err := range l.Epoch() {
				if err != nil {
					require.Nil(t, b)
					require.EqualError(t, err, "example 5 cannot be read")
					n += 100
					continue
				}
				n++
			}
			require.Equal(t, 102, n, "two batches, and one error that ends the epoch")
		}
		l.Set = failing{counting(10), 5, true}
		require.Equal(t, "example 5 is wrong", panicText(t, func() { indices(t, l) }))
		l.Set = counting(10)
		require.Len(t, pass(t, l), 5, "the loader works again")
	}
}

// After the first epoch a batch costs no allocation, and an epoch only those of
// its goroutines.
func TestPrefetchDoesNotAllocate(t *testing.T) {
	per := func(n int) float64 {
		l := &Loader[Batch]{Set: counting(n), Batch: 2, Shuffle: tensor.NewRand(1), Prefetch: 3}
		return testing.AllocsPerRun(5, func() {
			for range l.Epoch() {
			}
		})
	}
	require.InDelta(t, per(10), per(2000), 3)
}

// numbers returns a stream of n batches for each epoch, of 1 example each. The
// index of batch i of epoch e is 100e+i.
func numbers(n int, closed *int) *Stream[Batch] {
	return &Stream[Batch]{Open: func(epoch int) (func(*Batch) error, func() error, error) {
		i := 0
		next := func(b *Batch) error {
			if i == n {
				return io.EOF
			}
			b.Index = append(b.Index[:0], 100*epoch+i)
			i++
			return nil
		}
		return next, func() error { *closed++; return nil }, nil
	}}
}

func TestStream(t *testing.T) {
	closed := 0
	s := numbers(3, &closed)
	require.Equal(t, -1, s.Batches())
	require.Equal(t, [][]int{{0}, {1}, {2}}, indices(t, s))
	require.Equal(t, Position{Epoch: 1}, s.Position())
	for range s.Epoch() {
		break
	}
	require.Equal(t, Position{Epoch: 1, Batch: 1}, s.Position())
	require.Equal(t, [][]int{{200}, {201}, {202}}, indices(t, s), "after a break comes the next epoch")
	require.NoError(t, s.Seek(Position{Epoch: 1, Batch: 1}))
	require.Equal(t, [][]int{{101}, {102}}, indices(t, s))
	require.Equal(t, 4, closed)
	require.Zero(t, testing.AllocsPerRun(1, func() { s.Length = 3 }))
	require.Equal(t, 3, s.Batches())
}

func TestStreamErrors(t *testing.T) {
	closed := 0
	s := numbers(3, &closed)
	require.NoError(t, s.Seek(Position{Batch: 5}))
	fails := func(want string) {
		t.Helper()
		var last error
		for b, err := range s.Epoch() {
			if last = err; err != nil {
				require.Nil(t, b)
			}
		}
		require.EqualError(t, last, want)
	}
	fails("the stream ends after 3 batches; 5 were read before the interruption")

	s.Open = func(int) (func(*Batch) error, func() error, error) { return nil, nil, errors.New("no such file") }
	fails("no such file")
	s.Open = func(int) (func(*Batch) error, func() error, error) {
		return func(*Batch) error { return errors.New("line 3 is damaged") }, func() error { return errors.New("cannot close") }, nil
	}
	fails("line 3 is damaged\ncannot close")
}

func ExampleStream() {
	squares := &Stream[Batch]{Open: func(epoch int) (func(*Batch) error, func() error, error) {
		n := 0
		next := func(b *Batch) error {
			if n++; n > 3 {
				return io.EOF
			}
			b.X = tensor.New([]float32{float32(n), float32(n * n)}, 1, 2)
			return nil
		}
		return next, nil, nil
	}}
	for batch := range squares.Epoch() {
		fmt.Println(tensor.Values(batch.X))
	}
	// Output:
	// [1 1]
	// [2 4]
	// [3 9]
}
