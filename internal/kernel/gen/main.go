// Command gen writes the assembly of package kernel. Run it in its folder,
// without arguments; its test fails when what it wrote is stale.
//
// A kernel is written once, against an assembler, and comes out for each
// instruction set and element type, with a Go function that calls the one for
// the processor at hand.
package main

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// A family is the kernels of one generated file.
type family struct {
	name     string
	loops    []*loop
	routines []*routine
}

var families = []family{
	{name: "elementwise", loops: elementwise},
	{name: "mathematics", loops: mathematics},
	{name: "reduce", loops: reductions},
	{name: "softmax", loops: softmaxes},
	{name: "norm", loops: norms},
	{name: "optim", loops: optimizers},
	{name: "recurrent", loops: recurrences},
	{name: "matmul", routines: products},
	{name: "conv", routines: convolutions},
	{name: "pool", routines: pools},
	{name: "peak", routines: peak},
}

// writeAll writes the kernels of f for one element type and instruction set.
func (f *family) writeAll(t assembler) {
	for _, k := range f.loops {
		if t.size() == 4 || k.double {
			k.write(t)
		}
	}
	for _, r := range f.routines {
		r.begin(t)
	}
}

// generate returns the generated files by name.
func generate() (map[string][]byte, error) {
	files := map[string][]byte{}
	for _, f := range families {
		if err := f.amd64(files); err != nil {
			return nil, err
		}
		f.arm64(files)
	}
	for _, d := range []struct {
		arch, constraint string
		levels           []string
	}{
		{"amd64", "!purego", []string{"AVX2", "AVX512"}},
		{"arm64", "!purego", []string{"NEON"}},
		{"other", "purego || !(amd64 || arm64)", nil},
	} {
		var b bytes.Buffer
		dispatch(&b, d.constraint, d.levels)
		files["dispatch_"+d.arch+".go"] = b.Bytes()
	}
	return files, nil
}

// amd64 adds the files of a family for amd64.
func (f *family) amd64(files map[string][]byte) error {
	ctx := build.NewContext()
	ctx.ConstraintExpr("!purego")
	pool := map[string]operand.Mem{}
	for _, elem := range []int{4, 8} {
		for _, width := range []int{32, 64} {
			f.writeAll(newX86(ctx, pool, elem, width))
		}
	}
	file, err := ctx.Result()
	if err != nil {
		return err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return err
	}
	cfg := printer.Config{Argv: []string{"go", "run", "."}, Name: "avo", Pkg: "kernel"}
	if files[f.name+"_amd64.s"], err = printer.NewGoAsm(cfg).Print(file); err != nil {
		return err
	}
	files["stubs_"+f.name+"_amd64.go"], err = printer.NewStubs(cfg).Print(file)
	return err
}

// arm64 adds the files of a family for arm64.
func (f *family) arm64(files map[string][]byte) {
	file := newNEONFile()
	for _, elem := range []int{4, 8} {
		f.writeAll(newNEON(file, elem))
	}
	file.end()
	files[f.name+"_arm64.s"] = file.text.Bytes()
	files["stubs_"+f.name+"_arm64.go"] = file.stubs.Bytes()
}

func main() {
	files, err := generate()
	if err != nil {
		fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join("..", name), text, 0o644); err != nil {
			fatal(err)
		}
	}
}

func fatal(err error) {
	fmt.Fprintln(os.Stderr, err)
	os.Exit(1)
}
