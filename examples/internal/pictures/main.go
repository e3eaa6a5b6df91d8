// Pictures runs every lesson and keeps its picture, at half the size, for
// examples/README.md:
//
//	go run ./examples/internal/pictures [NAME …]
//
// Names choose lessons; without any, all are run.
package main

import (
	"fmt"
	"image"
	"image/color"
	"image/png"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
)

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "pictures:", err)
		os.Exit(1)
	}
}

func run(names []string) error {
	out, err := exec.Command("go", "list", "-f", "{{.Dir}}", "./examples/...").Output()
	if err != nil {
		return fmt.Errorf("go list: %w; run this in the folder of the module", err)
	}
	temporary, err := os.MkdirTemp("", "pictures")
	if err != nil {
		return err
	}
	defer os.RemoveAll(temporary)
	for dir := range strings.Lines(string(out)) {
		dir = strings.TrimSpace(dir)
		name := filepath.Base(dir)
		if filepath.Base(filepath.Dir(dir)) != "examples" || len(names) > 0 && !slices.Contains(names, name) {
			continue
		}
		fmt.Println(name)
		lesson := exec.Command("go", "run", "./examples/"+name, "-out", temporary)
		lesson.Stderr = os.Stderr
		if err := lesson.Run(); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		err := half(filepath.Join("examples", "pictures", name+".png"), filepath.Join(temporary, name+".png"))
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

// half writes a picture at half its size: each pixel is the mean of four.
func half(to, from string) error {
	f, err := os.Open(from)
	if err != nil {
		return err
	}
	defer f.Close()
	m, err := png.Decode(f)
	if err != nil {
		return err
	}
	size := m.Bounds().Size().Div(2)
	small := image.NewRGBA(image.Rectangle{Max: size})
	for y := range size.Y {
		for x := range size.X {
			var sum [4]uint32
			for k := range 4 {
				r, g, b, a := m.At(m.Bounds().Min.X+2*x+k%2, m.Bounds().Min.Y+2*y+k/2).RGBA()
				sum[0], sum[1], sum[2], sum[3] = sum[0]+r, sum[1]+g, sum[2]+b, sum[3]+a
			}
			small.SetRGBA(x, y, color.RGBA{uint8(sum[0] >> 10), uint8(sum[1] >> 10), uint8(sum[2] >> 10), uint8(sum[3] >> 10)})
		}
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o777); err != nil {
		return err
	}
	w, err := os.Create(to)
	if err != nil {
		return err
	}
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(w, small); err != nil {
		w.Close()
		return err
	}
	return w.Close()
}
