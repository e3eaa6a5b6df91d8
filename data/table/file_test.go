package table

import (
	"bytes"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/descent-ml/descent/data"
	"github.com/descent-ml/descent/internal/allocs"
	"github.com/descent-ml/descent/tensor"
)

// numbered returns a file of n rows, in which each column tells the row.
func numbered(n int) string {
	var b strings.Builder
	b.WriteString("x,c,d,y\n")
	for i := range n {
		fmt.Fprintf(&b, "%d,c%d,2020-01-%02d,%d.5\n", i, i%3, i%28+1, 2*i)
	}
	return b.String()
}

func opened(t *testing.T, file string) *File {
	f, err := OpenReader("f.csv", strings.NewReader(file), Options{})
	require.NoError(t, err)
	return f
}

func TestChunks(t *testing.T) {
	f := opened(t, numbered(10))
	require.Equal(t, 10, f.Rows)
	for _, n := range []int{1, 3, 5, 10, 11} {
		var sizes []int
		row := 0
		for tab, err := range f.Chunks(n) {
			require.NoError(t, err)
			sizes = append(sizes, tab.Len())
			for i := range tab.Len() {
				require.Equal(t, []float64{float64(row), float64(2*row) + 0.5}, []float64{tab.Columns[0].Numbers[i], tab.Columns[3].Numbers[i]})
				require.Equal(t, fmt.Sprint("c", row%3), tab.Columns[1].Value(i))
				row++
			}
		}
		require.Equal(t, 10, row)
		require.Len(t, sizes, (10+n-1)/n)
	}
	count := 0
	for range f.Chunks(3) {
		if count++; count == 2 {
			break
		}
	}
	require.Equal(t, 2, count)
	require.PanicsWithError(t, "chunks: the number of rows is 0, want 1 or more", func() { f.Chunks(0) })
	for range opened(t, "a,b\n").Chunks(3) {
		t.Error("there are no rows")
	}
}

func TestSample(t *testing.T) {
	f := opened(t, numbered(10))
	for _, c := range []struct{ rows, every, got int }{{1, 10, 1}, {2, 5, 2}, {3, 4, 3}, {4, 3, 4}, {5, 2, 5}, {9, 2, 5}, {10, 1, 10}, {99, 1, 10}} {
		tab, every, err := f.Sample(c.rows)
		require.NoError(t, err)
		require.Equal(t, c.every, every, c.rows)
		require.Equal(t, c.got, tab.Len(), c.rows)
		for i, x := range tab.Columns[0].Numbers {
			require.Equal(t, float64(i*every), x)
		}
	}
	tab, every, err := opened(t, "a,b\n").Sample(5)
	require.NoError(t, err)
	require.Equal(t, 1, every)
	require.Zero(t, tab.Len())
	require.Panics(t, func() { _, _, _ = f.Sample(0) })
}

func TestChunksAllocateNothing(t *testing.T) {
	few, many := opened(t, numbered(2000)), opened(t, numbered(20000))
	pass := func(f *File) float64 {
		return testing.AllocsPerRun(3, func() {
			for _, err := range f.Chunks(100) {
				require.NoError(t, err)
			}
		})
	}
	require.InDelta(t, pass(few), pass(many), 5, "allocations of a pass over 20 chunks, and over 200")

	e := &Encoder{Target: "y"}
	require.NoError(t, e.FitEach(many.Chunks(1000)))
	tab, err := few.Read()
	require.NoError(t, err)
	x := &Encoded{}
	require.NoError(t, e.ApplyWithTarget(x, tab))
	require.Zero(t, testing.AllocsPerRun(5, func() { _ = e.ApplyWithTarget(x, tab) }))
	require.NoError(t, e.ApplyTo(x, tab))
	require.Zero(t, testing.AllocsPerRun(5, func() { _ = e.ApplyTo(x, tab) }))

	epoch := func(s *data.Stream[data.Batch]) float64 {
		return testing.AllocsPerRun(3, func() {
			for _, err := range s.Epoch() {
				require.NoError(t, err)
			}
		})
	}
	require.InDelta(t, epoch(e.Stream(few, 100)), epoch(e.Stream(many, 100)), 5, "allocations of an epoch of 20 batches, and of 200")
}

func TestStream(t *testing.T) {
	file := strings.Replace(strings.Replace(numbered(10), "\n3,c0,2020-01-04,6.5", "\n3,c0,2020-01-04,", 1), "\n4,c1,2020-01-05,8.5", "\n4,c1,2020-01-05,?", 1)
	f := opened(t, file)
	tab, err := f.Read()
	require.NoError(t, err)
	e := fitted(t, &Encoder{Target: "y"}, tab)
	want, err := e.Examples(tab)
	require.NoError(t, err)
	require.Equal(t, 8, want.Len())
	for _, n := range []int{1, 2, 3, 100} {
		s := e.Stream(f, n)
		require.Equal(t, -1, s.Batches())
		for range 2 {
			var index []int
			var x, y []float64
			for b, err := range s.Epoch() {
				require.NoError(t, err)
				index = append(index, b.Index...)
				x, y = append(x, tensor.Values(b.X)...), append(y, tensor.Values(b.Y)...)
			}
			require.Equal(t, []int{0, 1, 2, 5, 6, 7, 8, 9}, index)
			require.Equal(t, tensor.Values(want.X), x)
			require.Equal(t, tensor.Values(want.Y), y)
		}
	}
	for range e.Stream(f, 2).Epoch() {
		break
	}
	fault := func(e *Encoder, f *File) (err error) {
		for _, err = range e.Stream(f, 2).Epoch() {
		}
		return err
	}
	require.ErrorContains(t, fault(e, opened(t, "x,c,d,y\n1,c0,2020-01-01,z\n2,c0,2020-01-02,y\n")), "in the rows from number 1 on: the target")
	require.ErrorContains(t, fault(fitted(t, &Encoder{Target: "y", Rule: Rule{Index: true}}, tab), f), "is an index")
	require.NoError(t, fault(fitted(t, &Encoder{}, tab), f))
}

