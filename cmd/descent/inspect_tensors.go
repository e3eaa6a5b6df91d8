package main

import (
	"bufio"
	"context"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"io"
	"maps"
	"os"
	"slices"

	idxfile "github.com/descent-ml/descent/codec/idx"
	"github.com/descent-ml/descent/codec/npy"
	"github.com/descent-ml/descent/codec/safetensors"
	"github.com/descent-ml/descent/tensor"
)

// arrayFacts are the facts of a file of tensors or arrays.
type arrayFacts struct {
	head
	Metadata map[string]string `json:"metadata,omitempty"`
	Arrays   []array           `json:"arrays"`
	Elements int               `json:"elements"` // of all arrays
	noun     string            // what an array is called,
	total    string            // and what its elements are
}

// An array is what is known about one tensor or array of a file.
type array struct {
	Name     string `json:"name,omitempty"`
	Type     string `json:"type"`
	Shape    []int  `json:"shape"`
	Elements int    `json:"elements"`
	stats
}

// add appends an array.
func (f *arrayFacts) add(a array) {
	f.Elements += a.Elements
	f.Arrays = append(f.Arrays, a)
}

func (f *arrayFacts) print(con *console) {
	f.head.print(con, plural(len(f.Arrays), f.noun), plural(f.Elements, f.total))
	if len(f.Metadata) > 0 {
		g := grid{left: 2}
		for _, key := range slices.Sorted(maps.Keys(f.Metadata)) {
			g.add(key, f.Metadata[key])
		}
		con.printf("\n")
		g.print(con)
	}
	if len(f.Arrays) == 0 {
		return
	}
	g := grid{left: 3}
	g.add(append([]string{"name", "type", "shape", "elements"}, statsHead...)...)
	for i := range f.Arrays {
		a := &f.Arrays[i]
		g.add(append([]string{a.Name, a.Type, fmt.Sprint(a.Shape), thousands(a.Elements)}, a.fields()...)...)
	}
	con.printf("\n")
	g.print(con)
}

func inspectSafetensors(_ context.Context, h head) (facts, error) {
	h.Kind = "safetensors"
	file, err := safetensors.ReadFile(h.Path)
	if err != nil {
		return nil, err
	}
	types, err := safetensorsTypes(h.Path)
	if err != nil {
		return nil, err
	}
	f := &arrayFacts{head: h, Metadata: file.Metadata, Arrays: []array{}, noun: "tensor", total: "parameter"}
	for _, t := range file.Tensors {
		f.add(array{t.Name, types[t.Name].DType, t.Value.Shape(), t.Value.Len(), statsOf(t.Value)})
	}
	return f, nil
}

// safetensorsTypes returns the element types in a file that has been read before:
// as tensors, all are float32 or float64.
func safetensorsTypes(path string) (types map[string]struct {
	DType string `json:"dtype"`
}, err error) {
	file, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	var size uint64
	if err := binary.Read(file, binary.LittleEndian, &size); err != nil {
		return nil, err
	}
	err = json.NewDecoder(io.LimitReader(bufio.NewReader(file), int64(min(size, 1<<32)))).Decode(&types)
	return types, err
}

func inspectNPY(_ context.Context, h head) (facts, error) {
	h.Kind = "NumPy array"
	a, err := npy.ReadFile(h.Path)
	if err != nil {
		return nil, err
	}
	f := &arrayFacts{head: h, noun: "array", total: "element"}
	f.add(numpyArray("", a))
	return f, nil
}

func inspectNPZ(_ context.Context, h head) (facts, error) {
	h.Kind = "NumPy arrays"
	list, err := npy.ReadZipFile(h.Path)
	if err != nil {
		return nil, err
	}
	f := &arrayFacts{head: h, Arrays: []array{}, noun: "array", total: "element"}
	for _, a := range list {
		f.add(numpyArray(a.Name, a.Array))
	}
	return f, nil
}

// numpyArray describes an array. Integers that no float64 equals count as the
// nearest one, but nothing is told of those beyond an int.
func numpyArray(name string, a *npy.Array) array {
	d := array{Name: name, Type: a.DType(), Shape: a.Shape(), Elements: a.Len()}
	if x, err := a.Tensor(); err == nil {
		d.stats = statsOf(x)
		return d
	}
	t := newTally()
	if list, err := a.Ints(); err == nil {
		for _, n := range list {
			t.add(float64(n))
		}
	}
	d.stats = t.stats()
	return d
}

// statsOf describes the elements of a contiguous tensor.
func statsOf(x *tensor.Tensor) stats {
	const block = 1 << 16
	t := newTally()
	for from, flat := 0, x.Reshape(x.Len()); from < flat.Len(); from += block {
		for _, v := range tensor.Values(flat.Slice(0, from, min(from+block, flat.Len()), 1)) {
			t.add(v)
		}
	}
	return t.stats()
}

func inspectIDX(_ context.Context, h head) (facts, error) {
	h.Kind = "IDX"
	file, err := os.Open(h.Path)
	if err != nil {
		return nil, err
	}
	defer file.Close()
	r, err := idxfile.Open(file)
	if err != nil {
		return nil, err
	}
	a := array{Type: "uint8", Shape: r.Shape(), Elements: 1}
	for _, d := range a.Shape {
		a.Elements *= d
	}
	t := newTally()
	for left := a.Elements; left > 0; {
		b, err := r.Next(min(left, 1<<16))
		if err != nil {
			return nil, err
		}
		for _, v := range b {
			t.add(float64(v))
		}
		left -= len(b)
	}
	if err := r.End(); err != nil {
		return nil, err
	}
	a.stats = t.stats()
	f := &arrayFacts{head: h, noun: "array", total: "element"}
	f.add(a)
	return f, nil
}
