// Command gen writes the assembly of package kernel for amd64. Run it in its
// folder, without arguments; its test fails when what it wrote is stale.
package main

import (
	"log"
	"os"
	"path/filepath"

	"github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/pass"
	"github.com/mmcloughlin/avo/printer"
)

// generate returns the generated files by name.
func generate() (map[string][]byte, error) {
	ctx := build.NewContext()
	ctx.ConstraintExpr("!purego")
	tile(target{ctx, "F32AVX2", "float32", 4, 32}, 6, 2)
	tile(target{ctx, "F64AVX2", "float64", 8, 32}, 6, 2)
	tile(target{ctx, "F32AVX512", "float32", 4, 64}, 14, 2)
	tile(target{ctx, "F64AVX512", "float64", 8, 64}, 14, 2)
	file, err := ctx.Result()
	if err != nil {
		return nil, err
	}
	if err := pass.Compile.Execute(file); err != nil {
		return nil, err
	}
	cfg := printer.Config{Argv: []string{"go", "run", "."}, Name: "avo", Pkg: "kernel"}
	asm, err := printer.NewGoAsm(cfg).Print(file)
	if err != nil {
		return nil, err
	}
	stubs, err := printer.NewStubs(cfg).Print(file)
	if err != nil {
		return nil, err
	}
	return map[string][]byte{"kernels_amd64.s": asm, "kernels_amd64.go": stubs}, nil
}

func main() {
	files, err := generate()
	if err != nil {
		log.Fatal(err)
	}
	for name, text := range files {
		if err := os.WriteFile(filepath.Join("..", name), text, 0o644); err != nil {
			log.Fatal(err)
		}
	}
}