func TestExtendKeepsBytes(t *testing.T) {
	for _, c := range []struct{ name, file, want string }{
		{"plain", "a,b\n1,x\n2,y\n", "a,b,p,\"q,\"\n1,x,0.5,\n2,y,,\"r\"\"0\"\n"},
		{"no last line end", "a,b\n1,x\n2,y", "a,b,p,\"q,\"\n1,x,0.5,\n2,y,,\"r\"\"0\"\n"},
		{"CR LF", bom + "\"a\" ;b\r\n1,5; x\r\n2;\"y\r\n\"\r\n", bom + "\"a\" ;b;p;\"q,\"\r\n1,5; x;0,5;\r\n2;\"y\r\n\";;\"r\"\"0\"\r\n"},
		{"no header", "1.50\tx\n2.\tx\n", "1.50\tx\t0.5\t\n2.\tx\t\t\"r\"\"0\"\n"},
		{"blank lines, mixed ends", "\na,b\r\n\n1,x\n\n2,NA\r\n", "a,b,p,\"q,\"\r\n1,x,0.5,\n2,NA,,\"r\"\"0\"\r\n"},
		{"no rows", "a,b\n", "a,b,p,\"q,\"\n"},
		{"a header alone", "a,b", "a,b,p,\"q,\"\n"},
	} {
		for _, n := range []int{1, 2, 3} {
			f := opened(t, c.file)
			var out bytes.Buffer
			at := 0
			err := f.Extend(&out, n, func(tab *Table) ([]Column, error) {
				p, q := Column{Field: Field{Name: "p", Kind: Number}}, Column{Field: Field{Name: "q,", Kind: Text}}
				for range tab.Len() {
					p.Numbers, q.Text = append(p.Numbers, []float64{0.5, nan}[at]), append(q.Text, []string{"", `r"0`}[at])
					at++
				}
				return []Column{p, q}, nil
			})
			require.NoError(t, err, c.name)
			require.Equal(t, c.want, out.String(), "%s, chunks of %d", c.name, n)
		}
	}
	f := opened(t, "a,b\n1,x\n2,y\n")
	refuse := errors.New("no prediction")
	require.ErrorIs(t, f.Extend(&bytes.Buffer{}, 9, func(*Table) ([]Column, error) { return nil, refuse }), refuse)
	require.PanicsWithError(t, `extend: column "p" has 0 rows, want 2`, func() {
		_ = f.Extend(&bytes.Buffer{}, 9, func(*Table) ([]Column, error) { return []Column{{Field: Field{Name: "p", Kind: Number}}}, nil })
	})
	require.Panics(t, func() { _ = f.Extend(&bytes.Buffer{}, 0, nil) })
	require.ErrorIs(t, f.Extend(broken{}, 9, func(*Table) ([]Column, error) { return nil, nil }), os.ErrClosed)
}

type broken struct{}

func (broken) Write([]byte) (int, error) { return 0, os.ErrClosed }

// A file is as large as one likes: what a pass takes does not grow with it.
func TestLargeFilesTakeLittleMemory(t *testing.T) {
	path := filepath.Join(t.TempDir(), "large.csv")
	require.NoError(t, os.WriteFile(path, []byte(numbered(50_000)), 0o600))
	n := allocs.Bytes(func() {
		f, err := Open(path, Options{})
		require.NoError(t, err)
		e := &Encoder{Target: "y"}
		require.NoError(t, e.FitEach(f.Chunks(100)))
		rows := 0
		for b, err := range e.Stream(f, 100).Epoch() {
			require.NoError(t, err)
			rows += len(b.Index)
		}
		require.Equal(t, 50_000, rows)
	})
	require.Less(t, n, uint64(4<<20))
}

// A file and an encoder serve many goroutines at once.
func TestManyGoroutines(t *testing.T) {
	f := opened(t, numbered(200))
	e := &Encoder{Target: "y"}
	require.NoError(t, e.FitEach(f.Chunks(50)))
	tab, err := f.Read()
	require.NoError(t, err)
	want, err := e.Apply(tab)
	require.NoError(t, err)
	var group sync.WaitGroup
	got := make([][]float64, 8)
	for i := range got {
		group.Go(func() {
			var x Encoded
			for chunk, err := range f.Chunks(10 + i) {
				if err == nil {
					err = e.ApplyTo(&x, chunk)
				}
				if err != nil {
					t.Error(err)
					return
				}
				got[i] = append(got[i], tensor.Values(x.X)...)
			}
		})
	}
	group.Wait()
	for i := range got {
		require.Equal(t, tensor.Values(want.X), got[i])
	}
}
